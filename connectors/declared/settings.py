"""The table `[declared]` of a member file: how a page or a JSON answer is asked for and read, with four verbs.

All of it is checked when the file is loaded: a ValueError of a `__post_init__` becomes a SettingsError with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec

from connectors.declared.patterns import bounded
from connectors.declared.points import check_point, is_json_point
from engine.model import Field

PLACEHOLDERS: Final = ("words", "page", "page0", "start", "start0", "count")
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_HEADERS: Final = frozenset({"accept", "accept-language", "x-requested-with", "referer"})


class Taking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Takes texts: from where it points, an attribute or all words, of these what a pattern finds, as a map has it.

    `map` turns a found text into another; "" drops it; what is not in it stays. No `point`: the row itself.
    """

    point: str = ""
    attribute: str = ""
    pattern: str = ""
    map: dict[str, str] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what points nowhere, takes nothing or may take for ever."""
        check_point(self.point)
        if self.pattern:
            bounded(self.pattern)
        if self.attribute and is_json_point(self.point):
            raise ValueError("JSON has no attributes; write the name at the end of the path")
        if self.attribute and not re.fullmatch(r"[A-Za-z_:][\w:.-]*", self.attribute):
            raise ValueError(f"no name of an attribute: {self.attribute!r}; write one like href")
        if not (self.point or self.attribute or self.pattern):
            raise ValueError("it takes nothing; write a `point`")


Takings = Taking | tuple[Taking, ...]


class RecordRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where each text of a record stands, inside of its row. `isbd` is a whole description, `imprint` place to year."""

    title: Takings | None = None
    isbd: Takings | None = None
    id: Takings | None = None
    subtitle: Takings | None = None
    volume: Takings | None = None
    part_title: Takings | None = None
    other_titles: Takings | None = None
    responsibility: Takings | None = None
    people: Takings | None = None
    editors: Takings | None = None
    translators: Takings | None = None
    advisors: Takings | None = None
    contributors: Takings | None = None
    imprint: Takings | None = None
    publisher: Takings | None = None
    place: Takings | None = None
    year: Takings | None = None
    edition: Takings | None = None
    languages: Takings | None = None
    material: Takings | None = None
    degree: Takings | None = None
    is_online: Takings | None = None
    extent: Takings | None = None
    series: Takings | None = None
    subjects: Takings | None = None
    summary: Takings | None = None
    notes: Takings | None = None
    isbn: Takings | None = None
    issn: Takings | None = None
    doi: Takings | None = None
    identifiers: Takings | None = None
    classes: Takings | None = None
    call_number: Takings | None = None
    host: Takings | None = None
    url: Takings | None = None
    full_text: Takings | None = None
    links: Takings | None = None

    def __post_init__(self) -> None:
        """Refuse a record that has no title."""
        if self.title is None and self.isbd is None:
            raise ValueError("neither `title` nor `isbd`: nothing could be shown; say where the title stands")

    def each(self) -> Iterator[tuple[str, Taking]]:
        """Return the name of a text and how it is taken, one after the other."""
        for name in self.__struct_fields__:
            takings = getattr(self, name)
            for taking in takings if isinstance(takings, tuple) else () if takings is None else (takings,):
                yield name, taking


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent. Placeholders may stand in `path`, `parameters` and `body`, and are escaped for where they stand.

    `parameters` go into the address, or with POST into a form; `body` is sent as JSON. `path` is below the member's
    address, "" is the address itself.
    """

    path: str = ""
    method: Literal["GET", "POST"] = "GET"
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    body: dict[str, object] = msgspec.field(default_factory=dict)
    headers: dict[str, str] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse placeholders that nothing fills, and words that are nowhere asked for."""
        holes = self.holes()
        for hole in sorted(holes - set(PLACEHOLDERS)):
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ValueError(f"nothing fills {{{hole}}}; known are {known}")
        if "words" not in holes:
            raise ValueError("{words} stands nowhere: what a reader asks would not be asked; put it into a parameter")
        if self.path and not self.path.startswith("/"):
            raise ValueError(f"the path {self.path!r} does not begin with a slash; write /{self.path}")
        if self.body and self.method != "POST":
            raise ValueError('a `body` is sent with POST only; write method = "POST"')
        if self.body and self.parameters and any("words" in _HOLE.findall(text) for text in self.parameters.values()):
            raise ValueError("{words} stands in the parameters beside a body; put it into one of them")
        for name in self.headers:
            if name.lower() not in _HEADERS:
                raise ValueError(
                    f"the header {name!r} is not for a member file; known are {', '.join(sorted(_HEADERS))}"
                )

    def holes(self) -> set[str]:
        """Return the names of all placeholders."""
        return {
            hole
            for text in (self.path, *self.parameters.values(), *_strings(self.body))
            for hole in _HOLE.findall(text)
        }


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)


class Searches(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"call_number": "call-number"}):
    """How each field is asked for; those that are not here are looked for anywhere."""

    any: Request
    title: Request | None = None
    person: Request | None = None
    subject: Request | None = None
    publisher: Request | None = None
    series: Request | None = None
    isbn: Request | None = None
    issn: Request | None = None
    identifier: Request | None = None
    call_number: Request | None = None

    def of(self, field: Field) -> Request | None:
        """Return how a field is asked for."""
        found: Request | None = getattr(self, field.value.replace("-", "_"))
        return found


class FormFirst(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page whose form must be fetched before anything can be asked: its hidden fields are sent along."""

    path: str
    point: str = "form"

    def __post_init__(self) -> None:
        """Refuse a bad selector."""
        check_point(self.point)
        if is_json_point(self.point) or not self.path.startswith("/"):
            raise ValueError("a form stands on a page: give its path, with a slash, and a CSS selector")


class DeclaredSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[declared]`; `docs/declared-sources.md` tells each key."""

    search: Searches
    rows: Taking
    record: RecordRules
    total: Taking | None = None
    none: Taking | None = None
    page: Taking | None = None
    next: Taking | None = None
    form: FormFirst | None = None
    record_url: str = ""
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    max_requests: Annotated[int, msgspec.Meta(ge=1, le=10)] = 5
    charset: str = ""
    folds_marks: bool = False
    joins_fields: bool = False
    phrases: bool = False
    truncation: Annotated[str, msgspec.Meta(max_length=3)] = ""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself, and an answer of which nobody could tell that it holds no hits."""
        if not self.rows.point:
            raise ValueError("`rows` has no `point`; say which elements are rows")
        if self.total is None and self.none is None:
            raise ValueError(
                "neither `total` nor `none`: no hits could not be told from a broken page; give one of them"
            )
        takings = [
            self.rows,
            self.total,
            self.none,
            self.page,
            self.next,
            *(taking for _, taking in self.record.each()),
        ]
        for taking in takings:
            if taking is not None and taking.point and is_json_point(taking.point) is not self.is_json:
                kind = "a path in JSON" if self.is_json else "a CSS selector"
                raise ValueError(f"{taking.point!r} is of another kind than `rows`; write {kind}")
        if self.is_json and self.form is not None:
            raise ValueError("a `form` is for pages; `rows` points into JSON")
        if self.record_url and set(_HOLE.findall(self.record_url)) != {"id"}:
            raise ValueError('`record_url` needs {id} and nothing else; write something like "/record/{id}"')
        if self.record_url and self.record.id is None:
            raise ValueError("`record_url` needs an `id`; say under `record` where it stands")
        if self.charset and not _is_charset(self.charset):
            raise ValueError(f"no such encoding: {self.charset!r}; write one like utf-8 or windows-1258")

    @property
    def is_json(self) -> bool:
        """Whether answers are JSON."""
        return is_json_point(self.rows.point)

    @property
    def fields(self) -> frozenset[Field]:
        """The fields that have an address of their own, and any."""
        return frozenset(field for field in Field if self.search.of(field) is not None)


def _is_charset(name: str) -> bool:
    try:
        "".encode(name)
    except LookupError:
        return False
    return True
