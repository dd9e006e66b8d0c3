"""OAI-PMH, page by page, on the recordings of two made-up repositories: like DSpace 7 and like Koha."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http import open_client
from connectors.http.recording import Replay
from connectors.oai_pmh import SYSTEM, OaiConnector, OaiRepository, OaiSettings
from connectors.oai_pmh.reading import reachable, record_of
from connectors.oai_pmh.repository import chosen_prefix
from connectors.oai_pmh.request import address, list_arguments, seconds_of
from connectors.oai_pmh.response import read
from connectors.oai_pmh.signs import SIGNS, recognise_given, recognise_page, recognise_usual
from engine.errors import (
    FaultError,
    LienThuError,
    RefusedError,
    TokenLostError,
    UnharvestedError,
    UnreadableError,
    UnsupportedError,
)
from engine.model import Clause, Query, Window
from engine.ports import Batch, Door, Listing, Member, Page
from engine.sentences import say, sentences
from engine.settings import read_member

RECORDINGS = Path(__file__).parents[2] / "recordings"
GO_CONG = "oai:localhost:123456789"
NOON = 1_788_000_000.0


def library(name: str) -> tuple[Member, OaiSettings]:
    member, settings = read_member(RECORDINGS / name / f"{name}.toml", {"oai-pmh": OaiSettings})
    assert isinstance(settings, OaiSettings)
    return member, settings


@asynccontextmanager
async def opened(name: str, transport: httpx.AsyncBaseTransport | str) -> AsyncIterator[OaiRepository]:
    member, settings = library(name)
    inside = Replay(RECORDINGS / name / transport) if isinstance(transport, str) else transport
    client = open_client(member, user_agent="test", clock=lambda: NOON, transport=inside)
    repository = SYSTEM.harvest(member, settings, Door(client, lambda: NOON)) if SYSTEM.harvest else None
    assert isinstance(repository, OaiRepository)
    try:
        yield repository
    finally:
        await repository.close()


async def batch(name: str, case: str, listing: Listing, token: str | None = None) -> Batch:
    async with opened(name, case) as repository:
        return await repository.batch(listing, token)


def always(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    return httpx.MockTransport(answer)


# What a repository says of itself -----------------------------------------------------------


async def test_the_richest_listed_format_is_asked_for_and_names_lose_their_entities() -> None:
    async with opened("oai-go-cong", "facts") as repository:
        facts = await repository.facts()
        assert repository.asked == 2
    assert (facts.name, facts.prefix, facts.sets) == ("Kho tài nguyên số Gò Công", "dim", ("",))
    assert facts.now == seconds_of("2026-09-01T02:03:04Z")
    assert (facts.days_only, facts.overlap_s) == (False, 7 * 86_400)
    assert [warning.code for warning in facts.warnings] == ["finding.oai-pmh.deletions-untold"]


async def test_the_format_of_the_member_file_is_asked_for_and_days_where_only_days_are_known() -> None:
    async with opened("oai-cau-rong", "facts") as repository:
        facts = await repository.facts()
    assert (facts.prefix, facts.days_only, facts.warnings) == ("marc21", True, ())


@pytest.mark.parametrize(
    ("wished", "formats", "chosen"),
    [
        ("", {"oai_dc": "", "dim": "", "marc": "", "xoai": ""}, "dim"),
        ("", {"oai_dc": "", "marc21": "", "marcxml": ""}, "marcxml"),
        ("", {"oai_dc": "", "bib": "http://www.loc.gov/MARC21/slim"}, "bib"),
        ("", {"ore": "", "oai_dc": ""}, "oai_dc"),
        ("", {}, "oai_dc"),
        ("mods", {}, "mods"),
    ],
)
def test_the_format_is_chosen(wished: str, formats: dict[str, str], chosen: str) -> None:
    assert chosen_prefix(wished, formats) == chosen


# Pages --------------------------------------------------------------------------------------


async def test_a_page_has_records_deletions_a_token_and_the_length_of_the_list() -> None:
    page = await batch("oai-go-cong", "full-page", Listing("dim"))
    first, second = page.records
    assert (first.id, first.member, first.title) == (f"{GO_CONG}/12", "oai-go-cong", "Nghề muối ở Gò Công")
    assert (first.year, first.languages) == (2017, ("vie",))
    # The host that the repository believes it has leads nobody anywhere.
    assert first.url == "https://thuvien.go-cong.example.org/handle/123456789/12"
    assert second.title == "Coastal erosion & mangroves of the Mekong delta"  # with a bare ampersand in the XML
    assert page.deleted == (f"{GO_CONG}/14",)
    assert (page.unread, page.token, page.total) == ((), "dim////100", 103)
    assert page.latest == seconds_of("2024-02-03T03:04:05Z")


async def test_an_empty_token_is_the_end_of_the_list() -> None:
    page = await batch("oai-go-cong", "last-page", Listing("dim"), "dim////100")
    assert (len(page.records), page.token, page.total) == (1, None, 103)


async def test_koha_gives_marc_and_its_pages_are_made_from_the_member_file() -> None:
    page = await batch("oai-cau-rong", "full-page", Listing("marc21", since="2026-08-01"))
    (record,) = page.records
    assert (record.id, record.title, record.year) == ("CAU-RONG:302", "Nghề đi biển miền Trung", 2016)
    assert record.url == "https://opac.cau-rong.example.org/cgi-bin/koha/opac-detail.pl?biblionumber=302"
    assert (page.deleted, page.total) == (("CAU-RONG:7",), None)
    assert page.token == "marc21/50/2026-08-01T00:00:00Z/2026-09-01T23:59:59Z//0/1"


async def test_nothing_that_matches_is_an_empty_page() -> None:
    page = await batch("oai-go-cong", "no-records", Listing("dim", "col_9", "2026-08-31T00:00:00Z"))
    assert page == Batch()


async def test_odd_records_cost_themselves_only_and_the_last_of_two_counts() -> None:
    page = await batch("oai-go-cong", "odd-records", Listing("dim"))
    assert [(record.id, record.title) for record in page.records] == [(f"{GO_CONG}/22", "Bản mới hơn")]
    assert page.unread == (f"{GO_CONG}/20", f"{GO_CONG}/21")
    assert page.token is None


async def test_a_page_read_singly_leaves_out_what_cannot_be_read() -> None:
    async with opened("oai-go-cong", "singly") as repository:
        page = await repository.singly(Listing("dim"), "dim////100")
        assert repository.asked == 3
    assert [record.title for record in page.records] == ["Nghề muối ở Gò Công"]
    assert (page.unread, page.deleted) == ((f"{GO_CONG}/13",), (f"{GO_CONG}/14",))
    assert (page.token, page.total) == (None, 103)


@pytest.mark.parametrize(("outer", "inner"), [("mets", "mods"), ("DIDL", "dc")])
def test_a_container_is_read_by_what_it_holds_and_gives_away_no_files(outer: str, inner: str) -> None:
    title = "<titleInfo><title>Nghề muối</title></titleInfo>" if inner == "mods" else "<title>Nghề muối</title>"
    body = (
        f"<OAI-PMH><GetRecord><record><header><identifier>oai:x:1</identifier></header><metadata><{outer}><xmlData>"
        f"<{inner}>{title}</{inner}></xmlData><file><FLocat href='https://x.example/mat.pdf'>mat.pdf</FLocat></file>"
        f"</{outer}></metadata></record></GetRecord></OAI-PMH>"
    )
    member, _ = library("oai-go-cong")
    (row,) = read(body.encode()).rows
    record = record_of(row, member, OaiSettings())
    assert record.title == "Nghề muối"
    assert "mat.pdf" not in str(record)


# Failures -----------------------------------------------------------------------------------


async def test_a_token_that_is_not_known_any_more_is_told_apart() -> None:
    with pytest.raises(TokenLostError):
        await batch("oai-go-cong", "lost-token", Listing("dim"), "dim////100")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("badVerb", UnsupportedError),
        ("badArgument", UnsupportedError),
        ("cannotDisseminateFormat", UnsupportedError),
        ("noSetHierarchy", UnsupportedError),
        ("idDoesNotExist", UnreadableError),
        ("undefinedError", FaultError),
    ],
)
async def test_each_error_of_the_protocol_is_named_by_who_must_act(code: str, kind: type[LienThuError]) -> None:
    with pytest.raises(kind, match=code):
        await batch("oai-cau-rong", "errors", Listing(code))


async def test_an_error_of_the_protocol_counts_whatever_the_status() -> None:
    assert await batch("oai-cau-rong", "errors", Listing("422")) == Batch()


WHOLE = (RECORDINGS / "oai-go-cong" / "full-page" / "001-list.exchange").read_bytes().partition(b"\n\n")[2]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (WHOLE[: len(WHOLE) * 2 // 3], 200, UnreadableError),
        (b"", 200, UnreadableError),
        (b"<html><head><title>Login</title></head><body><form><input type=password></form></body></html>", 200,
         RefusedError),
        (b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>", 200, RefusedError),
        (b"<html><head><title>Kho moi</title></head><body><h1>Chao</h1></body></html>", 200, UnreadableError),
        (b"<rss><channel/></rss>", 200, UnreadableError),
        (b'{"records": []}', 200, UnreadableError),
        (WHOLE.replace(b"ListRecords>", b"Identify>"), 200, UnreadableError),
        (b"<OAI-PMH><responseDate/></OAI-PMH>", 200, UnreadableError),
        (b"<OAI-PMH><ListRecords><record/><record><header/></record></ListRecords></OAI-PMH>", 200, UnreadableError),
        (b"OAI-PMH service is disabled", 404, UnreadableError),
        (b"<h1>500</h1>", 500, FaultError),
        (b"", 403, RefusedError),
    ],
    ids=["truncated", "empty", "login", "challenge", "redesigned", "rss", "json", "other-verb", "nothing-inside",
         "no-identifiers", "disabled", "fault", "forbidden"],
)  # fmt: skip
async def test_what_is_no_list_is_a_failure_and_never_an_empty_list(
    body: bytes, status: int, kind: type[LienThuError]
) -> None:
    async with opened("oai-go-cong", always(lambda _: httpx.Response(status, content=body))) as repository:
        with pytest.raises(kind):
            await repository.batch(Listing("dim"), None)


async def test_it_cannot_be_searched_by_itself_and_lives_if_it_says_who_it_is() -> None:
    member, settings = library("oai-go-cong")
    client = open_client(member, user_agent="t", clock=lambda: NOON, transport=Replay(RECORDINGS / "oai-go-cong/facts"))
    connector = SYSTEM.connector(member, settings, Door(client, lambda: NOON))
    assert isinstance(connector, OaiConnector)
    await connector.probe()
    with pytest.raises(UnharvestedError):
        await connector.search(Query(Clause("muối")), Window())
    await connector.close()


# Requests -----------------------------------------------------------------------------------


def test_a_token_is_sent_alone_and_stays_in_its_place() -> None:
    listing = Listing("dim", "col_1", "2026-01-01")
    assert list_arguments(listing, None) == {"metadataPrefix": "dim", "set": "col_1", "from": "2026-01-01"}
    assert list_arguments(listing, "a&verb=Identify") == {"resumptionToken": "a&verb=Identify"}


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_token_and_any_parameter_stay_inside_their_places(token: str, extra: str) -> None:
    token, extra = (text.encode("utf-8", "ignore").decode() for text in (token, extra))
    url = httpx.URL(address("https://a.example/oai?tenant=1", "ListRecords", {"resumptionToken": token}, {"k": extra}))
    assert (url.host, url.path) == ("a.example", "/oai")
    assert list(url.params.multi_items()) == [
        ("tenant", "1"), ("verb", "ListRecords"), ("resumptionToken", token), ("k", extra)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "homepage", "private", "wanted"),
    [
        ("http://localhost:4000/handle/1/2", "https://a.example/", False, "https://a.example/handle/1/2"),
        ("http://10.0.0.7/handle/1/2", None, False, None),
        ("http://10.0.0.7/handle/1/2", None, True, "http://10.0.0.7/handle/1/2"),
        ("https://kho.example.org/handle/1/2", "https://a.example/", False, "https://kho.example.org/handle/1/2"),
        ("http://[::1", None, False, None),
    ],
)
def test_links_to_the_servers_own_machine_lead_to_the_library(
    url: str, homepage: str | None, private: bool, wanted: str | None
) -> None:
    member, _ = library("oai-cau-rong")
    manners = msgspec.structs.replace(member.manners, private_network=private)
    assert reachable(url, msgspec.structs.replace(member, homepage=homepage, manners=manners)) == wanted


# Telling it from an address -----------------------------------------------------------------


def body_of(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes().partition(b"\n\n")[2]


def test_a_repository_is_told_by_what_it_says_of_itself() -> None:
    identify = body_of("oai-go-cong/facts/001-identify.exchange")
    page = Page("https://kho.example.org/oai/request?verb=Identify", 200, "text/xml", identify)
    sure, likely = recognise_given(page), recognise_usual(page)
    assert sure is not None
    assert likely is not None
    assert (sure.url, sure.name) == ("https://kho.example.org/oai/request", "Kho tài nguyên số Gò Công")
    assert (sure.is_sure, likely.is_sure) == (True, False)
    assert "OAI-PMH 2.0" in say(sure.evidence, "en")


def test_an_address_that_answers_that_a_verb_is_missing_is_a_repository() -> None:
    found = recognise_page(
        Page("https://a.example/oai", 200, "text/xml", body_of("oai-cau-rong/errors/001-badVerb.exchange"))
    )
    assert found is not None
    assert (found.url, found.is_sure) == ("https://a.example/oai", False)  # Identify is asked for next
    identify = body_of("oai-go-cong/facts/001-identify.exchange")
    given = recognise_page(Page("https://a.example/oai?verb=Identify", 200, "text/xml", identify))
    assert given is not None
    assert (given.url, given.is_sure) == ("https://a.example/oai", True)


@pytest.mark.parametrize("body", [b"", b"<html>OAI-PMH</html>", b"<OAI-PMH", b"<rss/>", b"\xff\xfe"])
def test_no_sign_fires_on_anything_else(body: bytes) -> None:
    for sign in SIGNS:
        assert sign.recognise(Page("https://a.example/", 200, "text/html", body)) is None


async def test_the_report_names_each_deviation() -> None:
    transport = Replay(
        [*(RECORDINGS / "oai-go-cong/facts").iterdir(), *(RECORDINGS / "oai-go-cong/full-page").glob("*.exchange")]
    )
    member, settings = library("oai-go-cong")
    client = open_client(member, user_agent="t", clock=lambda: NOON, transport=transport)
    assert SYSTEM.examine is not None
    findings = await SYSTEM.examine(member, settings, Door(client, lambda: NOON))
    await client.aclose()
    told = {finding.reason.code.removeprefix("finding.oai-pmh."): finding.is_well for finding in findings}
    assert told == {
        "version": True, "deletions-untold": False, "base-url": False, "formats": True, "list": True, "total": True
    }  # fmt: skip
    assert all(finding.reason.code in sentences() for finding in findings)
    assert len(transport.asked) == 3


# Real recordings ----------------------------------------------------------------------------


@pytest.mark.needs("corpus")
@pytest.mark.parametrize(
    ("file", "records", "deleted", "token", "total"),
    [
        ("koha_19/50d-oai.http", 50, 1, "oai_dc/50/1970-01-01T00:00:00Z/2026-11-22T23:59:59Z//0/1", None),
        ("koha_19/50f-oai.http", 50, 1, "marc21/50/1970-01-01T00:00:00Z/2026-11-22T23:59:59Z//0/1", None),
        ("koha_19/51zz-oai-resume.http", 6, 0, None, None),
        ("koha_19/51z2-oai-listsets-resume.http", 0, 0, None, None),
        ("dspace_7_9/349-oai-bad-date.http", 100, 0, "oai_dc/0020-01-01T00:00:00Z///100", 394),
        ("dspace_7_9/442-oai-last-token.http", 94, 1, None, 394),
        ("dspace_7_9/443-oai-past-end.http", 0, 0, None, None),
        ("dspace_7_9/333-oai-get-withdrawn.http", 1, 1, None, None),
    ],
)
def test_pages_of_real_repositories_are_read(
    corpus: Path, file: str, records: int, deleted: int, token: str | None, total: int | None
) -> None:
    raw = (corpus / "opac" / file).read_bytes()
    answer = read(raw[raw.index(b"<?xml") :])
    assert (len(answer.rows), sum(row.is_deleted for row in answer.rows)) == (records, deleted)
    assert (answer.token, answer.total) == (token, total)
    assert all(row.stamp for row in answer.rows)


@pytest.mark.needs("corpus")
def test_lists_of_another_kind_of_server_are_read(corpus: Path) -> None:
    folder = corpus / "oai" / "sickle"
    for name in ("ListRecords", "ListRecords2", "ListRecords3", "ListRecords4"):
        assert read((folder / f"{name}.xml").read_bytes()).rows, name
    assert read((folder / "noRecordsMatch.xml").read_bytes()).errors == (("noRecordsMatch", ""),)
    with pytest.raises(UnreadableError):
        read((folder / "ListRecordsBroken.xml").read_bytes())


@pytest.mark.parametrize(
    ("told", "size"), [("230", 230), (" 230 ", 230), ("-1", None), ("viele", None), ("9" * 5000, None)]
)
def test_a_list_is_as_long_as_it_says_unless_no_list_can_be(told: str, size: int | None) -> None:
    body = (
        f"<OAI-PMH><ListRecords><resumptionToken completeListSize='{told}'>t</resumptionToken></ListRecords></OAI-PMH>"
    )
    assert read(body.encode()).total == size
