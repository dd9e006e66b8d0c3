"""ASP.NET's forms: state sent back whole, post-backs, tokens, a form that has grown old; pagers of any theme."""

from __future__ import annotations

import httpx
import pytest

from connectors.forms.aspnet import Kept, form_of, post_back_of, token_of
from connectors.forms.sending import sent
from connectors.forms.turning import turned
from connectors.reading.html import parse_html
from engine.errors import FaultError, RefusedError

FORM = """<html><body><form id="other"><input name="q"></form>
<form id="f" method="POST" action="./S.aspx?x=1"><input type="hidden" name="__VIEWSTATE" value="a+b/=">
<input name="t" value=""><input type="submit" name="go" value="Tìm"><input type="password" name="p" value="s">
<input type="checkbox" name="on" checked><input type="checkbox" name="off"><input type="radio" name="r" value="1">
<input type="radio" name="r" value="2" checked><select name="s"><option value="">Tất cả<option selected>Sách</select>
<select name="first"><option value="">Tất cả<option value="1">Một</select><textarea name="x">dài</textarea>
</form></body></html>
"""


def test_a_form_is_sent_back_as_a_browser_would_with_nothing_pressed() -> None:
    form = form_of(parse_html(FORM.encode()), "https://o.example.org/opac/S.aspx", "form#f")
    assert form.action == "https://o.example.org/opac/S.aspx?x=1"
    assert form.is_post
    assert form.fields == {
        "__VIEWSTATE": "a+b/=", "t": "", "on": "on", "r": "2", "s": "Sách", "first": "", "x": "dài",
    }  # fmt: skip
    assert form.posted_back("grid", "Page$2")["__EVENTARGUMENT"] == "Page$2"


def test_a_page_without_the_form_is_what_it_is() -> None:
    with pytest.raises(RefusedError):
        form_of(parse_html(b"<html><title>Login</title><input type=password></html>"), "https://o.example.org/")


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("javascript:__doPostBack(&#39;g$ctl1&#39;,&#39;&#39;)", ("g$ctl1", "")),
        (
            'javascript:WebForm_DoPostBackWithOptions(new WebForm_PostBackOptions("a$b", "", true, "", "", false))',
            ("a$b", ""),
        ),
        ("javascript:void(0)", None),
    ],
)
def test_post_backs_are_found_in_every_writing(script: str, found: tuple[str, str] | None) -> None:
    assert post_back_of(script) == found


def test_tokens_are_found_in_every_writing() -> None:
    for html in (
        "<input type=hidden id=requestVerificationToken value=T1>",
        '<input name="__RequestVerificationToken" type="hidden" value="T1">',
        '<meta id="RequestVerificationToken" content="T1">',
    ):
        assert token_of(parse_html(html.encode())) == "T1"
    assert not token_of(parse_html(b"<p>x</p>"))


class Server(httpx.AsyncBaseTransport):
    """Gives pages with numbered tokens, and takes only those that are named."""

    def __init__(self, *taken: str) -> None:
        self.taken, self.pages, self.posts = taken, 0, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            self.pages += 1
            return httpx.Response(200, content=f"<input id=requestVerificationToken value=T{self.pages}>".encode())
        self.posts += 1
        return httpx.Response(200 if request.headers["Token"] in self.taken else 400, request=request)


async def ask(server: Server, times: int, *, uses: int = 40) -> list[int]:
    async with httpx.AsyncClient(transport=server) as client:
        kept = Kept(client, "https://o.example.org/f", uses=uses)
        return [
            await kept.ask(lambda page, url: httpx.Request("POST", url, headers={"Token": token_of(page)}), read_reply)
            for _ in range(times)
        ]


async def read_reply(response: httpx.Response) -> int:
    if response.content == b"log in":
        raise RefusedError("a login page")
    return response.status_code


async def test_a_token_is_kept_for_its_uses() -> None:
    server = Server("T1", "T2")
    assert await ask(server, 5, uses=3) == [200] * 5
    assert (server.pages, server.posts) == (2, 5)


async def test_a_token_that_has_grown_old_is_fetched_again_once() -> None:
    server = Server("T2")
    assert await ask(server, 2) == [200, 200]
    assert (server.pages, server.posts) == (2, 3)


async def test_the_session_s_cookie_goes_with_what_is_sent_of_a_form() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Cookie", ""))
        headers = {"Set-Cookie": "ASP.NET_SessionId=s1; path=/"}
        return httpx.Response(200, headers=headers, content=b"<input id=requestVerificationToken value=T>")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        kept = Kept(client, "https://o.example.org/f")
        await kept.ask(lambda _, url: httpx.Request("POST", url, data={"a": "b"}), read_reply)
        await sent(client, httpx.Request("GET", "https://o.example.org/next"))
    assert seen == ["", "ASP.NET_SessionId=s1", "ASP.NET_SessionId=s1"]


async def test_a_login_page_in_the_place_of_an_answer_means_that_a_kept_session_has_ended() -> None:
    class Ending(Server):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            reply = await super().handle_async_request(request)
            ended = request.method == "POST" and self.posts > 1 and request.headers["Token"] == "T1"
            return httpx.Response(200, content=b"log in", request=request) if ended else reply

    server = Ending("T1", "T2")
    assert await ask(server, 2) == [200, 200]
    assert (server.pages, server.posts) == (2, 3)


async def test_a_login_page_at_once_is_a_login_page() -> None:
    class Closed(Server):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            reply = await super().handle_async_request(request)
            return reply if request.method == "GET" else httpx.Response(200, content=b"log in", request=request)

    server = Closed()
    with pytest.raises(RefusedError):
        await ask(server, 1)
    assert (server.pages, server.posts) == (1, 1)


async def test_a_server_that_takes_no_token_is_not_asked_for_ever() -> None:
    class Broken(Server):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            reply = await super().handle_async_request(request)
            return reply if request.method == "GET" else httpx.Response(500, request=request)

    server = Broken()
    with pytest.raises(FaultError):
        await ask(server, 1)
    assert (server.pages, server.posts) == (2, 2)


@pytest.mark.parametrize(
    ("link", "method", "url"),
    [
        ('<a href="?q=a&amp;page=2">2</a>', "GET", "https://o.example.org/s?q=a&page=2"),
        ('<a href="?q=a&amp;pageIndex=2">Trang kế</a>', "GET", "https://o.example.org/s?q=a&pageIndex=2"),
        ('<a class="page-link next" href="/s/2"><i></i></a>', "GET", "https://o.example.org/s/2"),
        ('<a href="/s/2">Tiếp</a>', "GET", "https://o.example.org/s/2"),
        ("""<form method=post><input name=__VIEWSTATE></form><a href="javascript:__doPostBack('g','Page$2')">2</a>""",
         "POST", "https://o.example.org/s?q=a"),
        ('<a href="javascript:go(2)">2</a><a href="?p=2">»</a>', "GET", "https://o.example.org/s?p=2"),
    ],
)  # fmt: skip
def test_another_page_is_reached_as_the_page_leads_there(link: str, method: str, url: str) -> None:
    request = turned(parse_html(f"<html><body>{link}</body></html>".encode()), "https://o.example.org/s?q=a", 2, 1)
    assert request is not None
    assert (request.method, str(request.url)) == (method, url)


@pytest.mark.parametrize("link", ['<a href="https://elsewhere.example.com/?page=2">2</a>', '<a href="#">2</a>', "2"])
def test_no_page_leads_to_another_server_or_nowhere(link: str) -> None:
    page = parse_html(f"<html><body>{link}</body></html>".encode())
    assert turned(page, "https://o.example.org/s?q=a", 2, 1) is None
