"""Answers of SRU servers, written for tests from the standard's own shapes."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

NAMESPACES = {
    "1.1": ("http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/diagnostic/"),
    "1.2": ("http://www.loc.gov/zing/srw/", "http://www.loc.gov/zing/srw/diagnostic/"),
    "2.0": (
        "http://docs.oasis-open.org/ns/search-ws/sruResponse",
        "http://docs.oasis-open.org/ns/search-ws/diagnostic",
    ),
}


def marcxml(number: int | str, title: str = "Lúa gạo", *, fields: str = "") -> str:
    return (
        '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
        f'<controlfield tag="001">{number}</controlfield>'
        f'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{escape(title)}</subfield></datafield>'
        f"{fields}</record>"
    )


def year(published: int) -> str:
    return f'<datafield tag="260" ind1=" " ind2=" "><subfield code="c">{published}</subfield></datafield>'


def diagnostic(number: int, details: str = "", *, version: str = "1.1") -> str:
    namespace = NAMESPACES[version][1]
    told = f"<details>{escape(details)}</details>" if details else ""
    return (
        f'<diagnostic xmlns="{namespace}"><uri>info:srw/diagnostic/1/{number}</uri>{told}'
        f"<message>Something</message></diagnostic>"
    )


def answer(
    records: Iterable[str] = (),
    *,
    total: int | None = None,
    version: str = "1.1",
    prefix: str = "",
    diagnostics: Iterable[str] = (),
    packed: str = "xml",
    schema: str = "marcxml",
    extra: str = "",
) -> str:
    """A search answer. `records` are what stands in recordData; `packed` says how it is labelled and, for
    `string`, escapes it."""
    colon = f"{prefix}:" if prefix else ""
    attribute = f"xmlns:{prefix}" if prefix else "xmlns"
    rows = "".join(
        f"<{colon}record><{colon}recordSchema>{schema}</{colon}recordSchema>"
        f"<{colon}recordPacking>{packed}</{colon}recordPacking>"
        f"<{colon}recordData>{escape(record) if packed == 'string' else record}</{colon}recordData></{colon}record>"
        for record in records
    )
    count = f"<{colon}numberOfRecords>{total}</{colon}numberOfRecords>" if total is not None else ""
    failed = "".join(diagnostics)
    failed = f"<{colon}diagnostics>{failed}</{colon}diagnostics>" if failed else ""
    told = f"<{colon}version>{version}</{colon}version>" if version != "2.0" else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<{colon}searchRetrieveResponse {attribute}="{NAMESPACES[version][0]}">{told}{count}'
        f"<{colon}records>{rows}</{colon}records>{failed}{extra}</{colon}searchRetrieveResponse>"
    )


def paged(records: list[str], said: dict[str, str], *, cap: int = 1000, **shape: object) -> str:
    """The page of these records that a request asks for."""
    start = int(said["startRecord"])
    count = min(int(said["maximumRecords"]), cap)
    page = records[start - 1 : start - 1 + count]
    return answer(page, total=len(records), **shape)  # type: ignore[arg-type]
