"""Write docs/systems.md: what each system can do and how it was tried, told by the systems, recordings and tests.

python scripts/systems-page.py           writes the page
python scripts/systems-page.py --check   says whether the page is as it should be
"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import gc
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the tests' recordings and the demo stand beside, in no package that is installed

from connectors.battery.cases import Library, read_libraries  # noqa: E402 - found only now
from connectors.battery.lines import stand_in  # noqa: E402
from connectors.battery.opening import opened  # noqa: E402
from demo.faces import FACES  # noqa: E402
from demo.federation import FURTHER_FACES  # noqa: E402
from demo.libraries import LIBRARIES  # noqa: E402
from engine.app import Systems  # noqa: E402
from engine.model import Field  # noqa: E402
from engine.ports import AvailabilityConnector, System  # noqa: E402

PAGE: Final = ROOT / "docs" / "systems.md"
WORDS: Final = ROOT / "docs" / "systems.toml"
RECORDINGS: Final = ROOT / "tests" / "recordings"
OLDER_FACES: Final = {"Opac": "koha", "Repository": "dspace", "Repository6": "dspace", "OaiRepository": "oai-pmh"}
"""The systems of the demo's faces that stand at the ports of its libraries, by the classes that play them."""

SERVERS: Final = ("yaz-ztest", "zebrasrv")
"""What tests start of other people's servers. Elasticsearch is not among them: there it is the shared index."""

HEAD: Final = """# Systems

Made by `python scripts/systems-page.py` from the systems, their recordings and the tests; a test holds it to them.
How a library is added is told in [add-a-library.md](add-a-library.md), how a system is in
[add-a-system.md](add-a-system.md).

"Recordings" counts made-up libraries and their cases, each a search with the answer expected of it. "Tried against"
tells what else stood behind the tests: servers of other makers that the tests start, answers recorded of real servers,
and the [demo's](demo.md) catalogues, which are written from what is published of a system. "Recordings only": nothing
but exchanges in the shape that is documented of the system were read. No installation of a library was asked.

Availability "with the records" comes in the answer itself; "on the screen" is asked for the titles that are shown.

| system | how it is asked | fields | paging | availability | recordings | tried against |
|---|---|---|---|---|---|---|
"""


def packages() -> dict[str, str]:
    """Return the package of each system."""
    return {point.name: point.module for point in entry_points(group="lienthu.connectors")}


async def abilities(system: System, libraries: Sequence[Library]) -> tuple[frozenset[Field], bool]:
    """Return the fields that a system can be asked by, in one library or another, and whether it tells of copies."""
    fields: set[Field] = set()
    lends = False
    for library in libraries:
        async with opened(system, library, stand_in(library.cases[0].folder)) as connector:
            fields |= connector.fields or set()
            lends |= isinstance(connector, AvailabilityConnector)
    return frozenset(fields), lends


def demo_faces() -> Mapping[str, int]:
    """Return how many of the demo's catalogues play each system."""
    found = Counter(face.system for face in FACES)
    found["sru"] += len(LIBRARIES)
    found.update(OLDER_FACES[face.__name__] for faces in FURTHER_FACES.values() for face in faces)
    return found


def needs_of_tests(of: Mapping[str, str]) -> dict[str, set[str]]:
    """Return what the tests of each system need that is not ours: servers, and answers of real ones (`corpus`)."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted((ROOT / "tests" / "connectors").rglob("test_*.py")):
        text = file.read_text("utf-8")
        parts = {part for said in re.findall(r"needs\(([^)]*)\)", text) for part in re.findall(r'"([\w-]+)"', said)}
        for name, package in of.items():
            if re.search(rf"^from {re.escape(package)}\b", text, re.MULTILINE):
                found[name] |= parts
    return found


def tried(name: str, needs: Mapping[str, set[str]], faces: Mapping[str, int]) -> str:
    """Return what stood behind the tests of a system besides recordings."""
    said = [server for server in SERVERS if server in needs.get(name, ())]
    said += ["answers of real servers"] if "corpus" in needs.get(name, ()) else []
    count = faces.get(name, 0)
    said += [f"the demo ({count} {'catalogue' if count == 1 else 'catalogues'})"] if count else []
    return ", ".join(said) or "recordings only"


def row(name: str, said: Mapping[str, str], tried_against: str) -> str:
    """Return the row of a system."""
    system = Systems()[name]
    libraries = read_libraries(RECORDINGS, system)
    fields, lends = asyncio.run(abilities(system, [library for library in libraries if library.cases]))
    link = next(link for link in (f"systems/{name}.md", f"{name}.md") if (PAGE.parent / link).exists())
    told = said.get("fields") or ", ".join(field.value for field in Field if field in fields)
    copies = [*(["with the records"] if tells_copies(libraries) else []), *(["on the screen"] if lends else [])]
    cells = (f"[{name}]({link})", said["asked"], told, said["paging"], ", ".join(copies) or "none", counted(libraries))
    return f"| {' | '.join((*cells, tried_against))} |\n"


def tells_copies(libraries: Sequence[Library]) -> bool:
    """Whether an answer that is expected of a library tells what can be had."""
    answers = (case.answer for library in libraries for case in library.cases if case.answer)
    records = (placed.record for answer in answers for placed in answer.placed)
    return any(holding.availability for record in records for holding in record.holdings)


def counted(libraries: Sequence[Library]) -> str:
    """Return how many libraries and cases there are; of a system that is harvested, how many folders of exchanges."""
    cases = sum(len(library.cases) for library in libraries)
    folders = {file.parent for library in libraries for file in library.folder.rglob("*.exchange")}
    what = f"{cases} cases" if cases else f"{len(folders)} harvests"
    return f"{len(libraries)} {'library' if len(libraries) == 1 else 'libraries'}, {what}"


def systems_page() -> str:
    """Return the text of the page."""
    words: dict[str, dict[str, str]] = tomllib.loads(WORDS.read_text("utf-8"))
    of = packages()
    if of.keys() != words.keys():
        missing, gone = sorted(of.keys() - words.keys()), sorted(words.keys() - of.keys())
        raise SystemExit(f"{WORDS.name}: nothing is said of {missing}, and there is no {gone}")
    needs, faces = needs_of_tests(of), demo_faces()
    return HEAD + "".join(row(name, words[name], tried(name, needs, faces)) for name in sorted(of))


def main() -> int:
    """Write or check the page; return the status."""
    parser = argparse.ArgumentParser(description="The table of systems in docs/systems.md.")
    parser.add_argument("--check", action="store_true", help="say whether the page is as it should be")
    text = systems_page()
    if not parser.parse_args().check:
        PAGE.write_text(text, "utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == text:
        return 0
    print("docs/systems.md is not what the systems say: run scripts/systems-page.py", file=sys.stderr)  # noqa: T201 - it is a command
    return 1


if __name__ == "__main__":
    atexit.register(gc.freeze)  # msgspec.Meta may crash the interpreter's last collection: msgspec issue 717
    sys.exit(main())
