"""Which members to ask for a query, which to skip, and why. Pure: reads no clock and asks nobody."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence

import msgspec

from engine.errors import LienThuError, QueryError
from engine.model import And, Clause, Expression, Failure, Field, Not, Or, Query, Reason
from engine.ports import Connector, Member
from engine.query import show
from engine.text import folded_key


class Asked(msgspec.Struct, frozen=True):
    """A member and the connector that asks it."""

    member: Member
    connector: Connector


class Skip(msgspec.Struct, frozen=True):
    """A member that is not asked, and why. `failure` is set where it would be asked if it were well."""

    asked: Asked
    reason: Reason
    failure: Failure | None = None


class Plan(msgspec.Struct, frozen=True):
    """Whom to ask and whom to skip. Members that were not chosen stand in neither."""

    ask: tuple[Asked, ...]
    skip: tuple[Skip, ...]


def plan(
    query: Query,
    members: Sequence[Asked],
    *,
    resting: Callable[[str], LienThuError | None],
    reader: str | None = None,
) -> Plan:
    """Return the plan of a query.

    `resting` says why a member is not to be asked now. `reader` is the reader's address; members with
    networks of their own are not asked for a reader whose address is unknown or elsewhere.
    Raises QueryError for a library that nobody knows.
    """
    chosen = chosen_members(query, [asked.member for asked in members])
    needed = needed_fields(query.expression)
    ask, skip = [], []
    for asked in members:
        member = asked.member
        if member.id not in chosen:
            continue
        unknown = sorted(needed - asked.connector.fields - {Field.ANY})
        if unknown:
            skip.append(Skip(asked, Reason("plan.field", {"field": unknown[0].value})))
        elif not is_open_to(member, reader):
            skip.append(Skip(asked, Reason("plan.network")))
        elif (error := resting(member.id)) is not None:
            skip.append(Skip(asked, error.reason, error.failure))
        else:
            ask.append(asked)
    return Plan(tuple(ask), tuple(skip))


def needed_fields(expression: Expression | None) -> frozenset[Field]:
    """Return the fields without which the question cannot be asked: those of its clauses that must hold.

    Clauses inside an Or and excluded ones are not needed: we filter by them ourselves, or the others suffice.
    """
    match expression:
        case Clause(field=field):
            return frozenset({field})
        case And(parts=parts):
            return frozenset[Field]().union(*(needed_fields(part) for part in parts))
        case Or(parts=parts):
            return (
                frozenset[Field]().union(*(needed_fields(part) for part in parts))
                if _same_field(parts)
                else frozenset()
            )
        case Not() | None:
            return frozenset()


def _same_field(parts: Iterable[Expression]) -> bool:
    return len(frozenset[Field]().union(*(needed_fields(part) for part in parts))) == 1


def chosen_members(query: Query, members: Sequence[Member]) -> frozenset[str]:
    """Return the ids of the members that the reader chose: all, or those named, less those excluded."""

    def named(words: str) -> frozenset[str]:
        found = frozenset(member.id for member in members if is_named(member, words))
        if not found:
            rest = msgspec.structs.replace(
                query.filters,
                members=tuple(name for name in query.filters.members if name != words),
                not_members=tuple(name for name in query.filters.not_members if name != words),
            )
            proposal = show(msgspec.structs.replace(query, filters=rest))
            raise QueryError("no-such-library", position=None, proposal=proposal, library=words)
        return found

    every = frozenset(member.id for member in members)
    chosen = frozenset[str]().union(*map(named, query.filters.members)) if query.filters.members else every
    return chosen.difference(*map(named, query.filters.not_members))


def is_named(member: Member, words: str) -> bool:
    """Tell whether words name this member: its id, its short name, or all of them in one of its names."""
    key = folded_key(words)
    if key in {folded_key(member.id), folded_key(member.short_name or member.id)}:
        return True
    wanted = set(key.split())
    return bool(wanted) and any(wanted <= set(folded_key(name).split()) for name in (member.name.vi, member.name.en))


def is_open_to(member: Member, reader: str | None) -> bool:
    """Tell whether a member may be asked for a reader at this address."""
    if not member.networks:
        return True
    try:
        address = ipaddress.ip_address(reader or "")
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network, strict=False) for network in member.networks)
