from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http.urls import parsed

QUERY = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("%&=?#/'\"+ <>[]"), max_size=40
)


@given(
    st.sampled_from(
        ["http://127.0.0.1:8080/sru", "https://thư-viện.example/a b/", "http://[::1]/x", "https://a.example"]
    ),
    QUERY,
)
def test_an_address_is_what_httpx_makes_of_it(base: str, query: str) -> None:
    address = f"{base}?{query}"
    expected = httpx.URL(address)
    found = parsed(address)
    assert (found, str(found), found.raw_path, found.host, found.port, found.fragment) == (
        expected, str(expected), expected.raw_path, expected.host, expected.port, expected.fragment,
    )  # fmt: skip


def test_two_queries_of_one_address_do_not_share_what_they_ask() -> None:
    first, second = parsed("http://127.0.0.1/a?q=1"), parsed("http://127.0.0.1/a?q=2")
    assert (str(first), str(second)) == ("http://127.0.0.1/a?q=1", "http://127.0.0.1/a?q=2")
    assert str(parsed("http://127.0.0.1/a")) == "http://127.0.0.1/a"


def test_an_address_that_httpx_refuses_is_refused() -> None:
    with pytest.raises(httpx.InvalidURL):
        parsed("http://127.0.0.1:port/a?q=1")
