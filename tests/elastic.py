"""A real Elasticsearch on loopback, for tests, benchmarks and a person who wants to try one.

    python -m tests.elastic        starts one, prints its address, stops it on Ctrl-C

It is looked for in this order: `ELASTICSEARCH_URL` is a server of the reader's own; else Elastic's minimal build comes
once from Maven Central into a cache folder. It refuses to run as root, so root runs it as a user made for it.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from tests.servers import free_port

VERSION = "8.19.8"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
USER = "lienthu-elastic"
START_S = 300.0
"""It takes ten seconds, or minutes on a machine that is busy with others; one that ended is seen at once."""

Settings = Mapping[str, object]


class ElasticMissingError(RuntimeError):
    """No Elasticsearch can be had here; says what is missing."""


class Node:
    """A running node. `kill` ends it at once, `freeze` lets it hang and `thaw` go on, `start` brings it back."""

    def __init__(self, home: Path, folder: Path, settings: Settings, *, heap_mb: int) -> None:
        self.home, self.folder, self.heap_mb = home, folder, heap_mb
        self.port = int(str(settings.get("http.port") or free_port()))
        self.settings = {
            "cluster.name": "lienthu-tests",
            "node.name": "one",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": free_port(),
            "discovery.type": "single-node",
            "path.data": str(folder / "data"),
            "path.logs": str(folder / "logs"),
            "xpack.security.enabled": False,
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "action.destructive_requires_name": True,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        scheme = "https" if self.settings.get("xpack.security.http.ssl.enabled") else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it wrote down so far."""
        return "\n".join(file.read_text("utf-8", "replace") for file in (self.folder / "logs").glob("*.log"))

    def prepare(self) -> None:
        """Write its configuration."""
        config = self.folder / "config"
        if not config.exists():
            shutil.copytree(self.home / "config", config)
            for name in ("data", "logs", "tmp"):
                (self.folder / name).mkdir(exist_ok=True)
        lines = [f"{key}: {msgspec.json.encode(value).decode()}" for key, value in self.settings.items()]
        (config / "elasticsearch.yml").write_text("\n".join(lines) + "\n", "utf-8")
        _give(self.folder)

    def launch(self) -> None:
        """Start it, without waiting."""
        self.prepare()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_HOME": str(_java_home()),
            "ES_JAVA_OPTS": f"-Xms{self.heap_mb}m -Xmx{self.heap_mb}m",
        }
        owner = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / "logs" / "console.log").open("ab") as console:
            self._process = subprocess.Popen(  # type: ignore[call-overload]  # the keywords of `owner`
                [str(self.home / "bin" / "elasticsearch")],
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                **owner,
            )

    def wait(self, *, nodes: int = 1) -> None:
        """Return when it answers, as one of so many. Raises RuntimeError with its log."""
        assert self._process is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"Elasticsearch ended: {self.log[-3000:]}")
            with contextlib.suppress(OSError, urllib.error.HTTPError):
                if self.url.startswith("https"):
                    if "started" in self.log:
                        return
                else:
                    wanted = f"wait_for_status=yellow&wait_for_nodes=>={nodes}&timeout=5s"
                    urllib.request.urlopen(f"{self.url}/_cluster/health?{wanted}", timeout=10)
                    return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.25)
        raise RuntimeError(f"Elasticsearch does not answer: {self.log[-3000:]}")

    def start(self) -> None:
        """Start it, and return when it answers."""
        self.launch()
        self.wait()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def freeze(self) -> None:
        """Let it hang: connections stand, nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def node(settings: Settings | None = None, *, heap_mb: int = 512, is_started: bool = True) -> Iterator[Node]:
    """Run a node with an empty store of its own as long as the block lasts."""
    home = installed()
    folder = Path(tempfile.mkdtemp(prefix="lienthu-elastic-"))
    running = Node(home, folder, settings or {}, heap_mb=heap_mb)
    try:
        if is_started:
            running.start()
        yield running
    finally:
        running.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def cluster(count: int = 3, *, heap_mb: int = 256) -> Iterator[tuple[Node, ...]]:
    """Run nodes that form one cluster as long as the block lasts: each may be killed and started again."""
    home = installed()
    folders = [Path(tempfile.mkdtemp(prefix="lienthu-elastic-")) for _ in range(count)]
    ports = [free_port() for _ in range(count)]
    names = [f"node-{number}" for number in range(1, count + 1)]
    together: dict[str, object] = {
        "discovery.type": "multi-node",
        "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in ports],
        "cluster.initial_master_nodes": names,
    }
    nodes = tuple(
        Node(home, folder, {**together, "node.name": name, "transport.port": port}, heap_mb=heap_mb)
        for name, folder, port in zip(names, folders, ports, strict=True)
    )
    try:
        for one in nodes:
            one.launch()
        for one in nodes:
            one.wait(nodes=count)
        yield nodes
    finally:
        for one in nodes:
            one.kill()
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def missing() -> str | None:
    """Return what is missing to run one here, None if nothing is."""
    if os.environ.get("ELASTICSEARCH_URL") or (_cache() / _MARK).exists():
        return None
    wanted = [name for name in ("mvn", "java") if shutil.which(name) is None]
    return f"{' and '.join(wanted)} (install the packages maven and default-jdk-headless)" if wanted else None


_MARK = f"elasticsearch-{VERSION}/.unpacked"


def installed() -> Path:
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


def _give(folder: Path) -> None:
    """Give a folder to the user that runs the server, where we are root."""
    if os.geteuid() != 0:
        return
    try:
        owner = pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--user-group", USER], check=True)
        owner = pwd.getpwnam(USER)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid)


def main() -> None:
    """Start one and wait for Ctrl-C."""
    # Ctrl-C is ignored by what a shell runs in the background: SIGTERM ends it as well.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    with node() as running:
        sys.stdout.write(f"Elasticsearch {VERSION} answers at {running.url}  (Ctrl-C ends it)\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


def _end(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
