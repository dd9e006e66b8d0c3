"""An Alma is asked by SRU, and asked again by the ids of its records for what can be had now."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest

from connectors.http.exchange import read_exchange
from connectors.sru import SYSTEM
from connectors.sru.settings import Profile, SruSettings, dialect
from engine.errors import BusyError
from engine.model import Record, Service, Window
from engine.ports import AvailabilityConnector
from tests.connectors.asked import Scripted, asked, words

RECORDINGS = Path(__file__).parents[1] / "recordings"
URL = "http://127.0.0.1/view/sru/84BVN_INST"


def recorded() -> str:
    (file,) = (RECORDINGS / "alma-baivan" / "full-page").glob("*.exchange")
    return read_exchange(file.read_bytes(), name=file.name).body.decode()


def records(*ids: str) -> list[Record]:
    return [Record(member="m", id=own_id, title="t") for own_id in ids]


def diagnostic(number: int) -> str:
    return (
        '<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.2</version><numberOfRecords>0'
        '</numberOfRecords><diagnostics xmlns="http://www.loc.gov/zing/srw/diagnostic/"><diagnostic>'
        f"<uri>info:srw/diagnostic/1/{number}</uri></diagnostic></diagnostics></searchRetrieveResponse>"
    )


async def test_all_records_on_the_screen_are_asked_for_in_one_clause_each_and_one_request() -> None:
    server = Scripted(lambda _: recorded(), "text/xml")
    async with asked(SYSTEM, server, URL, profile="alma") as library:
        assert isinstance(library, AvailabilityConnector)
        told = await library.availability(records("9910003", "9910001", "9910002", "9919999"))
    (request,) = server.requests
    assert request.url.params["query"] == (
        '(alma.mms_id="9910003" or alma.mms_id="9910001" or alma.mms_id="9910002" or alma.mms_id="9919999")'
    )
    assert request.url.params["maximumRecords"] == "4"
    assert sorted(told) == ["9910001", "9910002", "9910003"]
    here, lent = told["9910001"]
    assert (here.copies, here.copies_available, here.branch) == (3, 2, "Thư viện trung tâm")
    assert [one.available for holding in (here, lent) for one in holding.availability or ()] == [True, False]
    (licence,) = told["9910002"]
    assert [(one.service, one.available) for one in licence.availability or ()] == [(Service.REMOTE, True)]


async def test_a_hundred_records_are_asked_for_in_three_requests() -> None:
    server = Scripted(lambda _: recorded(), "text/xml")
    async with asked(SYSTEM, server, URL, profile="alma") as library:
        await library.availability(records(*(str(9910000 + at) for at in range(100))))
    assert [request.url.params["maximumRecords"] for request in server.requests] == ["40", "40", "20"]
    assert all(len(str(request.url)) < 4000 for request in server.requests)


async def test_a_record_without_shelves_among_others_has_none_and_without_any_nothing_is_said() -> None:
    bare = recorded().replace('tag="AVE"', 'tag="XXX"')
    server = Scripted(lambda _: bare, "text/xml")
    async with asked(SYSTEM, server, URL, profile="alma") as library:
        assert (await library.availability(records("9910001", "9910002")))["9910002"] == ()
    silent = Scripted(lambda _: bare.replace('tag="AVA"', 'tag="XXX"').replace('tag="AVD"', 'tag="XXX"'), "text/xml")
    async with asked(SYSTEM, silent, URL, profile="alma") as library:
        assert await library.availability(records("9910001")) == {}


async def test_a_server_without_an_index_of_ids_is_not_asked_again() -> None:
    server = Scripted(lambda _: diagnostic(16), "text/xml")
    async with asked(SYSTEM, server, URL, profile="alma") as library:
        assert await library.availability(records("1")) == {}
        assert await library.availability(records("2")) == {}
    assert len(server.requests) == 1


async def test_a_server_whose_index_of_ids_is_not_known_is_not_asked_at_all() -> None:
    server = Scripted(lambda _: recorded(), "text/xml")
    async with asked(SYSTEM, server, URL, profile="generic") as library:
        assert await library.availability(records("1")) == {}
        assert await library.availability([]) == {}
    assert server.requests == []


async def test_a_busy_server_says_so_of_its_copies_too() -> None:
    async with asked(SYSTEM, Scripted(lambda _: diagnostic(2), "text/xml"), URL, profile="alma") as library:
        with pytest.raises(BusyError):
            await library.availability(records("1"))


async def test_quotes_in_an_id_stay_inside_their_clause() -> None:
    server = Scripted(lambda _: recorded(), "text/xml")
    async with asked(SYSTEM, server, URL, profile="alma") as library:
        await library.availability(records('1" or alma.title="x'))
    assert server.requests[0].url.params["query"] == r'alma.mms_id="1\" or alma.title=\"x"'


def test_alma_and_koha_are_known_to_have_an_index_of_ids() -> None:
    known = {profile: dialect(SruSettings(profile=profile)).id_index for profile in Profile}
    assert {profile.value: index for profile, index in known.items() if index} == {
        "alma": "alma.mms_id", "koha": "rec.id",
    }  # fmt: skip
    named = msgspec.convert({"profile": "generic", "id_index": "rec.id"}, SruSettings)
    assert dialect(named).id_index == "rec.id"


@pytest.mark.needs("corpus")
async def test_holdings_of_a_real_alma_are_told_by_record(corpus: Path) -> None:
    body = (corpus / "sru" / "alma_hsg" / "records-101-to-122-of-122.xml").read_bytes()

    def reply(request: httpx.Request) -> bytes:
        return body

    async with asked(SYSTEM, Scripted(reply, "text/xml"), URL, profile="alma") as library:
        found = await library.search(words("x"), Window(1, 50))
        ours = [placed.record for placed in found.placed]
        told = await library.availability(ours)
    assert len(told) == len(ours) == 22
    assert told == {record.id: record.holdings for record in ours}
    services = {one.service for holdings in told.values() for holding in holdings for one in holding.availability or ()}
    assert services == {Service.LOAN, Service.REMOTE}
    assert sum(not holdings for holdings in told.values()) == 0
