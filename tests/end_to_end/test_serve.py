"""The service as processes: several workers on one port, one that dies, a start that is refused."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.servers import free_port


def command(config: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "engine.cli", "serve", "--config", str(config), *more]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "members").mkdir()
    path = tmp_path / "lienthu.toml"
    path.write_text(f'[index.options]\npath = "{tmp_path}/index.sqlite"\n', "utf-8")
    return path


@contextlib.contextmanager
def serving(config: Path, *more: str, log: Path | None = None) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    with (log or Path(os.devnull)).open("wb") as stderr:
        process = subprocess.Popen(command(config, "--port", str(port), *more), stderr=stderr)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            client.get(f"{url}/healthz").raise_for_status()
        yield url, psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def workers_of(parent: psutil.Process) -> list[psutil.Process]:
    return [child for child in parent.children() if "--worker" in child.cmdline()]


def test_two_workers_share_a_port_and_one_that_dies_is_replaced(config: Path) -> None:
    with serving(config, "--workers", "2") as (url, parent):
        before = workers_of(parent)
        assert len(before) == 2
        before[0].kill()
        psutil.wait_procs(before[:1], timeout=5)
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            for _ in range(20):
                assert client.get(f"{url}/healthz", headers={"Connection": "close"}).status_code == 200
        # The parent begins a new one after a pause; its start is an event of the parent's children only.
        for _ in range(200):
            with contextlib.suppress(psutil.NoSuchProcess):
                if len([one for one in workers_of(parent) if one.status() != psutil.STATUS_ZOMBIE]) == 2:
                    break
            psutil.wait_procs(before[1:], timeout=0.05)
        assert len(workers_of(parent)) == 2


def test_stopping_the_parent_stops_its_workers(config: Path) -> None:
    with serving(config, "--workers", "2") as (_, parent):
        workers = workers_of(parent)
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert alive == []


def test_a_folder_that_cannot_be_written_is_said_in_the_log_and_the_service_runs(config: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    config.write_text(f'[index.options]\npath = "{tmp_path}/taken/index.sqlite"\n', "utf-8")
    log = tmp_path / "log"
    with serving(config, log=log) as (url, _):
        for _ in range(3):
            assert httpx.get(f"{url}/healthz").json()["index_problem"]["code"] == "index.unwritable"
    said = (
        f"WARNING index.embedded index_unread path={tmp_path}/taken/index.sqlite error='unable to open database file'"
    )
    assert log.read_text("utf-8").count(said) == 1


def test_a_wrong_setting_stops_the_start_with_file_and_line(config: Path) -> None:
    config.write_text('[search]\ndeadline_s = "soon"\n', "utf-8")
    for more in ((), ("--workers", "2")):
        done = subprocess.run(command(config, *more), capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 2
        assert f"{config}:2: `search.deadline_s` must be a number, found 'soon'" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_wrong_member_file_stops_the_start_too(config: Path) -> None:
    (config.parent / "members" / "law.toml").write_text('system = "kiosk"\n', "utf-8")
    done = subprocess.run(command(config), capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "law.toml:1: `system` is 'kiosk', expected one of:" in done.stderr


def test_a_port_that_is_taken_is_said_in_a_line(config: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(command(config, "--port", port), capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert "is in use by another program" in done.stderr
    assert "Traceback" not in done.stderr
