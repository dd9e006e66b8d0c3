"""Texts of which a page or a JSON answer says what they are -> Record: for systems that give labelled text, no format.

A text comes with the name of what it is (`NAMES`); what it says is found out by the clean-ups that read Dublin Core and
MARC. One that says nothing is left out. For lines that are written for readers: one may hold an imprint, a list of
people or keywords, a whole card of ISBD. Fields that come apart already are `formats.named_texts`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from connectors.formats import dc_values as values
from connectors.formats.agents import several_people
from connectors.formats.assembly import finish
from connectors.formats.draft import Draft
from connectors.formats.headings import web_address
from connectors.formats.isbd import is_card, parse_imprint, parse_isbd, statement_of
from connectors.formats.mending import mend_texts
from connectors.formats.rules import NamedRule, apply_names, compile_names
from connectors.formats.tidy import tidy, undot
from connectors.formats.titles import volume_of
from engine.errors import UnreadableError
from engine.model import ClassNumber, Holding, Identifier, Link, LinkKind, Person, Record, Series
from engine.normalise.identifiers import doi, isbn, issn
from engine.normalise.imprint import publisher
from engine.normalise.statements import people

_DDC = re.compile(r"\d{3}(?:\.\d+)?")


def _people(text: str) -> Iterator[tuple[Person, bool]]:
    """Read a list of people, a role in brackets behind one or words of a statement of responsibility."""
    found = several_people(text) or [(person, person.role.value != "author") for person in people(text)]
    yield from found


def _isbns(text: str) -> Iterator[Identifier]:
    for part in re.split(r"[;,|]", text):
        if (found := isbn(part)) is not None:
            yield found


def _issns(text: str) -> Iterator[Identifier]:
    if (found := issn(text)) is not None:
        yield found


def _dois(text: str) -> Iterator[Identifier]:
    if (found := doi(text)) is not None:
        yield found


def _keywords(text: str) -> Iterator[str]:
    """Read keywords, several apart by semicolons; commas part them only where no semicolon does."""
    for part in re.split(r";|\s--\s" if ";" in text else r",(?=\s)", text):
        if word := undot(tidy(part)):
            yield word


def _classes(text: str) -> Iterator[ClassNumber]:
    """Read a class number; a book mark behind a slash or a blank ("512.14 / T406H") is none of it."""
    number = tidy(re.split(r"\s*/\s*|\s{1,}(?=[A-ZĐ])", text.strip(), maxsplit=1)[0])
    if number:
        yield ClassNumber("ddc" if _DDC.fullmatch(number) else "local", number)


def _call_numbers(text: str) -> Iterator[Holding]:
    if found := tidy(text):
        yield Holding(call_number=found)


def _volumes(text: str) -> Iterator[str]:
    if found := volume_of(text):
        yield found


def _publishers(text: str) -> Iterator[str]:
    if found := publisher(text):
        yield found


def _series(text: str) -> Iterator[Series]:
    yield from values.series(text.strip("() "))


def _pages(text: str) -> Iterator[str]:
    if web_address(text.strip()):
        yield text.strip()


def _full_texts(text: str) -> Iterator[Link]:
    if web_address(text.strip()):
        yield Link(text.strip(), LinkKind.FULL_TEXT)


def _online(text: str) -> Iterator[bool]:
    yield tidy(text).lower() not in {"", "0", "false", "no", "không"}


RULES: tuple[NamedRule[str], ...] = (
    # target               name of the text   clean-up
    ("ids",                "id",              lambda text: [text.strip()]),
    ("other_titles",       "other_titles",    values.line),
    ("responsibilities",   "responsibility",  values.line),
    ("volumes",            "volume",          _volumes),
    ("part_titles",        "part_title",      values.line),
    ("names",              "people",          _people),
    ("leads",              "authors",         values.authors),
    ("names",              "contributors",    values.contributors),
    ("names",              "editors",         values.editors),
    ("names",              "translators",     values.translators),
    ("names",              "advisors",        values.advisors),
    ("publishers",         "publisher",       _publishers),
    ("places",             "place",           values.places),
    ("years",              "year",            values.years),
    ("editions",           "edition",         values.line),
    ("languages",          "languages",       values.languages),
    ("materials",          "material",        values.materials),
    ("degrees",            "material degree", values.degrees),
    ("online",             "is_online",       _online),
    ("extents",            "extent",          values.line),
    ("series",             "series",          _series),
    ("subjects",           "subjects",        _keywords),
    ("summaries",          "summary",         values.line),
    ("notes",              "notes",           values.line),
    ("identifiers",        "isbn",            _isbns),
    ("identifiers",        "issn",            _issns),
    ("identifiers",        "doi",             _dois),
    ("identifiers",        "identifiers",     values.identifiers),
    ("classes",            "classes",         _classes),
    ("holdings",           "call_number",     _call_numbers),
    ("hosts",              "host",            values.hosts),
    ("urls",               "url",             _pages),
    ("links",              "full_text",       _full_texts),
    ("links",              "links",           values.links),
)  # fmt: skip

COMPILED = compile_names(RULES)
NAMES = frozenset({*COMPILED, "title", "subtitle", "imprint", "isbd"})
"""What a text may be said to be. `isbd` is a whole description, `imprint` place, publisher and year in one."""


def record_from_texts(texts: Iterable[tuple[str, str]], member: str) -> Record:
    """Return the Record that (name, text) pairs describe. Raises UnreadableError where no title is among them."""
    sound, raw = mend_texts([(name, text) for name, text in texts if text.strip()])
    unknown = {name for name, _ in sound} - NAMES
    if unknown:
        raise KeyError(min(unknown))
    draft = Draft()
    draft.raw += raw
    sound = [pair for name, text in sound for pair in (_unfolded(text) if name == "isbd" else [(name, text)])]
    sound = [pair for name, text in sound for pair in (_of_card(text) if name == "title" else [(name, text)])]
    of_title = {name: text for name, text in reversed(sound) if name in {"title", "subtitle", "responsibility"}}
    statement = statement_of(of_title.get("title", ""), of_title.get("responsibility", ""))
    if statement is None:
        raise UnreadableError("a record without a title")
    if subtitle := undot(tidy(of_title.get("subtitle", ""))):
        whole = f"{statement.subtitle} : {subtitle}" if statement.subtitle else subtitle
        statement = statement._replace(subtitle=whole)
    draft.titles.append(statement)
    for name, text in sound:
        if name == "imprint":
            found = parse_imprint(text)
            draft.places += [found.place] if found.place else []
            draft.publishers += [found.publisher] if found.publisher else []
            draft.years += [found.year] if found.year else []
    apply_names(COMPILED, sound, draft)
    record = finish(draft, member)
    if len(record.holdings) > 1:
        record = msgspec.structs.replace(record, holdings=tuple(dict.fromkeys(record.holdings)))
    return record


def _of_card(text: str) -> list[tuple[str, str]]:
    """Return a title as it is, or the texts of a whole card that stands where a title should."""
    return _unfolded(text) if is_card(text) else [("title", text)]


def _unfolded(text: str) -> list[tuple[str, str]]:
    """Return the texts that an ISBD description is made of."""
    found = parse_isbd(text)
    pairs = [
        ("title", found.title),
        ("responsibility", found.responsibility),
        ("edition", found.edition),
        ("imprint", found.imprint),
        ("extent", found.extent),
        ("series", found.series),
        ("isbn", found.isbn),
        *(("notes", note) for note in found.notes),
    ]
    return [(name, said) for name, said in pairs if said]
