"""Second tries: each way down is tried once, told, and remembered where it taught something about the server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import FaultError, LienThuError, RefusedError, SettingsError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Not, Or, Query, Window
from tests.connectors.sru.answers import answer, diagnostic, marcxml
from tests.connectors.sru.asking import Scripted, asked, codes, words

ONE = answer([marcxml(1)], total=1)
NOTHING = answer(total=0)
ServerSays = Callable[[dict[str, str]], str | bytes]


def unless(is_right: Callable[[dict[str, str]], bool], number: int, details: str = "") -> Scripted:
    """A server that answers what is right with one record, and all else with a diagnostic."""
    return Scripted(lambda said: ONE if is_right(said) else answer(diagnostics=[diagnostic(number, details)]))


LOWER, OTHER = ["notice.lower-version"], ["notice.other-schema"]


@pytest.mark.parametrize(
    ("server", "settings", "tries", "told"),
    [
        (unless(lambda said: said.get("version") == "1.1", 5, "1.1"), {"version": "2.0"}, 2, LOWER),
        (unless(lambda said: said.get("version") == "1.1", 5), {"version": "2.0"}, 3, LOWER),
        (unless(lambda said: said.get("version") == "1.1", 6, "version"), {"version": "1.2"}, 2, LOWER),
        (unless(lambda said: said["recordSchema"] == "dc", 66, "mods"), {"schemas": ["mods", "dc"]}, 2, OTHER),
        (unless(lambda said: "recordSchema" not in said, 67), {"schemas": ["mods"]}, 2, OTHER),
        (unless(lambda said: "recordSchema" not in said, 8, "recordSchema"), {"schemas": ["mods"]}, 2, OTHER),
        (unless(lambda said: "recordPacking" not in said, 71), {}, 2, []),
        (unless(lambda said: "recordPacking" not in said, 8, "recordPacking"), {}, 2, []),
        (unless(lambda said: "x-me" not in said, 8, "x-me"), {"parameters": {"x-me": "1"}}, 2, []),
        (unless(lambda said: "sortKeys" not in said, 80), {"sort": "dc.date"}, 2, []),
        (unless(lambda said: "sortKeys" not in said, 8, "sortKeys"), {"sort": "dc.date"}, 2, []),
        (unless(lambda said: int(said["maximumRecords"]) <= 10, 6, "maximumRecords"), {}, 2, []),
    ],
    ids=["version named", "version unnamed", "value of version", "schema", "last schema", "schema as parameter",
         "packing", "packing as parameter", "own parameter", "sort", "sort as parameter", "page size"],
)  # fmt: skip
async def test_what_a_server_does_not_know_is_given_up_once_and_for_good(
    server: Scripted, settings: dict[str, object], tries: int, told: list[str]
) -> None:
    server.requests.clear()
    async with asked(transport=server, **settings) as library:
        first = await library.search(words("lúa"), Window())
        assert (len(first.placed), len(server.requests), codes(first)) == (1, tries, told)
        second = await library.search(words("gạo"), Window())
    assert (len(second.placed), len(server.requests), codes(second)) == (1, tries + 1, told)


async def test_surrogate_diagnostics_for_every_record_lead_to_the_next_schema() -> None:
    withheld = answer([diagnostic(66, "dc"), diagnostic(66, "dc")], total=2)
    server = Scripted(lambda said: withheld if said["recordSchema"] == "dc" else ONE)
    async with asked(transport=server, schemas=["dc", "marcxml"]) as library:
        found = await library.search(words("lúa"), Window())
    assert (len(found.placed), codes(found)) == (1, ["notice.other-schema"])


@pytest.mark.parametrize(("number", "details"), [(16, "dc.publisher"), (16, ""), (15, ""), (16, "publisher")])
async def test_an_index_that_is_not_there_is_replaced_by_any(number: int, details: str) -> None:
    server = unless(lambda said: "dc.publisher" not in said["query"], number, details)
    async with asked(transport=server) as library:
        first = await library.search(words("Kim Đồng", Field.PUBLISHER), Window())
        second = await library.search(words("Kim Đồng", Field.PUBLISHER), Window())
        title = await library.search(words("Kim Đồng", Field.TITLE), Window())
    assert codes(first) == codes(second) == ["notice.any-field"]
    assert codes(title) == []
    assert [request["query"].split("=")[0] for request in server.requests] == [
        "(dc.publisher", "(cql.serverChoice", "(cql.serverChoice", "(dc.title",
    ]  # fmt: skip


async def test_an_unnamed_index_among_several_is_given_up_for_this_question_only() -> None:
    server = unless(lambda said: "dc.publisher" not in said["query"], 16)
    two = And((Clause("lúa", field=Field.TITLE), Clause("Đồng", field=Field.PUBLISHER)))
    async with asked(transport=server) as library:
        found = await library.search(Query(two), Window())
        await library.search(words("lúa", Field.TITLE), Window())
    assert codes(found) == ["notice.any-field", "notice.any-field"]
    assert server.requests[1]["query"] == '(cql.serverChoice="lúa" and cql.serverChoice="Đồng")'
    assert server.requests[2]["query"] == 'dc.title="lúa"'


async def test_a_server_that_does_not_know_even_any_gets_bare_terms() -> None:
    server = unless(lambda said: "cql." not in said["query"], 16, "cql.serverChoice")
    async with asked(transport=server) as library:
        found = await library.search(words("lúa gạo"), Window())
    assert found.total == 1
    assert server.requests[-1]["query"] == '("lúa" and "gạo")'


async def test_a_year_index_that_is_not_there_leaves_the_filter_to_us() -> None:
    records = [marcxml(1, "Cũ", fields=""), marcxml(2, "Mới")]
    server = Scripted(
        lambda said: answer(diagnostics=[diagnostic(16)]) if "dc.date" in said["query"] else answer(records, total=2)
    )
    async with asked(transport=server, year_index="dc.date", year_form="range") as library:
        found = await library.search(words("lúa", filters=Filters(year_from=2010)), Window())
    assert (len(found.placed), codes(found)) == (2, ["notice.filtered-here"])


async def test_relations_become_plain_where_the_server_knows_no_others() -> None:
    server = unless(lambda said: " all " not in said["query"] and ">=" not in said["query"], 19, "all")
    wanted = words("lúa gạo", Field.TITLE, filters=Filters(year_from=2010, year_to=2011))
    async with asked(transport=server, words="all", year_index="dc.date", year_form="range") as library:
        found = await library.search(wanted, Window())
    assert found.total == 1
    assert server.requests[-1]["query"] == (
        '((dc.title="lúa" and dc.title="gạo") and (dc.date="2010" or dc.date="2011"))'
    )


async def test_masking_is_left_off_where_the_server_does_not_know_it() -> None:
    server = unless(lambda said: "*" not in said["query"], 28)
    async with asked(transport=server, truncation="*") as library:
        found = await library.search(Query(Clause("lúa", is_truncated=True)), Window())
    assert (found.total, codes(found)) == (1, ["notice.no-truncation"])


@pytest.mark.parametrize(
    ("details", "told"), [("not", "notice.dropped-exclusion"), ("or", "notice.dropped-alternatives")]
)
async def test_a_boolean_that_the_server_does_not_know_is_left_out_and_told(details: str, told: str) -> None:
    server = unless(lambda said: f" {details} " not in said["query"], 37, details)
    tree = And((Clause("lúa"), Not(Clause("mì")))) if details == "not" else Or((Clause("lúa"), Clause("gạo")))
    async with asked(transport=server) as library:
        found = await library.search(Query(tree), Window())
    assert (found.total, codes(found)) == (1, [told])


async def test_escapes_are_left_out_where_the_server_takes_them_for_a_syntax_error() -> None:
    server = unless(lambda said: "\\" not in said["query"], 10)
    async with asked(transport=server) as library:
        found = await library.search(Query(Clause('nói "thật"', is_phrase=True)), Window())
    assert found.total == 1
    assert server.requests[-1]["query"] == 'cql.serverChoice="nói thật"'


# Nothing found -------------------------------------------------------------------------------


async def test_marked_words_that_find_nothing_are_asked_again_without_marks() -> None:
    server = Scripted(lambda said: ONE if "lua gao" in said["query"] else NOTHING)
    async with asked(transport=server) as library:
        found = await library.search(Query(Clause("lúa gạo", is_phrase=True)), Window())
        other = await library.search(Query(Clause("đất", is_phrase=True)), Window())
    assert (found.total, codes(found)) == (1, ["notice.folded"])
    assert (other.total, codes(other)) == (0, [])
    assert [request["query"] for request in server.requests] == [
        'cql.serverChoice="lúa gạo"', 'cql.serverChoice="lua gao"', 'cql.serverChoice="đất"', 'cql.serverChoice="dat"',
    ]  # fmt: skip


async def test_the_second_page_of_folded_words_is_folded_too() -> None:
    beyond = answer(total=0, diagnostics=[diagnostic(61)])
    server = Scripted(lambda said: answer([marcxml(21)], total=21) if "lua" in said["query"] else beyond)
    async with asked(transport=server) as library:
        found = await library.search(words("lúa"), Window(21, 20))
    assert ([placed.place for placed in found.placed], codes(found)) == ([21], ["notice.folded"])


@pytest.mark.parametrize(("text", "said"), [("lua gao", {}), ("lúa gạo", {"folded_fallback": False})])
async def test_words_are_asked_once_where_folding_would_change_nothing_or_is_off(
    text: str, said: dict[str, object]
) -> None:
    server = Scripted(lambda _: NOTHING)
    async with asked(transport=server, **said) as library:
        found = await library.search(words(text), Window())
    assert (found.total, found.placed, len(server.requests)) == (0, (), 1)


async def test_words_sent_side_by_side_that_find_nothing_are_asked_one_by_one() -> None:
    server = Scripted(lambda said: ONE if " and " in said["query"] else NOTHING)
    async with asked(transport=server, words="phrase") as library:
        found = await library.search(words("Du Nguyễn", Field.PERSON), Window())
    assert (found.total, codes(found)) == (1, ["notice.words-for-phrase"])
    assert len(server.requests) == 2


async def test_a_phrase_that_the_reader_asked_for_stays_a_phrase() -> None:
    server = Scripted(lambda _: NOTHING)
    async with asked(transport=server, words="phrase") as library:
        await library.search(Query(Clause("du nguyen", is_phrase=True)), Window())
    assert [request["query"] for request in server.requests] == ['cql.serverChoice="du nguyen"']


# Bounds and failures -------------------------------------------------------------------------


async def test_a_search_costs_at_most_four_requests_whatever_the_server_says() -> None:
    numbers = iter([5, 66, 71, 80, 16, 28, 19, 37] * 5)
    server = Scripted(lambda _: answer(diagnostics=[diagnostic(next(numbers))]))
    async with asked(transport=server, version="2.0", sort="x", truncation="*") as library:
        with pytest.raises(LienThuError):
            await library.search(words("lúa gạo", Field.TITLE), Window())
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("number", "kind"), [(1, FaultError), (3, RefusedError), (4, SettingsError), (48, UnsupportedError)]
)
async def test_a_diagnostic_without_second_try_is_a_failure_at_once(number: int, kind: type[LienThuError]) -> None:
    server = unless(lambda _: False, number)
    async with asked(transport=server) as library:
        with pytest.raises(kind):
            await library.search(words("lúa"), Window())
    assert len(server.requests) == 1


async def test_what_did_not_work_is_not_remembered() -> None:
    is_down = True
    server = Scripted(
        lambda said: answer(diagnostics=[diagnostic(1 if said["recordSchema"] == "dc" else 66)]) if is_down else ONE
    )
    async with asked(transport=server, schemas=["marcxml", "dc"]) as library:
        with pytest.raises(FaultError):
            await library.search(words("lúa"), Window())
        is_down = False
        await library.search(words("lúa"), Window())
    assert [request["recordSchema"] for request in server.requests] == ["marcxml", "dc", "marcxml"]
