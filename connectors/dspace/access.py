"""Whether a reader gets at an item's files, as DSpace says it, and as services of DAIA."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

import msgspec

from engine.model import Availability, Holding, Service

_FOR_EVER: Final = 9000
"""An embargo to this year or later has no end: DSpace itself calls one to the year 10000 restricted."""

_DATE: Final = re.compile(r"\b(\d{4,5})-(\d{2})-(\d{2})\b")


class Status(StrEnum):
    """What DSpace 7 and later call it."""

    OPEN = "open.access"
    RESTRICTED = "restricted"
    EMBARGO = "embargo"
    METADATA_ONLY = "metadata.only"
    UNKNOWN = "unknown"


class Access(msgspec.Struct, frozen=True):
    """The access to an item's files. `until` is the ISO date an embargo ends."""

    status: Status
    until: str | None = None

    @property
    def is_closed(self) -> bool:
        """Whether there are files that not everybody may read."""
        return self.status in {Status.RESTRICTED, Status.EMBARGO}

    @property
    def has_files(self) -> bool:
        """Whether there are files at all, as far as is known."""
        return self.is_closed or self.status is Status.OPEN


def access(status: object, until: object = None) -> Access | None:
    """Return what a server said, None where it said nothing that is known.

    >>> access("embargo", "2030-01-01"), access("open.access").has_files, access(None)
    (Access(status=<Status.EMBARGO: 'embargo'>, until='2030-01-01'), True, None)
    """
    if not isinstance(status, str):
        return None
    try:
        known = Status(status.strip().lower().replace("_", ".").replace(" ", "."))
    except ValueError:
        return None
    return with_end(known, until if isinstance(until, str) else "")


def with_end(status: Status, text: str) -> Access:
    """Return an access with the date that a text tells; without an end it is a restriction.

    >>> with_end(Status.EMBARGO, "Until 10000-01-01").status.value, with_end(Status.EMBARGO, "Đến 2030-01-01").until
    ('restricted', '2030-01-01')
    """
    found = _DATE.search(text)
    if status is not Status.EMBARGO or found is None:
        return Access(status)
    if int(found[1]) >= _FOR_EVER:
        return Access(Status.RESTRICTED)
    return Access(status, found[0])


def holdings(found: Access, url: str | None) -> tuple[Holding, ...] | None:
    """Return an item's access as holdings: () where there is no file, None where nothing is known."""
    match found.status:
        case Status.OPEN:
            service = Availability(Service.OPEN_ACCESS, available=True)
        case Status.EMBARGO:
            expected = found.until or "unknown"
            service = Availability(Service.OPEN_ACCESS, available=False, expected=expected, limitation="embargo")
        case Status.RESTRICTED:
            service = Availability(Service.OPEN_ACCESS, available=False, limitation="restricted")
        case Status.METADATA_ONLY:
            return ()
        case _:
            return None
    return (Holding(availability=(service,), url=url),)
