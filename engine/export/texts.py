"""What every format needs of an edition's texts: clean lines, the whole title, the school, the numbers."""

from __future__ import annotations

import re

from engine.model import Identifier, LinkKind, Material, PersonKind, Record, Role, Scheme
from engine.normalise.languages import language_tag
from engine.text import clean

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def line(text: str | None) -> str:
    r"""Return a text as one line that every format can carry: NFC, no controls, no halves of letters.

    >>> line("Kinh te\u0302\u0301\n\x00 vi\ud800 mô ")
    'Kinh tế vi mô'
    """
    if not text:
        return ""
    return clean(text if text.isprintable() else _UNFIT.sub(" ", text))


def whole_title(record: Record) -> str:
    """Return the title with its subtitle and the title of its part; the number of the part stands apart.

    >>> whole_title(Record("m", "1", "Giải tích", subtitle="giáo trình", part_title="Tích phân"))
    'Giải tích: giáo trình: Tích phân'
    """
    return ": ".join(filter(None, (line(part) for part in (record.title, record.subtitle, record.part_title))))


def school_of(record: Record) -> str:
    """Return where a thesis was handed in: the body that issued it, else its publisher."""
    if record.material is Material.THESIS:
        bodies = [person for person in record.people if person.kind is PersonKind.CORPORATE]
        for body in sorted(bodies, key=lambda body: body.role is not Role.ISSUER):
            if body.role in {Role.ISSUER, Role.PUBLISHER} or (body.role is Role.OTHER and not record.publisher):
                return line(body.name)
    return line(record.publisher)


def numbers(record: Record, scheme: Scheme) -> tuple[str, ...]:
    """Return the valid identifiers of a scheme, each once."""
    found = (one.value for one in record.identifiers if one.scheme is scheme and one.valid)
    return tuple(dict.fromkeys(filter(None, map(line, found))))


def issn_of(record: Record) -> str:
    """Return the ISSN of a journal, or of what an article stands in."""
    own = numbers(record, Scheme.ISSN)
    return line(record.host.issn) if record.host and record.host.issn else own[0] if own else ""


def isbns_of(record: Record) -> tuple[str, ...]:
    """Return the ISBNs of a book, or of what a chapter stands in."""
    own = numbers(record, Scheme.ISBN)
    return (line(record.host.isbn),) if record.host and record.host.isbn and not own else own


def doi_of(record: Record) -> str:
    """Return the DOI without its host."""
    return next(iter(numbers(record, Scheme.DOI)), "")


def web_of(record: Record) -> str:
    """Return where the text itself can be read; the page of a catalogue is no part of a citation."""
    urls = (line(link.url) for link in record.links if link.kind is LinkKind.FULL_TEXT)
    return next((url for url in urls if url.startswith(("http://", "https://")) and " " not in url), "")


def language_of(record: Record) -> str:
    """Return the tag of the first language, empty where none is known."""
    return (language_tag(record.languages[0]) or "") if record.languages else ""


def call_number_of(record: Record) -> str:
    """Return the first call number."""
    return next(filter(None, (line(holding.call_number) for holding in record.holdings)), "")


def shown_edition(record: Record) -> str:
    """Return the edition as its number, else as it is stated."""
    return str(record.edition_number) if record.edition_number else line(record.edition)


def pages_of(record: Record) -> tuple[str, str]:
    """Return the first and the last page of an article, as far as they are told.

    >>> from engine.model import Host
    >>> pages_of(Record("m", "1", "X", host=Host("Tạp chí", pages="tr. 12-30")))
    ('12', '30')
    """
    pages = re.findall(r"[\w.]*\d+", line(record.host.pages) if record.host else "")
    return (pages[0], pages[1] if len(pages) > 1 else "") if pages else ("", "")


def page_count_of(record: Record) -> str:
    """Return how many pages a book has, where its extent says so: "xii, 320 tr." gives 320."""
    found = re.search(r"(\d+)\s*(?:tr|p|pp|pages|trang|s|str)\b", line(record.extent))
    return found[1] if found else ""


def shown_identifier(identifier: Identifier) -> str:
    """Return an identifier as a URN or URL where it has one, else its bare value."""
    if identifier.scheme is Scheme.DOI:
        return f"https://doi.org/{line(identifier.value)}"
    return f"urn:{identifier.scheme.value}:{line(identifier.value)}"
