"""Elastic's minimal build, which comes once from Maven Central into a cache folder. It refuses to run as root, so root
runs it as a user made for it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import zipfile
from pathlib import Path

from tests.elastic.program import VERSION, ElasticMissingError, Run, ended, environment, give

ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
USER = "lienthu-elastic"


class MinimalBuild:
    """Starts a process for each server."""

    def __init__(self) -> None:
        self._home = _installed()

    def lay_config(self, config: Path) -> None:
        """Copy the configuration of the build."""
        shutil.copytree(self._home / "config", config)

    def give(self, folder: Path) -> None:
        """Give a folder to the user that runs the server, where we are root."""
        if os.geteuid() != 0:
            return
        try:
            owner = pwd.getpwnam(USER)
        except KeyError:
            subprocess.run(["useradd", "--system", "--no-create-home", "--user-group", USER], check=True)
            owner = pwd.getpwnam(USER)
        give(folder, owner.pw_uid, owner.pw_gid)

    def run(self, folder: Path, heap_mb: int) -> Run:
        """Start a process, in a session of its own."""
        told = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ES_JAVA_HOME": str(_java_home()),
            **environment(folder, heap_mb),
        }
        owner = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
        with (folder / "logs" / "console.log").open("ab") as console:
            started = subprocess.Popen(  # type: ignore[call-overload]  # the keywords of `owner`
                [str(self._home / "bin" / "elasticsearch")],
                env=told,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                **owner,
            )
        return _Session(started)


class _Session:
    """A process and those that it started."""

    def __init__(self, first: subprocess.Popen[bytes]) -> None:
        self._first = first

    def wait(self, seconds: float) -> bool:
        """Wait until it ends, or so long; return whether it has ended."""
        return ended(self._first, seconds)

    def freeze(self) -> None:
        """Let it hang."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)
        self._first.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._first.pid, number)


def missing() -> str | None:
    """Return what is missing to run it here, None if nothing is."""
    if (_cache() / _MARK).exists():
        return None
    wanted = [name for name in ("mvn", "java") if shutil.which(name) is None]
    return f"{' and '.join(wanted)} (install the packages maven and default-jdk-headless)" if wanted else None


_MARK = f"elasticsearch-{VERSION}/.unpacked"


def _installed() -> Path:
    """Return the folder of Elastic's minimal build, fetched and unpacked where it is not there yet."""
    home = _cache() / f"elasticsearch-{VERSION}"
    if (home / ".unpacked").exists():
        return home
    if problem := missing():
        raise ElasticMissingError(problem)
    subprocess.run(
        ["mvn", "-q", "-B", "dependency:get", "-Dtransitive=false", f"-Dartifact={ARTIFACT}"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    group, name, version, kind = ARTIFACT.split(":")
    fetched = _maven_repository() / group.replace(".", "/") / name / version / f"{name}-{version}.{kind}"
    _cache().mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(fetched) as packed:
        for entry in packed.infolist():
            path = Path(packed.extract(entry, _cache()))
            if mode := entry.external_attr >> 16:
                path.chmod(mode)
    (home / ".unpacked").touch()
    return home


def _maven_repository() -> Path:
    asked = subprocess.run(
        ["mvn", "-q", "-B", "help:evaluate", "-Dexpression=settings.localRepository", "-DforceStdout"],
        capture_output=True,
        text=True,
        check=False,
    )
    told = Path(asked.stdout.strip().splitlines()[-1]) if asked.returncode == 0 and asked.stdout.strip() else None
    return told if told and told.is_dir() else Path.home() / ".m2" / "repository"


def _cache() -> Path:
    """Return where it is kept: where the user that runs it may read."""
    if chosen := os.environ.get("LIENTHU_ELASTIC_CACHE"):
        return Path(chosen)
    if os.geteuid() == 0:
        return Path("/var/cache/lienthu")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lienthu"


def _java_home() -> Path:
    found = shutil.which("java")
    if found is None:
        raise ElasticMissingError("java (install the package default-jdk-headless)")
    return Path(found).resolve().parents[1]
