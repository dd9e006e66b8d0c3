"""`python -m connectors.battery accept FOLDER...`: writes the answers that come as those that must come."""

from __future__ import annotations

import argparse
import asyncio
import atexit
import gc
import sys
from importlib.metadata import entry_points
from pathlib import Path

from connectors.battery.cases import Case, Library, read_library, write_answer
from connectors.battery.opening import replayed
from engine.errors import LienThuError
from engine.ports import System
from engine.settings import read_toml


async def _accept(folder: Path) -> bool:
    """Write what comes of each case of a library; return whether all came as they should."""
    file = folder / f"{folder.name}.toml"
    table, _ = read_toml(file)
    (point,) = entry_points(group="lienthu.connectors", name=str(table.get("system")))
    system: System = point.load()
    library = read_library(file, system)
    fine = [await _accept_case(system, library, case) for case in library.cases]
    return all(fine)


async def _accept_case(system: System, library: Library, case: Case) -> bool:
    try:
        answer = await replayed(system, library, case)
    except LienThuError as error:
        is_well = case.fails == error.code
        _say(case, f"fails: {error.code}: {error.detail}" + ("" if is_well else f"; expected {case.fails}"))
        return is_well
    if case.fails:
        _say(case, f"answers, but should fail: {case.fails}")
        return False
    if answer == case.answer:
        _say(case, "as before")
    else:
        write_answer(case, answer)
        _say(case, f"written: {len(answer.placed)} records of {answer.total}; read it before you believe it")
    return True


def _say(case: Case, text: str) -> None:
    sys.stdout.write(f"{case.name}: {text}\n")


def main() -> None:
    """Accept the answers of the folders named."""
    atexit.register(gc.freeze)  # see engine/cli.py
    parser = argparse.ArgumentParser(prog="python -m connectors.battery", description=__doc__)
    parser.add_argument("what", choices=["accept"])
    parser.add_argument("folders", nargs="+", type=Path)
    chosen = parser.parse_args()
    results = [asyncio.run(_accept(folder.resolve())) for folder in chosen.folders]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
