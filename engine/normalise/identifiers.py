"""Identifiers in their normal form, out of the fields where cataloguers and readers write them.

Each function returns None where the text holds no such identifier, and `valid=False` where it holds one whose check
digit fails: that one is shown and searched, but never binds two records.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from stdnum import issn as _issn

from engine.model import Identifier, Scheme
from engine.normalise.remembered import remembered

_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ISBN13 = re.compile(r"(?<![\d-])97[89](?:[- ]?\d){9}[- ]?[\dXx](?!-?\d)", re.ASCII)
_ISBN10 = re.compile(r"(?<![\d-])\d(?:[- ]?\d){8}[- ]?[\dXx](?![\w-]*\d)", re.ASCII)
_COMPACT = re.compile(r"(?<![\w-])(?:\d[- ]?){8}\d(?![\w-])", re.ASCII)
_LABEL_OF_ISBN = re.compile(r"^\s*(?:e-?)?S?ISBN(?:[- ]?1[03](?!\d))?\s*:?\s*", re.IGNORECASE)


@remembered
def isbn(text: str) -> Identifier | None:
    """Return the first ISBN of a text as 13 bare digits, whatever price, binding or volume stands beside it.

    An ISBN-10 becomes its ISBN-13; one whose check digit fails stays as written, without hyphens.

    >>> isbn("978-604-80-1234-2 (bìa mềm) : 45000đ")
    Identifier(scheme=<Scheme.ISBN: 'isbn'>, value='9786048012342', valid=True)
    >>> isbn("0-13-110362-8").value
    '9780131103627'
    >>> isbn("45000đ") is None
    True
    """
    text = _LABEL_OF_ISBN.sub("", text.translate(_HYPHENS))
    found = _ISBN13.search(text) or _ISBN10.search(text)
    if found is None:
        short = _COMPACT.fullmatch(text.strip())  # an SBN of before 1970 lacks the leading 0
        bare = "0" + re.sub(r"\D", "", short.group()) if short else ""
        return Identifier(Scheme.ISBN, _thirteen(bare[:9])) if bare and _has_check_digit(bare) else None
    bare = found.group().replace("-", "").replace(" ", "").upper()
    if not _has_check_digit(bare):
        return Identifier(Scheme.ISBN, bare, valid=False)
    return Identifier(Scheme.ISBN, _thirteen(bare[:9]) if len(bare) == 10 else bare)


# Told here and not by python-stdnum: this is asked for every record, and is ten times as fast.


def _has_check_digit(bare: str) -> bool:
    """Whether the last of ten or thirteen digits is the right one. Source: ISO 2108."""
    if len(bare) == 13:
        return bare.isdecimal() and (sum(map(int, bare[::2])) + 3 * sum(map(int, bare[1::2]))) % 10 == 0
    check = 10 if bare[9] == "X" else int(bare[9])
    return (sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), bare, strict=False)) + check) % 11 == 0


def _thirteen(nine: str) -> str:
    """Return the ISBN-13 of the first nine digits of an ISBN-10."""
    twelve = "978" + nine
    return f"{twelve}{-(sum(map(int, twelve[::2])) + 3 * sum(map(int, twelve[1::2]))) % 10}"


_ISSN = re.compile(r"(?<![\d-])(\d{4})[- ]?(\d{3}[\dXx])(?![\d-])", re.ASCII)


@remembered
def issn(text: str) -> Identifier | None:
    """Return the first ISSN of a text as `1234-567X`.

    >>> issn("ISSN 0866-7128 (bản in)")
    Identifier(scheme=<Scheme.ISSN: 'issn'>, value='0866-7128', valid=True)
    """
    found = _ISSN.search(text.translate(_HYPHENS))
    if found is None:
        return None
    value = f"{found[1]}-{found[2].upper()}"
    return Identifier(Scheme.ISSN, value, valid=_issn.is_valid(value))


_DOI = re.compile(r"(?<![\d.])10\.\d{4,9}(?:\.\d+)*/\S+")
_BEHIND_A_DOI = re.compile(r"(?:[.,;:'\"»”>\]]|&gt)+$")


@remembered
def doi(text: str) -> Identifier | None:
    """Return the first DOI of a text or address, lower case, without its host.

    >>> doi("https://doi.org/10.1000/ABC%28123%29.").value
    '10.1000/abc(123)'
    """
    if "10." not in text and "10%2E" not in text:
        return None
    if "://" in text or "%2F" in text.upper():
        text = unquote(text)
    found = _DOI.search(text)
    if found is None:
        return None
    value = _BEHIND_A_DOI.sub("", found.group().split("?", 1)[0] if "://" in text else found.group())
    while value.endswith(")") and value.count(")") > value.count("("):
        value = _BEHIND_A_DOI.sub("", value[:-1])
    return Identifier(Scheme.DOI, value.lower()) if not value.endswith("/") else None


_HANDLE = re.compile(
    r"(?:^\s*hdl:\s*|hdl\.handle\.net/|/handle/|^\s*info:hdl/|^\s*handle:\s*)"
    r"([A-Za-z0-9][\w.-]*/[^\s?#]+)",
    re.IGNORECASE,
)


@remembered
def handle(text: str) -> Identifier | None:
    """Return a handle as `prefix/suffix`, out of an address or behind `hdl:`.

    Prefixes of Vietnamese repositories are often words. A bare `word/123` is not taken for one.

    >>> handle("http://hdl.handle.net/HUST/123").value
    'HUST/123'
    >>> handle("https://lib.example.vn/handle/123456789/4567?locale=vi").value
    '123456789/4567'
    """
    found = _HANDLE.search(text)
    if found is None:
        return None
    return Identifier(Scheme.HANDLE, unquote(found[1]).rstrip("/.,;"))


_OCLC = re.compile(
    r"(?:\(OCoLC\)\s*(?:oc[mn]|on|fst)?|\boc[mn]|\bon|\bOCLC\s*(?:no\.?|number)?\s*[:#]?\s*)0*(\d{1,14})\b",
    re.IGNORECASE,
)


@remembered
def oclc(text: str) -> Identifier | None:
    """Return an OCLC number without prefix and leading zeros; a bare number is nobody's and gives None.

    >>> oclc("(OCoLC)ocm00012345").value
    '12345'
    """
    found = _OCLC.search(text)
    return Identifier(Scheme.OCLC, found[1]) if found and found[1].strip("0") else None


@remembered
def lccn(text: str) -> Identifier | None:
    """Return a Library of Congress control number in its normalised form.

    Source: https://www.loc.gov/marc/lccn-namespace.html

    >>> lccn(" 85-2 ").value, lccn("n78-890351").value, lccn("2001-000002").value
    ('85000002', 'n78890351', '2001000002')
    """
    text = re.sub(r"\s", "", text).split("/", 1)[0].lower()
    text = re.sub(r"^(?:lccn:?|\(dlc\))", "", text)
    found = re.fullmatch(r"([a-z]{0,3})(\d{2}(?:\d{2})?)-(\d{1,6})", text)
    if found:
        return Identifier(Scheme.LCCN, f"{found[1]}{found[2]}{found[3]:0>6}")
    if re.fullmatch(r"[a-z]{0,3}\d{8}|[a-z]{0,2}\d{10}", text):
        return Identifier(Scheme.LCCN, text)
    return None


_YEARS = re.compile(r"(1[5-9]|20)\d\d-(1[5-9]|20)\d\d")
_LABELLED = {"isbn": isbn, "issn": issn, "eissn": issn, "doi": doi, "hdl": handle, "handle": handle, "lccn": lccn}
_LABEL = re.compile(
    r"\s*(e-?issn|isbn(?:[- ]?1[03](?!\d))?|issn|doi|hdl|handle|lccn|oclc)\s*[:#]?\s*(.+)", re.IGNORECASE | re.DOTALL
)
_BARE_ISBN = re.compile(r"[\d][\d \-]{8,16}[\dXx]")
_BARE_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
_BARE_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}\S*/\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_BARE_OCLC = re.compile(r"(?:\(OCoLC\)\s*(?:oc[mn]|on)?|oc[mn]|on)\d{4,14}", re.IGNORECASE)
_BARE_HANDLE = re.compile(r"\d{5,9}(?:\.\d+)*/\d{1,9}")


def recognise(text: str) -> Identifier | None:
    """Return the identifier that a typed text is, as a whole, with or without its label.

    What could as well be a year range or a number is none; a wrong check digit is forgiven only where the
    label, or the 978 of an ISBN, says what was meant.

    >>> recognise("978 604 80 1234 2").value
    '9786048012342'
    >>> recognise("2010-2020") is None
    True
    """
    text = text.strip().translate(_HYPHENS)
    labelled = _LABEL.fullmatch(text)
    if labelled:
        return _recognise_labelled(re.sub(r"[^a-z]", "", labelled[1].lower()), labelled[2])
    found: Identifier | None = None
    if _YEARS.fullmatch(text):
        return None
    if _BARE_ISBN.fullmatch(text):
        found = isbn(text)
        return found if found and (found.valid or found.value.startswith(("978", "979"))) else None
    if _BARE_ISSN.fullmatch(text):
        found = issn(text)
        return found if found and found.valid else None
    if _BARE_DOI.fullmatch(text):
        found = doi(text)
    elif _BARE_HANDLE.fullmatch(text):
        found = Identifier(Scheme.HANDLE, text)
    elif _ADDRESS.fullmatch(text):
        found = handle(text)
    elif _BARE_OCLC.fullmatch(text):
        found = oclc(text)
    return found


def _recognise_labelled(label: str, value: str) -> Identifier | None:
    if label == "oclc":
        return oclc(f"(OCoLC){value}") if re.fullmatch(r"(?:oc[mn]|on)?\d{1,14}", value.strip()) else None
    if label in {"hdl", "handle"}:
        return handle(value) or handle(f"hdl:{value}")
    return _LABELLED[label](value)
