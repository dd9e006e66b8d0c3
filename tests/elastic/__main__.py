"""Starts one for a person to try: `python -m tests.elastic`."""

from __future__ import annotations

import contextlib
import signal
import sys

from tests.elastic import VERSION, node


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
