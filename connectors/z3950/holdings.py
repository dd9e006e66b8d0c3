"""Holdings and circulations of an OPAC record, out of BER into the XML form that `connectors.formats.opac` reads.

Source: Z39.50-1995, REC.5 OPAC; names as YAZ writes them.
"""

from __future__ import annotations

from lxml import etree

from connectors.formats.opac import opac_holdings
from connectors.z3950.tlv import Element, content, elements, integer
from engine.model import Holding

_HOLDING = {
    1: "typeOfRecord", 2: "encodingLevel", 3: "format", 4: "receiptAcqStatus", 5: "generalRetention",
    6: "completeness", 7: "dateOfReport", 8: "nucCode", 9: "localLocation", 10: "shelvingLocation",
    11: "callNumber", 12: "shelvingData", 13: "copyNumber", 14: "publicNote", 15: "reproductionNote",
    16: "termsUseRepro", 17: "enumAndChron",
}  # fmt: skip
_CIRCULATION = {
    2: "availabilityDate", 3: "availableThru", 4: "restrictions", 5: "itemId", 8: "enumAndChron", 9: "midspine",
    10: "temporaryLocation",
}  # fmt: skip
_FLAGS = {1: "availableNow", 6: "renewable", 7: "onHold"}
_CIRCULATIONS, _HOLDINGS_AND_CIRCULATION = 19, 2


def holdings_of(octets: bytes) -> tuple[Holding, ...]:
    """Return the holdings of an OPAC record. Raises UnreadableError where they are no BER."""
    record = etree.Element("opacRecord")
    holdings = etree.SubElement(record, "holdings")
    for part in elements(octets):
        if part.tag == _HOLDINGS_AND_CIRCULATION:
            _holding(octets, part, etree.SubElement(holdings, "holding"))
    return tuple(opac_holdings(record))


def _holding(octets: bytes, element: Element, holding: etree._Element) -> None:
    for part in elements(octets, element.begin, element.end):
        if name := _HOLDING.get(part.tag):
            etree.SubElement(holding, name).text = _text(octets, part)
        elif part.tag == _CIRCULATIONS:
            circulations = etree.SubElement(holding, "circulations")
            for one in elements(octets, part.begin, part.end):
                _circulation(octets, one, etree.SubElement(circulations, "circulation"))


def _circulation(octets: bytes, element: Element, circulation: etree._Element) -> None:
    for part in elements(octets, element.begin, element.end):
        if name := _CIRCULATION.get(part.tag):
            etree.SubElement(circulation, name).text = _text(octets, part)
        elif name := _FLAGS.get(part.tag):
            etree.SubElement(circulation, name, value="1" if integer(octets, part) else "0")


def _text(octets: bytes, element: Element) -> str:
    """Return a string as XML can hold it; UTF-8, else Windows-1252, since nothing says which it is."""
    raw = content(octets, element)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
