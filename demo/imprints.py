"""Publishers, places and years the way cataloguers write them."""

from __future__ import annotations

from random import Random
from typing import Final

from demo.catalogue import Edition

_SHORT_PUBLISHERS: Final = {
    "Đại học Quốc gia Hà Nội": "ĐHQGHN",
    "Đại học Quốc gia TP. Hồ Chí Minh": "ĐHQG TP.HCM",
    "Khoa học và Kỹ thuật": "KHKT",
    "Chính trị Quốc gia": "CTQG",
    "Đại học Kinh tế Quốc dân": "ĐH KTQD",
    "Đại học Sư phạm": "ĐHSP",
}
_PLACES: Final = {
    "Hà Nội": ("H.", "Hà Nội", "Hn", "H"),
    "TP. Hồ Chí Minh": ("TP. HCM", "Tp. Hồ Chí Minh", "Tp.HCM", "T.P. Hồ Chí Minh"),
}


def publisher(edition: Edition, style: str, random: Random) -> str:
    """Return the publisher's name in a style: full, nxb, upper or bare, with an abbreviation now and then.

    Only a Vietnamese publishing house gets the word for one; a university that issues its own theses does not.
    """
    name = edition.publisher
    if not name or edition.language != "vie" or edition.material != "book" or name.startswith(("Trường", "Viện")):
        return name.upper() if style == "upper" and random.random() < 0.1 else name
    if random.random() < 0.2:
        name = _SHORT_PUBLISHERS.get(name, name)
    word = {"full": "Nhà xuất bản ", "nxb": "Nxb ", "upper": "NXB ", "bare": ""}[style]
    if random.random() < 0.15:
        word = random.choice(("Nhà xuất bản ", "Nxb. ", "NXB ", "N.x.b ", ""))
    return word + name


def place(edition: Edition, style: str, random: Random) -> str:
    """Return the place of publication: in full, or the short form that Vietnamese cards had."""
    forms = _PLACES.get(edition.place)
    if not forms:
        return edition.place
    if style == "short":
        return forms[0] if random.random() < 0.85 else random.choice(forms)
    return edition.place if random.random() < 0.85 else random.choice(forms)


def year(edition: Edition, style: str, random: Random) -> str:
    """Return the year in a style: plain, bracket `[2010]`, copyright `c2010`, or mixed."""
    if not edition.year:
        return ""
    if style == "mixed":
        style = random.choice(("plain", "plain", "bracket", "copyright"))
    elif random.random() < 0.6:
        style = "plain"
    return {"plain": "{}", "bracket": "[{}]", "copyright": "c{}"}[style].format(edition.year)
