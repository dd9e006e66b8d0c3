"""Searching the records of the embedded index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from engine.model import Expression, Filters, Query
from engine.ports import Aged
from index.clauses import Word, clause_words, clauses, excluded, is_phrase
from index.embedded import weighing
from index.embedded.expression import any_of, match, match_in_titles, one_word, two_of
from index.embedded.reading import aged
from index.embedded.weighing import MOST_WAYS

WEIGHED = 300
"""So many of the records that hold all words are weighed: of more those that hold them in their titles, and those that
came last. A question that finds so many is too broad for an order by words to mean much."""

SAMPLED = 5_000
"""How common a word is, is told by the last so many records."""

RARE = 0.02
"""Where no record holds all words, any word will do that stands in at most this share of the records; ..."""

RARE_LEAST = 200
"""... or in so few records; or is the rarest of the question."""


def search(connection: sqlite3.Connection, query: Query, limit: int, oldest: float) -> tuple[Aged, ...]:
    """Return the records that hold all words, or else any of the rarer ones, best first."""
    wanted, values = conditions(query.filters)
    narrowed = Narrowed(" AND ".join(wanted), tuple(values))
    if query.expression is None:
        return _latest(connection, narrowed, limit, oldest)
    all_words = match(query.expression)
    if all_words is None:
        return ()
    found = _matching(connection, all_words, narrowed)
    if len(found) == WEIGHED and (in_titles := match_in_titles(query.expression)):
        found = _first(_matching(connection, in_titles, narrowed), found)
    if not found:
        found = _any_word(connection, query.expression, narrowed)
    best = weighed(connection, query.expression, found)[:limit]
    return tuple(one for one in records(connection, best) if one.asked_at >= oldest)


class Narrowed(msgspec.Struct, frozen=True):
    """What else must hold of a record, in SQL, and the values for its question marks."""

    condition: str
    values: tuple[object, ...]


def _matching(connection: sqlite3.Connection, expression: str, narrowed: Narrowed) -> list[int]:
    """Return the numbers of the records that came last of those that an expression finds."""
    return matching(connection, expression, narrowed, WEIGHED)


def matching(connection: sqlite3.Connection, expression: str, narrowed: Narrowed, most: int) -> list[int]:
    """Return the numbers of so many records that an expression finds, those that came last first."""
    join = "CROSS JOIN records ON records.id = found.rowid" if narrowed.condition else ""
    condition = f"AND {narrowed.condition}" if narrowed.condition else ""
    rows = connection.execute(
        f"SELECT found.rowid FROM found {join} WHERE found MATCH ? {condition} ORDER BY found.rowid DESC LIMIT ?",  # noqa: S608 - only question marks and constants go in
        (expression, *narrowed.values, most),
    )
    return [number for (number,) in rows]


def _first(better: Sequence[int], others: Sequence[int]) -> list[int]:
    return list(dict.fromkeys([*better, *others]))[:WEIGHED]


def weighed(connection: sqlite3.Connection, expression: Expression, found: Sequence[int]) -> list[int]:
    """Return the numbers of records in the order in which they hold an expression's words, best first."""
    words = [word for clause in clauses(expression) for word in clause_words(clause)]
    shares = {word.folded: _share(connection, word) for word in words[:MOST_WAYS]} if len(found) > 1 else {}
    weight, values = weighing.weight(weighing.ways(expression, shares))
    rows = connection.execute(
        f"WITH texts AS MATERIALIZED ({weighing.TEXTS} FROM words WHERE id IN (SELECT value FROM json_each(?)))"  # noqa: S608 - only question marks and constants go in
        f" SELECT id, {weight} AS weight FROM texts ORDER BY weight DESC, id",
        (msgspec.json.encode(found).decode(), *values),
    )
    return [number for number, _ in rows]


def _share(connection: sqlite3.Connection, word: Word) -> float:
    """Return the share of the records that hold a word, of those that came last."""
    last = _last(connection)
    (count,) = connection.execute(
        "SELECT count(*) FROM found WHERE found MATCH ? AND rowid > ?", (one_word(word), last - SAMPLED)
    ).fetchone()
    return float(count / max(1, min(SAMPLED, last)))


def _last(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT max(id) FROM records").fetchone()
    return int(last or 0)


def records(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Aged]:
    """Return records by their numbers, in that order."""
    rows = connection.execute(
        "SELECT bodies.id, bodies.body, records.asked_at FROM bodies JOIN records ON records.id = bodies.id"
        " WHERE bodies.id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(numbers).decode(),),
    )
    kept = {number: one for number, *row in rows if (one := aged(*row))}
    return [kept[number] for number in numbers if number in kept]


def _latest(connection: sqlite3.Connection, narrowed: Narrowed, limit: int, oldest: float) -> tuple[Aged, ...]:
    condition = f"AND {narrowed.condition}" if narrowed.condition else ""
    rows = connection.execute(
        "SELECT bodies.body, records.asked_at FROM records JOIN bodies ON bodies.id = records.id"  # noqa: S608 - only question marks and constants go in
        f" WHERE records.asked_at >= ? {condition} ORDER BY records.asked_at DESC, records.id LIMIT ?",
        (oldest, *narrowed.values, limit),
    )
    return tuple(one for row in rows if (one := aged(*row)))


def _any_word(connection: sqlite3.Connection, expression: Expression, narrowed: Narrowed) -> list[int]:
    """Return the records that hold any of the rarer words, a phrase being one word; first those that hold two."""
    positive = clauses(expression)
    phrases = [text for clause in positive if is_phrase(clause) and (text := match(clause))]
    words = {word.folded: word for clause in positive if not is_phrase(clause) for word in clause_words(clause)}
    if len(words) + len(phrases) < 2:
        return []
    counts = [
        (_share(connection, word), word) for word in words.values() if word.is_prefix or _is_known(connection, word)
    ]
    most = max(RARE_LEAST / max(1, _last(connection)), RARE, min((share for share, _ in counts), default=0.0))
    ways = phrases + [one_word(word) for share, word in counts if share <= most]
    if not ways:
        return []
    unwanted = any_of([text for part in excluded(expression) if (text := match(part))])

    def found(wanted: str) -> list[int]:
        return _matching(connection, f"({wanted}) NOT ({unwanted})" if unwanted else wanted, narrowed)

    one = found(any_of(ways))
    return _first(found(two), one) if len(one) == WEIGHED and (two := two_of(ways)) else one


def _is_known(connection: sqlite3.Connection, word: Word) -> bool:
    known = connection.execute("SELECT 1 FROM found WHERE found MATCH ? LIMIT 1", (one_word(word),))
    return known.fetchone() is not None


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
