"""The demo's OAI-PMH repository answers as DSpace's was seen to."""

from __future__ import annotations

import pytest
from lxml import etree

from demo.oai import OaiRepository, identifier
from demo.server import Request
from tests.demo.asking import local
from tests.engine.harvesting import LIBRARY, catalogue


@pytest.fixture
def repository() -> OaiRepository:
    return OaiRepository(LIBRARY, catalogue())


def asked(repository: OaiRepository, **parameters: str) -> etree._Element:
    told = {name.rstrip("_"): text for name, text in parameters.items()}
    reply = repository.answer(Request("GET", "/server/oai/request", told, {}))
    assert reply is not None
    assert (reply.status, reply.content_type) == (200, "text/xml;charset=UTF-8")  # errors come with 200 too
    return etree.fromstring(reply.body)


def texts(root: etree._Element, name: str) -> list[str]:
    return [each.text or "" for each in local(root, name)]


def error(root: etree._Element) -> str:
    return local(root, "error")[0].get("code") or ""


def test_five_formats_are_listed_and_each_tells_the_title(repository: OaiRepository) -> None:
    prefixes = texts(asked(repository, verb="ListMetadataFormats"), "metadataPrefix")
    assert sorted(prefixes) == ["dim", "etdms", "oai_dc", "qdc", "xoai"]
    entry = repository.items[0].entry
    for prefix in prefixes:
        root = asked(repository, verb="GetRecord", metadataPrefix=prefix, identifier=identifier(entry))
        assert entry.title in "".join(str(text) for text in root.itertext())


def test_pages_of_a_hundred_follow_by_plain_tokens_and_the_cursor_counts_pages(repository: OaiRepository) -> None:
    first = asked(repository, verb="ListIdentifiers", metadataPrefix="dim", set="col_TVSSC_2")
    (token,) = local(first, "resumptionToken")
    assert token.text == "dim///col_TVSSC_2/100"
    assert token.get("cursor") == "0"
    second = asked(repository, verb="ListIdentifiers", resumptionToken=token.text)
    assert local(second, "resumptionToken")[0].get("cursor") == "1"
    assert not set(texts(first, "identifier")) & set(texts(second, "identifier"))
    assert error(asked(repository, verb="ListIdentifiers", resumptionToken="dim////9000")) == "noRecordsMatch"


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"from_": "2099-01-01"}, "noRecordsMatch"),
        ({"from_": "2024-01-01", "until": "2024-01-01T00:00:00Z"}, "badArgument"),
        ({"from_": "2025-01-01", "until": "2024-01-01"}, "badArgument"),
    ],
)
def test_dates_that_find_nothing_or_contradict_each_other(
    repository: OaiRepository, dates: dict[str, str], code: str
) -> None:
    assert error(asked(repository, verb="ListRecords", metadataPrefix="dim", **dates)) == code


def test_a_date_that_is_none_is_passed_over(repository: OaiRepository) -> None:
    everything = asked(repository, verb="ListRecords", metadataPrefix="dim", from_="20-1-1")
    assert local(everything, "resumptionToken")[0].get("completeListSize") == "230"


def test_what_changes_is_listed_from_then_on_and_what_is_withdrawn_leaves_its_header(repository: OaiRepository) -> None:
    changed, withdrawn, removed = (item.entry for item in repository.items[:3])
    repository.change(changed.id, title="Nhan đề mới")
    repository.withdraw(withdrawn.id)
    repository.remove(removed.id)
    root = asked(repository, verb="ListRecords", metadataPrefix="dim", from_="2026-03-15T08:15:01Z")
    assert texts(root, "identifier") == [identifier(changed), identifier(withdrawn)]
    assert [header.get("status") for header in local(root, "header")] == [None, "deleted"]
    assert "Nhan đề mới" in "".join(str(text) for text in root.itertext())
    gone = asked(repository, verb="GetRecord", metadataPrefix="dim", identifier=identifier(removed))
    assert error(gone) == "idDoesNotExist"
    assert local(root, "responseDate")[0].text == "2026-03-15T08:18:00Z"


def test_it_believes_to_be_on_its_own_machine(repository: OaiRepository) -> None:
    root = asked(repository, verb="Identify")
    assert texts(root, "baseURL") == ["http://localhost:8080/server/oai/request"]
    assert texts(root, "deletedRecord") == ["transient"]
    assert "&#432;" in texts(root, "repositoryName")[0]
