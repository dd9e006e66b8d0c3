"""Searching what is kept."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model import (
    And,
    Clause,
    Degree,
    Expression,
    Field,
    Filters,
    Material,
    Not,
    Or,
    Query,
)
from engine.ports import Question
from tests.index.contract.shelf import NOON, Opened, answer, book, filled, found, question


class SearchingContract:
    """Searching what is kept."""

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
