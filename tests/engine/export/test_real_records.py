"""Real records through every format: the demo's catalogue always, the corpus where it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import bibtexparser
import pytest
import rispy
from lxml import etree
from pymarc import MARCReader

from connectors.formats import record_from_xml, records_from_iso2709
from demo import marc21
from demo.federation import catalogue_of
from demo.libraries import LIBRARIES
from engine.export.bibtex import citation_keys
from engine.export.citations import STYLES, citation
from engine.export.coins import coins
from engine.export.formats import FORMATS
from engine.export.jsonld import in_script
from engine.export.metas import metas
from engine.export.texts import line, whole_title
from engine.merge import merge
from engine.model import Record
from engine.normalise.names import person
from tests.connectors.formats.table import sets_of
from tests.engine.export.works import edition

TODAY = date(2026, 11, 30)
A_BATCH = 500
EVERY = 3
"""Of the corpus so many records share one trial: to read everything back takes minutes."""


def merged(records: Sequence[Record]) -> list[Record]:
    """Return the records as they are shown and taken along."""
    return [merge([record], {}) for record in records]


def held(number: int) -> list[Record]:
    """Return what a library of the demo holds, as its MARC is read."""
    body = b"".join(
        marc21.iso2709(entry, marc21.holdings_852(entry)) for entry in catalogue_of(LIBRARIES[number], TODAY)[:A_BATCH]
    )
    return [one for one in records_from_iso2709(body, member="demo") if isinstance(one, Record)]


def check(records: Sequence[Record]) -> None:
    """Export records in every format, and read each back."""
    titles = [whole_title(record) for record in records]
    files = {name: one.write(records) for name, one in FORMATS.items()}
    assert [one["title"] for one in rispy.loads(files["ris"].decode())] == titles
    read = bibtexparser.parse_string(files["bibtex"].decode())
    assert read.failed_blocks == []
    assert [one.key for one in read.entries] == citation_keys(records)
    assert [one["title"] for one in json.loads(files["csl-json"])] == titles
    assert [one["name"] for one in json.loads(files["json-ld"])["@graph"]] == titles
    marc = list(MARCReader(files["marc"], to_unicode=True, force_utf8=True))
    assert [one["245"]["a"] for one in marc] == [line(record.title) for record in records]
    back = [record_from_xml(one, member="back") for one in etree.fromstring(files["marcxml"])]
    for record, again in zip(records, back, strict=True):
        assert (again.year, again.languages) == (record.year, record.languages)
        # Our reader takes further people from the statement of responsibility, and names that hold a role to pieces.
        names = {line(one.name) for one in record.people}
        assert {name for name in names if person(name) == (name, None)} <= {one.name for one in again.people}
    for record in records[::10]:
        assert coins(record)
        assert metas(record)
        assert json.loads(in_script(edition(record), libraries={}, url=""))["name"] == whole_title(record)


@pytest.mark.parametrize("number", range(0, len(LIBRARIES), 2), ids=lambda number: LIBRARIES[number].id)
def test_what_a_library_of_the_demo_holds_can_be_taken_along(number: int) -> None:
    records = merged(held(number))
    assert len(records) > 50
    check(records)
    for record in records[::25]:
        for style in STYLES:
            assert line(record.title).split()[0] in citation(record, style, "vi").text


@pytest.mark.needs("corpus")
def test_records_of_the_corpus_can_be_taken_along(corpus: Path) -> None:
    for name, found in sets_of(corpus).items():
        records = merged([one for one in found if isinstance(one, Record)][::EVERY])
        for start in range(0, len(records), A_BATCH):
            batch = records[start : start + A_BATCH]
            try:
                check(batch)
            except AssertionError as error:
                raise AssertionError(f"{name}, from record {start}") from error
        for record in records[::70]:
            for style in STYLES:
                assert citation(record, style, "en").text
