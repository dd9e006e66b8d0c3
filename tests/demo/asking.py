"""A reader of SRU that shares no code with the demo's servers: raw httpx and lxml."""

from __future__ import annotations

from urllib.parse import quote

import httpx
from lxml import etree, html

from demo import federation


class Reader:
    """Asks a federation's servers over raw HTTP and reads the answers with lxml."""

    def __init__(self, running: federation.Federation, client: httpx.AsyncClient) -> None:
        self.running = running
        self.client = client
        self.urls = {library.id: library.url for library in running.libraries}

    async def raw(self, library_id: str, **parameters: str) -> httpx.Response:
        """Return the response to parameters, percent-encoded as they are."""
        text = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
        return await self.client.get(f"{self.urls[library_id]}?{text}")

    async def ask(self, library_id: str, query: str, version: str = "", **parameters: str) -> etree._Element:
        """Return the parsed answer to a search."""
        if version and version != "2.0":
            parameters |= {"version": version, "operation": "searchRetrieve"}
        response = await self.raw(library_id, query=query, **parameters)
        assert response.status_code == 200
        return etree.fromstring(response.content)


def local(root: etree._Element, name: str) -> list[etree._Element]:
    return root.xpath(f"//*[local-name()='{name}']")


def number(root: etree._Element) -> int:
    return int(local(root, "numberOfRecords")[0].text)


def diagnostic(root: etree._Element) -> str:
    return local(root, "uri")[0].text.removeprefix("info:srw/diagnostic/1/")


def schemas(root: etree._Element) -> list[str | None]:
    """Return what the records are said to be in; an echoed request has a `recordSchema` of its own."""
    return [each.text for each in root.xpath("//*[local-name()='record']/*[local-name()='recordSchema']")]


def port_of(reader: Reader, face: str) -> int:
    """Return the port of a further face."""
    return next(each.port for each in reader.running.further if each.id == face)


def hidden(page: str) -> dict[str, str]:
    """Return the hidden inputs of a page, which a browser sends back."""
    return {
        field.get("name"): field.get("value") or ""
        for field in html.fromstring(page).xpath("//input[@type='hidden'][@name]")
    }
