"""A server can be ill in every way that real ones are, and get well again."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from lxml import etree

from demo.chaos import Chaos
from demo.moods import Mood
from tests.demo.asking import Reader, diagnostic, number

CQL = {"version": "1.1", "operation": "searchRetrieve", "query": "calculus", "maximumRecords": "1"}


async def test_a_failing_server_answers_500_or_says_so_in_a_diagnostic(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "failing")
    assert (await reader.raw("song-hong", **CQL)).status_code == 500
    await reader.running.set_mood("song-hong", "failing", kind="diagnostic-2")
    response = await reader.raw("song-hong", **CQL)
    assert (response.status_code, diagnostic(etree.fromstring(response.content))) == (200, "2")


async def test_a_busy_server_says_how_long_to_wait(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "busy", seconds=7)
    response = await reader.raw("song-hong", **CQL)
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    await reader.running.set_mood("song-hong", "busy", seconds=7, kind="503")
    assert (await reader.raw("song-hong", **CQL)).status_code == 503


@pytest.mark.parametrize("kind", ["html", "truncated", "bytes"])
async def test_rubbish_comes_with_status_200_and_is_no_xml(reader: Reader, kind: str) -> None:
    await reader.running.set_mood("song-hong", Mood.RUBBISH, kind=kind)
    response = await reader.raw("song-hong", **CQL)
    assert response.status_code == 200
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(response.content)


async def test_a_redesigned_server_answers_in_xml_of_another_shape(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "redesigned")
    root = etree.fromstring((await reader.raw("song-hong", **CQL)).content)
    assert etree.QName(root).localname == "catalogue"


async def test_a_hanging_server_takes_the_question_and_keeps_silent(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "hanging")
    with pytest.raises(httpx.ReadTimeout):
        await reader.client.get(reader.urls["song-hong"], params=CQL, timeout=0.2)
    assert reader.running.request_counts()["song-hong"] == 1


async def test_a_slow_server_answers_late_but_well(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "slow", seconds=0.3)
    before = time.monotonic()
    assert number(etree.fromstring((await reader.raw("song-hong", **CQL)).content)) > 5
    assert time.monotonic() - before >= 0.3


async def test_a_server_of_a_byte_a_second_gives_its_length_and_one_byte(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "byte-a-second")
    async with reader.client.stream("GET", reader.urls["song-hong"], params=CQL) as response:
        assert int(response.headers["content-length"]) > 1000
        assert await anext(response.aiter_raw()) == b"<"


async def test_a_huge_answer_goes_on_and_on(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "huge", megabytes=5)
    received = 0
    async with reader.client.stream("GET", reader.urls["song-hong"], params=CQL) as response:
        async for block in response.aiter_raw():
            received += len(block)
    assert received > 4_900_000


async def test_a_server_goes_away_and_comes_back_at_the_same_address(reader: Reader) -> None:
    assert (await reader.raw("song-hong", **CQL)).status_code == 200
    await reader.running.set_mood("song-hong", "away")
    with pytest.raises(httpx.TransportError):
        await reader.raw("song-hong", **CQL)
    assert (await reader.raw("ba-vi", **CQL)).status_code == 200
    await reader.running.set_mood("song-hong", "back")
    assert (await reader.raw("song-hong", **CQL)).status_code == 200


async def test_a_mood_can_pass_by_itself(reader: Reader) -> None:
    await reader.running.set_mood("song-hong", "away", for_s=0.05)
    await asyncio.wait_for(reader.running._returns["song-hong"], 5)
    assert reader.running.states()["song-hong"].mood is Mood.FINE
    assert (await reader.raw("song-hong", **CQL)).status_code == 200


async def test_moods_are_changed_over_http_also_of_another_library(reader: Reader) -> None:
    control = reader.urls["ba-vi"].replace("/biblios", "/-/mood")
    moods = await reader.client.get(control, params={"library": "song-hong", "mood": "busy", "seconds": "3"})
    assert moods.json()["song-hong"] == "busy"
    assert (await reader.raw("song-hong", **CQL)).status_code == 429
    assert (await reader.client.get(control, params={"mood": "grumpy"})).status_code == 400
    await reader.client.get(control, params={"mood": "hanging"})
    assert (await reader.client.get(control)).json()["ba-vi"] == "hanging"


def test_chaos_keeps_most_well_one_hanging_and_one_sending_rubbish() -> None:
    ids = tuple("abcdefgh")
    chaos, moods = Chaos(seed=3), dict.fromkeys("abcdefgh", Mood.FINE)
    for _ in range(200):
        for turn in chaos.turns(ids):
            moods[turn.library] = turn.mood
        ill = [mood for mood in moods.values() if mood is not Mood.FINE]
        assert ill.count(Mood.HANGING) == 1
        assert ill.count(Mood.RUBBISH) == 1
        assert len(ill) <= 3


def test_chaos_is_the_same_for_the_same_seed() -> None:
    ids = tuple("abcdefgh")
    one, same, other = Chaos(seed=1), Chaos(seed=1), Chaos(seed=2)
    first = [one.turns(ids) for _ in range(30)]
    assert first == [same.turns(ids) for _ in range(30)]
    assert first != [other.turns(ids) for _ in range(30)]
