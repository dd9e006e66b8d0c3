"""What every backend of the shared index must do. A backend's tests say

    class TestThisBackend(IndexContract): ...

and give the fixture `opened`: an `Opened` that opens further indexes on one store, empty at the beginning of each
test, and closes them behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import HarvestHeldError, StoreError
from engine.model import (
    And,
    Answer,
    Availability,
    Clause,
    Degree,
    Expression,
    Field,
    Filters,
    Holding,
    Identifier,
    Material,
    Not,
    Or,
    Person,
    Placed,
    Query,
    Reason,
    Record,
    Scheme,
    Service,
    Window,
)
from engine.ports import HarvestedList, HarvestPart, HarvestState, Question, TitleIndex

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
NOON = 1_750_000_000.0


class Hand:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += seconds


class Opened:
    """Opens indexes on one store. `options` are those that every backend has: keep_s, fresh_s, half_life_s, size_mb."""

    def __init__(self, make: Callable[[dict[str, object], Hand], Awaitable[TitleIndex]]) -> None:
        self._make = make
        self._indexes: list[TitleIndex] = []
        self.clock = Hand()

    async def __call__(self, **options: object) -> TitleIndex:
        index = await self._make(options, self.clock)
        self._indexes.append(index)
        return index

    async def close(self) -> None:
        for index in self._indexes:
            await index.close()


def question(terms: str = "kinh tế", *, member: str = "dhqg", start: int = 1, count: int = 20) -> Question:
    return Question(member=member, terms=terms, start=start, count=count)


def book(number: str = "1", title: str = "Giáo trình kinh tế vi mô", *, member: str = "dhqg", **more: object) -> Record:
    return msgspec.structs.replace(Record(member=member, id=number, title=title), **more)


def answer(*records: Record, at: float = NOON, member: str = "dhqg", total: int | None = 500) -> Answer:
    placed = tuple(Placed(place=place, record=record) for place, record in enumerate(records, 1))
    return Answer(member=member, placed=placed, total=total, asked_at=at, took_s=0.2)


FULL = Record(
    member="dhqg",
    id="b/1 2",
    title="Kinh tế học",
    subtitle="lý thuyết và thực hành",
    people=(Person(name="Mankiw, N. Gregory"), Person(name="Trần Phú Thuyết")),
    publisher="Thống kê",
    year=2003,
    languages=("vie", "eng"),
    material=Material.BOOK,
    is_online=False,
    subjects=("Kinh tế vĩ mô",),
    identifiers=(Identifier(scheme=Scheme.ISBN, value="9786040000002"),),
    holdings=(
        Holding(
            branch="Kho đọc",
            call_number="330 M 2003",
            copies=2,
            availability=(Availability(service=Service.LOAN, available=False, expected="2025-07-01"),),
        ),
    ),
)

SHELF = (
    book("vi-mo", "Giáo trình kinh tế vi mô", year=2010, languages=("vie",), material=Material.BOOK),
    book("vi-mo-plain", "Giao trinh kinh te vi mo", year=2012, languages=("vie",)),
    book("dien", "Mạch điện", people=(Person(name="Nguyễn Văn Đạo"),), year=1999, languages=("vie",)),
    book("ma", "Má nuôi", languages=("vie",), notes=("Sách kể về kinh tế gia đình",)),
    book("ma-quy", "Ma quỷ dân gian", languages=("vie",)),
    book("thesis", "Lạm phát mục tiêu", material=Material.THESIS, degree=Degree.DOCTOR, year=2019, languages=("vie",)),
    book("english", "Principles of economics", people=(Person(name="Mankiw, N. Gregory"),), languages=("eng",)),
    book(
        "numbers",
        "Cơ học lượng tử",
        subjects=("Vật lý",),
        identifiers=(
            Identifier(scheme=Scheme.ISBN, value="9786040000002"),
            Identifier(scheme=Scheme.ISSN, value="1859-000X"),
            Identifier(scheme=Scheme.DOI, value="10.1000/xyz-12"),
        ),
    ),
    book(
        "to-be-had",
        "Phở và các món nước",
        is_online=True,
        publisher="Nhà xuất bản Phụ nữ",
        holdings=(Holding(call_number="641.5 PHO", copies_available=1),),
    ),
)


async def filled(opened: Opened, shelf: Sequence[Record] = SHELF) -> TitleIndex:
    index = await opened()
    index.keep(question("cả kệ"), answer(*shelf))
    await index.flush()
    return index


async def found(index: TitleIndex, expression: Expression | str | None, filters: Filters | None = None) -> list[str]:
    asked = Clause(text=expression) if isinstance(expression, str) else expression
    query = Query(expression=asked, filters=filters or Filters())
    return [aged.record.id for aged in await index.search(query, 20)]


def harvest(run: int = 1, **more: object) -> HarvestState:
    """The state of a harvest under way."""
    begun = HarvestState(
        run=run, is_full=True, prefix="dim", url="https://kho.example/oai", begun_at=NOON, lists=(HarvestedList(),)
    )
    return msgspec.structs.replace(begun, **more)


async def harvested(index: TitleIndex, *records: Record, member: str = "dhqg", run: int = 1) -> None:
    async with index.harvesting(member, "a test") as opened:
        await opened.write(HarvestPart(harvest(run, confirmed_at=NOON, is_done=True), records))


async def found_harvested(
    index: TitleIndex,
    expression: Expression | str | None,
    filters: Filters | None = None,
    window: Window | None = None,
    member: str = "dhqg",
) -> tuple[list[str], int]:
    asked = Clause(text=expression) if isinstance(expression, str) else expression
    query = Query(expression=asked, filters=filters or Filters())
    told = await index.harvested(member, query, window or Window(1, 20))
    assert told is not None
    return [record.id for record in told.placed], told.total


class IndexContract:
    """The tests that every backend passes."""

    # Answers ----------------------------------------------------------------------------

    async def test_an_answer_comes_back_as_it_was_kept_before_and_after_it_is_written(self, opened: Opened) -> None:
        index = await opened()
        kept = Answer(
            member="dhqg",
            placed=(Placed(place=21, record=FULL), Placed(place=22, record=book("2"))),
            total=None,
            asked_at=NOON - 60,
            took_s=0.25,
            has_more=True,
            notices=(Reason(code="query.dropped", values={"field": "series", "count": 1}),),
        )
        asked = question(start=21)
        index.keep(asked, kept)
        assert await index.answers([asked]) == {asked: kept}
        await index.flush()
        assert await index.answers([asked]) == {asked: kept}
        assert await (await opened()).answers([asked]) == {asked: kept}

    async def test_no_hits_is_an_answer_that_is_kept(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(total=0))
        await index.flush()
        assert await index.answers([question()]) == {question(): answer(total=0)}

    async def test_another_member_query_or_window_is_another_question(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book()))
        await index.flush()
        others = [question("kinh te"), question(member="dhbk"), question(start=21), question(count=50)]
        assert await index.answers(others) == {}
        assert await index.answers([]) == {}

    async def test_ten_questions_are_looked_up_at_once(self, opened: Opened) -> None:
        index = await opened()
        answers = {
            question(member=f"m{number}"): answer(book(member=f"m{number}"), member=f"m{number}") for number in range(8)
        }
        for asked, kept in answers.items():
            index.keep(asked, kept)
        await index.flush()
        assert await index.answers([*answers, question("khác"), question(member="m9")]) == answers

    async def test_the_newer_answer_stays_whatever_the_order_they_come_in(self, opened: Opened) -> None:
        index = await opened()
        newer = answer(book("1"), book("2"), at=NOON)
        older = answer(book("3"), at=NOON - 60)
        for kept in (older, newer, older):
            index.keep(question(), kept)
            await index.flush()
        assert await index.answers([question()]) == {question(): newer}

    async def test_a_newer_answers_record_replaces_an_older_one(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question("a"), answer(book("1", "Tên mới"), at=NOON))
        await index.flush()
        index.keep(question("b"), answer(book("1", "Tên cũ"), at=NOON - 60))
        await index.flush()
        aged = await index.record("dhqg", "1")
        assert aged is not None
        assert (aged.record.title, aged.asked_at) == ("Tên mới", NOON)
        index.keep(question("c"), answer(book("1", "Tên mới nhất"), at=NOON + 1))
        await index.flush()
        aged = await index.record("dhqg", "1")
        assert aged is not None
        assert (aged.record.title, aged.asked_at) == ("Tên mới nhất", NOON + 1)
        assert await found(index, "nhất") == ["1"]
        assert await found(index, "cũ") == []

    async def test_records_of_two_members_with_one_id_are_two(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1", "Một")))
        index.keep(question(member="dhbk"), answer(book("1", "Hai", member="dhbk"), member="dhbk"))
        await index.flush()
        one, two = await index.record("dhqg", "1"), await index.record("dhbk", "1")
        assert one is not None
        assert two is not None
        assert (one.record.title, two.record.title) == ("Một", "Hai")
        assert await index.record("dhbk", "2") is None

    async def test_a_record_missing_from_a_later_complete_answer_is_gone(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question("a"), answer(book("1"), book("2"), total=2))
        index.keep(question("b"), answer(book("2"), total=500))
        await index.flush()
        index.keep(question("a"), answer(at=NOON + 1, total=0))
        await index.flush()
        assert await index.record("dhqg", "1") is None
        assert await index.record("dhqg", "2") is not None  # another answer still holds it

    async def test_a_record_missing_from_one_page_of_many_stays(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1"), book("2"), total=500))
        await index.flush()
        index.keep(question(), answer(book("2"), at=NOON + 1, total=501))
        await index.flush()
        assert await index.record("dhqg", "1") is not None

    # Ages -------------------------------------------------------------------------------

    async def test_an_answer_is_given_whatever_its_age_until_it_is_too_old_to_keep(self, opened: Opened) -> None:
        index = await opened(keep_s=10 * HOUR_S, fresh_s=HOUR_S)
        index.keep(question(), answer(book()))
        await index.flush()
        opened.clock.go(9 * HOUR_S)
        assert await index.answers([question()]) == {question(): answer(book())}
        assert await found(index, "kinh tế") == ["1"]
        opened.clock.go(1.1 * HOUR_S)
        assert await index.answers([question()]) == {}
        assert await found(index, "kinh tế") == []
        await index.flush()
        state = await index.state()
        assert (state.answers, state.records) == (0, 0)

    async def test_an_answer_that_is_too_old_when_it_comes_is_not_kept(self, opened: Opened) -> None:
        index = await opened(keep_s=HOUR_S)
        index.keep(question(), answer(book(), at=NOON - 2 * HOUR_S))
        await index.flush()
        assert await index.answers([question()]) == {}

    # Demand -----------------------------------------------------------------------------

    async def test_demand_halves_in_a_half_life(self, opened: Opened) -> None:
        index = await opened(half_life_s=7 * DAY_S)
        for _ in range(8):
            index.count("kinh tế")
        assert await index.demand("kinh tế") == pytest.approx(8)
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(8)
        opened.clock.go(7 * DAY_S)
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(4)
        index.count("kinh tế")
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(5)
        assert await index.demand("chưa ai hỏi") == 0

    async def test_two_indexes_add_to_one_count_without_losing_any(self, opened: Opened) -> None:
        one, two = await opened(), await opened()
        for _ in range(20):
            for _ in range(5):
                one.count("kinh tế")
                two.count("kinh tế")
            await asyncio.gather(one.flush(), two.flush())
        assert await one.demand("kinh tế") == pytest.approx(200)
        assert await two.demand("kinh tế") == pytest.approx(200)

    async def test_demand_outlives_years(self, opened: Opened) -> None:
        index = await opened(half_life_s=DAY_S)
        for _ in range(8):
            index.count("xưa")
        await index.flush()
        opened.clock.go(400 * DAY_S)
        for _ in range(8):
            index.count("nay")
        await index.flush()
        assert await index.demand("nay") == pytest.approx(8)
        assert await index.demand("xưa") == pytest.approx(0, abs=1e-9)

    # What is private --------------------------------------------------------------------

    async def test_what_fewer_than_three_asked_is_forgotten_after_a_day(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question("bệnh của tôi"), answer(book()))
        index.count("bệnh của tôi")
        index.count("bệnh của tôi")
        await index.flush()
        assert await index.demand("bệnh của tôi") == pytest.approx(2)
        opened.clock.go(DAY_S)
        await index.flush()
        assert await index.demand("bệnh của tôi") == 0
        assert await index.answers([question("bệnh của tôi")]) == {}
        assert await found(index, "kinh tế") == ["1"]  # what the member has is no secret

    async def test_what_three_asked_is_remembered(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book()))
        for _ in range(3):
            index.count("kinh tế")
        await index.flush()
        opened.clock.go(2 * DAY_S)
        await index.flush()
        assert await index.demand("kinh tế") > 2
        assert await index.answers([question()]) == {question(): answer(book())}

    async def test_what_was_asked_often_once_is_forgotten_when_nobody_asks_any_more(self, opened: Opened) -> None:
        index = await opened(half_life_s=DAY_S, keep_s=30 * DAY_S)
        index.keep(question(), answer(book()))
        for _ in range(3):
            index.count("kinh tế")
        await index.flush()
        opened.clock.go(5 * DAY_S)
        await index.flush()
        assert await index.demand("kinh tế") == 0
        assert await index.answers([question()]) == {}

    async def test_what_fewer_than_three_asked_is_offered_to_nobody(self, opened: Opened) -> None:
        index = await opened()
        index.count("kinh nghiệm riêng")
        index.count("kinh nghiệm riêng")
        await index.flush()
        assert await index.suggest("kinh", 5) == ()
        index.count("kinh nghiệm riêng")
        await index.flush()
        assert await index.suggest("kinh", 5) == ("kinh nghiệm riêng",)

    # Searching --------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("kinh te vi mo", ["vi-mo", "vi-mo-plain"]),  # missing marks exclude nothing
            ("KINH TẾ, vi mô!", ["vi-mo", "vi-mo-plain"]),
            ("mach dien", ["dien"]),
            ("nguyen van dao", ["dien"]),
            ("Đạo Nguyễn", ["dien"]),
            ("economics mankiw", ["english"]),
            ("9786040000002", ["numbers"]),
            ("641.5", ["to-be-had"]),
            ("pho", ["to-be-had"]),
            ("không đâu", []),
            ("!?", []),
        ],
    )
    async def test_words_find_the_records_that_hold_them_all(
        self, opened: Opened, text: str, wanted: list[str]
    ) -> None:
        assert sorted(await found(await filled(opened), text)) == wanted

    async def test_typed_marks_count_and_wrong_ones_still_find(self, opened: Opened) -> None:
        index = await filled(opened)
        assert (await found(index, "má"))[0] == "ma"
        assert set(await found(index, "má")) == {"ma", "ma-quy"}
        assert (await found(index, "giáo trình kinh tế"))[0] == "vi-mo"
        assert set(await found(index, "giảo trinh")) == {"vi-mo", "vi-mo-plain"}

    async def test_words_side_by_side_go_before_words_apart(self, opened: Opened) -> None:
        index = await opened()
        apart = book("apart", "Vi sinh học và mô học")
        side_by_side = book("side", "Vi mô và sinh học")
        index.keep(question(), answer(apart, side_by_side))
        await index.flush()
        assert await found(index, "vi mo") == ["side", "apart"]

    async def test_a_title_goes_before_a_note(self, opened: Opened) -> None:
        assert (await found(await filled(opened), "kinh te"))[-1] == "ma"

    async def test_a_title_that_came_early_goes_before_all_the_notes_that_came_late(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question("trước"), answer(book("early", "Thuỷ văn đại cương")))
        await index.flush()
        notes = [book(f"{number}", f"Sách {number}", notes=("Có nói về thuỷ văn",)) for number in range(400)]
        for first in range(0, len(notes), 50):
            index.keep(question(f"sau {first}"), answer(*notes[first : first + 50]))
        await index.flush()
        assert (await found(index, "thuy van"))[0] == "early"

    async def test_of_records_that_hold_some_rarer_words_those_go_first_that_hold_most(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("two", "Cầu treo và đập"), book("one", "Cầu thang"), book("none", "Nhà")))
        await index.flush()
        assert await found(index, "cầu treo xyz") == ["two", "one"]

    @pytest.mark.parametrize(
        ("expression", "wanted"),
        [
            (Clause("kinh te vi mo", is_phrase=True), ["vi-mo", "vi-mo-plain"]),
            (Clause("vi kinh te mo", is_phrase=True), []),
            (Clause("mankiw", field=Field.PERSON), ["english"]),
            (Clause("vat ly", field=Field.SUBJECT), ["numbers"]),
            (Clause("kinh te", field=Field.TITLE), ["vi-mo", "vi-mo-plain"]),
            (Clause("phu nu", field=Field.PUBLISHER), ["to-be-had"]),
            (Clause("641.5", field=Field.CALL_NUMBER), ["to-be-had"]),
            (Clause("9786040000002", field=Field.ISBN), ["numbers"]),
            (Clause("1859-000X", field=Field.ISSN), ["numbers"]),
            (Clause("10.1000/xyz-12", field=Field.IDENTIFIER), ["numbers"]),
            (Clause("econ", is_truncated=True), ["english"]),
            (Clause("kinh tê", is_truncated=True), ["ma", "vi-mo", "vi-mo-plain"]),
            (And((Clause("giao trinh"), Not(Clause("vi mo")))), []),
            (And((Clause("kinh te"), Not(Clause("vi mo")))), ["ma"]),
            (Or((Clause("mach dien"), Clause("economics"))), ["dien", "english"]),
            (And((Or((Clause("dien"), Clause("pho"))), Clause("mon", field=Field.TITLE))), ["to-be-had"]),
        ],
        ids=str,
    )
    async def test_the_whole_query_language_is_understood(
        self, opened: Opened, expression: Expression, wanted: list[str]
    ) -> None:
        index = await filled(opened)
        assert sorted(await found(index, expression)) == wanted

    @pytest.mark.parametrize(
        ("filters", "wanted"),
        [
            (Filters(year_from=2010, year_to=2012), ["vi-mo", "vi-mo-plain"]),
            (Filters(year_to=1999), ["dien"]),
            (Filters(materials=(Material.THESIS, Material.MAP)), ["thesis"]),
            (Filters(degrees=(Degree.DOCTOR,)), ["thesis"]),
            (Filters(languages=("eng",)), ["english"]),
            (Filters(not_languages=("vie",)), ["english", "numbers", "to-be-had"]),
            (Filters(available_only=True), ["to-be-had"]),
            (Filters(online_only=True), ["to-be-had"]),
            (Filters(members=("dhbk",)), []),
            (Filters(not_members=("dhqg",)), []),
            (Filters(year_from=10**30), []),
        ],
        ids=str,
    )
    async def test_filters_narrow_and_stand_alone(self, opened: Opened, filters: Filters, wanted: list[str]) -> None:
        index = await filled(opened)
        assert sorted(await found(index, None, filters)) == wanted
        every = Or(tuple(Clause(word) for word in ("kinh", "dien", "lam", "economics", "luong", "pho", "ma")))
        assert sorted(await found(index, every, filters)) == wanted

    async def test_materials_that_are_not_wanted_leave_those_of_unknown_material(self, opened: Opened) -> None:
        index = await filled(opened)
        left = await found(index, "kinh te", Filters(not_materials=(Material.BOOK,)))
        assert sorted(left) == ["ma", "vi-mo-plain"]

    async def test_where_no_record_has_all_words_any_rarer_word_will_do(self, opened: Opened) -> None:
        index = await filled(opened)
        assert await found(index, "mankiw blockchain") == ["english"]
        assert await found(index, And((Clause("mankiw blockchain"), Not(Clause("economics"))))) == []

    async def test_what_is_found_has_its_age_and_the_limit_is_kept(self, opened: Opened) -> None:
        index = await filled(opened)
        (aged,) = await index.search(Query(expression=Clause("kinh te")), 1)
        assert aged.asked_at == NOON
        assert await index.search(Query(expression=Clause("kinh te")), 0) == ()

    async def test_no_text_at_all_is_an_error(self, opened: Opened) -> None:
        index = await filled(opened)

        texts = st.text() | st.text(alphabet='"*:(){}^+-\\ ANDORNEARNT\0\ud800kinh', min_size=1)
        clauses = st.builds(
            Clause, text=texts, field=st.sampled_from(Field), is_phrase=st.booleans(), is_truncated=st.booleans()
        )
        expressions: st.SearchStrategy[Expression] = st.recursive(
            clauses,
            lambda parts: (
                st.builds(And, st.tuples(parts, parts))
                | st.builds(And, st.tuples(parts, st.builds(Not, parts)))
                | st.builds(Or, st.tuples(parts, parts))
            ),
            max_leaves=20,
        )
        expressions_seen: list[Expression] = []

        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
        @given(expressions)
        def collect(expression: Expression) -> None:
            expressions_seen.append(expression)

        collect()
        for expression in expressions_seen:
            await index.search(Query(expression=expression), 5)
            state = await index.state()
            assert state.problem is None, expression
        for clause in (one for one in expressions_seen if isinstance(one, Clause)):
            assert isinstance(await index.suggest(clause.text, 5), tuple)
            index.count(clause.text)
            await index.answers([question(clause.text)])
        await index.flush()
        assert (await index.state()).problem is None

    async def test_what_cannot_be_written_down_costs_nothing_else(
        self, opened: Opened, caplog: pytest.LogCaptureFixture
    ) -> None:
        index = await opened()
        broken = question("nửa chữ \ud800")
        assert await index.claim(broken, 8.0)
        index.count(broken.terms)
        index.count("lành")
        index.keep(broken, answer(book("1")))
        index.keep(question("nửa tên"), answer(book("2", "nửa \ud800")))
        index.keep(Question("dhqg", "số lớn", start=2**80, count=20), answer(book("3")))
        index.keep(question("lành"), answer(book("4", year=10**12)))
        await index.flush()
        state = await index.state()
        assert (state.answers, state.dropped, state.problem) == (1, 3, None)
        assert await index.demand("lành") == pytest.approx(1)
        assert await index.answers([broken, question("lành")]) == {question("lành"): answer(book("4", year=10**12))}
        assert await found(index, "kinh te") == ["4"]
        caplog.clear()  # a store may log what it could not write, with the place of the fault

    # Offering ---------------------------------------------------------------------------

    async def test_titles_are_offered_with_and_without_marks_and_typed_marks_count(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1", "Đại số"), book("2", "Dai so co ban"), book("3", "Giải tích")))
        await index.flush()
        assert set(await index.suggest("dai s", 5)) == {"Đại số", "Dai so co ban"}
        assert (await index.suggest("đại", 5))[0] == "Đại số"
        assert await index.suggest("GIẢI  T", 5) == ("Giải tích",)
        assert await index.suggest("tích", 5) == ()  # it begins otherwise
        assert await index.suggest("", 5) == ()
        assert len(await index.suggest("d", 1)) == 1

    async def test_a_title_that_several_records_have_is_offered_once(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1", "Giải tích"), book("2", "Giải tích"), book("3", "GIAI TICH")))
        await index.flush()
        assert await index.suggest("giải", 5) == ("Giải tích",)

    async def test_of_many_titles_that_begin_so_the_shortest_are_offered(self, opened: Opened) -> None:
        index = await opened()
        many = [book(f"{number}", f"Kinh tế {number:03} của một nước nông nghiệp") for number in range(400)]
        index.keep(question(), answer(*many, book("s", "Kinh tế vùng"), book("q", "Quản trị"), book("n", "Y tế")))
        await index.flush()
        offered = await index.suggest("kinh te", 4)
        assert offered[0] == "Kinh tế vùng"
        assert len(set(offered)) == 4
        assert await index.suggest("Kinh té", 1) == ("Kinh tế vùng",)  # with the wrong marks, too

    async def test_a_long_title_is_offered_to_whom_types_nearly_all_of_it(self, opened: Opened) -> None:
        index = await opened()
        long = "Hoàn thiện công tác kế toán chi phí sản xuất và tính giá thành sản phẩm tại công ty cổ phần"
        index.keep(question(), answer(book("1", f"{long} may Sông Hồng"), book("2", f"{long} gốm Bát Tràng")))
        await index.flush()
        assert await index.suggest(f"{long} g".lower(), 5) == (f"{long} gốm Bát Tràng",)

    async def test_a_title_without_letters_and_a_very_long_one_are_kept_and_searched(self, opened: Opened) -> None:
        index = await opened()
        index.keep(
            question(), answer(book("1", "???"), book("2", "Sách " + "rất dài " * 3_000), book("3", "Sách\x1f\x00"))
        )
        await index.flush()
        assert await index.record("dhqg", "1") is not None
        assert sorted(await found(index, "sach")) == ["2", "3"]
        assert len(await index.suggest("sach", 5)) == 2

    async def test_what_is_asked_more_is_offered_first(self, opened: Opened) -> None:
        index = await opened()
        for terms, asks in (("kinh doanh", 3), ("kinh tế học", 9), ("kinh dịch", 5)):
            for _ in range(asks):
                index.count(terms)
        index.keep(question(), answer(book("1", "Kinh Kim Cương")))
        await index.flush()
        assert await index.suggest("kinh", 5) == ("kinh tế học", "kinh dịch", "kinh doanh", "Kinh Kim Cương")

    # Refreshing -------------------------------------------------------------------------

    async def test_what_is_in_demand_is_due_before_it_grows_old_the_most_wanted_first(self, opened: Opened) -> None:
        index = await opened(fresh_s=HOUR_S)
        for terms, asks in (("ít", 2), ("vừa", 4), ("nhiều", 9)):
            index.keep(question(terms), answer(book()))
            for _ in range(asks):
                index.count(terms)
        await index.flush()
        opened.clock.go(0.5 * HOUR_S)
        assert await index.refresh_due(10) == ()
        opened.clock.go(0.4 * HOUR_S)
        assert await index.refresh_due(10) == (question("nhiều"), question("vừa"))

    async def test_what_is_due_is_given_to_one_only_for_a_while(self, opened: Opened) -> None:
        one, two = await opened(fresh_s=HOUR_S), await opened(fresh_s=HOUR_S)
        one.keep(question(), answer(book()))
        for _ in range(5):
            one.count("kinh tế")
        await one.flush()
        opened.clock.go(0.9 * HOUR_S)
        given_out = await asyncio.gather(one.refresh_due(5), two.refresh_due(5))
        assert sorted(given_out) == [(), (question(),)]
        opened.clock.go(HOUR_S / 2)  # nobody brought a newer answer
        assert await two.refresh_due(5) == (question(),)
        two.keep(question(), answer(book(), at=opened.clock.now))
        await two.flush()
        opened.clock.go(HOUR_S / 2)
        assert await one.refresh_due(5) == ()

    # What is being asked ----------------------------------------------------------------

    async def test_a_question_is_asked_by_one_and_the_others_get_its_answer(self, opened: Opened) -> None:
        one, two, three = await opened(), await opened(), await opened()
        assert await one.claim(question(), 8.0)
        assert await one.claim(question("khác"), 8.0)
        assert not await two.claim(question(), 8.0)
        waiting = [asyncio.create_task(index.brought(question())) for index in (two, three)]
        await asyncio.sleep(0)
        one.keep(question(), answer(book(), at=opened.clock.now))
        assert await asyncio.gather(*waiting) == [answer(book()), answer(book())]

    async def test_a_question_that_got_no_answer_may_be_asked_by_the_next(self, opened: Opened) -> None:
        one, two = await opened(), await opened()
        two.keep(question(), answer(book(), at=NOON - HOUR_S))  # an older answer is not what is waited for
        await two.flush()
        assert await one.claim(question(), 8.0)
        waiting = asyncio.create_task(two.brought(question()))
        await asyncio.sleep(0)
        one.let_go(question())
        assert await waiting is None
        assert await two.claim(question(), 8.0)
        assert not await one.claim(question(), 8.0)

    async def test_of_many_who_want_to_ask_one_may(self, opened: Opened) -> None:
        indexes = [await opened() for _ in range(4)]
        taken = await asyncio.gather(*(index.claim(question(), 8.0) for index in indexes))
        assert sorted(taken) == [False, False, False, True]

    async def test_a_claim_ends_with_its_holder(self, opened: Opened) -> None:
        one, two = await opened(), await opened()
        assert await one.claim(question(), 8.0)
        await one.close()
        opened.clock.go(9.0)
        assert await two.claim(question(), 8.0)

    # What an operator does --------------------------------------------------------------

    async def test_what_is_kept_can_be_carried_to_another_index(self, opened: Opened) -> None:
        index = await opened()
        kept = {question(f"câu {number}"): answer(book(f"{number}"), FULL) for number in range(120)}
        kept[question("trống", member="dhbk")] = answer(total=0, member="dhbk")
        for asked, told in kept.items():
            index.keep(asked, told)
        await index.flush()
        assert {asked: told async for asked, told in index.exported()} == kept

    async def test_how_often_several_asked_can_be_carried_and_taken_twice_counts_once(self, opened: Opened) -> None:
        index = await opened(half_life_s=DAY_S)
        for terms, asks in (("kinh tế", 8), ("vật lý", 3), ("chỉ mình tôi hỏi", 2)):
            for _ in range(asks):
                index.count(terms)
        await index.flush()
        opened.clock.go(DAY_S / 2)
        asked = {one.terms: one async for one in index.exported_demand()}
        assert {terms: one.asks for terms, one in asked.items()} == {"kinh tế": 8, "vật lý": 3}
        assert asked["kinh tế"].demand == pytest.approx(8 / 2**0.5)
        await index.purge()
        index.count("vật lý")
        await index.flush()
        opened.clock.go(DAY_S / 2)
        for _ in range(2):
            await index.take_demand(list(asked.values()))
        assert await index.demand("kinh tế") == pytest.approx(4)
        assert await index.demand("vật lý") == pytest.approx(1.5)  # what was asked there, which is more
        assert {one.terms: one.asks async for one in index.exported_demand()} == {"kinh tế": 8, "vật lý": 3}
        assert "kinh tế" in await index.suggest("kinh", 5)
        for _ in range(4):
            index.count("kinh tế")
        await index.flush()
        assert await index.demand("kinh tế") == pytest.approx(8)  # counted on

    async def test_every_harvested_record_can_be_carried(self, opened: Opened) -> None:
        index = await opened()
        records = tuple(book(f"{number}", f"Sách {number}") for number in range(130))
        await harvested(index, *records)
        await harvested(index, book("x", member="dhbk"), member="dhbk")
        carried = [record async for record in index.exported_harvest("dhqg")]
        assert sorted(carried, key=lambda one: int(one.id)) == list(records)
        assert [record async for record in index.exported_harvest("nobody")] == []

    async def test_what_a_member_answered_can_be_deleted_and_everything_can(self, opened: Opened) -> None:
        index = await opened()
        await harvested(index, book("h", "Thu gom"))
        index.keep(question(), answer(book("1", "Kinh tế một")))
        index.keep(question(member="dhbk"), answer(book("1", "Kinh tế hai", member="dhbk"), member="dhbk"))
        for _ in range(5):
            index.count("kinh tế")
        await index.flush()
        assert await index.purge("dhqg") == 1
        assert set(await index.answers([question(), question(member="dhbk")])) == {question(member="dhbk")}
        assert await found(index, "kinh te") == ["1"]
        assert await index.record("dhqg", "1") is None
        assert await index.demand("kinh tế") == pytest.approx(5)
        assert await index.purge() == 1
        assert await found(index, "kinh te") == []
        assert await index.demand("kinh tế") == 0
        assert await index.suggest("kinh", 5) == ()
        assert await index.harvest_count("dhqg") == 1  # that is `forget_harvest`'s

    async def test_an_index_of_this_version_needs_no_move(self, opened: Opened) -> None:
        assert await (await filled(opened)).migrate(lambda *_: None) == ()

    # The store --------------------------------------------------------------------------

    async def test_the_state_tells_what_is_kept(self, opened: Opened) -> None:
        index = await filled(opened)
        index.keep(question("khác"), answer(SHELF[0], book("neu")))
        await index.flush()
        state = await index.state()
        assert state.is_ready
        assert state.problem is None
        assert (state.answers, state.records) == (2, len(SHELF) + 1)
        assert 0 < state.bytes_used <= state.bytes_bound

    async def test_a_closed_index_holds_nobody_up(self, opened: Opened) -> None:
        index = await filled(opened)
        index.keep(question("cuối"), answer(book("cuoi")))
        await index.close()
        await index.close()
        index.keep(question("sau"), answer(book()))
        index.count("sau")
        await index.flush()
        assert await index.answers([question("cả kệ")]) == {}
        assert await index.search(Query(expression=Clause("kinh te")), 5) == ()
        assert await index.refresh_due(5) == ()
        assert not (await index.state()).is_ready
        again = await opened()
        assert await again.record("dhqg", "cuoi") is not None  # close writes what was taken
        assert await again.answers([question("sau")]) == {}

    # What was harvested -----------------------------------------------------------------

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
