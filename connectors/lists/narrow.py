"""Applies to records the filters that a server could not be asked for. Pure."""

from __future__ import annotations

from engine.model import Filters, Placed, Reason, Record


def narrows(filters: Filters) -> bool:
    """Whether these filters can be applied to a record by what stands in it."""
    return any(
        (
            filters.year_from is not None,
            filters.year_to is not None,
            filters.languages,
            filters.not_languages,
            filters.materials,
            filters.not_materials,
            filters.degrees,
        )
    )


def passes(record: Record, filters: Filters) -> bool:
    """Whether nothing that a record says contradicts the filters; what it does not say is no reason to drop it.

    >>> record = Record(member="m", id="1", title="t", year=2012, languages=("vie",))
    >>> passes(record, Filters(year_from=2010)), passes(record, Filters(languages=("eng",)))
    (True, False)
    """
    return all(
        (
            record.year is None or (filters.year_from or record.year) <= record.year,
            record.year is None or record.year <= (filters.year_to or record.year),
            not filters.languages or not record.languages or bool(set(record.languages) & set(filters.languages)),
            not record.languages or not set(record.languages) <= set(filters.not_languages),
            not filters.materials or record.material is None or record.material in filters.materials,
            record.material is None or record.material not in filters.not_materials,
            not filters.degrees or record.degree is None or record.degree in filters.degrees,
        )
    )


def narrowed(placed: tuple[Placed, ...], filters: Filters) -> tuple[tuple[Placed, ...], tuple[Reason, ...]]:
    """Return the records that pass, and the notice that they were filtered here; none where nothing was to filter."""
    if not placed or not narrows(filters):
        return placed, ()
    return tuple(one for one in placed if passes(one.record, filters)), (Reason("notice.filtered-here"),)
