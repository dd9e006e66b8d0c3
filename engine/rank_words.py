"""What the words of a question find in a title and in the other fields of a record, in named points."""

from __future__ import annotations

from typing import NamedTuple

from engine import text
from engine.fields import weight
from engine.matching.signature import TitleKey, folded, folds
from engine.model import Clause, Field, Reason, Record

POINTS: dict[str, float] = {
    "rank.identifier": 100.0,
    "rank.title-exact": 50.0,
    "rank.title-begins": 38.0,
    "rank.title-phrase": 34.0,
    "rank.title-words": 26.0,
    "rank.title-pairs": 18.0,
    "rank.title-some": 8.0,
    "rank.title-close": 6.0,
    "rank.person": 36.0,
    "rank.title-and-person": 24.0,
    "rank.subject": 12.0,
    "rank.other-fields": 8.0,
    "rank.marks-agree": 6.0,
    "rank.marks-wrong": -14.0,
    "rank.held-by": 8.0,
    "rank.member-order": 10.0,
    "rank.newest": 2.0,
    "rank.available": 1.5,
    "rank.online": 1.0,
    "rank.complete": 1.0,
    "rank.home": 2.0,
}
"""Most points of each reason; `rank.marks-wrong` is the least."""

_APART = " ; "
"""Between phrases: no word."""

_WRONG_COSTS = 0.6  # part of the title's points that is lost where every marked word has other marks


class Word(NamedTuple):
    """A word of the question: folded, with its marks, and whether it may go on."""

    folded: str
    exact: str
    is_truncated: bool

    def is_in_text(self, words: str) -> bool:
        """Whether it is one of these folded words, which are joined by one space."""
        if self.folded not in words:
            return False
        return f" {self.folded}{'' if self.is_truncated else ' '}" in f" {words} "


class Scored(NamedTuple):
    """Points and what they are for. `value` fills the sentence's hole, if it has one."""

    points: float
    code: str
    value: str | int = ""

    def reason(self) -> Reason:
        """Return what is said of it."""
        return Reason(self.code, {_HOLES[self.code]: self.value} if self.code in _HOLES else {})


_HOLES = {
    "rank.identifier": "value",
    "rank.member-order": "place",
    "rank.held-by": "count",
    "rank.newest": "year",
}


class TitleMatch(NamedTuple):
    """What words find in a title, and those that it lacks."""

    scored: tuple[Scored, ...]
    missing: tuple[Word, ...]


def words_in(clauses: tuple[Clause, ...], fields: set[Field]) -> tuple[Word, ...]:
    """Return the words of the clauses that look in some of these fields, in the order typed."""
    found = []
    for clause in clauses:
        if clause.field in fields:
            exact, folded = (key.split() for key in folds(clause.text))
            if len(folded) != len(exact):
                exact = folded
            for place, (plain, marked) in enumerate(zip(folded, exact, strict=True)):
                found.append(Word(plain, marked, clause.is_truncated and place == len(folded) - 1))
    return tuple(found)


def match_title(title: TitleKey, words: tuple[Word, ...]) -> TitleMatch:
    """How well a title answers words: one reason of the ladder, how little else it holds, how the marks agree."""
    missing = tuple([word for word in words if not word.is_in_text(title.full)])
    hits = len(words) - len(missing)
    if not hits:
        return TitleMatch((), missing)
    code, share = _title_rung(title, words, hits)
    agree, wrong = _marks(title, words)
    length = title.full.count(" ") + 1
    scored = [
        Scored(POINTS[code] * share * (1 - _WRONG_COSTS * wrong), code),
        Scored(POINTS["rank.title-close"] * hits / len(words) * min(1.0, hits / length), "rank.title-close"),
    ]
    if agree:
        scored.append(Scored(POINTS["rank.marks-agree"] * agree, "rank.marks-agree"))
    if wrong:
        scored.append(Scored(POINTS["rank.marks-wrong"] * wrong, "rank.marks-wrong"))
    return TitleMatch(tuple(scored), missing)


def _title_rung(title: TitleKey, words: tuple[Word, ...], hits: int) -> tuple[str, float]:
    """Return the highest reason that holds of a title, and the share of it."""
    phrase = " ".join([word.folded for word in words])
    end = "" if words[-1].is_truncated else " "
    if phrase in (title.folded, title.full):
        return "rank.title-exact", 1.0
    if f"{title.full} ".startswith(f"{phrase}{end}"):
        return "rank.title-begins", 1.0
    if len(words) > 1 and f" {phrase}{end}" in f" {title.full} ":
        return "rank.title-phrase", 1.0
    if hits == len(words):
        return "rank.title-words", 1.0
    wanted = set(text.pairs(phrase))
    met = sum([f" {pair} " in f" {title.full} " for pair in wanted])
    return ("rank.title-pairs", met / len(wanted)) if met else ("rank.title-some", hits / len(words))


def match_elsewhere(record: Record, missing: tuple[Word, ...], asked: int) -> tuple[Scored, ...]:
    """Score what words find in the fields beside title and people: subjects first, then the rest by the field table.

    `asked` is how many words the whole question has.
    """
    wanted = [word for word in missing if word.folded not in text.folded_stop_syllables()] or missing
    scored = []
    # Subjects, publishers and names come again and again: each is folded once, not all of a record's together.
    subjects = _APART.join([folded(subject) for subject in record.subjects])
    found = [word for word in wanted if word.is_in_text(subjects)]
    if found:
        scored.append(Scored(POINTS["rank.subject"] * weight("subjects") * len(found) / asked, "rank.subject"))
    rest = [word for word in wanted if word not in found] if found else wanted
    fields = _others(record) if rest else []
    everything = _APART.join([phrase for _, phrase in fields])
    if rest := [word for word in rest if word.is_in_text(everything)]:
        share = sum([max(weight(field) for field, phrase in fields if word.is_in_text(phrase)) for word in rest])
        scored.append(Scored(POINTS["rank.other-fields"] * share / asked, "rank.other-fields"))
    return tuple(scored)


def _marks(title: TitleKey, words: tuple[Word, ...]) -> tuple[float, float]:
    """Return the shares of the marked words whose marks agree, and whose marks are wrong."""
    marked = [word for word in words if word.exact != word.folded]
    if not marked:
        return 0.0, 0.0
    found = f"{title.marked} {title.marked_subtitle}".split()
    agree = wrong = 0
    for word in marked:
        ways = {text.marks(word.exact, token) for token in found}
        if text.Marks.SAME in ways:
            agree += 1
        elif text.Marks.WRONG in ways and text.Marks.MISSING not in ways:
            wrong += 1
    return agree / len(marked), wrong / len(marked)


def _others(record: Record) -> list[tuple[str, str]]:
    """Return the other fields that are looked into, folded."""
    found = [("series", folded(series.title)) for series in record.series]
    found += [("other_titles", folded(title)) for title in record.other_titles]
    found += [("people", folded(person.name)) for person in record.people]
    for field in ("publisher", "part_title"):
        if value := getattr(record, field):
            found.append((field, folded(value)))
    if record.summary:
        found.append(("summary", folds(record.summary)[1]))  # long, and its own: not to be remembered
    if record.host:
        found.append(("host", folded(record.host.title)))
    return found
