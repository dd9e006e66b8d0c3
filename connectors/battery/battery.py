"""The tests themselves, as a class to inherit from."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.battery.cases import Case, Kind, Library, read_libraries
from connectors.battery.lines import listener, spoilt
from connectors.battery.listening import Asked, Listener
from connectors.battery.opening import answered, opened, replayed
from connectors.battery.spoiling import SPOILS, exchanges_in
from engine.errors import LienThuError
from engine.model import And, Answer, Clause, Expression, Field, Or, Query, Who, Window
from engine.ports import System
from engine.settings import read_member, read_toml

WORD = "qwortezx"
"""A plain word that stands in no recording."""

_SAMPLES = {Field.ISBN: "9780132350884", Field.ISSN: "0866-8051", Field.IDENTIFIER: "10.1234/abcd"}

HOSTILE = (
    'a" or "1"="1', "a' OR 1=1 --", "x) OR (y", "a&limit=1000000&q=b", "a#b?c=d/../e", "a;b,c:d|e", "a\\", "a*?^~b",
    "{!func}x", "<script>alert(1)</script>", "%22%26%0d%0a", "not and or prox", "title:(", "[* TO *]", "a/b/../../c",
    "\u0000\r\n\tX-Injected: 1", "${jndi:x} {{7*7}} #{1}", "❤ 𝔘 \u202eabc",
)  # fmt: skip
_KINDS = {"redesigned": {"unreadable", "refused"}, "error-page": {"fault"}, "empty": {"unreadable"}}
"""The right kinds of failure, where an answer is a single exchange."""

LETTERS = 10_000
MOST_TARGET_LETTERS = 8_000
"""Longer addresses are refused by many servers."""


class Battery:
    """What every connector must pass. `members`: a folder of member files, of which those of this system must load.

    Each test that waits says so itself: a package outside of this repository needs no `asyncio_mode` of pytest.
    """

    system: ClassVar[System]
    recordings: ClassVar[Path]
    members: ClassVar[Path | None] = None
    libraries: ClassVar[tuple[Library, ...]] = ()

    def __init_subclass__(cls, *, system: System, recordings: Path, members: Path | None = None) -> None:
        """Read the recordings of a system."""
        super().__init_subclass__()
        cls.system, cls.recordings, cls.members = system, recordings, members
        cls.libraries = read_libraries(recordings, system)

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Make a test of each library, case, exchange and way to spoil it, as a test asks for them."""
        wanted = set(metafunc.fixturenames)
        pairs = [(library, case) for library in cls.libraries for case in library.cases]
        if "spoil" in wanted:
            rows = [
                pytest.param(library, case, file, spoil, id=f"{spoil}-{case.name}-{file.name[:3]}")
                for library, case in pairs
                if case.kind is Kind.FULL_PAGE
                for file in exchanges_in(case.folder)
                for spoil in SPOILS
            ]
            metafunc.parametrize(("library", "case", "file", "spoil"), rows)
        elif "case" in wanted:
            metafunc.parametrize(("library", "case"), [pytest.param(*pair, id=pair[1].name) for pair in pairs])
        elif "library" in wanted:
            metafunc.parametrize("library", [pytest.param(one, id=one.folder.name) for one in cls.libraries])

    def test_there_are_enough_recordings(self) -> None:
        """A full page, no hits, an error as the system words it and an odd record, of one library or several."""
        kinds = [case.kind for library in self.libraries for case in library.cases]
        missing = {Kind.FULL_PAGE, Kind.NO_HITS, Kind.ERROR, Kind.ODD} - set(kinds)
        assert not missing
        assert len(kinds) >= 4

    def test_every_member_file_loads(self) -> None:
        """A member file of this system is read without complaint."""
        for file in sorted(self.members.glob("*.toml")) if self.members else ():
            table, _ = read_toml(file)
            if table.get("system") == self.system.name:
                read_member(file, {self.system.name: self.system.settings})

    @pytest.mark.asyncio
    async def test_a_recording_gives_exactly_the_answer_expected(self, library: Library, case: Case) -> None:
        """Or exactly the failure."""
        if case.fails:
            with pytest.raises(LienThuError) as caught:
                await replayed(self.system, library, case)
            assert caught.value.code == case.fails
            return
        assert case.answer is not None, "nobody has accepted an answer: see connectors.battery"
        answer = await replayed(self.system, library, case)
        assert answer == case.answer
        if case.kind is Kind.NO_HITS:
            assert answer.placed == ()
            assert not answer.total
        elif case.kind in {Kind.FULL_PAGE, Kind.NEXT_PAGE}:
            assert answer.placed
        places = [placed.place for placed in answer.placed]
        assert places == sorted(set(places))
        assert all(case.window.start <= place < case.window.start + case.window.count for place in places)
        assert all(placed.record.member == library.member.id for placed in answer.placed)
        assert len({placed.record.id for placed in answer.placed}) == len(places)

    @pytest.mark.asyncio
    async def test_every_field_gives_a_request(self, library: Library) -> None:
        """What a connector says it can search, it asks for."""
        async with opened(self.system, library, Listener([])) as connector:
            fields = connector.fields
        assert Field.ANY in fields
        for field in sorted(fields):
            word = _SAMPLES.get(field, WORD)
            asked = await self._asked(library, Clause(word, field=field))
            bare = word.replace("-", "")
            assert any(bare in request.said.replace("-", "") for request in asked), f"{field} asks for nothing"

    @pytest.mark.asyncio
    async def test_hostile_words_stay_inside_their_quotes(self, library: Library) -> None:
        """They make no other request than plain words do: the same paths, parameters and keys."""
        plain: list[Expression] = [
            Clause(WORD), Clause(f"{WORD} hai ba"), Clause(f"{WORD} hai", is_phrase=True),
            Clause(f"{WORD} hai", is_truncated=True), Or((Clause(WORD), Clause("hai"))),
            And((Clause(WORD), Clause("hai", field=Field.TITLE), Clause("ba", field=Field.PERSON))),
            Clause(WORD, field=Field.TITLE), Clause(WORD, field=Field.PERSON),
        ]  # fmt: skip
        usual = [asked for expression in plain for asked in await self._asked(library, expression)]
        for text in HOSTILE:
            for clause in (Clause(text), Clause(text, is_phrase=True), Clause(text, field=Field.TITLE)):
                for asked in await self._asked(library, clause):
                    assert any(_is_like(asked, one) for one in usual), f"{text!r} asks for {asked}"

    @pytest.mark.asyncio
    async def test_ten_thousand_letters_are_cut_or_refused(self, library: Library) -> None:
        """A reader's longest question makes no address that servers refuse."""
        for text in ("ă" * LETTERS, "kinh tế " * (LETTERS // 8)):
            for asked in await self._asked(library, Clause(text.strip())):
                assert asked.length <= MOST_TARGET_LETTERS

    @pytest.mark.asyncio
    async def test_what_is_spoilt_is_a_failure_and_never_no_hits(
        self, library: Library, case: Case, file: Path, spoil: str
    ) -> None:
        """A redesigned page, a login page, an error page, nothing, half a page, or wrong letters."""
        assert case.answer is not None
        server = spoilt(case.folder, file, spoil)
        failure, answer = None, None
        try:
            answer = await answered(self.system, library, server, case.query, case.window)
        except LienThuError as error:
            failure = error
        if answer is None:
            assert failure is not None
            assert failure.who in {Who.MEMBER, Who.NOBODY}, f"{failure.code}: {failure.detail}"
            if len(exchanges_in(case.folder)) == 1 and spoil in _KINDS:
                assert failure.code in _KINDS[spoil], failure.detail
            return
        assert answer.placed, "what cannot be read is told as no hits"
        if spoil == "mis-encoded":
            return
        is_whole = [placed.record.id for placed in answer.placed] == [placed.record.id for placed in case.answer.placed]
        says_more = len(answer.notices) > len(case.answer.notices)
        assert says_more or (is_whole and not _lost(answer, case.answer)), "what was lost is not told"

    async def _asked(self, library: Library, expression: Expression) -> list[Asked]:
        """Return the requests that a search makes of a server which answers everything with something."""
        files = [file for case in library.cases if not case.fails for file in exchanges_in(case.folder)]
        server = listener(files)
        with contextlib.suppress(LienThuError):
            await answered(self.system, library, server, Query(expression), Window(1, 5))
        return server.requests


def _lost(answer: Answer, expected: Answer) -> bool:
    """Whether records say less than they should: fewer fields."""
    pairs = zip(answer.placed, expected.placed, strict=True)
    return any(
        any(not getattr(came.record, name) and getattr(wanted.record, name) for name in wanted.record.__struct_fields__)
        for came, wanted in pairs
    )


def _is_like(asked: Asked, usual: Asked) -> bool:
    """Whether a request differs from a usual one in its words only."""
    if (asked.method, asked.host, len(asked.segments)) != (usual.method, usual.host, len(usual.segments)):
        return False
    if not asked.names <= usual.names:
        return False
    return all(_is_segment_like(*pair) for pair in zip(asked.segments, usual.segments, strict=True))


def _is_segment_like(segment: str, usual: str) -> bool:
    before, word, after = usual.partition(WORD)
    if not word:
        return segment == usual
    after = after.partition("%20")[0] if "%20" in after else after
    return segment.startswith(before)
