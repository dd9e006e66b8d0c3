"""Identifiers out of the fields where cataloguers and readers write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import isbn as standard_isbn

from engine.model import Identifier, Scheme
from engine.normalise.identifiers import doi, handle, isbn, issn, lccn, oclc, recognise


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("978-604-80-1234-2 : 45000đ", "9786048012342"),
        ("9786048012342(T.1)", "9786048012342"),
        ("9786048012342 45000đ", "9786048012342"),
        ("978 604 80 1234 2 (bìa cứng)", "9786048012342"),
        ("978–604–80–1234–2", "9786048012342"),
        ("ISBN-13: 978-0-13-110362-7", "9780131103627"),
        ("0-13-110362-8 (pbk.) : $45.00", "9780131103627"),
        ("0131103628", "9780131103627"),
        ("080442957X", "9780804429573"),
        ("080442957x :", "9780804429573"),
        ("131103628", "9780131103627"),  # nine digits of before 1970
    ],
)
def test_an_isbn_becomes_thirteen_bare_digits(text: str, value: str) -> None:
    assert isbn(text) == Identifier(Scheme.ISBN, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("978-604-80-1234-3", "9786048012343"), ("0131103629", "0131103629"), ("604-0-12345-6 : 12000đ", "6040123456")],
)
def test_a_wrong_check_digit_is_kept_but_not_valid(text: str, value: str) -> None:
    assert isbn(text) == Identifier(Scheme.ISBN, value, valid=False)


@pytest.mark.parametrize(
    "text", ["", "12345", "45.000đ", "20.000đ - 1000b", "8935001234567", "123456789012345", "không có"]
)
def test_prices_and_running_numbers_are_no_isbn(text: str) -> None:
    assert isbn(text) is None


@pytest.mark.parametrize(
    ("text", "value", "valid"),
    [("0866-7128", "0866-7128", True), ("ISSN 0866-7128 (bản in)", "0866-7128", True), ("0378-5955", "0378-5955", True),
     ("2434561x", "2434-561X", True), ("0866-7120", "0866-7120", False)],
)  # fmt: skip
def test_an_issn_has_its_hyphen(text: str, value: str, valid: bool) -> None:
    assert issn(text) == Identifier(Scheme.ISSN, value, valid=valid)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10.1000/XYZ123", "10.1000/xyz123"),
        ("https://doi.org/10.1000/XYZ", "10.1000/xyz"),
        ("http://dx.doi.org/10.1016%2FJ.cell.2020.01.001", "10.1016/j.cell.2020.01.001"),
        (
            "doi:10.1002/(SICI)1097-4571(1998)49:8<693::A>3.0.CO;2-O",
            "10.1002/(sici)1097-4571(1998)49:8<693::a>3.0.co;2-o",
        ),
        ("(see 10.1000/182).", "10.1000/182"),
    ],
)
def test_a_doi_is_lower_case_without_host(text: str, value: str) -> None:
    assert doi(text) == Identifier(Scheme.DOI, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("http://hdl.handle.net/HUST/123", "HUST/123"),
        ("https://hdl.handle.net/123456789/4567", "123456789/4567"),
        ("hdl:VNU_123/99", "VNU_123/99"),
        ("http://tailieuso.example.vn/handle/DHTL/10542?mode=full", "DHTL/10542"),
        ("https://repository.example.vn/jspui/handle/11126/20001", "11126/20001"),
    ],
)
def test_a_handle_may_have_a_word_for_prefix(text: str, value: str) -> None:
    assert handle(text) == Identifier(Scheme.HANDLE, value)


def test_a_word_with_a_stroke_is_no_handle() -> None:
    assert handle("HUST/123") is None
    assert handle("và/hoặc") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(OCoLC)ocm00012345", "12345"),
        ("ocn123456789", "123456789"),
        ("on1234567890", "1234567890"),
        ("(OCoLC)77", "77"),
    ],
)
def test_an_oclc_number_loses_its_prefix(text: str, value: str) -> None:
    assert oclc(text) == Identifier(Scheme.OCLC, value)


def test_numbers_of_other_systems_are_no_oclc_number() -> None:
    assert oclc("(DLC)   85000002") is None
    assert oclc("12345") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("   85-2 ", "85000002"),
        ("n78-890351", "n78890351"),
        ("2001-000002", "2001000002"),
        ("75-425165//r75", "75425165"),
        ("n 79139101 ", "n79139101"),
    ],
)
def test_an_lccn_is_normalised_as_its_library_says(text: str, value: str) -> None:
    assert lccn(text) == Identifier(Scheme.LCCN, value)


@pytest.mark.parametrize(
    ("typed", "scheme", "value"),
    [
        ("978-0-13-110362-7", Scheme.ISBN, "9780131103627"),
        ("0131103628", Scheme.ISBN, "9780131103627"),
        ("ISBN 0131103628", Scheme.ISBN, "9780131103627"),
        ("0866-7128", Scheme.ISSN, "0866-7128"),
        ("issn: 08667128", Scheme.ISSN, "0866-7128"),
        ("10.1000/xyz123", Scheme.DOI, "10.1000/xyz123"),
        ("https://doi.org/10.1000/XYZ", Scheme.DOI, "10.1000/xyz"),
        ("hdl:HUST/123", Scheme.HANDLE, "HUST/123"),
        ("http://hdl.handle.net/HUST/123", Scheme.HANDLE, "HUST/123"),
        ("123456789/4567", Scheme.HANDLE, "123456789/4567"),
        ("ocm00012345", Scheme.OCLC, "12345"),
        ("oclc 12345", Scheme.OCLC, "12345"),
        ("LCCN 85-2", Scheme.LCCN, "85000002"),
    ],
)
def test_a_bare_typed_identifier_is_recognised(typed: str, scheme: Scheme, value: str) -> None:
    assert recognise(typed) == Identifier(scheme, value)


@pytest.mark.parametrize(
    "typed",
    [
        "2010-2020",
        "1995-2005",
        "12345",
        "0131103629",
        "24/7",
        "1/2",
        "HUST/123",
        "08667128",
        "kinh tế",
        "isbn",
        "",
        "978",
    ],
)
def test_years_numbers_and_words_are_no_identifier(typed: str) -> None:
    assert recognise(typed) is None


def test_a_mistyped_isbn_is_recognised_as_wrong() -> None:
    assert recognise("9780131103628") == Identifier(Scheme.ISBN, "9780131103628", valid=False)
    assert recognise("ISBN 0131103629") == Identifier(Scheme.ISBN, "0131103629", valid=False)


@settings(deadline=None)
@given(st.integers(0, 10**9 - 1))
def test_both_lengths_of_an_isbn_have_one_form(number: int) -> None:
    body = f"{number:09d}"
    thirteen = f"978{body}" + str(-sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(f"978{body}")) % 10)
    assert isbn(thirteen) == Identifier(Scheme.ISBN, thirteen)
    total = sum((10 - place) * int(digit) for place, digit in enumerate(body))
    check = -total % 11
    assert isbn(body + ("X" if check == 10 else str(check))) == Identifier(Scheme.ISBN, thirteen)


@settings(deadline=None)
@given(st.from_regex(r"(97[89])?[0-9]{9}[0-9X]", fullmatch=True))
def test_the_check_digit_is_told_as_the_standard_library_of_numbers_tells_it(number: str) -> None:
    found = isbn(number)
    assert found is not None
    assert found.valid == standard_isbn.is_valid(number)
    assert not found.valid or found.value == standard_isbn.to_isbn13(number)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for read in (isbn, issn, doi, handle, oclc, lccn, recognise):
        found = read(text)
        assert found is None or found.value
