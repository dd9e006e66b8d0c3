"""JSON-LD of schema.org: what search engines read on a title's page, with the libraries that hold it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from engine.export.kinds import kind_of, thesis_words
from engine.export.names import credits_of
from engine.export.texts import (
    doi_of,
    isbns_of,
    issn_of,
    language_of,
    line,
    page_count_of,
    pages_of,
    school_of,
    shown_identifier,
    web_of,
    whole_title,
)
from engine.model import Edition, Holding, Identifier, Material, Person, PersonKind, Record, Role, Scheme, Service

Json = dict[str, object]
_CONTEXT = "https://schema.org"
_ROLES = {
    Role.AUTHOR: "author",
    Role.EDITOR: "editor",
    Role.COMPILER: "editor",
    Role.TRANSLATOR: "translator",
    Role.ILLUSTRATOR: "illustrator",
    Role.COMPOSER: "composer",
    Role.DIRECTOR: "director",
}
_MOST_OFFERS = 100
_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def jsonld(records: Sequence[Record]) -> bytes:
    """Return the records as one graph."""
    graph = {"@context": _CONTEXT, "@graph": [work(record) for record in records]}
    return msgspec.json.format(msgspec.json.encode(graph), indent=2) + b"\n"


def in_script(edition: Edition, *, libraries: Mapping[str, str], url: str) -> str:
    """Return an edition as what may stand in a `script` element: no sign in it can end the element.

    `libraries` are names by member, `url` is the address of the page.
    """
    told = {"@context": _CONTEXT, **work(edition.merged), **({"url": url} if url else {})}
    if offers := [_offer(*held, libraries) for held in _holdings(edition)][:_MOST_OFFERS]:
        told["offers"] = offers
    return msgspec.json.encode(told).decode().translate(_HTML)


def work(record: Record) -> Json:
    """Return a record as schema.org describes it. What is not known is not there."""
    return {name: value for name, value in _values(record) if value}


def _holdings(edition: Edition) -> Iterator[tuple[Record, Holding | None]]:
    for record in edition.records:
        yield from ((record, holding) for holding in record.holdings or (None,))


def _offer(record: Record, holding: Holding | None, libraries: Mapping[str, str]) -> Json:
    offer: Json = {
        "@type": "Offer",
        "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
        "offeredBy": {"@type": "Library", "name": libraries.get(record.member, record.member)},
    }
    if record.url and record.url.startswith(("http://", "https://")):
        offer["url"] = line(record.url)
    if holding is None:
        return offer
    if holding.call_number:
        offer["sku"] = line(holding.call_number)
    place = ", ".join(filter(None, (line(holding.branch), line(holding.location))))
    if place:
        offer["availableAtOrFrom"] = {"@type": "Place", "name": place}
    lending = [one for one in holding.availability or () if one.service is not Service.INTERLOAN]
    if lending:
        is_there = any(one.available for one in lending)
        offer["availability"] = f"https://schema.org/{'InStock' if is_there else 'OutOfStock'}"
    return offer


def _person(person: Person) -> Json:
    name = credits_of(Record("", "", "", people=(person,)))
    whole = (name.authors or name.editors or name.translators)[0] if any(name) else None
    told: Json = {"@type": "Person" if person.kind is PersonKind.PERSON else "Organization"}
    if whole is not None and not whole.is_whole:
        return {**told, "name": f"{whole.given} {whole.family}", "familyName": whole.family, "givenName": whole.given}
    return {**told, "name": line(person.name)}


def _values(record: Record) -> Iterator[tuple[str, object]]:
    kind = kind_of(record).schema
    yield "@type", kind
    yield "@id", _identity(record)
    yield "name", whole_title(record)
    for role in dict.fromkeys(_ROLES.values()):
        yield role, [_person(one) for one in record.people if _ROLES.get(one.role) == role and line(one.name)]
    yield "datePublished", str(record.year) if record.year is not None else ""
    publisher = school_of(record)
    body: Json = {"@type": "Organization", "name": publisher}
    if publisher and record.material is Material.THESIS:
        yield "sourceOrganization", {**body, "@type": "CollegeOrUniversity"}
    elif publisher:
        yield "publisher", {**body, **({"location": line(record.place)} if record.place else {})}
    yield "inSupportOf", thesis_words(record)
    yield "bookEdition" if kind == "Book" else "version", line(record.edition)
    yield "volumeNumber", line(record.volume)
    pages = page_count_of(record)
    yield "numberOfPages", int(pages[:6]) if pages else None
    yield "isbn", list(isbns_of(record)) if record.host is None else None
    yield "issn", issn_of(record) if record.host is None else ""
    yield "identifier", [shown_identifier(one) for one in record.identifiers if one.valid and one.value]
    yield "inLanguage", language_of(record)
    yield "about", [line(subject) for subject in record.subjects]
    yield "abstract", line(record.summary)
    yield from _host(record)


def _identity(record: Record) -> str:
    """Return the DOI or ISBN as what the work is called by everyone."""
    doi = doi_of(record)
    if doi:
        return shown_identifier(Identifier(Scheme.DOI, doi))
    return f"urn:isbn:{isbns_of(record)[0]}" if isbns_of(record) and record.host is None else ""


def _host(record: Record) -> Iterator[tuple[str, object]]:
    if record.host is None:
        if record.series:
            yield "isPartOf", {"@type": "CreativeWorkSeries", "name": line(record.series[0].title)}
    else:
        first, last = pages_of(record)
        yield "pageStart", first
        yield "pageEnd", last
        told = {
            "@type": "Periodical" if record.material is Material.ARTICLE else "Book",
            "name": line(record.host.title),
            "issn": line(record.host.issn),
            "isbn": line(record.host.isbn),
            "volumeNumber": line(record.host.volume),
            "issueNumber": line(record.host.issue),
        }
        yield "isPartOf", {name: value for name, value in told.items() if value}
    yield "sameAs", web_of(record)
