"""A connector as an entry point offers it, and the signs by which its system is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from engine.model import Noun, Reason
from engine.ports.asking import Connector, Dial, Door
from engine.ports.harvesting import Repository
from engine.ports.members import Member


class Page(Noun, frozen=True):
    """One answer of an unknown server, looked at to tell what it is. `url` is where redirects ended."""

    url: str
    status: int
    content_type: str
    body: bytes


class Found(Noun, frozen=True):
    """What a page gave away: the address to ask, what the table of the system should hold, and why we think so.

    `evidence` is a sentence of `engine/phrases`. `name` is what the library calls itself there, if it does.
    `is_sure` is False for a likeness that another sign may outdo. `unsure` tells of dotted keys of `settings`, and of
    `url` and `name`, what a person should look at; it becomes a comment beside the key in the member file.
    """

    url: str
    evidence: Reason
    settings: dict[str, object] = msgspec.field(default_factory=dict)
    name: str | None = None
    is_sure: bool = True
    unsure: dict[str, str] = msgspec.field(default_factory=dict)


class Sign(msgspec.Struct, frozen=True):
    """Something by which a system is told from the bare address of a library.

    `path` is asked for at the server's root if it begins with a slash, else beside the address that was given; the
    empty path is the page at that address. `recognise` looks at what came, whatever its status. Signs are
    tried in the order of `step`, those whose `hint` (a regular expression) is found in the page at the
    address before all others.
    """

    path: str
    recognise: Callable[[Page], Found | None]
    step: int = 50
    hint: str = ""


class Finding(Noun, frozen=True):
    """One thing found out about how a member's server behaves, for the report of `lienthu member check`.

    `what` is a short key (`version`, `field.title`, `paging`); `reason` a sentence that a librarian can act on.
    """

    what: str
    is_well: bool
    reason: Reason


class System(msgspec.Struct, frozen=True):
    """A connector as an entry point offers it: its name, the shape of its table in a member file, its maker.

    `settings` is the Struct that the table `[<system>]` of a member file is checked against. `signs` are how it is
    told from an address. `examine` finds out what is special to this system for `lienthu member check`.

    A system that is not asked over HTTP names the `schemes` of its addresses (`z3950`); `recognise_port` finds out by
    its own protocol whether it is spoken at the host and port of a member's `url`. It returns None where something
    else is, and raises one of `engine.errors` where nothing can be reached. `record_dial` goes around
    a dial and writes what passes into a folder, without secrets; `replay_dial` answers from such a folder.

    `shut` is the code of the sentence that says what to do where such a server is found and does not let itself be
    asked: a further way in, or whom to ask for one; "" where nothing special is to be said.

    A system whose members are harvested instead of asked has a `harvest`: what reads a member's whole list. Their
    readers' questions are answered by the shared index, and their `connector` is only asked whether the server lives.
    """

    name: str
    settings: type[msgspec.Struct]
    connector: Callable[[Member, msgspec.Struct, Door], Connector]
    signs: tuple[Sign, ...] = ()
    examine: Callable[[Member, msgspec.Struct, Door], Awaitable[tuple[Finding, ...]]] | None = None
    schemes: tuple[str, ...] = ()
    recognise_port: Callable[[Member, Door], Awaitable[Found | None]] | None = None
    record_dial: Callable[[Dial, Path], Dial] | None = None
    replay_dial: Callable[[Path], Dial] | None = None
    harvest: Callable[[Member, msgspec.Struct, Door], Repository] | None = None
    shut: str = ""
