"""Whatever octets come, APDUs are cut out and read, or refused by name; nothing is read beyond its bound."""

from __future__ import annotations

import asyncio
import contextlib
import tracemalloc
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.z3950.apdu import decode, encode
from connectors.z3950.holdings import holdings_of
from connectors.z3950.oids import OIDS, SYNTAX_OF, octets_of
from connectors.z3950.present import Cut, diagnostics_within, presented
from connectors.z3950.records import record_of
from connectors.z3950.tlv import MOST_DEPTH, Frames, elements, encoded
from engine.errors import LienThuError, OversizeError, UnreadableError
from engine.model import Field, Window
from tests.connectors.z3950.speaking import asked, words

# A present response of yaz-ztest's kind: every length indefinite, one record, one diagnostic in a record's place.
NAME = b"\x80\x07Default"
MARC = b"00058nam a2200037 a 4500001000300000\x1er1\x1e\x1d"
EXTERNAL = b"\x28\x80\x06\x07" + octets_of("1.2.840.10003.5.10") + b"\x81" + bytes([len(MARC)]) + MARC + b"\0\0"
RECORD = b"\x30\x80" + NAME + b"\xa1\x80\xa1\x80" + EXTERNAL + b"\0\0\0\0\0\0"
DIAGNOSTIC = b"\x30\x80\x06\x07" + octets_of("1.2.840.10003.4.1") + b"\x02\x02\x00\xee\x1a\x03abc\0\0"
INSTEAD = b"\x30\x80" + NAME + b"\xa1\x80\xa2\x80" + DIAGNOSTIC + b"\0\0\0\0\0\0"
PRESENT = b"\xb9\x80\x98\x01\x02\x99\x01\x03\x9b\x01\x00\xbc\x80" + RECORD + INSTEAD + b"\0\0\0\0"
OPAC = encoded(
    2,
    encoded(
        2,
        b"\x89\x05Kho A\x8b\x03895" + encoded(19, b"\x30\x0f\x81\x01\xff\x85\x04TV01\x86\x01\x00\x87\x01\x00"),
    ),
)
KNOWN = [
    PRESENT,
    encode("close", {"closeReason": 0}),
    encode("searchResponse", {
        "resultCount": 7, "numberOfRecordsReturned": 0, "nextResultSetPosition": 1, "searchStatus": True,
    }),
    encode("initResponse", {
        "protocolVersion": (b"\xe0", 3), "options": (b"\xc1\x00", 16), "preferredMessageSize": 1 << 20,
        "exceptionalRecordSize": 1 << 20, "result": True, "implementationName": "Thử".encode(),
    }),
    encode("scanResponse", {
        "scanStatus": 0, "numberOfEntriesReturned": 1,
        "entries": {"entries": [("termInfo", {"term": ("general", b"kinh"), "globalOccurrences": 3})]},
    }),
]  # fmt: skip


def cut_all(stream: bytes, sizes: list[int]) -> list[bytes]:
    """What is cut out of a stream that comes in pieces."""
    frames, found, at = Frames(1_000_000), [], 0
    for size in [*sizes, len(stream)]:
        frames.feed(stream[at : at + size])
        at += size
        while (apdu := frames.take()) is not None:
            found.append(apdu)
    return found


@given(st.lists(st.sampled_from(KNOWN), max_size=5), st.lists(st.integers(0, 40), max_size=30))
def test_apdus_are_cut_out_of_any_pieces(apdus: list[bytes], sizes: list[int]) -> None:
    assert cut_all(b"".join(apdus), sizes) == apdus


def read_everything(octets: bytes) -> None:
    """All that is ever done with what a server sends."""
    frames = Frames(10_000)
    frames.feed(octets)
    while (apdu := frames.take()) is not None:
        decode(apdu)
        diagnostics_within(apdu)
        for row in presented(apdu).rows:
            if isinstance(row, Cut):
                record_of(row, member="m")


def garbled() -> st.SearchStrategy[bytes]:
    """Octets that are nearly an APDU: with some of them changed, left out or put in."""

    def change(parts: tuple[bytes, list[tuple[int, int, bytes]]]) -> bytes:
        octets, changes = parts
        for at, length, instead in changes:
            place = at % (len(octets) + 1)
            octets = octets[:place] + instead + octets[place + length :]
        return octets

    changes = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 4), st.binary(max_size=4)), min_size=1, max_size=6)
    return st.tuples(st.sampled_from(KNOWN), changes).map(change)


@given(st.one_of(garbled(), st.binary(max_size=300), st.binary(max_size=300).map(lambda one: b"\xb9\x80" + one)))
def test_any_octets_are_read_or_refused_by_name(octets: bytes) -> None:
    with contextlib.suppress(UnreadableError, OversizeError):
        read_everything(octets)


@given(st.one_of(st.binary(max_size=200), garbled().map(lambda one: one[4:])))
def test_any_holdings_are_read_or_refused_by_name(octets: bytes) -> None:
    with contextlib.suppress(UnreadableError, OversizeError):
        holdings_of(octets)


class Babbling:
    """A dial to a server whose answers are these octets, one after the other."""

    is_open = True

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers

    async def __call__(self, *_: object) -> Babbling:
        return self

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        yield

    async def send(self, content: bytes) -> None:
        """Listen to nothing."""

    async def receive(self) -> bytes:
        return self.answers.pop(0) if self.answers else b""

    def close(self, farewell: bytes = b"") -> None:
        """Go on babbling to others."""


@given(st.lists(st.one_of(garbled(), st.sampled_from(KNOWN)), max_size=8))
def test_a_search_of_a_server_that_babbles_ends_with_an_answer_or_a_failure_by_name(answers: list[bytes]) -> None:
    async def search() -> None:
        async with asked("z3950://127.0.0.1/x", dial=Babbling([KNOWN[3], *answers])) as library:
            with contextlib.suppress(LienThuError):
                await library.search(words("x"), Window(1, 5))
        async with asked("z3950://127.0.0.1/x", dial=Babbling(answers)) as library:
            with contextlib.suppress(LienThuError):
                await library.scan(Field.TITLE, "x")

    asyncio.run(search())


def test_records_and_diagnostics_are_cut_out_of_indefinite_lengths() -> None:
    came = presented(PRESENT)
    record, instead = came.rows
    assert isinstance(record, Cut)
    assert (record.octets, record.syntax) == (MARC, "marc21")
    assert (instead.number, instead.details) == (238, "abc")  # type: ignore[union-attr]  # the diagnostic
    assert came.status == 0
    assert decode(PRESENT)[1]["numberOfRecordsReturned"] == 2


def test_copies_are_read_out_of_an_opac_record() -> None:
    (holding,) = holdings_of(next(OPAC[part.begin : part.end] for part in elements(OPAC)))
    assert (holding.branch, holding.call_number, holding.item) == ("Kho A", "895", "TV01")
    assert holding.availability is not None
    assert holding.availability[0].available


@pytest.mark.parametrize("nested", [b"\x30\x80", b"\xa1\x80"])
def test_nesting_is_bounded(nested: bytes) -> None:
    frames = Frames(1_000_000)
    frames.feed(b"\xb9\x80" + nested * (MOST_DEPTH + 1))
    with pytest.raises(OversizeError, match="levels"):
        frames.take()


def test_deep_nesting_of_definite_lengths_is_no_deep_recursion() -> None:
    inner = b""
    for _ in range(3000):
        inner = encoded(1, inner)
    apdu = encoded(25, encoded(28, inner) + encoded(205, inner) + encoded(130, inner))
    frames = Frames(1_000_000)
    frames.feed(apdu)
    assert frames.take() == apdu
    assert presented(apdu).diagnostics
    assert diagnostics_within(apdu) == ()


def test_a_stream_without_end_costs_no_more_than_its_bound() -> None:
    frames = Frames(100_000)

    def drown() -> None:
        for _ in range(10_000):
            frames.feed(b"\xb9\x80" if frames.is_empty else b"\x04\x82\x03\xe8" + bytes(1000))
            frames.take()

    tracemalloc.start()
    try:
        with pytest.raises(OversizeError):
            drown()
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_an_object_identifier_is_known_by_its_octets() -> None:
    assert {syntax: SYNTAX_OF[octets_of(oid)] for syntax, oid in OIDS.items()} == {one: one for one in OIDS}


def test_what_a_later_version_adds_to_an_apdu_does_not_matter() -> None:
    plain = encode("close", {"closeReason": 4})
    more = encoded(48, plain[3:] + encoded(201, b"\x30\x80\x04\x01x\0\0") + b"\x9f\x8f\x7f\x01x")
    assert decode(more) == decode(plain) == ("close", {"closeReason": 4})
