"""Real servers answer: zebrasrv with records, yaz-ztest with whatever it makes up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from connectors.line import open_dial
from connectors.z3950 import SYSTEM, Z3950Settings, recognise_port
from connectors.z3950.apdu import decode
from connectors.z3950.connector import Z3950OpacConnector
from engine.errors import FaultError, UnreachableError, UnreadableError, UnsupportedError
from engine.model import And, Clause, Field, Filters, Not, Or, Service, Window
from engine.ports import AvailabilityConnector, Door
from tests.connectors.z3950.speaking import asked, codes, ids, member, query, words
from tests.servers import REPORTS, Running, free_port

zebra = pytest.mark.needs("zebrasrv")
ztest = pytest.mark.needs("yaz-ztest")


def at(server: Running) -> str:
    return f"z3950://127.0.0.1:{server.port}/{server.database}"


@zebra
async def test_a_catalogue_with_marks_apart_is_asked_so_where_its_file_says_it(zebra_apart: Running) -> None:
    typed = words("đất và nước", Field.TITLE)
    async with asked(at(zebra_apart), profile="koha", syntaxes=["xml"]) as library:
        assert ids(await library.search(typed, Window())) == []
    async with asked(at(zebra_apart), profile="koha", syntaxes=["xml"], marks_apart=True) as library:
        assert ids(await library.search(typed, Window())) == ["sv0006"]


@zebra
async def test_a_title_is_found_and_read_whole(zebra_icu: Running) -> None:
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"]) as library:
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
        (
            And((
                Or((Clause("kiều"), Clause("clean"), Clause("kinh tế", field=Field.TITLE))),
                Not(Or((Clause("dũng"), And((Clause("clean"), Clause("code")))))),
                Not(Clause("zzzz")),
            )),
            {"sv0002", "sv0004"},
        ),
        (Clause("econom", field=Field.TITLE, is_truncated=True), {"sv0005"}),
        (Clause("principles of econom", field=Field.TITLE, is_truncated=True), {"sv0005"}),
        (Clause("zzzz"), set()),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("manner", ["list", "and", "phrase"])
async def test_fields_and_booleans_find_what_they_should(
    zebra_icu: Running, asked_for: Clause | And | Or, expected: set[str], manner: str
) -> None:
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"], words=manner) as library:
        answer = await library.search(query(asked_for), Window())
    assert set(ids(answer)) == expected
    assert answer.total == len(expected)


@zebra
async def test_words_without_marks_find_titles_with_marks_where_the_server_folds(zebra_icu: Running) -> None:
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"]) as library:
        plain = await library.search(words("kinh te vi mo", Field.TITLE), Window())
        marked = await library.search(words("kinh tế vi mô", Field.TITLE), Window())
    assert set(ids(plain)) == set(ids(marked)) == {"sv0003", "sv0004"}
    assert codes(marked) == []


@zebra
async def test_folded_words_are_tried_where_marked_ones_find_nothing(zebra_icu: Running) -> None:
    # Without negotiation this Zebra takes terms for ISO 8859-1, and finds no word with marks.
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"], charset_negotiation=False) as library:
        answer = await library.search(words("kinh tế vi mô", Field.TITLE), Window())
        nothing = await library.search(words("zzzẽ"), Window())
    assert set(ids(answer)) == {"sv0003", "sv0004"}
    assert codes(answer) == ["notice.folded"]
    assert (nothing.total, codes(nothing)) == (0, [])


@zebra
async def test_a_server_that_does_not_fold_tells_the_reader_to_type_marks(zebra_chr: Running) -> None:
    async with asked(at(zebra_chr), profile="koha", syntaxes=["xml"]) as library:
        plain = await library.search(words("dat va nuoc", Field.TITLE), Window())
    assert (plain.total, codes(plain)) == (0, ["notice.marks-needed"])


@zebra
async def test_paging_gives_every_record_once(zebra_icu: Running) -> None:
    seen: list[tuple[int, str]] = []
    start = 1
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"], chunk=7) as library:
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
async def test_a_window_beyond_the_end_is_empty_and_no_failure(zebra_icu: Running) -> None:
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"]) as library:
        answer = await library.search(words("báo cáo khảo sát", Field.TITLE), Window(1001, 20))
    assert (answer.placed, answer.total, answer.has_more) == ((), REPORTS, False)


@zebra
async def test_a_field_without_index_is_looked_for_anywhere_and_that_is_remembered(zebra_icu: Running) -> None:
    async with asked(at(zebra_icu), profile="generic", charset_negotiation=True, syntaxes=["xml"]) as library:
        first = await library.search(words("kim đồng", Field.SERIES), Window())
        again = await library.search(words("kim đồng", Field.SERIES), Window())
        assert 5 not in {use for use in library._speaking.uses.values() if isinstance(use, int)}
    assert ids(first) == ids(again) == ["sv0002"]
    assert "notice.any-field" in codes(first)
    assert codes(first) == codes(again)


@zebra
async def test_a_syntax_that_the_server_lacks_gives_way_to_the_next_and_that_is_remembered(zebra_icu: Running) -> None:
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["marc21", "sutrs", "xml"]) as library:
        answer = await library.search(words("clean code"), Window())
        assert library._speaking.syntaxes == ("xml",)
    assert ids(answer) == ["sv0001"]
    assert codes(answer) == ["notice.other-syntax"]


@zebra
async def test_years_and_languages_are_filtered_by_the_server_or_here(zebra_icu: Running) -> None:
    filters = Filters(year_from=2010, year_to=2012, languages=("eng",))
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"]) as library:
        answer = await library.search(words("economics", filters=filters), Window())
        other = await library.search(words("economics", filters=Filters(year_from=2012, year_to=2013)), Window())
        here = await library.search(words("economics", filters=Filters(languages=("vie",))), Window())
    assert ids(answer) == ["sv0005"]
    assert (ids(other), other.total) == ([], 0)
    assert (ids(here), codes(here)) == ([], ["notice.filtered-here"])


@zebra
async def test_an_unavailable_database_is_a_failure_and_never_no_hits(zebra_icu: Running) -> None:
    async with asked(f"z3950://127.0.0.1:{zebra_icu.port}/nowhere") as library:
        with pytest.raises(FaultError, match="diagnostic 109"):
            await library.search(words("x"), Window())
        with pytest.raises(FaultError, match="diagnostic 109"):
            await library.probe()


@zebra
async def test_a_list_of_terms_can_be_scanned(zebra_icu: Running) -> None:
    async with asked(at(zebra_icu), profile="yaz") as library:
        scanned = await library.scan(Field.TITLE, "khao", 3)
    assert scanned.terms[0] == ("khao", REPORTS)
    assert len(scanned.terms) == 3


@ztest
async def test_a_server_that_drops_a_scan_is_a_failure_of_that_scan_only(yaz_ztest: Running) -> None:
    async with asked(at(yaz_ztest)) as library:
        with pytest.raises(UnreadableError, match="closed without an answer"):
            await library.scan(Field.TITLE, "x", 99999)
        answer = await library.search(words("computer"), Window(1, 2))
    assert len(answer.placed) == 2


@zebra
async def test_an_association_is_kept_and_shared_and_its_result_set_used_again(zebra_icu: Running) -> None:
    who = member(at(zebra_icu))
    sent: list[str] = []

    class Counting:
        def __init__(self) -> None:
            self.lines = 0
            self.inner = open_dial(who, clock=lambda: 0.0)
            self.turn = self.inner.turn

        async def __call__(self, host: str, port: int) -> Counted:
            self.lines += 1
            return Counted(await self.inner(host, port))

    class Counted:
        def __init__(self, line: object) -> None:
            self.line = line

        def __getattr__(self, name: str) -> object:
            return getattr(self.line, name)

        async def send(self, content: bytes) -> None:
            sent.append(decode(content)[0])
            await self.line.send(content)  # type: ignore[attr-defined]  # it is a line

    dial = Counting()
    async with asked(at(zebra_icu), dial=dial, profile="yaz", syntaxes=["xml"]) as library:  # type: ignore[arg-type]  # a line by any other name
        await library.search(words("báo cáo", Field.TITLE), Window(1, 20))
        await library.search(words("báo cáo", Field.TITLE), Window(21, 20))
        await library.search(words("clean code"), Window(1, 20))
    assert dial.lines == 1
    assert sent == [
        "initRequest",
        "searchRequest",
        "presentRequest",
        "presentRequest",
        "searchRequest",
        "presentRequest",
    ]


@ztest
async def test_a_marc_8_record_becomes_unicode(yaz_ztest: Running) -> None:
    async with asked(at(yaz_ztest)) as library:
        answer = await library.search(words("computer"), Window(1, 5))
    assert answer.placed[0].record.title == "How to program a computer"
    assert len(answer.placed) == 5


@pytest.fixture(scope="module")
def bare_ztest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A yaz-ztest as it comes, with all of its record syntaxes."""
    from tests.servers import _running  # noqa: PLC0415 -- only here

    port = free_port()
    folder: Path = tmp_path_factory.mktemp("bare_ztest")
    with _running(["yaz-ztest", "-l", "server.log", "-v", "none", f"tcp:127.0.0.1:{port}"], folder, port):
        yield Running(f"http://127.0.0.1:{port}/Default", port, "Default")


@ztest
async def test_opac_records_bring_holdings_and_circulation(bare_ztest: Running) -> None:
    async with asked(at(bare_ztest), syntaxes=["opac"]) as library:
        answer = await library.search(words("computer"), Window(1, 3))
    record = answer.placed[0].record
    assert record.title == "How to program a computer"
    (holding, *_) = record.holdings
    assert holding.availability is not None
    assert holding.availability[0].service is Service.LOAN


@ztest
@pytest.mark.parametrize("syntax", ["sutrs", "marc21", "xml"])
async def test_other_syntaxes_are_read_or_give_way(bare_ztest: Running, syntax: str) -> None:
    async with asked(at(bare_ztest), syntaxes=[syntax, "marc21"]) as library:
        answer = await library.search(words("computer"), Window(1, 3))
    assert [placed.place for placed in answer.placed] == [1, 2, 3]
    assert all(placed.record.title for placed in answer.placed)


@ztest
async def test_availability_is_asked_by_id_in_opac_records(bare_ztest: Running) -> None:
    async with asked(at(bare_ztest), opac=True) as library:
        assert isinstance(library, Z3950OpacConnector)
        answer = await library.search(words("computer"), Window(1, 1))
        told = await library.availability([answer.placed[0].record])
    assert set(told) == {answer.placed[0].record.id}
    assert told[answer.placed[0].record.id][0].call_number


@zebra
async def test_a_server_without_opac_records_says_so(zebra_icu: Running) -> None:
    async with asked(at(zebra_icu), profile="yaz", syntaxes=["xml"], opac=True) as library:
        assert isinstance(library, Z3950OpacConnector)
        answer = await library.search(words("clean code"), Window(1, 1))
        with pytest.raises(UnsupportedError, match="OPAC"):
            await library.availability([answer.placed[0].record])


async def test_a_member_without_opac_is_never_asked_for_copies() -> None:
    async with asked("z3950://127.0.0.1:1/x") as library:
        assert not isinstance(library, AvailabilityConnector)


async def test_nobody_at_the_port_is_unreachable() -> None:
    async with asked(f"z3950://127.0.0.1:{free_port()}/x") as library:
        with pytest.raises(UnreachableError, match="no connection"):
            await library.search(words("x"), Window())


async def test_a_private_address_is_not_dialled_unless_the_member_file_says_so() -> None:
    async with asked("z3950://127.0.0.1:1/x", manners={"private_network": False}) as library:
        with pytest.raises(UnreachableError, match="loopback"):
            await library.search(words("x"), Window())


@zebra
async def test_zebra_is_told_by_protocol_with_its_database_and_its_sru(zebra_icu: Running) -> None:
    dial = open_dial(member(), clock=lambda: 0.0)
    found = await recognise_port(dial, "127.0.0.1", zebra_icu.port)
    assert found.z3950 is not None
    assert found.z3950.url == at(zebra_icu)
    assert (found.z3950.name, found.z3950.settings) == ("Biblios", {"profile": "koha"})
    assert "Zebra" in str(found.z3950.evidence.values["server"])
    assert found.sru is not None
    assert (found.sru.url, found.sru.name) == (zebra_icu.url, "Biblios")


@ztest
async def test_yaz_ztest_is_told_by_protocol(bare_ztest: Running) -> None:
    who = member(f"z3950://127.0.0.1:{bare_ztest.port}")
    assert SYSTEM.recognise_port is not None
    found = await SYSTEM.recognise_port(who, Door(None, lambda: 0.0, open_dial(who, clock=lambda: 0.0)))  # type: ignore[arg-type]  # asks no HTTP
    assert found is not None
    assert (found.url, found.settings, found.is_sure) == (at(bare_ztest), {"profile": "yaz"}, True)


@zebra
async def test_an_examination_finds_out_what_works(zebra_icu: Running) -> None:
    who = member(at(zebra_icu))
    settings = msgspec.convert({"profile": "yaz", "syntaxes": ["xml", "sutrs"]}, Z3950Settings)
    door = Door(None, lambda: 0.0, open_dial(who, clock=lambda: 0.0))  # type: ignore[arg-type]  # asks no HTTP
    assert SYSTEM.examine is not None
    findings = {
        one.what: one.reason.code.removeprefix("finding.z3950.") for one in await SYSTEM.examine(who, settings, door)
    }
    assert findings["version"] == "version"
    assert findings["charset"] == "charset"
    assert (findings["syntax.xml"], findings["syntax.sutrs"]) == ("syntax", "no-syntax")
    assert (findings["field.title"], findings["field.issn"]) == ("field", "field-refused")
    assert (findings["booleans"], findings["marks"], findings["scan"]) == ("booleans", "marks", "scan")
