"""Any record, however hostile its texts, goes through every format and is read back by a parser that is not ours."""

from __future__ import annotations

import json
import re
from html import escape
from urllib.parse import parse_qsl

import bibtexparser
import pytest
import rispy
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pymarc import MARCReader

from connectors.formats import record_from_xml
from engine.export.bibtex import bibtex, citation_keys
from engine.export.citations import STYLES, citation
from engine.export.coins import coins
from engine.export.csl import csl_json
from engine.export.formats import FORMATS, file_name
from engine.export.jsonld import in_script, jsonld
from engine.export.marc import iso2709, marcxml
from engine.export.ris import ris
from engine.export.texts import line, whole_title
from engine.model import Record
from tests.engine.export.works import RECORDS, SHELF, edition

MANY = st.lists(RECORDS, min_size=1, max_size=2)
few = settings(max_examples=40)  # a record has thirty texts: each example tries many


@few
@given(MANY)
def test_ris_has_one_line_a_value_and_an_entry_a_record(records: list[Record]) -> None:
    text = ris(records).decode()
    assert text.endswith("ER  - \r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", one) for one in text.removesuffix("\r\n").split("\r\n"))
    read = rispy.loads(text)
    assert [entry["title"] for entry in read] == [whole_title(record) for record in records]


@few
@given(MANY)
def test_bibtex_is_read_whole_and_its_keys_are_ascii_and_unique(records: list[Record]) -> None:
    keys = citation_keys(records)
    assert len(set(keys)) == len(records)
    assert all(re.fullmatch("[a-z0-9]+", key) for key in keys)
    read = bibtexparser.parse_string(bibtex(records).decode())
    assert read.failed_blocks == []
    assert [entry.key for entry in read.entries] == keys
    for entry in read.entries:
        for field in entry.fields:
            assert balance(str(field.value)) == 0
            assert not re.search(r"(?<!\\)[$&#%]", str(field.value)) or field.key == "url"


def balance(text: str) -> int:
    """How many braces stay open; BibTeX counts those behind a backslash too."""
    depth = 0
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    return depth


@few
@given(MANY)
def test_json_is_json_and_an_item_a_record(records: list[Record]) -> None:
    assert [one["title"] for one in json.loads(csl_json(records))] == [whole_title(record) for record in records]
    assert [one["name"] for one in json.loads(jsonld(records))["@graph"]] == [whole_title(one) for one in records]


@few
@given(RECORDS)
def test_nothing_ends_the_script_element_that_it_stands_in(record: Record) -> None:
    text = in_script(edition(record), libraries={}, url="")
    page = BeautifulSoup(f"<p>a</p><script type='application/ld+json'>{text}</script><p>b</p>", "lxml")
    (script,) = page.find_all("script")
    assert json.loads(script.text)["name"] == whole_title(record)
    assert len(page.find_all("p")) == 2


@few
@given(RECORDS)
def test_coins_in_an_attribute_gives_the_title_back(record: Record) -> None:
    page = BeautifulSoup(f'<span class="Z3988" title="{escape(coins(record))}"></span>', "lxml")
    told = dict(reversed(parse_qsl(page.span["title"])))
    name = next(name for name in ("rft.atitle", "rft.btitle", "rft.jtitle", "rft.title") if name in told)
    assert told[name] == whole_title(record)


@few
@given(MANY)
def test_marc_is_read_by_pymarc_and_by_our_own_readers(records: list[Record]) -> None:
    read = list(MARCReader(iso2709(records), to_unicode=True, force_utf8=True))
    assert [one["245"]["a"] for one in read] == [line(record.title) for record in records]
    root = etree.fromstring(marcxml(records))
    assert len(root) == len(records)
    for element in root:
        record_from_xml(element, member="neu")


@few
@given(RECORDS, st.sampled_from(STYLES), st.sampled_from(["vi", "en"]))
def test_a_citation_has_the_title_and_no_sign_of_ours(record: Record, style: str, language: str) -> None:
    written = citation(record, style, language)  # type: ignore[arg-type]  # one of both
    assert not re.search("[\ue000-\ue002\x00-\x1f]", written.text)
    first = line(record.title).split(maxsplit=1)[0]
    assert first in written.text


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_no_titles_is_a_file(name: str) -> None:
    assert isinstance(FORMATS[name].write([]), bytes)


@few
@given(RECORDS, st.sampled_from(sorted(FORMATS)))
def test_a_file_has_a_safe_name(record: Record, name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}\.[a-z]+", file_name([record], FORMATS[name]))


def test_a_record_of_a_whole_shelf_fits_iso_2709() -> None:
    long = Record("neu", "1", "Dài " * 30_000, notes=("x" * 9_000,) * 40, subjects=("y" * 20_000,) * 3)
    (read,) = MARCReader(iso2709([long]), to_unicode=True, force_utf8=True)
    assert read["245"]["a"].startswith("Dài Dài")
    assert len(list(MARCReader(iso2709([*SHELF, long]), to_unicode=True, force_utf8=True))) == len(SHELF) + 1
