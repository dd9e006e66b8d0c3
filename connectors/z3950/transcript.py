r"""One connection with a member as a text file that a person reads, writes and mends by hand.

    # what is odd about it, where it is from (any number of lines, none needed)
    > searchRequest @attr 1=4 "kinh tế"
      \xb6Q\x8d\x01...
    < searchResponse 2 hits
      \xb7\x0c\x97\x01\x02...

`>` begins what we sent, `<` what came back; the words behind it are for people. Below stand the octets in lines that
begin with two spaces, letters of UTF-8 as themselves, all else as `\xNN`. `< hangs up` is the end of the connection,
`< says nothing` an answer that never comes. Files end in `.conversation`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from connectors.z3950.apdu import decode, encode
from connectors.z3950.operands import from_tree, pqf
from engine.errors import LienThuError, SettingsError

SUFFIX: Final = ".conversation"
HANGS_UP: Final = "hangs up"
SAYS_NOTHING: Final = "says nothing"
_LETTERS_A_LINE: Final = 110


class Passed(msgspec.Struct, frozen=True):
    """What passed one way: `is_ours` was sent by us. `note` is for people, but for the two that tell of no octets."""

    is_ours: bool
    octets: bytes
    note: str = ""


def written(passed: Iterable[Passed], comment: str = "") -> str:
    r"""Return a conversation as the text of its file.

    >>> print(written([Passed(False, "\x80 Kinh tế ".encode(), "x")]), end="")
    < x
      \xc2\x80 Kinh tế\x20
    """
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    for one in passed:
        lines.append(f"{'>' if one.is_ours else '<'} {one.note}".rstrip())
        lines += _lines(one.octets)
    return "\n".join(lines) + "\n"


def _lines(octets: bytes) -> list[str]:
    """Return octets as lines of letters, a new one behind each end of a field."""
    text = octets.decode("utf-8", "surrogateescape")
    found: list[str] = []
    line = ""
    for letter in text:
        if "\udc80" <= letter <= "\udcff":
            line += f"\\x{ord(letter) - 0xDC00:02x}"
        elif letter == "\\":
            line += "\\\\"
        elif letter.isprintable():
            line += letter
        else:
            line += "".join(f"\\x{octet:02x}" for octet in letter.encode())
        if letter == "\x1e" or len(line) >= _LETTERS_A_LINE:
            found.append(line)
            line = ""
    found += [line] if line else []
    return [f"  {one[:-1]}\\x20" if one.endswith(" ") else f"  {one}" for one in found]


def read_conversation(text: str, *, name: str) -> tuple[Passed, ...]:
    r"""Return the conversation that stands in a file; SettingsError with the line where it does not.

    >>> read_conversation("< x\n  K\\x1e\n", name="x")[0].octets
    b'K\x1e'
    """
    found: list[Passed] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith((">", "<")):
            found.append(Passed(line[0] == ">", b"", line[1:].strip()))
        elif line.startswith("  ") and found:
            found[-1] = msgspec.structs.replace(found[-1], octets=found[-1].octets + _octets(line[2:]))
        elif line.strip() and not line.startswith("#"):
            raise SettingsError(name, number, f"`{line[:40]}`: expected a line that begins with >, <, # or two spaces")
    return tuple(found)


def _octets(line: str) -> bytes:
    def octet(match: re.Match[str]) -> str:
        return "\\" if match[0] == "\\\\" else chr(int(match[1], 16) + (0xDC00 if int(match[1], 16) > 0x7F else 0))

    return re.sub(r"\\\\|\\x([0-9a-f]{2})", octet, line).encode("utf-8", "surrogateescape")


def note_of(apdu: bytes) -> str:
    """Return what an APDU is, in a word or with its query, for people."""
    try:
        name, said = decode(apdu)
    except LienThuError:
        return "what cannot be read"
    match said:
        case {"query": (_, {"rpn": found})}:
            return f"{name} {pqf(from_tree(found))}"
        case {"resultSetStartPoint": start, "numberOfRecordsRequested": count}:
            return f"{name} {count} from {start}"
        case {"resultCount": count}:
            return f"{name} {count} hits"
        case {"numberOfRecordsReturned": count}:
            return f"{name} {count} records"
        case _:
            return name


def key_of(apdu: bytes) -> object:
    """Return what makes a request that request: of an Init that it is one, of the others all that they say."""
    try:
        name, said = decode(apdu)
    except LienThuError:
        return apdu
    return name if name == "initRequest" else (name, repr(said))


def without_secrets(apdu: bytes) -> bytes:
    """Return a request without user and password."""
    try:
        name, said = decode(apdu)
    except LienThuError:
        return apdu
    if name != "initRequest" or "idAuthentication" not in said:
        return apdu
    return encode(name, {key: value for key, value in said.items() if key != "idAuthentication"})
