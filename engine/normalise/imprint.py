"""Publishers and places, out of the ways in which catalogues abbreviate them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from engine.normalise.remembered import remembered
from engine.normalise.tables import groups
from engine.text import exact_key, folded_key

_WRAPPING = " \t\n[](){}<>,;:/=.…-–?\"'"
_NXB = re.compile(
    r"^\s*\[?\s*(?:N\.?\s*x\.?\s*b\b\.?|Nh\.?\s*x\.?\s*b\b\.?|Nhà\s+(?:xuất\s+bản|XB)|Nha\s+xuat\s+ban)[\s.:\-–]*",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"(?:\b[A-ZĐ]|\b(?:Inc|Ltd|Co|Corp|Pub|St)|, [A-Z][a-z]{1,4})$")
_SEVERAL = re.compile(r"\s*(?:;|\s:\s)\s*")


def _bare(name: str) -> str:
    """Return a name without brackets and the punctuation of ISBD around it; an abbreviation keeps its full stop."""
    bare = name.strip(_WRAPPING)
    return bare + "." if name.rstrip(" ,;:])").endswith(".") and _ABBREVIATED.search(bare) else bare


@cache
def _unknown(which: str) -> frozenset[str]:
    return frozenset(folded_key(word) for word in groups("imprint")["unknown"][which])


@cache
def _known(which: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return every way of writing a name -> the name to show, by exact and by unambiguous folded keys."""
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    twice: set[str] = set()
    for name, ways in groups("imprint")[which].items():
        for way in (name, *ways, *_of_universities((name, *ways))):
            exact.setdefault(exact_key(way), name)
            key = folded_key(way)
            if folded.setdefault(key, name) != name:
                twice.add(key)
    return exact, {key: name for key, name in folded.items() if key not in twice}


def _of_universities(ways: Sequence[str]) -> list[str]:
    """Return further ways to write a university: "ĐH" for "Đại học", joined with an abbreviation behind it or apart.

    >>> _of_universities(["Đại học Vinh", "ĐHV"])
    ['ĐH Vinh', 'ĐH V', 'Đại học V']
    """
    found = [f"ĐH {way.removeprefix('Đại học ')}" for way in ways if way.startswith("Đại học ")]
    short = [way.removeprefix("ĐH") for way in ways if way.startswith("ĐH") and way[2:3].isalpha()]
    return [*found, *(f"{word} {rest}" for rest in short for word in ("ĐH", "Đại học"))]


def _name_of(text: str, which: str) -> str | None:
    exact, folded = _known(which)
    return exact.get(exact_key(text)) or folded.get(folded_key(text))


@remembered
def publisher(text: str) -> str | None:
    """Return a publisher's name to show, without "Nxb" and with its abbreviations spelt out; None where none is told.

    >>> [publisher(text) for text in ("Nxb. KHKT,", "NXB ĐHQGHN", "[K.nh.x.b]", "McGraw-Hill,", "Nxb Trẻ")]
    ['Khoa học và Kỹ thuật', 'Đại học Quốc gia Hà Nội', None, 'McGraw-Hill', 'Trẻ']
    """
    bare = _bare(text)
    key = folded_key(bare)
    if not key or key in _unknown("publisher"):
        return None
    without = _bare(_NXB.sub("", bare))
    if not without:
        return None
    # Two letters are a publisher's only behind "Nxb".
    if len(key) < 3 and without == bare:
        return bare
    return _name_of(without, "publishers") or without


def is_publishing_house(name: str) -> bool:
    """Whether this is the name to show of a Vietnamese publishing house, which is spoken of as "Nxb Trẻ".

    >>> is_publishing_house("Trẻ"), is_publishing_house("Bộ Y tế")
    (True, False)
    """
    return name in groups("imprint")["publishers"]


@cache
def _tails() -> re.Pattern[str]:
    words = "|".join(
        sorted((re.escape(folded_key(word)) for word in groups("imprint")["generic"]["tail"]), key=len, reverse=True)
    )
    return re.compile(rf"(?: (?:and |et |und |va )?(?:{words}))+$")


@cache
def _heads() -> re.Pattern[str]:
    words = "|".join(
        sorted((re.escape(folded_key(word)) for word in groups("imprint")["generic"]["head"]), key=len, reverse=True)
    )
    return re.compile(rf"^(?:(?:{words}) )+")


@remembered
def publisher_key(text: str) -> str:
    """Return what two ways of writing one publisher have in common, empty where none is told.

    >>> publisher_key("Nxb. Khoa học & Kỹ thuật") == publisher_key("KHKT")
    True
    >>> publisher_key("John Wiley & Sons, Inc.") == publisher_key("John Wiley")
    True
    """
    name = publisher(text)
    if name is None:
        return ""
    key = folded_key(name)
    return _tails().sub("", _heads().sub("", key)) or key


@remembered
def place(text: str) -> str | None:
    """Return a place to show, spelt out; None where none is told.

    >>> [place(text) for text in ("H. :", "Tp.HCM", "[k.đ.]", "[S.l.] :", "Oxford ;")]
    ['Hà Nội', 'TP. Hồ Chí Minh', None, None, 'Oxford']
    """
    found = []
    for one in _SEVERAL.split(text):
        bare = _bare(one)
        key = folded_key(bare)
        if key and key not in _unknown("place"):
            found.append(_name_of(bare, "places") or bare)
    return "; ".join(dict.fromkeys(found)) or None
