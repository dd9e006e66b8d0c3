"""What the page about the client says is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.http import addresses, client, course, exchange, guard, manners, unpacking, wire
from connectors.http.exchange import read_exchange
from connectors.reading.xml import MOST_DEPTH

PAGE = (Path(__file__).parents[3] / "docs" / "guarded-client.md").read_text("utf-8")


@pytest.mark.parametrize(
    "said",
    [
        f"| connection, name and TLS included | {wire.CONNECT_S:g} s |",
        f"| one header, and the status line | {wire.HEADER_BYTES:,} bytes |",
        f"| all headers | {guard.MOST_HEADERS}, {guard.MOST_HEADER_BYTES:,} bytes |",
        f"| before a body begins | {wire._HEAD_BYTES:,} bytes",
        f"as much as the body, and {wire._BESIDE_BYTES:,} bytes",
        f"| redirects | {guard.MOST_REDIRECTS} |",
        f"| gzip members | {unpacking._MOST_MEMBERS:,} |",
        f"| cookies | {client._MOST_COOKIES}, of {client._COOKIE_BYTES:,} bytes |",
        f"{manners.UNSAID_WAIT_S:g} seconds for a 429 that says nothing",
        f"| `{course.ACCEPT_STATUS}` |",
        f"| `{course.IDEMPOTENT}` |",
        f"A file ends in `{exchange.SUFFIX}`",
        f"at most {MOST_DEPTH} levels",
    ],
)
def test_every_figure_on_the_page_is_the_one_that_is_kept(said: str) -> None:
    assert said in PAGE


def test_every_word_for_a_refused_address_stands_on_the_page() -> None:
    assert all(word in PAGE for word in ("loopback", "private", "link-local", "multicast", "reserved", "unspecified"))
    assert addresses.why_refused(addresses.IPv4Address("0.0.0.0"), private_network=False) == "unspecified"


def test_the_exchange_on_the_page_can_be_read() -> None:
    example = PAGE.split("```\n#", 1)[1].split("\n```", 1)[0]
    read = read_exchange(f"#{example}".encode(), name="page")
    assert (read.method, read.target, read.status) == ("POST", "/api/search?page=1", 200)
    assert (read.request_body.decode(), read.body) == ('{"q": "kinh tế"}', b'{"total": 3}')
