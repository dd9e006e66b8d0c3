"""Finds out which ways a Koha allows, for the report of `lienthu member check`. At most eight requests, one by one."""

from __future__ import annotations

from typing import Final

from connectors.koha.address import base_of
from connectors.koha.asking import asked
from connectors.koha.full import cart_records, ils_di_records
from connectors.koha.listing import Listing
from connectors.koha.rows import Row
from connectors.koha.services import rest_items
from connectors.koha.settings import KohaSettings
from connectors.koha.signs import version_of
from connectors.reading.html import html_of
from engine.errors import LienThuError, NobodyError
from engine.model import Clause, Query, Reason, Window
from engine.ports import Door, Finding, Member

_WORDS: Final = ("giáo trình", "history")


async def examine(member: Member, settings: KohaSettings, door: Door) -> tuple[Finding, ...]:
    """Return what was found: version, ways to records with items, and what the library could open to be asked less."""
    examination = _Examination(member, settings, door)
    rows = await examination.rows()
    found = [await examination.version()]
    if not rows:
        return (*found, Finding("records", is_well=False, reason=Reason("finding.koha-no-records")))
    found += [await examination.cart(rows), await examination.ils_di(rows), await examination.rest(rows)]
    return (*found, Finding("sru", is_well=True, reason=Reason("finding.koha-sru")))


class _Examination:
    """The requests of one examination."""

    def __init__(self, member: Member, settings: KohaSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._base = base_of(member.url)

    async def rows(self) -> list[Row]:
        """Return a few rows of the list of a common word."""
        listing = Listing(self._base, self._settings, self._door)
        for word in _WORDS:
            hits = await listing.hits(asked(Query(Clause(word)), self._settings), Window(1, 3))
            rows = [row for row in hits.rows if row is not None]
            if rows:
                return rows
        return []

    async def version(self) -> Finding:
        """Return which version the search form says it is."""
        try:
            answer = await self._door.client.get(f"{self._base}/cgi-bin/koha/opac-main.pl")
            version = version_of(await html_of(answer))
        except LienThuError:
            version = None
        if version is None:
            return Finding("version", is_well=True, reason=Reason("finding.koha-version-unknown"))
        return Finding("version", is_well=True, reason=Reason("finding.koha-version", {"version": version}))

    async def cart(self, rows: list[Row]) -> Finding:
        """Return whether all records of a list come in one download."""
        numbers = "/".join(row.number for row in rows)
        url = f"{self._base}/cgi-bin/koha/opac-downloadcart.pl?bib_list={numbers}&format=iso2709"
        try:
            body = (await self._door.client.get(url)).content
            records = cart_records(body, member=self._member.id, dialect=self._settings.dialect)
        except NobodyError:
            raise
        except LienThuError:
            records = []
        if not records:
            return Finding("records.cart", is_well=False, reason=Reason("finding.koha-no-cart"))
        if not any(holding.item for record in records for holding in record.holdings):
            return Finding("records.cart", is_well=True, reason=Reason("finding.koha-cart-without-items"))
        return Finding("records.cart", is_well=True, reason=Reason("finding.koha-cart"))

    async def ils_di(self, rows: list[Row]) -> Finding:
        """Return whether ILS-DI answers us; what it gives away of borrowers is told, and never looked at."""
        url = f"{self._base}/cgi-bin/koha/ilsdi.pl?service=GetRecords&id={rows[0].number}"
        try:
            body = (await self._door.client.get(url)).content
            gives_away = b"<surname>" in body or b"<cardnumber>" in body or b"<borrowernumber>" in body
            ils_di_records(body, member=self._member.id, dialect=self._settings.dialect)
        except NobodyError:
            raise
        except LienThuError:
            return Finding("ils-di", is_well=True, reason=Reason("finding.koha-ils-di-off"))
        if gives_away:
            return Finding("ils-di", is_well=False, reason=Reason("finding.koha-borrowers-open"))
        return Finding("ils-di", is_well=True, reason=Reason("finding.koha-ils-di"))

    async def rest(self, rows: list[Row]) -> Finding:
        """Return whether the public REST interface tells the items of a record."""
        url = f"{self._base}/api/v1/public/biblios/{rows[0].number}/items"
        try:
            rest_items((await self._door.client.get(url, headers={"Accept": "application/json"})).content)
        except NobodyError:
            raise
        except LienThuError:
            return Finding("rest", is_well=True, reason=Reason("finding.koha-rest-off"))
        return Finding("rest", is_well=True, reason=Reason("finding.koha-rest"))
