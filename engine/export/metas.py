"""The `citation_` names for `meta` elements, which Google Scholar and reference managers read. Of Highwire Press."""

from __future__ import annotations

from collections.abc import Iterator

from engine.export.names import credits_of
from engine.export.texts import doi_of, isbns_of, issn_of, language_of, line, pages_of, school_of, whole_title
from engine.model import Material, Record

_MOST_AUTHORS = 20


def metas(record: Record) -> tuple[tuple[str, str], ...]:
    """Return names and contents. What is not known is not there.

    >>> metas(Record("m", "1", "Kinh tế vi mô", year=2012))
    (('citation_title', 'Kinh tế vi mô'), ('citation_publication_date', '2012'))
    """
    return tuple((f"citation_{name}", content) for name, content in _values(record) if content)


def _values(record: Record) -> Iterator[tuple[str, str]]:
    authors, editors, _ = credits_of(record)
    yield "title", whole_title(record)
    for name in (authors or editors)[:_MOST_AUTHORS]:
        # With a comma it is not parted at its last blank.
        yield "author", name.inverted if name.given or " " not in name.family else f"{name.family.replace(',', '.')},"
    yield "publication_date", str(record.year) if record.year is not None else ""
    yield "dissertation_institution" if record.material is Material.THESIS else "publisher", school_of(record)
    if record.host is not None:
        is_article = record.material is Material.ARTICLE
        yield "journal_title" if is_article else "inbook_title", line(record.host.title)
        yield "volume", line(record.host.volume)
        yield "issue", line(record.host.issue)
        yield "firstpage", pages_of(record)[0]
        yield "lastpage", pages_of(record)[1]
    yield from (("isbn", number) for number in isbns_of(record))
    yield "issn", issn_of(record)
    yield "doi", doi_of(record)
    yield "language", language_of(record)
