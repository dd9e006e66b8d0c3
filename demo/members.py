"""The member files of the demo's libraries: what the search is told of each.

    python -m demo.members

writes those with the usual ports into `config/demo/members`, and those of the further faces into `config/demo/faces`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from demo.faces import FACES, FurtherFace
from demo.libraries import LIBRARIES, Library

FIRST_PORT: Final = 7101
"""The first of the eight ports in the shipped member files."""

SHIPPED: Final = Path(__file__).parents[1] / "config" / "demo" / "members"

SHIPPED_FACES: Final = Path(__file__).parents[1] / "config" / "demo" / "faces"
"""Not asked as they stand: a person who wants one copies it beside the others."""

# The table [sru] of each dialect: what a person who reads the server's explain and tries it would write.
_SRU: Final = {
    "zebra": """profile = "yaz"
version = "1.1"
schemas = ["marcxml"]
year_form = "range"
max_records = 100
truncation = "*"
""",
    "koha": """profile = "koha"
""",
    "alma": """profile = "alma"
truncation = "*"
""",
    "digital": """profile = "generic"
version = "1.2"
schemas = ["dc"]
max_records = 100
truncation = "*"
year_index = "dc.date"
year_form = "range"
isbn_forms = ["13"]
[sru.indexes]
any = "cql.serverChoice"
isbn = "dc.identifier"
issn = "dc.identifier"
""",
    "mods": """profile = "generic"
version = "2.0"
schemas = ["mods"]
max_records = 100
truncation = "*"
year_index = "dc.date"
year_form = "range"
folds_marks = false
[sru.indexes]
any = "cql.anywhere"
""",
    "unimarc": """profile = "bnf"
truncation = "*"
year_index = "bib.date"
year_form = "range"
[sru.indexes]
isbn = "bib.isbn"
""",
    "pica": """profile = "k10plus"
schemas = ["picaxml"]
record_dialect = "pica"
max_records = 100
truncation = "*"
year_index = "pica.jah"
year_form = "range"
[sru.indexes]
publisher = "pica.vlg"
""",
    "old": """profile = "generic"
version = "1.1"
schemas = ["marcxml"]
record_dialect = "marc21"
packing = "none"
max_records = 20
missing_field = "refuse"
year_index = "dc.date"
year_form = "list"
[sru.indexes]
any = "cql.serverChoice"
publisher = ""
""",
}


class Reachable(Protocol):
    """A library that runs somewhere."""

    @property
    def id(self) -> str:
        """Its id, the name of its file."""

    @property
    def port(self) -> int:
        """The port it listens at."""


def member_file(library: Library, port: int) -> str:
    """Return the text of a library's member file."""
    return f"""# A made-up library of the demo.
id = "{library.id}"
system = "sru"
url = "http://127.0.0.1:{port}{library.path}"
short_name = "{library.short}"
preference = {round(library.share * 10)}
evidence = "demo: a made-up library on this machine"

[name]
vi = "{library.vi}"
en = "{library.en}"

[place]
city = "{library.city}"
latitude = {library.latitude}
longitude = {library.longitude}

[manners]
private_network = true
parallel = 4
spacing_ms = 0

[sru]
{_SRU[library.dialect]}"""


def face_port(face: FurtherFace) -> int:
    """Return the port of a further face in its shipped member file."""
    return FIRST_PORT + len(LIBRARIES) + FACES.index(face)


def face_file(face: FurtherFace, port: int) -> str:
    """Return the text of a further face's member file."""
    library = face.of
    table = face.table and f"\n{face.table}"
    return f"""# A made-up library of the demo, by another of its systems.
id = "{face.id}"
system = "{face.system}"
url = "http://127.0.0.1:{port}{face.path}"
short_name = "{library.short}"
evidence = "demo: a made-up library on this machine"

[name]
vi = "{library.vi} ({face.system})"
en = "{library.en} ({face.system})"

[place]
city = "{library.city}"
latitude = {library.latitude}
longitude = {library.longitude}

[manners]
private_network = true
parallel = 4
spacing_ms = 0
{table}"""


def write_members(folder: Path, libraries: Sequence[Reachable]) -> tuple[Path, ...]:
    """Write the member files of running libraries into a folder, with the ports they have, and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = {library.id: library.port for library in libraries}
    written = []
    for library in LIBRARIES:
        if library.id in ports:
            path = folder / f"{library.id}.toml"
            path.write_text(member_file(library, ports[library.id]), "utf-8")
            written.append(path)
    return tuple(written)


def main() -> None:
    """Write the shipped member files."""
    SHIPPED.mkdir(parents=True, exist_ok=True)
    for number, library in enumerate(LIBRARIES):
        (SHIPPED / f"{library.id}.toml").write_text(member_file(library, FIRST_PORT + number), "utf-8")
    SHIPPED_FACES.mkdir(parents=True, exist_ok=True)
    for face in FACES:
        (SHIPPED_FACES / f"{face.id}.toml").write_text(face_file(face, face_port(face)), "utf-8")


if __name__ == "__main__":
    main()
