"""Addresses of the pages: what was asked, with one thing more or less."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from multidict import MultiDict, MultiMapping

from engine.model import Clause, Facet, FacetValue, Field, Query, Snapshot
from engine.query import show
from engine.sentences import Language
from engine.web.asking import PARAMETERS
from engine.web.rows import text
from engine.web.views import Members, facet_view, language_name, name_of

SHOWN_VALUES = 8
_PARAMETER_OF = {"member": "member", "language": "language", "material": "type"}


class ValueLink(NamedTuple):
    """A value of a facet and where choosing it leads."""

    label: str
    titles: int
    address: str


class FacetList(NamedTuple):
    """A facet as links: the first ones, and those behind "more"."""

    label: str
    first: tuple[ValueLink, ...]
    more: tuple[ValueLink, ...]


class ActiveFilter(NamedTuple):
    """A filter in force and where dropping it leads."""

    label: str
    address: str


def asked(parameters: MultiMapping[str]) -> MultiDict[str]:
    """Return the parameters that say what was asked, the page too."""
    return MultiDict((name, value) for name, value in parameters.items() if name in PARAMETERS and value)


def kept(parameters: MultiMapping[str]) -> MultiDict[str]:
    """Return the parameters that say what was asked, without the page: what is asked next begins at the first."""
    return MultiDict((name, value) for name, value in asked(parameters).items() if name != "page")


def is_asked(parameters: MultiMapping[str]) -> bool:
    """Whether parameters ask for anything: words, or a filter."""
    return any(name not in {"lang", "page", "page_size"} for name in asked(parameters))


def address(path: str, parameters: Mapping[str, str] | MultiMapping[str] | None = None, **changes: object) -> str:
    """Return a path with parameters. A change of None drops one; Vietnamese needs no `lang`.

    >>> address("/", {"q": "kinh tế", "lang": "en"}, page=2, lang="vi")
    '/?q=kinh+t%E1%BA%BF&page=2'
    """
    pairs = [(name, value) for name, value in (parameters or {}).items() if name not in changes]
    pairs += [(name, str(value)) for name, value in changes.items() if value is not None]
    pairs = [(name, value) for name, value in pairs if (name, value) != ("lang", "vi")]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _with(parameters: MultiMapping[str], name: str, value: str) -> str:
    """Return the address with one more value of a filter."""
    return address("/", MultiDict([*parameters.items(), (name, value)]))


def active_filters(parameters: MultiMapping[str], members: Members, language: Language) -> tuple[ActiveFilter, ...]:
    """Return the filters in force, each with the address without it."""
    found = []
    for name, value in parameters.items():
        label = _label(name, value, members, language)
        if label:
            rest = MultiDict((other, kept) for other, kept in parameters.items() if (other, kept) != (name, value))
            found.append(ActiveFilter(label, address("/", rest)))
    return tuple(found)


def _label(name: str, value: str, members: Members, language: Language) -> str:
    """Return how a filter is called; nothing for a parameter that is none."""
    if name in {"year_from", "year_to"}:
        return f"{text(name.replace('_', '-'), language)} {value}"
    if name in {"available", "online"}:
        return text(name, language) if value == "true" else ""
    if name in {"type", "degree"}:
        return text(f"{'material' if name == 'type' else name}.{value}", language)
    known = {"member": lambda: name_of(value, members), "language": lambda: language_name(value)}
    return str(getattr(known[name](), language)) if name in known else ""


def facet_lists(
    snapshot: Snapshot, members: Members, parameters: MultiMapping[str], language: Language
) -> tuple[FacetList, ...]:
    """Return the facets as links. What is chosen already, or would change nothing, is no link."""
    found = []
    decades = next((facet.values for facet in snapshot.facets if facet.name == "decade"), ())
    for facet in snapshot.facets:
        if facet.name == "decade":
            continue  # shown in place of the years where these are many
        links = tuple(
            _years(facet, decades, parameters)
            if facet.name == "year"
            else _values(facet, members, parameters, language)
        )
        if links:
            label = getattr(facet_view(Facet(facet.name, ()), members).label, language)
            found.append(FacetList(label, links[:SHOWN_VALUES], links[SHOWN_VALUES:]))
    return tuple(found)


def _values(facet: Facet, members: Members, parameters: MultiMapping[str], language: Language) -> list[ValueLink]:
    chosen = set(parameters.getall(_PARAMETER_OF.get(facet.name, facet.name), []))
    found = []
    for one in facet_view(facet, members).values:
        if one.value in chosen or (facet.name == "availability" and parameters.get(one.value) == "true"):
            continue
        if facet.name in _PARAMETER_OF:
            to = _with(parameters, _PARAMETER_OF[facet.name], one.value)
        elif facet.name == "availability":
            to = address("/", parameters, **{one.value: "true"})
        else:
            clause = show(Query(Clause(one.value, Field(facet.name), is_phrase=True)))
            to = address("/", parameters, q=f"{parameters.get('q', '')} {clause}".strip())
        found.append(ValueLink(getattr(one.label, language), one.count, to))
    return found


def _years(facet: Facet, decades: tuple[FacetValue, ...], parameters: MultiMapping[str]) -> list[ValueLink]:
    """Return the years, the latest first; where they are many, the decades."""
    if len(facet.values) == 1 and "year_from" in parameters:
        return []
    is_long = len(facet.values) > SHOWN_VALUES
    shown = sorted(decades if is_long else facet.values, key=lambda one: one.value, reverse=True)
    return [_span(parameters, one.value, str(int(one.value) + (9 if is_long else 0)), one.count) for one in shown]


def _span(parameters: MultiMapping[str], first: str, last: str, count: int) -> ValueLink:
    label = first if first == last else f"{first}–{last}"
    return ValueLink(label, count, address("/", parameters, year_from=first, year_to=last))
