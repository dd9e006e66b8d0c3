"""The page about Z39.50 tells every key, and what it says is so."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from connectors.z3950 import Z3950Settings
from connectors.z3950.diagnostics import BUSY_WAIT_S, Try, meanings
from connectors.z3950.operands import pqf
from connectors.z3950.rpn import rpn
from connectors.z3950.settings import Authentication, Dialect, Profile, dialect, place, profiles
from engine.errors import SettingsError
from engine.model import Clause, Field, Query
from engine.sentences import sentences
from engine.settings import read_member
from tests.connectors.z3950.speaking import member

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "systems" / "z3950.md").read_text("utf-8")


@pytest.mark.parametrize("key", [field.name for field in msgspec.structs.fields(Z3950Settings)])
def test_every_key_stands_on_the_page(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("name", [*Profile, *Authentication])
def test_every_profile_and_form_of_authentication_stands_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_profile_makes_a_dialect() -> None:
    assert set(profiles()) == set(Profile)
    assert all(isinstance(dialect(Z3950Settings(profile=profile)), Dialect) for profile in Profile)


def test_the_defaults_on_the_page_are_those_that_are_kept() -> None:
    kept = Dialect()
    for key in (
        "chunk",
        "ahead",
        "max_start",
        "id_use",
        "max_requests",
        "truncation",
        "word_structure",
        "year_structure",
    ):
        assert f"| `{key}` | `{getattr(kept, key)}` |" in PAGE
    assert f"| `keep_s` | `{kept.keep_s:g}` |" in PAGE
    assert f"for {BUSY_WAIT_S:g} seconds" in PAGE


def test_the_examples_on_the_page_can_be_read(tmp_path: Path) -> None:
    whole, part = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    file = tmp_path / "mau.toml"
    file.write_text(whole, "utf-8")
    read, settings = read_member(file, {"z3950": Z3950Settings})
    assert isinstance(settings, Z3950Settings)
    assert place(read, settings).databases == ("biblios",)
    file.write_text(whole.partition("[z3950]")[0] + part, "utf-8")
    _, settings = read_member(file, {"z3950": Z3950Settings})
    assert isinstance(settings, Z3950Settings)
    assert dialect(settings).attributes == {"3": 3}
    assert pqf(rpn(Query(Clause("kinh", field=Field.PERSON)), dialect(settings)).root) == (
        '@or @attr 1=1003 @attr 3=3 @attr 4=2 "kinh" @attr 1=1004 @attr 3=3 @attr 4=2 "kinh"'
    )


def test_every_second_try_of_the_table_is_one_that_is_made() -> None:
    assert {meaning.second_try for meaning in meanings().values()} == {None, *Try}


@pytest.mark.parametrize(
    "url", ["http://host/x", "z3950://", "z3950://host/", "z3950://a:b@host/x", "z3950://host:99999/x"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        place(member(url), Z3950Settings())


@pytest.mark.parametrize(
    "code", ["notice.marks-unsent", "notice.other-syntax", "sign.z3950.init", "finding.z3950.marks-lost"]
)
def test_what_is_said_has_its_sentence(code: str) -> None:
    assert code in sentences()


def test_every_finding_has_its_sentence() -> None:
    source = (ROOT / "connectors" / "z3950" / "examine.py").read_text("utf-8")
    told = set(re.findall(r'self\.tell\([^"]*"[^"]*"(?: if [^,]*)?, "([a-z-]+)"', source)) | set(
        re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)*)" (?:if|else)', source)
    )
    assert told
    assert all(f"finding.z3950.{code}" in sentences() for code in told)
