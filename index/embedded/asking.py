"""Which questions are being asked, between the processes of one machine: by locks that end with their holder.

One byte of an empty file beside the index stands for a question. The locks are those of open files (OFD), so that two
indexes of one process keep each other out too, and nothing is written. Where a system has none of them (others than
Linux), each process asks for itself.
Source: fcntl_locking(2), "Open file description locks".
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from engine.ports import Question
from index.questions import digest

if sys.platform != "win32":
    import fcntl

POLL_S: Final = 0.05
PLACES: Final = 1 << 40


class Asking:
    """The questions that this process asks, and those that another does."""

    def __init__(self, index: Path) -> None:
        self._path = index.with_name(f"{index.name}.asking")
        self._file: int | None = None
        self._held: set[Question] = set()

    def claim(self, question: Question) -> bool:
        """Take a question to ask; return whether it is ours. Trouble gives it to everybody."""
        try:
            is_ours = self._lock(question, is_taken=True)
        except OSError:
            return True
        if is_ours:
            self._held.add(question)
        return is_ours

    def let_go(self, question: Question) -> None:
        """Give a question back."""
        if question in self._held:
            self._held.discard(question)
            with contextlib.suppress(OSError):
                self._lock(question, is_taken=False)

    async def let_go_when(self, question: Question, is_over: Callable[[], bool], within_s: float = 5.0) -> None:
        """Give a question back as soon as something is over."""
        if question not in self._held:
            return
        try:
            async with asyncio.timeout(within_s):
                while not is_over():  # noqa: ASYNC110 - the writing thread has no event for one answer
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            pass
        finally:
            self.let_go(question)

    async def ended(self, question: Question) -> None:
        """Return when nobody asks a question any more."""
        while not self.claim(question):  # noqa: ASYNC110 - no event comes from another process
            await asyncio.sleep(POLL_S)
        self.let_go(question)

    def _lock(self, question: Question, *, is_taken: bool) -> bool:
        """Change the lock of a question; return False where another has it. Raises OSError."""
        if sys.platform != "linux":
            return True
        command, kind = fcntl.F_OFD_SETLK, fcntl.F_WRLCK if is_taken else fcntl.F_UNLCK
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        place = int.from_bytes(digest(question, size=8), "big") % PLACES
        # struct flock of 64-bit Linux: type, whence, start, length, pid (0 for these locks).
        try:
            fcntl.fcntl(self._file, command, struct.pack("hhqqi4x", kind, os.SEEK_SET, place, 1, 0))
        except (BlockingIOError, PermissionError):
            return False
        return True

    def close(self) -> None:
        """Give everything back."""
        self._held.clear()
        if self._file is not None:
            os.close(self._file)
            self._file = None
