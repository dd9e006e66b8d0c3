from __future__ import annotations

from pathlib import Path

import pytest

from engine.app import open_index, open_search, read_house, user_agent
from engine.errors import SettingsError
from engine.planner import is_named
from engine.query import parse
from engine.settings import ContactSettings
from tests.engine.simulated import Clock

CONFIG = Path(__file__).parents[2] / "config"


@pytest.mark.parametrize("file", [CONFIG / "lienthu.toml", CONFIG / "demo" / "lienthu.toml"], ids=["own", "demo"])
def test_the_shipped_settings_and_every_shipped_member_file_can_be_read(file: Path) -> None:
    house = read_house(file)
    assert house.members
    for member, own in house.members:
        assert isinstance(own, house.systems[member.system].settings)
        assert is_named(member, member.name.vi)


def test_no_shipped_member_outside_the_demo_is_asked_before_somebody_says_so() -> None:
    assert [member.id for member, _ in read_house(CONFIG / "lienthu.toml").members if member.enabled] == []


async def test_without_members_a_search_is_settled_at_once_and_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "members").mkdir()
    file = tmp_path / "lienthu.toml"
    file.write_text('[index]\nbackend = "none"\n', "utf-8")
    async with open_search(read_house(file)) as search:
        snapshot = await search.settled(parse("kinh tế"))
    assert (snapshot.is_settled, snapshot.titles, snapshot.reports) == (True, (), ())


async def test_an_index_that_nobody_knows_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "members").mkdir()
    file = tmp_path / "lienthu.toml"
    file.write_text('[index]\nbackend = "solr"\n', "utf-8")
    with pytest.raises(SettingsError, match="expected one of: elasticsearch, embedded, none"):
        await open_index(read_house(file), Clock())


def test_a_folder_of_members_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = tmp_path / "lienthu.toml"
    file.write_text('[members]\nfolder = "nowhere"\n', "utf-8")
    with pytest.raises(SettingsError, match="there is no such folder"):
        read_house(file)


def test_every_member_is_told_who_asks() -> None:
    contact = ContactSettings(name="Thư viện số NALA", url="https://nala.example/lien-thu", email="a@nala.example")
    assert user_agent(contact) == "LienThu/0.1.0 (Thu Vien So Nala; https://nala.example/lien-thu; a@nala.example)"
