"""A guest's manners, on a clock that does not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.http.turns import Turns
from engine.errors import BusyError, SettingsError, TimedOutError
from engine.ports import Member

Serve = Callable[..., Awaitable[Any]]
Ask = Callable[..., httpx.AsyncClient]
AtOnce = Callable[[Coroutine[Any, Any, Any]], Any]
URL = "https://thuvien.example/sru"


class Hands:
    """A clock that is set by hand. Seconds since the epoch."""

    def __init__(self, text: str = "2026-03-02 12:00") -> None:
        self.now = 0.0
        self.set(text)

    def __call__(self) -> float:
        return self.now

    def set(self, text: str) -> None:
        """Set it to a time in UTC."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


async def test_every_request_says_who_asks_and_nothing_that_was_not_said(serve: Serve, ask: Ask) -> None:
    server = await serve(None)
    client = ask(server.url)
    await client.get(f"{server.url}/good", headers={"User-Agent": "Mozilla/5.0", "Accept-Encoding": "br"})
    line, *headers = server.heads[0].decode().strip().split("\r\n")
    assert line == "GET /good HTTP/1.1"
    assert sorted(headers) == [
        "Accept-Encoding: gzip, deflate",
        "Accept: */*",
        "Connection: keep-alive",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: LienThu/1.0 (+https://lienthu.example; thuvien@lienthu.example)",
    ]


async def test_an_address_goes_out_as_it_was_built(serve: Serve, ask: Ask) -> None:
    server = await serve(None)
    target = "/good?q=%28kinh%20t%E1%BA%BF%29+%27a%27&b=%2B%3B%7C"
    await ask(server.url).get(server.url + target)
    assert server.lines == [f"GET {target} HTTP/1.1"]


@pytest.mark.parametrize(
    ("manners", "share", "starts", "inside"),
    [
        ({"parallel": 2, "spacing_ms": 200}, 1, [0.0, 0.2, 1.0, 1.2, 2.0], 2),
        ({"parallel": 9, "spacing_ms": 200}, 1, [0.0, 0.2, 0.4, 0.6, 0.8], 5),
        ({"parallel": 9, "spacing_ms": 200}, 3, [0.0, 0.6, 1.2, 1.8, 2.4], 2),
        ({"parallel": 4, "spacing_ms": 0}, 2, [0.0, 0.0, 1.0, 1.0, 2.0], 2),
        ({"parallel": 1, "spacing_ms": 0}, 8, [0.0, 1.0, 2.0, 3.0, 4.0], 1),
    ],
)
def test_requests_keep_their_number_and_their_distance(
    manners: dict[str, int], share: int, starts: list[float], inside: int, member_of: Any, hall: Any, at_once: AtOnce
) -> None:
    there = hall(takes_s=1.0)

    async def five() -> None:
        async with open_at(there, share=share, **manners) as client:
            await asyncio.gather(*(client.get(URL) for _ in range(5)))

    at_once(five())
    assert there.starts == starts
    assert there.most_inside == inside


def open_at(there: httpx.AsyncBaseTransport, *, clock: Any = None, share: int = 1, **manners: Any) -> httpx.AsyncClient:
    from connectors.http import open_client  # noqa: PLC0415 -- the fixture `ask` lives on another loop
    from engine.ports import Manners, Names  # noqa: PLC0415 -- as above

    member = Member(id="thu-vien", system="sru", url=URL, name=Names(vi="a", en="a"), manners=Manners(**manners))
    return open_client(member, user_agent="LienThu", clock=clock or Hands(), share=share, transport=there)


def test_who_is_cancelled_while_waiting_leaves_no_gap(hall: Callable[..., Any], at_once: AtOnce) -> None:
    there = hall(takes_s=1.0)

    async def some_leave() -> None:
        async with open_at(there, parallel=1, spacing_ms=0) as client:
            tasks = [asyncio.create_task(client.get(URL, params={"n": n})) for n in range(6)]
            await asyncio.sleep(0.5)
            for task in tasks[1:4]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    at_once(some_leave())
    assert [request.url.params["n"] for request in there.requests] == ["0", "4", "5"]
    assert there.starts == [0.0, 1.0, 2.0]


def test_a_request_that_is_cancelled_inside_gives_its_place_to_the_next_at_once(
    hall: Callable[..., Any], at_once: AtOnce
) -> None:
    there = hall(takes_s=5.0)

    async def the_first_leaves() -> None:
        async with open_at(there, parallel=1, spacing_ms=100) as client:
            first, second = (asyncio.create_task(client.get(URL)) for _ in range(2))
            await asyncio.sleep(1.0)
            first.cancel()
            await second

    at_once(the_first_leaves())
    assert there.starts == [0.0, 1.0]


def test_who_cannot_come_before_the_deadline_is_told_so_at_once(hall: Callable[..., Any], at_once: AtOnce) -> None:
    there = hall()

    async def a_crowd() -> list[Any]:
        async with open_at(there, parallel=1, spacing_ms=1000, timeout_s=4.0) as client:
            loop = asyncio.get_running_loop()
            tasks = [asyncio.create_task(client.get(URL)) for _ in range(10)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            turned_away = [task.exception() for task in tasks[1:] if task.done()]
            assert loop.time() == 0.0
            await asyncio.gather(*tasks, return_exceptions=True)
            return turned_away

    turned_away = at_once(a_crowd())
    assert [type(error) for error in turned_away] == [BusyError] * 6
    assert there.starts == [0.0, 1.0, 2.0, 3.0]


def test_a_turn_that_never_comes_is_our_crowd_and_not_the_members_slowness(
    hall: Callable[..., Any], at_once: AtOnce
) -> None:
    async def two() -> list[Any]:
        async with open_at(hall(takes_s=60.0), parallel=1, spacing_ms=0, timeout_s=4.0) as client:
            return await asyncio.gather(client.get(URL), client.get(URL), return_exceptions=True)

    first, second = at_once(two())
    assert (type(first), str(first)) == (TimedOutError, "no answer within 4 s")
    assert (type(second), str(second)) == (BusyError, "no turn within 4 s: too many requests to this member wait")


def test_a_member_that_asks_to_be_left_alone_is_not_asked_until_then(hall: Callable[..., Any], at_once: AtOnce) -> None:
    clock = Hands()
    there = hall(httpx.Response(429, headers={"Retry-After": "120"}), httpx.Response(200, content=b"good"))

    async def again_and_again() -> None:
        async with open_at(there, clock=clock, spacing_ms=0) as client:
            with pytest.raises(BusyError, match="HTTP 429") as caught:
                await client.get(URL)
            assert caught.value.retry_after_s == 120.0
            clock.now += 100
            with pytest.raises(BusyError, match="asks to be left alone") as caught:
                await client.get(URL)
            assert caught.value.retry_after_s == 20.0
            assert len(there.requests) == 1
            clock.now += 20
            assert (await client.get(URL)).text == "good"

    at_once(again_and_again())


def test_those_who_wait_are_sent_away_when_the_gate_is_shut(hall: Callable[..., Any], at_once: AtOnce) -> None:
    there = hall(httpx.Response(503, headers={"Retry-After": "60"}), takes_s=1.0)

    async def three() -> list[Any]:
        async with open_at(there, parallel=1, spacing_ms=0) as client:
            return await asyncio.gather(*(client.get(URL) for _ in range(3)), return_exceptions=True)

    assert [(type(error), error.retry_after_s) for error in at_once(three())] == [(BusyError, 60.0)] * 3
    assert there.starts == [0.0]


def test_a_503_without_a_time_shuts_no_gate(hall: Callable[..., Any], at_once: AtOnce) -> None:
    there = hall(httpx.Response(503), httpx.Response(503), httpx.Response(200, content=b"good"))

    async def twice() -> str:
        async with open_at(there, spacing_ms=0) as client:
            with pytest.raises(Exception, match="HTTP 503"):
                await client.get(URL)
            return (await client.get(URL)).text

    assert at_once(twice()) == "good"


@pytest.mark.parametrize(("daily", "share", "allowed"), [(3, 1, 3), (8, 4, 2), (2, 8, 1), (0, 1, 0)])
def test_the_days_budget_is_kept_and_begins_anew_at_the_members_midnight(
    daily: int, share: int, allowed: int, hall: Any, at_once: AtOnce
) -> None:
    clock, there = Hands("2026-03-02 16:30"), hall()  # 23:30 in Hà Nội

    async def a_day() -> None:
        async with open_at(there, clock=clock, share=share, daily=daily, spacing_ms=0) as client:
            for _ in range(allowed):
                await client.get(URL)
            with pytest.raises(BusyError, match="requests of today are used up") as caught:
                await client.get(URL)
            assert caught.value.retry_after_s == 1800.0
            assert len(there.requests) == allowed
            clock.set("2026-03-02 17:00")
            if allowed:
                await client.get(URL)

    at_once(a_day())


@pytest.mark.parametrize(
    ("quiet_hours", "utc", "wait_s"),
    [
        ("22:00-06:00", "2026-03-02 15:00", 8 * 3600.0),  # 22:00
        ("22:00-06:00", "2026-03-02 22:59:30", 30.0),  # 05:59:30
        ("22:00-06:00", "2026-03-02 23:00", None),  # 06:00
        ("22:00-06:00", "2026-03-02 14:59", None),  # 21:59
        ("00:30-02:00", "2026-03-02 18:00", 3600.0),  # 01:00
        ("00:30-02:00", "2026-03-02 17:00", None),  # 00:00
    ],
)
def test_a_member_is_not_asked_in_its_quiet_hours(
    quiet_hours: str, utc: str, wait_s: float | None, hall: Any, at_once: AtOnce
) -> None:
    async def ask_once() -> float | None:
        async with open_at(hall(), clock=Hands(utc), quiet_hours=quiet_hours) as client:
            try:
                await client.get(URL)
            except BusyError as error:
                return error.retry_after_s
            return None

    assert at_once(ask_once()) == wait_s


@pytest.mark.parametrize("text", ["22-6", "24:00-06:00", "06:00-06:00", "nachts"])
def test_quiet_hours_that_cannot_be_read_stop_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match=r"quiet_hours .*expected HH:MM-HH:MM"):
        open_at(httpx.MockTransport(lambda _: httpx.Response(200)), quiet_hours=text)


# The fixture holds nothing that one run could leave to the next.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parallel=st.integers(1, 4),
    spacing=st.integers(0, 3),
    comers=st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 4), st.none() | st.integers(0, 12)), min_size=1, max_size=12
    ),
)
def test_whoever_comes_and_leaves_no_rule_is_broken_and_nobody_is_forgotten(
    parallel: int, spacing: int, comers: list[tuple[int, int, int | None]], at_once: AtOnce
) -> None:
    inside, most_inside = 0, 0
    starts: list[tuple[float, int]] = []
    arrived: list[int] = []

    async def come(turns: Turns, number: int, at: int, stays: int) -> None:
        nonlocal inside, most_inside
        await asyncio.sleep(at)
        arrived.append(number)
        async with turns:
            inside += 1
            most_inside = max(most_inside, inside)
            starts.append((asyncio.get_running_loop().time(), number))
            try:
                await asyncio.sleep(stays)
            finally:
                inside -= 1

    async def everybody() -> list[Any]:
        turns = Turns(parallel=parallel, spacing_s=spacing)
        loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(come(turns, n, at, stays)) for n, (at, stays, _) in enumerate(comers)]
        for task, (_, _, leaves) in zip(tasks, comers, strict=True):
            if leaves is not None:
                loop.call_later(leaves, task.cancel)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(spacing + 1), turns:  # every place was given back
            return outcomes

    outcomes = at_once(everybody())
    stayed = {n for n, (_, _, leaves) in enumerate(comers) if leaves is None}
    assert {n for n, outcome in enumerate(outcomes) if outcome is None} >= stayed
    assert most_inside <= parallel
    times = [time for time, _ in starts]
    assert all(later - earlier >= spacing for earlier, later in pairwise(times))
    # Who gets a turn and who finds one free in the same moment start together, in no order.
    started = {number: time for time, number in starts}
    assert [started[n] for n in arrived if n in started] == times
