"""The tests that every connector and every member file must pass, for connectors of this and of any other package.

One line in a test module runs them all:

    class TestBattery(Battery, system=SYSTEM, recordings=Path(__file__).parent / "recordings"): ...

They run over the recordings of the made-up libraries whose member file names this system. A library is a folder:

    recordings/koha-sapa/koha-sapa.toml             its member file
    recordings/koha-sapa/full-page/case.toml        what is asked: see `connectors.battery.cases`
    recordings/koha-sapa/full-page/001-….exchange   what passes between us: see `connectors.http.exchange`
    recordings/koha-sapa/full-page/answer.json      exactly the answer that must come of it

`python -m connectors.battery accept recordings/koha-sapa` writes each answer.json that is missing, or that no longer
is what comes, to be read by a person before it is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.battery.cases import Case, Kind, Library, read_libraries

if TYPE_CHECKING:
    from connectors.battery.battery import Battery

__all__ = ["Battery", "Case", "Kind", "Library", "read_libraries"]


def __getattr__(name: str) -> object:
    """Load the tests only where they are asked for: an operator who records a member has no pytest."""
    if name == "Battery":
        from connectors.battery.battery import Battery  # noqa: PLC0415 - as above

        return Battery
    raise AttributeError(name)
