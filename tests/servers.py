"""Real servers on free loopback ports, for any test: zebrasrv loaded with records, and yaz-ztest.

    from tests.servers import Running, zebra_icu

    @pytest.mark.needs("zebrasrv")
    async def test_it_answers(zebra_icu: Running) -> None: ...

A server is started once for all tests that ask for it, and ends with them. `tests/connectors/conftest.py` imports the
fixtures for all tests below it.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import shutil
import socket
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple
from xml.sax.saxutils import escape

import pytest

_TEMPLATES = Path(__file__).parent / "servers_zebra"


class Running(NamedTuple):
    """A server that runs: where its SRU is, its port (Z39.50 answers there too) and its database."""

    url: str
    port: int
    database: str


_MARC_TOO = """
      <retrieval syntax="usmarc">
        <backend syntax="xml" name="F"><marc inputformat="xml" outputformat="marc" outputcharset="utf-8"/></backend>
      </retrieval>"""
REPORTS = 130
"""How many of the made-up records are titled "Báo cáo khảo sát số ..."."""


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def zebra(
    folder: Path, records: Sequence[Path], *, icu: bool = True, iso2709: bool = True, gives_marc: bool = False
) -> Iterator[Running]:
    """Run a zebrasrv over these files of records, in an empty folder of its own.

    `icu`: words are folded by ICU (marks taken off, đ stays đ); else by a map of letters that knows few marks.
    `iso2709`: the files are ISO 2709 in UTF-8; else MARCXML. `gives_marc`: over Z39.50 records come as MARC 21 too.
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
    if gives_marc:
        gfs = (folder / "gfs.xml").read_text("utf-8")
        (folder / "gfs.xml").write_text(gfs.replace("<retrievalinfo>", f"<retrievalinfo>{_MARC_TOO}"), "utf-8")
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


def made_up_records(file: Path) -> Path:
    """Write MARCXML of the records of `records.tsv` and `REPORTS` further ones, all made up; return the file."""
    with (_TEMPLATES / "records.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows += [
        {
            "id": f"bc{number:04}",
            "language": "vie",
            "year": str(1990 + number % 30),
            "title": f"Báo cáo khảo sát số {number}",
            "person": f"Nhóm {number % 7}",
            "publisher": "Trung tâm Khảo sát",
            "subject": "Khảo sát",
        }
        for number in range(1, REPORTS + 1)
    ]
    records = "\n".join(_marcxml({key: escape(value) for key, value in row.items()}) for row in rows)
    file.write_text(f'<collection xmlns="http://www.loc.gov/MARC21/slim">\n{records}\n</collection>\n', "utf-8")
    return file


def _marcxml(row: dict[str, str]) -> str:
    fields = [
        ("020", [("a", row.get("isbn", ""))]),
        ("100", [("a", row["person"])]),
        ("245", [("a", row["title"]), ("c", row["person"])]),
        ("260", [("b", row["publisher"]), ("c", row["year"])]),
        ("650", [("a", row["subject"])]),
    ]
    shown = "".join(
        f'<datafield tag="{tag}" ind1=" " ind2=" ">'
        + "".join(f'<subfield code="{code}">{text}</subfield>' for code, text in subfields)
        + "</datafield>"
        for tag, subfields in fields
        if subfields[0][1]
    )
    return (
        f'<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">{row["id"]}</controlfield>'
        f'<controlfield tag="008">200101s{row["year"]}    vm            000 0 {row["language"]} d</controlfield>'
        f"{shown}</record>"
    )


# Fixtures -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def zebra_icu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A zebrasrv over the made-up records, whose words are folded by ICU: marks taken off, đ stays đ."""
    folder = tmp_path_factory.mktemp("zebra_icu")
    with zebra(folder / "server", [made_up_records(folder / "records.xml")], iso2709=False) as running:
        yield running


@pytest.fixture(scope="session")
def zebra_chr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A zebrasrv over the made-up records, with a map of letters that knows few Vietnamese marks."""
    folder = tmp_path_factory.mktemp("zebra_chr")
    with zebra(folder / "server", [made_up_records(folder / "records.xml")], icu=False, iso2709=False) as running:
        yield running


@pytest.fixture(scope="session")
def zebra_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A zebrasrv over the made-up records in NFD, with the same map: letters and their marks stand apart for it."""
    folder = tmp_path_factory.mktemp("zebra_apart")
    records = made_up_records(folder / "records.xml")
    records.write_text(unicodedata.normalize("NFD", records.read_text("utf-8")), "utf-8")
    with zebra(folder / "server", [records], icu=False, iso2709=False) as running:
        yield running


@pytest.fixture(scope="session")
def zebra_university(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A zebrasrv over the first real records (about 3,000) of a Vietnamese university library."""
    folder = tmp_path_factory.mktemp("zebra_university")
    records = folder / "records.mrc"
    packed = (corpus / "marc" / "vietnamese_university_catalogue" / "records.mrc.gz").read_bytes()
    whole = gzip.decompress(packed)[:1_500_000]
    records.write_bytes(whole[: whole.rfind(b"\x1d") + 1])
    with zebra(folder / "server", [records]) as running:
        yield running


@pytest.fixture(scope="session")
def yaz_ztest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A yaz-ztest with a CQL map and MARCXML."""
    with ztest(tmp_path_factory.mktemp("ztest")) as running:
        yield running
