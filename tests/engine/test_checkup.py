"""What a check finds wrong with a server that is wrong in one way, in sentences that somebody can act on."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import re
import ssl
import unicodedata
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest
from rich.console import Console

from engine.checkup import Checkup, Verdict, check_member
from engine.checkup.findings import wanting, well
from engine.checkup.judging import about_paging
from engine.checkup.listening import Listener
from engine.checkup.moved import moved_to
from engine.checkup.samples import decomposed, holds, sample, with_wrong_tones
from engine.checkup.telling import as_html, as_json, label, print_summary
from engine.checkup.tls import look_at_tls
from engine.errors import FaultError, LienThuError, UnreachableError, UnreadableError, UnsupportedError
from engine.model import (
    Answer,
    Availability,
    Clause,
    Expression,
    Field,
    Holding,
    Identifier,
    Person,
    Placed,
    Query,
    Raw,
    Reason,
    Record,
    Scheme,
    Service,
    Window,
)
from engine.ports import Door, Finding, Manners, Member, Names, System
from engine.sentences import LANGUAGES, say, sentences
from engine.text import folded_key

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC).timestamp()
CERTIFICATES = Path(__file__).parents[1] / "connectors" / "http" / "certificates"
MEMBER = Member(
    id="thu-vien",
    system="made-up",
    url="http://lib.example.org/",
    name=Names("Thư viện", "Library"),
    window=10,
    manners=Manners(spacing_ms=0, private_network=True),
)
RECORDS = tuple(
    Record(
        "thu-vien",
        f"r{number}",
        f"Kinh tế vĩ mô {number}",
        people=(Person("Trần Văn Hùng"),),
        publisher="Giáo dục",
        year=2000 + number,
        subjects=("Kinh tế học",),
        identifiers=(Identifier(Scheme.ISBN, "9786049270086"),),
        url=f"http://lib.example.org/{number}",
    )
    for number in range(25)
)


POOR = tuple(Record("thu-vien", f"{number}", f"Kinh tế {number}") for number in range(9))


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table without keys."""


class Catalogue:
    """A server that finds words in its records, whatever their marks. Tests change what it does."""

    fields = frozenset({Field.ANY, Field.TITLE, Field.PERSON, Field.SUBJECT, Field.PUBLISHER, Field.ISBN})

    def __init__(self, records: Sequence[Record] = RECORDS) -> None:
        self.records = records
        self.asked: list[str] = []

    async def search(self, query: Query, window: Window) -> Answer:
        clause = query.expression
        assert isinstance(clause, Clause) or clause is not None
        text, field = said(clause)
        self.asked.append(text)
        found = self.found(text, field)
        part = found[window.start - 1 : window.start - 1 + window.count]
        placed = tuple(Placed(place, record) for place, record in enumerate(part, window.start))
        return Answer("thu-vien", placed, total=self.total(found), asked_at=NOW, took_s=0.0)

    def found(self, text: str, field: Field) -> list[Record]:
        key = folded_key(text).split()
        return [record for record in self.records if set(key) <= set(self.words(record, field))]

    def words(self, record: Record, field: Field) -> list[str]:
        told = [record.title, *(person.name for person in record.people), *record.subjects, record.publisher or ""]
        told += [one.value for one in record.identifiers]
        del field
        return folded_key(" ".join(told)).split()

    def total(self, found: list[Record]) -> int | None:
        return len(found)

    async def probe(self) -> None:
        """Answer."""

    async def close(self) -> None:
        """Hold nothing."""


def said(expression: Expression) -> tuple[str, Field]:
    """The words of a question of one clause, or of several in one field."""
    if isinstance(expression, Clause):
        return expression.text, expression.field
    parts = getattr(expression, "parts", ())
    return " ".join(part.text for part in parts if isinstance(part, Clause)), Field.ANY


def answer_nothing(_: httpx.Request) -> httpx.Response:
    return httpx.Response(404)


async def no_pause(_: float) -> None:
    """Wait for nothing."""


async def checked(
    catalogue: Catalogue,
    member: Member = MEMBER,
    robots: Callable[[httpx.Request], httpx.Response] = answer_nothing,
    *,
    examine: Callable[..., object] | None = None,
) -> Checkup:
    system = System("made-up", Nothing, lambda *_: catalogue, examine=examine)  # type: ignore[arg-type]  # as a System has it
    client = httpx.AsyncClient(transport=httpx.MockTransport(robots))
    return await check_member(member, Nothing(), system, Door(client, lambda: NOW), pause=no_pause)


def codes(checkup: Checkup, verdict: Verdict) -> dict[str, str]:
    return {line.what: line.reason.code for line in checkup.lines if line.verdict is verdict}


async def test_a_server_that_does_all_well_has_nothing_to_mend() -> None:
    catalogue = Catalogue()
    checkup = await checked(catalogue)
    assert checkup.deviations == ()
    assert (checkup.answers, checkup.fields, checkup.searchable) == (True, 5, 5)
    assert codes(checkup, Verdict.WELL) == {
        "answers": "checkup.answers.well", "records": "checkup.records.well", "field.title": "checkup.field.well",
        "field.person": "checkup.field.well", "field.subject": "checkup.field.well",
        "field.publisher": "checkup.field.well", "field.isbn": "checkup.field.well",
        "marks.bare": "checkup.marks.bare-same", "marks.wrong": "checkup.marks.wrong-same",
        "marks.apart": "checkup.marks.apart", "paging": "checkup.paging.well", "nothing": "checkup.nothing.well",
        "odd": "checkup.odd.well", "encoding": "checkup.encoding.well", "robots": "checkup.robots.well",
        "times": "checkup.times.well",
    }  # fmt: skip
    assert len(catalogue.asked) <= 15
    assert checkup.checked_at == NOW


class Unfolding(Catalogue):
    """Finds words with their very marks only."""

    def found(self, text: str, field: Field) -> list[Record]:
        del field
        return [record for record in self.records if set(text.lower().split()) <= set(record.title.lower().split())]


class Apart(Catalogue):
    """Finds words as they are stored only: in NFD."""

    def found(self, text: str, field: Field) -> list[Record]:
        del field
        stored = [(record, unicodedata.normalize("NFD", record.title).lower().split()) for record in self.records]
        return [record for record, words in stored if set(text.lower().split()) <= set(words)]


class Repeating(Catalogue):
    """Gives its first records whatever place is asked for."""

    async def search(self, query: Query, window: Window) -> Answer:
        answer = await super().search(query, Window(1, window.count))
        placed = tuple(Placed(window.start + at, one.record) for at, one in enumerate(answer.placed))
        return msgspec.structs.replace(answer, placed=placed)


class Overlapping(Catalogue):
    """Gives the last record of a page once more on the next."""

    async def search(self, query: Query, window: Window) -> Answer:
        return await super().search(query, Window(max(1, window.start - 1), window.count))


class Capped(Catalogue):
    """Gives no more than ten of what it tells of."""

    async def search(self, query: Query, window: Window) -> Answer:
        answer = await super().search(query, window)
        return answer if window.start == 1 else msgspec.structs.replace(answer, placed=())


class Guessing(Catalogue):
    """Counts differently each time."""

    def total(self, found: list[Record]) -> int | None:
        return len(found) + len(self.asked) if found else 0


class Uncounting(Catalogue):
    """Does not count."""

    def total(self, found: list[Record]) -> int | None:
        return None if found else 0


class Obliging(Catalogue):
    """Shows something else where it finds nothing."""

    def found(self, text: str, field: Field) -> list[Record]:
        return super().found(text, field) or list(self.records[:3])


class Loose(Catalogue):
    """Looks for persons everywhere and finds others."""

    def found(self, text: str, field: Field) -> list[Record]:
        if field is Field.PERSON:
            return [msgspec.structs.replace(record, people=(Person("Ai Đó"),)) for record in self.records[:4]]
        return super().found(text, field)


class Failing(Catalogue):
    """Fails for some words or fields."""

    def __init__(self, failure: LienThuError, *, text: str = "", field: Field | None = None) -> None:
        super().__init__()
        self.failure, self.text, self.field = failure, text, field

    def found(self, text: str, field: Field) -> list[Record]:
        if (self.text and self.text in text) or field is self.field:
            raise self.failure
        return super().found(text, field)


class Unclear(Catalogue):
    """Says in no way that can be read that it finds nothing."""

    def found(self, text: str, field: Field) -> list[Record]:
        if found := super().found(text, field):
            return found
        raise UnreadableError("no count")


@pytest.mark.parametrize(
    ("catalogue", "what", "code"),
    [
        (Unfolding(), "marks.bare", "checkup.marks.bare-nothing"),
        (Unfolding(), "marks.apart", "checkup.marks.apart-lost"),
        (Apart(), "marks.apart", "checkup.marks.only-apart"),
        (Repeating(), "paging", "checkup.paging.same"),
        (Overlapping(), "paging", "checkup.paging.repeats"),
        (Capped(), "paging", "checkup.paging.empty"),
        (Guessing(), "paging", "checkup.paging.totals"),
        (Uncounting(), "paging.total", "checkup.paging.no-total"),
        (Obliging(), "nothing", "checkup.nothing.something"),
        (Loose(), "field.person", "checkup.field.loose"),
        (Failing(FaultError("x"), field=Field.SUBJECT), "field.subject", "checkup.fails.fault"),
        (Failing(UnreadableError("no count"), text="qxzjwvk"), "nothing", "checkup.nothing.fails"),
        (Failing(FaultError("HTTP 500"), text="c++"), "odd", "checkup.odd.fails"),
        (Catalogue(POOR), "records", "checkup.records.few"),
        (Catalogue(RECORDS[:3]), None, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Catalogue) else None,
)  # fmt: skip
async def test_a_deviation_is_named(catalogue: Catalogue, what: str | None, code: str) -> None:
    checkup = await checked(catalogue)
    wrong = codes(checkup, Verdict.WANTING)
    assert (wrong.get(what) if what else code) == code
    for line in checkup.deviations:
        assert all(len(say(line.reason, language)) > 20 for language in LANGUAGES)


async def test_where_no_hits_cannot_be_read_odd_signs_are_not_blamed() -> None:
    checkup = await checked(Unclear())
    assert codes(checkup, Verdict.WANTING) == {"nothing": "checkup.nothing.fails"}
    assert codes(checkup, Verdict.UNKNOWN)["odd"] == "checkup.odd.unread"


async def test_what_cannot_be_searched_is_unknown_and_no_deviation() -> None:
    checkup = await checked(Failing(UnsupportedError("no"), field=Field.PUBLISHER))
    unknown = codes(checkup, Verdict.UNKNOWN)
    assert unknown["field.publisher"] == "checkup.field.none"
    assert unknown["field.series"] == "checkup.field.none"
    assert unknown["availability"] == "checkup.availability.none"
    assert checkup.deviations == ()


async def test_a_server_that_does_not_answer_costs_one_line_and_is_not_asked_on() -> None:
    catalogue = Failing(UnreachableError("no connection"), text="kinh")
    checkup = await checked(catalogue)
    assert checkup.answers is False
    assert codes(checkup, Verdict.WANTING) == {"answers": "checkup.fails.unreachable"}
    assert catalogue.asked == ["kinh tế"]
    assert checkup.median_ms is None


async def test_a_catalogue_that_finds_nothing_common_is_told() -> None:
    checkup = await checked(Catalogue(()))
    assert codes(checkup, Verdict.WANTING)["answers"] == "checkup.answers.nothing"


async def test_old_encodings_lost_letters_and_marks_apart_are_told() -> None:
    raw = (Raw("title", "Kinh t?", "tcvn3"),)
    records = tuple(msgspec.structs.replace(record, raw=raw) for record in RECORDS)
    checkup = await checked(Catalogue(records))
    (line,) = [line for line in checkup.deviations if line.what == "encoding.old"]
    assert line.reason.values == {"count": 10, "all": 10, "kinds": "tcvn3"}


@pytest.mark.parametrize(
    ("content_type", "body", "heard"),
    [
        ("text/xml", "<a>Kinh tế</a>".encode(), (0, 0, 0, 0)),
        ("text/xml", decomposed("<a>Kinh tế</a>").encode(), (1, 0, 0, 0)),
        ("text/xml", "<a>Kinh t\ufffd</a>".encode(), (0, 1, 0, 0)),
        ("text/html", "<a>Hà Nội</a>".encode("cp1258", "replace"), (0, 0, 1, 0)),
        ("text/html; charset=windows-1258", "<a>Hà</a>".encode("cp1258"), (0, 0, 0, 0)),
        ("text/html", b'<?xml version="1.0"?><a/>', (0, 0, 0, 1)),
        ("application/marc", b"00123nam a2200049 a 4500\xe1a", (0, 0, 0, 0)),
    ],
)
def test_what_is_heard_of_encodings(content_type: str, body: bytes, heard: tuple[int, ...]) -> None:
    listener = Listener(httpx.AsyncClient())
    listener.hear(content_type, body)
    assert (listener.decomposed, listener.lost, listener.undeclared, listener.mistyped) == heard


SEARCH, OTHER = "http://lib.example.org/opac/search?q=1", "http://lib.example.org/opac/search?q=2"
RECORD = "http://lib.example.org/opac/detail?n=7"


@pytest.mark.parametrize(
    ("led", "address"),
    [
        ([(SEARCH, SEARCH), (OTHER, OTHER)], None),
        ([(SEARCH, RECORD), (OTHER, OTHER)], None),  # a single hit is led to its record
        ([(SEARCH, RECORD), (OTHER, RECORD)], None),  # and each time the same one
        ([(SEARCH, SEARCH.replace("http:", "https:"))], None),  # once is no habit
        ([(url, url.replace("http:", "https:")) for url in (SEARCH, OTHER)], "https://lib.example.org/opac"),
        ([(url, url.replace("lib.", "www.lib.")) for url in (SEARCH, OTHER)], "http://www.lib.example.org/opac"),
        ([(url, url.replace("/opac/", "/moi/opac/")) for url in (SEARCH, OTHER)], "http://lib.example.org/moi/opac"),
        ([(url, url.replace("/opac/", "/")) for url in (SEARCH, OTHER)], "http://lib.example.org/"),
        ([(url, "http://sso.example.org/login") for url in (SEARCH, OTHER)], None),
        ([("http://cdn.example.org/a", "https://cdn.example.org/a")] * 2, None),
    ],
)
def test_only_an_address_that_has_moved_is_told(led: list[tuple[str, str]], address: str | None) -> None:
    ends = [(httpx.URL(asked), httpx.URL(came)) for asked, came in led]
    assert moved_to("http://lib.example.org/opac", ends) == address


def test_an_address_that_is_asked_itself_moves_as_a_whole() -> None:
    asked, came = httpx.URL("http://lib.example.org/biblios?v=1"), httpx.URL("https://sru.example.org/b?v=1")
    assert moved_to("http://lib.example.org/biblios", [(asked, came)] * 2) == "https://sru.example.org/b"


class Moved(Catalogue):
    """Asks over HTTP, and is led on."""

    def __init__(self, client: list[httpx.AsyncClient]) -> None:
        super().__init__()
        self.client = client

    async def search(self, query: Query, window: Window) -> Answer:
        await self.client[0].get("http://lib.example.org/search")
        return await super().search(query, window)


async def test_a_search_that_is_led_on_each_time_is_told_with_the_new_address() -> None:
    def lead_on(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return httpx.Response(301, headers={"Location": str(request.url.copy_with(scheme="https"))})
        return httpx.Response(200, text="")

    client = httpx.AsyncClient(transport=httpx.MockTransport(lead_on), follow_redirects=True)
    catalogue = Moved([client])
    system = System("made-up", Nothing, lambda *_: catalogue)  # type: ignore[arg-type]  # as a System has it
    checkup = await check_member(MEMBER, Nothing(), system, Door(client, lambda: NOW), pause=no_pause)
    (line,) = [line for line in checkup.deviations if line.what == "redirects"]
    assert line.reason.values == {"url": "https://lib.example.org/"}


@pytest.mark.parametrize(
    ("robots", "code"),
    [("User-agent: *\nDisallow: /\n", "checkup.robots.forbids"), ("User-agent: *\nDisallow: /admin\n", None)],
)
async def test_robots_that_forbid_are_told(robots: str, code: str | None) -> None:
    checkup = await checked(Catalogue(), robots=lambda _: httpx.Response(200, text=robots))
    assert codes(checkup, Verdict.WANTING).get("robots") == code


async def test_what_the_system_itself_finds_out_stands_in_the_report() -> None:
    async def examine(*_: object) -> tuple[Finding, ...]:
        return (Finding("version", is_well=False, reason=Reason("finding.sru.no-explain")),)

    checkup = await checked(Catalogue(), examine=examine)
    assert codes(checkup, Verdict.WANTING) == {"version": "finding.sru.no-explain"}


class Lending(Catalogue):
    """Tells what can be had, or nothing, or fails."""

    told: dict[str, tuple[Holding, ...]] | LienThuError = {}  # noqa: RUF012 - a test sets it

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        del records
        if isinstance(self.told, LienThuError):
            raise self.told
        return self.told


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"r1": (Holding(availability=(Availability(Service.LOAN, available=True),)),)}, "checkup.availability.well"),
        ({}, "checkup.availability.silent"),
        (FaultError("x"), "checkup.fails.fault"),
    ],
)
async def test_availability_is_tried(told: dict[str, tuple[Holding, ...]] | LienThuError, code: str) -> None:
    catalogue = Lending()
    catalogue.told = told
    checkup = await checked(catalogue)
    assert {line.what: line.reason.code for line in checkup.lines}["availability"] == code


# Samples ---------------------------------------------------------------------------------


def test_samples_stand_in_the_records() -> None:
    assert sample(RECORDS, Field.TITLE) == "Kinh tế vĩ mô"
    assert sample(RECORDS, Field.PERSON) == "Trần Văn Hùng"
    assert sample(RECORDS, Field.ISBN) == "9786049270086"
    assert sample(RECORDS, Field.SERIES) is None
    assert holds(RECORDS[0], Field.PERSON, "hung van tran")
    assert not holds(RECORDS[0], Field.TITLE, "hùng")


@pytest.mark.parametrize(("text", "wrong"), [("bà bá bả bã bạ", "bá bà bã bả bá"), ("kinh", None), ("đê", None)])
def test_wrong_tones_are_other_tones(text: str, wrong: str | None) -> None:
    assert with_wrong_tones(text) == wrong


# TLS -------------------------------------------------------------------------------------


@asynccontextmanager
async def https(certificate: str) -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / certificate)

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


FAR = ssl.cert_time_to_seconds("Oct 29 20:29:02 2126 GMT")


@pytest.mark.parametrize(
    ("certificate", "host", "trusts", "now", "code"),
    [
        ("selfsigned.pem", "127.0.0.1", "", NOW, "checkup.tls.self-signed"),
        ("member.pem", "127.0.0.1", "", NOW, "checkup.tls.chain"),
        ("member.pem", "127.0.0.1", "authorities.pem", NOW, "checkup.tls.trusted"),
        ("member.pem", "127.0.0.1", "authorities.pem", FAR - 5 * 86400, "checkup.tls.soon"),
        ("member.pem", "localhost", "authorities.pem", NOW, "checkup.tls.name"),
    ],
)
async def test_a_certificate_is_told_by_what_is_wrong_with_it(
    certificate: str, host: str, trusts: str, now: float, code: str
) -> None:
    trusted = ssl.create_default_context(cafile=str(CERTIFICATES / trusts)) if trusts else None
    async with https(certificate) as port:
        member = msgspec.structs.replace(MEMBER, url=f"https://{host}:{port}/")
        (line,) = await look_at_tls(member, lambda: now, context=trusted)
    assert line.reason.code == code
    assert line.reason.values.get("days", 5) >= 5  # type: ignore[operator]  # a number of days


async def test_a_port_that_speaks_no_tls_is_told() -> None:
    async def speak_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak_http, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        (line,) = await look_at_tls(msgspec.structs.replace(MEMBER, url=f"https://127.0.0.1:{port}/"), lambda: NOW)
    assert line.reason.code == "checkup.tls.handshake"


async def test_plain_http_is_told_except_in_a_private_network() -> None:
    public = msgspec.structs.replace(MEMBER, manners=Manners())
    assert [line.reason.code for line in await look_at_tls(public, lambda: NOW)] == ["checkup.tls.none"]
    assert [line.verdict for line in await look_at_tls(MEMBER, lambda: NOW)] == [Verdict.UNKNOWN]


# The report ------------------------------------------------------------------------------

CHECKUP = Checkup(
    id="thu-vien",
    name=Names('Thư viện <script>alert("1")</script>', "Library & Co"),
    system="sru",
    url='http://lib.example.org/"><b>',
    enabled=True,
    checked_at=NOW,
    answers=True,
    lines=(well("answers", "answers.well", query="<i>x</i>", total=3), wanting("tls.chain", "tls.chain")),
    median_ms=120,
)


def test_nothing_from_outside_is_markup_in_the_report() -> None:
    page = as_html([CHECKUP, CHECKUP], "vi", made_at=NOW)
    assert "<script>" not in page
    assert "<i>x" not in page
    assert '"><b>' not in page
    assert "Lập ngày 22/11/2026" in page
    assert page.count("<li><strong>bảo mật (TLS)</strong>: Máy chủ không gửi chứng chỉ trung gian") == 2


def test_json_says_each_sentence_in_every_language() -> None:
    (told,) = msgspec.json.decode(as_json([CHECKUP]))
    assert told["deviations"] == 1
    assert set(told["lines"][1]["sentence"]) == {"vi", "en"}
    assert told["lines"][1]["verdict"] == "wanting"


def test_every_kind_of_line_has_a_word_in_both_languages() -> None:
    for what in ("answers", "field.isbn", "marks.bare", "paging.total", "tls.days", "encoding.old", "redirects"):
        assert any(f"checkup-what.{part}" in sentences() for part in (what, what.partition(".")[0])), what
    assert label("marks.bare", "vi") == "gõ không dấu"
    assert label("marks.bare.else", "vi") == "gõ không dấu"
    assert label("something-else", "en") == "something-else"


def test_whatever_a_system_finds_out_about_itself_has_a_name_in_both_languages() -> None:
    sources = [file.read_text("utf-8") for file in (Path(__file__).parents[2] / "connectors").rglob("*.py")]
    told = {what for source in sources for what in re.findall(r'(?:\bFinding|\.tell)\(\s*"([a-z][a-z.-]*)"', source)}
    assert len(told) > 20
    codes = sentences()
    nameless = [what for what in told if f"checkup-what.{what}" not in codes and label(what, "vi") == what]
    assert nameless == []


def test_a_list_that_is_known_to_be_capped_is_no_fault_of_the_library() -> None:
    capped = Reason("notice.list-capped", {"count": 10})
    first = Answer("m", (Placed(1, Record(member="m", id="1", title="a")),), 39, 0.0, 0.0, notices=(capped,))
    (line,) = about_paging(first, Answer("m", (), 39, 0.0, 0.0, notices=(capped,)), total=39, start=11)
    assert (line.verdict, line.reason.code) == (Verdict.UNKNOWN, "checkup.paging.capped")
    (line,) = about_paging(first, Answer("m", (), 39, 0.0, 0.0), total=39, start=11)
    assert line.verdict is Verdict.UNKNOWN
    bare = Answer("m", first.placed, 39, 0.0, 0.0)
    (line,) = about_paging(bare, Answer("m", (), 39, 0.0, 0.0), total=39, start=11)
    assert (line.verdict, line.reason.code) == (Verdict.WANTING, "checkup.paging.empty")


def test_the_table_of_all_members_goes_on_a_terminal_of_eighty_columns() -> None:
    checkups = [
        Checkup(id=f"thu-vien-so-{number}", name=Names("a", "b"), system="koha", url="u", enabled=True, checked_at=0.0,
                answers=True, lines=(), median_ms=1234, fields=9, searchable=9)
        for number in range(3)
    ]  # fmt: skip
    for language in LANGUAGES:
        told = io.StringIO()
        print_summary(checkups, Console(file=told, width=80), language)
        rows = [row for row in told.getvalue().splitlines() if row.startswith("thu-vien-so-")]
        assert [row.split()[0] for row in rows] == ["thu-vien-so-0", "thu-vien-so-1", "thu-vien-so-2"]
        assert all(row.split()[-2:] == ["1234", "0"] for row in rows)
