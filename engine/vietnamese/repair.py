"""Text that was read in the wrong encoding, put right.

Old Vietnamese catalogues were typed in font encodings (TCVN3, VNI) or VISCII, and exported as if they were Latin-1;
others read UTF-8 as Windows-1252. What is sound is left alone, and so is what lost its letters ("Ti?ng Vi?t").
"""

from __future__ import annotations

import html
import re
import unicodedata

from engine.model import Noun
from engine.vietnamese.doubled import is_doubled, undoubled
from engine.vietnamese.legacy import converted

_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{3,8}[1-4]?);")
_BEYOND_LATIN_1 = re.compile("[\u0100-\u0151\u0154-\u015f\u0162-\u0177\u01a0-\u02c5\u0300-\u1fff]")
_TIMES = {1: "utf-8 as windows-1252", 2: "utf-8 as windows-1252, twice", 3: "utf-8 as windows-1252, three times"}


class Repaired(Noun, frozen=True):
    """A text after `repair`. `encoding` names what it had been, None where nothing was repaired."""

    text: str
    encoding: str | None = None


def repair(text: str) -> Repaired:
    """Return the text put right if it was read in the wrong encoding. It comes before `clean`.

    >>> repair("Gi¸o tr×nh kinh tÕ"), repair("Tieáng Vieät").text, repair("Ti?ng Vi?t").encoding
    (Repaired(text='Giáo trình kinh tế', encoding='tcvn3'), 'Tiếng Việt', None)
    """
    if text.isascii():
        if "&" not in text or not _ENTITY.search(text):
            return Repaired(text)
        return _repaired_entities(text)
    if is_doubled(text):
        made, times = undoubled(text)
        if times:
            return Repaired(made, _TIMES[times])
    # Letters of an old encoding may have been decomposed since, as any other.
    composed = text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
    if _BEYOND_LATIN_1.search(composed):
        return Repaired(text)
    found = converted(composed)
    return Repaired(*found) if found else Repaired(text)


def _repaired_entities(text: str) -> Repaired:
    made = html.unescape(text)
    return Repaired(made, "html entities") if made != text else Repaired(text)
