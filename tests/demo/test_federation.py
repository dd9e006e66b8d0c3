"""The libraries as one process, their member files, and the cheap members for measuring."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
import tomllib
from pathlib import Path

import httpx
import msgspec
import psutil
import pytest
from lxml import etree

from connectors.sru.settings import SruSettings, dialect
from demo import load
from demo.libraries import LIBRARIES, Library
from demo.members import FIRST_PORT, SHIPPED, member_file
from engine.ports import Member
from tests.demo.asking import Reader, local, number


async def test_the_process_is_ready_soon_small_and_stops_when_told(tmp_path: Path) -> None:
    before = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo.federation", "--members", str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    started_s = time.monotonic() - before
    resident_mb = psutil.Process(process.pid).memory_info().rss / 1e6
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0
    assert [library["id"] for library in ready["libraries"]] == [library.id for library in LIBRARIES]
    assert resident_mb < 120
    # Alone it takes 1.2 s; other tests may run beside it.
    assert started_s < 10
    for library in ready["libraries"]:
        assert tomllib.loads((tmp_path / f"{library['id']}.toml").read_text("utf-8"))["url"] == library["url"]


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.id)
def test_a_member_file_is_a_member_that_the_connector_understands(library: Library) -> None:
    text = member_file(library, FIRST_PORT + LIBRARIES.index(library))
    assert (SHIPPED / f"{library.id}.toml").read_text("utf-8") == text
    table = tomllib.loads(text)
    spoken = dialect(msgspec.convert(table.pop("sru"), SruSettings))
    member = msgspec.convert(table, Member)
    assert (member.id, member.manners.private_network, len(spoken.indexes) >= 5) == (library.id, True, True)


async def test_a_query_over_a_library_takes_few_milliseconds(reader: Reader) -> None:
    asked = {"version": "1.1", "operation": "searchRetrieve", "query": 'dc.title="kinh tế" or econom*'}
    took = []
    for _ in range(15):
        before = time.perf_counter()
        await reader.raw("song-hong", **asked, maximumRecords="20")
        took.append(time.perf_counter() - before)
    assert sorted(took)[7] < 0.1


async def test_members_for_measuring_answer_windows_of_overlapping_records() -> None:
    running = await load.start((0, 30, 30))
    titles = []
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            for member, expected in zip(running.members, (0, 30, 30), strict=True):
                whole = etree.fromstring((await client.get(f"{member.url}?query=x&maximumRecords=100")).content)
                page = etree.fromstring((await client.get(f"{member.url}?startRecord=26&maximumRecords=20")).content)
                assert (number(whole), len(local(whole, "recordData"))) == (expected, expected)
                assert len(local(page, "recordData")) == min(expected, 5)
                titles.append([field[0].text for field in whole.iter("{*}datafield") if field.get("tag") == "245"])
    finally:
        await running.stop()
    assert len(set(titles[1])) > 10
    assert len(set(titles[1]) & set(titles[2])) >= 10
