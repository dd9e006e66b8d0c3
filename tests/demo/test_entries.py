"""What the libraries hold, and how differently they say it."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date

import pytest

from demo.catalogue import editions
from demo.entries import Entry, State
from demo.federation import catalogue_of
from demo.libraries import LIBRARIES
from demo.vietnamese import as_tcvn3, with_moved_tones

TODAY = date(2026, 3, 15)


@pytest.fixture(scope="module")
def catalogues() -> dict[str, list[Entry]]:
    return {library.id: catalogue_of(library, TODAY) for library in LIBRARIES}


def test_eight_libraries_hold_5000_records_of_every_edition(catalogues: dict[str, list[Entry]]) -> None:
    assert len(catalogues) == 8
    assert sum(len(entries) for entries in catalogues.values()) >= 5000
    assert {entry.edition.id for entries in catalogues.values() for entry in entries} == {e.id for e in editions()}


def test_holdings_overlap_from_one_library_to_all_eight(catalogues: dict[str, list[Entry]]) -> None:
    held = Counter(edition for entries in catalogues.values() for edition in {entry.edition.id for entry in entries})
    spread = Counter(held.values())
    assert set(spread) == {1, 2, 3, 4, 5, 6, 7, 8}
    assert sum(count for libraries, count in spread.items() if libraries >= 2) > 1500


def test_the_same_library_and_day_give_the_same_entries(catalogues: dict[str, list[Entry]]) -> None:
    assert catalogue_of(LIBRARIES[7], TODAY) == catalogues["che-xanh"]


def test_record_numbers_are_unique_in_a_library(catalogues: dict[str, list[Entry]]) -> None:
    for entries in catalogues.values():
        assert len({entry.id for entry in entries}) == len(entries)


def test_one_edition_is_written_in_many_ways(catalogues: dict[str, list[Entry]]) -> None:
    said: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for entries in catalogues.values():
        for entry in entries:
            names = " ; ".join(name.text for name in entry.names)
            said[entry.edition.id].add((entry.title, entry.publisher, entry.place, entry.date, names, *entry.isbns))
    assert sum(len(forms) >= 3 for forms in said.values()) > 1000


@pytest.mark.parametrize(
    ("library", "share", "holds"),
    [
        ("che-xanh", 0.15, lambda entry: entry.title.isupper()),
        ("che-xanh", 0.02, lambda entry: any("\u00b5" <= letter <= "\u00fe" for letter in entry.title)),
        ("che-xanh", 0.2, lambda entry: bool(entry.names) and not entry.heads_name),
        ("hoa-phuong", 0.2, lambda entry: entry.date.startswith("c")),
        ("non-nuoc", 0.2, lambda entry: entry.date.startswith("[")),
        ("song-cau", 0.02, lambda entry: entry.title.isascii()),
        ("song-hong", 0.3, lambda entry: entry.place == "H."),
        ("song-hong", 0.2, lambda entry: any("-" in typed for typed in entry.isbns)),
        ("non-nuoc", 0.2, lambda entry: any(len(typed) == 10 for typed in entry.isbns)),
        ("ba-vi", 0.05, lambda entry: entry.price != ""),
    ],
)  # fmt: skip
def test_each_library_has_habits(
    catalogues: dict[str, list[Entry]], library: str, share: float, holds: Callable[[Entry], bool]
) -> None:
    vietnamese = [entry for entry in catalogues[library] if entry.edition.language == "vie"]
    assert sum(map(holds, vietnamese)) / len(vietnamese) > share


def test_some_copies_are_out_some_for_the_reading_room_some_lost(catalogues: dict[str, list[Entry]]) -> None:
    copies = [copy for entries in catalogues.values() for entry in entries for copy in entry.copies]
    states = Counter(copy.state for copy in copies)
    assert set(states) == set(State)
    assert 0.15 < states[State.ON_LOAN] / len(copies) < 0.35
    assert all((copy.due is not None) == (copy.state is State.ON_LOAN) for copy in copies)
    assert len({copy.barcode for copy in copies}) == len(copies)


def test_tcvn3_and_moved_tones_are_made_as_catalogues_have_them() -> None:
    assert as_tcvn3("Cơ sở dữ liệu") == "C¬ së d÷ liÖu"
    assert with_moved_tones("Hóa học và sức khỏe ngoài quy") == "Hoá học và sức khoẻ ngoài quy"
    assert unicodedata.is_normalized("NFC", with_moved_tones("thủy lợi"))
