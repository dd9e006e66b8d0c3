"""Servers that hang up, answer with garbage, never answer or never end cost their own search and nothing else."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from connectors.line import open_dial
from connectors.z3950 import recognise_port
from engine.errors import (
    BusyError,
    FaultError,
    LienThuError,
    OversizeError,
    RefusedError,
    SettingsError,
    TimedOutError,
    UnreachableError,
    UnreadableError,
    UnsupportedError,
)
from engine.model import And, Clause, Not, Or, Window
from tests.connectors.z3950.speaking import (
    Library,
    Reading,
    asked,
    closing,
    codes,
    diagnosed,
    found,
    greeted,
    ids,
    member,
    query,
    serving,
    words,
)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def fails(talk: object, kind: type[LienThuError], match: str = ".", **manners: object) -> None:
    async with serving(talk) as url, asked(url, manners=manners) as library:  # type: ignore[arg-type]  # a talk
        with pytest.raises(kind, match=match):
            await library.search(words("x"), Window())


async def test_a_server_that_never_answers_is_timed_out() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    await fails(talk, TimedOutError, "no complete answer within", timeout_s=0.2)


async def test_a_server_that_never_answers_a_search_is_timed_out_and_its_line_closed() -> None:
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Reading(reader).request()
        writer.write(greeted())
        try:
            await reader.read()
            while not reader.at_eof():
                await reader.read(65536)
        finally:
            ended.set()

    await fails(talk, TimedOutError, timeout_s=0.3)
    await asyncio.wait_for(ended.wait(), 5)


async def test_a_server_that_closes_at_once_is_unreachable() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)

    await fails(talk, UnreachableError, "closed without an answer")


@pytest.mark.parametrize(
    "garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n", b"\x00\x00\x00\x00", b"\xff" * 50]
)
async def test_a_server_that_answers_garbage_is_unreadable(garbage: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(garbage)
        await reader.read()

    await fails(talk, UnreadableError, "not Z39.50")


async def test_a_server_that_closes_in_the_middle_of_an_answer_is_unreadable() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reading = Reading(reader)
        await reading.request()
        writer.write(greeted())
        await reading.request()
        writer.write(found(10)[:7])
        await writer.drain()

    await fails(talk, UnreadableError, "in the middle of an answer")


@pytest.mark.parametrize(
    ("reason", "kind"),
    [(5, RefusedError), (4, BusyError), (3, BusyError), (2, FaultError), (1, FaultError), (9, FaultError)],
)
async def test_a_close_in_place_of_a_greeting_means_what_its_reason_says(reason: int, kind: type[LienThuError]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(closing(reason))
        await writer.drain()

    await fails(talk, kind)


async def test_a_server_that_accepts_nobody_refuses() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(greeted(result=False))
        await reader.read()

    await fails(talk, RefusedError)


async def test_an_announced_length_beyond_the_bound_is_oversize_at_once() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(b"\xb5\x84\x7f\xff\xff\xff")
        await reader.read()

    await fails(talk, OversizeError, "more than 50000 bytes", body_bytes=50_000)


@pytest.mark.parametrize("piece", [b"\x30\x80", b"\x04\x82\x03\xe8" + bytes(1000), b"\x05\x00", b"\x30\x80\x00\x00"])
async def test_an_answer_of_indefinite_length_that_never_ends_is_cut_off(piece: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(b"\xb5\x80")
        while True:
            writer.write(piece * 100)
            await writer.drain()

    await fails(talk, OversizeError, body_bytes=50_000)


async def test_hits_without_a_record_are_no_empty_answer() -> None:
    await fails(Library(most=0).talk, UnreadableError, "100 hits, and not one record")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (235, SettingsError),
        (236, RefusedError),
        (1, FaultError),
        (2, BusyError),
        (107, UnsupportedError),
        (999, FaultError),
    ],
)
async def test_a_diagnostic_is_named_by_who_must_act(number: int, kind: type[LienThuError]) -> None:
    class Diagnosing(Library):
        def answer(self, name: str, said: dict[str, object]) -> bytes:
            return diagnosed(number, "x") if name == "searchRequest" else super().answer(name, said)

    await fails(Diagnosing().talk, kind, str(number))


async def test_stop_words_find_nothing_and_say_why() -> None:
    class Stopping(Library):
        def answer(self, name: str, said: dict[str, object]) -> bytes:
            return diagnosed(4) if name == "searchRequest" else super().answer(name, said)

    async with serving(Stopping().talk) as url, asked(url) as library:
        answer = await library.search(words("của"), Window())
    assert (answer.total, answer.placed, codes(answer)) == (0, (), ["notice.stop-words"])


async def test_a_server_that_gives_less_than_asked_is_asked_for_the_rest_and_then_for_as_much() -> None:
    server = Library(60, most=10)
    async with serving(server.talk) as url, asked(url) as library:
        answer = await library.search(words("x"), Window(1, 45))
        assert [placed.place for placed in answer.placed] == list(range(1, 46))
        assert answer.has_more
        first = len(server.requests)
        again = await library.search(words("y"), Window(1, 20))
    assert len(again.placed) == 20
    assert server.requests[first:] == ["searchRequest", "presentRequest", "presentRequest"]


async def test_a_line_lost_while_idle_is_replaced_silently_and_once() -> None:
    server = Library(3)
    server.hangs_up_before = {3}
    async with serving(server.talk) as url, asked(url) as library:
        first = await library.search(words("x"), Window())
        second = await library.search(words("y"), Window())
    assert ids(first) == ids(second) == ["r1", "r2", "r3"]
    assert server.lines == 2
    server = Library(3)
    server.hangs_up_before = {3, 4}
    async with serving(server.talk) as url, asked(url) as library:
        await library.search(words("x"), Window())
        with pytest.raises(UnreadableError, match="closed without an answer"):
            await library.search(words("y"), Window())
    assert server.lines == 2


async def test_a_lost_result_set_is_searched_for_again_but_not_for_ever() -> None:
    server = Library(3)
    server.loses_set = 1
    async with serving(server.talk) as url, asked(url) as library:
        answer = await library.search(words("x"), Window())
        assert ids(answer) == ["r1", "r2", "r3"]
        assert server.requests == ["initRequest", "searchRequest", "presentRequest", "searchRequest", "presentRequest"]
        server.loses_set = 10
        with pytest.raises(UnreadableError, match="loses its result set"):
            await library.search(words("y"), Window())


async def test_what_came_before_the_line_was_lost_is_shown() -> None:
    server = Library(100)
    server.hangs_up_before = {3}
    async with serving(server.talk) as url, asked(url, ahead=1) as library:
        answer = await library.search(words("x"), Window(1, 100))
    assert len(answer.placed) == 50
    assert codes(answer) == ["notice.partial"]


async def test_a_server_that_takes_one_request_at_a_time_is_asked_so_from_then_on() -> None:
    class OneByOne(Library):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.lines += 1
            reading = Reading(reader)
            while True:
                name, said = await reading.request()
                if name == "close":
                    return
                if name == "presentRequest":
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(reading.request(), 0.1)
                        return
                writer.write(self.answer(name, said))
                await writer.drain()

    server = OneByOne(60)
    async with serving(server.talk) as url, asked(url, chunk=30) as library:
        answer = await library.search(words("x"), Window(1, 60))
        again = await library.search(words("y"), Window(1, 60))
    assert [len(answer.placed), len(again.placed)] == [60, 60]
    assert server.lines == 2


async def test_cancelling_a_search_closes_its_line() -> None:
    ended = asyncio.Event()
    begun = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reading = Reading(reader)
        await reading.request()
        writer.write(greeted())
        await reading.request()
        begun.set()
        try:
            await reading.request()
        finally:
            ended.set()

    async with serving(talk) as url, asked(url) as library:
        task = asyncio.create_task(library.search(words("x"), Window()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(ended.wait(), 5)


async def test_no_more_lines_are_open_at_once_than_the_member_allows() -> None:
    open_now = most = 0

    class Counting(Library):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            try:
                await super().talk(reader, writer)
            finally:
                open_now -= 1

    server = Counting(5)
    async with serving(server.talk) as url, asked(url, manners={"parallel": 2}) as library:
        answers = await asyncio.gather(*(library.search(words(f"x{at}"), Window()) for at in range(8)))
    assert all(len(answer.placed) == 5 for answer in answers)
    assert most == server.lines == 2


async def test_the_daily_budget_counts_every_request_and_quiet_hours_let_none_through() -> None:
    server = Library(5)
    async with serving(server.talk) as url:
        async with asked(url, manners={"daily": 4}) as library:
            await library.search(words("x"), Window())
            with pytest.raises(BusyError, match="used up"):
                await library.search(words("y"), Window())
        assert len(server.requests) == 4
        async with asked(url, manners={"quiet_hours": "00:00-23:59"}) as library:
            quiet = []
            with pytest.raises(BusyError) as caught:
                quiet.append(await library.search(words("x"), Window()))
            assert "quiet" in caught.value.detail
    assert len(server.requests) == 4


async def test_a_kept_line_is_hung_up_on_after_its_time_with_a_close() -> None:
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    class Waiting(Library):
        async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            reading = Reading(reader)
            while True:
                name, said = await reading.request()
                if name == "close":
                    ended.set_result(name)
                    return
                writer.write(self.answer(name, said))

    async with serving(Waiting(2).talk) as url, asked(url, keep_s=0.05) as library:
        await library.search(words("x"), Window())
        assert await asyncio.wait_for(ended, 5) == "close"


async def test_a_use_that_the_server_does_not_know_is_asked_as_anything() -> None:
    class Picky(Library):
        def answer(self, name: str, said: dict[str, object]) -> bytes:
            if name == "searchRequest" and b"numeric', 4)" in repr(said).encode():
                return diagnosed(114, "4")
            return super().answer(name, said)

    from engine.model import Field  # noqa: PLC0415 -- only here

    server = Picky(2)
    async with serving(server.talk) as url, asked(url) as library:
        answer = await library.search(words("x", Field.TITLE), Window())
        again = await library.search(words("y", Field.TITLE), Window())
    assert codes(answer) == codes(again) == ["notice.any-field"]
    assert server.requests.count("searchRequest") == 3


async def test_booleans_that_the_server_does_not_know_are_given_up_with_a_notice() -> None:
    class Simple(Library):
        def answer(self, name: str, said: dict[str, object]) -> bytes:
            if name == "searchRequest" and "and-not" in repr(said):
                return diagnosed(110, "and-not")
            return super().answer(name, said)

    asks = And((Or((Clause("a"), Clause("b"))), Not(Clause("c"))))
    async with serving(Simple(2).talk) as url, asked(url) as library:
        answer = await library.search(query(asks), Window())
    assert codes(answer) == ["notice.dropped-exclusion"]


async def test_user_and_password_are_sent_as_the_member_file_says(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    logins: list[object] = []

    class Guarded(Library):
        def answer(self, name: str, said: dict[str, object]) -> bytes:
            if name == "initRequest":
                logins.append(said.get("idAuthentication"))
            return super().answer(name, said)

    monkeypatch.setenv("MAT_KHAU", "bí mật")
    said = {"user": "nala", "group": "bac", "password_env": "MAT_KHAU"}
    async with serving(Guarded(1).talk) as url:
        for how in ("id-pass", "open", "anonymous", "none"):
            async with asked(url, authentication=how, **said) as library:
                await library.search(words("x"), Window())
        monkeypatch.delenv("MAT_KHAU")
        async with asked(url, **said) as library:
            with pytest.raises(SettingsError, match="MAT_KHAU"):
                await library.search(words("x"), Window())
    secret = "bí mật".encode()
    assert logins == [
        ("idPass", {"groupId": b"bac", "userId": b"nala", "password": secret}),
        ("open", b"nala/bac/" + secret),
        ("anonymous", None),
        None,
    ]
    assert "mật" not in caplog.text


async def test_what_speaks_something_else_is_no_z3950() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(b"HTTP/1.0 404 Not Found\r\n\r\n<html></html>")
        await writer.drain()

    async with serving(talk) as url:
        port = int(url.rpartition("/")[0].rpartition(":")[2])
        told = await recognise_port(open_dial(member(), clock=lambda: 0.0), "127.0.0.1", port)
    assert (told.z3950, told.sru) == (None, None)


async def test_a_server_with_too_many_sessions_is_left_alone_for_a_while() -> None:
    class Full(Library):
        def answer(self, name: str, said: dict[str, object]) -> bytes:
            return diagnosed(1018) if name == "searchRequest" else super().answer(name, said)

    server = Full()
    async with serving(server.talk) as url, asked(url) as library:
        with pytest.raises(BusyError, match="1018") as first:
            await library.search(words("x"), Window())
        asked_so_far = len(server.requests)
        with pytest.raises(BusyError, match="left alone"):
            await library.search(words("y"), Window())
    assert first.value.retry_after_s == 30
    assert len(server.requests) == asked_so_far


async def test_a_search_that_gets_no_turn_is_busy_and_not_timed_out() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    manners: dict[str, object] = {"parallel": 1, "timeout_s": 0.3}
    async with serving(talk) as url, asked(url, manners=manners) as library:
        first, second = await asyncio.gather(
            library.search(words("x"), Window()), library.search(words("y"), Window()), return_exceptions=True
        )
    assert isinstance(first, TimedOutError)
    assert isinstance(second, (BusyError, TimedOutError))
