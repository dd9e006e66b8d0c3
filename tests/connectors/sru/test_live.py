"""Real servers answer: zebrasrv with records, yaz-ztest with whatever it makes up."""

from __future__ import annotations

import unicodedata

import pytest

from connectors.sru.examine import examine
from connectors.sru.explain import explained
from connectors.sru.request import explain_url
from connectors.sru.settings import Version
from engine.errors import UnreachableError, UnreadableError
from engine.model import And, Answer, Clause, Field, Filters, Not, Or, Query, Window
from engine.ports import Door
from tests.connectors.sru.asking import asked, codes, member, query, settings, words
from tests.servers import REPORTS, Running, free_port

zebra = pytest.mark.needs("zebrasrv")
VERSIONS = pytest.mark.parametrize("version", [version.value for version in Version])


def ids(answer: Answer) -> list[str]:
    return [placed.record.id for placed in answer.placed]


@zebra
@VERSIONS
async def test_a_title_is_found_in_every_version(zebra_icu: Running, version: str) -> None:
    async with asked(zebra_icu.url, profile="yaz", version=version) as library:
        answer = await library.search(words("principles economics", Field.TITLE), Window())
    record = answer.placed[0].record
    assert (answer.total, answer.has_more, answer.notices) == (1, False, ())
    assert (record.id, record.title, record.year) == ("sv0005", "Principles of economics", 2011)
    assert (record.languages, record.people[0].name) == (("eng",), "Mankiw, N. Gregory")
    assert record.identifiers[0].value == "9780538453059"
    assert record.member == "thu-vien"


@zebra
@pytest.mark.parametrize(
    ("asked_for", "expected"),
    [
        (Clause("mankiw", field=Field.PERSON), {"sv0005"}),
        (Clause("Nguyễn Du", field=Field.PERSON, is_phrase=True), {"sv0002"}),
        (Clause("kinh tế học", field=Field.SUBJECT), {"sv0003", "sv0004"}),
        (Clause("kim đồng", field=Field.PUBLISHER), {"sv0002"}),
        (Clause("9780132350884", field=Field.ISBN), {"sv0001"}),
        (Clause("mankiw economics"), {"sv0005"}),
        (And((Clause("kinh tế", field=Field.TITLE), Not(Clause("dũng", field=Field.PERSON)))), {"sv0004"}),
        (Or((Clause("truyện kiều"), Clause("clean code"))), {"sv0001", "sv0002"}),
        (And((Or((Clause("dũng"), Clause("công"))), Clause("kinh tế", field=Field.TITLE))), {"sv0003", "sv0004"}),
        (Clause("zzzz"), set()),
    ],
    ids=str,
)
async def test_fields_and_booleans_find_what_they_should(
    zebra_icu: Running, asked_for: Clause | And | Or, expected: set[str]
) -> None:
    async with asked(zebra_icu.url, profile="yaz") as library:
        answer = await library.search(query(asked_for), Window())
    assert set(ids(answer)) == expected
    assert answer.total == len(expected)


@zebra
async def test_words_without_marks_find_titles_with_marks_where_the_server_folds(zebra_icu: Running) -> None:
    async with asked(zebra_icu.url, profile="yaz") as library:
        plain = await library.search(words("kinh te vi mo", Field.TITLE), Window())
        marked = await library.search(words("kinh tế vi mô", Field.TITLE), Window())
    assert set(ids(plain)) == set(ids(marked)) == {"sv0003", "sv0004"}


@zebra
async def test_a_server_that_does_not_fold_is_asked_with_the_marks_as_typed(zebra_chr: Running) -> None:
    async with asked(zebra_chr.url, profile="koha") as library:
        marked = await library.search(words("đất và nước", Field.TITLE), Window())
        plain = await library.search(words("dat va nuoc", Field.TITLE), Window())
    assert ids(marked) == ["sv0006"]
    assert ids(plain) == []
    assert codes(plain) == ["notice.marks-needed"]


@zebra
async def test_folded_words_are_tried_where_marked_ones_find_nothing(zebra_chr: Running) -> None:
    async with asked(zebra_chr.url, profile="koha") as library:
        answer = await library.search(words("clèan còde", Field.TITLE), Window())
        # `è` is folded by this server itself, and `ẽ` is not.
        folded = await library.search(words("clẽan còdẹ", Field.TITLE), Window())
        after = await library.search(words("đất và nước", Field.TITLE), Window())
    assert (ids(answer), codes(answer)) == (["sv0001"], [])
    assert (ids(folded), codes(folded)) == (["sv0001"], ["notice.folded"])
    assert ids(after) == ["sv0006"]


@zebra
async def test_a_catalogue_with_marks_apart_is_asked_so_where_its_file_says_it(zebra_apart: Running) -> None:
    typed = words("đất và nước", Field.TITLE)
    async with asked(zebra_apart.url, profile="koha") as library:
        composed = await library.search(typed, Window())
    async with asked(zebra_apart.url, profile="koha", marks_apart=True) as library:
        apart = await library.search(typed, Window())
    assert ids(composed) == []
    assert ids(apart) == ["sv0006"]
    assert apart.placed[0].record.title == unicodedata.normalize("NFC", apart.placed[0].record.title)


@zebra
async def test_the_second_page_of_folded_words_goes_on_where_the_first_ended(zebra_chr: Running) -> None:
    async with asked(zebra_chr.url, profile="koha") as library:
        first = await library.search(words("nhỏm", Field.PERSON), Window(1, 20))
        second = await library.search(words("nhỏm", Field.PERSON), Window(21, 20))
    assert first.total == second.total == REPORTS
    assert [placed.place for placed in (*first.placed, *second.placed)] == list(range(1, 41))
    assert len({*ids(first), *ids(second)}) == 40
    assert codes(first) == codes(second) == ["notice.folded"]


@zebra
@VERSIONS
async def test_paging_gives_every_record_once(zebra_icu: Running, version: str) -> None:
    seen: list[tuple[int, str]] = []
    start = 1
    async with asked(zebra_icu.url, profile="yaz", version=version, max_records=15) as library:
        while True:
            answer = await library.search(words("báo cáo khảo sát", Field.TITLE), Window(start, 20))
            assert answer.total == REPORTS
            seen += [(placed.place, placed.record.id) for placed in answer.placed]
            if not answer.has_more:
                break
            start += 20
    assert [place for place, _ in seen] == list(range(1, REPORTS + 1))
    assert {record for _, record in seen} == {f"bc{number:04}" for number in range(1, REPORTS + 1)}


@zebra
async def test_a_place_beyond_the_end_is_the_end_and_no_failure(zebra_icu: Running) -> None:
    async with asked(zebra_icu.url, profile="yaz") as library:
        answer = await library.search(words("truyện kiều", Field.TITLE), Window(21, 20))
    assert (answer.placed, answer.total, answer.has_more) == ((), 1, False)


@zebra
async def test_years_are_asked_where_they_can_be_and_filtered_here_where_not(zebra_icu: Running) -> None:
    span = Filters(year_from=2011, year_to=2015)
    async with asked(zebra_icu.url, profile="yaz") as library:
        sent = await library.search(words("kinh tế", filters=span), Window())
    async with asked(zebra_icu.url, profile="generic") as library:
        filtered = await library.search(words("kinh tế", filters=span), Window())
    assert ids(sent) == ids(filtered) == ["sv0003"]
    assert (sent.total, codes(sent)) == (1, [])
    assert (filtered.total, codes(filtered)) == (2, ["notice.filtered-here"])


@zebra
async def test_dublin_core_is_used_where_the_first_schema_is_not_there(zebra_icu: Running) -> None:
    async with asked(zebra_icu.url, profile="yaz", schemas=["nosuch", "dc"]) as library:
        answer = await library.search(words("truyện kiều", Field.TITLE), Window())
        again = await library.search(words("lúa gạo", Field.TITLE), Window())
    assert [placed.record.title for placed in answer.placed] == ["Truyện Kiều"]
    assert codes(answer) == ["notice.other-schema"]
    assert [placed.record.title for placed in again.placed] == ["Lúa gạo vùng đồng bằng"]


@zebra
async def test_an_index_that_is_not_there_is_replaced_by_any(zebra_icu: Running) -> None:
    indexes = {"any": "cql.serverChoice", "series": "dc.nosuch", "title": "dc.title"}
    async with asked(zebra_icu.url, indexes=indexes) as library:
        answer = await library.search(words("kiều", Field.SERIES), Window())
        again = await library.search(words("kiều", Field.SERIES), Window())
    assert ids(answer) == ids(again) == ["sv0002"]
    assert codes(answer) == codes(again) == ["notice.any-field"]


@zebra
@pytest.mark.parametrize("text", ['"', 'dc.title="x" or', "a) or (b", "\\", "*", "^", "a/b", "and", "%", "&version=9"])
async def test_hostile_words_are_only_words(zebra_icu: Running, text: str) -> None:
    async with asked(zebra_icu.url, profile="yaz") as library:
        whole = await library.search(Query(Clause(text, field=Field.TITLE, is_phrase=True)), Window())
        beside = await library.search(Query(Clause(f"kiều {text}", field=Field.TITLE)), Window())
    assert whole.total in {0, 1}
    assert (beside.total or 0) <= 1


@zebra
async def test_a_record_with_quotes_and_stars_is_found_by_them(zebra_icu: Running) -> None:
    async with asked(zebra_icu.url, profile="yaz") as library:
        answer = await library.search(words('"Hỏi & đáp" : dấu \\ và dấu * trong C++', Field.TITLE), Window())
    assert ids(answer) == ["sv0007"]


@zebra
async def test_a_database_that_is_not_there_is_no_empty_answer(zebra_icu: Running) -> None:
    async with asked(zebra_icu.url.replace("biblios", "nosuch"), profile="yaz") as library:
        with pytest.raises(UnreadableError):
            await library.search(words("a"), Window())
        with pytest.raises(UnreadableError):
            await library.probe()


async def test_a_server_that_is_away_is_unreachable() -> None:
    async with asked(f"http://127.0.0.1:{free_port()}/x") as library:
        with pytest.raises(UnreachableError):
            await library.search(words("a"), Window())


@zebra
async def test_a_probe_passes_at_a_server_that_answers(zebra_icu: Running) -> None:
    async with asked(zebra_icu.url, profile="yaz") as library:
        await library.probe()


@zebra
async def test_explain_of_a_real_server_is_read(zebra_icu: Running) -> None:
    async with asked(zebra_icu.url) as library:
        body = (await library._door.client.get(explain_url(zebra_icu.url, Version.V1_1))).content
    told = explained(body)
    assert (told.title, told.database, told.port, told.max_records) == ("Biblios", "biblios", zebra_icu.port, 100)
    assert [schema.name for schema in told.schemas] == ["marcxml", "dc"]
    assert "bath.isbn" in told.index_names()


@zebra
async def test_an_examination_tells_what_works(zebra_icu: Running) -> None:
    indexes = {"any": "cql.serverChoice", "series": "dc.nosuch", "title": "dc.title", "isbn": "bath.isbn"}
    async with asked(zebra_icu.url) as library:
        door = Door(client=library._door.client, clock=library._door.clock)
        found = await examine(
            member(zebra_icu.url), settings(schemas=["marcxml", "nosuch", "dc"], indexes=indexes), door, word="code"
        )
    assert (found.version, found.total, found.schemas) == ("1.1", 1, ("marcxml", "dc"))
    assert {Field.ANY, Field.TITLE, Field.ISBN, Field.PERSON} <= set(found.found)
    assert Field.SERIES in found.refused
    assert found.told is not None
    assert found.told.title == "Biblios"


@zebra
@pytest.mark.needs("corpus")
async def test_a_real_catalogue_is_paged_without_gap_or_repetition(zebra_university: Running) -> None:
    texts: list[tuple[int, str]] = []
    start = 1
    async with asked(zebra_university.url, profile="yaz") as library:
        while True:
            answer = await library.search(words("kỹ thuật", Field.TITLE), Window(start, 50))
            texts += [(placed.place, placed.record.id) for placed in answer.placed]
            if not answer.has_more:
                break
            start += 50
        marked = answer.total
        plain = (await library.search(words("ky thuat", Field.TITLE), Window())).total
    assert marked == plain == len(texts)
    assert len(texts) > 100
    assert [place for place, _ in texts] == list(range(1, len(texts) + 1))


ztest = pytest.mark.needs("yaz-ztest")


@ztest
@VERSIONS
async def test_a_test_server_answers_in_every_version(yaz_ztest: Running, version: str) -> None:
    async with asked(yaz_ztest.url, profile="yaz", version=version) as library:
        answer = await library.search(words("computer"), Window(1, 5))
    assert len(answer.placed) == 5
    assert answer.has_more
    assert answer.placed[0].record.title
    assert [placed.place for placed in answer.placed] == [1, 2, 3, 4, 5]


@ztest
@VERSIONS
async def test_records_packed_as_text_are_the_same_records(yaz_ztest: Running, version: str) -> None:
    async with asked(yaz_ztest.url, profile="yaz", version=version, packing="xml") as library:
        as_xml = await library.search(words("computer"), Window(1, 5))
    async with asked(yaz_ztest.url, profile="yaz", version=version, packing="string") as library:
        as_text = await library.search(words("computer"), Window(1, 5))
    assert as_xml.placed == as_text.placed


@ztest
async def test_facets_in_an_answer_do_no_harm(yaz_ztest: Running) -> None:
    facets = {"facetLimit": "10:title"}
    async with asked(yaz_ztest.url, profile="yaz", version="2.0", parameters=facets) as library:
        answer = await library.search(words("computer"), Window(1, 3))
    assert len(answer.placed) == 3


@ztest
async def test_an_unknown_schema_is_replaced_by_the_next(yaz_ztest: Running) -> None:
    async with asked(yaz_ztest.url, profile="yaz", schemas=["nosuch", "marcxml"]) as library:
        answer = await library.search(words("computer"), Window(1, 3))
    assert (len(answer.placed), codes(answer)) == (3, ["notice.other-schema"])
