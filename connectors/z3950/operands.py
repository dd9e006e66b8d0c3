"""The tree of a type-1 (RPN) query: its nouns, and how asn1tools and people are given it.

Source: Z39.50-1995, 3.7 and 4.1 (RPNQuery).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from connectors.z3950.oids import BIB_1

Operator = Literal["and", "or", "and-not"]


class Term(msgspec.Struct, frozen=True, tag="term"):
    """One operand: attributes as (type, value), and the octets of its term."""

    attributes: tuple[tuple[int, int], ...]
    octets: bytes


class Joined(msgspec.Struct, frozen=True, tag="joined"):
    """Two operands and what joins them."""

    by: Operator
    left: Operand
    right: Operand


Operand = Term | Joined


def joined(by: Operator, parts: list[Operand]) -> Operand | None:
    """Join operands in a balanced tree, None where there are none; the operator must not care for their order."""
    if len(parts) < 2:
        return parts[0] if parts else None
    middle = len(parts) // 2
    left, right = joined(by, parts[:middle]), joined(by, parts[middle:])
    assert left is not None
    assert right is not None
    return Joined(by, left, right)


def tree(root: Operand) -> dict[str, object]:
    """Return the query as asn1tools takes it."""
    return {"attributeSet": BIB_1, "rpn": _structure(root)}


def _structure(operand: Operand) -> tuple[str, object]:
    if isinstance(operand, Joined):
        inner = {"rpn1": _structure(operand.left), "rpn2": _structure(operand.right), "op": (operand.by, None)}
        return ("rpnRpnOp", inner)
    return ("op", ("attrTerm", attributes_plus_term(operand)))


def attributes_plus_term(term: Term) -> dict[str, object]:
    """Return an operand as asn1tools takes it."""
    attributes = [{"attributeType": kind, "attributeValue": ("numeric", value)} for kind, value in term.attributes]
    return {"attributes": attributes, "term": ("general", term.octets)}


def pqf(operand: Operand) -> str:
    """Return a query in prefix notation, as YAZ prints it: for people."""
    if isinstance(operand, Joined):
        return f"@{operand.by.replace('and-not', 'not')} {pqf(operand.left)} {pqf(operand.right)}"
    shown = [f"@attr {kind}={value}" for kind, value in operand.attributes]
    text = operand.octets.decode("utf-8", "replace").replace("\\", "\\\\").replace('"', '\\"')
    return " ".join([*shown, f'"{text}"'])


def from_tree(structure: tuple[str, object]) -> Operand:
    """Return the operands of an RPN structure as asn1tools decodes it: for recordings and for demo servers."""
    kind, value = structure
    match kind, value:
        case "rpnRpnOp", {"rpn1": left, "rpn2": right, "op": (by, _)}:
            return Joined(by, from_tree(left), from_tree(right))
        case "op", ("attrTerm", {"attributes": attributes, "term": (_, octets)}):
            found = tuple((one["attributeType"], one["attributeValue"][1]) for one in attributes)
            return Term(found, octets if isinstance(octets, bytes) else str(octets).encode())
        case _:
            return Term((), b"")
