"""Each further face of the demo, searched by its connector from a member file as a library's would be.

A face joins `demo.faces.FACES` by a line, and stands in this table by itself; what is special to it stands in `KNOWN`.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from connectors.detect import detect
from connectors.http import open_client
from demo import federation
from demo.entries import State
from demo.faces import FACES, FurtherFace
from demo.isbn import ten
from demo.members import face_file
from engine.app import Systems
from engine.errors import FaultError, LienThuError, UnreachableError, UnreadableError
from engine.model import Answer, Window
from engine.ports import AvailabilityConnector, Connector, Door
from engine.query import parse
from engine.settings import read_member
from engine.text import folded_key
from engine.tools import Wishes


class Known(msgspec.Struct, frozen=True):
    """What is special to a face. `vi`, `en`: the questions.

    `lends`: it tells which copies are in. `links`: it has pages of records. `knows_isbn`: it finds books by number.
    """

    vi: str = "kinh tế"
    en: str = "history"
    lends: bool = True
    links: bool = True
    knows_isbn: bool = True


KNOWN = {
    "solr": Known(lends=False, links=False),
    "elasticsearch": Known(lends=False, links=False),
    "eprints": Known(lends=False, knows_isbn=False),
    "omeka-s": Known(lends=False),
    "tim-kiem": Known(lends=False),
    "ilib": Known(lends=False),
    "libol": Known(en="calculus"),
    "hoa-phuong-emiclib": Known(lends=False),
    "kipos": Known(lends=False),
    "bookworm": Known(lends=False),
    "invenio": Known(lends=False),
    "non-nuoc-primo": Known(lends=False),
}
"""By system, or by the id of a face."""


def known_of(face: FurtherFace) -> Known:
    return KNOWN.get(face.id) or KNOWN.get(face.system) or Known()


NUMBERED = {"vufind": 9, "primo": 9, "aleph": 9, "sierra": 6, "encore": 6, "evergreen": 9, "slims": 9}
"""Systems whose record numbers end with that of the entry, and how many digits of it count."""

each_face = pytest.mark.parametrize("face", FACES, ids=lambda face: face.id)
Open = Callable[[FurtherFace], Connector]


@pytest.fixture
async def running() -> AsyncIterator[federation.Federation]:
    started = await federation.start(today=date(2026, 3, 15))
    yield started
    await started.stop()


@pytest.fixture
async def opened(running: federation.Federation, tmp_path: Path) -> AsyncIterator[Open]:
    """Makes the connector that a member file of a face describes."""
    ports = {each.id: each.port for each in running.further}
    connectors: list[Connector] = []

    def make(face: FurtherFace) -> Connector:
        file = tmp_path / f"{face.id}.toml"
        file.write_text(face_file(face, ports[face.id]), "utf-8")
        system = Systems()[face.system]
        member, own = read_member(file, {face.system: system.settings})
        door = Door(open_client(member, user_agent="LienThu-test", clock=time.time), time.time)
        connectors.append(system.connector(member, own, door))
        return connectors[-1]

    yield make
    for connector in connectors:
        await connector.close()


def bare(number: str) -> str:
    return number.partition(" ")[0].replace("-", "")


def titles(answer: Answer) -> list[str]:
    return [folded_key(placed.record.title) for placed in answer.placed]


@each_face
async def test_a_vietnamese_and_an_english_question_are_answered_page_by_page(opened: Open, face: FurtherFace) -> None:
    connector, known = opened(face), known_of(face)
    for question in (known.vi, known.en):
        first = await connector.search(parse(question), Window(1, 5))
        assert len(first.placed) == 5, first
        assert [placed.place for placed in first.placed] == [1, 2, 3, 4, 5]
        word = folded_key(question).split()[0]
        assert any(word in title for title in titles(first)), titles(first)
        second = await connector.search(parse(question), Window(6, 5))
        assert second.placed, second
        assert second.placed[0].place == 6
        ids = [placed.record.id for placed in (*first.placed, *second.placed)]
        assert len(set(ids)) == len(ids)
        if known.links:
            assert all(placed.record.url and placed.record.url.startswith("http") for placed in first.placed)


@each_face
async def test_no_hits_are_told_as_none(opened: Open, face: FurtherFace) -> None:
    answer = await opened(face).search(parse("qxzjwvk"), Window(1, 10))
    assert (answer.placed, answer.total, answer.has_more) == ((), 0, False)


@each_face
async def test_a_question_by_title_and_author_finds_what_it_names(opened: Open, face: FurtherFace) -> None:
    connector = opened(face)
    by_title = await connector.search(parse('nhan đề:"kinh tế"'), Window(1, 5))
    assert by_title.placed
    assert all("kinh te" in title for title in titles(by_title)), titles(by_title)
    by_author = await connector.search(parse("tác giả:Nguyễn"), Window(1, 5))
    assert by_author.placed


@each_face
async def test_a_book_is_found_by_its_number(running: federation.Federation, opened: Open, face: FurtherFace) -> None:
    entries = running.faces[face.library].sru.shelf.entries
    entry = next(
        entry for entry in entries if {*map(bare, entry.isbns)} & {entry.edition.isbn, ten(entry.edition.isbn)}
    )
    answer = await opened(face).search(parse(f"isbn:{entry.edition.isbn}"), Window(1, 5))
    if known_of(face).knows_isbn:
        assert folded_key(entry.title) in titles(answer), answer
    else:
        assert not answer.placed


@each_face
@pytest.mark.parametrize("kind", ["", "diagnostic-1"])
async def test_a_server_that_fails_is_told_as_failing(
    running: federation.Federation, opened: Open, face: FurtherFace, kind: str
) -> None:
    await running.set_mood(face.id, "failing", kind=kind)
    with pytest.raises(LienThuError):
        await opened(face).search(parse("kinh tế"), Window(1, 5))


@each_face
@pytest.mark.parametrize("mood", ["rubbish", "redesigned"])
async def test_what_cannot_be_read_is_never_told_as_no_hits(
    running: federation.Federation, opened: Open, face: FurtherFace, mood: str
) -> None:
    await running.set_mood(face.id, mood)
    with pytest.raises((UnreadableError, FaultError)):
        await opened(face).search(parse("kinh tế"), Window(1, 5))


@each_face
async def test_a_server_that_is_away_is_told_as_away(
    running: federation.Federation, opened: Open, face: FurtherFace
) -> None:
    await running.set_mood(face.id, "away")
    with pytest.raises(UnreachableError):
        await opened(face).search(parse("kinh tế"), Window(1, 5))


@pytest.mark.parametrize("face", [face for face in FACES if known_of(face).lends], ids=lambda face: face.id)
async def test_what_can_be_had_now_is_told_of_what_was_found(opened: Open, face: FurtherFace) -> None:
    connector = opened(face)
    answer = await connector.search(parse("kinh tế"), Window(1, 5))
    assert isinstance(connector, AvailabilityConnector)
    told = await connector.availability([placed.record for placed in answer.placed])
    assert set(told) == {placed.record.id for placed in answer.placed}
    assert any(told.values())


@pytest.mark.parametrize(
    "face", [face for face in FACES if face.system in NUMBERED and known_of(face).lends], ids=lambda face: face.id
)
async def test_a_record_is_told_to_be_in_where_a_copy_is(
    running: federation.Federation, opened: Open, face: FurtherFace
) -> None:
    connector = opened(face)
    entries = {entry.id: entry for entry in running.faces[face.library].sru.shelf.entries}
    answer = await connector.search(parse("kinh tế"), Window(1, 10))
    assert isinstance(connector, AvailabilityConnector)
    told = await connector.availability([placed.record for placed in answer.placed])
    for number, holdings in told.items():
        entry = entries[str(int(re.findall(r"\d+$", number)[0][-NUMBERED[face.system] :]))]
        has = any(one.available for holding in holdings for one in holding.availability or ())
        # A summary does not tell what may be taken home from what may be read there.
        assert has is any(copy.state in {State.IN, State.READING_ROOM} for copy in entry.copies), (entry, holdings)


async def test_the_oldest_primo_tells_with_its_rows_where_a_copy_is(opened: Open) -> None:
    face = next(each for each in FACES if each.id == "non-nuoc-primo")
    answer = await opened(face).search(parse("kinh tế"), Window(1, 20))
    held = [placed.record for placed in answer.placed if placed.record.holdings]
    assert len(held) > 10
    assert all(record.holdings[0].branch and record.holdings[0].call_number for record in held)
    assert {one.available for record in held for one in record.holdings[0].availability or ()} == {True, False}


@each_face
async def test_it_lives(opened: Open, face: FurtherFace) -> None:
    await opened(face).probe()


def test_member_files_of_all_faces_are_shipped() -> None:
    from demo.members import SHIPPED_FACES, face_port  # noqa: PLC0415 - for this test alone

    for face in FACES:
        text = (SHIPPED_FACES / f"{face.id}.toml").read_text("utf-8")
        assert text == face_file(face, face_port(face))
        assert tomllib.loads(text)["system"] == face.system


NEEDS_A_PERSON = {"solr": "/", "elasticsearch": ""}
"""Systems whose address names no index or whose fields have no names of their own: the path, "" for any."""


@each_face
async def test_each_face_is_named_from_its_bare_address_and_from_its_entrance(
    running: federation.Federation, face: FurtherFace
) -> None:
    entrance = next(each.url for each in running.further if each.id == face.id)
    port = next(each.port for each in running.further if each.id == face.id)
    for url in dict.fromkeys((f"http://127.0.0.1:{port}/", entrance)):
        told = await detect(
            url, systems=Systems(), user_agent="LienThu-test", clock=time.time, wishes=Wishes(), tell=lambda _: None
        )
        assert told.system == face.system, told.steps
        assert told.requests <= 12
        left = NEEDS_A_PERSON.get(face.system)
        if left is None or (left and not url.endswith(f"{port}{left}")):
            assert told.works is True, (url, told.trials)
