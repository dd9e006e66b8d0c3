"""The same search against real Zebra servers, loaded with real records of two university libraries' making."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.app import open_search, read_house
from engine.model import State
from engine.query import parse
from tests.servers import Running, zebra

pytestmark = [pytest.mark.needs("zebrasrv"), pytest.mark.needs("corpus")]


def records_of(corpus: Path) -> list[bytes]:
    packed = (corpus / "marc" / "vietnamese_university_catalogue" / "records.mrc.gz").read_bytes()
    return [record + b"\x1d" for record in gzip.decompress(packed).split(b"\x1d") if record.strip()]


@pytest.fixture(scope="module")
def two_zebras(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Running]]:
    """Two servers whose records overlap by half, as two libraries of one city do."""
    folder = tmp_path_factory.mktemp("zebras")
    records = list(enumerate(records_of(corpus)))[:9_000]
    holds = {"one": (0, 1), "two": (1, 2)}  # of each three records in a row, the middle one stands in both
    for name, rests in holds.items():
        part = [record for number, record in records if number % 3 in rests]
        (folder / f"{name}.mrc").write_bytes(b"".join(part))
    with (
        zebra(folder / "one", [folder / "one.mrc"]) as one,
        zebra(folder / "two", [folder / "two.mrc"]) as two,
    ):
        yield one, two


@pytest.fixture
def config(two_zebras: tuple[Running, Running], tmp_path: Path) -> Path:
    (tmp_path / "members").mkdir()
    for name, running in zip(("one", "two"), two_zebras, strict=True):
        (tmp_path / "members" / f"{name}.toml").write_text(
            f'system = "sru"\nurl = "{running.url}"\n[name]\nvi = "Zebra {name}"\nen = "Zebra {name}"\n'
            '[manners]\nprivate_network = true\nspacing_ms = 0\n[sru]\nprofile = "yaz"\n',
            "utf-8",
        )
    path = tmp_path / "lienthu.toml"
    path.write_text(f'[index.options]\npath = "{tmp_path}/index.sqlite"\n', "utf-8")
    return path


@pytest.mark.parametrize("words", ["kinh tế vi mô", "title:lập trình", "cơ sở dữ liệu", "engineering", "author:nguyen"])
async def test_real_records_of_two_real_servers_become_merged_titles(config: Path, words: str) -> None:
    async with open_search(read_house(config)) as search:
        snapshot = await search.settled(parse(words))
    assert [report.state for report in snapshot.reports] == [State.ANSWERED, State.ANSWERED]
    assert snapshot.title_count > 0
    assert snapshot.record_count > snapshot.title_count
    assert any(title.members == ("one", "two") for title in snapshot.titles)


async def test_words_without_marks_find_what_is_written_with_marks_on_a_server_that_folds(config: Path) -> None:
    async with open_search(read_house(config)) as search:
        marked = await search.settled(parse("kinh tế library:one"))
        unmarked = await search.settled(parse("kinh te library:one"))
    assert unmarked.hit_count == marked.hit_count > 0


async def test_the_next_page_brings_other_titles(config: Path) -> None:
    async with open_search(read_house(config)) as search:
        query = parse("lập trình library:one")
        first = await search.settled(query)
        second = await search.settled(type(query)(query.expression, query.filters, page=2))
        first_again = await search.settled(query)
    assert {title.id for title in first.titles}.isdisjoint(title.id for title in second.titles)
    assert first.has_more
    assert second.titles
    assert [title.id for title in first.titles] == [title.id for title in first_again.titles]
