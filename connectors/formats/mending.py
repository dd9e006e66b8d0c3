"""Text that a member stored in an old or doubled encoding, put right before it is read; the raw text is kept.

`engine.text.repair` decides; here it is only called where a cheap look finds something strange, since nearly all text
is sound. Where one text of a record was repaired, the others are tried without that look.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache

from lxml import etree

from connectors.formats.fields import MarcField
from engine.model import Raw
from engine.text import repair

# Signs and controls inside words and capitals behind small letters (TCVN3, VISCII); two vowels where the second bears a
# mark (VNI, Windows-1258); the first letters of UTF-8 read as Windows-1252. Sort marks (98, 9C) are no sign of it. It
# begins with one class of letters, and looks back: so most text is passed over quickly.
_SMELL_PATTERN = re.compile(
    "[\x80-\xff](?:"
    "(?<=[A-Za-zÀ-ÿ][\x80-\x87\x8a-\x97\x99-\x9b\x9d-\x9f¢-©¬®¯±µ¶¸¹¼-¾×÷])"
    "|(?<=[¢-¨¬®¯±µ¶¸¹×÷])(?=[A-Za-z])"
    "|(?<=[A-Za-z][«»ª°])(?=[A-Za-z])"
    "|(?<=[a-zß-ÿ][À-ÖØ-Þ])"
    "|(?<=[aeiouyâêôöăơưAEIOUYÂÊÔÖ][ìòùøûõïáàåãäâéèúüëêÌÒÙØÛÕÏÁÀÅÃÄÂÉÈÚÜËÊ])"
    "|(?<=[ÃÂÄÅÆÐ])(?=[\x80-\xbf\u0152-\u2122])"
    "|(?<=á)(?=[º»])"
    ")"
)
_SMELL, _SMELLS = _SMELL_PATTERN.search, _SMELL_PATTERN.finditer


# Letters that only Unicode has: where one stands, the text was written as Unicode, and "oá" is an o and an á, no VNI.
_SOUND = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]").search


def may_be_broken(text: str) -> bool:
    """Whether a text is worth the trouble of `repair`.

    >>> may_be_broken("Gi¸o tr×nh kinh tÕ"), may_be_broken("Tieáng Vieät"), may_be_broken("Geschichte der Stadt Köln")
    (True, True, False)
    """
    if text.isascii():
        return "&" in text and ";" in text
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return _SMELL(text) is not None and _SOUND(text) is None


def may_hold_broken(texts: str) -> bool:
    """Whether one of many texts, joined by line breaks, may be worth the trouble: one look instead of many."""
    if texts.isascii():
        return "&" in texts
    if not unicodedata.is_normalized("NFC", texts):
        return True
    return _SMELL(texts) is not None or "&" in texts


_REFERENCE_AS_TEXT = re.compile(r"&amp;#?\w{1,31};").search


def may_hold_broken_xml(xml: str) -> bool:
    """Whether a text in an element's XML, as libxml2 writes it, may be worth the trouble of `repair`.

    >>> may_hold_broken_xml("<a>Toán & Lý</a>".replace("&", "&amp;")), may_hold_broken_xml("<a>TiÕng ViÖt</a>")
    (False, True)
    """
    if "&amp;" in xml and _REFERENCE_AS_TEXT(xml):
        return True
    if xml.isascii():
        return False
    if not unicodedata.is_normalized("NFC", xml):
        xml = unicodedata.normalize("NFC", xml)
    for smell in _SMELLS(xml):
        text = xml[xml.rfind(">", 0, smell.start()) + 1 : xml.find("<", smell.end())]
        if _SOUND(text) is None and _is_broken(html.unescape(text)):
            return True
    return False


@lru_cache(maxsize=4096)
def _is_broken(text: str) -> bool:
    return repair(text).encoding is not None


def mend_fields(fields: Sequence[MarcField]) -> list[Raw]:
    """Put the texts of MARC-like fields right, in place, and return what they were."""
    texts = [text for field in fields for _, text in field.subfields if not text.isascii() or "&" in text]
    if not may_hold_broken("\n".join(texts)):
        return []
    if not any(may_be_broken(text) and _is_broken(text) for text in texts):
        return []
    raws: list[Raw] = []
    for field in fields:
        mended: list[tuple[str, str]] = []
        for code, text in field.subfields:
            repaired = repair(text)
            mended.append((code, repaired.text))
            if repaired.encoding is not None:
                raws.append(Raw(f"{field.tag}${code}", text, repaired.encoding))
        field.subfields = mended
    return raws


def mend_texts(texts: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[Raw]]:
    """Return (name, text) pairs put right, and what they were."""
    if not any(may_be_broken(text) and _is_broken(text) for _, text in texts):
        return texts, []
    repaired = [(name, text, repair(text)) for name, text in texts]
    raws = [Raw(name, text, found.encoding) for name, text, found in repaired if found.encoding is not None]
    return [(name, found.text) for name, _, found in repaired], raws


def mended_element(element: etree._Element) -> tuple[etree._Element, list[Raw]]:
    """Return an element whose texts are put right (a copy, where one was not), and what they were."""
    texts = [("", text) for child in element.iter() if (text := child.text)]
    if not any(may_be_broken(text) and _is_broken(text) for _, text in texts):
        return element, []
    element = deepcopy(element)
    raws: list[Raw] = []
    for child in element.iter():
        if child.text and (found := repair(child.text)).encoding is not None:
            raws.append(Raw(etree.QName(child).localname, child.text, found.encoding))
            child.text = found.text
    return element, raws
