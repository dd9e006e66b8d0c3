"""A member with a Z39.50 server."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from connectors.questions.cql_map import MissingField
from connectors.reading.diagnostics import Means
from connectors.z3950 import copies
from connectors.z3950.asking import Asking
from connectors.z3950.conversation import Conversation, HungUpError, Scanned, closed
from connectors.z3950.greeting import Login
from connectors.z3950.kept import Kept
from connectors.z3950.operands import Term
from connectors.z3950.rpn import rpn
from connectors.z3950.settings import Authentication, Z3950Settings, dialect, password, place
from engine.errors import BugError, UnsupportedError
from engine.model import Answer, Clause, Field, Holding, Query, Record, Window
from engine.ports import Dial, Door, Member

_PROBE: Final = Query(Clause("history"))
_DOWN: Final = frozenset({Means.FAULT, Means.BUSY, Means.REFUSED, Means.SETTINGS})


class Z3950Connector:
    """One Z39.50 server that can be asked.

    It remembers on which rung of the ladder of second tries the server answered, and asks the next question there.
    Associations are kept for a while and shared between searches.
    """

    def __init__(self, member: Member, settings: Z3950Settings, door: Door) -> None:
        if door.dial is None:
            raise BugError("a Z39.50 member needs a door with a dial")
        self._member, self._settings, self._door = member, settings, door
        self._dial: Dial = door.dial
        self._place = place(member, settings)
        self._wished = dialect(settings)
        self._speaking = self._wished
        self.kept = Kept(self.opened, keep_s=self._wished.keep_s)
        mapped = {field for field, use in self._wished.uses.items() if use} | {Field.ANY}
        goes_anywhere = self._wished.missing_field is MissingField.ANY
        self.fields: frozenset[Field] = frozenset(Field) if goes_anywhere else frozenset(mapped)

    async def search(self, query: Query, window: Window) -> Answer:
        """Ask the server for one window of its answer; see `engine.ports.Connector`."""
        asked_at = self._door.clock()
        begun = self._speaking
        asking = Asking(self._member.id, self._place.databases, self._wished, begun, self._door.clock)
        async with self._dial.turn():
            await asking.run(self.kept.lent, query, window)
        if asking.learned is not begun:  # else a search that began before another learned would undo that
            self._speaking = asking.learned
        return Answer(
            member=self._member.id,
            placed=asking.placed,
            total=asking.total,
            asked_at=asked_at,
            took_s=max(0.0, asking.read_at - asked_at),
            has_more=asking.has_more,
            notices=asking.notices(),
        )

    async def probe(self) -> None:
        """Ask for one plain word and no record: the least that proves that searches are answered."""
        said = rpn(_PROBE, self._speaking)
        async with self._dial.turn(), self.kept.lent(is_fresh=True) as conversation:
            try:
                searched = await conversation.search(self._place.databases, said.root, self._speaking.syntax)
            except HungUpError as error:
                raise closed(error) from error
        for diagnostic in searched.diagnostics:
            if diagnostic.meaning.means in _DOWN and diagnostic.meaning.second_try is None:
                raise diagnostic.failure(self._member.id)

    async def scan(self, field: Field, text: str, count: int = 10) -> Scanned:
        """Return the terms of a field from a word on, with how many records hold each.

        Raises UnsupportedError where the server has no scan, and what its diagnostics mean.
        """
        root = rpn(Query(Clause(text, field=field, is_phrase=True)), self._speaking).root
        while not isinstance(root, Term):
            root = root.left
        async with self._dial.turn(), self.kept.lent() as conversation:
            if "scan" not in conversation.greeting.options:
                raise UnsupportedError("this server has no scan")
            try:
                scanned = await conversation.scan(self._place.databases, root, count)
            except HungUpError as error:
                raise closed(error) from error
        if not scanned.terms and scanned.diagnostics and scanned.diagnostics[0].meaning.means is not Means.END:
            raise scanned.diagnostics[0].failure(self._member.id)
        return scanned

    async def opened(self) -> Conversation:
        """Open an association with the server."""
        line = await self._dial(self._place.host, self._place.port)
        conversation = Conversation(line, most_bytes=self._member.manners.body_bytes)
        try:
            await conversation.open(
                self._login(), version=version("lienthu"), proposes_utf8=self._wished.charset_negotiation
            )
        except BaseException:
            conversation.close()
            raise
        return conversation

    def _login(self) -> Login:
        settings = self._settings
        if self._wished.authentication is Authentication.NONE:
            return Login()
        return Login(self._wished.authentication, settings.user, settings.group, password(self._member, settings))

    async def close(self) -> None:
        """Let go of connections."""
        self.kept.close()
        await self._door.client.aclose()


class Z3950OpacConnector(Z3950Connector):
    """A Z39.50 server that tells of copies: in OPAC records, asked for by the ids of records."""

    async def availability(self, records: Sequence[Record]) -> dict[str, tuple[Holding, ...]]:
        """Return the holdings of these records as they are now; see `engine.ports.AvailabilityConnector`."""
        asking = copies.Copies(self._member.id, self._place.databases, self._speaking)
        async with self._dial.turn():
            return await asking.run(self.kept.lent, [record.id for record in records])
