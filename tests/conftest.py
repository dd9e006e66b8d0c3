"""What every test may ask for: parts of the system, with a plain word where one is missing."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.elastic import missing as missing_for_elastic

# With CI=true the same examples are tried each time, so that a failure tells what a change broke; elsewhere new ones
# are looked for. How fast a shared machine makes them says nothing of them.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("person", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") == "true" else "person")

# Without this msgspec's Meta may be taken apart before what refers to it when Python ends (jcrist/msgspec#717), and a
# green run would end with a crash.
atexit.register(gc.freeze)

# A script that runs the tests in the background has them ignore Ctrl-C, and all that they start would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_PARTS = {
    "zebrasrv": "idzebra-2.0",
    "yaz-ztest": "yaz",
    "chromium": "chromium",
    "elasticsearch": "maven and default-jdk-headless",
}
_missing: dict[str, int] = {}


def _is_there(part: str) -> bool:
    if part == "corpus":
        return bool(os.environ.get("LIENTHU_CORPUS")) and Path(os.environ["LIENTHU_CORPUS"]).is_dir()
    if part == "elasticsearch":
        return missing_for_elastic() is None
    return shutil.which(part) is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for part in mark.args:
            if _is_there(part):
                continue
            _missing[part] = _missing.get(part, 0) + 1
            # The corpus is not part of the project: without it these tests say so. Everything else may be missing
            # on a person's machine only.
            if os.environ.get("CI") == "true" and (part != "corpus" or os.environ.get("LIENTHU_CORPUS")):
                pytest.fail(f"{part} is missing, and with CI=true nothing may be left out")
            pytest.skip(f"{part} is not here")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _missing:
        return
    words = [
        f"{count} tests of {part} ("
        + ("set LIENTHU_CORPUS to the corpus" if part == "corpus" else f"install the package {_PARTS[part]}")
        + ")"
        for part, count in sorted(_missing.items())
    ]
    terminalreporter.write_line("Left out: " + "; ".join(words), yellow=True)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real records and recorded answers, of a test marked `needs("corpus")`."""
    return Path(os.environ["LIENTHU_CORPUS"])
