from __future__ import annotations

from engine.errors import BusyError, FaultError, QueryError, RestingError, TimedOutError, UnsupportedError
from engine.rest import FIRST_PAUSE_S, LONGEST_PAUSE_S, Rests
from tests.engine.simulated import Clock


def failing(rests: Rests, times: int) -> None:
    for _ in range(times):
        rests.failed("m", FaultError("500"))


def test_two_failures_are_no_reason_to_rest_and_an_answer_forgets_them() -> None:
    rests = Rests(Clock())
    failing(rests, 2)
    assert rests.resting("m") is None
    rests.answered("m")
    failing(rests, 2)
    assert rests.resting("m") is None


def test_the_third_failure_in_a_row_brings_a_rest_that_says_how_long() -> None:
    clock = Clock()
    rests = Rests(clock)
    failing(rests, 3)
    clock.now += 10
    resting = rests.resting("m")
    assert isinstance(resting, RestingError)
    assert resting.retry_after_s == FIRST_PAUSE_S - 10


async def test_each_failed_probe_doubles_the_pause_up_to_half_an_hour() -> None:
    clock = Clock()
    rests = Rests(clock)
    failing(rests, 3)
    pauses = []

    async def probe(_: str) -> None:
        raise TimedOutError

    for _ in range(9):
        pauses.append(rests.health("m").pause_s)
        clock.now = rests.health("m").until
        await rests.probe_due(probe)
    assert pauses == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]
    assert max(pauses) == LONGEST_PAUSE_S


async def test_no_probe_is_made_before_the_pause_has_ended() -> None:
    clock = Clock()
    rests = Rests(clock)
    failing(rests, 3)
    probed = []

    async def probe(member: str) -> None:
        probed.append(member)

    clock.now += FIRST_PAUSE_S - 1
    await rests.probe_due(probe)
    assert probed == []
    assert rests.resting("m") is not None
    clock.now += 1
    await rests.probe_due(probe)
    assert probed == ["m"]
    assert rests.resting("m") is None


def test_a_member_that_asks_to_be_left_alone_is_left_alone_as_long_as_it_asks() -> None:
    clock = Clock()
    rests = Rests(clock)
    rests.failed("m", BusyError("429", retry_after_s=120))
    clock.now += 119
    assert isinstance(rests.resting("m"), BusyError)
    clock.now += 1
    assert rests.resting("m") is None


def test_what_readers_and_we_get_wrong_is_not_held_against_a_member() -> None:
    rests = Rests(Clock())
    for _ in range(10):
        rests.failed("m", UnsupportedError("scan"))
        rests.failed("m", QueryError("unbalanced", position=0, proposal=""))
    assert rests.resting("m") is None
