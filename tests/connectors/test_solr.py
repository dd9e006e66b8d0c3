"""A library's own Solr is asked by its search handler, in the fields that its member file names."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from connectors.battery import Battery
from connectors.formats.stored import record_from_stored
from connectors.questions.field_map import field_map, record_from_fields
from connectors.solr import SYSTEM
from connectors.solr.examine import findings
from connectors.solr.request import solr_query
from connectors.solr.settings import SolrSettings
from connectors.solr.signs import recognise
from engine.errors import FaultError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Not, Or, Query, Window
from engine.ports import Page
from tests.connectors.asked import Scripted, asked, codes, member, titles, words

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


def answer(total: int, *documents: dict[str, object]) -> str:
    return json.dumps({"responseHeader": {"status": 0}, "response": {"numFound": total, "docs": documents}})


def said(query: Query, **settings: object) -> dict[str, str]:
    return dict(solr_query(query, msgspec.convert(settings, SolrSettings)).pairs)


FIELDS = {"any": ["title_t^5", "text"], "title": "title_t"}


def test_one_clause_is_ranked_by_solr_in_the_fields_named() -> None:
    asked_for = said(Query(Clause("kinh tế vi mô")), search=FIELDS)
    assert asked_for == {
        "defType": "edismax", "q": "kinh tế vi mô", "q.op": "AND", "mm": "100%", "uf": "-*", "qf": "title_t^5 text",
    }  # fmt: skip


def test_several_clauses_name_their_fields_outright() -> None:
    query = Query(
        And((Clause("vi mô", field=Field.TITLE), Or((Clause("a"), Clause("b c", is_phrase=True))), Not(Clause("d"))))
    )
    assert said(query, search=FIELDS)["q"] == (
        '((title_t:vi AND title_t:mô) AND ((title_t:a OR text:a) OR (title_t:"b c" OR text:"b c"))'
        " AND NOT (title_t:d OR text:d))"
    )


@pytest.mark.parametrize("text", ['a" OR id:*', "{!func}x", "a) OR (b", "title:x", "_query_:y", "x\\", "a&fq=b"])
def test_words_never_leave_their_term(text: str) -> None:
    """Every letter of the syntax stands inside quotes."""
    found = said(Query(Clause(text)), search=FIELDS)
    outside = "".join(found["q"].replace('\\"', "").replace("\\\\", "").split('"')[::2])
    assert not set(outside) & set('(){}[]:!"\\^~*?&|'), found["q"]


def test_filters_go_to_the_server_where_fields_are_named() -> None:
    filters = Filters(year_from=2010, year_to=2012, languages=("vie",))
    query = Query(Clause("a"), filters=filters)
    settings = SolrSettings(year_filter="nam", language_filter="lang", languages={"vie": "Tiếng Việt"})
    found = solr_query(query, settings)
    assert [value for name, value in found.pairs if name == "fq"] == ["nam:[2010 TO 2012]", 'lang:("Tiếng Việt")']
    assert found.unasked == Filters()
    assert solr_query(query, SolrSettings()).unasked == filters
    assert said(Query(None, filters=filters), year_filter="nam")["q"] == "*:*"
    with pytest.raises(UnsupportedError):
        said(Query(None, filters=filters))


@pytest.mark.parametrize(
    "wrong",
    [
        {"handler": "update"}, {"handler": "admin"}, {"handler": "select/../update"}, {"search": {"any": "a b"}},
        {"search": {"any": "{!x}"}}, {"fields": {"tittle": "t"}}, {"parameters": {"stream.body": "x"}},
        {"parameters": {"shards": "x"}}, {"fields": {"title": "a,b"}},
    ],
)  # fmt: skip
def test_a_member_file_cannot_reach_beyond_the_search_handler(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, SolrSettings)


async def test_only_the_fields_that_are_read_are_asked_for() -> None:
    server = Scripted(lambda _: answer(1, {"id": "1", "ti": "Sách"}))
    async with asked(SYSTEM, server, "http://127.0.0.1/solr/kho/", fields={"title": "ti"}, marc="m") as library:
        await library.search(words("sách"), Window(41, 20))
    params = dict(server.requests[0].url.params)
    assert server.requests[0].url.path == "/solr/kho/select"
    assert (params["fl"], params["start"], params["rows"], params["wt"]) == ("id,ti,m", "40", "20", "json")


async def test_marks_are_left_out_where_nothing_is_found_with_them() -> None:
    server = Scripted(
        lambda request: answer(1, {"id": "1", "ti": "Sach"}) if request.url.params["q"] == "sach" else answer(0)
    )
    async with asked(SYSTEM, server, fields={"title": "ti"}) as library:
        found = await library.search(words("sách"), Window())
    assert (titles(found), codes(found)) == (["Sach"], ["notice.folded"])


async def test_beyond_the_last_place_nothing_is_asked() -> None:
    server = Scripted(lambda _: answer(50_000))
    async with asked(SYSTEM, server, fields={"title": "ti"}, max_start=100) as library:
        found = await library.search(words("sách"), Window(101, 20))
    assert (server.requests, codes(found)) == ([], ["notice.list-capped"])


async def test_faults_and_changed_answers_are_told_apart() -> None:
    answers = {"loi": (500, '{"error":{"msg":"OutOfMemory","code":500}}'), "la": '{"docs":[]}'}
    server = Scripted(lambda request: answers[request.url.params["q"]])
    async with asked(SYSTEM, server, fields={"title": "ti"}, folds_marks=True) as library:
        with pytest.raises(FaultError):
            await library.search(words("loi"), Window())
        with pytest.raises(UnreadableError):
            await library.search(words("la"), Window())


def test_stored_marc_is_read_in_every_form_and_filled_up_by_fields() -> None:
    by = field_map({"material": "kind", "title": "ti"}, "marc", "https://l.example.org/{id}")
    stored = '{"leader":"00000nam a22","fields":[{"245":{"ind1":"1","subfields":[{"a":"Sông Đà"}]}}]}'
    found = record_from_fields({"id": "7", "marc": stored, "kind": "Luận án tiến sĩ", "ti": "Khác"}, by, "m")
    assert found is not None
    assert (found.id, found.title, found.url) == ("7", "Sông Đà", "https://l.example.org/7")
    assert record_from_stored("{}", member="m") is None
    assert record_from_stored("<a/>", member="m") is None
    assert record_from_stored("", member="m") is None


async def test_an_examination_names_the_fields_that_are_not_there() -> None:
    server = Scripted(lambda _: answer(9, {"id": "1", "title_display": "x"}))
    settings = SolrSettings(fields={"title": "title_dispaly"})
    assert SYSTEM.examine is not None
    async with asked(SYSTEM, server) as library:
        found = await SYSTEM.examine(member(SYSTEM, "http://127.0.0.1/solr/kho"), settings, library._door)
    assert [(one.what, one.is_well) for one in found] == [("fields", True), ("fields.missing", False)]
    assert found[1].reason.values == {"fields": "title_dispaly"}
    assert findings(frozenset(), SolrSettings())[0].is_well is False


def test_a_solr_is_told_and_its_fields_guessed() -> None:
    body = answer(3, {"id": "1", "title_display": "x", "fullrecord": "<a/>"}).encode()
    found = recognise(Page("http://127.0.0.1/solr/kho/select?q=*:*", 200, "application/json", body))
    assert found is not None
    assert found.url == "http://127.0.0.1/solr/kho"
    assert found.settings == {"fields": {"title": "title_display"}, "marc": "fullrecord"}
    assert recognise(Page("http://127.0.0.1/", 200, "application/json", b'{"responseHeader":{}}')) is None
    msgspec.convert(found.settings, SolrSettings)
