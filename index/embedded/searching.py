"""Searching the records of the embedded index, and offering what somebody begins to type."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

import msgspec

from engine.model import Expression, Filters, Query
from engine.ports import Aged
from engine.text import exact_key, folded_key
from index.clauses import Word, clause_words, clauses, excluded, is_phrase
from index.embedded.expression import match, strengthened
from index.embedded.reading import aged
from index.words import COLUMN_WEIGHTS

WEIGHED = 1_000
"""So many of the records that hold all words are weighed, those that came last; a question that finds more is too broad
for an order by words to mean anything."""

RARE = 0.02
"""Where no record holds all words, any word will do that stands in at most this share of the records; ..."""

RARE_LEAST = 200
"""... or in so few records; or is the rarest of the question."""

OFFERED_FROM = 300
"""Titles with the letters typed so far that are looked at."""

BM25 = f"bm25(found, {', '.join(str(weight) for weight in COLUMN_WEIGHTS.values())})"
_LAST = chr(0x10FFFF)


def search(connection: sqlite3.Connection, query: Query, limit: int, oldest: float) -> tuple[Aged, ...]:
    """Return the records that hold all words, or else any of the rarer ones, best first."""
    wanted, values = conditions(query.filters)
    narrowed = _Narrowed(" AND ".join(wanted), tuple(values))
    if query.expression is None:
        return _latest(connection, narrowed, limit, oldest)
    all_words = match(query.expression)
    if all_words is None:
        return ()
    found = _matching(connection, all_words, narrowed, limit, oldest)
    if not found:
        any_word = _any_word(connection, query.expression)
        found = _matching(connection, any_word, narrowed, limit, oldest) if any_word else ()
    return found


class _Narrowed(msgspec.Struct, frozen=True):
    """What else must hold of a record, in SQL, and the values for its question marks."""

    condition: str
    values: tuple[object, ...]


def _matching(
    connection: sqlite3.Connection, expression: str, narrowed: _Narrowed, limit: int, oldest: float
) -> tuple[Aged, ...]:
    join = "CROSS JOIN records ON records.id = found.rowid" if narrowed.condition else ""
    condition = f"AND {narrowed.condition}" if narrowed.condition else ""
    rows = connection.execute(
        "SELECT bodies.body, records.asked_at FROM (SELECT id, weight FROM ("  # noqa: S608 - only question marks
        f"SELECT found.rowid AS id, {BM25} AS weight FROM found {join} WHERE found MATCH ? {condition}"
        f" ORDER BY found.rowid DESC LIMIT {WEIGHED})"
        " ORDER BY weight, id LIMIT ?) AS best"
        " CROSS JOIN records ON records.id = best.id CROSS JOIN bodies ON bodies.id = best.id"
        " WHERE records.asked_at >= ? ORDER BY best.weight, best.id",
        (expression, *narrowed.values, limit, oldest),
    )
    return tuple(one for row in rows if (one := aged(*row)))


def _latest(connection: sqlite3.Connection, narrowed: _Narrowed, limit: int, oldest: float) -> tuple[Aged, ...]:
    condition = f"AND {narrowed.condition}" if narrowed.condition else ""
    rows = connection.execute(
        "SELECT bodies.body, records.asked_at FROM records JOIN bodies ON bodies.id = records.id"  # noqa: S608 - only question marks and constants go in
        f" WHERE records.asked_at >= ? {condition} ORDER BY records.asked_at DESC, records.id LIMIT ?",
        (oldest, *narrowed.values, limit),
    )
    return tuple(one for row in rows if (one := aged(*row)))


def _any_word(connection: sqlite3.Connection, expression: Expression) -> str | None:
    """Return an expression for any of the rarer words, a phrase being one word; None if that would find nothing."""
    positive = clauses(expression)
    phrases = [text for clause in positive if is_phrase(clause) and (text := match(clause))]
    words = {word.folded: word for clause in positive if not is_phrase(clause) for word in clause_words(clause)}
    if len(words) + len(phrases) < 2:
        return None
    counts: list[tuple[int, Word]] = []
    for token, word in words.items():
        row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (token,)).fetchone()
        if row or word.is_prefix:
            counts.append((row[0] if row else 0, word))
    (records,) = connection.execute("SELECT count(*) FROM records").fetchone()
    most = max(RARE_LEAST, RARE * records, min((count for count, _ in counts), default=0))
    ways = phrases + [strengthened(word) for count, word in counts if count <= most]
    wanted = " OR ".join(f"({way})" for way in ways)
    unwanted = " OR ".join(f"({text})" for part in excluded(expression) if (text := match(part)))
    return f"({wanted}) NOT ({unwanted})" if wanted and unwanted else wanted or None


def conditions(filters: Filters) -> tuple[list[str], list[object]]:
    """Return what a record must meet, in SQL, and the values of its question marks."""
    told: list[str] = []
    values: list[object] = []

    def one_of(column: str, found: Sequence[str], *, is_wanted: bool = True) -> None:
        if found:
            inside = f"{column} IN ({','.join('?' * len(found))})"
            told.append(inside if is_wanted else f"({column} IS NULL OR NOT {inside})")
            values.extend(str(value) for value in found)

    if filters.year_from is not None:
        told.append("records.year >= ?")
        values.append(_bounded(filters.year_from))
    if filters.year_to is not None:
        told.append("records.year <= ?")
        values.append(_bounded(filters.year_to))
    one_of("records.material", filters.materials)
    one_of("records.material", filters.not_materials, is_wanted=False)
    one_of("records.degree", filters.degrees)
    one_of("records.member", filters.members)
    one_of("records.member", filters.not_members, is_wanted=False)
    if filters.languages:
        told.append("(" + " OR ".join("instr(records.languages, ?)" for _ in filters.languages) + ")")
        values.extend(f" {language} " for language in filters.languages)
    for language in filters.not_languages:
        told.append("NOT instr(records.languages, ?)")
        values.append(f" {language} ")
    if filters.available_only:
        told.append("records.is_available")
    if filters.online_only:
        told.append("records.is_online")
    return told, values


def _bounded(year: int) -> int:
    return max(-9999, min(9999, year))


# What somebody begins to type ---------------------------------------------------------


def suggest(
    connection: sqlite3.Connection, prefix: str, limit: int, further: Collection[tuple[str, str, str]] = ()
) -> tuple[str, ...]:
    """Return questions asked by several and titles that begin so: the marks as typed first, then the most wanted.

    `further` titles come from elsewhere, as `titles` gives them.
    """
    folded, exact = _beginning(prefix)
    if not folded or limit < 1:
        return ()
    terms = connection.execute(
        "SELECT terms, folded, weight FROM terms WHERE asks >= 3 AND folded >= ? AND folded < ?"
        " ORDER BY weight DESC LIMIT ?",
        (folded, folded + _LAST, 4 * limit),
    ).fetchall()
    heaviest = max((weight for _, _, weight in terms), default=1.0)
    offers: dict[str, _Offer] = {}
    for text, key, weight in terms:  # what several asked goes before a title that few libraries hold
        _offer(
            offers, key, _Offer(text, is_near=exact_key(text).startswith(exact), worth=10.0 + 10.0 * weight / heaviest)
        )
    for title, key, own in titles(connection, prefix).union(further):
        _offer(offers, key, _Offer(title, is_near=f"{own} ".startswith(exact), worth=1.0))
    ranked = sorted(offers.items(), key=lambda one: (not one[1].is_near, -one[1].worth, len(one[0]), one[0]))
    return tuple(offer.text for _, offer in ranked[:limit])


def titles(connection: sqlite3.Connection, prefix: str) -> set[tuple[str, str, str]]:
    """Return titles that begin so, each with its folded and its exact key."""
    folded, exact = _beginning(prefix)
    if not folded:
        return set()
    found = _titles(connection, "folded", folded)
    return found if exact == folded else found | _titles(connection, "exact", exact)


def _beginning(prefix: str) -> tuple[str, str]:
    """Return the folded and the exact key that what is offered must begin with; the first is "" for no letters."""
    ending = " " if prefix[-1:].isspace() else ""
    folded = folded_key(prefix)
    return (folded + ending, exact_key(prefix) + ending) if folded else ("", "")


class _Offer(msgspec.Struct, frozen=True):
    """What is offered: its text, whether it has the marks that were typed, and how wanted it is."""

    text: str
    is_near: bool
    worth: float


def _offer(offers: dict[str, _Offer], key: str, offer: _Offer) -> None:
    """Offer one text of those that fold alike, the nearest to what was typed, wanted as much as all of them."""
    former = offers.get(key)
    if former is not None:
        text = former.text if former.is_near or not offer.is_near else offer.text
        offer = _Offer(text, is_near=former.is_near or offer.is_near, worth=former.worth + offer.worth)
    offers[key] = offer


def _titles(connection: sqlite3.Connection, column: str, prefix: str) -> set[tuple[str, str, str]]:
    rows = connection.execute(
        f"SELECT title, folded, exact FROM titles WHERE {column} >= ? AND {column} < ?"  # noqa: S608 - constants
        f" ORDER BY {column} LIMIT {OFFERED_FROM}",
        (prefix, prefix + _LAST),
    )
    return set(rows)
