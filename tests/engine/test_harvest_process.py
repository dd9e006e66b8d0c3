"""Harvests as commands: killed in the middle, two at once, what they print."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demo.server import Reply, Request
from engine.app import House, open_index
from engine.cli import app
from engine.ports import HarvestState
from tests.engine.harvesting import Harvested, catalogue, oai, running

ALL = len(catalogue())
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def kho(tmp_path: Path) -> AsyncIterator[Harvested]:
    async with running(tmp_path) as harvested:
        yield harvested


async def started(house: House, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "engine.cli", "harvest", *arguments, "--config", str(house.file), "--lang", "en",
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


async def ended(house: House, *arguments: str) -> tuple[int, str]:
    """Run the command to its end: in a thread, since starting a process takes longer than most harvests here."""
    said = await asyncio.to_thread(
        CliRunner().invoke, app, ["harvest", *arguments, "--config", str(house.file), "--lang", "en"]
    )
    return said.exit_code, said.output


async def state_and_count(house: House) -> tuple[HarvestState | None, int]:
    index = await open_index(house, time.time)
    assert index is not None
    try:
        return await index.harvest_state("kho"), await index.harvest_count("kho")
    finally:
        await index.close()


def hold_at(kho: Harvested, token: str) -> asyncio.Event:
    """Let the server never answer a token; the event is set when it was asked for."""
    reached = asyncio.Event()

    def instead(request: Request) -> Reply | None:
        if request.parameters.get("resumptionToken") == token:
            reached.set()
            # Asked to wait for the rest of its life, as far as a test goes.
            return Reply(b"", "text/plain", 503, (("Retry-After", "600"),))
        return None

    kho.instead = instead
    return reached


async def test_a_harvest_killed_in_the_middle_goes_on_where_it_was(kho: Harvested) -> None:
    house = kho.configure()
    reached = hold_at(kho, "dim////150")
    process = await started(house, "kho")
    await asyncio.wait_for(reached.wait(), 30)
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    state, count = await state_and_count(house)
    assert state is not None
    assert (state.is_done, state.lists[0].token, state.lists[0].records, count) == (False, "dim////150", 150, 150)
    connection = sqlite3.connect(kho.folder / "index-harvest.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.execute("INSERT INTO found (found, rank) VALUES ('integrity-check', 1)")
    connection.close()
    kho.instead = lambda _: None
    kho.asked.clear()
    status, said = await ended(house, "kho")
    assert status == 0, said
    assert kho.lists[0] == {"resumptionToken": "dim////150"}
    assert f"the whole was harvested, {ALL} records (dim)" in said
    state, count = await state_and_count(house)
    assert state is not None
    assert (state.is_done, count) == (True, ALL)


async def test_what_was_told_is_kept_whenever_a_harvest_is_killed(kho: Harvested) -> None:
    house = kho.configure()
    kho.repository.page = 5
    for pages in (3, 11):
        process = await started(house, "kho", "--json")
        assert process.stdout is not None
        told = {}
        for _ in range(pages):
            told = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
        process.kill()
        await process.communicate()
        state, count = await state_and_count(house)
        assert state is not None
        assert told["progress"]["records"] <= state.lists[0].records == count < ALL
        assert state.lists[0].token == f"dim////{count}"
    kho.asked.clear()
    assert (await ended(house, "kho"))[0] == 0
    assert kho.lists[0] == {"resumptionToken": f"dim////{count}"}
    _, count = await state_and_count(house)
    assert count == ALL


async def test_the_second_of_two_harvests_at_once_is_told_who_is_at_it(kho: Harvested) -> None:
    house = kho.configure()
    reached = hold_at(kho, "dim////50")
    first = await started(house, "kho")
    await asyncio.wait_for(reached.wait(), 30)
    asked = len(kho.asked)
    status, said = await ended(house, "kho")
    assert status == 1
    assert f"process {first.pid} on " in said
    assert len(kho.asked) == asked  # the repository is not even asked who it is
    first.kill()
    await first.communicate()
    kho.instead = lambda _: None
    assert (await ended(house, "kho"))[0] == 0  # the lock went with its holder


async def test_ctrl_c_stops_a_harvest_that_can_go_on(kho: Harvested) -> None:
    house = kho.configure()
    reached = hold_at(kho, "dim////50")
    process = await started(house, "kho")
    await asyncio.wait_for(reached.wait(), 30)
    process.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    kho.instead = lambda _: None
    kho.asked.clear()
    assert (await ended(house, "kho"))[0] == 0
    assert kho.lists[0] == {"resumptionToken": "dim////50"}


async def test_json_is_a_line_for_each_page_and_one_for_the_outcome(kho: Harvested) -> None:
    house = kho.configure()
    status, said = await ended(house, "kho", "--json")
    assert status == 0
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["progress"]["records"] for line in lines[:-1]] == [50, 100, 150, 200, ALL]
    assert lines[-1]["outcome"]["new"] == ALL


async def test_plain_lines_tell_why_a_harvest_stopped_and_how_to_go_on(kho: Harvested) -> None:
    house = kho.configure()
    kho.instead = lambda _: oai('<error code="cannotDisseminateFormat">no such format</error>')
    status, said = await ended(house, "kho")
    assert status == 1
    assert "✗" in said
    assert "no such format" in said
    assert "lienthu harvest kho" in said


async def test_every_enabled_member_can_be_harvested_and_one_be_forgotten(kho: Harvested) -> None:
    house = kho.configure()
    assert (await ended(house, "--all"))[0] == 0
    assert (await state_and_count(house))[1] == ALL
    status, said = await ended(house, "kho", "--forget")
    assert (status, f"{ALL} records" in said) == (0, True)
    assert await state_and_count(house) == (None, 0)


async def test_a_member_that_is_not_there_is_named_with_those_that_are(kho: Harvested) -> None:
    process = await started(kho.configure(), "khong-co")
    _, err = await process.communicate()
    assert process.returncode == 2
    assert b"there are: kho" in err
    assert b"Traceback" not in err
