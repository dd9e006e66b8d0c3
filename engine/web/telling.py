"""What a page tells around the rows: how far the search is, who did not answer, how to go on."""

from __future__ import annotations

from typing import NamedTuple

from multidict import MultiMapping

from engine.export.formats import FORMATS
from engine.model import Report, Snapshot, State
from engine.sentences import Language, say
from engine.web.asking import MOST_PAGES
from engine.web.links import FacetList, address, facet_lists
from engine.web.rows import age_text, text
from engine.web.views import Members, name_of


class Line(NamedTuple):
    """How one library fared, in a sentence."""

    name: str
    sentence: str
    notices: tuple[str, ...]


class Suggestion(NamedTuple):
    """A question to ask instead, and its address."""

    q: str
    address: str


class Telling(NamedTuple):
    """Everything that is told around the rows of one snapshot."""

    is_settled: bool
    status: str
    is_empty: bool
    nothing: str
    suggestions: tuple[Suggestion, ...]
    unfiltered: str | None
    silent: str
    silent_lines: tuple[Line, ...]
    asked: str
    asked_lines: tuple[Line, ...]
    facets: tuple[FacetList, ...]
    more: str
    page: int
    previous: str | None
    next: str | None
    first: str | None
    saved: tuple[str, ...]
    formats: tuple[tuple[str, str], ...]


def telling(snapshot: Snapshot, members: Members, parameters: MultiMapping[str], language: Language) -> Telling:
    """Return what is told of a snapshot. `parameters` are those of the request, without the page."""
    query = snapshot.query
    silent = [report for report in snapshot.reports if report.failure is not None and report.state is not State.CACHED]
    known = query.page * query.page_size
    has_next = snapshot.has_more and query.page < MOST_PAGES
    filters = [name for name in parameters if name not in {"q", "lang", "page_size", "deadline_s"}]
    return Telling(
        is_settled=snapshot.is_settled,
        status=_status(snapshot, language),
        is_empty=not snapshot.titles,
        nothing=_nothing(snapshot, bool(silent), language),
        suggestions=tuple(
            Suggestion(suggested, address("/", parameters, q=suggested)) for suggested in snapshot.suggestions
        ),
        unfiltered=address("/", parameters, **dict.fromkeys(filters)) if filters and parameters.get("q") else None,
        silent=text("not-answered", language, count=len(silent), all=len(snapshot.reports)) if silent else "",
        silent_lines=tuple(_line(report, members, language) for report in silent),
        asked=text("all-asked", language, count=len(snapshot.reports)),
        asked_lines=tuple(_line(report, members, language) for report in snapshot.reports if report not in silent),
        facets=facet_lists(snapshot, members, parameters, language),
        more=_more(snapshot, language) if has_next and snapshot.title_count <= known else "",
        page=query.page,
        previous=address("/", parameters, page=query.page - 1 if query.page > 2 else None) if query.page > 1 else None,
        next=address("/", parameters, page=query.page + 1) if has_next else None,
        first=address("/", parameters) if query.page > 1 else None,
        saved=tuple(title.id for title in snapshot.titles),
        formats=tuple((one.name, one.label) for one in FORMATS.values()),
    )


def _status(snapshot: Snapshot, language: Language) -> str:
    count = len(snapshot.reports)
    if not snapshot.is_settled:
        done = sum(report.state is not State.WAITING for report in snapshot.reports)
        if not snapshot.titles:
            return text("asking", language, count=count)
        return text("still-asking", language, titles=snapshot.title_count, done=done, count=count)
    if not snapshot.titles:
        return _nothing(snapshot, any(report.failure for report in snapshot.reports), language)
    page = snapshot.query.page
    return text(
        "found-page" if page > 1 else "found-one" if snapshot.title_count == 1 else "found",
        language,
        titles=snapshot.title_count,
        records=snapshot.record_count,
        page=page,
    )


def _nothing(snapshot: Snapshot, is_partial: bool, language: Language) -> str:
    if snapshot.title_count:
        return text("nothing-page", language)
    return text("nothing-failed" if is_partial else "nothing", language)


def _more(snapshot: Snapshot, language: Language) -> str:
    left = snapshot.hit_count - snapshot.record_count
    return text("has-more", language, hits=left) if left > 0 else text("has-more-unknown", language)


def _line(report: Report, members: Members, language: Language) -> Line:
    return Line(
        str(getattr(name_of(report.member, members), language)),
        _sentence(report, language),
        tuple(say(notice, language) for notice in report.notices),
    )


def _sentence(report: Report, language: Language) -> str:
    if report.state is State.CACHED:
        age = age_text(report.age_s or 0.0, language)
        return text("report.cached", language, records=report.records, age=age)
    if report.reason is not None:
        return say(report.reason, language)
    if report.state is State.WAITING:
        return text("report.waiting", language)
    if report.total is not None and report.total > report.records:
        return text("report.answered-of", language, records=report.records, total=report.total)
    return text("report.answered", language, records=report.records)
