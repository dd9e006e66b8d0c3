"""What stands in for servers that speak no HTTP: the conversations of a case replayed, listened to, and spoilt.

The twin of `opening`, `listening` and `spoiling` for folders whose files are conversations.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Final

from connectors.battery.listening import Asked, Listener
from connectors.battery.spoiling import SPOILS, SpoiltReplay
from connectors.http.recording import Replay
from connectors.z3950.apdu import decode, encode
from connectors.z3950.bib1 import USE
from connectors.z3950.operands import Joined, Operand, Term, from_tree
from connectors.z3950.recording import ReplayDial
from connectors.z3950.transcript import HANGS_UP, SUFFIX, Passed, note_of, read_conversation
from engine.errors import LienThuError


def has_conversations(files: Iterable[Path]) -> bool:
    """Whether any of these files is a conversation."""
    return any(file.suffix == SUFFIX for file in files)


def stand_in(folder: Path) -> Replay | ReplayDial:
    """Return what answers as it was recorded in a folder."""
    return ReplayDial(folder) if has_conversations(folder.iterdir()) else Replay(folder)


def listener(files: Collection[Path]) -> Listener | ListeningDial:
    """Return what answers whatever is asked with something of these files, and remembers how it was asked."""
    return ListeningDial(files) if has_conversations(files) else Listener(files)


def spoilt(folder: Path, file: Path, spoil: str) -> SpoiltReplay | SpoiltDial:
    """Return what answers as it was recorded in a folder, but for one file that has been spoilt."""
    if file.suffix == SUFFIX:
        return SpoiltDial(folder, file, _SPOILS[spoil])
    return SpoiltReplay(folder, file, SPOILS[spoil])


class ListeningDial(ReplayDial):
    """Answers every request with what was answered to the one of its kind that is nearest to it."""

    def __init__(self, files: Iterable[Path]) -> None:
        super().__init__(files)
        self.requests: list[Asked] = []

    def answers(self, key: object, search: object, apdu: bytes) -> list[Passed]:
        """Note a request and answer it."""
        self.requests.append(_asked(apdu))
        wanted = repr((key, search))
        kind = key[0] if isinstance(key, tuple) else key
        known = [one for one in self._answers if (one[0][0] if isinstance(one[0], tuple) else one[0]) == kind]
        if not known:
            return [Passed(is_ours=False, octets=b"", note=HANGS_UP)]
        nearest = max(known, key=lambda one: difflib.SequenceMatcher(None, repr(one)[:400], wanted[:400]).quick_ratio())
        return self._answers[nearest][0]


def _asked(apdu: bytes) -> Asked:
    """Return the shape of a request: its kind, the Use attributes of its terms, and the types of their others."""
    name, said = decode(apdu)
    terms: list[Term] = []

    def gather(operand: Operand) -> None:
        if isinstance(operand, Joined):
            gather(operand.left)
            gather(operand.right)
        else:
            terms.append(operand)

    match said:
        case {"query": (_, {"rpn": structure})}:
            gather(from_tree(structure))
        case _:
            pass
    attributes = [attribute for term in terms for attribute in term.attributes]
    names = frozenset(f"use {value}" if kind == USE else f"type {kind}" for kind, value in attributes)
    words = " ".join(term.octets.decode("utf-8", "replace") for term in terms)
    return Asked(method=name, host="", segments=(), names=names, said=words, length=len(apdu))


# Spoilt ---------------------------------------------------------------------------------

SpoilOctets = Callable[[bytes], bytes]
_SPOILS: Final[dict[str, SpoilOctets]] = {
    # Another kind of APDU than any that is known, with the same contents.
    "redesigned": lambda octets: b"\xad" + octets[1:],
    # What stands for a login page and an error page here: the server closes, for security or for a fault of its own.
    "login-page": lambda _: encode("close", {"closeReason": 5}),
    "error-page": lambda _: encode("close", {"closeReason": 2}),
    "empty": lambda _: b"",
    "cut-off": lambda octets: octets[: len(octets) // 2],
    "mis-encoded": lambda octets: octets.replace(b" ", b"\xff", 40),
}
"""What becomes of the last answer of a conversation, by the names of `SPOILS`."""


class SpoiltDial(ReplayDial):
    """Replays a case in which the last answer of a conversation has been spoilt, and the line is lost behind it."""

    def __init__(self, folder: Path, spoilt_file: Path, spoil: SpoilOctets) -> None:
        super().__init__(folder)
        passed = read_conversation(spoilt_file.read_text("utf-8"), name=str(spoilt_file))
        self._last = [one for one in passed if not one.is_ours and one.octets][-1]
        self._spoil = spoil

    def answers(self, key: object, search: object, apdu: bytes) -> list[Passed]:
        """Return the recorded answers, the spoilt one, or none for what was not recorded."""
        hung_up = Passed(is_ours=False, octets=b"", note=HANGS_UP)
        try:
            known = super().answers(key, search, apdu)
        except LookupError:
            return [hung_up]
        if self._last not in known:
            return known
        octets = self._spoil(self._last.octets)
        return [Passed(is_ours=False, octets=octets, note=_note(octets)), hung_up] if octets else [hung_up]


def _note(octets: bytes) -> str:
    try:
        return note_of(octets)
    except LienThuError:
        return "spoilt"
