"""Holdings inside MARC records: 852 and 866, Koha's 952, Alma's AVA, AVE and AVD; availability as DAIA has it.

What can be done with a copy is said only where the member said it. Borrowers are never read: no rule names a
subfield that could hold one.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.formats.fields import MarcField
from connectors.formats.headings import web_address
from connectors.formats.tidy import tidy
from engine.model import Availability, Holding, Service

# Koha's subfields of 952 whose value, when it is not 0, keeps a copy from being lent -> what a reader is told.
_KOHA_STATES = {"0": "withdrawn", "1": "lost", "4": "damaged", "5": "restricted", "7": "not for loan"}
_KOHA_GONE = frozenset("01")


def text_of(field: MarcField, code: str) -> str | None:
    """Return the first subfield of this code, clean, or None."""
    text = field.first(code)
    return (tidy(text) or None) if text else None


def shelf_mark(field: MarcField, codes: str) -> str | None:
    """Return the subfields of a call number as one line."""
    return " ".join(filter(None, (tidy(text) for text in field.every(codes)))) or None


def marc_holding(field: MarcField, _codes: str) -> Iterator[Holding]:
    """Read 852: $a institution or $b branch, $c shelf, call number in $h $i $j $k $m, $p barcode, $z note."""
    first: dict[str, str] = {}
    mark: list[str] = []
    for code, text in field.subfields:
        if code in "abcpz":
            first.setdefault(code, tidy(text))
        elif code in "khijlm" and (part := tidy(text)):
            mark.append(part)
    if mark or any(first.values()):
        yield Holding(
            branch=first.get("b") or first.get("a") or None,
            location=first.get("c") or None,
            call_number=" ".join(mark) or None,
            item=first.get("p") or None,
            note=first.get("z") or None,
        )


def summary_of_holdings(field: MarcField, codes: str) -> Iterator[str]:
    """Read 866: which volumes of a journal the library has."""
    line = " ".join(filter(None, (tidy(text) for text in field.every(codes))))
    if line:
        yield line


def koha_item(field: MarcField, _codes: str) -> Iterator[Holding]:
    """Read Koha's item field 952. A 952 without barcode, call number, item type and number is no item."""
    found = dict(reversed(field.subfields))
    if not found.keys() & {"p", "o", "9", "y", "7"}:
        return
    states = {code: found[code].strip() for code in _KOHA_STATES if code in found}
    states = {code: state for code, state in states.items() if state not in {"0", ""}}
    due = found.get("q", "").strip()
    says_state = bool(due) or any(code in found for code in "0147")
    enumeration = found.get("h")
    url = found.get("u", "").strip()
    yield Holding(
        branch=tidy(found.get("b") or found.get("a") or "") or None,
        location=tidy(found.get("c", "")) or None,
        call_number=tidy(found.get("o", "")) or None,
        item=tidy(found.get("p", "")) or None,
        availability=_koha_availability(states, due) if says_state else None,
        note=" ".join(filter(None, (tidy(text) for text in (enumeration, found.get("z")) if text))) or None,
        url=url if web_address(url) else None,
    )


def _koha_availability(states: dict[str, str], due: str) -> tuple[Availability, ...]:
    """Return what Koha's states mean: not for loan still may be read in the house; lost and withdrawn is gone."""
    limitation = next((_KOHA_STATES[code] for code in "10475" if code in states), None)
    is_gone = not _KOHA_GONE.isdisjoint(states)
    if "7" in states and states["7"].startswith("-"):
        # Koha's negative codes are of copies on order: neither here nor for loan.
        is_gone, limitation = True, "on order"
    expected = due[:10] or None
    can_lend = not states and not due
    return (
        Availability(Service.LOAN, can_lend, expected=expected, limitation=limitation),
        Availability(Service.PRESENTATION, not is_gone and not due, expected=expected),
    )


def alma_physical(field: MarcField, _codes: str) -> Iterator[Holding]:
    """Read AVA: a holding of Alma. $e availability, $f items, $g of them not to be had, $t note."""
    word = (field.first("e") or "").strip().lower()
    copies, gone = _count(field.first("f")), _count(field.first("g"))
    availability: tuple[Availability, ...] | None = None
    if word in {"available", "unavailable"}:
        availability = (Availability(Service.LOAN, word == "available"),)
    yield Holding(
        branch=text_of(field, "q") or text_of(field, "b"),
        location=text_of(field, "c"),
        call_number=text_of(field, "d"),
        copies=copies,
        copies_available=max(copies - gone, 0) if copies is not None and gone is not None else None,
        availability=availability,
        note=text_of(field, "v") or text_of(field, "t"),
    )


def _count(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def alma_electronic(field: MarcField, _codes: str) -> Iterator[Holding]:
    """Read AVE, a licence in a collection of Alma: $m collection, $t platform, $s coverage, $n note, $u link."""
    word = (field.first("e") or "").strip().lower()
    yield Holding(
        branch=text_of(field, "l"),
        location=text_of(field, "m") or text_of(field, "t"),
        availability=(Availability(Service.REMOTE, word == "available"),) if word else None,
        note=text_of(field, "s") or text_of(field, "n"),
        url=_address(field),
    )


def alma_digital(field: MarcField, _codes: str) -> Iterator[Holding]:
    """Read AVD, a digital representation in Alma: $e label, $d repository, $f note."""
    yield Holding(location=text_of(field, "e") or text_of(field, "d"), note=text_of(field, "f"), url=_address(field))


def _address(field: MarcField) -> str | None:
    url = (field.first("u") or "").strip()
    return url if web_address(url) else None
