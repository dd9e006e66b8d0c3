"""Answers of any version are read by what stands in them, whatever was asked for."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.reading.diagnostics import Means
from connectors.sru.diagnostics import Diagnostic, Try, meanings
from connectors.sru.response import response, unpacked
from engine.errors import (
    BugError,
    BusyError,
    FaultError,
    ReaderError,
    RefusedError,
    SettingsError,
    UnreadableError,
    UnsupportedError,
)
from tests.connectors.sru.answers import answer, diagnostic, marcxml

VERSIONS = pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
PREFIXES = pytest.mark.parametrize("prefix", ["", "zs", "srw"])


@VERSIONS
@PREFIXES
def test_every_version_and_prefix_is_read(version: str, prefix: str) -> None:
    found = response(answer([marcxml(1), marcxml(2)], total=57, version=version, prefix=prefix).encode())
    assert found.version == (None if version == "2.0" else version)
    assert (found.total, len(found.rows), found.diagnostics) == (57, 2, ())
    assert [row.element is not None for row in found.rows] == [True, True]
    assert found.rows[0].schema == "marcxml"


def test_a_wrong_namespace_does_not_matter() -> None:
    body = answer([marcxml(1)], total=1).replace("http://www.loc.gov/zing/srw/", "http://example.org/typo")
    assert response(body.encode()).total == 1


def test_a_byte_order_mark_does_not_matter() -> None:
    assert response(b"\xef\xbb\xbf" + answer([], total=0).encode()).total == 0


def test_text_is_read_as_utf8_whatever_the_header_says() -> None:
    found = response(answer([marcxml(1, "Truyện Kiều")], total=1).encode())
    assert found.rows[0].element is not None
    assert "Truyện Kiều" in "".join(found.rows[0].element.itertext())


def test_an_answer_in_the_headers_charset_is_read_where_it_is_no_utf8() -> None:
    bare = answer([marcxml(1, "Été")], total=1).partition("?>")[2]
    old = response(bare.encode("latin-1"), "iso-8859-1")
    mislabelled = response(bare.encode(), "iso-8859-1")
    for found in (old, mislabelled):
        assert found.rows[0].element is not None
        assert "Été" in "".join(found.rows[0].element.itertext())


def test_what_is_not_quite_xml_is_mended_only_where_the_member_file_says_so() -> None:
    body = answer([marcxml(1)], total=1).replace("Lúa gạo", "Lúa & gạo\x0b").encode()
    with pytest.raises(UnreadableError):
        response(body)
    assert response(body, lenient=True).total == 1


@pytest.mark.parametrize("prolog", ["", '<?xml version="1.0"?>\n', '<?xml version="1.0" encoding="ISO-8859-1"?>'])
def test_a_record_packed_as_text_is_unpacked_once(prolog: str) -> None:
    found = response(answer([prolog + marcxml(1, "Đất & nước")], total=1, packed="string").encode())
    row = found.rows[0]
    assert (row.element, row.diagnostic) == (None, None)
    assert row.text is not None
    assert "Đất & nước" in "".join(unpacked(row.text).itertext())


def test_a_record_labelled_as_text_that_is_xml_is_xml() -> None:
    body = answer([marcxml(1)], total=1).replace(">xml<", ">string<")
    assert response(body.encode()).rows[0].element is not None


def test_a_missing_count_is_unknown_and_not_nothing() -> None:
    assert response(answer([marcxml(1)]).encode()).total is None


@pytest.mark.parametrize("count", ["", "many", "-1"])
def test_a_count_that_is_none_is_unknown(count: str) -> None:
    body = answer([marcxml(1)], total=7).replace(">7<", f">{count}<")
    assert response(body.encode()).total is None


@VERSIONS
def test_a_diagnostic_in_place_of_a_record_is_one(version: str) -> None:
    body = answer([marcxml(1), diagnostic(64, version=version)], total=2, version=version)
    assert [row.diagnostic and row.diagnostic.number for row in response(body.encode()).rows] == [None, 64]


@VERSIONS
def test_diagnostics_of_the_whole_answer_are_read(version: str) -> None:
    body = answer(diagnostics=[diagnostic(16, "dc.publisher", version=version)], version=version)
    assert response(body.encode()).diagnostics == (Diagnostic(16, "Something", "dc.publisher"),)


def test_a_bare_list_of_diagnostics_is_an_answer() -> None:
    body = f'<diagnostics xmlns="http://www.loc.gov/zing/srw/">{diagnostic(2)}</diagnostics>'
    assert [one.number for one in response(body.encode()).diagnostics] == [2]


def test_an_answer_in_a_soap_envelope_is_read() -> None:
    inner = answer([marcxml(1)], total=1).partition("?>")[2]
    body = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{inner}</s:Body></s:Envelope>'
    assert response(body.encode()).total == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"Service temporarily unavailable",
        b"<!DOCTYPE html><html><body>Sorry</body></html>",
        b"<html><head><title>Catalogue</title></head><body><p>Not <b>well formed</body></html>",
        b"<feed xmlns='http://www.w3.org/2005/Atom'/>",
        b'{"error": "not xml"}',
        answer([marcxml(1)], total=1).encode()[:-40],
        b"<explainResponse xmlns='http://www.loc.gov/zing/srw/'><record/></explainResponse>",
    ],
    ids=["nothing", "blanks", "text", "page", "broken page", "feed", "json", "cut off", "explain"],
)
def test_what_is_no_answer_is_unreadable_and_never_no_hits(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        response(body)


def test_a_log_in_page_is_a_refusal() -> None:
    page = b"<html><body><form><input name=u><input type='password' name=p></form></body></html>"
    with pytest.raises(RefusedError):
        response(page)


WHOLE = answer([marcxml(1), diagnostic(64)], total=2, diagnostics=[diagnostic(58)], prefix="zs").encode()


@settings(deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=12))
def test_any_damage_to_an_answer_is_an_answer_or_a_named_failure(start: int, end: int, instead: bytes) -> None:
    with contextlib.suppress(UnreadableError, RefusedError):
        found = response(WHOLE[: min(start, end)] + instead + WHOLE[max(start, end) :])
        assert found.total is None or found.total >= 0


# Diagnostics ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ([1], FaultError),
        ([2], BusyError),
        ([3, 68, 236], RefusedError),
        ([4, 5, 6, 7, 8, 66, 67, 71, 80, 93, 235], SettingsError),
        ([12, 23], ReaderError),
        ([10, 11, 15, 16, 18, 19, 22, 28, 34, 37, 47, 48], UnsupportedError),
        ([25, 26, 27], BugError),
        ([999], FaultError),
    ],
)
def test_each_diagnostic_names_who_must_act(numbers: list[int], kind: type[Exception]) -> None:
    for number in numbers:
        assert type(Diagnostic(number, "m", "a reader's words").failure("m")) is kind


def test_a_failure_does_not_repeat_the_readers_words() -> None:
    for message in ("Query syntax error", "Query syntax error: bệnh hiếm", "Cannot read 'bệnh hiếm'"):
        failure = Diagnostic(10, message, "bệnh hiếm").failure("thu-vien")
        assert "bệnh hiếm" not in f"{failure} {failure.values}"
        assert "SRU diagnostic 10" in str(failure)


@pytest.mark.parametrize(
    ("number", "second_try"),
    [
        (5, Try.VERSION),
        (8, Try.PARAMETER),
        (16, Try.INDEX),
        (19, Try.RELATION),
        (28, Try.MASKING),
        (37, Try.BOOLEAN),
        (66, Try.SCHEMA),
        (67, Try.SCHEMA),
        (71, Try.PACKING),
        (80, Try.SORT),
        (93, Try.SORT),
        (1, None),
    ],
)
def test_each_diagnostic_names_its_second_try(number: int, second_try: Try | None) -> None:
    assert meanings()[number].second_try is second_try


def test_the_end_of_the_list_is_no_failure() -> None:
    assert {meanings()[number].means for number in (61, 62)} == {Means.END}


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("info:srw/diagnostic/1/66", 66),
        ("66", 66),
        ("http://docs.oasis-open.org/ns/search-ws/diagnostic/66", None),
        ("info:srw/diagnostic/12/4", None),
        ("", None),
    ],
)
def test_only_the_standards_own_list_is_understood(uri: str, number: int | None) -> None:
    assert Diagnostic.of(uri, None, None).number == number
