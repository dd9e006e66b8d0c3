from __future__ import annotations

import msgspec
import pytest

from engine.errors import LienThuError, QueryError, RestingError
from engine.model import Field
from engine.planner import Asked, is_named, plan
from engine.ports import Names
from engine.query import parse
from tests.engine.simulated import Clock, asked, library, member


def members(*ids: str) -> list[Asked]:
    return asked(*(library(Clock(), one, []) for one in ids))


def well(_: str) -> LienThuError | None:
    return None


def test_everybody_is_asked_where_nothing_speaks_against_it() -> None:
    made = plan(parse("kinh tế"), members("a", "b"), resting=well)
    assert [one.member.id for one in made.ask] == ["a", "b"]
    assert made.skip == ()


def test_a_member_that_rests_is_skipped_and_says_why() -> None:
    made = plan(parse("kinh tế"), members("a", "b"), resting=lambda one: RestingError(wait_s=7) if one == "a" else None)
    assert [one.member.id for one in made.ask] == ["b"]
    assert [(skip.asked.member.id, skip.reason.code) for skip in made.skip] == [("a", "failure.resting")]


def test_a_member_that_does_not_know_a_needed_field_is_skipped() -> None:
    (one,) = members("a")
    one.connector.fields = frozenset({Field.ANY, Field.TITLE})
    assert plan(parse("title:a AND subject:b"), [one], resting=well).skip[0].reason.values == {"field": "subject"}
    assert plan(parse("title:a -subject:b"), [one], resting=well).skip == ()
    assert plan(parse("title:a OR subject:b"), [one], resting=well).skip == ()


def test_a_member_open_to_its_own_network_is_asked_for_readers_of_that_network_only() -> None:
    (one,) = members("a")
    closed = Asked(msgspec.structs.replace(one.member, networks=("10.1.0.0/16", "2001:db8::/32")), one.connector)
    for reader, is_asked in (("10.1.2.3", True), ("10.2.0.1", False), ("2001:db8::7", True), (None, False)):
        made = plan(parse("a"), [closed], resting=well, reader=reader)
        assert bool(made.ask) is is_asked
        assert [skip.reason.code for skip in made.skip] == ([] if is_asked else ["plan.network"])


def test_a_library_is_named_by_id_or_by_words_of_its_name_with_or_without_marks() -> None:
    law = msgspec.structs.replace(
        member("hlu"), name=Names("Thư viện Đại học Luật Hà Nội", "Hanoi Law University Library"), short_name="HLU"
    )
    assert [is_named(law, words) for words in ("hlu", "HLU", "luật", "dai hoc luat", "law university", "huế", "")] == [
        True,
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_library_that_nobody_knows_is_the_readers_to_mend_with_a_proposal() -> None:
    with pytest.raises(QueryError) as told:
        plan(parse("kinh tế library:atlantis"), members("a"), resting=well)
    assert told.value.problem == "no-such-library"
    assert parse(told.value.proposal) == parse("kinh tế")


def test_an_excluded_library_is_not_asked() -> None:
    made = plan(parse("kinh tế -library:a"), members("a", "b"), resting=well)
    assert [one.member.id for one in made.ask] == ["b"]
