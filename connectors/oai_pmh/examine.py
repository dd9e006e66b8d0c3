"""What is special to a repository, for the report of `lienthu member check`: at most five requests."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from connectors.oai_pmh.repository import (
    OaiRepository,
    chosen_prefix,
    formats_of,
    identity_of,
)
from connectors.oai_pmh.request import seconds_of
from connectors.oai_pmh.settings import OaiSettings
from engine.errors import LienThuError, UnsupportedError
from engine.model import Reason
from engine.ports import Door, Finding, Listing, Member


def _told(what: str, code: str, *, is_well: bool = True, **values: str | float) -> Finding:
    return Finding(what, is_well, Reason(f"finding.oai-pmh.{code}", dict(values)))


async def examine(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Ask a repository who it is, what it has, and for one page. Raises where it does not even say who it is."""
    assert isinstance(settings, OaiSettings)
    repository = OaiRepository(member, settings, door)
    identity = identity_of(await repository.answer("Identify"))
    texts = identity.texts
    version = texts.get("protocolVersion", "?")
    found = [_told("version", "version", version=version, is_well=version.startswith("2."))]
    policy = texts.get("deletedRecord", "no").lower()
    if policy == "no":
        found.append(_told("deletions", "deletions-untold", is_well=False))
    elif policy == "transient":
        found.append(_told("deletions", "deletions-transient"))
    else:
        found.append(_told("deletions", "deletions-told"))
    own = urlsplit(texts.get("baseURL", "")).hostname or ""
    if own != (urlsplit(member.url).hostname or ""):
        found.append(_told("base-url", "base-url", is_well=False, found=texts.get("baseURL", "") or "–"))
    if seconds_of(texts.get("earliestDatestamp")) is None or " " in texts.get("earliestDatestamp", ""):
        found.append(_told("earliest", "earliest-odd", is_well=False, found=texts.get("earliestDatestamp", "") or "–"))
    if not texts.get("granularity"):
        found.append(_told("granularity", "granularity-missing", is_well=False))
    formats = formats_of(await repository.answer("ListMetadataFormats"))
    found.append(_told("formats", "formats", found=", ".join(sorted(formats)) or "–", is_well=bool(formats)))
    try:
        prefix = chosen_prefix(settings.prefix, formats)
    except UnsupportedError as error:
        return (*found, _told("format", "format-missing", is_well=False, found=error.detail))
    return (*found, *await _first_page(repository, prefix, settings))


async def _first_page(repository: OaiRepository, prefix: str, settings: OaiSettings) -> tuple[Finding, ...]:
    listing = Listing(prefix, settings.sets[0] if settings.sets else "")
    try:
        batch = await repository.batch(listing, None)
    except LienThuError as error:
        return (_told("list", "list-unread", is_well=False, found=error.detail or error.code),)
    found = [
        _told(
            "list",
            "list",
            is_well=not batch.unread,
            prefix=prefix,
            records=len(batch.records),
            unread=len(batch.unread),
        )
    ]
    if batch.token is not None:
        if batch.total is None:
            found.append(_told("total", "total-untold", is_well=False))
        else:
            found.append(_told("total", "total", count=batch.total))
    return tuple(found)
