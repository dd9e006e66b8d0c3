"""Starts real servers on free loopback ports, for any test: zebrasrv loaded with records, and yaz-ztest.

    @pytest.mark.needs("zebrasrv")
    async def test_…(zebra: Zebra) -> None: ...

Import this module's fixtures with `pytest_plugins = ["tests.servers"]` or from a conftest.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

_TEMPLATES = Path(__file__).parent / "servers_zebra"


class Running(NamedTuple):
    """A server that runs: where its SRU is, its port (Z39.50 answers there too) and its database."""

    url: str
    port: int
    database: str


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def zebra(folder: Path, records: Sequence[Path], *, icu: bool = True, iso2709: bool = True) -> Iterator[Running]:
    """Run a zebrasrv over these files of records, in an empty folder of its own.

    `icu`: words are folded by ICU (marks taken off, đ stays đ); else by a map of letters that knows few marks.
    `iso2709`: the files are ISO 2709 in UTF-8; else MARCXML.
    """
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    for template in _TEMPLATES.iterdir():
        shutil.copy(template, folder / template.name)
    holes = {
        "port": str(port),
        "folder": str(folder),
        "index": "icu.idx" if icu else "chr.idx",
        "input": '<marc inputcharset="utf-8"/>' if iso2709 else '<xmlreader level="1"/>',
    }
    for name in ("zebra.cfg", "dom.xml", "gfs.xml"):
        (folder / name).write_text(Template((folder / name).read_text("utf-8")).substitute(holes), "utf-8")
    (folder / "register").mkdir()
    (folder / "shadow").mkdir()
    for command in (["init"], ["update", *map(str, records)], ["commit"]):
        done = subprocess.run(
            ["zebraidx", "-c", "zebra.cfg", *command], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"zebraidx {command[0]}: {done.stderr[-2000:]}")
    with _running(["zebrasrv", "-f", "gfs.xml", "-l", "server.log", "-v", "none"], folder, port):
        yield Running(f"http://127.0.0.1:{port}/biblios", port, "biblios")


@contextlib.contextmanager
def ztest(folder: Path) -> Iterator[Running]:
    """Run a yaz-ztest, which answers any query with the same made-up records."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("ztest.xml", "pqf.properties"):
        shutil.copy(_TEMPLATES / name, folder / name)
    config = folder / "ztest.xml"
    config.write_text(Template(config.read_text("utf-8")).substitute(port=str(port)), "utf-8")
    with _running(["yaz-ztest", "-f", "ztest.xml", "-l", "server.log", "-v", "none"], folder, port):
        yield Running(f"http://127.0.0.1:{port}/Default", port, "Default")


@contextlib.contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """Run a server as long as the block lasts; begins when its port answers."""
    server = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.02)
                raise RuntimeError(f"{command[0]} ended: {(folder / 'server.log').read_text('utf-8')[-2000:]}")
        else:
            raise RuntimeError(f"{command[0]} does not listen on {port}")
        yield
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
