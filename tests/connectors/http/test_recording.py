"""What a recording holds, what it does not, and what it answers."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http.exchange import Exchange, read_exchange, written
from connectors.http.recording import Recorder, Replay, UnrecordedError
from connectors.http.redaction import Redaction
from connectors.http.wire import Wire
from engine.errors import BusyError, OversizeError, SettingsError, UnreadableError

Serve = Callable[..., Awaitable[Any]]
Ask = Callable[..., httpx.AsyncClient]
URL = "https://thuvien.example"


def answers(response: bytes) -> Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]:
    async def behave(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response)
        await writer.drain()
        writer.close()

    return behave


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_an_exchange_becomes_a_file_that_a_person_can_read(
    serve: Serve, ask: Ask, member_of: Callable[..., Any], tmp_path: Path
) -> None:
    body = gzip.compress("<a>Kinh tế\nvi mô</a>".encode())
    head = (
        b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\n"
        b"Set-Cookie: s=1a2b3c; Path=/\r\n\r\n"
    )
    server = await serve(answers(head + body))
    client = ask(server.url, transport=Recorder(Wire(member_of(server.url)), tmp_path / "thu-vien"))
    answer = await client.get(f"{server.url}/sru?version=1.1&query=a%20b", headers={"Accept": "application/xml"})
    assert answer.text == "<a>Kinh tế\nvi mô</a>"
    [file] = files(tmp_path / "thu-vien")
    assert file.name == "001-get-sru.exchange"
    assert file.read_text("utf-8") == (
        "> GET /sru?version=1.1&query=a%20b\n"
        "> Accept: application/xml\n"
        "< 200\n"
        "< Content-Type: text/xml\n"
        "< Set-Cookie: s=REDACTED; Path=/\n"
        "\n"
        "<a>Kinh tế\nvi mô</a>"
    )


async def test_what_was_recorded_is_answered_again(
    serve: Serve, ask: Ask, member_of: Callable[..., Any], tmp_path: Path
) -> None:
    pixels = bytes(range(256))
    server = await serve(answers(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + pixels))
    client = ask(server.url, transport=Recorder(Wire(member_of(server.url)), tmp_path))
    asked: dict[str, Any] = {"content": b"\xff\r\n\x00", "headers": {"Content-Type": "application/octet-stream"}}
    first = await client.post(f"{server.url}/cover", **asked)
    replay = ask(URL, private_network=False, spacing_ms=60_000, transport=Replay(tmp_path))
    for _ in range(3):  # nobody's server is spared by waiting, so nothing is spaced out
        again = await replay.post(f"{URL}/cover", **asked)
        assert (again.content, again.headers["Content-Type"]) == (pixels, "image/png")
    assert first.content == pixels


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two exchanges written by hand."""
    (tmp_path / "full.exchange").write_text(
        "# Written by hand.\n> GET /sru?query=kinh%20t%E1%BA%BF&version=1.1\n< 200\n< Content-Type: text/xml\n\n<a/>\n",
        encoding="utf-8",
    )
    (tmp_path / "found.exchange").write_text(
        '> POST /api/search\n> Content-Type: application/json\n>\n> {"q": "kinh tế",\n>  "page": 1}\n'
        '< 200\n< Content-Type: application/json\n\n{"total": 3}',
        encoding="utf-8",
    )
    return tmp_path


async def test_the_order_of_parameters_and_the_layout_of_json_do_not_matter(folder: Path) -> None:
    replay = Replay(folder)
    async with httpx.AsyncClient(transport=replay) as client:
        answer = await client.get(f"{URL}/sru", params={"version": "1.1", "query": "kinh tế"})
        assert (answer.text, answer.headers["Content-Type"]) == ("<a/>\n", "text/xml")
        found = await client.post(f"{URL}/api/search", json={"page": 1, "q": "kinh tế"})
        assert found.json() == {"total": 3}
    assert replay.asked == ["GET /sru?version=1.1&query=kinh+t%E1%BA%BF", "POST /api/search"]


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/sru?query=kinh&version=1.1", None),
        ("GET", "/sru?query=kinh%20t%E1%BA%BF&version=1.1&version=1.1", None),
        ("HEAD", "/sru?query=kinh%20t%E1%BA%BF&version=1.1", None),
        ("POST", "/api/search", {"q": "kinh tế", "page": 2}),
        ("POST", "/api/search", None),
    ],
)
async def test_a_request_that_was_not_recorded_is_named_with_what_comes_nearest(
    method: str, target: str, body: Any, folder: Path, ask: Ask
) -> None:
    client = ask(URL, transport=Replay(folder))
    with pytest.raises(UnrecordedError) as caught:
        await client.request(method, URL + target, json=body)
    said = str(caught.value)
    assert f"{method} {target}" in said
    assert "GET /sru?query=kinh%20t%E1%BA%BF&version=1.1" in said


async def test_several_answers_to_one_request_come_in_the_order_of_their_names(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "1.exchange").write_text("> GET /\n< 429\n< Retry-After: 7\n\n")
    (tmp_path / "2.exchange").write_text("> GET /\n< 200\n\nfirst")
    (tmp_path / "3.exchange").write_text("> GET /\n< 200\n\nlast")
    now = 0.0
    client = ask(URL, clock=lambda: now, transport=Replay(tmp_path))
    with pytest.raises(BusyError):
        await client.get(f"{URL}/")
    now = 7.0
    assert [(await client.get(f"{URL}/")).text for _ in range(3)] == ["first", "last", "last"]


async def test_of_two_answers_the_one_in_the_form_that_was_asked_for_is_given(tmp_path: Path) -> None:
    (tmp_path / "1.exchange").write_text("> GET /7\n> Accept: application/xml\n< 200\n\n<a/>")
    (tmp_path / "2.exchange").write_text("> GET /7\n> Accept: application/json\n< 200\n\n{}")
    async with httpx.AsyncClient(transport=Replay(tmp_path)) as client:
        for accept, text in (("application/json", "{}"), ("application/xml", "<a/>"), ("application/json", "{}")):
            assert (await client.get(f"{URL}/7", headers={"Accept": accept})).text == text


async def test_a_replayed_answer_is_guarded_like_a_real_one(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "big.exchange").write_text("> GET /big\n< 200\n\n" + "x" * 2000)
    (tmp_path / "gone.exchange").write_text("> GET /gone\n< 404\n\n")
    client = ask(URL, body_bytes=1999, transport=Replay(tmp_path))
    with pytest.raises(OversizeError):
        await client.get(f"{URL}/big")
    with pytest.raises(UnreadableError, match="HTTP 404"):
        await client.get(f"{URL}/gone")


async def test_no_secret_goes_into_a_recording_and_the_request_is_still_known(
    serve: Serve, ask: Ask, member_of: Any, tmp_path: Path
) -> None:
    echo = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<q>wskey-1234 b%20earer1 passw0rd! cookie99 keyword</q>"
    server = await serve(answers(echo))
    client = ask(server.url, transport=Recorder(Wire(member_of(server.url)), tmp_path, secret_names=("lic",)))
    target = "/s?keyword=keyword&accessToken=b%20earer1&wskey=wskey-1234&lic=licence7"
    asked: dict[str, Any] = {
        "json": {"user": {"name": "lan", "password": "passw0rd!"}, "q": "kinh tế"},
        "headers": {"Authorization": "Bearer abc.def.ghi", "Cookie": "JSESSIONID=cookie99; lang=vi"},
    }
    await client.post(server.url + target, **asked)
    [file] = files(tmp_path)
    text = file.read_text("utf-8")
    for secret in ("wskey-1234", "earer1", "passw0rd!", "cookie99", "abc.def.ghi", "licence7"):
        assert secret not in text
    assert "keyword=keyword&accessToken=REDACTED&wskey=REDACTED&lic=REDACTED" in text
    assert "> Cookie: JSESSIONID=REDACTED; lang=REDACTED" in text
    assert "<q>REDACTED REDACTED REDACTED REDACTED keyword</q>" in text
    again = Replay(tmp_path, secret_names=("lic",))
    async with httpx.AsyncClient(transport=again) as replay:
        other_key = target.replace("wskey-1234", "another-key")
        assert (await replay.post(URL + other_key, json=asked["json"])).status_code == 200


async def test_secrets_of_a_form_are_left_out_too(
    serve: Serve, ask: Ask, member_of: Callable[..., Any], tmp_path: Path
) -> None:
    server = await serve(answers(b"HTTP/1.1 200 OK\r\n\r\nok"))
    client = ask(server.url, transport=Recorder(Wire(member_of(server.url)), tmp_path))
    await client.post(f"{server.url}/login", data={"user": "lan", "__RequestVerificationToken": "tok=en&1"})
    [file] = files(tmp_path)
    assert "> user=lan&__RequestVerificationToken=REDACTED\n" in file.read_text()


@pytest.mark.parametrize(
    "name", ["key", "apikey", "api_key", "X-Api-Key", "wskey", "accessToken", "token", "password", "pwd", "sid", "JWT"]
)
def test_names_of_secrets_are_known(name: str) -> None:
    assert Redaction().is_secret(name)


@pytest.mark.parametrize(
    "name", ["keyword", "keywords", "query", "q", "monkey", "sort_keys", "author", "inside", "page"]
)
def test_names_that_only_look_like_secrets_are_left_alone(name: str) -> None:
    assert not Redaction().is_secret(name)


async def test_what_breaks_off_is_not_recorded(
    serve: Serve, ask: Ask, member_of: Callable[..., Any], tmp_path: Path
) -> None:
    server = await serve(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"))
    client = ask(server.url, transport=Recorder(Wire(member_of(server.url)), tmp_path))
    with pytest.raises(UnreadableError):
        await client.get(f"{server.url}/")
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "line", "expected"),
    [
        (b"", 1, "the request, like '> GET /path?query'"),
        (b"# note\nGET / HTTP/1.1\n", 2, "the request"),
        (b"> GET http://a.vn/\n< 200\n", 1, "a path that begins with /"),
        (b"> GET /\nAccept: a\n", 2, "the answer's status"),
        (b"> GET /\n> Accept\n< 200\n", 2, "headers, like 'Content-Type: text/xml'"),
        (b"> GET /\n< OK\n", 2, "a status of three digits"),
        (b"> GET /\n< 200\nbody\n", 2, "an empty line before the body"),
        (b"> GET /\n< 200\n< Content-Transfer-Encoding: base64\n\n!\n", 4, "a body in base64"),
    ],
)
def test_a_file_that_is_no_exchange_says_what_is_wrong_and_where(file: bytes, line: int, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_exchange(file, name="a.exchange")
    assert str(caught.value).startswith(f"a.exchange:{line}: expected ")
    assert expected in str(caught.value)


def test_a_folder_without_recordings_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \*\.exchange in"):
        Replay(tmp_path)


_TOKENS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1)
_BODIES = st.binary() | st.text().map(str.encode) | st.just(json.dumps({"q": "ế"}, indent=1).encode())


@settings(deadline=None)
@given(
    st.builds(
        Exchange,
        method=st.sampled_from(["GET", "POST"]),
        target=_TOKENS.map("/".__add__),
        status=st.integers(100, 599),
        request_headers=st.lists(st.tuples(_TOKENS, _TOKENS), max_size=2).map(tuple),
        request_body=_BODIES,
        headers=st.lists(st.tuples(_TOKENS, _TOKENS), max_size=2).map(tuple),
        body=_BODIES,
        comment=st.sampled_from(["", "one", "one\ntwo\n\nthree"]),
    )
)
def test_any_exchange_that_is_written_is_read_again_as_it_was(exchange: Exchange) -> None:
    assert read_exchange(written(exchange), name="a") == exchange
