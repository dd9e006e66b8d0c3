"""One row of a list -> a Record: any format that the project knows, told from its content. Pure."""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit, urlunsplit

import msgspec
from lxml import etree

from connectors.formats import dialect_of, record_from_xml
from connectors.formats.dialects import unwrapped
from connectors.formats.fields import local_name
from connectors.oai_pmh.response import Row
from connectors.oai_pmh.settings import OaiSettings
from engine.errors import UnreadableError
from engine.model import Link, Record
from engine.ports import Batch, Member


class Reading(msgspec.Struct):
    """The rows of one page, read. `unknown` counts records whose format nobody knows."""

    records: dict[str, Record] = msgspec.field(default_factory=dict)
    deleted: dict[str, None] = msgspec.field(default_factory=dict)
    unread: dict[str, None] = msgspec.field(default_factory=dict)
    latest: float | None = None
    unknown: int = 0

    def add(self, row: Row, member: Member, settings: OaiSettings) -> None:
        """Read one row. Of several with one identifier the last counts."""
        key = row.identifier
        self.records.pop(key, None)
        self.deleted.pop(key, None)
        self.unread.pop(key, None)
        if row.stamp is not None:
            self.latest = max(row.stamp, self.latest or row.stamp)
        if row.is_deleted:
            self.deleted[key] = None
            return
        try:
            self.records[key] = record_of(row, member, settings)
        except UnreadableError:
            self.unread[key] = None
            if row.metadata is not None and not _is_known(row):
                self.unknown += 1

    def batch(self, token: str | None = None, total: int | None = None) -> Batch:
        """Return the page."""
        return Batch(
            records=tuple(self.records.values()),
            deleted=tuple(self.deleted),
            unread=tuple(self.unread),
            token=token,
            total=total,
            latest=self.latest,
        )


_INSIDE = frozenset({"mods", "dim", "dc", "qualifieddc"})
"""What stands inside a container as METS or DIDL, whose own words, names of files among them, are not read."""

_CONTAINERS = frozenset({"mets", "DIDL", "didl"})


def _described(metadata: etree._Element) -> etree._Element:
    """Return the description: the metadata itself, or what a container holds of it."""
    if local_name(metadata) not in _CONTAINERS:
        return metadata
    return next((element for element in metadata.iter() if local_name(element) in _INSIDE), metadata)


def _is_known(row: Row) -> bool:
    return row.metadata is not None and bool(dialect_of(unwrapped(_described(row.metadata))))


def record_of(row: Row, member: Member, settings: OaiSettings) -> Record:
    """Return the record of a row, under its OAI identifier. Raises UnreadableError."""
    if row.metadata is None:
        raise UnreadableError(f"{row.identifier} has no metadata")
    record = record_from_xml(_described(row.metadata), member=member.id, dialect=settings.record_dialect or None)
    return msgspec.structs.replace(
        record,
        id=row.identifier,
        url=_page(row.identifier, record, member, settings),
        links=tuple(link for one in record.links if (link := _public(one, member))),
    )


def _page(identifier: str, record: Record, member: Member, settings: OaiSettings) -> str | None:
    """Return the record's public page: as the member file says, else as the record does, on a host that readers reach.

    >>> settings = OaiSettings(record_url="https://opac.example/detail?biblionumber={id}")
    >>> _page("KOHA:302", None, None, settings)
    'https://opac.example/detail?biblionumber=302'
    """
    if settings.record_url:
        own = identifier.rpartition(":")[2]
        page = settings.record_url.replace("{identifier}", quote(identifier, safe="/:"))
        return page.replace("{id}", quote(own, safe="/"))
    return reachable(record.url, member) if record.url else None


def reachable(url: str, member: Member) -> str | None:
    """Return an address with the member's home page for a host where it names the server's own machine.

    Repositories whose own address was never set write `localhost` into their records. Without a home page
    such an address is None: it leads nobody anywhere.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if not _is_inner(host) or member.manners.private_network:
        return url
    home = urlsplit(member.homepage or "")
    return urlunsplit((home.scheme, home.netloc, parts.path, parts.query, "")) if home.netloc else None


def _is_inner(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _public(link: Link, member: Member) -> Link | None:
    url = reachable(link.url, member)
    return None if url is None else link if url == link.url else msgspec.structs.replace(link, url=url)
