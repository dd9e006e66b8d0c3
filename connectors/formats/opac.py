"""OPAC records of Z39.50 in YAZ's XML form: a bibliographic record with its holdings and circulations.

Source: YAZ User's Guide, OPAC record; Z39.50-1995 appendix REC.5.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from connectors.formats.fields import local_name
from connectors.formats.mods_values import below, said
from connectors.formats.tidy import tidy
from engine.model import Availability, Holding, Service


def bibliographic_record(element: etree._Element) -> etree._Element | None:
    """Return the record inside an opacRecord, or None."""
    for child in below(element, "bibliographicRecord"):
        for record in child:
            if local_name(record):
                return record
    return None


def opac_holdings(element: etree._Element) -> Iterator[Holding]:
    """Return the holdings of an opacRecord: one for each circulation (a copy), or for a holding without any."""
    for holdings in below(element, "holdings"):
        for holding in below(holdings, "holding"):
            yield from _copies(holding)


def _copies(holding: etree._Element) -> Iterator[Holding]:
    told = {local_name(child): said(child) for child in reversed(holding)}
    library = told.get("localLocation") or told.get("nucCode") or None
    shared = Holding(
        branch=library,
        location=told.get("shelvingLocation") or None,
        call_number=told.get("callNumber") or None,
        note=tidy(" ; ".join(filter(None, (told.get("enumAndChron"), told.get("publicNote"))))) or None,
    )
    copies = [
        circulation
        for circulations in below(holding, "circulations")
        for circulation in below(circulations, "circulation")
    ]
    for circulation in copies:
        yield _copy(circulation, shared)
    if not copies and shared != Holding():
        yield shared


def _copy(circulation: etree._Element, shared: Holding) -> Holding:
    told = {local_name(child): said(child) for child in reversed(circulation)}
    flags = {local_name(child): _is_set(child.get("value")) for child in circulation}
    is_here = flags.get("availableNow")
    restriction = told.get("restrictions") or None
    availability: tuple[Availability, ...] | None = None
    if is_here is not None:
        availability = (
            Availability(
                Service.LOAN,
                is_here and not flags.get("onHold"),
                expected=(told.get("availabilityDate") or None) if not is_here else None,
                limitation=restriction,
            ),
        )
    return Holding(
        branch=shared.branch,
        location=told.get("temporaryLocation") or shared.location,
        call_number=shared.call_number,
        item=told.get("itemId") or None,
        availability=availability,
        note=told.get("enumAndChron") or shared.note,
    )


def _is_set(value: str | None) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get((value or "").strip().lower())
