"""The interface of version 7 and later, which is another program than the server: where it says that the server is."""

from __future__ import annotations

import json

import httpx
import pytest

from connectors.dspace import Way
from connectors.dspace.interface import is_interface, server_in
from connectors.dspace.signs import recognise_interface
from engine.errors import FaultError, UnreachableError
from engine.ports import Page
from tests.connectors.dspace.conftest import Opener, item

CONFIG = "https://kho.example.org/assets/config.json"
REST = {"ssl": True, "host": "api.example.org", "port": 443, "nameSpace": "/server"}
WHOLE = {**REST, "baseUrl": "https://api.example.org/server"}
STATE = json.dumps({"APP_CONFIG_STATE": {"ui": {"ssl": False}, "rest": WHOLE}})
OLD_STATE = STATE.replace('"', "&q;")
PAGE = '<!DOCTYPE html><html lang="vi"><head></head><body><ds-app ng-version="15.2.10"></ds-app>{}</body></html>'


@pytest.mark.parametrize(
    ("body", "server"),
    [
        (PAGE.format(f'<script id="dspace-angular-state" type="application/json">{STATE}</script>'), REST["host"]),
        (PAGE.format(f'<script id="dspace-angular-state" type="application/json">{OLD_STATE}</script>'), REST["host"]),
        (json.dumps({"rest": REST}), REST["host"]),
        (json.dumps({"rest": {**REST, "port": 8443, "nameSpace": "server/api/"}}), "api.example.org:8443"),
    ],
)
def test_the_interface_names_its_server(body: str, server: str) -> None:
    assert server_in(body.encode()) == f"https://{server}/server"


@pytest.mark.parametrize(
    "body", ["", "{}", '{"rest": {}}', '{"rest": {"baseUrl": "javascript:x"}}', '{"rest": {"host": "a b"}}']
)
def test_where_no_server_is_named_there_is_none(body: str) -> None:
    assert server_in(body.encode()) == ""


def test_a_page_and_the_settings_of_the_interface_give_a_dspace_away() -> None:
    state = PAGE.format(f"<script>{STATE}</script>").encode()
    settings = json.dumps({"rest": REST}).encode()
    for url, body in (("https://kho.example.org/home?x=1", state), (CONFIG, settings)):
        found = recognise_interface(Page(url, 200, "", body))
        assert found is not None
        assert (found.url, found.is_sure) == ("https://api.example.org/server", True)
        assert found.settings == {"way": "rest7", "pages": "https://kho.example.org"}
    beside = json.dumps({"rest": {**REST, "host": "kho.example.org"}}).encode()
    found = recognise_interface(Page(CONFIG, 200, "", beside))
    assert found is not None
    assert found.settings == {"way": "rest7"}


def test_an_interface_below_a_folder_says_where_it_begins() -> None:
    state = PAGE.replace("<head>", '<head><base href="/kho/">').format(f"<script>{STATE}</script>")
    found = recognise_interface(Page("https://lib.example.org/kho/home", 200, "text/html", state.encode()))
    assert found is not None
    assert found.settings["pages"] == "https://lib.example.org/kho"


def test_settings_of_others_and_servers_that_nobody_reaches_are_no_sign() -> None:
    local = json.dumps({"rest": {**REST, "host": "localhost"}}).encode()
    assert recognise_interface(Page(CONFIG, 200, "", local)) is None
    assert recognise_interface(Page(CONFIG, 404, "", b"{}")) is None
    other = f"<body>{STATE}</body>".encode()
    assert recognise_interface(Page("https://kho.example.org/", 200, "text/html", other)) is None
    assert not is_interface(b"<html><body>dspace</body></html>")


def _hits(request: httpx.Request) -> httpx.Response:
    page = {"number": 0, "size": 20, "totalElements": 1}
    body = {"_embedded": {"searchResult": {"page": page, "_embedded": {"objects": [item(1)]}}}}
    return httpx.Response(200, json=body, request=request)


def _none(request: httpx.Request) -> httpx.Response:
    return httpx.Response(404, content=b"<html><title>404 Not Found</title></html>", request=request)


async def test_an_interface_whose_server_stands_elsewhere_on_its_host_is_followed_there(open_on: Opener) -> None:
    config = {"rest": {**REST, "host": "kho.example.org", "nameSpace": "/backend"}}

    def server(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/":
            return httpx.Response(200, content=PAGE.format("").encode(), request=request)
        if path == "/assets/config.json":
            return httpx.Response(200, json=config, request=request)
        return _hits(request) if path.startswith("/backend/api/") else _none(request)

    repository = open_on("https://kho.example.org", server)
    answer = await repository.search("sách")
    assert [placed.record.url for placed in answer.placed] == ["https://kho.example.org/handle/KHO/1"]
    assert [path.partition("?")[0] for path in repository.wire.asked] == [
        "/server/api/discover/search/objects", "/", "/assets/config.json", "/backend/api/discover/search/objects",
    ]  # fmt: skip
    await repository.search("sách")
    assert len(repository.wire.asked) == 1


async def test_a_server_on_a_host_that_is_not_the_members_is_named_and_not_asked(open_on: Opener) -> None:
    def interface(request: httpx.Request) -> httpx.Response:
        page = PAGE.format(f"<script>{STATE}</script>").encode()
        return httpx.Response(200, content=page, request=request) if request.url.path == "/" else _none(request)

    repository = open_on("https://kho.example.org", interface)
    with pytest.raises(UnreachableError, match=r"api\.example\.org"):
        await repository.search("sách")


async def test_a_page_deep_in_an_interface_leads_to_the_usual_place_of_the_server(open_on: Opener) -> None:
    def server(request: httpx.Request) -> httpx.Response:
        return _hits(request) if request.url.path.startswith("/server/api/") else _none(request)

    repository = open_on("https://kho.example.org/home", server)
    assert (await repository.search("sách")).total == 1


async def test_a_list_that_fails_over_the_access_of_an_item_is_asked_without_it(open_on: Opener) -> None:
    def without_access(request: httpx.Request) -> httpx.Response:
        if "embed" in request.url.params:
            return httpx.Response(500, json={"status": 500}, request=request)
        return _hits(request)

    repository = open_on("https://kho.example.org/server", without_access)
    for _ in range(3):
        answer = await repository.search("sách")
        assert [placed.record.holdings for placed in answer.placed] == [()]
        assert len(repository.wire.asked) == 2
    await repository.search("sách")
    assert [("embed" in one) for one in repository.wire.parameters()] == [False]
    records = [placed.record for placed in answer.placed]
    assert await repository.connector.availability([*records, *records]) == {}
    assert len(repository.wire.asked) == 1


async def test_a_server_that_fails_whatever_it_is_asked_is_at_fault_after_two_requests(open_on: Opener) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500, json={"status": 500}, request=request)

    repository = open_on("https://kho.example.org/server", broken, way=Way.REST7)
    with pytest.raises(FaultError):
        await repository.search("sách")
    assert len(repository.wire.asked) == 2
