"""What happens to Vietnamese text in catalogues: marks lost, moved or wrong, old encodings.

The demo's own code, written apart from `engine.text`: what one side garbles the other must mend.
"""

from __future__ import annotations

import re
import unicodedata
from random import Random

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_MOVABLE = re.compile(rf"(?i)(o[{_TONES}][ae]|o[ae][{_TONES}]|u[{_TONES}]y|uy[{_TONES}])(?=\W*$)")

# TCVN 5712:1993, font encoding ABC ("TCVN3"): each letter as the Latin-1 character that its byte shows as.
_TCVN3_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ"
_TCVN3_BYTES = (
    "b5b8b6b7b9a8bbbebcbdc6a9c7cac8c9cbaeccd0cecfd1aad2d5d3d4d6d7ddd8dcdedfe3e1e2e4abe5e8e6e7e9acea"
    "edebeceeeff3f1f2f4adf5f8f6f7f9fafdfbfcfea1a2a3a4a5a6a7"
)
_TCVN3 = dict(zip(_TCVN3_LETTERS, bytes.fromhex(_TCVN3_BYTES).decode("latin-1"), strict=True))


def unmarked(text: str) -> str:
    """Return the text with plain letters only.

    >>> unmarked("Đại học")
    'Dai hoc'
    """
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def decomposed(text: str) -> str:
    """Return the text in NFD, as some systems keep it."""
    return unicodedata.normalize("NFD", text)


def as_tcvn3(text: str) -> str:
    """Return what TCVN3 bytes look like when they are read as Latin-1.

    >>> as_tcvn3("Tiếng Việt")
    'TiÕng ViÖt'
    """
    # Capitals with a tone had no code of their own: a capital font showed the small letter's byte.
    return "".join(_TCVN3.get(letter) or _TCVN3.get(letter.lower(), letter) for letter in text)


def with_moved_tones(text: str) -> str:
    """Return the text with the other placement of the tone in oa, oe, uy.

    >>> with_moved_tones("hóa học Thuý quý")
    'hoá học Thúy quý'
    """
    return " ".join(_with_moved_tone(word) for word in text.split(" "))


def _with_moved_tone(word: str) -> str:
    bare = unicodedata.normalize("NFD", word)
    match = _MOVABLE.search(bare)
    if not match or bare[: match.start()].lower().endswith("q"):
        return word
    first, second, third = tuple(match.group())
    return unicodedata.normalize("NFC", bare[: match.start()] + first + third + second + bare[match.end() :])


def with_wrong_mark(text: str, random: Random) -> str:
    """Return the text with one tone taken for another: hỏi and ngã change places, else one tone is lost."""
    bare = unicodedata.normalize("NFD", text)
    places = [place for place, letter in enumerate(bare) if letter in _TONES]
    if not places:
        return text
    asked = [place for place in places if bare[place] in "\u0303\u0309"]
    place = random.choice(asked or places)
    other = {"\u0303": "\u0309", "\u0309": "\u0303"}.get(bare[place], "")
    return unicodedata.normalize("NFC", bare[:place] + other + bare[place + 1 :])


def with_typing_error(text: str, random: Random) -> str:
    """Return the text with two letters of one word changed, or one left out or doubled."""
    places = [place for place in range(1, len(text) - 2) if text[place].isalpha() and text[place + 1].isalpha()]
    if not places:
        return text
    place = random.choice(places)
    kind = random.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + text[place] * (2 * (kind - 1)) + text[place + 1 :]
