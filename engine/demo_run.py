"""Runs the demo: eight libraries in a child process, and the service over them in this one.

The libraries are found by the module's name only: the engine does not import them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from pathlib import Path

from engine.serve import serve

START_TIMEOUT_S = 30.0

SETTINGS = """\
[service]
host = "{host}"
port = {port}

[contact]
name = "Lien Thu demo"

[index.options]
path = "{folder}/index.sqlite"
size_mb = 128
"""


async def run(host: str, port: int, *, chaos: bool) -> int:
    """Run the demo until told to stop; return the exit status.

    Everything it writes goes into a folder of its own that is removed at the end.
    """
    with tempfile.TemporaryDirectory(prefix="lienthu-demo-") as folder:
        members = Path(folder) / "members"
        members.mkdir()
        arguments = ["--members", str(members)] + (["--chaos"] if chaos else [])
        libraries = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "demo.federation", *arguments, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert libraries.stdout is not None
            try:
                line = await asyncio.wait_for(libraries.stdout.readline(), START_TIMEOUT_S)
            except TimeoutError:
                line = b""
            if not line:
                print("The demo libraries did not start.", file=sys.stderr)  # noqa: T201 - a person waits
                return 1
            config = Path(folder) / "lienthu.toml"
            config.write_text(SETTINGS.format(host=host, port=port, folder=folder), "utf-8")
            tell(json.loads(line), host, port)
            await serve(config)
        finally:
            with contextlib.suppress(ProcessLookupError):
                libraries.terminate()
            await libraries.wait()
    return 0


def tell(ready: dict[str, list[dict[str, str]]], host: str, port: int) -> None:
    """Print the libraries and where the search page is."""
    for library in ready["libraries"]:
        print(f"  {library['id']:<12} {library['url']}  {library['name']}")  # noqa: T201 - a person waits
    shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - all addresses: the nearest is told
    print(f"\nLiên Thư: http://{shown}:{port}/   (Ctrl-C: stop)", flush=True)  # noqa: T201
