"""What was harvested."""

from __future__ import annotations

import asyncio

import pytest

from engine.errors import HarvestHeldError, StoreError
from engine.model import (
    And,
    Clause,
    Expression,
    Field,
    Filters,
    Material,
    Not,
    Or,
    Query,
    Window,
)
from engine.ports import HarvestedList, HarvestPart
from tests.index.contract.shelf import (
    DAY_S,
    FULL,
    HOUR_S,
    NOON,
    SHELF,
    Opened,
    answer,
    book,
    found,
    found_harvested,
    harvest,
    harvested,
    question,
)


class HarvestsContract:
    """What was harvested."""

    async def test_what_was_never_harvested_is_told_from_what_holds_nothing(self, opened: Opened) -> None:
        index = await opened()
        assert await index.harvested("dhqg", Query(Clause("kinh tế")), Window()) is None
        assert await index.harvest_state("dhqg") is None
        assert await index.harvest_count("dhqg") == 0
        await harvested(index)
        assert await found_harvested(index, "kinh tế") == ([], 0)
        assert await index.harvested("dhbk", Query(Clause("kinh tế")), Window()) is None

    async def test_records_and_state_are_written_together_and_found_by_another_index(self, opened: Opened) -> None:
        index = await opened()
        state = harvest(lists=(HarvestedList(set="col_1", token="dim////100", pages=1, records=2, total=500),))
        async with index.harvesting("dhqg", "a test") as book_of_harvest:
            written = await book_of_harvest.write(HarvestPart(state, (FULL, book("2"))))
            assert (written.new, written.changed, written.gone) == (2, 0, 0)
            assert await book_of_harvest.state() == state
        other = await opened()
        assert await other.harvest_state("dhqg") == state
        assert await other.harvest_count("dhqg") == 2
        told = await other.harvested("dhqg", Query(Clause("thực hành")), Window())
        assert told is not None
        assert (told.placed, told.total, told.state) == ((FULL,), 1, state)

    @pytest.mark.parametrize(
        ("expression", "wanted"),
        [
            (Clause("kinh te vi mo", is_phrase=True), ["vi-mo", "vi-mo-plain"]),
            (Clause("vi kinh te mo", is_phrase=True), []),
            (Clause("KINH TẾ, vi mô!"), ["vi-mo", "vi-mo-plain"]),
            (Clause("mankiw", field=Field.PERSON), ["english"]),
            (Clause("dao", field=Field.PERSON), ["dien"]),
            (Clause("9786040000002", field=Field.ISBN), ["numbers"]),
            (Clause("econ", is_truncated=True), ["english"]),
            (And((Clause("kinh te"), Not(Clause("vi mo")))), ["ma"]),
            (Or((Clause("mach dien"), Clause("economics"))), ["dien", "english"]),
            (Clause("mankiw blockchain"), []),  # all words, as the member itself would have it
            (Clause("!?"), []),
        ],
        ids=str,
    )
    async def test_the_whole_query_language_is_understood_of_what_was_harvested(
        self, opened: Opened, expression: Expression, wanted: list[str]
    ) -> None:
        index = await opened()
        await harvested(index, *SHELF)
        ids, total = await found_harvested(index, expression)
        assert (sorted(ids), total) == (wanted, len(wanted))

    @pytest.mark.parametrize(
        ("filters", "wanted"),
        [
            (Filters(year_from=2010, year_to=2012), ["vi-mo", "vi-mo-plain"]),
            (Filters(materials=(Material.THESIS,)), ["thesis"]),
            (Filters(languages=("eng",)), ["english"]),
            (Filters(year_from=10**30), []),
        ],
        ids=str,
    )
    async def test_filters_narrow_what_was_harvested(self, opened: Opened, filters: Filters, wanted: list[str]) -> None:
        index = await opened()
        await harvested(index, *SHELF)
        ids, total = await found_harvested(index, None, filters)
        assert (sorted(ids), total) == (wanted, len(wanted))

    async def test_windows_follow_one_another_and_the_count_is_that_of_all(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, *(book(str(number), f"Kinh tế {number}") for number in range(55)))
        pages = [await found_harvested(index, "kinh te", window=Window(start, 20)) for start in (1, 21, 41, 61)]
        assert [len(ids) for ids, _ in pages] == [20, 20, 15, 0]
        assert {total for _, total in pages} == {55}
        assert len({key for ids, _ in pages for key in ids}) == 55

    async def test_typed_marks_go_first_in_what_was_harvested(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, *SHELF)
        assert (await found_harvested(index, "má"))[0] == ["ma", "ma-quy"]

    async def test_a_later_page_changes_deletes_and_adds(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, book("1", "Một"), book("2", "Hai"), book("3", "Ba"))
        async with index.harvesting("dhqg", "a test") as book_of_harvest:
            part = HarvestPart(harvest(2), (book("1", "Một"), book("2", "Hai mới"), book("4", "Bốn")), ("3", "none"))
            written = await book_of_harvest.write(part)
        assert (written.new, written.changed, written.gone) == (1, 1, 1)
        assert await found_harvested(index, "ba") == ([], 0)
        assert await found_harvested(index, "hai moi") == (["2"], 1)
        assert await index.harvest_count("dhqg") == 3

    async def test_what_a_whole_harvest_has_not_seen_goes_only_when_it_says_so(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, *(book(str(number), "Kinh tế") for number in range(5)))
        await harvested(index, book("1", "Toán", member="dhbk"), member="dhbk")
        async with index.harvesting("dhqg", "a test") as book_of_harvest:
            await book_of_harvest.write(HarvestPart(harvest(2), (book("0", "Kinh tế"),), seen=("1",)))
            assert await index.harvest_count("dhqg") == 5
            written = await book_of_harvest.write(HarvestPart(harvest(2), (book("2", "Kinh tế"),), clears=True))
        assert written.gone == 2
        assert sorted((await found_harvested(index, "kinh te"))[0]) == ["0", "1", "2"]
        assert await index.harvest_count("dhbk") == 1

    async def test_one_id_twice_on_a_page_is_one_record(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, book("1", "Bản cũ"), book("1", "Bản mới"))
        assert await found_harvested(index, "ban") == (["1"], 1)
        assert (await found_harvested(index, "moi"))[1] == 1

    async def test_a_harvest_has_one_holder_and_others_are_told_who(self, opened: Opened) -> None:
        one, two = await opened(), await opened()
        async with one.harvesting("dhqg", "process 7 on máy-chủ"):
            with pytest.raises(HarvestHeldError) as caught:
                async with two.harvesting("dhqg", "another"):
                    pass
            assert caught.value.values["holder"] == "process 7 on máy-chủ"
            async with two.harvesting("dhbk", "another"):
                pass
            with pytest.raises(HarvestHeldError):
                await two.forget_harvest("dhqg")
        async with two.harvesting("dhqg", "another"):
            pass

    async def test_what_was_harvested_stays_when_all_else_is_too_old_or_too_much(self, opened: Opened) -> None:
        index = await opened(keep_s=HOUR_S, size_mb=2)
        await harvested(index, *(book(str(number), f"Kinh tế {number}", summary="chữ " * 400) for number in range(900)))
        for number in range(60):
            index.keep(question(f"câu {number}"), answer(*(book(f"{number}-{at}", "Vật lý") for at in range(20))))
        await index.flush()
        state = await index.state()
        assert (state.harvested, state.answers) == (900, 60)  # what is harvested takes no room from what is asked for
        async with asyncio.timeout(60):  # a store may look at its room now and then only, and may pack them well
            while (await index.state()).harvested_bytes <= 20_000:  # noqa: ASYNC110 - the store gives no sign
                await asyncio.sleep(0.2)
        opened.clock.go(100 * DAY_S)
        index.keep(question("sau"), answer(at=opened.clock.now))
        await index.flush()
        assert (await found_harvested(index, "kinh te"))[1] == 900
        assert (await index.state()).records == 0

    async def test_what_was_harvested_is_found_offered_and_shown_among_all_else(self, opened: Opened) -> None:
        index = await opened(keep_s=HOUR_S)
        await harvested(index, book("thu gom", "Địa chất công trình", year=2011))
        index.keep(question(), answer(book("hỏi", "Địa chất thuỷ văn")))
        await index.flush()
        assert set(await found(index, "dia chat")) == {"thu gom", "hỏi"}
        assert set(await index.suggest("địa c", 5)) == {"Địa chất công trình", "Địa chất thuỷ văn"}
        opened.clock.go(DAY_S)
        aged = await index.record("dhqg", "thu gom")
        assert aged is not None
        assert (aged.record.year, aged.asked_at) == (2011, NOON)
        assert await found(index, "dia chat") == ["thu gom"]

    async def test_a_record_is_as_old_as_the_last_harvest_that_ended(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, book("1", "Một"))
        async with index.harvesting("dhqg", "a test") as book_of_harvest:
            await book_of_harvest.write(HarvestPart(harvest(2, confirmed_at=NOON + DAY_S, is_done=True)))
        aged = await index.record("dhqg", "1")
        assert aged is not None
        assert aged.asked_at == NOON + DAY_S

    async def test_a_harvest_can_be_forgotten(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, *SHELF)
        await harvested(index, book("1", "Một", member="dhbk"), member="dhbk")
        assert await index.forget_harvest("dhqg") == len(SHELF)
        assert await index.harvest_state("dhqg") is None
        assert await index.harvested("dhqg", Query(Clause("kinh tế")), Window()) is None
        assert await index.harvest_count("dhbk") == 1

    async def test_a_closed_index_says_so_of_what_was_harvested(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, *SHELF)
        await index.close()
        with pytest.raises(StoreError):
            await index.harvested("dhqg", Query(Clause("kinh tế")), Window())
