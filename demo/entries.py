"""What a library's catalogue says about an edition: the shipped facts as its cataloguers wrote them down.

The same edition, library and date always give the same entry: the randomness is seeded by their ids.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Final

import msgspec

from demo import imprints, isbn, vietnamese
from demo.catalogue import Credit, Edition
from demo.libraries import Habits, Library

_RANKS: Final = ("GS.TS. ", "PGS.TS. ", "TS. ", "ThS. ", "PGS. ", "GS. ")
_ORDINALS: Final = ("", "nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_ROMAN: Final = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI"}
_ROLE_WORDS: Final = {
    "editor": "chủ biên", "compiler": "biên soạn", "translator": "dịch", "reviser": "hiệu đính",
    "introducer": "giới thiệu", "illustrator": "minh hoạ", "advisor": "hướng dẫn", "issuer": "",
}  # fmt: skip
_ENGLISH_ROLE_WORDS: Final = {
    "editor": "edited by ", "compiler": "compiled by ", "translator": "translated by ", "reviser": "revised by ",
    "introducer": "introduction by ", "illustrator": "illustrated by ", "advisor": "supervised by ", "issuer": "",
}  # fmt: skip


class State(StrEnum):
    """Where a copy is."""

    IN = "in"
    ON_LOAN = "on-loan"
    READING_ROOM = "reading-room"
    LOST = "lost"


class Copy(msgspec.Struct, frozen=True):
    """One copy. `due` is the day it is to be back, for one on loan."""

    branch: str
    branch_name: str
    shelf: str
    call_number: str
    barcode: str
    state: State
    due: date | None = None


class Name(msgspec.Struct, frozen=True):
    """A name as written in a heading, and its role."""

    text: str
    role: str = "author"
    is_body: bool = False


class Entry(msgspec.Struct, frozen=True):
    """One catalogue entry. `id` is the library's own number. Texts are as the cataloguer typed them.

    `heads_name` says whether the first name is the main heading (100) or stands among the added ones (700).
    """

    id: str
    edition: Edition
    title: str
    subtitle: str
    volume: str
    statement: str
    names: tuple[Name, ...]
    heads_name: bool
    place: str
    publisher: str
    date: str
    edition_statement: str
    isbns: tuple[str, ...]
    price: str
    language: str
    subjects: tuple[str, ...]
    subjects_are_controlled: bool
    is_decomposed: bool
    copies: tuple[Copy, ...]


def plain_name(credit: Credit, language: str) -> str:
    """Return a name in its own order: `Mankiw, N. Gregory` is N. Gregory Mankiw."""
    family, comma, given = credit.name.partition(", ")
    return f"{given} {family}" if comma and not credit.is_body and language else credit.name


def _heading(credit: Credit, habits: Habits, random: Random) -> str:
    if credit.is_body or "," in credit.name:
        return credit.name
    syllables = credit.name.split()
    if len(syllables) < 2:
        return credit.name
    style = habits.name_style if random.random() < 0.85 else "direct"
    if style == "comma":
        return f"{syllables[0]}, {' '.join(syllables[1:])}"
    if style == "inverted":
        return f"{syllables[-1]}, {' '.join(syllables[:-1])}"
    return credit.name


def _statement(edition: Edition, habits: Habits, random: Random) -> str:
    is_vietnamese = edition.language == "vie"
    parts = []
    for role in dict.fromkeys(credit.role for credit in edition.people):
        named = [plain_name(credit, "x") for credit in edition.people if credit.role == role]
        if is_vietnamese and random.random() < habits.ranks:
            named = [random.choice(_RANKS) + name for name in named]
        if len(named) > 3:
            named = [f"{named[0]}...[{'và những người khác' if is_vietnamese else 'et al.'}]"]
        joined = ", ".join(named)
        if is_vietnamese:
            word = _ROLE_WORDS.get(role, "")
            before = word in {"dịch", "hiệu đính", "hướng dẫn"} and random.random() < 0.5
            parts.append(f"{word}: {joined}" if before else f"{joined} ({word})" if word and random.random() < 0.3
                         else f"{joined} {word}".strip())  # fmt: skip
        else:
            parts.append(_ENGLISH_ROLE_WORDS.get(role, "") + joined)
    return " ; ".join(parts)


def _title(edition: Edition, habits: Habits, random: Random) -> tuple[str, str]:
    title, subtitle = edition.title, edition.subtitle
    if edition.language == "vie":
        if random.random() < habits.unmarked_titles:
            title, subtitle = vietnamese.unmarked(title), vietnamese.unmarked(subtitle)
        elif random.random() < habits.wrong_marks:
            title = vietnamese.with_wrong_mark(title, random)
        elif random.random() < habits.moved_tones:
            title, subtitle = vietnamese.with_moved_tones(title), vietnamese.with_moved_tones(subtitle)
    if random.random() < habits.typing_errors:
        title = vietnamese.with_typing_error(title, random)
    if random.random() < habits.upper_titles:
        title = title.upper()
    if subtitle and random.random() < habits.subtitle_in_title:
        title, subtitle = f"{title}: {subtitle}", ""
    elif random.random() < habits.subtitle_left_out:
        subtitle = ""
    if edition.language == "vie" and random.random() < habits.tcvn3:
        title, subtitle = vietnamese.as_tcvn3(title), vietnamese.as_tcvn3(subtitle)
    return title, subtitle


def _edition_statement(edition: Edition, habits: Habits, random: Random) -> str:
    number = edition.edition
    if not number:
        return ""
    if edition.language == "vie":
        words = _ORDINALS[number] if number < len(_ORDINALS) else str(number)
        form = habits.edition_words if random.random() < 0.7 else "Tái bản lần {number}, có sửa chữa, bổ sung"
        return form.format(words=words, number=number)
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number if number < 20 else number % 10, "th")
    return random.choice((f"{number}{ending} ed.", f"{number}{ending} edition", f"{number}{ending} ed."))


def _volume(edition: Edition, habits: Habits, random: Random) -> str:
    number = edition.volume
    if not number:
        return ""
    if edition.language != "vie":
        return f"Vol. {number}"
    return f"{habits.volume_word} {_ROMAN.get(number, number) if random.random() < 0.3 else number}"


def _isbns(edition: Edition, habits: Habits, random: Random) -> tuple[tuple[str, ...], str]:
    if not edition.isbn or random.random() < habits.isbn_left_out:
        return (), ""
    number = isbn.wrong(edition.isbn) if random.random() < habits.isbn_wrong else edition.isbn
    price = ""
    if habits.isbn_style == "hyphens":
        typed = isbn.hyphenated(number)
    elif habits.isbn_style == "ten":
        typed = isbn.ten(number)
        return ((typed, number) if random.random() < 0.5 and typed != number else (typed,)), ""
    else:
        typed = number
        if habits.isbn_style == "priced" and edition.language == "vie":
            price = f"{random.randrange(25, 250) * 1000}đ"
            if random.random() < 0.3:
                typed, price = f"{typed} : {price}", ""
    return (typed,), price


def _call_number(edition: Edition, title: str) -> str:
    heading = edition.people[0].name if edition.people and len(edition.people) < 4 else title
    words = vietnamese.unmarked(heading).upper().replace(",", " ").split()
    cutter = "-".join(word[:2] if place == 0 else word[:1] for place, word in enumerate(words[:2]))
    return f"{edition.ddc or '000'} {cutter}"


def copies(entry_id: str, edition: Edition, library: Library, random: Random, today: date) -> tuple[Copy, ...]:
    """Return the copies of an edition in a library, one to five, over its branches and shelves."""
    found = []
    count = 1 + min(4, int(random.expovariate(0.9 if edition.language == "vie" else 1.6)))
    call_number = _call_number(edition, edition.title)
    reference = edition.material in {"thesis", "journal"} or random.random() < 0.06
    for number in range(count):
        branch = random.choice(library.branches)
        chance = random.random()
        state = State.READING_ROOM if reference else State.IN
        due = None
        if not reference and chance < 0.28:
            state, due = State.ON_LOAN, today + timedelta(days=random.randrange(-10, 45))
        elif chance > 0.985:
            state = State.LOST
        found.append(Copy(
            branch=branch.code, branch_name=branch.name, shelf=random.choice(branch.shelves),
            call_number=call_number, barcode=f"{library.prefix}{entry_id[-6:]}{number + 1:02}", state=state, due=due,
        ))  # fmt: skip
    return tuple(found)


def entries(edition: Edition, library: Library, number: int, today: date) -> tuple[Entry, ...]:
    """Return the entries of an edition in a library: one, or one for each shelf where cataloguers do so.

    `number` is the library's running number of the first.
    """
    random = Random(f"{library.id}/{edition.id}")
    entry = _entry(edition, library, str(number), random, today)
    shelves = list(dict.fromkeys((copy.branch, copy.shelf) for copy in entry.copies))
    if len(shelves) < 2 or random.random() >= library.habits.once_per_shelf:
        return (entry,)
    return tuple(
        msgspec.structs.replace(
            entry, id=str(number + place), copies=tuple(c for c in entry.copies if (c.branch, c.shelf) == shelf)
        )
        for place, shelf in enumerate(shelves)
    )


def _entry(edition: Edition, library: Library, entry_id: str, random: Random, today: date) -> Entry:
    habits = library.habits
    title, subtitle = _title(edition, habits, random)
    isbns, price = _isbns(edition, habits, random)
    in_statement_only = random.random() < habits.people_in_statement_only and len(edition.people) > 1
    named = edition.people[:1] if in_statement_only else edition.people
    return Entry(
        id=entry_id,
        edition=edition,
        title=title,
        subtitle=subtitle,
        volume=_volume(edition, habits, random),
        statement=_statement(edition, habits, random),
        names=tuple(Name(_heading(credit, habits, random), credit.role, credit.is_body) for credit in named),
        heads_name=bool(named) and named[0].role == "author" and random.random() >= habits.only_added_names,
        place=imprints.place(edition, habits.place_style, random),
        publisher=imprints.publisher(edition, habits.publisher_style, random),
        date=imprints.year(edition, habits.date_style, random),
        edition_statement=_edition_statement(edition, habits, random),
        isbns=isbns,
        price=price,
        language=habits.language_code if edition.language == "vie" else edition.language,
        subjects=edition.subjects,
        subjects_are_controlled=random.random() >= habits.keywords_uncontrolled,
        is_decomposed=habits.is_decomposed,
        copies=copies(entry_id.rjust(6, "0"), edition, library, random, today),
    )
