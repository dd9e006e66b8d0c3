"""As a newcomer would: the whole demo in processes of its own, asked over HTTP and by the command line."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import rispy

from tests.servers import free_port

VIETNAMESE = (
    "giao trinh kinh te vi mo",
    "truyện kiều",
    "tác giả:nguyễn du",
    "co so du lieu",
    'nhan đề:"triết học" năm:2000-2020',
)
ENGLISH = ("microeconomics", "author:mankiw", "data structures", "title:calculus", "organic chemistry OR biology")


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """Run `lienthu demo`; give the service's address and those of the libraries by id."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", "demo", "--host", "127.0.0.2", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        libraries = {}
        for line in process.stdout:
            found = re.match(r"\s+(\S+)\s+(http://127\.0\.0\.1:\d+)/", line)
            if found:
                libraries[found[1]] = found[2]
            if line.startswith("Liên Thư:"):
                break
        url = f"http://127.0.0.2:{port}"
        assert f"{url}/ " in line
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            client.get(f"{url}/healthz").raise_for_status()
        yield url, libraries
    finally:
        process.send_signal(signal.SIGINT)
        process.stdout.close()
        assert process.wait(15) == 0


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, dict[str, str]]]:
    with demo() as found:
        # One library hangs and one sends rubbish, as in the life of a consortium.
        for library, mood in (("song-lo", "hanging"), ("vinh-ngoc", "rubbish")):
            httpx.post(f"{found[1][library]}/-/mood", params={"mood": mood}).raise_for_status()
        yield found


def settled(url: str, words: str) -> dict[str, object]:
    answer = httpx.get(f"{url}/api/v1/search", params={"q": words, "deadline_s": 4}, timeout=30)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize("words", [*VIETNAMESE, *ENGLISH])
def test_a_question_gives_merged_titles_of_several_libraries_and_names_those_that_failed(
    running: tuple[str, dict[str, str]], words: str
) -> None:
    url, libraries = running
    assert len(libraries) == 8
    answer = settled(url, words)
    titles = answer["titles"]
    assert isinstance(titles, list)
    assert titles
    assert max(len(title["members"]) for title in titles) >= 2
    assert any(held["holdings"] for title in titles for edition in title["editions"] for held in edition["held_by"])
    reports = {report["member"]: report for report in answer["reports"]}  # type: ignore[attr-defined]
    assert set(reports) == set(libraries)
    for member, codes in (("song-lo", {"timed-out", "resting"}), ("vinh-ngoc", {"unreadable", "resting"})):
        report = reports[member]
        assert report["failure"]["code"] in codes
        assert len(report["reason"]["sentence"]["vi"]) > 20
        assert len(report["reason"]["sentence"]["en"]) > 20
    assert sum(report["state"] in {"answered", "cached"} for report in reports.values()) == 6


def test_the_page_works_without_javascript(running: tuple[str, dict[str, str]]) -> None:
    url, _ = running
    page = httpx.get(url, params={"q": "giao trinh kinh te vi mo"}, timeout=30)
    assert page.status_code == 200
    assert "Giáo trình kinh tế vi mô" in page.text
    english = httpx.get(url, params={"q": "giao trinh kinh te vi mo", "lang": "en"}, timeout=30)
    assert "did not answer in time" in english.text or "rests after" in english.text


def test_a_question_that_cannot_be_read_is_told_with_position_and_proposal(
    running: tuple[str, dict[str, str]],
) -> None:
    url, _ = running
    answer = httpx.get(f"{url}/api/v1/search", params={"q": 'kinh tế AND ("vi mô'}, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["proposal"]
    assert isinstance(answer.json()["position"], int)


def test_the_command_line_finds_the_same(running: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    _, libraries = running
    members = tmp_path / "members"
    members.mkdir()
    port = libraries["song-hong"].rpartition(":")[2]
    (members / "song-hong.toml").write_text(
        f'system = "sru"\nurl = "http://127.0.0.1:{port}/biblio"\n[name]\nvi = "Sông Hồng"\nen = "Red River"\n'
        '[manners]\nprivate_network = true\n[sru]\nprofile = "yaz"\n',
        "utf-8",
    )
    config = tmp_path / "lienthu.toml"
    config.write_text(f'[index.options]\npath = "{tmp_path}/index.sqlite"\n', "utf-8")
    command = [sys.executable, "-m", "engine.cli", "search", "giao trinh kinh te vi mo", "--config", str(config)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "Giáo trình kinh tế vi mô" in shown.stdout
    as_json = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(as_json.stdout)["titles"][0]["members"] == ["song-hong"]
    as_ris = subprocess.run([*command, "--format", "ris"], capture_output=True, check=True, timeout=60)
    assert "Giáo trình kinh tế vi mô" in rispy.loads(as_ris.stdout.decode())[0]["title"]
    unknown = subprocess.run([*command, "--format", "doc"], capture_output=True, text=True, check=False, timeout=60)
    assert unknown.returncode == 2
    assert "There is no format doc; there are: ris, bibtex, csl-json, marcxml, marc, json-ld." in unknown.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "engine.cli", "member", "check", "song-hong", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
