"""Windows are filled from servers of every habit, and what cannot be read costs itself."""

from __future__ import annotations

import asyncio
import time

import pytest

from engine.errors import FaultError, SettingsError, UnreadableError
from engine.model import Answer, Filters, Window
from tests.connectors.sru.answers import answer, diagnostic, marcxml, paged, year
from tests.connectors.sru.asking import Scripted, asked, codes, words

SHELF = [marcxml(number, f"Sách {number}") for number in range(1, 58)]


def places(found: Answer) -> list[int]:
    return [placed.place for placed in found.placed]


@pytest.mark.parametrize(
    ("window", "expected", "has_more"),
    [
        (Window(1, 20), range(1, 21), True),
        (Window(21, 20), range(21, 41), True),
        (Window(41, 20), range(41, 58), False),
        (Window(38, 20), range(38, 58), False),
        (Window(58, 20), range(0), False),
    ],
)
async def test_the_next_place_is_reckoned_here(window: Window, expected: range, *, has_more: bool) -> None:
    async with asked(transport=Scripted(lambda said: paged(SHELF, said))) as library:
        found = await library.search(words("sách"), window)
    assert (places(found), found.total, found.has_more) == (list(expected), 57, has_more)
    assert [placed.record.title for placed in found.placed] == [f"Sách {place}" for place in expected]


async def test_a_server_with_small_pages_is_asked_until_the_window_is_full() -> None:
    server = Scripted(lambda said: paged(SHELF, said, cap=8))
    async with asked(transport=server) as library:
        found = await library.search(words("sách"), Window(1, 20))
    assert places(found) == list(range(1, 21))
    assert [request["startRecord"] for request in server.requests] == ["1", "9", "17"]


async def test_no_more_is_asked_at_once_than_the_member_file_allows() -> None:
    server = Scripted(lambda said: paged(SHELF, said))
    async with asked(transport=server, max_records=15) as library:
        found = await library.search(words("sách"), Window(1, 40))
    assert places(found) == list(range(1, 41))
    assert [request["maximumRecords"] for request in server.requests] == ["15", "15", "10"]


async def test_a_server_that_repeats_its_first_page_is_at_its_end() -> None:
    page = answer(SHELF[:8], total=57)
    server = Scripted(lambda _: page)
    async with asked(transport=server) as library:
        found = await library.search(words("sách"), Window(1, 20))
    assert (places(found), found.has_more, len(server.requests)) == (list(range(1, 9)), False, 2)


async def test_a_server_that_sends_more_than_asked_is_cut_to_the_window() -> None:
    async with asked(transport=Scripted(lambda _: answer(SHELF, total=57))) as library:
        found = await library.search(words("sách"), Window(1, 20))
    assert (places(found), found.has_more) == (list(range(1, 21)), True)


async def test_without_a_count_a_full_page_means_more() -> None:
    def server(said: dict[str, str]) -> str:
        start = int(said["startRecord"]) - 1
        return answer(SHELF[start : start + int(said["maximumRecords"])])

    async with asked(transport=Scripted(server)) as library:
        full = await library.search(words("sách"), Window(1, 20))
        short = await library.search(words("sách"), Window(1, 100))
        exact = await library.search(words("sách"), Window(58, 20))
    assert (full.total, full.has_more, codes(full)) == (None, True, ["notice.total-unknown"])
    assert (len(short.placed), short.has_more) == (57, False)
    assert (exact.placed, exact.has_more) == ((), False)


async def test_a_second_page_that_fails_leaves_the_first() -> None:
    def server(said: dict[str, str]) -> str:
        return paged(SHELF, said, cap=10) if said["startRecord"] == "1" else answer(diagnostics=[diagnostic(1)])

    async with asked(transport=Scripted(server)) as library:
        found = await library.search(words("sách"), Window(1, 20))
    assert (places(found), found.has_more, codes(found)) == (list(range(1, 11)), True, ["notice.partial"])


@pytest.mark.parametrize("number", [61, 62])
async def test_a_place_beyond_the_end_is_the_end(number: int) -> None:
    server = Scripted(lambda _: answer(total=57, diagnostics=[diagnostic(number)]))
    async with asked(transport=server) as library:
        found = await library.search(words("sách"), Window(101, 20))
    assert (found.placed, found.total, found.has_more) == ((), 57, False)


async def test_a_server_with_a_last_place_is_not_asked_beyond_it() -> None:
    server = Scripted(lambda said: paged(SHELF, said))
    async with asked(transport=server, max_start=50) as library:
        last = await library.search(words("sách"), Window(41, 20))
        beyond = await library.search(words("sách"), Window(61, 20))
    assert (places(last), last.has_more, codes(last)) == (list(range(41, 51)), False, ["notice.list-capped"])
    assert (beyond.placed, beyond.has_more, codes(beyond)) == ((), False, ["notice.list-capped"])
    assert len(server.requests) == 1


async def test_no_hits_is_an_answer() -> None:
    async with asked(transport=Scripted(lambda _: answer(total=0))) as library:
        found = await library.search(words("zzz"), Window())
    assert (found.placed, found.total, found.has_more, found.notices) == ((), 0, False, ())


async def test_stop_words_are_no_hits_with_a_word_about_it() -> None:
    async with asked(transport=Scripted(lambda _: answer(diagnostics=[diagnostic(35)]))) as library:
        found = await library.search(words("the"), Window())
    assert (found.placed, codes(found)) == ((), ["notice.stop-words"])


@pytest.mark.parametrize("body", [answer(total=9), answer()], ids=["hits without records", "nothing at all"])
async def test_hits_without_records_are_unreadable(body: str) -> None:
    async with asked(transport=Scripted(lambda _: body)) as library:
        with pytest.raises(UnreadableError):
            await library.search(words("sách"), Window())


async def test_a_record_that_cannot_be_read_costs_itself() -> None:
    rows = [marcxml(1), "<strange xmlns='urn:x'/>", diagnostic(64), marcxml(4)]
    async with asked(transport=Scripted(lambda _: answer(rows, total=4))) as library:
        found = await library.search(words("sách"), Window())
    assert places(found) == [1, 4]
    assert {notice.code: notice.values for notice in found.notices} == {
        "notice.records-unreadable": {"count": 1},
        "notice.records-withheld": {"count": 1},
    }


async def test_records_of_which_none_can_be_read_are_a_failure() -> None:
    async with asked(transport=Scripted(lambda _: answer(["<strange xmlns='urn:x'/>"] * 3, total=3))) as library:
        with pytest.raises(UnreadableError):
            await library.search(words("sách"), Window())


@pytest.mark.parametrize(("number", "kind"), [(1, FaultError), (235, SettingsError)])
async def test_a_probe_says_what_is_wrong(number: int, kind: type[Exception]) -> None:
    async with asked(transport=Scripted(lambda _: answer(diagnostics=[diagnostic(number)]))) as library:
        with pytest.raises(kind):
            await library.probe()


async def test_a_probe_asks_once_for_one_record() -> None:
    server = Scripted(lambda _: answer(total=0))
    async with asked(transport=server) as library:
        await library.probe()
    assert [request["maximumRecords"] for request in server.requests] == ["1"]


async def test_a_record_has_the_servers_own_id_and_page() -> None:
    body = answer([marcxml(17)], total=1).replace(
        "</recordData>", "</recordData><recordIdentifier>ark:/1 2</recordIdentifier>"
    )
    url = "https://thu-vien.example.org/record/{id}"
    async with asked(transport=Scripted(lambda _: body), record_url=url) as library:
        record = (await library.search(words("lúa"), Window())).placed[0].record
    assert (record.id, record.url) == ("ark:/1 2", "https://thu-vien.example.org/record/ark:/1%202")


async def test_a_record_without_any_id_keeps_the_one_made_of_its_text() -> None:
    nameless = marcxml(1).replace('<controlfield tag="001">1</controlfield>', "")
    other = nameless.replace("Lúa gạo", "Khoai sắn")
    async with asked(transport=Scripted(lambda _: answer([nameless, other], total=2))) as library:
        first = [placed.record.id for placed in (await library.search(words("lúa"), Window())).placed]
        again = [placed.record.id for placed in (await library.search(words("lúa"), Window())).placed]
    assert first == again
    assert len(set(first)) == 2
    assert all(first)


async def test_filters_that_cannot_be_asked_drop_what_contradicts_them_only() -> None:
    rows = [marcxml(1, fields=year(1999)), marcxml(2, fields=year(2015)), marcxml(3)]
    async with asked(transport=Scripted(lambda _: answer(rows, total=3))) as library:
        found = await library.search(words("lúa", filters=Filters(year_from=2010)), Window())
    assert (places(found), codes(found)) == ([2, 3], ["notice.filtered-here"])


async def test_reading_a_large_answer_lets_others_run() -> None:
    notes = "".join(
        f'<datafield tag="500" ind1=" " ind2=" "><subfield code="a">{"ghi chú " * 12}{number}</subfield></datafield>'
        for number in range(8)
    )
    body = answer([marcxml(number, f"Sách {number}", fields=notes) for number in range(1, 401)], total=400).encode()
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)

    async with asked(transport=Scripted(lambda _: body), max_records=1000) as library:
        watching = asyncio.create_task(watch())
        found = await library.search(words("sách"), Window(1, 400))
        watching.cancel()
    assert len(found.placed) == 400
    # The whole takes over 100 ms of this thread, a slice a few.
    assert longest < 0.03
