"""The client as a connector has it: secure, forgetful across members, silent about readers, trying twice at most."""

from __future__ import annotations

import asyncio
import gc
import logging
import ssl
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.http.wire import Wire
from engine.errors import BusyError, FaultError, LienThuError, SettingsError, TimedOutError, UnreachableError
from engine.ports import Member

Serve = Callable[..., Awaitable[Any]]
Ask = Callable[..., httpx.AsyncClient]
AtOnce = Callable[[Coroutine[Any, Any, Any]], Any]
URL = "http://thuvien.example/sru"
CERTIFICATES = Path(__file__).parent / "certificates"


def server_context(file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / file)
    return context


async def test_an_answer_goes_as_soon_as_nobody_holds_it(serve: Serve, ask: Ask) -> None:
    server = await serve(None)
    client = ask(server.url)
    gc.disable()
    try:
        answer = weakref.ref(await client.get(f"{server.url}/good"))
        assert answer() is None
    finally:
        gc.enable()


# TLS ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "ca_file", "detail"),
    [
        ("selfsigned.pem", None, "its certificate is not trusted: self-signed certificate"),
        ("member.pem", None, "its certificate is not trusted: unable to get local issuer certificate"),
        ("member.pem", "middle.pem", "its certificate is not trusted: unable to get issuer certificate"),
    ],
)
async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    file: str, ca_file: str | None, detail: str, serve: Serve, ask: Ask
) -> None:
    server = await serve(None, server_context(file))
    with pytest.raises(UnreachableError) as caught:
        await ask(server.url, ca_file=str(CERTIFICATES / ca_file) if ca_file else None).get(f"{server.url}/good")
    assert str(caught.value).replace("self signed", "self-signed") == detail
    assert server.heads == []


async def test_a_missing_intermediate_certificate_is_given_by_the_member_file(serve: Serve, ask: Ask) -> None:
    server = await serve(None, server_context("member.pem"))
    client = ask(server.url, ca_file=str(CERTIFICATES / "authorities.pem"))
    assert (await client.get(f"{server.url}/good")).text == "good"


async def test_a_certificate_of_another_host_is_not_trusted(
    serve: Serve, ask: Ask, member_of: Callable[..., Member]
) -> None:
    server = await serve(None, server_context("member.pem"))
    url, authorities = f"https://other.example:{server.port}/good", str(CERTIFICATES / "authorities.pem")

    def look(_: str, port: int, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    wire = Wire(member_of(url, ca_file=authorities), lookup=look)
    with pytest.raises(UnreachableError, match=r"not trusted: Hostname mismatch"):
        await ask(url, transport=wire).get(url)


async def test_tls_where_none_is_spoken_is_named(serve: Serve, ask: Ask) -> None:
    async def speaks_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speaks_plainly, "127.0.0.1", 0)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(UnreachableError, match=r"TLS failed: WRONG_VERSION_NUMBER"):
            await ask(url).get(url)


def test_a_certificate_file_that_cannot_be_read_stops_the_start(ask: Ask, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for file in (empty, tmp_path / "missing.pem"):
        with pytest.raises(SettingsError, match=r"member thu-vien: manners\.ca_file '.*\.pem'"):
            ask(URL, ca_file=str(file))


# What is kept, and what is said -----------------------------------------------------------


async def test_cookies_of_one_member_are_never_another_members(serve: Serve, ask: Ask) -> None:
    async def sets(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: session=abc; Path=/\r\nContent-Length: 0\r\n\r\n")

    server = await serve(sets)
    one, other = ask(server.url), ask(server.url)
    await one.get(f"{server.url}/")
    await other.get(f"{server.url}/good")
    await one.get(f"{server.url}/good")
    assert [b"session=abc" in head for head in server.heads] == [False, False, True]


async def test_a_member_cannot_fill_the_cookie_jar(serve: Serve, ask: Ask) -> None:
    count = 0

    async def sets(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        cookies = b"".join(b"Set-Cookie: c%d=%b; Path=/\r\n" % (n, b"x" * 90) for n in range(count, count + 40))
        count += 40
        writer.write(b"HTTP/1.1 200 OK\r\n%bContent-Length: 0\r\n\r\n" % cookies)

    server = await serve(sets)
    client = ask(server.url)
    for _ in range(4):
        await client.get(f"{server.url}/")
    await client.get(f"{server.url}/good")
    assert server.heads[-1].count(b"=xxx") == 30


async def test_no_readers_words_are_logged(serve: Serve, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    server = await serve(None)
    with caplog.at_level(logging.INFO):
        await ask(server.url).get(f"{server.url}/good?q=bi-mat")
    assert "bi-mat" not in caplog.text


async def test_no_proxy_of_the_environment_is_used(
    serve: Serve, ask: Ask, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    server = await serve(None)
    assert (await ask(server.url).get(f"{server.url}/good")).text == "good"


async def test_a_connection_is_used_again(serve: Serve, ask: Ask) -> None:
    server = await serve(None)
    client = ask(server.url)
    for _ in range(5):
        await client.get(f"{server.url}/good")
    assert (server.connections, len(server.heads)) == (1, 5)


async def test_no_failure_says_where_it_was_asked_in_full(ask: Ask, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}"
    with pytest.raises(LienThuError) as caught:
        await ask(url).get(f"{url}/bi-mat?key=bi-mat")
    assert "bi-mat" not in str(caught.value.failure)


# Second tries -----------------------------------------------------------------------------


def open_at(there: httpx.AsyncBaseTransport, **manners: Any) -> httpx.AsyncClient:
    from connectors.http import open_client  # noqa: PLC0415 -- the fixture `ask` lives on another loop
    from engine.ports import Manners, Names  # noqa: PLC0415 -- as above

    usual = {"spacing_ms": 0, **manners}
    member = Member(id="thu-vien", system="sru", url=URL, name=Names(vi="a", en="a"), manners=Manners(**usual))
    return open_client(member, user_agent="LienThu", clock=lambda: 0.0, transport=there)


def outcome_of(there: Any, at_once: AtOnce, method: str = "GET", **asked: Any) -> tuple[str, list[float]]:
    """What came of one request, and when it was sent."""

    async def once() -> str:
        async with open_at(there) as client:
            try:
                return (await client.request(method, URL, **asked)).text
            except LienThuError as error:
                return f"{type(error).__name__}: {error}"

    return at_once(once()), there.starts


@pytest.mark.parametrize("first", [httpx.Response(502), httpx.Response(503), httpx.Response(504)])
def test_a_gateway_without_a_server_is_asked_once_more_after_a_short_pause(
    first: httpx.Response, hall: Any, at_once: AtOnce
) -> None:
    text, starts = outcome_of(hall(first, httpx.Response(200, content=b"good")), at_once)
    assert text == "good"
    assert len(starts) == 2
    assert 0.1 <= starts[1] <= 0.4


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (httpx.Response(502), "FaultError: HTTP 502 Bad Gateway"),
        (httpx.ConnectError("refused"), "UnreachableError: the connection broke off without an answer"),
    ],
)
def test_the_second_failure_is_final(first: Any, said: str, hall: Any, at_once: AtOnce) -> None:
    text, starts = outcome_of(hall(first), at_once)
    assert (text, len(starts)) == (said, 2)


@pytest.mark.parametrize(
    "first",
    [
        httpx.Response(500),
        httpx.Response(404),
        httpx.Response(503, headers={"Retry-After": "5"}),
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("rubbish"),
    ],
)
def test_nothing_else_is_asked_twice(first: Any, hall: Any, at_once: AtOnce) -> None:
    text, starts = outcome_of(hall(first, httpx.Response(200, content=b"good")), at_once)
    assert (text != "good", len(starts)) == (True, 1)


def test_a_post_is_sent_again_only_if_its_connector_says_that_it_may(hall: Callable[..., Any], at_once: AtOnce) -> None:
    again = httpx.Response(502), httpx.Response(200, content=b"good")
    text, starts = outcome_of(hall(*again), at_once, "POST", json={"q": "x"})
    assert (text, len(starts)) == ("FaultError: HTTP 502 Bad Gateway", 1)
    there = hall(*again)
    asked = {"json": {"q": "x"}, "extensions": {"lienthu.idempotent": True}}
    assert outcome_of(there, at_once, "POST", **asked)[0] == "good"
    assert [request.content for request in there.requests] == [b'{"q":"x"}'] * 2


def test_a_status_that_the_connector_reads_itself_is_not_asked_for_again(
    hall: Callable[..., Any], at_once: AtOnce
) -> None:
    there = hall(httpx.Response(502, content=b"mine"), httpx.Response(200))
    assert outcome_of(there, at_once, extensions={"lienthu.accept_status": {502}}) == ("mine", [0.0])


def test_a_second_try_keeps_the_members_distance_and_the_deadline(hall: Callable[..., Any], at_once: AtOnce) -> None:
    async def with_spacing() -> None:
        async with open_at(spaced, spacing_ms=1500) as client:
            await client.get(URL)

    async def at_the_end() -> None:
        async with open_at(late, timeout_s=2.0) as client:
            with pytest.raises(FaultError):
                await client.get(URL)

    spaced = hall(httpx.Response(502), httpx.Response(200))
    at_once(with_spacing())
    assert spaced.starts == [0.0, 1.5]
    late = hall(httpx.Response(502), httpx.Response(200), takes_s=1.7)
    at_once(at_the_end())
    assert late.starts == [0.0]


async def test_a_connection_that_is_refused_is_tried_twice_and_a_silent_one_once(serve: Serve, ask: Ask) -> None:
    async def hangs_up(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await serve(hangs_up)
    with pytest.raises(UnreachableError, match="closed without an answer"):
        await ask(server.url).get(f"{server.url}/")
    assert len(server.heads) == 2

    async def is_silent(_: bytes, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    server = await serve(is_silent)
    with pytest.raises(TimedOutError):
        await ask(server.url, timeout_s=0.6).get(f"{server.url}/")
    assert len(server.heads) == 1


def test_a_second_try_that_finds_the_gate_shut_goes_nowhere(hall: Callable[..., Any], at_once: AtOnce) -> None:
    there = hall(httpx.Response(502), httpx.Response(429, headers={"Retry-After": "9"}), takes_s=0.0)

    async def twice() -> list[Any]:
        async with open_at(there) as client:
            return await asyncio.gather(client.get(URL), client.get(URL), return_exceptions=True)

    first, second = at_once(twice())
    assert {type(first), type(second)} == {BusyError}
    assert len(there.starts) == 2
