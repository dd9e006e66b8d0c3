"""Docker's official image, where a Docker daemon answers on this machine. It runs in the machine's own network, so it
is used on Linux only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from functools import cache
from pathlib import Path

from tests.elastic.program import VERSION, Run, ended, environment, give

IMAGE = f"elasticsearch:{VERSION}"
HOME = "/usr/share/elasticsearch"
USER, GROUP = 1000, 0
"""Those of the image. Whoever is not root runs it as themselves, in its group, which may read all of it."""

ANSWER_S = 20.0
FETCH_S = 900.0


@cache
def is_there() -> bool:
    """Whether a Docker daemon answers here that has the image, or can fetch it."""
    is_elsewhere = not os.environ.get("DOCKER_HOST", "unix:").startswith("unix:")
    if sys.platform != "linux" or is_elsewhere or shutil.which("docker") is None:
        return False
    wanted = (("image", "inspect", IMAGE), ("pull", "--quiet", IMAGE))
    try:
        system = _docker("version", "--format", "{{.Server.Os}}", wait_s=ANSWER_S).stdout.strip()
        return system == "linux" and any(_docker(*words, wait_s=FETCH_S).returncode == 0 for words in wanted)
    except subprocess.TimeoutExpired:
        return False


class OfficialImage:
    """Starts a container for each server, with the server's folder at its own path in it."""

    def lay_config(self, config: Path) -> None:
        """Copy the configuration out of the image."""
        made = _docker("create", IMAGE, "elasticsearch", is_needed=True).stdout.strip()
        try:
            _docker("cp", f"{made}:{HOME}/config", str(config), is_needed=True)
        finally:
            _docker("rm", made)

    def give(self, folder: Path) -> None:
        """Give a folder to the image's user, where we are root."""
        if os.geteuid() == 0:
            give(folder, USER, GROUP)

    def run(self, folder: Path, heap_mb: int) -> Run:
        """Start a container, which is gone when it has ended."""
        name = f"lienthu-elastic-{uuid.uuid4().hex[:12]}"
        told = [f"--env={key}={value}" for key, value in environment(folder, heap_mb).items()]
        _docker(
            *("run", "--detach", "--rm", "--name", name, "--network", "host", "--pull", "never"),
            *("--user", f"{os.geteuid() or USER}:{GROUP}", "--volume", f"{folder}:{folder}", *told),
            *("--entrypoint", f"{HOME}/bin/elasticsearch", IMAGE),
            is_needed=True,
        )
        with (folder / "logs" / "console.log").open("ab") as console:
            listening = subprocess.Popen(
                ["docker", "logs", "--follow", name],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        return _Container(name, listening)


class _Container:
    """A container that runs, and what listens to it, which ends with it."""

    def __init__(self, name: str, listening: subprocess.Popen[bytes]) -> None:
        self._name, self._listening = name, listening

    def wait(self, seconds: float) -> bool:
        """Wait until it ends, or so long; return whether it has ended."""
        return ended(self._listening, seconds)

    def freeze(self) -> None:
        """Let it hang."""
        _docker("pause", self._name, is_needed=True)

    def thaw(self) -> None:
        """Let it go on."""
        _docker("unpause", self._name, is_needed=True)

    def kill(self) -> None:
        """End it at once."""
        _docker("unpause", self._name)
        _docker("kill", self._name)
        self._listening.wait()


def _docker(*words: str, wait_s: float | None = None, is_needed: bool = False) -> subprocess.CompletedProcess[str]:
    """Return what Docker's client says. Raises RuntimeError with its words where what it does is needed."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=wait_s)
    if is_needed and done.returncode != 0:
        raise RuntimeError(f"docker {words[0]}: {done.stderr.strip()}")
    return done
