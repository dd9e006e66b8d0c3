"""Only public addresses are connected to, whatever a name says the second time it is asked."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http.addresses import literal_address, why_refused
from connectors.http.wire import Wire
from engine.errors import TimedOutError, UnreachableError
from engine.ports import Member

Serve = Callable[..., Awaitable[Any]]
Ask = Callable[..., httpx.AsyncClient]


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.9.10", "loopback"),
        ("::1", "loopback"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("fd00::1", "private"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("0.0.0.0", "unspecified"),
        ("::", "unspecified"),
        ("224.0.0.251", "multicast"),
        ("224.0.1.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("240.0.0.1", "reserved"),
        ("192.0.2.1", "private"),
        ("2001:db8::1", "private"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "link-local"),
        ("64:ff9b::a00:1", "private"),
        ("64:ff9b:1::a00:1", "reserved"),
        ("2002:7f00:1::1", "loopback"),
        ("2002:a00:1::", "private"),
        ("::7f00:1", "reserved"),
        ("fec0::1", "reserved"),
        ("2001:0:a00:1::1", "private"),
        ("203.162.4.190", None),
        ("2001:ee0:4:1::1", None),
        ("64:ff9b::cba2:4be", None),
        ("::ffff:203.162.4.190", None),
        ("2002:cba2:4be::1", None),
    ],
)
def test_an_address_says_why_it_is_refused(address: str, word: str | None) -> None:
    assert why_refused(ip_address(address), private_network=False) == word


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_dress(address: IPv4Address) -> None:
    number = int(address)
    plain = why_refused(address, private_network=False)
    dresses = (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80)
    assert {why_refused(IPv6Address(dress), private_network=False) for dress in dresses} == {plain}
    assert (plain is None) == (address.is_global and not address.is_multicast)


@settings(deadline=None)
@given(st.ip_addresses())
def test_a_private_network_opens_what_sites_use_and_nothing_else(address: IPv4Address | IPv6Address) -> None:
    refused = why_refused(address, private_network=True)
    if refused is None:
        assert why_refused(address, private_network=False) in {None, "private", "loopback"}


def test_a_private_network_never_opens_the_addresses_where_clouds_keep_secrets() -> None:
    for address in ("10.0.0.1", "127.0.0.1", "::1", "fd12::1", "100.100.100.100"):
        assert why_refused(ip_address(address), private_network=True) is None
    for address in ("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "192.0.2.1", "::ffff:169.254.1.1"):
        assert why_refused(ip_address(address), private_network=True) is not None


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([str, hex, lambda n: f"{n >> 24}.{n & 0xFFFFFF}", lambda n: f"{n}."]))
def test_a_number_is_no_host(number: int, written: Callable[[int], str]) -> None:
    with pytest.raises(UnreachableError, match="neither a name nor a plain address"):
        literal_address(written(number))


def test_names_and_plain_addresses_are_told_apart() -> None:
    assert literal_address("lib.vnu.edu.vn") is None
    assert literal_address("4thu-vien.vn") is None
    assert literal_address("203.162.4.190") == ip_address("203.162.4.190")
    assert literal_address("[2001:ee0::1]") == ip_address("2001:ee0::1")
    assert literal_address("127.0.0.1.") == ip_address("127.0.0.1")


def looks_up(*answers: str | OSError) -> Callable[..., Any]:
    """A name server that answers with these, one after the other, the last again and again."""
    left = list(answers)

    def look(_: str, port: int, **__: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, OSError):
            raise answer
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in answer.split()]

    return look


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://10.0.0.1/", "http://[::1]:1/", "http://[fe80::1]/"])
async def test_a_private_address_in_a_member_file_is_not_asked_unless_it_says_so(url: str, ask: Ask) -> None:
    with pytest.raises(UnreachableError, match=r"is a (loopback|private|link-local) address"):
        await ask(url, private_network=False).get(url)


async def test_a_name_that_turns_private_when_it_is_connected_to_reaches_nothing(
    serve: Serve, ask: Ask, member_of: Callable[..., Member]
) -> None:
    async def behave(head: bytes, writer: asyncio.StreamWriter) -> None:
        raise AssertionError(head)

    server = await serve(behave)
    url = f"http://thuvien.example:{server.port}/"
    member = member_of(url, private_network=False)
    client = ask(url, private_network=False, transport=Wire(member, lookup=looks_up("127.0.0.1", "127.0.0.1 10.0.0.1")))
    for _ in range(2):
        with pytest.raises(UnreachableError, match=r"thuvien\.example has only a loopback address"):
            await client.get(url)
    assert server.connections == 0


async def test_of_several_addresses_only_those_are_used_that_may_be(
    serve: Serve, ask: Ask, member_of: Callable[..., Member]
) -> None:
    server = await serve(None)
    url = f"http://thuvien.example:{server.port}/good"
    wire = Wire(member_of(url), lookup=looks_up("169.254.169.254 127.0.0.1 224.0.0.1"))
    assert (await ask(url, transport=wire).get(url)).text == "good"


async def test_a_name_that_does_not_exist_is_told_from_one_that_is_slow(
    ask: Ask, member_of: Callable[..., Member]
) -> None:
    url = "http://thuvien.example/"
    missing = Wire(member_of(url), lookup=looks_up(socket.gaierror(socket.EAI_NONAME, "unknown")))
    with pytest.raises(UnreachableError, match=r"no such host: thuvien\.example"):
        await ask(url, transport=missing).get(url)
    long = f"http://{'a' * 70}.example/"
    with pytest.raises(UnreachableError):
        await ask(long).get(long)


async def test_a_name_server_that_does_not_answer_holds_up_only_who_waits_for_that_name(
    serve: Serve, ask: Ask, member_of: Callable[..., Member]
) -> None:
    answered = threading.Event()

    def never(*_: object, **__: object) -> list[Any]:
        answered.wait(5)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    url, server = "http://thuvien.example/", await serve(None)
    stuck = [ask(url, timeout_s=0.2, transport=Wire(member_of(url), lookup=never)) for _ in range(20)]
    waits: list[asyncio.Task[httpx.Response]] = [asyncio.create_task(client.get(url)) for client in stuck]
    good = f"http://localhost:{server.port}/good"
    assert (await ask(good).get(good)).text == "good"
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    answered.set()
    assert {type(outcome) for outcome in outcomes} == {TimedOutError}
