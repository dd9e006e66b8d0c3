"""How well records are joined into editions: `python -m benchmarks.matching [CORPUS]`.

Two measures, each as precision (of the pairs that are joined, the part that is right) and recall (of the pairs that are
one edition, the part that is joined):

- the demo's eight catalogues, read from the formats in which their servers give them: which records describe one
  edition is known there, since all are made of the same facts;
- pairs of records of Princeton and Harvard, labelled by hand, where CORPUS (or LIENTHU_CORPUS) names the folder of
  test material.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from benchmarks.figures import Figure, tell
from connectors.formats import record_from_xml
from demo.dialects import DIALECTS
from demo.federation import catalogue_of
from demo.libraries import LIBRARIES
from engine.gather import Gathering
from engine.model import Clause, Person, Placed, Query, Record
from engine.normalise import editions

NOW = 1_790_000_000.0
WRONG_SHOWN = 12


class Measure(NamedTuple):
    """Pairs that are one edition and joined, that are not and joined all the same, that are and were not found."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of the pairs that are joined, the part that is right."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of the pairs that are one edition, the part that is joined."""
        return self.right / (self.right + self.missed)


def editions_of(records: list[Record]) -> list[list[tuple[str, str]]]:
    """Return the keys of the records of each edition that is made of them."""
    found = Gathering(Query(Clause("x")), now=NOW)
    members: dict[str, list[Record]] = {}
    for record in records:
        members.setdefault(record.member, []).append(record)
    for member, held in members.items():
        found.add(member, [Placed(place, record) for place, record in enumerate(held, 1)])
    return [
        [(record.member, record.id) for record in edition.records]
        for title in found.titles(1, len(records))
        for edition in title.editions
    ]


# The demo -----------------------------------------------------------------------------


def of_the_demo(*, shows_wrong: bool = False) -> Measure:
    """Match every record of the demo with every other."""
    truth: dict[tuple[str, str], object] = {}
    records: list[Record] = []
    for library in LIBRARIES:
        dialect = DIALECTS[library.dialect]
        render = dialect.schemas[dialect.default_schema].render
        for entry in catalogue_of(library, date(2026, 3, 1)):
            record = record_from_xml(etree.fromstring(render(entry)), member=library.id)
            records.append(record)
            truth[record.member, record.id] = entry.edition
    by_key = {(record.member, record.id): record for record in records}
    held = Counter(truth.values())
    possible = sum(count * (count - 1) // 2 for count in held.values())
    right = wrong = 0
    for edition in editions_of(records):
        for one, other in combinations(edition, 2):
            if truth[one] == truth[other]:
                right += 1
                continue
            wrong += 1
            if shows_wrong and wrong <= WRONG_SHOWN:
                print("joined wrongly:", *(_told(by_key[key]) for key in (one, other)), sep="\n    ")
    return Measure(right, wrong, possible - right)


def _told(record: Record) -> str:
    people = "; ".join(person.name for person in record.people)
    return f"{record.member}~{record.id}: {record.title} : {record.subtitle} / {people}. {record.year} {record.edition}"


# Pairs labelled by hand ---------------------------------------------------------------


def labelled_pairs(corpus: Path) -> Iterator[tuple[Record, Record, bool]]:
    """Return the pairs of Princeton's and Harvard's records, with whether they are one edition."""
    folder = corpus / "dedup" / "princeton_harvard"
    with (folder / "train_short_output.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    with (folder / "train_short_labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["id1"] in rows and row["id2"] in rows:
                yield _labelled(rows[row["id1"]], "a"), _labelled(rows[row["id2"]], "b"), row["label"] == "1"
    labels = json.loads((folder / "for_comparison" / "data_matching_training.json").read_text("utf-8"))
    for label in ("match", "distinct"):
        for pair in labels[label]:
            one, other = pair["__value__"]
            yield _labelled(one, "a"), _labelled(other, "b"), label == "match"


def _labelled(row: dict[str, str | bool], member: str) -> Record:
    author, edition, year = (str(row[key] or "") for key in ("author", "edition", "publication_year"))
    return Record(
        member,
        str(row["id"]),
        str(row["title"]),
        people=(Person(author),) if author else (),
        year=int(year) if re.fullmatch(r"\d{4}", year) else None,
        publisher=str(row["publisher_name"] or "") or None,
        edition=edition or None,
        edition_number=editions.edition_number(edition) if edition else None,
        extent=str(row["pagination"] or "") or None,
        is_online=True if row["is_electronic_resource"] in {True, "True"} else None,
    )


def of_labelled_pairs(corpus: Path) -> Measure:
    """Match the two records of each pair."""
    counted = Counter((is_one, len(editions_of([one, other])) == 1) for one, other, is_one in labelled_pairs(corpus))
    return Measure(counted[True, True], counted[False, True], counted[True, False])


def main() -> None:
    """Measure and tell."""
    corpus = sys.argv[1] if sys.argv[1:] else os.environ.get("LIENTHU_CORPUS")
    measures = {"demo": of_the_demo(shows_wrong=True)}
    if corpus:
        measures["labelled pairs"] = of_labelled_pairs(Path(corpus))
    figures = []
    for name, measure in measures.items():
        print(f"{name}: {measure.right} right, {measure.wrong} wrong, {measure.missed} missed")
        figures += [
            Figure(f"matching: {name}, precision", measure.precision, "", 0.99, at_least=True),
            Figure(f"matching: {name}, recall", measure.recall, "", 0.75, at_least=True),
        ]
    tell(figures, Path("build/bench-matching.json"))


if __name__ == "__main__":
    main()
