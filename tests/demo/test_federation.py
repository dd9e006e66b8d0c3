"""The libraries as one process, and their member files."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tomllib
from pathlib import Path

import msgspec
import psutil
import pytest

from connectors.sru.settings import SruSettings, dialect
from demo.libraries import LIBRARIES, Library
from demo.members import FIRST_PORT, SHIPPED, member_file
from engine.ports import Member


async def test_the_process_becomes_ready_stays_small_and_stops_when_told(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "demo.federation", "--members", str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    resident_mb = psutil.Process(process.pid).memory_info().rss / 1e6
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0
    assert [library["id"] for library in ready["libraries"]] == [library.id for library in LIBRARIES]
    assert resident_mb < 120
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
