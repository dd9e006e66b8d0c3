"""How long a record takes: `LIENTHU_CORPUS=... python -m tests.connectors.formats.timing` prints a table.

Of every record the least of several times is taken, since other work on the machine only adds; then the median of all.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from lxml import etree

from connectors.formats import record_from_xml, records_from_iso2709
from connectors.formats.fields import fields_from_xml, local_name
from connectors.formats.iso2709 import split_records
from connectors.formats.marc21 import FIELDS
from engine.errors import UnreadableError
from tests.connectors.formats.table import body_of

ROUNDS = 25
XML = (
    "sru/alma_bibsys/SRU_response_2_hits.xml", "sru/alma_hsg/records-12.xml",
    "sru/alma_hsg/records-1-to-50-of-122.xml.gz", "sru/catmandu/marcxml.xml", "sru/rero/ugent/ugent_samuelson.xml",
    "marc/marc2bibframe2/dataset/dnb.xml.gz", "marc/marc2bibframe2/dataset/loc_general.xml.gz",
    "marc/marc2bibframe2/dataset/british_library.xml", "marc/marc2bibframe2/dataset/princeton.xml.gz",
)  # fmt: skip
ISO = ("marc/vietnamese_university_catalogue/records.mrc.gz", "marc/catmandu_marc/bu_bibs.mrc")
_T = TypeVar("_T")


def median_us(job: Callable[[_T], object], inputs: Sequence[_T]) -> float:
    """Return the median over the inputs of the least time of a job, in microseconds."""
    least = [1.0] * len(inputs)
    for _ in range(ROUNDS):
        for place, given in enumerate(inputs):
            begun = time.perf_counter()
            job(given)
            least[place] = min(least[place], time.perf_counter() - begun)
    return statistics.median(least) * 1e6


def marc_records(file: Path) -> list[etree._Element]:
    """Return the MARC records of an XML file that can be read."""
    found = []
    for element in etree.fromstring(body_of(file), etree.XMLParser(remove_comments=True)).iter():
        if local_name(element) == "record" and len(element) and local_name(element[0]) == "leader":
            try:
                record_from_xml(element, member="corpus")
            except UnreadableError:
                continue
            found.append(element)
    return found


def main() -> None:
    """Print the table."""
    corpus = Path(os.environ["LIENTHU_CORPUS"])
    out = sys.stdout.write
    out("| file | records | elements | reading the XML | whole record |\n|---|---:|---:|---:|---:|\n")
    for name in XML:
        elements = marc_records(corpus / name)
        size = statistics.median(sum(1 for _ in element.iter()) for element in elements)
        reading = median_us(lambda element: fields_from_xml(element, FIELDS), elements)
        whole = median_us(lambda element: record_from_xml(element, member="corpus"), elements)
        out(f"| {name} | {len(elements)} | {size:.0f} | {reading:.0f} µs | {whole:.0f} µs |\n")
    for name in ISO:
        pieces = list(split_records(body_of(corpus / name)))[:500]
        whole = median_us(lambda piece: list(records_from_iso2709(piece, member="corpus")), pieces)
        out(f"| {name} (ISO 2709) | {len(pieces)} | | | {whole:.0f} µs |\n")


if __name__ == "__main__":
    main()
