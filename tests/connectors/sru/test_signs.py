"""An SRU server is told by its explain record, and what deviates from the standard is named."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec
import pytest

from connectors.http import open_client
from connectors.sru import SYSTEM
from connectors.sru.findings import findings
from connectors.sru.settings import SruSettings, dialect
from connectors.sru.signs import base_address, recognise
from engine.model import Field
from engine.ports import Door, Finding, Manners, Member, Names, Page
from engine.sentences import LANGUAGES, say
from tests.servers import Running

EXPLAIN = """<?xml version="1.0"?><zs:explainResponse xmlns:zs="{namespace}"><zs:version>1.1</zs:version><zs:record>
<zs:recordPacking>xml</zs:recordPacking><zs:recordData><explain xmlns="http://explain.z3950.org/dtd/2.0/">
<serverInfo><host>lib</host><database>sach</database></serverInfo><databaseInfo><title>{title}</title></databaseInfo>
<indexInfo><index><map><name set="dc">title</name></map></index></indexInfo></explain></zs:recordData></zs:record>
</zs:explainResponse>"""
V1 = "http://www.loc.gov/zing/srw/"
V2 = "http://docs.oasis-open.org/ns/search-ws/sruResponse"


def page(body: str, url: str = "https://lib.example.org/sru") -> Page:
    return Page(url, 200, "text/xml", body.encode())


@pytest.mark.parametrize("namespace", [V1, V2])
def test_an_explain_record_fills_in_the_table(namespace: str) -> None:
    found = recognise(page(EXPLAIN.format(namespace=namespace, title="Thư viện A")))
    assert found is not None
    assert (found.url, found.name, found.is_sure) == ("https://lib.example.org/sru", "Thư viện A", True)
    speaking = dialect(msgspec.convert(found.settings, SruSettings))
    assert speaking.indexes[Field.TITLE] == "dc.title"
    assert (found.settings["version"], found.unsure["max_records"]) == ("1.1", "the server does not say")
    assert found.evidence.values["indexes"] == 1


def test_kohas_template_is_not_believed() -> None:
    found = recognise(page(EXPLAIN.format(namespace=V1, title="Koha")))
    assert found is not None
    assert found.settings == {"profile": "koha"}


def test_a_servers_root_leads_to_the_database_that_it_names() -> None:
    found = recognise(page(EXPLAIN.format(namespace=V1, title="A"), "http://lib.example.org:9999/"))
    assert found is not None
    assert found.url == "http://lib.example.org:9999/sach"
    assert "url" in found.unsure


def test_an_answer_without_an_explain_record_shows_that_sru_is_spoken() -> None:
    found = recognise(page(f'<searchRetrieveResponse xmlns="{V1}"><version>1.1</version></searchRetrieveResponse>'))
    assert found is not None
    assert found.evidence.code == "sign.sru.speaks"


@pytest.mark.parametrize(
    "body",
    [
        "", "<html><body>explainResponse</body></html>", "<explainResponse/>", '{"explain": 1}',
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/"><explain/></OpenSearchDescription>',
        f'<explainResponse xmlns="{V1}">',
    ],
)  # fmt: skip
def test_other_pages_are_not_taken_for_sru(body: str) -> None:
    assert recognise(page(body)) is None


def test_what_a_search_says_is_taken_off_the_address() -> None:
    copied = "https://k.example.org/sru?x-collection=A%26B&version=1.1&operation=searchRetrieve&query=a&startRecord=1"
    assert base_address(copied) == "https://k.example.org/sru?x-collection=A%26B"


@pytest.mark.needs("corpus")
@pytest.mark.parametrize(
    "name", ["sruthi/test_explain.xml", "sruthi/test_explain_with_zr2_namespace.xml", "explain_metaproxy/explain.xml"]
)
def test_real_explain_records_are_recognised(corpus: Path, name: str) -> None:
    found = recognise(Page("https://x.example.org/sru", 200, "text/xml", (corpus / "sru" / name).read_bytes()))
    assert found is not None
    msgspec.convert(found.settings, SruSettings)


# Findings --------------------------------------------------------------------------------


def member(url: str) -> Member:
    return Member(
        id="m", system="sru", url=url, name=Names("a", "b"), manners=Manners(private_network=True, spacing_ms=0)
    )


async def found_out(
    url: str, settings: dict[str, object], transport: httpx.MockTransport | None = None
) -> list[Finding]:
    client = open_client(member(url), user_agent="test", clock=lambda: 0.0, transport=transport)
    try:
        own = msgspec.convert(settings, SruSettings)
        return list(await findings(member(url), own, Door(client, lambda: 0.0)))
    finally:
        await client.aclose()


@pytest.mark.needs("zebrasrv")
async def test_a_real_server_is_found_well_and_what_it_lacks_is_named(zebra_icu: Running) -> None:
    settings: dict[str, object] = {
        "schemas": ["marcxml", "nosuch"],
        "indexes": {"any": "cql.serverChoice", "title": "dc.title", "series": "dc.nosuch"},
    }
    told = {finding.what: finding for finding in await found_out(zebra_icu.url, settings)}
    assert told["version"].is_well
    assert told["diagnostics"].is_well
    assert (told["schema"].is_well, told["schema"].reason.values["missing"]) == (False, "nosuch")
    assert told["field.series"].reason.values == {"index": "dc.nosuch"}
    for finding in told.values():
        assert all("{" not in say(finding.reason, language) for language in LANGUAGES)


def answer(body: str, version: str = "1.2") -> str:
    return f'<searchRetrieveResponse xmlns="{V1}"><version>{version}</version>{body}</searchRetrieveResponse>'


RECORD = (
    "<numberOfRecords>3</numberOfRecords><records><record><recordSchema>marcxml</recordSchema><recordPacking>xml"
    '</recordPacking><recordData><record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500'
    '</leader><controlfield tag="001">1</controlfield><datafield tag="245" ind1="1" ind2="0"><subfield code="a">History'
    "</subfield></datafield></record></recordData></record></records>"
)


async def test_a_server_that_bends_the_standard_is_told_how() -> None:
    def bent(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("operation") == "explain":
            return httpx.Response(404)
        return httpx.Response(200, text=answer(RECORD), headers={"Content-Type": "text/xml"})

    told = {
        finding.what: finding.reason.code.removeprefix("finding.sru.")
        for finding in await found_out("http://127.0.0.1:1/sru", {"schemas": ["marcxml"]}, httpx.MockTransport(bent))
        if not finding.is_well
    }
    assert told == {"version": "other-version", "explain": "no-explain", "diagnostics": "diagnostics-none"}


def test_the_system_offers_its_signs_and_its_examination() -> None:
    assert SYSTEM.signs[0].path == ""
    assert SYSTEM.examine is findings
