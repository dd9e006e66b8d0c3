"""Declared sources: a member file alone asks and reads; what it gets wrong is refused with its line and the mend."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.battery import Battery
from connectors.declared import SYSTEM, DeclaredSettings
from connectors.declared.patterns import bounded
from connectors.declared.points import json_steps, json_values
from connectors.declared.request import built, holes_filled
from connectors.declared.settings import Request
from connectors.http import open_client
from connectors.http.recording import Replay
from engine.errors import SettingsError, UnreadableError
from engine.model import Answer, Clause, Query, Window
from engine.ports import Door
from engine.settings import read_member

RECORDINGS = Path(__file__).parents[1] / "recordings"


class TestBattery(Battery, system=SYSTEM, recordings=RECORDINGS): ...


MEMBER = """system = "declared"
url = "https://opac.example.org"

[name]
vi = "Thư viện"
en = "Library"

[declared]
rows = { point = "li.row" }
none = { point = "p.none" }

[declared.search.any]
path = "/s"
parameters = { q = "{words}" }

[declared.record]
title = { point = "a" }
"""


def refused(tmp_path: Path, old: str, new: str) -> str:
    assert old in MEMBER
    file = tmp_path / "thu.toml"
    file.write_text(MEMBER.replace(old, new), "utf-8")
    with pytest.raises(SettingsError) as caught:
        read_member(file, {"declared": DeclaredSettings})
    return str(caught.value).removeprefix(f"{file}:")


@pytest.mark.parametrize(
    ("old", "new", "line", "mend"),
    [
        ('rows = { point = "li.row" }\n', "", 8, "rows"),
        ('point = "li.row"', 'pont = "li.row"', 9, "did you mean `point`?"),
        ('"li.row"', '"li.row >"', 9, "not a CSS selector"),
        ('"li.row"', '"$.docs[x]"', 9, 'write steps like .name, ["any name"], [0] or [*]'),
        ('{ point = "a" }', '{ point = "a", pattern = "(" }', 17, "not a regular expression: missing )"),
        ('{ point = "a" }', '{ point = "a", pattern = "(a+)+$" }', 17, "write the inner one without it"),
        ('{ point = "a" }', '{ point = "$.title" }', 8, "write a CSS selector"),
        ('title = { point = "a" }', 'year = { point = "a" }', 16, "say where the title stands"),
        ('title = { point = "a" }', 'titel = { point = "a" }', 17, "did you mean `title`?"),
        ('title = { point = "a" }', "title = {}", 17, "write a `point`"),
        ('none = { point = "p.none" }\n', "", 8, "give one of them"),
        ('"{words}"', '"{word}"', 14, "nothing fills {word}"),
        ('"{words}"', '"x"', 12, "put it into a parameter"),
        ('path = "/s"', 'path = "s"', 13, "write /s"),
        ('path = "/s"', 'path = "/s"\nbody = { q = "{words}" }', 14, 'write method = "POST"'),
        ('path = "/s"', 'path = "/s"\nheaders = { Cookie = "a" }', 14, "not for a member file"),
        ('none = { point = "p.none" }', 'none = { point = "p" }\nrecord_url = "/r/{id}"', 11, "needs an `id`"),
        ('none = { point = "p.none" }', 'none = { point = "p" }\npage_size = 0', 11, "page_size"),
        ('none = { point = "p.none" }', 'none = { point = "p" }\ncharset = "utf-9"', 11, "no such encoding"),
        ('none = { point = "p.none" }', 'none = { point = "p", attribute = "a b" }', 10, "write one like href"),
    ],
)
def test_a_mistake_in_a_member_file_is_refused_with_its_line_and_the_mend(
    tmp_path: Path, old: str, new: str, line: int, mend: str
) -> None:
    message = refused(tmp_path, old, new)
    assert message.startswith(f"{line}: ")
    assert mend in message


@pytest.mark.parametrize(
    "pattern",
    [r"(a+)+", r"(?:a*)*b", r"(a|ab)*c", r"((\w)+,)+", r"(a?b?)*", r"(a)\1", r"(?=a+)b", r"(?<!a)b", r"(?:(?:a{2,})x)+",
     r"\d*\d*\d*\d*\d*\d*\d*x", "(?P<n>a)(?(n)b|c)", "a" * 400],
)  # fmt: skip
def test_a_regular_expression_that_may_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        bounded(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"\d*\d*\d*\d*x", "1" * 100_000), (r"a.*b.*c$", "ab" * 50_000), (r"\s*\S*\s*x", " a" * 50_000)],
)
def test_no_regular_expression_holds_the_loop(pattern: str, text: str) -> None:
    begun = time.process_time()
    assert bounded(pattern).found(text) is None
    assert time.process_time() - begun < 1.5


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"(\d{4})\)?$", "H. : Trẻ (2010)", "2010"),
        (r"(?i)tác giả:\s*(.+)", "TÁC GIẢ: Lê A", "Lê A"),
        (r"(\d+)\s*-\s*\d+", "21 - 40", "21"),
        (r"(?:\d\d){2}", "2010", "2010"),
        (r"[(+*]+x", "(+*x", "(+*x"),
        (r"id=(?P<id>\d+)", "a?id=7", "7"),
        (r"không có", "có", None),
    ],
)
def test_usual_regular_expressions_are_taken(pattern: str, text: str, found: str | None) -> None:
    assert bounded(pattern).found(text) == found


@given(st.text(max_size=30))
def test_any_text_is_a_json_path_or_refused_as_none(text: str) -> None:
    try:
        found = json_values({"a": [1, {"b": None}]}, "$" + text)
    except ValueError:
        with pytest.raises(ValueError, match="write steps like"):
            json_steps("$" + text)
    else:
        assert isinstance(found, list)


@given(st.text(min_size=1, max_size=60))
def test_any_words_stay_inside_their_place(words: str) -> None:
    holes = holes_filled(words, 1, 20, 20)
    in_query = built("https://o.example.org", Request(path="/s", parameters={"q": "{words}", "p": "{page}"}), holes)
    assert dict(in_query.url.params) == {"q": words.encode("utf-8", "replace").decode(), "p": "1"}
    in_path = built("https://o.example.org", Request(path="/s/{words}/x"), holes)
    assert in_path.url.raw_path.count(b"/") == 3
    assert in_path.url.host == "o.example.org"


async def asked(folder: str, query: Query, window: Window, toml: str, tmp_path: Path) -> tuple[Answer, list[str]]:
    file = tmp_path / "thu.toml"
    file.write_text(toml, "utf-8")
    member, settings = read_member(file, {"declared": DeclaredSettings})
    replay = Replay(RECORDINGS / folder)
    client = open_client(member, user_agent="LienThu-test", clock=lambda: 0.0, transport=replay)
    connector = SYSTEM.connector(member, settings, Door(client, lambda: 0.0))
    try:
        return await connector.search(query, window), replay.asked
    finally:
        await connector.close()


FOLLOWING = MEMBER.replace(
    'none = { point = "p.none" }', 'none = { point = "p.none" }\nnext = { point = "a.next", attribute = "href" }'
)
POSTING = """system = "declared"
url = "https://opac.example.org"

[name]
vi = "Thư viện"
en = "Library"

[declared]
rows = { point = "table tr.row" }
none = { point = "span.none" }
total = { point = "#count" }
next = { point = "a[href*=doPostBack]", attribute = "href" }
form = { path = "/Search.aspx", point = "form#aspnetForm" }

[declared.search.any]
method = "POST"
parameters = { "ctl00$txtSearch" = "{words}", "ctl00$btnSearch" = "Tìm" }

[declared.record]
title = { point = "td" }
"""


async def test_pages_are_followed_where_only_the_page_before_leads_to_them(tmp_path: Path) -> None:
    answer, requests = await asked("declared-following", Query(Clause("đá")), Window(3, 2), FOLLOWING, tmp_path)
    assert [(one.place, one.record.title) for one in answer.placed] == [(3, "Ba"), (4, "Bốn")]
    assert requests == ["GET /s?q=%C4%91%C3%A1", "GET /s?q=%C4%91%C3%A1&p=2"]
    assert not answer.has_more


async def test_a_form_is_fetched_first_and_its_state_sent_along_page_after_page(tmp_path: Path) -> None:
    answer, requests = await asked("declared-posting", Query(Clause("đá")), Window(1, 4), POSTING, tmp_path)
    assert [one.record.title for one in answer.placed] == ["Một", "Hai", "Ba"]
    assert requests == ["GET /Search.aspx", "POST /Search.aspx", "POST /Search.aspx"]
    assert answer.total == 3


async def test_pages_of_another_size_than_said_are_noticed(tmp_path: Path) -> None:
    asked_pages: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["p"])
        asked_pages.append(str(number))
        rows = "".join(f'<li class="row"><a>T{at}</a></li>' for at in range(number * 4 - 3, min(number * 4, 10) + 1))
        return httpx.Response(200, content=f"<html><ul>{rows}</ul><p class=count>10</p></html>".encode())

    toml = MEMBER.replace('none = { point = "p.none" }', 'total = { point = "p.count" }\npage_size = 3').replace(
        'q = "{words}"', 'q = "{words}", p = "{page}"'
    )
    file = tmp_path / "thu.toml"
    file.write_text(toml, "utf-8")
    member, settings = read_member(file, {"declared": DeclaredSettings})
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    connector = SYSTEM.connector(member, settings, Door(client, lambda: 0.0))
    found = await connector.search(Query(Clause("a")), Window(6, 4))
    await connector.close()
    assert [(one.place, one.record.title) for one in found.placed] == [(6, "T6"), (7, "T7"), (8, "T8"), (9, "T9")]
    assert asked_pages == ["2", "3"]


async def test_a_page_without_rows_and_without_the_sign_of_none_is_broken(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        await asked("declared-following", Query(Clause("vỡ")), Window(1, 2), FOLLOWING, tmp_path)


def test_the_example_of_the_docs_loads_and_every_key_stands_there(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "declared-sources.md").read_text("utf-8")
    examples = [part.partition("```")[0] for part in docs.split("```toml\n")[1:]]
    assert examples
    for at, example in enumerate(examples):
        file = tmp_path / f"vi-du-{at}.toml"
        file.write_text(example, "utf-8")
        read_member(file, {"declared": DeclaredSettings})
    for key in DeclaredSettings.__struct_fields__:
        assert f"`{key}`" in docs, key
