"""A node on loopback, whatever it is made of."""

from __future__ import annotations

import contextlib
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.elastic.program import Program, Run
from tests.servers import free_port

START_S = 300.0
"""It takes ten seconds, or minutes on a machine that is busy with others; one that ended is seen at once."""

Settings = Mapping[str, object]


class Node:
    """A running node. `kill` ends it at once, `freeze` lets it hang and `thaw` go on, `start` brings it back."""

    def __init__(self, program: Program, folder: Path, settings: Settings, *, heap_mb: int) -> None:
        self.folder, self.heap_mb = folder, heap_mb
        self._program = program
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
        self._run: Run | None = None

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
            self._program.lay_config(config)
            for name in ("data", "logs", "tmp"):
                (self.folder / name).mkdir(exist_ok=True)
        lines = [f"{key}: {msgspec.json.encode(value).decode()}" for key, value in self.settings.items()]
        (config / "elasticsearch.yml").write_text("\n".join(lines) + "\n", "utf-8")
        self._program.give(self.folder)

    def launch(self) -> None:
        """Start it, without waiting."""
        self.prepare()
        self._run = self._program.run(self.folder, self.heap_mb)

    def wait(self, *, nodes: int = 1) -> None:
        """Return when it answers, as one of so many. Raises RuntimeError with its log."""
        assert self._run is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._run.wait(0.25):
                raise RuntimeError(f"Elasticsearch ended: {self.log[-3000:]}")
            with contextlib.suppress(OSError, urllib.error.HTTPError):
                if self.url.startswith("https"):
                    if "started" in self.log:
                        return
                else:
                    wanted = f"wait_for_status=yellow&wait_for_nodes=>={nodes}&timeout=5s"
                    urllib.request.urlopen(f"{self.url}/_cluster/health?{wanted}", timeout=10)
                    return
        raise RuntimeError(f"Elasticsearch does not answer: {self.log[-3000:]}")

    def start(self) -> None:
        """Start it, and return when it answers."""
        self.launch()
        self.wait()

    def freeze(self) -> None:
        """Let it hang: connections stand, nothing answers."""
        assert self._run is not None
        self._run.freeze()

    def thaw(self) -> None:
        """Let it go on."""
        assert self._run is not None
        self._run.thaw()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._run is not None:
            self._run.kill()
            self._run = None
