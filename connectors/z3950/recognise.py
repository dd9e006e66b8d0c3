"""Tells by protocol what answers at a port that a person named: Z39.50, and SRU, which servers of YAZ speak there too.

At most eight requests on two connections, one after the other. No port is looked for.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Final

import msgspec
from lxml import etree

from connectors.reading.xml import parse_xml
from connectors.z3950.bib1 import USE
from connectors.z3950.conversation import Conversation
from connectors.z3950.diagnostics import Diagnostic
from connectors.z3950.greeting import Greeting, Login
from connectors.z3950.operands import Term
from connectors.z3950.settings import Profile, address
from engine.errors import BugError, LienThuError, RefusedError, UnreachableError, UnreadableError
from engine.model import Reason
from engine.ports import Dial, Door, Found, Member

_MOST_BYTES: Final = 400_000
_DATABASES: Final = ("Default", "biblios", "INNOPAC", "VOYAGER")
"""What databases are called where nobody has named them otherwise: YAZ, Koha, Innovative, Voyager."""

_ANY_WORD: Final = Term(((USE, 1016),), b"history")
_NO_SUCH_DATABASE: Final = frozenset({109, 235, 236})


class PortFound(msgspec.Struct, frozen=True):
    """What answers at a port, by protocol; None where a protocol is not spoken."""

    z3950: Found | None = None
    sru: Found | None = None


async def recognise_port(dial: Dial, host: str, port: int, *, database: str = "") -> PortFound:
    """Return what answers at a port. `database`: one that the person named.

    Raises UnreachableError where nothing can be connected to.
    """
    async with dial.turn():
        explained = await _explained(dial, host, port)
        sru = _sru(explained, host, port) if explained is not None else None
        named = [database] if database else [*_database_of(explained), *_DATABASES]
        z3950 = await _z3950(dial, host, port, list(dict.fromkeys(named)))
        if z3950 is not None and sru is not None:
            z3950 = msgspec.structs.replace(z3950, name=sru.name)
        return PortFound(z3950, sru)


async def recognise_member(member: Member, door: Door) -> Found | None:
    """Return how a member is asked whose `url` names a host and a port, None where Z39.50 is not spoken there."""
    if door.dial is None:
        raise BugError("Z39.50 needs a door with a dial")
    where = address(member)
    return (await recognise_port(door.dial, where.host, where.port, database="+".join(where.databases))).z3950


async def _z3950(dial: Dial, host: str, port: int, databases: list[str]) -> Found | None:
    line = await dial(host, port)
    conversation = Conversation(line, most_bytes=_MOST_BYTES)
    try:
        try:
            await conversation.open(Login(), version=version("lienthu"))
        except RefusedError:
            return _found(host, port, databases[0], None, is_refused=True)
        except (UnreadableError, UnreachableError):
            return None  # it takes connections, and speaks something else
        for database in databases:
            searched = await conversation.search((database,), _ANY_WORD, None)
            if not _is_unknown(searched.diagnostics):
                return _found(host, port, database, conversation.greeting, is_sure=True)
        return _found(host, port, databases[0], conversation.greeting, is_sure=False)
    except (UnreadableError, UnreachableError):
        return _found(host, port, databases[0], conversation.greeting, is_sure=False)
    finally:
        conversation.close()


def _is_unknown(said: tuple[Diagnostic, ...]) -> bool:
    return any(one.number in _NO_SUCH_DATABASE for one in said)


def _found(
    host: str, port: int, database: str, greeting: Greeting | None, *, is_sure: bool = False, is_refused: bool = False
) -> Found:
    name = greeting.server if greeting is not None else ""
    settings: dict[str, object] = {"profile": _profile(name, database).value}
    unsure = {} if is_sure else {"url": "the database"}
    if is_refused:
        settings |= {"user": "", "password_env": ""}
        unsure |= {"user": "it lets nobody in without a name"}
    return Found(
        url=f"z3950://{f'[{host}]' if ':' in host else host}:{port}/{database}",
        evidence=Reason("sign.z3950.init", {"server": name or "-"}),
        settings=settings,
        unsure=unsure,
    )


def _profile(name: str, database: str) -> Profile:
    """Return the profile of a server, by what it calls itself and its database."""
    known = (
        (r"(?i)zebra|gfs|yaz|index ?data|metaproxy", Profile.KOHA if database == "biblios" else Profile.YAZ),
        (r"(?i)aleph", Profile.ALEPH),
        (r"(?i)voyager|endeavor", Profile.VOYAGER),
        (r"(?i)innovative|innopac|millennium|sierra", Profile.INNOVATIVE),
        (r"(?i)unicorn|sirsi|symphony", Profile.UNICORN),
    )
    return next((profile for pattern, profile in known if re.search(pattern, name)), Profile.GENERIC)


# SRU ------------------------------------------------------------------------------------


async def _explained(dial: Dial, host: str, port: int) -> etree._Element | None:
    """Return the answer of an SRU server to a bare explain, None where something else answers."""
    line = await dial(host, port)
    try:
        # HTTP 1.0: the end of the answer is the end of the connection.
        asked = f"GET /?version=1.1&operation=explain HTTP/1.0\r\nHost: {host}:{port}\r\nAccept: text/xml\r\n\r\n"
        await line.send(asked.encode("ascii", "replace"))
        body = b""
        while (piece := await line.receive()) and len(body) < _MOST_BYTES:
            body += piece
            if not body.startswith(b"HTTP/"[: len(body)]):
                return None
            if b"</" in piece[-64:] and b"xplainResponse>" in piece[-64:]:
                break
        head, _, content = body.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/") or not content:
            return None
        root = parse_xml(content)
    except LienThuError:
        return None
    finally:
        line.close()
    return root if root.tag.rpartition("}")[2] in {"explainResponse", "searchRetrieveResponse"} else None


def _database_of(explained: etree._Element | None) -> list[str]:
    if explained is None:
        return []
    return [one.text.strip() for one in explained.iter("{*}database") if one.text and one.text.strip()]


def _sru(explained: etree._Element, host: str, port: int) -> Found:
    name = f"[{host}]" if ":" in host else host
    database = next(iter(_database_of(explained)), "")
    title = next((one.text.strip() for one in explained.iter("{*}title") if one.text and one.text.strip()), None)
    return Found(
        url=f"http://{name}:{port}/{database}",
        evidence=Reason("sign.z3950.sru", {"port": port}),
        name=title,
        unsure={} if database else {"url": "the database"},
    )
