"""What can be had now, and what asking for it costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.koha import KohaSettings
from connectors.koha.copies import parse_record_page
from connectors.reading.html import parse_html
from demo.entries import State
from engine.errors import MemberError
from engine.model import Record, Service, Window
from engine.ports import AvailabilityConnector
from engine.query import parse
from tests.connectors.koha.conftest import Catalogue

Make = Callable[..., Catalogue]


async def _records(koha: Catalogue) -> list[Record]:
    answer = await koha.connector().search(parse("kinh tế"), Window(1, 20))
    koha.asked.clear()
    return [placed.record for placed in answer.placed]


def _due(koha: Catalogue, number: str) -> dict[str, str | None]:
    entry = next(one for one in koha.shelf.entries if one.id == number)
    return {copy.barcode: f"{copy.due:%Y-%m-%d}" if copy.due else None for copy in entry.copies}


async def test_twenty_records_are_asked_for_in_one_request_with_due_dates(catalogue: Make) -> None:
    koha = catalogue()
    records = await _records(koha)
    connector = koha.connector()
    assert isinstance(connector, AvailabilityConnector)
    said = await connector.availability(records)
    assert [script for script in koha.scripts if script != "libraries"] == ["opac-downloadcart.pl"]
    assert set(said) == {record.id for record in records}
    for number, holdings in said.items():
        told = {holding.item: (holding.availability or ())[0].expected for holding in holdings}
        assert told == _due(koha, number)


@pytest.mark.parametrize("version", ["19.06", "24.05"])
async def test_of_one_record_its_page_is_asked_which_knows_most(catalogue: Make, version: str) -> None:
    koha = catalogue(version=version)
    entry = next(one for one in koha.shelf.entries if any(copy.due for copy in one.copies))
    record = Record(member="koha-demo", id=entry.id, title=entry.title)
    said = await koha.connector().availability([record])
    assert koha.scripts == ["opac-detail.pl"]
    told = {holding.item: (holding.availability or ())[0].expected for holding in said[entry.id]}
    assert told == _due(koha, entry.id)
    assert [holding.branch for holding in said[entry.id]] == [copy.branch_name for copy in entry.copies]
    assert [holding.call_number for holding in said[entry.id]] == [copy.call_number for copy in entry.copies]


async def test_ils_di_tells_twenty_at_once_but_no_due_date(catalogue: Make) -> None:
    koha = catalogue(has_cart=False, has_ils_di=True)
    records = await _records(koha)
    said = await koha.connector().availability(records)
    assert koha.scripts == ["opac-downloadcart.pl", "ilsdi.pl"]
    for record in records:
        entry = next(one for one in koha.shelf.entries if one.id == record.id)
        states = [copy.state is State.IN for copy in entry.copies]
        assert [(holding.availability or ())[0].available for holding in said[record.id]] == states
        assert all((holding.availability or ())[0].expected is None for holding in said[record.id])
        branches = {
            copy.branch_name: {one.call_number for one in entry.copies if one.branch == copy.branch}
            for copy in entry.copies
        }
        for holding in said[record.id]:
            if len(branches[holding.branch or ""]) == 1:
                assert {holding.call_number} == branches[holding.branch or ""]


async def test_the_public_rest_interface_tells_due_dates_and_names_its_libraries_once(catalogue: Make) -> None:
    koha = catalogue(version="24.05", has_cart=False, has_rest=True)
    records = (await _records(koha))[:3]
    connector = koha.connector(KohaSettings(availability=("rest",)))
    said = await connector.availability(records)
    assert koha.scripts == ["items", "items", "items", "libraries"]
    for number, holdings in said.items():
        entry = next(one for one in koha.shelf.entries if one.id == number)
        assert {holding.item: (holding.availability or ())[0].expected for holding in holdings} == _due(koha, number)
        assert len(holdings) == len(entry.copies)
    again = await connector.availability(records)
    assert koha.scripts[4:] == ["items"] * 3
    names = {copy.branch_name for entry in koha.shelf.entries for copy in entry.copies}
    assert {holding.branch for holdings in again.values() for holding in holdings} <= names


async def test_a_copy_for_the_reading_room_is_there_and_not_for_loan(catalogue: Make) -> None:
    koha = catalogue()
    entry = next(one for one in koha.shelf.entries if any(copy.state is State.READING_ROOM for copy in one.copies))
    said = await koha.connector().availability([Record(member="m", id=entry.id, title=entry.title)])
    at = next(at for at, copy in enumerate(entry.copies) if copy.state is State.READING_ROOM)
    told = {one.service: one.available for one in said[entry.id][at].availability or ()}
    assert told == {Service.LOAN: False, Service.PRESENTATION: True}


async def test_nothing_is_asked_for_no_records_and_a_catalogue_that_tells_nothing_fails(catalogue: Make) -> None:
    koha = catalogue(has_cart=False, is_public=False)
    assert await koha.connector().availability([]) == {}
    assert koha.asked == []
    with pytest.raises(MemberError):
        await koha.connector().availability(
            [Record(member="m", id="1", title="a"), Record(member="m", id="2", title="b")]
        )


def _page(*rows: str) -> bytes:
    table = f'<table id="holdings_table"><tbody>{"".join(f"<tr>{row}</tr>" for row in rows)}</tbody></table>'
    return (
        '<html><head><meta name="generator" content="Koha" /></head><body id="opac-detail"><div id="holdings">'
        '<abbr class="unapi-id" title="koha:biblionumber:9"></abbr><h1 class="title">Sử</h1>'
        f"{table}</div></body></html>"
    ).encode()


_LOST_AND_LENT = """<td class="location" data-order="Kho A"><a href="#" class="library_info"> Kho A </a></td>
<td class="shelving_location"><span class="shelvingloc">Tầng 2</span></td><td class="call_no">9 S</td>
<td class="status"><link property="availability" href="http://schema.org/OutOfStock" />
<span class="item-status lost">Thất lạc</span>
<span class="item-status checkedout">Checked out to Lò Văn Pao (123)</span>
</td><td class="date_due" data-order="2026-04-01 23:59:00">01/04/2026</td><td class="barcode">A1</td>"""
_LENT = """<td class="location">Kho A</td>
<td class="status"><span class="item-status checkedout">Đang cho Lò Văn Pao mượn </span></td>
<td class="date_due">01/04/2026</td>"""
_PENDING = """<td class="location">Kho A</td>
<td class="status"><span class="item-status pendinghold">Có người chờ</span></td>"""
_NEW = """<td class="location">Kho A</td><td class="status"><span class="item-status somethingnew">?</span></td>"""


def test_a_copy_with_several_states_is_what_weighs_most_and_names_nobody() -> None:
    row = parse_record_page(parse_html(_page(_LOST_AND_LENT, _LENT, _PENDING, _NEW)))
    lost, lent, pending, new = row.holdings or ()
    assert (lost.branch, lost.location, lost.call_number, lost.item) == ("Kho A", "Tầng 2", "9 S", "A1")
    said = [(one.available, one.expected, one.limitation) for one in lost.availability or ()]
    assert said == [(False, "2026-04-01", "Thất lạc"), (False, "2026-04-01", None)]
    assert [(one.available, one.expected, one.limitation) for one in lent.availability or ()] == [
        (False, "unknown", None),
        (False, "unknown", None),
    ]
    assert next((one.available, one.limitation) for one in pending.availability or ()) == (False, "on hold")
    assert new.availability is None
    assert "Pao" not in repr(row)


def test_a_page_without_its_table_does_not_say_that_there_are_no_copies() -> None:
    page = b'<html><head><meta name="generator" content="Koha" /></head><body>'
    page += b'<abbr class="unapi-id" title="koha:biblionumber:9"></abbr><h1 class="title">S</h1>'
    assert parse_record_page(parse_html(page + b"</body></html>")).holdings is None
    none = page + b'<div id="holdings">No physical items for this record</div></body></html>'
    assert parse_record_page(parse_html(none)).holdings == ()
