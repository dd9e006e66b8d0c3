"""Elasticsearch as it is had here, and as it runs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Protocol

VERSION = "8.19.8"


class ElasticMissingError(RuntimeError):
    """No Elasticsearch can be had here; says what is missing."""


class Run(Protocol):
    """A server that was started."""

    def wait(self, seconds: float) -> bool:
        """Wait until it ends, or so long; return whether it has ended."""

    def freeze(self) -> None:
        """Let it hang: connections stand, nothing answers."""

    def thaw(self) -> None:
        """Let it go on."""

    def kill(self) -> None:
        """End it at once, as a power cut would."""


class Program(Protocol):
    """What servers are started of. A server's folder holds `config`, `data`, `logs` and `tmp`."""

    def lay_config(self, config: Path) -> None:
        """Make a folder with the configuration that it comes with."""

    def give(self, folder: Path) -> None:
        """Let the user that runs the server write in its folder."""

    def run(self, folder: Path, heap_mb: int) -> Run:
        """Start a server, which writes what it says into `logs/console.log`."""


def environment(folder: Path, heap_mb: int) -> dict[str, str]:
    """Return the variables by which Elasticsearch finds its folder and its heap."""
    return {
        "ES_PATH_CONF": str(folder / "config"),
        "ES_TMPDIR": str(folder / "tmp"),
        "ES_JAVA_OPTS": f"-Xms{heap_mb}m -Xmx{heap_mb}m",
    }


def give(folder: Path, user: int, group: int) -> None:
    """Give a folder and all that is in it to a user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, group)


def ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait until a process ends, or so long; return whether it has ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
