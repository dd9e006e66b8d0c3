"""Dublin Core as DSpace holds it -> Record: fields as `schema.element.qualifier`, freely typed values.

Source: recorded items of DSpace 6.4, 7.6.7 and 9.2; what Vietnamese repositories are known to type: names inverted with
a comma or not, subjects in one value apart by semicolons, types and degrees as words, languages as names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote, unquote

import msgspec

from connectors.dspace.access import Access, holdings
from connectors.formats import dc_values as values
from connectors.formats.assembly import finish
from connectors.formats.draft import Draft
from connectors.formats.mending import mend_texts
from connectors.formats.rules import NamedRule, apply_names, compile_names
from engine.model import Identifier, Record, Scheme
from engine.normalise.identifiers import handle as handle_identifier
from engine.normalise.identifiers import isbn, issn
from engine.text import clean

Pairs = Sequence[tuple[str, str]]
"""(field, value), in the order of the item."""


def _isbns(text: str) -> Iterator[Identifier]:
    """Read the ISBNs of a field that is for them, several in one value apart by commas or semicolons."""
    yield from filter(None, map(isbn, re.split(r"[,;]", text)))


def _issns(text: str) -> Iterator[Identifier]:
    """Read the ISSNs of a field that is for them."""
    yield from filter(None, map(issn, re.split(r"[,;]", text)))


RULES: Final[tuple[NamedRule[str], ...]] = (
    # target           where from, without `dc.` and `dcterms.`                        clean-up
    ("titles",         "title",                                                        values.title),
    ("other_titles",   "title.alternative title.translated title.other alternative",   values.line),
    ("leads",          "contributor.author creator contributor.creator creator.author", values.authors),
    ("names",          "contributor contributor.other",                                values.contributors),
    ("names",          "contributor.advisor contributor.supervisor advisor",           values.advisors),
    ("names",          "contributor.editor editor",                                    values.editors),
    ("names",          "contributor.translator",                                       values.translators),
    ("names",          "contributor.illustrator",                                      values.illustrators),
    ("publishers",     "publisher",                                                    values.publishers),
    ("places",         "publisher",                                                    values.places_of_publishers),
    ("places",         "publisher.place coverage.placeofpublication",                  values.places),
    ("years",          "date.issued issued date.published",                            values.years),
    ("spare_years",    "date date.copyright date.created created",                     values.plain_years),
    ("editions",       "description.edition relation.edition",                         values.line),
    ("languages",      "language.iso language language.rfc3066",                       values.languages),
    ("materials",      "type type.local type.material genre",                          values.materials),
    ("degrees",        "description.degree thesis.degree.level thesis.degree.name",    values.degrees),
    ("degrees",        "type type.local type.degree thesis.degree description",        values.degrees),
    ("extents",        "format.extent extent format description.pages",                values.extents),
    ("series",         "relation.ispartofseries ispartofseries",                       values.series),
    ("subjects",       "subject subject.other subject.lcsh subject.keyword",           values.subjects),
    ("subjects",       "subject.keywords subject.mesh subject.vn coverage.spatial",    values.subjects),
    ("classes",        "subject.ddc subject.classification subject.udc",               values.classes),
    ("summaries",      "description.abstract abstract",                                values.line),
    ("summaries",      "description",                                                  values.long_descriptions),
    ("notes",          "description",                                                  values.short_descriptions),
    ("notes",          "description.tableofcontents description.note",                 values.line),
    ("identifiers",    "identifier.isbn identifier.eisbn relation.isbn",               _isbns),
    ("identifiers",    "identifier.issn identifier.eissn relation.issn",               _issns),
    ("identifiers",    "identifier.doi identifier identifier.uri identifier.other",    values.identifiers),
    ("hosts",          "identifier.citation bibliographicCitation source",             values.hosts),
    ("hosts",          "relation.ispartofjournal",                                     values.hosts),
    ("links",          "identifier.url relation.uri identifier.uri",                   values.links),
)  # fmt: skip
"""The year is that of publication. When the item was deposited, made available or changed says nothing of it."""


_COMPILED: Final = compile_names(RULES)
_PREFIX: Final = re.compile(r"^(?:dc|dcterms)\.")
_PARTS_OF: Final = frozenset({"relation.ispartof", "ispartof"})
_SYSTEM: Final = re.compile(
    r"^(?:date\.(?:accessioned|available|updated|submitted)|description\.provenance|dateaccepted|available"
    r"|dspace\..*|local\.embargo\..*)$",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"/handle/([^/?#;\s]+/[^/?#;\s]+)")


def handle_in(address: str) -> str:
    """Return the handle in the address of an item's page, "" where there is none.

    >>> handle_in("/jspui/handle/HUST/1234?mode=full"), handle_in("http://a.vn/xmlui/handle/20.500.1/7;jsessionid=1")
    ('HUST/1234', '20.500.1/7')
    """
    found = _HANDLE.search(address)
    return unquote(found[1]) if found else ""


def page_of(handle: str, pages: str) -> str:
    """Return the address of an item's page for people, where `pages` is the address of such pages.

    >>> page_of("20.500.1/7", "https://kho.example.org/jspui")
    'https://kho.example.org/jspui/handle/20.500.1/7'
    """
    return f"{pages.rstrip('/')}/handle/{quote(handle, safe='/._-~:')}"


def is_of_system(name: str) -> bool:
    """Whether a field is what DSpace writes itself: when an item came, who took it in."""
    return _SYSTEM.match(_PREFIX.sub("", name)) is not None


def record_of(
    pairs: Pairs, *, member: str, own_id: str, handle: str, url: str | None, access: Access | None = None
) -> Record:
    """Return the Record of an item; UnreadableError for one without a title.

    >>> record = record_of(
    ...     [("dc.title", "Vi mô"), ("dc.contributor.author", "Nguyễn, Thị Nga"), ("dc.date.issued", "2015-06")],
    ...     member="m", own_id="20.500.1/7", handle="20.500.1/7", url=None,
    ... )
    >>> record.title, record.people[0].name, record.year
    ('Vi mô', 'Nguyễn, Thị Nga', 2015)
    """
    draft = Draft()
    named = list(_named(pairs))
    texts, draft.raw = mend_texts(named)
    draft.ids.append(own_id)
    if handle:
        draft.identifiers.append(handle_identifier(f"hdl:{handle}") or Identifier(Scheme.HANDLE, handle))
    apply_names(_COMPILED, texts, draft)
    if len(draft.titles) > 1:
        draft.other_titles[:0] = [title.title for title in draft.titles[1:]]
    _tell_host(draft, [text for name, text in texts if name in _PARTS_OF])
    record = finish(draft, member)
    is_online = True if access is not None and access.has_files else record.is_online
    held = holdings(access, url) if access is not None else ()
    return msgspec.structs.replace(record, id=own_id, url=url, is_online=is_online, holdings=held or ())


def _named(pairs: Pairs) -> Iterator[tuple[str, str]]:
    for name, value in pairs:
        bare = _PREFIX.sub("", name)
        text = clean(value)
        if text and not is_of_system(bare):
            yield bare, text


def _tell_host(draft: Draft, parts_of: list[str]) -> None:
    """Put what an item is part of where it belongs: the host of an article with a citation, else a series."""
    for text in parts_of:
        if draft.hosts:
            draft.hosts[0] = msgspec.structs.replace(draft.hosts[0], title=text)
        else:
            draft.series += values.series(text)
    issns = [one.value for one in draft.identifiers if one.scheme is Scheme.ISSN and one.valid]
    if draft.hosts and issns:
        draft.hosts[0] = msgspec.structs.replace(draft.hosts[0], issn=draft.hosts[0].issn or issns[0])
