"""What can be had now as Koha's services tell it: GetAvailability of ILS-DI, the items of the public REST API. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from connectors.koha.full import refuse_errors, without_borrowers
from connectors.reading.xml import parse_xml
from engine.errors import UnreadableError
from engine.model import Availability, Holding, Service


def ils_di_availability(body: bytes) -> dict[str, tuple[Holding, ...]]:
    """Return what GetAvailability says, by record. It knows no due date, and takes what is on hold for available.

    An item whose status is `unknown` is no item of the record.
    """
    body = without_borrowers(body)
    refuse_errors(body)
    root = parse_xml(body, lenient=True)
    found: dict[str, tuple[Holding, ...]] = {}
    for record in root.iter("{*}record"):
        mark = next(record.iter("{*}bibliographic"), None)
        number = (mark.get("id") or "") if mark is not None else ""
        if not number.isdecimal() or next(record.iter("{*}code"), None) is not None:
            continue
        said = [_told(item) for item in record.iter("{*}simpleavailability")]
        copies = tuple(holding for holding in said if holding is not None)
        if copies or not said:
            found[number] = copies
    return found


def _told(item: object) -> Holding | None:
    said = {
        str(part.tag).rpartition("}")[2]: " ".join((part.text or "").split())
        for part in item  # type: ignore[attr-defined]  # an element, of which lxml has no public type
    }
    status = said.get("availabilitystatus", "")
    if status not in {"available", "not available"}:
        return None
    is_in = status == "available"
    return Holding(
        branch=said.get("location") or None,
        availability=(
            Availability(
                Service.LOAN, available=is_in, limitation=None if is_in else said.get("availabilitymsg") or None
            ),
        ),
    )


_State = bool | int | str | None


class _Item(msgspec.Struct, frozen=True):
    """An item of the public REST interface. Source: Koha's definition of an item, 22.11 to 25."""

    holding_library_id: str | None = None
    home_library_id: str | None = None
    location: str | None = None
    callnumber: str | None = None
    external_id: str | None = None
    serial_issue_number: str | None = None
    public_notes: str | None = None
    checked_out_date: str | None = None
    lost_status: _State = None
    withdrawn: _State = None
    damaged_status: _State = None
    restricted_status: _State = None
    not_for_loan_status: _State = None
    effective_not_for_loan_status: _State = None


def rest_items(body: bytes) -> tuple[Holding, ...]:
    """Return the items of a record as the public REST interface lists them. `checked_out_date` is the due date."""
    try:
        items = msgspec.json.decode(body, type=list[_Item])
    except msgspec.DecodeError as error:
        raise UnreadableError("no list of items in JSON") from error
    return tuple(map(_item, items))


def _item(item: _Item) -> Holding:
    due = (item.checked_out_date or "")[:10] or None
    not_for_loan = item.effective_not_for_loan_status or item.not_for_loan_status
    states: Mapping[str, _State] = {
        "withdrawn": item.withdrawn, "lost": item.lost_status, "damaged": item.damaged_status,
        "restricted": item.restricted_status, "not for loan": not_for_loan,
    }  # fmt: skip
    held = [word for word, state in states.items() if state and state != "0"]
    is_ordered = str(not_for_loan or "").startswith("-")
    limitation = "on order" if is_ordered else next(iter(held), None)
    is_here = not due and not is_ordered and not {"withdrawn", "lost"} & set(held)
    return Holding(
        branch=item.holding_library_id or item.home_library_id,
        location=item.location,
        call_number=item.callnumber,
        item=item.external_id,
        availability=(
            Availability(Service.LOAN, available=not held and not due, expected=due, limitation=limitation),
            Availability(Service.PRESENTATION, available=is_here, expected=due),
        ),
        note=" ".join(filter(None, (item.serial_issue_number, item.public_notes))) or None,
    )


class _Library(msgspec.Struct, frozen=True):
    library_id: str
    name: str | None = None


def rest_libraries(body: bytes) -> dict[str, str]:
    """Return the names of libraries by their codes."""
    try:
        libraries = msgspec.json.decode(body, type=list[_Library])
    except msgspec.DecodeError as error:
        raise UnreadableError("no list of libraries in JSON") from error
    return {library.library_id: library.name for library in libraries if library.name}
