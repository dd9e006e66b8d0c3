"""ISO 2709 as real systems write it: lying leaders, bad directories, missing terminators, old encodings."""

from __future__ import annotations

import pytest

from connectors.formats import records_from_iso2709
from connectors.formats.marc8 import marc8_to_text
from engine.errors import UnreadableError
from engine.model import Record
from tests.connectors.formats.building import BOOK, iso2709

ONE = ("001 1", "245 00 $a Sông Đuống", "260 ## $c 1998")
TWO = ("001 2", "245 00 $a Núi Đôi", "260 ## $c 1999")
UTF8 = BOOK[:9] + "a" + BOOK[10:]


def titles(body: bytes, dialect: str = "marc21") -> list[str]:
    return [
        record.title if isinstance(record, Record) else "?"
        for record in records_from_iso2709(body, member="thu", dialect=dialect)
    ]


@pytest.mark.parametrize("leader", [BOOK, UTF8], ids=["says MARC-8", "says UTF-8"])
def test_utf8_is_read_whatever_the_leader_says(leader: str) -> None:
    assert titles(iso2709(*ONE, leader=leader) + iso2709(*TWO, leader=leader)) == ["Sông Đuống", "Núi Đôi"]


@pytest.mark.parametrize("leader", [BOOK, UTF8], ids=["says MARC-8", "says UTF-8"])
def test_marc8_is_read_whatever_the_leader_says(leader: str) -> None:
    body = iso2709("245 00 $a Truy\xf2\xe3en Ki\xe3\xe1eu", leader=leader, charset="latin-1")
    assert titles(body) == ["Truyện Kiều"]


def test_marc8_with_escape_sequences_is_read() -> None:
    assert marc8_to_text(b"a\x1bb2\x1bs \x1bg\x61\x1bs") == "a₂ α"
    assert marc8_to_text(b"\x1b$1!0!\x1b(B.") == "一."
    assert marc8_to_text(b"\x1b(Nabc\x1b(B!") == "АБЦ!"


def test_a_broken_escape_sequence_costs_no_more_than_itself() -> None:
    for body in (b"\x1b", b"a\x1b$", b"a\x1b$1!", b"\x1b(\xff", b"\xe2"):
        assert isinstance(marc8_to_text(body), str)


def test_windows_1258_and_latin_1_are_last_resorts() -> None:
    decomposed = "Ti\xea\u0301ng Vi\xea\u0323t, b\u01a1\u0300 s\xf4ng"
    assert titles(iso2709(f"245 00 $a {decomposed}", charset="cp1258")) == ["Tiếng Việt, bờ sông"]
    german = "Straße in Göttingen, eine Übersicht"
    assert titles(iso2709(f"245 00 $a {german}", charset="latin-1")) == [german]


def test_unimarc_in_iso_5426_is_read() -> None:
    body = iso2709("200 1# $a Les \xc2et\xc2es de Fran\xd0coise", charset="latin-1")
    assert titles(body, "unimarc") == ["Les étés de Françoise"]


def test_a_few_broken_bytes_do_not_turn_utf8_into_something_else() -> None:
    body = iso2709("245 00 $a Đường về quê \xff mẹ", leader=UTF8).replace("\xff".encode(), b"\xff\xfe")
    [title] = titles(body)
    assert title.startswith("Đường về quê")


def test_a_wrong_length_does_not_matter() -> None:
    for length in (b"00001", b"99999", b"abcde", b"     "):
        assert titles(length + iso2709(*ONE)[5:] + iso2709(*TWO)) == ["Sông Đuống", "Núi Đôi"]


def test_lengths_that_were_counted_in_characters_do_not_matter() -> None:
    right = iso2709(*ONE)
    wrong = iso2709(*(line.encode("ascii", "replace").decode() for line in ONE))
    head = wrong[: wrong.index(b"\x1e")]
    assert titles(head + right[right.index(b"\x1e") :]) == ["Sông Đuống"]


def test_a_missing_terminator_between_records_is_bridged_by_the_length() -> None:
    assert titles(iso2709(*ONE)[:-1] + iso2709(*TWO)) == ["Sông Đuống", "Núi Đôi"]
    assert titles(iso2709(*ONE)[:-1] + b" " + iso2709(*TWO)) == ["Sông Đuống", "Núi Đôi"]


def test_a_stray_terminator_inside_a_field_does_not_cost_the_title() -> None:
    body = iso2709("001 1", "100 0# $a Lò Én", "245 00 $a Sông Đuống", "300 ## $a 120 tr.", "650 #4 $a Sông")
    short = body.replace("Lò Én".encode(), "Lò É".encode()).replace(b"120 tr.", b"120\x1etr.")
    assert titles(short) == ["Sông Đuống"]


def test_lines_between_records_do_not_matter() -> None:
    assert titles(b"\r\n" + iso2709(*ONE) + b"\r\n" + iso2709(*TWO) + b"\x1a") == ["Sông Đuống", "Núi Đôi"]


def test_a_field_longer_than_the_directory_can_say_is_read() -> None:
    note = "x" * 12_000
    body = iso2709("245 00 $a Dài", f"500 ## $a {note}", "650 #4 $a Sau")
    [record] = list(records_from_iso2709(body, member="thu"))
    assert isinstance(record, Record)
    assert (record.notes, record.subjects) == ((note,), ("Sau",))


def test_a_truncated_last_record_gives_what_is_left_of_it_or_an_error_in_its_place() -> None:
    whole = iso2709(*TWO)
    for end in range(1, len(whole)):
        found = list(records_from_iso2709(iso2709(*ONE) + whole[:end], member="thu"))
        assert isinstance(found[0], Record)
        assert len(found) == 2
        assert isinstance(found[1], (Record, UnreadableError))


def test_a_broken_record_costs_itself_only() -> None:
    found = list(records_from_iso2709(iso2709(*ONE) + b"rubbish\x1d" + iso2709(*TWO), member="thu"))
    assert [type(one) for one in found] == [Record, UnreadableError, Record]


def test_subfields_of_cds_isis_are_read() -> None:
    body = iso2709("245 00 $a Sông").replace(b"\x1fa", b"^a")
    assert titles(body) == ["Sông"]


def test_nothing_gives_nothing() -> None:
    assert titles(b"") == []
    assert titles(b"\r\n\x1d\x1d") == []
