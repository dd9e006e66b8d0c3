"""What the coded places of MARC 21 say: leader, 006, 007, 008.

Leaders lie and are padded: every position is read as "unknown" where it is missing.
"""

from __future__ import annotations

from engine.model import Material

# Leader 06, type of record -> what it is. Text (a, t) is told further.
_BY_TYPE = {
    "c": Material.SCORE,
    "d": Material.SCORE,
    "e": Material.MAP,
    "f": Material.MAP,
    "g": Material.FILM,
    "i": Material.SOUND,
    "j": Material.SOUND,
    "k": Material.IMAGE,
    "m": Material.E_RESOURCE,
    "o": Material.MIXED,
    "p": Material.MIXED,
    "r": Material.OBJECT,
}
_BY_LEVEL = {"s": Material.JOURNAL, "a": Material.CHAPTER, "b": Material.ARTICLE}
# 336 $b, content type -> what it is; text says nothing.
BY_CONTENT = {
    "cri": Material.MAP,
    "crd": Material.MAP,
    "ntm": Material.SCORE,
    "prm": Material.SOUND,
    "spw": Material.SOUND,
    "snd": Material.SOUND,
    "tdi": Material.FILM,
    "tdm": Material.FILM,
    "sti": Material.IMAGE,
    "tdf": Material.OBJECT,
    "cop": Material.SOFTWARE,
}
NO_BIBLIOGRAPHIC_TYPES = frozenset("zquvxy")
"""Leader 06 of authority, community, classification and holdings records."""


def material_of_codes(leader: str, field_008: str) -> Material | None:
    """Return what leader and 008 say that it is, or None where they say nothing.

    >>> material_of_codes("00000nam a2200000 a 4500", "920219s1993    caua   j     |||| ||eng d")
    <Material.BOOK: 'book'>
    """
    kind, level = leader[6:7], leader[7:8]
    if kind == "a":
        return _material_of_text(level, field_008)
    if kind == "t":
        return Material.THESIS if "m" in field_008[24:28] else Material.MANUSCRIPT
    if kind == "m" and field_008[26:27] == "b":
        return Material.SOFTWARE
    if kind == "g" and field_008[33:34] in set("aiklnoqs"):
        return Material.IMAGE
    return _BY_TYPE.get(kind)


def _material_of_text(level: str, field_008: str) -> Material | None:
    """Tell printed text by its bibliographic level (leader 07), and monographs by 008/24-27 and 29."""
    if level not in {"m", "c", "d"}:
        return _BY_LEVEL.get(level)
    nature = field_008[24:28]
    if "m" in nature:
        return Material.THESIS
    if field_008[29:30] == "1":
        return Material.CONFERENCE
    if "t" in nature:
        return Material.REPORT
    return Material.BOOK if level == "m" else Material.MIXED


def online_of_codes(leader: str, field_006: list[str], field_007: list[str], field_008: str) -> bool | None:
    """Return whether the coded fields say that the edition is online; None where they say nothing."""
    if any(code[:2] == "cr" for code in field_007):
        return True
    form = field_008[29:30] if leader[6:7] in {"e", "f", "g", "k", "o", "r"} else field_008[23:24]
    if form == "o" or (form == "s" and any(code[:1] == "m" and code[6:7] == "o" for code in field_006)):
        return True
    if form in {" ", "r", "d", "f"} and len(field_008) >= 35:
        return False
    return None


def year_of_codes(field_008: str) -> int | None:
    """Return the year of publication from field 008, positions 07-10.

    Unknown digits ("19uu") give None rather than a guess, and so does 9999.
    Source: MARC 21 Format for Bibliographic Data, 008 All Materials.

    >>> year_of_codes("920219s1993    caua")
    1993
    """
    digits = field_008[7:11]
    if len(digits) == 4 and digits.isascii() and digits.isdigit() and "1000" <= digits < "2100":
        return int(digits)
    return None
