"""Harvests of a running repository: the whole, changes, deletions, interruptions, and repositories that are ill."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from connectors.detect import detect
from connectors.oai_pmh import SYSTEM
from demo.server import Reply, Request
from engine.app import House, member_of, open_door, open_index, open_search
from engine.checkup import check_member
from engine.errors import (
    BusyError,
    FaultError,
    LienThuError,
    RefusedError,
    SettingsError,
    UnreadableError,
    UnsupportedError,
)
from engine.model import State, Who
from engine.query import parse
from engine.tools import Wishes
from tests.engine.harvesting import Harvested, catalogue, oai, running, searched

ALL = len(catalogue())


@pytest.fixture
async def kho(tmp_path: Path) -> AsyncIterator[Harvested]:
    async with running(tmp_path) as harvested:
        yield harvested


@pytest.fixture
def house(kho: Harvested) -> House:
    return kho.configure()


async def kept(house: House) -> int:
    index = await open_index(house, time.time)
    assert index is not None
    try:
        return await index.harvest_count("kho")
    finally:
        await index.close()


# The whole --------------------------------------------------------------------------------


async def test_a_first_harvest_takes_everything_in_the_richest_format(kho: Harvested, house: House) -> None:
    outcome = await kho.harvest(house)
    assert (outcome.is_full, outcome.prefix, outcome.since) == (True, "dim", None)
    assert (outcome.records, outcome.new, outcome.gone, outcome.unread) == (ALL, ALL, 0, 0)
    assert (outcome.pages, outcome.requests, outcome.warnings) == (5, 7, ())
    assert outcome.name == "Thư viện số mẫu Sông Cầu"  # its entities resolved
    assert kho.lists[0] == {"metadataPrefix": "dim"}
    assert kho.lists[1:] == [{"resumptionToken": f"dim////{at}"} for at in (50, 100, 150, 200)]
    assert await kept(house) == ALL


async def test_harvested_members_are_searched_like_any_other_with_their_age(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    entry = kho.repository.items[7].entry
    kho.asked.clear()
    snapshot, report = await searched(house, entry.title)
    assert kho.asked == []  # the library's own server is spared
    assert (report.state, report.failure) == (State.CACHED, None)
    assert report.age_s is not None
    assert 0 < report.age_s < 60
    found = [record for title in snapshot.titles for edition in title.editions for record in edition.records]
    (record,) = [one for one in found if one.id.endswith(f"/{entry.id}")]
    assert record.url == f"https://thuvienso.song-cau.example/handle/TVSSC/{entry.id}"
    assert all(title.age_s is not None for title in snapshot.titles)


async def test_what_is_harvested_meanwhile_is_found_at_once_and_no_answer_is_kept_of_before(
    kho: Harvested, house: House
) -> None:
    await kho.harvest(house)
    entry = kho.repository.items[0].entry
    async with open_search(house) as search:
        assert (await search.settled(parse("qwortezx"))).titles == ()
        kho.repository.change(entry.id, title="Qwortezx và các loài chim")
        await kho.harvest(house)
        (title,) = (await search.settled(parse("qwortezx"))).titles
        assert title.editions[0].merged.title == "Qwortezx và các loài chim"
        assert await search.title(title.id) is not None


async def test_going_deeper_asks_for_the_next_records(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    async with open_search(house) as search:
        pages = [await search.settled(msgspec.structs.replace(parse("kinh"), page=page)) for page in (1, 2)]
    ids = [[title.id for title in page.titles] for page in pages]
    assert ids[0]
    assert ids[1]
    assert not set(ids[0]) & set(ids[1])


async def test_before_any_harvest_the_failure_says_who_must_act(house: House) -> None:
    _, report = await searched(house, "kinh tế")
    assert report.state is State.FAILED
    assert report.failure is not None
    assert (report.failure.code, report.failure.who) == ("unharvested", Who.US)
    assert report.failure.values["member"] == "kho"


@pytest.mark.parametrize("prefix", ["oai_dc", "qdc", "dim", "xoai", "etdms"])
async def test_any_listed_format_gives_the_same_books(kho: Harvested, prefix: str) -> None:
    house = kho.configure(table=f'prefix = "{prefix}"')
    outcome = await kho.harvest(house)
    assert (outcome.prefix, outcome.new, outcome.unread) == (prefix, ALL, 0)
    index = await open_index(house, time.time)
    assert index is not None
    years = {}
    for item in kho.repository.items[:40]:
        aged = await index.record("kho", f"oai:thuvienso.song-cau.example:TVSSC/{item.entry.id}")
        assert aged is not None
        years[item.entry.id] = aged.record.year
    await index.close()
    expected = {item.entry.id: item.entry.edition.year for item in kho.repository.items[:40]}
    unlike = [key for key, year in years.items() if year != expected[key]]
    assert len(unlike) <= 2, {key: (years[key], expected[key]) for key in unlike}  # the cataloguers' own slips


async def test_sets_are_harvested_one_after_the_other(kho: Harvested) -> None:
    outcome = await kho.harvest(kho.configure(table='sets = ["col_TVSSC_1", "col_TVSSC_2"]'))
    kinds = {"thesis", "book", "journal"}
    assert outcome.new == sum(item.entry.edition.material in kinds for item in kho.repository.items)
    assert [one["set"] for one in kho.lists if "set" in one] == ["col_TVSSC_1", "col_TVSSC_2"]
    assert {(one.list_number, one.list_count) for one in kho.told} == {(1, 2), (2, 2)}


async def test_progress_tells_rate_and_remaining_time(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    assert [one.records for one in kho.told] == [50, 100, 150, 200, ALL]
    assert {one.total for one in kho.told} == {ALL}
    assert all(one.rate > 0 for one in kho.told)
    assert kho.told[0].left_s is not None
    assert kho.told[0].left_s > 0
    assert kho.told[-1].left_s == 0


# Changes ----------------------------------------------------------------------------------


async def test_a_second_harvest_asks_for_what_changed_only(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    changed, withdrawn = kho.repository.items[3].entry, kho.repository.items[4].entry
    kho.repository.change(changed.id, title="Nhan đề đã đổi")
    kho.repository.withdraw(withdrawn.id)
    outcome = await kho.harvest(house)
    assert (outcome.is_full, outcome.since) == (False, "2026-03-08T08:15:00Z")  # a week before the first began
    assert (outcome.new, outcome.changed, outcome.gone) == (0, 1, 1)
    assert kho.lists == [{"metadataPrefix": "dim", "from": "2026-03-08T08:15:00Z"}]
    assert await kept(house) == ALL - 1
    snapshot, _ = await searched(house, '"nhan đề đã đổi"')
    assert len(snapshot.titles) == 1


async def test_where_nothing_changed_nothing_matches_and_that_is_no_failure(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    outcome = await kho.harvest(house)
    assert (outcome.records, outcome.new, outcome.changed, outcome.gone, outcome.requests) == (0, 0, 0, 0, 3)
    assert await kept(house) == ALL


async def test_a_third_harvest_goes_on_from_the_newest_change_that_was_seen(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    kho.repository.change(kho.repository.items[3].entry.id, title="Nhan đề đã đổi")
    seen_at = kho.repository.items[3].changed_at
    await kho.harvest(house)
    outcome = await kho.harvest(house)
    assert outcome.since == seen_at
    assert (outcome.records, outcome.changed) == (1, 0)


async def test_days_are_asked_for_where_the_repository_knows_days_only(kho: Harvested) -> None:
    house = kho.configure(table='granularity = "day"')
    await kho.harvest(house)
    assert (await kho.harvest(house)).since == "2026-03-08"


async def test_days_are_asked_for_where_seconds_are_refused(kho: Harvested, house: House) -> None:
    def refuse_seconds(request: Request) -> Reply | None:
        is_refused = len(request.parameters.get("from", "")) > 10
        return oai('<error code="badArgument">Invalid date</error>') if is_refused else None

    await kho.harvest(house)
    kho.repository.change(kho.repository.items[3].entry.id, title="Nhan đề đã đổi")
    kho.instead = refuse_seconds
    outcome = await kho.harvest(house)
    assert outcome.changed == 1
    assert [one.get("from") for one in kho.lists] == ["2026-03-08T08:15:00Z", "2026-03-08"]


async def test_a_whole_harvest_removes_what_is_gone_without_a_word(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    for item in kho.repository.items[10:13]:
        kho.repository.remove(item.entry.id)
    assert (await kho.harvest(house)).gone == 0
    outcome = await kho.harvest(house, full=True)
    assert (outcome.is_full, outcome.gone, outcome.new) == (True, 3, 0)
    assert await kept(house) == ALL - 3


async def test_another_format_or_address_is_harvested_anew(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    outcome = await kho.harvest(kho.configure(table='prefix = "oai_dc"'))
    assert (outcome.is_full, outcome.records) == (True, ALL)
    assert await kept(house) == ALL


async def test_a_repository_that_suddenly_lists_nothing_takes_nothing_away(kho: Harvested, house: House) -> None:
    await kho.harvest(house)
    kho.instead = lambda request: (
        oai('<error code="noRecordsMatch"/>') if request.parameters["verb"] == "ListRecords" else None
    )
    outcome = await kho.harvest(house, full=True)
    assert [one.code for one in outcome.warnings] == ["harvest.empty"]
    assert await kept(house) == ALL


async def test_a_list_that_breaks_off_early_takes_nothing_away(kho: Harvested, house: House) -> None:
    await kho.harvest(house)

    def break_off(request: Request) -> Reply | None:
        if "resumptionToken" not in request.parameters:
            return None
        return oai("<ListRecords><resumptionToken completeListSize='230'></resumptionToken></ListRecords>")

    kho.instead = break_off
    with pytest.raises(UnreadableError):
        await kho.harvest(house, full=True)
    assert await kept(house) == ALL


# Interruptions ----------------------------------------------------------------------------


def after(pages: int, then: Reply) -> object:
    """Answer so many pages, then otherwise."""
    count = 0

    def answer(request: Request) -> Reply | None:
        nonlocal count
        if request.parameters.get("verb") not in {"ListRecords", "ListIdentifiers"}:
            return None
        count += 1
        return then if count > pages else None

    return answer


async def test_an_interrupted_harvest_goes_on_at_its_token_and_removes_nothing(kho: Harvested, house: House) -> None:
    kho.instead = after(2, Reply(b"<html><title>500</title></html>", "text/html", 500))  # type: ignore[assignment]
    with pytest.raises(FaultError):
        await kho.harvest(house)
    assert await kept(house) == 100
    _, report = await searched(house, "kinh")
    assert report.state is State.CACHED
    assert [(one.code, one.values) for one in report.notices] == [("notice.harvest-partial", {"records": 100})]
    kho.instead = lambda _: None
    outcome = await kho.harvest(house)
    assert kho.lists[0] == {"resumptionToken": "dim////100"}
    assert (outcome.was_interrupted, outcome.is_full, outcome.records, outcome.new) == (True, True, ALL, ALL - 100)
    assert kho.told[-1].records == ALL
    assert await kept(house) == ALL


async def test_a_token_that_has_expired_begins_the_list_anew(kho: Harvested, house: House) -> None:
    kho.instead = after(2, Reply(b"", "text/xml", 500))  # type: ignore[assignment]
    with pytest.raises(LienThuError):
        await kho.harvest(house)
    gone = iter([oai('<error code="badResumptionToken">expired</error>')])
    kho.instead = lambda request: next(gone, None) if "resumptionToken" in request.parameters else None
    outcome = await kho.harvest(house)
    assert [one.code for one in outcome.warnings] == ["harvest.restarted"]
    assert kho.lists[:2] == [{"resumptionToken": "dim////100"}, {"metadataPrefix": "dim"}]
    assert (outcome.records, await kept(house)) == (ALL, ALL)


async def test_nothing_behind_an_old_token_is_no_end_of_the_list(kho: Harvested, house: House) -> None:
    """Koha says of a token that means nothing to it that nothing matches."""
    kho.instead = after(2, Reply(b"", "text/xml", 500))  # type: ignore[assignment]
    with pytest.raises(LienThuError):
        await kho.harvest(house)
    gone = iter([oai('<error code="noRecordsMatch"/>')])
    kho.instead = lambda request: next(gone, None) if "resumptionToken" in request.parameters else None
    outcome = await kho.harvest(house)
    assert (outcome.records, await kept(house)) == (ALL, ALL)


async def test_a_list_that_is_always_lost_is_given_up_and_says_so(kho: Harvested, house: House) -> None:
    kho.instead = lambda request: (
        oai('<error code="badResumptionToken"/>') if "resumptionToken" in request.parameters else None
    )
    with pytest.raises(UnreadableError, match="lost 4 times"):
        await kho.harvest(house)
    assert len(kho.lists) == 8
    assert await kept(house) == 50


async def test_a_list_without_an_end_is_noticed(kho: Harvested, house: House) -> None:
    first = kho.repository.answer(
        Request("GET", "/server/oai/request", {"verb": "ListRecords", "metadataPrefix": "dim"}, {})
    )
    assert first is not None
    turns = iter(range(1000))

    def forever(request: Request) -> Reply | None:
        if request.parameters["verb"] != "ListRecords":
            return None
        return msgspec.structs.replace(first, body=first.body.replace(b"dim////50", b"dim////%d" % next(turns)))

    kho.instead = forever
    with pytest.raises(UnreadableError, match="no end"):
        await kho.harvest(house)
    assert len(kho.lists) == 2


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_goes_wrong_on_the_way_the_same_records_are_there_in_the_end(
    kho: Harvested, house: House, seed: int
) -> None:
    chance = random.Random(seed)
    kho.repository.page = 12

    def ill(request: Request) -> Reply | None:
        if chance.random() > 0.3 or request.parameters["verb"] == "Identify":
            return None
        whole = kho.repository.answer(request)
        assert whole is not None
        faults = [
            Reply(b"<h1>500</h1>", "text/html", 500),
            Reply(b"<html><head><title>Login</title></head><body><input type=password></body></html>", "text/html"),
            Reply(b"", "text/xml"),
            msgspec.structs.replace(whole, body=whole.body[: len(whole.body) // 3]),
        ]
        if "resumptionToken" in request.parameters:
            faults.append(oai('<error code="badResumptionToken"/>'))
        return chance.choice(faults)

    kho.instead = ill
    for attempt in range(100):
        try:
            outcome = await kho.harvest(house)
        except LienThuError:
            if attempt % 10 == 3:  # the catalogue lives meanwhile
                kho.repository.change(kho.repository.items[attempt].entry.id, title=f"Đổi {attempt}")
                kho.repository.withdraw(kho.repository.items[-1 - attempt].entry.id)
        else:
            break
    else:
        pytest.fail("it never came to its end")
    assert outcome.is_full
    kho.instead = lambda _: None
    await kho.harvest(house)  # what changed after its page had been read
    index = await open_index(house, time.time)
    assert index is not None
    for item in kho.repository.items:
        aged = await index.record("kho", f"oai:thuvienso.song-cau.example:TVSSC/{item.entry.id}")
        assert (aged is None) == item.is_withdrawn
        if aged is not None and item.entry.title.startswith("Đổi"):
            assert aged.record.title == item.entry.title
    await index.close()


# Manners ----------------------------------------------------------------------------------


async def test_who_asks_to_be_left_alone_for_a_while_is_waited_for(kho: Harvested, house: House) -> None:
    busy = iter([Reply(b"", "text/plain", 503, (("Retry-After", "1"),))])
    kho.instead = lambda request: next(busy, None) if "resumptionToken" in request.parameters else None
    # The guarded client keeps the gate shut for the second asked for: the pause must be a real one here.
    import asyncio  # noqa: PLC0415 - for this test alone

    waited = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        await asyncio.sleep(seconds)

    from engine.app import open_harvest  # noqa: PLC0415 - as above

    async with open_harvest(house, "kho", holder="a test", tell=kho.told.append, pause=pause) as harvest:
        outcome = await harvest.run()
    assert outcome.records == ALL
    assert waited
    assert any(one.waits_s is not None and one.reason is not None for one in kho.told)


async def test_who_asks_to_be_left_alone_for_long_is_asked_another_day(kho: Harvested, house: House) -> None:
    kho.instead = after(1, Reply(b"", "text/plain", 503, (("Retry-After", "7200"),)))  # type: ignore[assignment]
    with pytest.raises(BusyError):
        await kho.harvest(house)
    kho.instead = lambda _: None
    assert (await kho.harvest(house)).records == ALL


async def test_the_daily_budget_holds_over_several_harvests(kho: Harvested) -> None:
    house = kho.configure(manners="daily = 4")
    with pytest.raises(BusyError):
        await kho.harvest(house)
    assert len(kho.asked) == 4
    with pytest.raises(BusyError, match="today"):
        await kho.harvest(house)
    assert kho.asked == []
    assert await kept(house) == 100
    outcome = await kho.harvest(kho.configure(manners="daily = 100"))
    assert (outcome.requests, outcome.records) == (5, ALL)


# Repositories that are ill ----------------------------------------------------------------


def spoil(request: Request, kho: Harvested, verbs: set[str], token: str) -> Reply | None:
    """Cut off the page behind a token, for these verbs."""
    if request.parameters.get("resumptionToken") != token or request.parameters["verb"] not in verbs:
        return None
    whole = kho.repository.answer(request)
    assert whole is not None
    return msgspec.structs.replace(whole, body=whole.body[: len(whole.body) // 2])


async def test_a_page_that_is_broken_once_is_asked_for_again(kho: Harvested, house: House) -> None:
    turns = iter([True])
    kho.instead = lambda request: (
        spoil(request, kho, {"ListRecords"}, "dim////100")
        if request.parameters.get("resumptionToken") == "dim////100" and next(turns, False)
        else None
    )
    outcome = await kho.harvest(house)
    assert (outcome.records, outcome.warnings) == (ALL, ())
    assert len(kho.lists) == 6


async def test_a_page_that_stays_broken_is_read_record_by_record(kho: Harvested, house: House) -> None:
    bad = kho.repository.items[120].entry

    def answer(request: Request) -> Reply | None:
        if request.parameters["verb"] == "GetRecord" and request.parameters["identifier"].endswith(f"/{bad.id}"):
            return Reply(b"<html><title>500 Internal Server Error</title></html>", "text/html", 500)
        return spoil(request, kho, {"ListRecords"}, "dim////100")

    await kho.harvest(house)
    kho.instead = answer
    outcome = await kho.harvest(house, full=True)
    assert (outcome.records, outcome.unread, outcome.gone) == (ALL, 1, 0)
    (warning,) = outcome.warnings
    assert (warning.code, warning.values) == ("harvest.page-read-singly", {"page": 3, "unread": 1})
    assert await kept(house) == ALL  # what is there and cannot be read stays as it was known


async def test_a_page_that_is_too_large_is_read_record_by_record(kho: Harvested) -> None:
    kho.repository.page = 20
    house = kho.configure(manners="body_bytes = 14000")
    outcome = await kho.harvest(house)
    assert outcome.records == ALL
    assert {warning.code for warning in outcome.warnings} == {"harvest.page-read-singly"}
    assert sum(one["verb"] == "GetRecord" for one in kho.asked) >= 20


async def test_where_nothing_of_a_page_can_be_read_the_harvest_stops_there(kho: Harvested, house: House) -> None:
    kho.instead = lambda request: spoil(request, kho, {"ListRecords", "ListIdentifiers"}, "dim////100")
    with pytest.raises(UnreadableError, match="cut off"):
        await kho.harvest(house)
    assert await kept(house) == 100
    kho.instead = lambda _: None
    assert (await kho.harvest(house)).records == ALL


async def test_where_tokens_are_for_one_verb_a_broken_page_is_not_read_again_and_again(
    kho: Harvested, house: House
) -> None:
    def answer(request: Request) -> Reply | None:
        if request.parameters["verb"] == "ListIdentifiers":
            return oai('<error code="badResumptionToken"/>')
        return spoil(request, kho, {"ListRecords"}, "dim////100")

    kho.instead = answer
    with pytest.raises(UnreadableError, match="cut off"):
        await kho.harvest(house)
    assert len(kho.lists) == 4
    assert await kept(house) == 100


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b"<html><head><title>Log in</title></head><body><form><input type='password'></form></body></html>",
               "text/html"), RefusedError),
        (Reply(b"<html><head><title>New catalogue</title></head><body><p>Welcome</p></body></html>", "text/html"),
         UnreadableError),
        (Reply(b"", "text/xml"), UnreadableError),
        (Reply(b'{"error": 1}', "application/json"), UnreadableError),
        (Reply(b"OAI-PMH service is disabled", "text/plain", 404), UnreadableError),
        (oai('<error code="badVerb">x</error>'), UnsupportedError),
    ],
    ids=["login", "redesigned", "empty", "json", "disabled", "error"],
)  # fmt: skip
async def test_what_is_no_repository_is_a_failure_of_the_right_kind(
    kho: Harvested, house: House, reply: Reply, kind: type[LienThuError]
) -> None:
    kho.instead = lambda _: reply
    with pytest.raises(kind):
        await kho.harvest(house)
    assert await kept(house) == 0


async def test_a_format_that_is_not_offered_is_a_wrong_member_file(kho: Harvested) -> None:
    with pytest.raises(UnsupportedError, match="oai_dc"):
        await kho.harvest(kho.configure(table='prefix = "marcxml"'))


async def test_a_format_that_nobody_knows_stops_the_harvest_at_its_first_page(kho: Harvested) -> None:
    def odd(request: Request) -> Reply | None:
        if request.parameters["verb"] == "ListMetadataFormats":
            return oai(
                "<ListMetadataFormats><metadataFormat><metadataPrefix>mets</metadataPrefix></metadataFormat>"
                "</ListMetadataFormats>"
            )
        if request.parameters["verb"] != "ListRecords":
            return None
        rows = "".join(
            f"<record><header><identifier>oai:x:{at}</identifier><datestamp>2026-01-01</datestamp></header>"
            "<metadata><mets><fileSec/></mets></metadata></record>"
            for at in range(3)
        )
        return oai(f"<ListRecords>{rows}</ListRecords>")

    kho.instead = odd
    with pytest.raises(UnsupportedError, match="mets"):
        await kho.harvest(kho.configure(table='prefix = "mets"'))
    assert len(kho.lists) == 1


async def test_a_member_that_is_asked_live_is_not_harvested(kho: Harvested, house: House) -> None:
    file = kho.folder / "members" / "kho.toml"
    text = file.read_text("utf-8").replace("oai-pmh", "sru")
    file.write_text(text, "utf-8")
    from engine.app import read_house  # noqa: PLC0415 - for this test alone

    with pytest.raises(SettingsError, match="asked live"):
        await kho.harvest(read_house(house.file))


async def test_without_an_index_there_is_nowhere_to_harvest_into(kho: Harvested, house: House) -> None:
    from engine.app import read_house  # noqa: PLC0415 - for this test alone

    house.file.write_text('[index]\nbackend = "none"\n', "utf-8")
    bare = read_house(house.file)
    with pytest.raises(SettingsError, match="nowhere"):
        await kho.harvest(bare)
    with suppress(LienThuError):
        _, report = await searched(bare, "kinh tế")
        assert report.failure is not None
        assert report.failure.code == "unharvested"


async def test_a_check_asks_a_repository_who_it_is_and_never_for_words(kho: Harvested, house: House) -> None:
    member, own = member_of(house, "kho")
    checkup = await check_member(member, own, house.systems["oai-pmh"], open_door(house, member, clock=time.time))
    assert checkup.answers
    told = {line.reason.code: line.verdict.value for line in checkup.lines}
    assert told["checkup.answers.harvested"] == "well"
    assert told["finding.oai-pmh.base-url"] == "wanting"
    assert [one["verb"] for one in kho.asked if "verb" in one] == [
        "Identify", "Identify", "ListMetadataFormats", "ListRecords"
    ]  # fmt: skip
    kho.instead = lambda _: Reply(b"", "text/plain", 500)
    checkup = await check_member(member, own, house.systems["oai-pmh"], open_door(house, member, clock=time.time))
    assert not checkup.answers


async def test_a_repository_is_detected_at_its_address_and_its_list_is_tried(kho: Harvested) -> None:
    detected = await detect(
        f"http://127.0.0.1:{kho.server.port}/server/oai/request",
        systems={"oai-pmh": SYSTEM},
        user_agent="a test",
        clock=time.time,
        wishes=Wishes(id="thu", private_network=True, pause_ms=0),
        tell=lambda _: None,
    )
    assert (detected.system, detected.is_sure, detected.works) == ("oai-pmh", True, True)
    assert (detected.requests, detected.name) == (3, "Thư viện số mẫu Sông Cầu")
    (trial,) = detected.trials
    assert (trial.records, trial.total) == (50, ALL)
    assert [notice.code for notice in trial.notices] == ["harvest.first"]
