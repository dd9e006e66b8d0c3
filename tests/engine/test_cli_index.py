"""`lienthu index`, as an operator runs it, on the embedded index."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from engine.cli import app
from engine.errors import SettingsError
from engine.model import Answer, Placed, Record
from engine.ports import HarvestPart, HarvestState, Question
from index.embedded import index as open_embedded

MEMBER = """\
system = "sru"
url = "http://127.0.0.1:9/sru"
[name]
vi = "Thư viện mẫu"
en = "Sample Library"
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A configuration with one member and an embedded index; the index holds three answers."""
    (tmp_path / "members").mkdir()
    (tmp_path / "members" / "mau.toml").write_text(MEMBER, "utf-8")
    return configured(tmp_path, "index")


def configured(folder: Path, name: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(f'[index.options]\npath = "{folder}/{name}.sqlite"\n', "utf-8")
    return path


def fill(config: Path, answers: int = 3) -> None:
    async def keep() -> None:
        index = await open_embedded({"path": str(config.with_suffix(".sqlite"))}, time.time)
        for number in range(answers):
            record = Record(member="mau", id=str(number), title=f"Kinh tế học {number}")
            answer = Answer("mau", (Placed(1, record),), 1, time.time(), 0.1)
            index.keep(Question("mau", f"kinh tế {number}", 1, 20), answer)
        for terms in ("kinh tế 0", "kinh tế 0", *("kinh tế 1",) * 3):
            index.count(terms)
        await index.close()

    asyncio.run(keep())


def run(*words: str, config: Path, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["index", *words, "--config", str(config)], input=typed, catch_exceptions=True)


def stats(config: Path) -> dict[str, object]:
    done = run("stats", "--json", config=config)
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_stats_tell_what_is_kept(house: Path) -> None:
    fill(house)
    assert {key: stats(house)[key] for key in ("backend", "is_ready", "answers", "records", "harvested")} == {
        "backend": "embedded", "is_ready": True, "answers": 3, "records": 3, "harvested": 0,
    }  # fmt: skip
    said = run("stats", "--lang", "en", config=house).stdout
    assert "3 answers, 3 records" in said.replace("\n", " ")


def harvest(config: Path, records: int) -> None:
    async def write() -> None:
        index = await open_embedded({"path": str(config.with_suffix(".sqlite"))}, time.time)
        async with index.harvesting("mau", "a test") as book:
            state = HarvestState(1, is_full=True, prefix="oai_dc", url="http://mau.example/oai", begun_at=1.0)
            told = tuple(Record(member="mau", id=f"h{number}", title="Thu gom") for number in range(records))
            await book.write(HarvestPart(msgspec.structs.replace(state, is_done=True, confirmed_at=1.0), told))
        await index.close()

    asyncio.run(write())


def test_what_is_exported_can_be_imported_elsewhere(house: Path, tmp_path: Path) -> None:
    fill(house, 450)
    harvest(house, 250)
    file = tmp_path / "kept.jsonl"
    assert run("export", str(file), config=house).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {line["question"]["member"] for line in lines[:450]} == {"mau"}
    (asked,) = (line["asked"] for line in lines[450:])
    assert (asked["terms"], asked["asks"]) == ("kinh tế 1", 3)  # what three asked, and no more
    assert run("export", str(file), "--harvests", config=house).exit_code == 0
    other = configured(tmp_path, "other")
    for _ in range(2):  # twice is as once
        done = run("import", str(file), "--lang", "en", config=other)
        assert done.exit_code == 0, done.output
    assert "450 answers, 1 questions with their demand and 250 harvested" in run(
        "import", str(file), "--lang", "en", config=configured(tmp_path, "third")
    ).stdout.replace("\n", " ")
    assert (stats(other)["answers"], stats(other)["harvested"]) == (450, 250)
    again = tmp_path / "again.jsonl"
    assert run("export", str(again), "--harvests", config=other).exit_code == 0
    told = [json.loads(line) for line in again.read_text("utf-8").splitlines()]
    assert [line["asked"]["asks"] for line in told if "asked" in line] == [3]
    (state,) = (line["state"] for line in told if "state" in line)
    assert state["is_done"]


def test_a_catalogue_of_which_only_a_part_came_is_not_taken_for_whole(house: Path, tmp_path: Path) -> None:
    harvest(house, 450)
    file = tmp_path / "kept.jsonl"
    assert run("export", str(file), "--harvests", config=house).exit_code == 0
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:300]) + b"torn\n")
    other = configured(tmp_path, "other")
    assert isinstance(run("import", str(file), config=other).exception, SettingsError)

    async def state() -> HarvestState | None:
        index = await open_embedded({"path": str(other.with_suffix(".sqlite"))}, time.time)
        try:
            return await index.harvest_state("mau")
        finally:
            await index.close()

    found = asyncio.run(state())
    assert found is not None
    assert (found.is_done, found.confirmed_at, found.lists) == (False, None, ())


def test_a_line_that_is_no_answer_is_told_by_its_number(house: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    line = msgspec.json.encode({"question": Question("mau", "a", 1, 20), "answer": Answer("mau", (), 0, 1.0, 0.1)})
    file.write_bytes(line + b"\n{}\n")
    done = run("import", str(file), config=house)
    assert isinstance(done.exception, SettingsError)
    assert f"{file}:2" in str(done.exception)


def test_nothing_is_deleted_that_was_not_meant(house: Path) -> None:
    fill(house)
    assert run("purge", config=house, typed="n\n").exit_code == 1
    assert stats(house)["answers"] == 3
    assert isinstance(run("purge", "--member", "ai-đó", "--yes", config=house).exception, SettingsError)
    done = run("purge", "--member", "mau", "--lang", "en", config=house, typed="y\n")
    assert "3 answers were deleted" in done.stdout
    assert (stats(house)["answers"], stats(house)["records"]) == (0, 0)


def test_warming_asks_the_members_and_tells_what_failed(house: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("# thường hỏi\nkinh tế học\n\n", "utf-8")
    done = run("warm", str(questions), "--lang", "en", config=house)
    assert done.exit_code == 0, done.output
    assert "1 questions were asked: members answered 0 times and failed 1 times" in done.stdout.replace("\n", " ")


def test_the_embedded_index_has_nothing_to_migrate(house: Path) -> None:
    fill(house)
    done = run("migrate", "--lang", "en", config=house)
    assert (done.exit_code, "nothing to move" in done.stdout) == (0, True)


def test_without_an_index_there_is_nothing_to_tell(house: Path) -> None:
    house.write_text('[index]\nbackend = "none"\n', "utf-8")
    assert isinstance(run("stats", config=house).exception, SettingsError)
