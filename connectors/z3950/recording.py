"""Conversations with a member, written down as files and answered again from them: see `connectors.z3950.transcript`.

`RecordingDial` goes around a real dial, `ReplayDial` stands in for one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

from connectors.z3950.tlv import Frames
from connectors.z3950.transcript import (
    HANGS_UP,
    SAYS_NOTHING,
    SUFFIX,
    Passed,
    key_of,
    note_of,
    read_conversation,
    without_secrets,
    written,
)
from engine.errors import LienThuError, SettingsError, TimedOutError
from engine.ports import Dial, Line

_MOST_BYTES: Final = 50_000_000


# Recording ------------------------------------------------------------------------------


class _RecordingLine:
    """A line whose both directions are written down when it is closed."""

    def __init__(self, line: Line, folder: Path) -> None:
        self._line, self._folder = line, folder
        self._sent, self._came = Frames(_MOST_BYTES), Frames(_MOST_BYTES)
        self._passed: list[Passed] = []
        self._is_written = False

    @property
    def is_open(self) -> bool:
        """As the line itself says."""
        return self._line.is_open

    async def send(self, content: bytes) -> None:
        """Send, and note."""
        self._sent.feed(content)
        while (apdu := self._sent.take()) is not None:
            clean = without_secrets(apdu)
            self._passed.append(Passed(is_ours=True, octets=clean, note=note_of(clean)))
        await self._line.send(content)

    async def receive(self) -> bytes:
        """Receive, and note."""
        piece = await self._line.receive()
        if not piece:
            self._passed.append(Passed(is_ours=False, octets=b"", note=HANGS_UP))
            return piece
        try:
            self._came.feed(piece)
            while (apdu := self._came.take()) is not None:
                self._passed.append(Passed(is_ours=False, octets=apdu, note=note_of(apdu)))
        except LienThuError:
            self._passed.append(Passed(is_ours=False, octets=piece, note="what is no APDU"))
            self._came = Frames(_MOST_BYTES)
        return piece

    def close(self, farewell: bytes = b"") -> None:
        """Hang up, and write the file."""
        self._line.close(farewell)
        if self._is_written or not self._passed:
            return
        self._is_written = True
        self._folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(file.name[:3]) for file in self._folder.glob(f"[0-9][0-9][0-9]*{SUFFIX}")]
        file = self._folder / f"{max(numbers, default=0) + 1:03}{SUFFIX}"
        file.write_text(written(self._passed), "utf-8")


class RecordingDial:
    """Writes each conversation that goes through it into a folder. User and password are left out."""

    def __init__(self, dial: Dial, folder: Path) -> None:
        self._dial, self._folder = dial, folder

    async def __call__(self, host: str, port: int) -> Line:
        """Open a line that is written down."""
        return _RecordingLine(await self._dial(host, port), self._folder)

    def turn(self) -> AbstractAsyncContextManager[None]:
        """As the dial itself has it."""
        return self._dial.turn()


# Replaying ------------------------------------------------------------------------------


class UnrecordedError(LookupError):
    """A request that no file answers. It is no failure of a member: a test asks what was not recorded."""


class _ReplayLine:
    """A line to what was recorded. Present requests are answered as they were after the same search."""

    def __init__(self, dial: ReplayDial) -> None:
        self._dial = dial
        self._frames = Frames(_MOST_BYTES)
        self._coming: list[Passed] = []
        self._search: object = None
        self._is_closed = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has hung up."""
        return not self._is_closed

    async def send(self, content: bytes) -> None:
        """Find the answers to what is asked."""
        self._frames.feed(content)
        while (apdu := self._frames.take()) is not None:
            self._dial.asked.append(note_of(apdu))
            key = key_of(apdu)
            if isinstance(key, tuple) and key[0] == "searchRequest":
                self._search = key
            self._coming += self._dial.answers(key, self._search, apdu)

    async def receive(self) -> bytes:
        """Return the next answer."""
        if not self._coming:
            raise TimedOutError("the recording ends before an answer")
        one = self._coming.pop(0)
        if one.note == HANGS_UP:
            self._is_closed = True
            return b""
        if one.note == SAYS_NOTHING:
            raise TimedOutError("no complete answer in time")
        return one.octets

    def close(self, farewell: bytes = b"") -> None:  # noqa: ARG002 -- as a Line has it
        """Hang up."""
        self._is_closed = True


class ReplayDial:
    """Answers from the files of a folder, or from those named; nobody's server is spared, so nothing waits.

    Of several answers to one request those of earlier files come first, and the last again and again. `asked` lists the
    requests, as people read them.
    """

    def __init__(self, source: Path | Iterable[Path]) -> None:
        files = sorted(source.glob(f"*{SUFFIX}")) if isinstance(source, Path) else list(source)
        self.asked: list[str] = []
        self._answers: dict[tuple[object, object], list[list[Passed]]] = {}
        for file in files:
            self._read(read_conversation(file.read_text("utf-8"), name=str(file)))

    def _read(self, conversation: tuple[Passed, ...]) -> None:
        """Note the answers of one conversation: they came in the order of the requests."""
        search: object = None
        waiting: list[list[Passed]] = []
        for one in conversation:
            if not one.is_ours:
                if not waiting:
                    raise SettingsError(SUFFIX, None, "an answer stands before any request")
                waiting[0].append(one)
                if len(waiting) > 1:
                    waiting.pop(0)
                continue
            key = key_of(one.octets)
            if isinstance(key, tuple) and key[0] == "searchRequest":
                search = key
            if waiting and waiting[0]:
                waiting.pop(0)
            waiting.append([])
            self._answers.setdefault((key, search), []).append(waiting[-1])

    def answers(self, key: object, search: object, apdu: bytes) -> list[Passed]:
        """Return what was answered to a request, after a search. Raises UnrecordedError."""
        known = self._answers.get((key, search))
        if not known:
            told = "\n  ".join(sorted(str(one[0])[:300] for one in self._answers))
            raise UnrecordedError(
                f"no recording answers\n  {note_of(apdu)}\n  {key}\nThose that are answered:\n  {told}"
            )
        return known.pop(0) if len(known) > 1 else known[0]

    async def __call__(self, host: str, port: int) -> Line:  # noqa: ARG002 -- as a Dial has it
        """Open a line to what was recorded."""
        return _ReplayLine(self)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for nothing."""
        yield
