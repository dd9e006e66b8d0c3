"""Exchanges with made-up libraries, shaped like those of real ones, give the answers that a reader should see."""

from __future__ import annotations

import pytest

from engine.errors import RefusedError, UnreadableError
from engine.model import Answer, Clause, Field, Identifier, Query, Scheme, Service, Window
from tests.connectors.sru.asking import asked, codes, replayed, words


def titles(found: Answer) -> list[str]:
    return [placed.record.title for placed in found.placed]


async def test_a_koha_gives_a_full_page_and_the_rest() -> None:
    async with asked(transport=replayed("sru-hanoi"), profile="koha") as library:
        first = await library.search(words("kinh tế vi mô", Field.TITLE), Window(1, 5))
        rest = await library.search(words("kinh tế vi mô", Field.TITLE), Window(6, 5))
    assert titles(first) == [
        "Kinh tế vi mô", "Giáo trình kinh tế vi mô", "Bài tập kinh tế vi mô", "Hướng dẫn học kinh tế vi mô",
        "Kinh tế vi mô nâng cao",
    ]  # fmt: skip
    assert (first.total, first.has_more, first.notices) == (7, True, ())
    assert [placed.place for placed in rest.placed] == [6, 7]
    assert rest.has_more is False
    record = first.placed[0].record
    assert (record.id, record.year, record.people[0].name, record.subjects) == (
        "101", 2012, "Vũ Kim Dũng", ("Kinh tế học",),
    )  # fmt: skip


async def test_the_copies_of_a_koha_tell_what_can_be_borrowed() -> None:
    async with asked(transport=replayed("sru-hanoi"), profile="koha") as library:
        found = await library.search(words("kinh tế vi mô", Field.TITLE), Window(1, 5))
    here, lent = found.placed[0].record.holdings
    assert (here.branch, here.call_number, here.item) == ("TT", "338.5 V500D", "0000101")
    loan = [one for one in lent.availability or () if one.service is Service.LOAN]
    assert [(one.available, one.expected) for one in loan] == [(False, "2026-12-24")]


async def test_no_hits_at_a_koha() -> None:
    async with asked(transport=replayed("sru-hanoi"), profile="koha") as library:
        found = await library.search(words("zzzz", Field.TITLE), Window(1, 5))
    assert (found.placed, found.total) == ((), 0)


async def test_a_closed_koha_refuses() -> None:
    async with asked(transport=replayed("sru-hanoi"), profile="koha") as library:
        with pytest.raises(RefusedError):
            await library.search(words("mật", Field.TITLE), Window(1, 5))


async def test_odd_records_cost_themselves() -> None:
    async with asked(transport=replayed("sru-hanoi"), profile="koha") as library:
        found = await library.search(words("truyện kiều", Field.TITLE), Window(1, 5))
    assert [placed.place for placed in found.placed] == [1, 4]
    assert sorted(codes(found)) == ["notice.records-unreadable", "notice.records-withheld"]


async def test_an_index_that_no_record_fills_is_replaced_by_any() -> None:
    async with asked(transport=replayed("sru-hanoi"), profile="koha") as library:
        found = await library.search(words("thế giới", Field.PUBLISHER), Window(1, 5))
    assert (titles(found), codes(found)) == (["Bài tập kinh tế vi mô"], ["notice.any-field"])


async def test_a_unimarc_catalogue_gives_its_records_and_arks() -> None:
    url = "https://catalogue.example.org/{id}"
    async with asked(transport=replayed("sru-paris"), profile="bnf", record_url=url) as library:
        found = await library.search(words("viêt nam riz"), Window(1, 2))
    record = found.placed[0].record
    assert (found.total, found.has_more) == (9, True)
    assert (record.id, record.url) == ("ark:/00000/cb1", "https://catalogue.example.org/ark:/00000/cb1")
    assert (record.title, record.subtitle, record.year) == ("Le riz au Tonkin", "étude de géographie", 1931)
    assert (record.publisher, record.languages) == ("Éditions du Fleuve", ("fre",))
    isbn = Identifier(Scheme.ISBN, "9782070360246")
    assert found.placed[1].record.identifiers[0] == isbn


async def test_a_server_that_reads_no_escapes_is_asked_without_them() -> None:
    async with asked(transport=replayed("sru-paris"), profile="bnf") as library:
        found = await library.search(Query(Clause('dit "non"', is_phrase=True)), Window(1, 2))
    assert found.total == 1


async def test_a_unimarc_catalogue_without_hits() -> None:
    async with asked(transport=replayed("sru-paris"), profile="bnf") as library:
        assert (await library.search(words("zzzz"), Window(1, 2))).total == 0


@pytest.mark.parametrize(("text", "kind"), [("secret", RefusedError), ("coupé", UnreadableError)])
async def test_what_is_no_answer_is_a_failure(text: str, kind: type[Exception]) -> None:
    async with asked(transport=replayed("sru-paris"), profile="bnf") as library:
        with pytest.raises(kind):
            await library.search(words(text), Window(1, 2))
