"""What a server says about itself becomes the beginning of a member file that can be loaded."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.sru.draft import settings_from_explain
from connectors.sru.explain import explained
from connectors.sru.settings import SruSettings, dialect
from engine.errors import UnreadableError
from engine.model import Field

EXPLAIN = """<explain xmlns="http://explain.z3950.org/dtd/2.0/">
  <serverInfo protocol="SRU" version="1.2"><host>127.0.0.1</host><port>9999</port><database>sach</database></serverInfo>
  <databaseInfo><title>Thư viện "Mẫu"</title></databaseInfo>
  <indexInfo>
    <set name="dc" identifier="info:srw/cql-context-set/1/dc-v1.1"/>
    <index><title>Title</title><map><name set="dc">title</name></map></index>
    <index search="false"><map><name set="dc">creator</name></map></index>
    <index><map><name set="dc">author</name></map></index>
    <index><map><name set="own">isbn</name></map></index>
    <index><map><name set="dc">date</name></map>
      <configInfo><supports type="relation">&gt;=</supports><supports type="relation">&lt;=</supports></configInfo>
    </index>
    <index><map><attr type="1" set="bib1">4</attr></map></index>
  </indexInfo>
  <schemaInfo>
    <schema name="dc" identifier="info:srw/schema/1/dc-v1.1"/>
    <schema name="marcxml" identifier="info:srw/schema/1/marcxml-v1.1"/>
    <schema name="hidden-mods" retrieve="false"/>
  </schemaInfo>
  <configInfo>
    <default type="numberOfRecords">10</default><setting type="maximumRecords">40</setting>
    <supports type="maskingCharacter">*</supports>
  </configInfo>
</explain>"""


def wrapped(record: str, namespace: str = "http://www.loc.gov/zing/srw/") -> bytes:
    return (
        f'<z:explainResponse xmlns:z="{namespace}"><z:version>1.1</z:version><z:record>'
        f"<z:recordPacking>xml</z:recordPacking><z:recordData>{record}</z:recordData></z:record></z:explainResponse>"
    ).encode()


def drafted(text: str) -> tuple[dict[str, Any], SruSettings]:
    """The table of a drafted member file, and its settings as the service would check them."""
    table = tomllib.loads(text)
    return table, msgspec.convert(table["sru"], SruSettings)


@pytest.mark.parametrize(
    "body",
    [
        EXPLAIN.encode(),
        wrapped(EXPLAIN),
        wrapped(EXPLAIN, "http://docs.oasis-open.org/ns/search-ws/sruResponse"),
        wrapped(EXPLAIN.replace("&", "&amp;").replace("<", "&lt;")),
    ],
    ids=["bare", "1.1", "2.0", "packed as text"],
)
def test_an_explain_record_is_read_in_any_wrapping(body: bytes) -> None:
    told = explained(body)
    assert (told.version, told.title, told.port, told.database) == ("1.2", 'Thư viện "Mẫu"', 9999, "sach")
    assert told.index_names() == ("dc.title", "dc.author", "own.isbn", "dc.date")
    assert [(schema.name, schema.is_retrievable) for schema in told.schemas] == [
        ("dc", True), ("marcxml", True), ("hidden-mods", False),
    ]  # fmt: skip
    assert (told.default_records, told.max_records, told.masks) == (10, 40, ("*",))
    assert told.context_sets == {"dc": "info:srw/cql-context-set/1/dc-v1.1"}


def test_a_drafted_member_file_can_be_loaded_and_marks_what_is_unsure() -> None:
    text = settings_from_explain(explained(EXPLAIN.encode()), url="http://127.0.0.1:9999/sach")
    table, settings = drafted(text)
    assert (table["system"], table["enabled"], table["name"]["vi"]) == ("sru", False, 'Thư viện "Mẫu"')
    speaking = dialect(settings)
    assert (speaking.version.value, speaking.schemas, speaking.max_records) == ("1.2", ("marcxml", "dc"), 40)
    assert (speaking.truncation, speaking.year_index, speaking.year_form.value) == ("*", "dc.date", "range")
    assert speaking.indexes[Field.TITLE] == "dc.title"
    assert speaking.indexes[Field.PERSON] == "dc.author"
    assert 'isbn = "own.isbn"  # unsure: a guess by its name' in text
    assert 'any = ""  # unsure' in text


def test_indexes_that_were_tried_in_vain_are_left_out_of_the_draft() -> None:
    told = explained(EXPLAIN.encode())
    text = settings_from_explain(told, url="http://127.0.0.1/x", works={"dc.author": False, "own.isbn": True})
    _, settings = drafted(text)
    assert isinstance(settings.indexes, dict)
    assert Field.PERSON not in settings.indexes
    assert '# person = "dc.author"  # tried' in text
    assert 'isbn = "own.isbn"\n' in text


def test_a_server_that_tells_nothing_still_gives_a_file() -> None:
    told = explained(wrapped('<explain xmlns="x"><serverInfo/></explain>'))
    table, settings = drafted(settings_from_explain(told, url="http://127.0.0.1/x"))
    assert table["name"]["en"] == "http://127.0.0.1/x"
    assert dialect(settings).schemas == ("marcxml",)


@pytest.mark.parametrize("body", [b"<html/>", b"<explainResponse/>", wrapped("<other/>"), wrapped("")])
def test_what_is_no_explain_record_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        explained(body)


@pytest.mark.needs("corpus")
def test_almas_explain_becomes_the_alma_profile(corpus: Path) -> None:
    told = explained((corpus / "sru/sruthi/test_explain_with_zr2_namespace.xml").read_bytes())
    assert (told.version, told.max_records, len(told.indexes)) == ("1.2", 50, 375)
    text = settings_from_explain(told, url="https://127.0.0.1/view/sru/X")
    _, settings = drafted(text)
    speaking = dialect(settings)
    assert settings.profile.value == "alma"
    assert speaking.schemas == ("marcxml", "unimarcxml", "mods", "dc")
    assert (speaking.year_index, speaking.year_form.value) == ("alma.main_pub_date", "range")
    assert speaking.indexes[Field.ANY] == "alma.all_for_ui"
    assert speaking.indexes[Field.ISBN] == "alma.isbn"


@pytest.mark.needs("corpus")
def test_a_generic_explain_gives_its_dublin_core_names(corpus: Path) -> None:
    told = explained((corpus / "sru/explain_metaproxy/explain.xml").read_bytes())
    _, settings = drafted(settings_from_explain(told, url="http://127.0.0.1/x"))
    assert settings.indexes == {
        Field.ANY: "cql.serverChoice", Field.TITLE: "dc.title", Field.PERSON: "dc.creator", Field.SUBJECT: "dc.subject",
        Field.PUBLISHER: "dc.publisher",
    }  # fmt: skip


@pytest.mark.needs("corpus")
def test_an_archives_own_indexes_are_guessed_and_marked(corpus: Path) -> None:
    told = explained((corpus / "sru/sruthi/test_explain.xml").read_bytes())
    text = settings_from_explain(told, url="http://127.0.0.1/x")
    assert 'title = "isad.title"  # unsure: a guess by its name' in text
    assert 'schemas = ["marcxml"]  # unsure: it tells of isad' in text


@pytest.mark.needs("corpus")
def test_kohas_explain_is_not_believed(corpus: Path) -> None:
    exchange = (corpus / "opac/koha_19/60a-sru-explain.http").read_bytes()
    told = explained(exchange[exchange.index(b"<?xml") :])
    assert "dc-short" in [schema.name for schema in told.schemas]
    _, settings = drafted(settings_from_explain(told, url="http://127.0.0.1/biblios"))
    assert dialect(settings) == dialect(msgspec.convert({"profile": "koha"}, SruSettings))
