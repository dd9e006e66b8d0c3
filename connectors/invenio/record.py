"""Reads one record of InvenioRDM's REST API. Pure.

Sources: InvenioRDM documentation, "Metadata reference" and the fields `journal`, `imprint` and `thesis` of its optional
metadata; the vocabularies of resource types and of roles that invenio-rdm-records brings along. Who owns a record, who
may change it and the names of files are dropped unread.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from connectors.formats.named_texts import record_from_texts
from connectors.reading.json import Table, at, first_text, table_of, tables_of, texts_of
from connectors.reading.web_address import below, linked
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Host, Material, PersonKind, Record, Service

_MATERIALS: Final = {
    "publication-book": Material.BOOK, "publication-section": Material.CHAPTER,
    "publication-article": Material.ARTICLE, "publication-preprint": Material.ARTICLE,
    "publication-datapaper": Material.ARTICLE, "publication-journal": Material.JOURNAL,
    "publication-conferencepaper": Material.CONFERENCE, "publication-conferenceproceeding": Material.CONFERENCE,
    "publication-dissertation": Material.THESIS, "publication-thesis": Material.THESIS,
    "publication-report": Material.REPORT, "publication-technicalnote": Material.REPORT,
    "publication-workingpaper": Material.REPORT, "publication-deliverable": Material.REPORT,
    "image": Material.IMAGE, "video": Material.FILM, "audio": Material.SOUND, "software": Material.SOFTWARE,
    "physicalobject": Material.OBJECT,
}  # fmt: skip
"""Resource types; of one that is not here the part before the hyphen counts (`image-photo`)."""

_ROLES: Final = {"editor": "editor", "supervisor": "advisor", "translator": "translator"}
_NO_PART: Final = frozenset({
    "contactperson", "distributor", "hostinginstitution", "registrationagency", "registrationauthority",
    "rightsholder", "sponsor", "datamanager", "datacurator",
})  # fmt: skip
"""Roles of those who had no part in the work itself."""

_SCHEMES: Final = frozenset({"isbn", "issn", "doi"})
_TAGS: Final = re.compile(r"<[^<>]{1,300}>")


def record_of(row: Table, *, member: str, url: str) -> Record | None:
    """Return a row as a record, None where it cannot be read."""
    own_id = first_text(row.get("id"))
    if not own_id:
        return None
    metadata, custom = table_of(row.get("metadata")), table_of(row.get("custom_fields"))
    kind = _kind(metadata)
    material = _MATERIALS.get(kind, _MATERIALS.get(kind.partition("-")[0]))
    texts = [*_about(metadata), *_people(metadata), *_numbers(row, metadata)]
    if material is Material.THESIS:
        texts = [("type", "thesis"), *_of_thesis(custom), *texts]  # its university stands before the repository
    host = _host(custom, material)
    if host is None:
        texts += _imprint(custom)
    try:
        record = record_from_texts(texts, member=member, own_id=own_id, url=_page(row, own_id, url), host=host)
    except UnreadableError:
        return None
    bodies = _bodies(metadata)
    people = tuple(
        msgspec.structs.replace(person, kind=PersonKind.CORPORATE) if person.name in bodies else person
        for person in record.people
    )
    holding, is_online = _access(row)
    return msgspec.structs.replace(
        record,
        material=material or record.material,
        people=people,
        holdings=(holding,) if holding else (),
        is_online=is_online,
    )


def _kind(metadata: Table) -> str:
    found = metadata.get("resource_type")
    kind = first_text(at(found, "id"))
    if kind:
        return kind
    parts = (first_text(at(found, "type")), first_text(at(found, "subtype")))  # before version 6, and Zenodo's own JSON
    return "-".join(part for part in parts if part)


def _title(metadata: Table) -> Iterator[tuple[str, str]]:
    title = html.unescape(first_text(metadata.get("title")))
    others = [
        (first_text(at(other, "type.id")), text)
        for other in tables_of(metadata.get("additional_titles"))
        if (text := first_text(other.get("title")))
    ]
    subtitle = next((text for kind, text in others if kind == "subtitle"), "")
    if title:
        yield "title", f"{title} : {subtitle}" if subtitle else title
    for kind, text in others:
        if kind != "subtitle":
            yield "alternative", text


def _about(metadata: Table) -> Iterator[tuple[str, str]]:
    yield from _title(metadata)
    date = first_text(metadata.get("publication_date"))
    yield "issued", date.partition("/")[0]  # of an interval the beginning
    yield "publisher", first_text(metadata.get("publisher"))
    yield "version", first_text(metadata.get("version"))
    for language in (at(metadata, "languages.id"), metadata.get("language")):
        for code in texts_of(language):
            yield "language", code
    for subject in tables_of(metadata.get("subjects")):
        yield "subject", first_text(subject.get("subject")) or first_text(at(subject, "title.en"))
    for keyword in texts_of(metadata.get("keywords")):
        yield "subject", keyword
    yield "abstract", _plain(first_text(metadata.get("description")))


def _plain(text: str) -> str:
    """Return the words of a description, which is HTML.

    >>> _plain("<p>Lạm ph&aacute;t</p><p>v&agrave; n&ocirc;ng th&ocirc;n</p>")
    'Lạm phát và nông thôn'
    """
    return " ".join(html.unescape(_TAGS.sub(" ", text)).split())


def _people(metadata: Table) -> Iterator[tuple[str, str]]:
    for creator in tables_of(metadata.get("creators")):
        role = _ROLES.get(_role(creator))
        yield (f"contributor.{role}" if role else "creator"), _name(creator)
    for contributor in tables_of(metadata.get("contributors")):
        role = _role(contributor)
        if role not in _NO_PART:
            yield (f"contributor.{_ROLES[role]}" if role in _ROLES else "contributor"), _name(contributor)


def _role(person: Table) -> str:
    return first_text(at(person, "role.id")).replace("-", "").lower()


def _name(person: Table) -> str:
    return first_text(at(person, "person_or_org.name")) or first_text(person.get("name"))


def _bodies(metadata: Table) -> frozenset[str]:
    people = [*tables_of(metadata.get("creators")), *tables_of(metadata.get("contributors"))]
    return frozenset(_name(person) for person in people if at(person, "person_or_org.type") == "organizational")


def _numbers(row: Table, metadata: Table) -> Iterator[tuple[str, str]]:
    yield "doi", first_text(at(row, "pids.doi.identifier")) or first_text(row.get("doi"))
    for number in tables_of(metadata.get("identifiers")):
        scheme = first_text(number.get("scheme")).lower()
        yield (scheme if scheme in _SCHEMES else "identifier"), first_text(number.get("identifier"))


def _of_thesis(custom: Table) -> Iterator[tuple[str, str]]:
    yield "degree", first_text(at(custom, "thesis:thesis.type"))
    yield "publisher", first_text(at(custom, "thesis:thesis.university")) or first_text(custom.get("thesis:university"))


def _imprint(custom: Table) -> Iterator[tuple[str, str]]:
    imprint = table_of(custom.get("imprint:imprint"))
    yield "isbn", first_text(imprint.get("isbn"))
    yield "publisher.place", first_text(imprint.get("place"))
    yield "description.edition", first_text(imprint.get("edition"))
    yield "extent", first_text(imprint.get("pages"))


def _host(custom: Table, material: Material | None) -> Host | None:
    """Return the journal of an article, or the book of a chapter or paper."""
    journal, book = table_of(custom.get("journal:journal")), table_of(custom.get("imprint:imprint"))
    found = journal if first_text(journal.get("title")) else book
    title = first_text(found.get("title"))
    if not title or (found is book and material not in {Material.CHAPTER, Material.CONFERENCE}):
        return None
    names = ("issn", "isbn", "volume", "issue", "pages")
    return Host(title, **{name: first_text(found.get(name)) or None for name in names})


def _page(row: Table, own_id: str, url: str) -> str:
    told = first_text(at(row, "links.self_html"))
    return (linked(url, told) if told else None) or below(url, f"records/{own_id}")


def _access(row: Table) -> tuple[Holding | None, bool | None]:
    """Return who may read the files, as services of DAIA, and whether there are any. Without a word of it, unknown."""
    status = first_text(at(row, "access.status"))
    if status == "open":
        return Holding(availability=(Availability(Service.OPEN_ACCESS, available=True),)), True
    if status == "embargoed":
        until = first_text(at(row, "access.embargo.until")) or "unknown"
        return Holding(availability=(Availability(Service.OPEN_ACCESS, available=False, expected=until),)), True
    if status == "restricted":
        return Holding(availability=(Availability(Service.OPEN_ACCESS, available=False),)), True
    return None, (False if status == "metadata-only" else None)
