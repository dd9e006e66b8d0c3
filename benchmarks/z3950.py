"""CPU time a record over Z39.50, held against SRU: `python -m benchmarks.z3950 [records.mrc]`.

The same records of one zebrasrv are asked for by the same search over both protocols, through the connectors and their
guarded doors. Measured is the CPU time of this process, which asks; zebrasrv is another. Medians of five runs. Without
a file (ISO 2709 in UTF-8) the made-up records of the tests are asked for.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.figures import Figure, tell
from connectors.http import open_client
from connectors.line import open_dial
from connectors.sru import SYSTEM as SRU
from connectors.z3950 import SYSTEM as Z3950
from connectors.z3950 import apdu, present
from connectors.z3950.recording import RecordingDial
from connectors.z3950.tlv import Frames
from connectors.z3950.transcript import read_conversation
from engine.model import Clause, Field, Query, Window
from engine.ports import Connector, Door, Manners, Member, Names, System
from tests.servers import Running, made_up_records, zebra

RUNS = 5
SEARCHES = 20
WINDOW = Window(1, 100)
BOUND = 1.5
"""CPU a record over Z39.50 may be so many times that of SRU."""


def _connector(system: System, url: str, *, recorded_in: Path | None = None, **said: object) -> Connector:
    manners = Manners(private_network=True, spacing_ms=0, timeout_s=30.0)
    member = Member(id="bench", system=system.name, url=url, name=Names(vi="x", en="x"), manners=manners)
    client = open_client(member, user_agent="LienThu-benchmark", clock=time.time)
    dial = open_dial(member, clock=time.time)
    door = Door(client, time.time, dial if recorded_in is None else RecordingDial(dial, recorded_in))
    return system.connector(member, msgspec.convert(said, system.settings), door)


async def _us_a_record(connector: Connector, query: Query) -> float:
    """Return the CPU time a record, in microseconds, over several searches."""
    await connector.search(query, WINDOW)  # connections, caches, compiled modules
    records = 0
    begun = time.process_time()
    for _ in range(SEARCHES):
        records += len((await connector.search(query, WINDOW)).placed)
    return (time.process_time() - begun) * 1e6 / records


def _measure(make: Callable[[], Connector], query: Query) -> float:
    async def run() -> float:
        connector = make()
        try:
            return await _us_a_record(connector, query)
        finally:
            await connector.close()

    return statistics.median(asyncio.run(run()) for _ in range(RUNS))


def _present_response(address: str, query: Query, folder: Path) -> bytes:
    """Return the octets of one answer with 100 MARC 21 records, as the server sends it."""

    async def ask() -> None:
        connector = _connector(Z3950, address, profile="yaz", syntaxes=["marc21"], chunk=100, recorded_in=folder)
        await connector.search(query, WINDOW)
        await connector.close()

    asyncio.run(ask())
    (file,) = folder.glob("*.conversation")
    return max((one.octets for one in read_conversation(file.read_text("utf-8"), name=str(file))), key=len)


def _cutting(octets: bytes) -> dict[str, float]:
    """Return CPU time a record of cutting the records out of one answer, by hand and by asn1tools, in microseconds."""
    whole = apdu.compiled(_WHOLE)

    def framed() -> bytes:
        frames = Frames(len(octets))
        frames.feed(octets)
        cut = frames.take()
        assert cut is not None
        return cut

    def timed(work: Callable[[], object]) -> float:
        begun = time.process_time()
        for _ in range(SEARCHES):
            work()
        return (time.process_time() - begun) * 1e6 / (WINDOW.count * SEARCHES)

    works: dict[str, Callable[[], object]] = {
        "framing one answer": framed,
        "framing and cutting out by hand": lambda: present.presented(framed()),
        "framing and decoding by asn1tools (not used)": lambda: whole.decode("PDU", framed()),
    }
    return {name: statistics.median(timed(work) for _ in range(RUNS)) for name, work in works.items()}


_WHOLE = """
Whole DEFINITIONS IMPLICIT TAGS ::= BEGIN
PDU ::= CHOICE { presentResponse [25] SEQUENCE {
  numberOfRecordsReturned [24] INTEGER, nextResultSetPosition [25] INTEGER, presentStatus [27] INTEGER,
  records CHOICE { responseRecords [28] SEQUENCE OF NamePlusRecord } OPTIONAL } }
NamePlusRecord ::= SEQUENCE { name [0] OCTET STRING OPTIONAL,
  record [1] EXPLICIT CHOICE { retrievalRecord [1] EXPLICIT External } }
External ::= [UNIVERSAL 8] SEQUENCE { direct-reference OBJECT IDENTIFIER OPTIONAL,
  encoding CHOICE { octet-aligned [1] OCTET STRING } }
END
"""


def _servers(folder: Path, file: Path | None) -> tuple[list[Path], bool]:
    return ([file], True) if file is not None else ([made_up_records(folder / "records.xml")], False)


def _rows(server: Running, word: str) -> dict[str, float]:
    query = Query(Clause(word, field=Field.ANY))
    address = f"z3950://127.0.0.1:{server.port}/{server.database}"
    makers: dict[str, Callable[[], Connector]] = {
        "SRU, MARCXML": lambda: _connector(SRU, server.url, profile="yaz", max_records=100),
        "Z39.50, MARCXML": lambda: _connector(Z3950, address, profile="yaz", syntaxes=["xml"], keep_s=60),
        "Z39.50, MARC 21": lambda: _connector(Z3950, address, profile="yaz", syntaxes=["marc21"], keep_s=60),
    }
    return {name: _measure(make, query) for name, make in makers.items()}


def main() -> None:
    """Measure, and print the table."""
    file = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        records, iso2709 = _servers(folder, file)
        with zebra(folder / "server", records, iso2709=iso2709, gives_marc=True) as server:
            word = "kinh" if file is not None else "khảo sát"
            rows = _rows(server, word)
            address = f"z3950://127.0.0.1:{server.port}/{server.database}"
            octets = _present_response(address, Query(Clause(word)), folder / "recorded")
    bound = rows["SRU, MARCXML"] * BOUND
    figures = [Figure(name, value, "µs CPU a record", bound) for name, value in rows.items()]
    figures += [Figure(name, value, "µs CPU a record", float("inf")) for name, value in _cutting(octets).items()]
    tell(figures, Path("build/z3950.json"))


if __name__ == "__main__":
    main()
