"""Requests say what the version of the server wants to hear."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from connectors.sru.request import explain_url, search_url
from connectors.sru.settings import Dialect, Packing, Version

DIALECT = Dialect(schemas=("marcxml", "dc"), sort="dc.date,,0")


def asked(base: str = "http://127.0.0.1/sru", **changed: object) -> dict[str, str]:
    speaking = msgspec.structs.replace(DIALECT, **changed)
    url = search_url(base, speaking, 'dc.title="lúa"', start=21, count=20)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_version_one_says_operation_and_version(version: str) -> None:
    said = asked(version=Version(version))
    assert (said["operation"], said["version"]) == ("searchRetrieve", version)
    assert (said["recordPacking"], "recordXMLEscaping" in said) == ("xml", False)


def test_version_two_says_neither_and_calls_packing_otherwise() -> None:
    said = asked(version=Version.V2_0)
    assert not {"operation", "version", "recordPacking"} & set(said)
    assert said["recordXMLEscaping"] == "xml"


@pytest.mark.parametrize("version", list(Version))
def test_every_version_says_place_count_and_schema(version: Version) -> None:
    said = asked(version=version)
    assert (said["startRecord"], said["maximumRecords"], said["recordSchema"]) == ("21", "20", "marcxml")


def test_sorting_is_a_parameter_or_a_part_of_the_query() -> None:
    assert asked(version=Version.V1_1)["sortKeys"] == "dc.date,,0"
    assert asked(version=Version.V2_0)["sortKeys"] == "dc.date,,0"
    said = asked(version=Version.V1_2, sort="dc.date/sort.descending")
    assert "sortKeys" not in said
    assert said["query"] == 'dc.title="lúa" sortBy dc.date/sort.descending'


def test_what_is_not_wished_is_not_sent() -> None:
    assert not {"recordSchema", "recordPacking", "sortKeys"} & set(asked(schemas=(), packing=Packing.NONE, sort=""))


def test_parameters_of_the_address_stay_and_give_way_to_the_search() -> None:
    said = asked("http://127.0.0.1/sru?x-collection=GGC&version=9&maximumRecords=1&empty=")
    assert (said["x-collection"], said["empty"]) == ("GGC", "")
    assert (said["version"], said["maximumRecords"]) == ("1.1", "20")


def test_further_parameters_are_sent() -> None:
    assert asked(parameters={"onlyBib": "true"})["onlyBib"] == "true"


def test_the_path_stays_as_it_is() -> None:
    url = search_url("https://127.0.0.1/cbs/sru/", DIALECT, "a", start=1, count=1)
    assert urlsplit(url).path == "/cbs/sru/"


def test_spaces_and_marks_are_encoded_once_and_not_as_plus() -> None:
    url = search_url("http://127.0.0.1/sru", DIALECT, 'a = "lúa +%"', start=1, count=1)
    assert "query=a%20%3D%20%22l%C3%BAa%20%2B%25%22&" in url


def test_explain_is_asked_in_the_way_of_its_version() -> None:
    assert explain_url("http://127.0.0.1/x", Version.V1_1) == "http://127.0.0.1/x?version=1.1&operation=explain"
    assert explain_url("http://127.0.0.1/x", Version.V2_0) == "http://127.0.0.1/x"
