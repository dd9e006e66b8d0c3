"""Whatever a member sends, it costs its own report and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

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
)

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BODY_BYTES = 1_000_000
Write = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., Awaitable[Any]]
Ask = Callable[..., httpx.AsyncClient]


def sends(*pieces: bytes) -> Write:
    """A server that sends this and closes."""

    async def behave(_: bytes, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return behave


def never_ends(head: bytes, piece: bytes) -> Write:
    """A server that sends the same for ever, as fast as it is read."""

    async def behave(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return behave


def drips(head: bytes, piece: bytes) -> Write:
    """A server that sends a little and keeps on sending a little."""

    async def behave(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)

    return behave


async def says_nothing(_: bytes, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def zeros(wbits: int) -> tuple[bytes, bytes]:
    """The head of a packed body and a piece of it that can be repeated without end: 10 kB for 10 MB of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    head = packer.compress(b"\0") + packer.flush(zlib.Z_FULL_FLUSH)
    return head, packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)


def bomb(encoding: bytes, wbits: int) -> Write:
    head, piece = zeros(wbits)
    return never_ends(OK + b"Content-Encoding: " + encoding + b"\r\n\r\n" + head, piece)


def packed(encoding: bytes, body: bytes) -> bytes:
    return OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (encoding, len(body)) + body


MISBEHAVIOURS: dict[str, tuple[Write, type[LienThuError], str]] = {
    "2 GB announced": (
        sends(OK + b"Content-Length: 2000000000\r\n\r\nxx"),
        OversizeError,
        "2000000000 bytes announced",
    ),
    "endless, to the close": (never_ends(OK + b"\r\n", bytes(65_536)), OversizeError, "more than 1000000 bytes"),
    "endless, in chunks": (never_ends(CHUNKED, b"10000\r\n" + bytes(65_536) + b"\r\n"), OversizeError, "more than"),
    "a byte now and then": (drips(OK + b"Content-Length: 900\r\n\r\n", b"x"), TimedOutError, r"\d+ bytes of it"),
    "slow headers": (drips(OK + b"X-Slow: ", b"x"), TimedOutError, "no answer within 0.3 s"),
    "slow status line": (drips(b"HTTP/1.1 200 ", b"x"), TimedOutError, "no answer"),
    "nothing at all": (says_nothing, TimedOutError, "no answer within 0.3 s"),
    "hung up on": (sends(), UnreachableError, "closed without an answer"),
    "gzip bomb": (bomb(b"gzip", 31), OversizeError, "more than 1000000 bytes once unpacked"),
    "deflate bomb": (bomb(b"deflate", 15), OversizeError, "once unpacked"),
    "bare deflate bomb": (bomb(b"deflate", -15), OversizeError, "once unpacked"),
    "empty gzip members": (
        never_ends(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 100),
        OversizeError,
        "1000 gzip members",
    ),
    "packed twice": (sends(packed(b"gzip, gzip", gzip.compress(gzip.compress(b"x")))), UnreadableError, "gzip, gzip"),
    "packed as was not asked": (sends(packed(b"br", b"\x0b\x02\x80hello\x03")), UnreadableError, "'br'"),
    "said to be packed": (sends(packed(b"gzip", b"<a/>")), UnreadableError, "cannot be unpacked"),
    "packed and cut off": (sends(packed(b"gzip", gzip.compress(b"abc" * 900)[:-9])), UnreadableError, "cut off"),
    "one endless header": (never_ends(OK + b"X-Long: ", b"x" * 5000), OversizeError, "more headers"),
    "endless headers": (never_ends(OK, b"X-Many: x\r\n" * 500), OversizeError, "more headers"),
    "heavy headers": (
        sends(OK + b"".join(b"X-%d: %b\r\n" % (n, b"x" * 2000) for n in range(60)) + b"\r\n"),
        OversizeError,
        "more headers",
    ),
    "many headers": (
        sends(OK + b"".join(b"X-%d: x\r\n" % n for n in range(120)) + b"Content-Length: 0\r\n\r\n"),
        OversizeError,
        "more headers",
    ),
    "endless interim answers": (
        never_ends(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500),
        OversizeError,
        "little of it is an answer",
    ),
    "endless empty lines": (never_ends(b"", b"\r\n" * 5000), OversizeError, "little of it is an answer"),
    "endless chunk extension": (never_ends(CHUNKED + b"1;", b"x" * 5000), OversizeError, "little of it"),
    "endless chunk size": (never_ends(CHUNKED, b"0" * 5000), OversizeError, "little of it"),
    "chunks of a byte": (never_ends(CHUNKED, b"1\r\nx\r\n" * 5000), OversizeError, "little of it"),
    "shorter than announced": (
        sends(OK + b"Content-Length: 100\r\n\r\nonly this"),
        UnreadableError,
        "broke off after 9 bytes",
    ),
    "chunks that break off": (sends(CHUNKED + b"64\r\nonly this"), UnreadableError, "broke off after 9 bytes"),
    "chunks that are none": (
        sends(CHUNKED + b"2\r\nab\r\nzz\r\nrubbish\r\n"),
        UnreadableError,
        "broke off after|not HTTP",
    ),
    "two lengths": (
        sends(OK + b"Content-Length: 3\r\nContent-Length: 9\r\n\r\nabc"),
        UnreadableError,
        "what came is not HTTP",
    ),
    "another protocol": (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), UnreadableError, "what came is not HTTP"),
    "an upgrade unasked": (
        sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
        UnreadableError,
        "HTTP 101|not HTTP",
    ),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_a_member_that_misbehaves_costs_its_own_report_and_nothing_else(
    name: str, serve: Serve, ask: Ask
) -> None:
    behaviour, kind, detail = MISBEHAVIOURS[name]
    server = await serve(behaviour)
    slow = kind is TimedOutError
    client = ask(server.url, body_bytes=BODY_BYTES, timeout_s=0.3 if slow else 30.0)
    tracemalloc.start()
    try:
        with pytest.raises(kind, match=detail):
            await client.get(f"{server.url}/bad?q=mật")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 6 * BODY_BYTES
    assert (await client.get(f"{server.url}/good")).text == "good"


async def test_a_large_honest_answer_is_read_whole_however_it_is_cut(serve: Serve, ask: Ask) -> None:
    body = bytes(range(256)) * 3900
    for size in (40, 4000, 998_400):
        chunks = b"".join(
            b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[n : n + size] for n in range(0, len(body), size))
        )
        server = await serve(sends(CHUNKED + chunks + b"0\r\n\r\n"))
        assert (await ask(server.url).get(f"{server.url}/")).content == body


async def test_one_member_in_trouble_does_not_hold_up_another(serve: Serve, ask: Ask) -> None:
    bad, good = await serve(never_ends(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500)), await serve(says_nothing)
    trouble = asyncio.create_task(ask(bad.url).get(f"{bad.url}/"))
    async with asyncio.timeout(2):
        assert (await ask(good.url).get(f"{good.url}/good")).text == "good"
    with pytest.raises(OversizeError):
        await trouble


async def test_what_follows_a_whole_answer_is_never_taken_for_the_next(serve: Serve, ask: Ask) -> None:
    server = await serve(sends(OK + b"Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"))
    client = ask(server.url)
    assert (await client.get(f"{server.url}/")).text == "ok"
    assert (await client.get(f"{server.url}/good")).text == "good"
    assert server.connections == 2


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", gzip.compress("kinh tế vi mô".encode())),
        (b"x-gzip", gzip.compress("kinh tế".encode()) + gzip.compress(" vi mô".encode())),
        (b"gzip", gzip.compress("kinh tế vi mô".encode()) + b"\0\0\0"),
        (b"GZIP", gzip.compress("kinh tế vi mô".encode()) + b"rubbish"),
        (b"deflate", zlib.compress("kinh tế vi mô".encode())),
        (b"deflate", zlib.compress("kinh tế vi mô".encode())[2:-4]),
        (b"identity", "kinh tế vi mô".encode()),
    ],
)
async def test_a_packed_answer_is_read_in_every_way_servers_pack(
    encoding: bytes, body: bytes, serve: Serve, ask: Ask
) -> None:
    head = OK + b"Content-Type: text/plain; charset=utf-8\r\nContent-Encoding: " + encoding + b"\r\n\r\n"
    pieces = [body[place : place + 1] for place in range(len(body))]
    for behaviour in (sends(head + body), sends(head, *pieces)):
        server = await serve(behaviour)
        answer = await ask(server.url).get(f"{server.url}/")
        assert answer.text == "kinh tế vi mô"
        assert "content-encoding" not in answer.headers


async def test_an_empty_answer_is_passed_on_for_the_connector_to_judge(serve: Serve, ask: Ask) -> None:
    for head in (OK + b"Content-Length: 0\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n", packed(b"gzip", b"")):
        server = await serve(sends(head))
        assert (await ask(server.url).get(f"{server.url}/")).content == b""


async def test_the_answer_to_head_has_a_length_and_no_body(serve: Serve, ask: Ask) -> None:
    server = await serve(sends(OK + b"Content-Length: 5000000000\r\n\r\n"))
    assert (await ask(server.url).head(f"{server.url}/")).content == b""


@pytest.mark.parametrize(
    ("head", "kind", "detail", "wait_s"),
    [
        (b"401 Unauthorized", RefusedError, "HTTP 401 Unauthorized", None),
        (b"403 Forbidden", RefusedError, "HTTP 403 Forbidden", None),
        (b"404 Not Found", UnreadableError, "HTTP 404 Not Found", None),
        (b"410 Gone", UnreadableError, "HTTP 410 Gone", None),
        (b"422 What", UnreadableError, "HTTP 422", None),
        (b"300 Many", UnreadableError, "HTTP 300", None),
        (b"304 Same", UnreadableError, "HTTP 304", None),
        (b"302 Somewhere", UnreadableError, "HTTP 302", None),
        (b"500 Oops", FaultError, "HTTP 500", None),
        (b"599 Oops", FaultError, "HTTP 599", None),
        (b"429 Slow down\r\nRetry-After: 120", BusyError, "HTTP 429", 120.0),
        (b"429 Slow down", BusyError, "HTTP 429", 30.0),
        (b"503 Later\r\nRetry-After: Thu, 01 Jan 1970 00:02:00 GMT", BusyError, "HTTP 503", 60.0),
        (b"503 Later\r\nRetry-After: 99999999999999999999", BusyError, "HTTP 503", 86_400.0),
        (b"503 Later\r\nRetry-After: 0", BusyError, "HTTP 503", 1.0),
        (b"503 Later\r\nRetry-After: Thu, 01 Jan 1970 00:00:00 GMT", BusyError, "HTTP 503", 1.0),
    ],
)
async def test_a_status_that_is_no_answer_says_who_must_act(
    head: bytes, kind: type[LienThuError], detail: str, wait_s: float | None, serve: Serve, ask: Ask
) -> None:
    server = await serve(sends(b"HTTP/1.1 " + head + b"\r\nContent-Length: 0\r\n\r\n"))
    with pytest.raises(kind, match=detail) as caught:
        await ask(server.url, clock=lambda: 60.0).get(f"{server.url}/")
    assert caught.value.failure.retry_after_s == wait_s


async def test_a_connector_reads_the_statuses_it_asks_for(serve: Serve, ask: Ask) -> None:
    server = await serve(sends(b"HTTP/1.1 302 Found\r\nLocation: /record/7\r\nContent-Length: 3\r\n\r\none"))
    answer = await ask(server.url).get(f"{server.url}/", extensions={"lienthu.accept_status": {302, 422}})
    assert (answer.status_code, answer.headers["Location"], answer.text) == (302, "/record/7", "one")


def redirects(status: bytes, location: bytes, more: bytes = b"") -> Write:
    return sends(
        b"HTTP/1.1 %b Moved\r\nLocation: %b\r\n%bConnection: close\r\nContent-Length: 0\r\n\r\n"
        % (status, location, more)
    )


@pytest.mark.parametrize(
    ("location", "kind", "detail"),
    [
        (b"/again", OversizeError, "more than 5 redirects"),
        (b"http://127.0.0.2/", UnreachableError, "http://127.0.0.2, which is not among its hosts"),
        (b"http://10.0.0.1/", UnreachableError, "http://10.0.0.1, which is not"),
        (b"http://169.254.169.254/latest/meta-data", UnreachableError, "169.254.169.254 is a link-local address"),
        (b"http://2130706433/", UnreachableError, "2130706433 is neither a name nor a plain address"),
        (b"http://127.1/", UnreachableError, "neither a name"),
        (b"http://0x7f000001/", UnreachableError, "neither a name"),
        (b"http://[::ffff:169.254.169.254]/", UnreachableError, "link-local"),
        (b"http://other.example/?q=m%E1%BA%ADt", UnreachableError, "redirects to http://other.example, which"),
        (b"//other.example/", UnreachableError, "not among its hosts"),
        (b"http://user:secret@127.0.0.1:1/", UnreachableError, "redirects to http://127.0.0.1:1, which"),
        (b"file:///etc/passwd", UnreachableError, "file address, not an http"),
        (b"ftp://127.0.0.1/", UnreachableError, "ftp address"),
        (b"javascript:alert(1)", UnreachableError, "javascript address"),
        (b"http://[::1", UnreadableError, "no address"),
        (b"http://0177.0.0.1/", UnreadableError, "no address"),
    ],
)
async def test_a_redirect_out_of_bounds_is_not_followed(
    location: bytes, kind: type[LienThuError], detail: str, serve: Serve, ask: Ask
) -> None:
    server = await serve(redirects(b"302", location))
    client = ask(server.url)
    with pytest.raises(kind, match=detail) as caught:
        await client.get(f"{server.url}/?q=mật")
    assert not any(word in str(caught.value) for word in ("mật", "m%E1", "secret", "meta-data"))
    assert len(server.heads) == (6 if kind is OversizeError else 1)
    assert (await client.get(f"{server.url}/good")).text == "good"


async def test_a_redirect_on_the_same_host_is_followed_and_the_answer_says_where_it_is_from(
    serve: Serve, ask: Ask
) -> None:
    server = await serve(redirects(b"301", b"/good?a=1"))
    answer = await ask(server.url).get(f"{server.url}/old")
    assert (answer.text, str(answer.url)) == ("good", f"{server.url}/good?a=1")


@pytest.mark.parametrize(("status", "method"), [(b"302", "GET"), (b"303", "GET"), (b"307", "POST"), (b"308", "POST")])
async def test_a_redirected_post_is_sent_again_only_where_the_status_says_so(
    status: bytes, method: str, serve: Serve, ask: Ask
) -> None:
    server = await serve(redirects(status, b"/good"))
    await ask(server.url).post(f"{server.url}/form", json={"q": "x"})
    assert server.lines == ["POST /form HTTP/1.1", f"{method} /good HTTP/1.1"]
    assert (b"Content-Length: 9" in server.heads[1]) == (method == "POST")


async def test_a_server_that_redirects_to_see_its_cookie_sees_it(serve: Serve, ask: Ask) -> None:
    server = await serve(redirects(b"302", b"/good", b"Set-Cookie: session=abc; Path=/\r\n"))
    client = ask(server.url)
    assert (await client.get(f"{server.url}/")).text == "good"
    await client.get(f"{server.url}/good")
    assert [b"ookie: session=abc" in head for head in server.heads] == [False, True, True]


async def test_a_redirect_to_another_host_of_the_member_takes_no_secret_along(serve: Serve, ask: Ask) -> None:
    server = await serve(redirects(b"302", b"http://localhost:%d/good" % 0))
    server._behaviour = redirects(b"302", b"http://localhost:%d/good" % server.port, b"Set-Cookie: s=1\r\n")
    client = ask(server.url, hosts=(f"localhost:{server.port}",))
    answer = await client.get(f"{server.url}/", headers={"Authorization": "Bearer secret"})
    assert answer.url.host == "localhost"
    assert b"secret" in server.heads[0]
    assert b"secret" not in server.heads[1]
    assert b"ookie" not in server.heads[1]


async def test_a_member_may_be_asked_with_and_without_www_and_never_down_from_https(
    ask: Ask, hall: Callable[..., Any]
) -> None:
    there = hall(
        httpx.Response(301, headers={"Location": "https://www.thuvien.example/"}),
        httpx.Response(301, headers={"Location": "http://thuvien.example/b"}),
        httpx.Response(200, content=b"good"),
    )
    client = ask("http://thuvien.example/", transport=there, private_network=False)
    assert str((await client.get("http://thuvien.example/")).url) == "https://thuvien.example/b"


@pytest.mark.parametrize(
    "url", ["http://other.example/", "https://thuvien.example:8443/", "http://thuvien.example.evil/"]
)
async def test_a_connector_reaches_no_host_but_its_members(url: str, ask: Ask, hall: Callable[..., Any]) -> None:
    there = hall()
    client = ask("https://thuvien.example/", transport=there, hosts=("kho.example", "thuvien.example:8080"))
    with pytest.raises(UnreachableError, match="not among its hosts"):
        await client.get(url)
    for allowed in ("https://kho.example/", "http://thuvien.example./", "http://thuvien.example:8080/"):
        assert (await client.get(allowed)).text == "good"
    assert len(there.requests) == 3


async def test_a_member_file_without_a_web_address_is_our_own_mistake(ask: Ask, hall: Callable[..., Any]) -> None:
    with pytest.raises(SettingsError, match="its url has no host"):
        await ask("tcp:/nowhere", transport=hall()).get("http://thuvien.example/")
    with pytest.raises(SettingsError, match="no address"):
        ask("http://thuvien.example/", hosts=("0177.0.0.1",))


async def test_the_time_of_one_request_may_be_shortened_and_never_lengthened(serve: Serve, ask: Ask) -> None:
    server = await serve(says_nothing)
    client = ask(server.url, timeout_s=0.2)
    with pytest.raises(TimedOutError, match=r"within 0\.05 s"):
        await client.get(f"{server.url}/", timeout=0.05)
    with pytest.raises(TimedOutError, match=r"within 0\.2 s"):
        await client.get(f"{server.url}/", timeout=600)


async def test_a_cancelled_request_ends_at_once_and_hangs_up(serve: Serve, ask: Ask) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def goes_on(head: bytes, writer: asyncio.StreamWriter) -> None:
        asked.set()
        try:
            await drips(CHUNKED, b"1\r\nx\r\n")(head, writer)
        except ConnectionError:
            gone.set()

    server = await serve(goes_on)
    client = ask(server.url, parallel=1)
    task = asyncio.create_task(client.get(f"{server.url}/"))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2):
        assert (await client.get(f"{server.url}/good")).text == "good"
        await gone.wait()


async def test_no_port_open_is_a_member_that_cannot_be_reached(ask: Ask, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}"
    with pytest.raises(UnreachableError, match="no connection"):
        await ask(url).get(f"{url}/?q=mật")


class _Stream(httpx.AsyncByteStream):
    """A request's body that comes in pieces."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"a=1"
        yield b"&b=2"


async def test_a_body_in_pieces_is_sent_whole(serve: Serve, ask: Ask) -> None:
    server = await serve(sends(OK + b"Content-Length: 2\r\n\r\nok"))
    await ask(server.url).post(f"{server.url}/", content=_Stream())
    assert b"7" in server.heads[0].lower().split(b"content-length: ")[1][:3]
