"""The parameters of a request -> what is asked. Strict for programs, lenient for people."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn, TypeVar

import msgspec
from aiohttp import web
from multidict import MultiMapping

from engine.model import Degree, Filters, Material, Query
from engine.normalise.languages import language as language_code
from engine.planner import is_named
from engine.ports import Member
from engine.query import parse
from engine.sentences import Language
from engine.web.problems import ProblemError, problem

MOST_PAGES = 50
MOST_TITLES = 100
MOST_VALUES = 20
LONGEST_NAME = 100
LONGEST_TITLE_ID = 600
LONGEST_DEADLINE_S = 60.0
PARAMETERS = frozenset(
    {
        *("q", "page", "page_size", "year_from", "year_to", "language", "type", "degree", "member", "available"),
        *("online", "lang", "deadline_s"),
    }
)
_LISTS = frozenset({"language", "type", "degree", "member"})
_YES = {"true": True, "false": False}


class Asking(NamedTuple):
    """A request for a search: the query, how it was typed, the most seconds to wait, the reader's language."""

    query: Query
    typed: str
    deadline_s: float | None
    lang: Language


def wrong(parameter: str, found: str, expected: str) -> NoReturn:
    """Raise the problem of a parameter that cannot be read."""
    raise ProblemError(problem("parameter", 400, parameter=parameter, found=found[:80], expected=expected))


def language_of(parameters: MultiMapping[str]) -> Language:
    """Return the language of the answer: Vietnamese unless English is asked for."""
    lang = parameters.get("lang", "vi")
    if lang == "vi":
        return "vi"
    if lang == "en":
        return "en"
    wrong("lang", lang, "vi, en")


def asking(parameters: MultiMapping[str], members: tuple[Member, ...], *, page_size: int) -> Asking:
    """Return what is asked. Raises QueryError for `q`, ProblemError for any other parameter.

    A parameter that is there must say something; a form's empty ones are to be taken out first.
    """
    for name in set(parameters):
        if name in PARAMETERS - _LISTS and len(parameters.getall(name)) > 1:
            raise ProblemError(problem("repeated", 400, parameter=name))
    lang = language_of(parameters)
    typed = parameters.get("q", "")
    more = _filters(parameters)
    if not typed.strip() and more != Filters():
        query = Query(None, more)
    else:
        query = parse(typed, is_library=lambda name: any(is_named(member, name) for member in members))
        query = msgspec.structs.replace(query, filters=_joined(query.filters, more))
    query = msgspec.structs.replace(
        query,
        page=_integer(parameters, "page", 1, MOST_PAGES) or 1,
        page_size=_integer(parameters, "page_size", 1, MOST_TITLES) or page_size,
    )
    return Asking(query, typed, _deadline(parameters), lang)


def _joined(one: Filters, more: Filters) -> Filters:
    """Narrow by the parameters what the question itself has narrowed already."""
    froms = [year for year in (one.year_from, more.year_from) if year is not None]
    tos = [year for year in (one.year_to, more.year_to) if year is not None]
    if froms and tos and max(froms) > min(tos):
        wrong("year_from" if more.year_from is not None else "year_to", str(max(froms)), f"≤ {min(tos)}")
    return msgspec.structs.replace(
        one,
        year_from=max(froms, default=None),
        year_to=min(tos, default=None),
        languages=more.languages or one.languages,
        materials=more.materials or one.materials,
        degrees=more.degrees or one.degrees,
        members=more.members or one.members,
        available_only=one.available_only or more.available_only,
        online_only=one.online_only or more.online_only,
    )


def filters_filled(parameters: MultiMapping[str]) -> Filters:
    """Return the filters of a form as far as they can be read: what a person filled in stands there again."""
    try:
        return _filters(parameters)
    except ProblemError:
        return Filters()


def _filters(parameters: MultiMapping[str]) -> Filters:
    year_from = _integer(parameters, "year_from", 0, 9999)
    year_to = _integer(parameters, "year_to", 0, 9999)
    if year_from is not None and year_to is not None and year_from > year_to:
        wrong("year_to", str(year_to), f"≥ {year_from}")
    return Filters(
        year_from=year_from,
        year_to=year_to,
        languages=tuple(dict.fromkeys(_language(found) for found in _listed(parameters, "language"))),
        materials=tuple(_choice("type", found, Material) for found in _listed(parameters, "type")),
        degrees=tuple(_choice("degree", found, Degree) for found in _listed(parameters, "degree")),
        members=_listed(parameters, "member"),
        available_only=_yes(parameters, "available"),
        online_only=_yes(parameters, "online"),
    )


def _listed(parameters: MultiMapping[str], name: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(parameters.getall(name, [])))
    if len(parameters.getall(name, [])) > MOST_VALUES:
        wrong(name, str(len(found)), f"≤ {MOST_VALUES}")
    for value in found:
        if not 0 < len(value) <= LONGEST_NAME:
            wrong(name, value, f"1-{LONGEST_NAME}")
    return found


def _language(found: str) -> str:
    if not re.fullmatch("[A-Za-z]{2,3}", found):
        wrong("language", found, "ISO 639")
    return language_code(found) or found.lower()  # a code that nobody uses is in no record, but it is a code


_Kind = TypeVar("_Kind", Material, Degree)


def _choice(name: str, found: str, kind: type[_Kind]) -> _Kind:
    try:
        return kind(found)
    except ValueError:
        wrong(name, found, ", ".join(kind))


def _yes(parameters: MultiMapping[str], name: str) -> bool:
    found = parameters.get(name, "false")
    if found not in _YES:
        wrong(name, found, "true, false")
    return _YES[found]


def _integer(parameters: MultiMapping[str], name: str, least: int, most: int) -> int | None:
    found = parameters.get(name)
    if found is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", found) or not least <= int(found) <= most:
        wrong(name, found, f"{least}-{most}")
    return int(found)


def _deadline(parameters: MultiMapping[str]) -> float | None:
    found = parameters.get("deadline_s")
    if not found:
        return None
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,9})?", found) or not 0 < float(found) <= LONGEST_DEADLINE_S:
        wrong("deadline_s", found, f"> 0, ≤ {LONGEST_DEADLINE_S:g}")
    return float(found)


def titles_asked(parameters: MultiMapping[str], *, most: int = MOST_VALUES) -> tuple[str, ...]:
    """Return the ids of the titles that a request names."""
    found = tuple(parameters.getall("title", []))
    if not 0 < len(found) <= most:
        wrong("title", str(len(found)), f"1-{most}")
    for value in found:
        if not 0 < len(value) <= LONGEST_TITLE_ID:
            wrong("title", value, f"1-{LONGEST_TITLE_ID}")
    return found


def reader_of(request: web.Request) -> str | None:
    """Return the address that the request comes from."""
    return request.remote
