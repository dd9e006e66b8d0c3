"""A repository that is harvested: what it says of itself, and its list page by page."""

from __future__ import annotations

import contextlib
import html
from collections.abc import Mapping

import httpx
import msgspec
from lxml import etree

from connectors.formats.fields import inner_text, local_name
from connectors.http.course import ACCEPT_STATUS
from connectors.http.guard import failure_of_status
from connectors.oai_pmh.reading import Reading
from connectors.oai_pmh.request import address, day_of, list_arguments
from connectors.oai_pmh.response import OaiAnswer, failure_of, read
from connectors.oai_pmh.settings import OaiSettings
from engine.errors import FaultError, LienThuError, OversizeError, UnreadableError, UnsupportedError
from engine.model import Reason
from engine.ports import Batch, Door, Listing, Member, RepositoryFacts

DAY_S = 86_400.0

STATUSES_OF_ERRORS = frozenset({400, 404, 410, 422, 500})
"""Some repositories give these statuses to answers that hold errors of the protocol, which say more."""

RICHEST = (
    "marcxml", "marc21", "marcxchange", "unimarc", "oai_marc21", "dim", "mods", "xoai", "qdc", "oai_qdc", "etdms",
    "oai_etdms", "uketd_dc", "marc", "picaxml", "pica", "oai_dc",
)  # fmt: skip
"""Formats whose records tell most first. DSpace's `marc` is poorer than its `dim`, `marcxml` is not DSpace's."""

NAMESPACES = {
    "http://www.loc.gov/MARC21/slim": "marcxml",
    "info:lc/xmlns/marcxchange-v1": "marcxchange",
    "http://www.loc.gov/mods/v3": "mods",
    "http://www.dspace.org/xmlns/dspace/dim": "dim",
}
"""Formats under names of a repository's own, told by what they are."""

FAILS_IN_A_ROW = 10
"""So many records of a page that cannot be read one by one either say that nothing can."""


class Identity(msgspec.Struct, frozen=True):
    """What Identify tells, as it stands there."""

    name: str
    texts: dict[str, str]
    answered_at: float | None

    @property
    def days_only(self) -> bool:
        """Whether dates have no time of day: what is not said counts as days, which every repository takes."""
        return "t" not in self.texts.get("granularity", "").lower()


def identity_of(answer: OaiAnswer) -> Identity:
    """Return what Identify tells. Names come with HTML's entities in them. Raises UnreadableError."""
    if answer.element is None or local_name(answer.element) != "Identify":
        raise UnreadableError("no Identify in the answer to Identify")
    texts = {local_name(child): " ".join(inner_text(child).split()) for child in reversed(answer.element)}
    return Identity(html.unescape(html.unescape(texts.get("repositoryName", ""))), texts, answer.answered_at)


def formats_of(answer: OaiAnswer) -> dict[str, str]:
    """Return the namespaces of the formats that are listed, by prefix."""
    found: dict[str, str] = {}
    for child in answer.element if answer.element is not None else ():
        texts = {local_name(part): inner_text(part).strip() for part in child}
        if texts.get("metadataPrefix"):
            found[texts["metadataPrefix"]] = texts.get("metadataNamespace", "")
    return found


def chosen_prefix(wished: str, formats: Mapping[str, str]) -> str:
    """Return the format to ask for: the one wished, else the richest that is listed, else `oai_dc`, which must be.

    Raises UnsupportedError for a wish that the repository does not list.

    >>> chosen_prefix("", {"oai_dc": "", "dim": "", "ore": ""}), chosen_prefix("", {})
    ('dim', 'oai_dc')
    """
    if wished:
        if formats and wished not in formats:
            raise UnsupportedError(f"the format {wished!r} is not listed; listed are {', '.join(sorted(formats))}")
        return wished
    for rich in RICHEST:
        if rich in formats:
            return rich
        for prefix, namespace in formats.items():
            if NAMESPACES.get(namespace) == rich:
                return prefix
    return "oai_dc"


class OaiRepository:
    """One repository, for one harvest."""

    def __init__(self, member: Member, settings: OaiSettings, door: Door) -> None:
        self._member, self._settings, self._door = member, settings, door
        self._asked = 0
        self._days_only = False

    @property
    def asked(self) -> int:
        """How many requests were made so far."""
        return self._asked

    async def facts(self) -> RepositoryFacts:
        """Ask who it is and which formats it has."""
        identity = identity_of(await self.answer("Identify"))
        formats: dict[str, str] = {}
        # Without that list the wish of the member file is asked for, or oai_dc.
        with contextlib.suppress(UnreadableError, FaultError, UnsupportedError):
            formats = formats_of(await self.answer("ListMetadataFormats"))
        wished = self._settings.granularity
        self._days_only = wished == "day" or (wished == "" and identity.days_only)
        warnings = []
        if identity.texts.get("deletedRecord", "no").lower() == "no":
            warnings.append(Reason("finding.oai-pmh.deletions-untold"))
        return RepositoryFacts(
            name=identity.name,
            prefix=chosen_prefix(self._settings.prefix, formats),
            sets=tuple(dict.fromkeys(self._settings.sets)) or ("",),
            now=identity.answered_at,
            days_only=self._days_only,
            overlap_s=self._settings.overlap_days * DAY_S,
            warnings=tuple(warnings),
        )

    async def batch(self, listing: Listing, token: str | None) -> Batch:
        """Return one page of the list."""
        answer = await self._page("ListRecords", listing, token)
        reading = Reading()
        for row in answer.rows:
            reading.add(row, self._member, self._settings)
        if answer.row_count and not answer.rows:
            raise UnreadableError(f"{answer.row_count} records, none with an identifier")
        if reading.unknown and not reading.records and reading.unknown == len(reading.unread):
            raise UnsupportedError(
                f"records in the format {listing.prefix!r} are in no format that is known: set another `prefix`"
            )
        return reading.batch(answer.token, answer.total)

    async def singly(self, listing: Listing, token: str | None) -> Batch:
        """Return the same page by its identifiers, each record asked for by itself: costs a request a record."""
        answer = await self._page("ListIdentifiers", listing, token)
        reading = Reading()
        failures = 0
        for row in answer.rows:
            if not row.is_deleted:
                told = {"identifier": row.identifier, "metadataPrefix": listing.prefix}
                try:
                    single = await self.answer("GetRecord", told)
                    failures = 0
                    found = [one for one in single.rows if one.identifier == row.identifier]
                    reading.add(found[0] if found else row, self._member, self._settings)
                except (UnreadableError, FaultError, OversizeError):
                    failures += 1
                    if failures == FAILS_IN_A_ROW:
                        raise
                    reading.add(row, self._member, self._settings)
            else:
                reading.add(row, self._member, self._settings)
        return reading.batch(answer.token, answer.total)

    async def answer(self, verb: str, more: Mapping[str, str] | None = None) -> OaiAnswer:
        """Return the answer to a verb, or raise what its errors mean. An empty list is an answer."""
        told = dict(more or {})
        url = address(self._member.url, verb, told, self._settings.parameters)
        self._asked += 1
        reply = await self._door.client.get(url, extensions={ACCEPT_STATUS: STATUSES_OF_ERRORS})
        answer = _read(reply)
        if answer.errors and (answer.element is None or not len(answer.element)):
            failure = failure_of(answer.errors, token=told.get("resumptionToken"))
            if failure is not None:
                raise failure
        return answer

    async def _page(self, verb: str, listing: Listing, token: str | None) -> OaiAnswer:
        if self._days_only and listing.since:
            listing = msgspec.structs.replace(listing, since=day_of(listing.since))
        try:
            answer = await self.answer(verb, list_arguments(listing, token))
        except UnsupportedError as error:
            # Days are what every repository must take, whatever it says of seconds.
            if token is not None or not listing.since or len(listing.since) == 10 or "badArgument" not in error.detail:
                raise
            self._days_only = True
            return await self._page(verb, listing, token)
        if answer.element is not None and local_name(answer.element) != verb:
            raise UnreadableError(f"<{local_name(answer.element)}> in the answer to {verb}")
        return answer

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.client.aclose()


def _read(reply: httpx.Response) -> OaiAnswer:
    if reply.status_code in STATUSES_OF_ERRORS and b"OAI-PMH" not in reply.content[:2000]:
        raise failure_of_status(reply.status_code, wait_s=None)
    try:
        return read(reply.content, reply.charset_encoding)
    except etree.LxmlError as error:
        raise UnreadableError(str(error)) from error
    except LienThuError:
        if reply.status_code in STATUSES_OF_ERRORS:
            raise failure_of_status(reply.status_code, wait_s=None) from None
        raise
