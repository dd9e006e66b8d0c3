"""The table `[sru]` of a member file: profiles, what overrides them, and that the docs tell every key."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from connectors.sru import SYSTEM
from connectors.sru.settings import Dialect, Profile, SruSettings, Version, dialect, profiles
from engine.model import Field
from engine.sentences import LANGUAGES, sentences
from tests.connectors.sru.asking import settings

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "sru.md").read_text("utf-8")


def test_the_system_is_found_by_its_entry_point() -> None:
    assert (SYSTEM.name, SYSTEM.settings) == ("sru", SruSettings)


@pytest.mark.parametrize("profile", list(Profile))
def test_every_profile_makes_a_dialect_that_can_search(profile: Profile) -> None:
    speaking = dialect(settings(profile=profile.value))
    assert speaking.indexes[Field.ANY]
    assert speaking.indexes[Field.TITLE]
    assert speaking.schemas


def test_every_profile_is_shipped() -> None:
    assert set(profiles()) == set(Profile)


def test_a_member_file_overrides_its_profile() -> None:
    speaking = dialect(settings(profile="dnb", version="1.2", max_records=7, strip=""))
    assert (speaking.version, speaking.max_records, speaking.strip) == (Version.V1_2, 7, "")
    assert speaking.schemas == ("MARC21-xml", "oai_dc")


def test_indexes_of_a_member_file_add_to_those_of_the_profile() -> None:
    speaking = dialect(settings(profile="dnb", indexes={"title": "titel", "subject": "", "series": ["s1", "s2"]}))
    assert speaking.indexes[Field.TITLE] == "titel"
    assert speaking.indexes[Field.PERSON] == "per"
    assert speaking.indexes[Field.SERIES] == ("s1", "s2")
    assert not speaking.indexes[Field.SUBJECT]


@pytest.mark.parametrize(
    "wrong",
    [
        {"profil": "dnb"},
        {"profile": "nosuch"},
        {"version": "1.3"},
        {"indexes": {"titel": "tit"}},
        {"indexes": {"title": {"name": "tit"}}},
        {"max_records": 0},
        {"booleans": ["xor"]},
        {"words": "some"},
    ],
)
def test_a_wrong_key_or_value_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        settings(**wrong)


def test_what_a_member_file_may_say_is_what_a_dialect_holds() -> None:
    said = {field.name for field in msgspec.structs.fields(SruSettings)}
    assert said - {"profile"} == {field.name for field in msgspec.structs.fields(Dialect)}


def test_the_docs_tell_every_key_and_profile() -> None:
    for field in msgspec.structs.fields(SruSettings):
        assert f"`{field.name}`" in DOCS, field.name
    for profile in Profile:
        assert f"`{profile.value}`" in DOCS, profile


def test_the_examples_of_the_docs_can_be_loaded() -> None:
    examples = [block.partition("```")[0] for block in DOCS.split("```toml\n")[1:]]
    assert len(examples) >= 2
    for example in examples:
        dialect(msgspec.convert(tomllib.loads(example)["sru"], SruSettings))


def test_every_notice_has_a_sentence_in_every_language() -> None:
    source = "".join(file.read_text("utf-8") for file in (ROOT / "connectors").glob("sru/*.py"))
    source += (ROOT / "connectors/questions/cql.py").read_text("utf-8")
    used = {part.partition('"')[0] for part in source.split('Reason("')[1:]}
    assert len(used) > 12
    for code in used:
        assert {language for language in LANGUAGES if sentences()[code][language]} == set(LANGUAGES)
