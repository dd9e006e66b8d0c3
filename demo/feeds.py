"""OpenSearch answers of a DSpace as Atom. Source: DSpace 6.4 and 7.6.7 as tried: no type, language, files or access."""

from __future__ import annotations

from collections.abc import Sequence

from demo.discovery import DEPOSITED, Deposit
from demo.xml_text import escaped

_NAMES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
)


def atom(
    deposits: Sequence[Deposit], *, title: str, base: str, total: int, start: int, count: int, labels: tuple[str, str]
) -> bytes:
    """Return a feed. `labels` stand before title and authors in each summary; XMLUI has none."""
    own_id = "<id>" if labels[0] else '<id xmlns="http://apache.org/cocoon/i18n/2.1">'
    entries = "".join(_entry(each, base, labels) for each in deposits)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><feed {_NAMES}><title>{escaped(title)}</title>'
        f'<link href="{base}" rel="alternate"/>{own_id}{base}</id><updated>{DEPOSITED}</updated>'
        f"<opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{max(1, start)}</opensearch:startIndex>{entries}</feed>"
    ).encode()


def _entry(deposit: Deposit, base: str, labels: tuple[str, str]) -> str:
    address = f"{base}/handle/{deposit.handle}"
    authors = deposit.fields.get("dc.contributor.author", ())
    title = escaped(deposit.fields["dc.title"][0])
    day = f"{deposit.year}-01-01T00:00:00Z" if deposit.year else ""
    published = f"<published>{day}</published>" if day else ""
    summary = f"{labels[0]}{title}\n{labels[1]}{escaped('; '.join(authors))}\n"
    names = "".join(f"<author><name>{escaped(name)}</name></author>" for name in authors)
    return (
        f'<entry><title>{title}</title><link href="{address}" rel="alternate"/>{names}<id>{address}</id>'
        f'<updated>{DEPOSITED}</updated>{published}<summary type="text">{summary}</summary>'
        f"{f'<dc:date>{day}</dc:date>' if day else ''}</entry>"
    )
