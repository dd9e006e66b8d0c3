"""A snapshot -> what travels as JSON: the nouns, with every reason said in both languages and every member by name.

Pure functions, and `Pages`, which gives the same bytes as encoding a `snapshot_view` but encodes only once what
several answers share.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cache, lru_cache

import msgspec

from engine.availability import Refreshed
from engine.model import Facet, Failure, Holding, Reason, Record, Report, Service, Snapshot, State, Title
from engine.normalise.tables import rows
from engine.ports import IndexState, Member, Names
from engine.query import show
from engine.rest import Health
from engine.sentences import say
from engine.web.shapes import (
    AvailabilityView,
    EditionView,
    FacetValueView,
    FacetView,
    FailureView,
    HealthView,
    MemberHoldings,
    MemberView,
    ReasonView,
    ReportView,
    SnapshotView,
    Spliced,
    TitleAvailabilityView,
    TitleView,
)

REMEMBERED_PAGES = 64


Members = Mapping[str, Member]


def both(code: str, **values: str | float) -> Names:
    """Return a sentence in both languages."""
    reason = Reason(code, dict(values))
    return Names(say(reason, "vi"), say(reason, "en"))


def reason_view(reason: Reason) -> ReasonView:
    """Return a reason with its sentences."""
    return ReasonView(reason.code, reason.values, Names(say(reason, "vi"), say(reason, "en")))


def _failure_view(failure: Failure) -> FailureView:
    return FailureView(failure.code, failure.who, failure.retry_after_s)


def name_of(member: str, members: Members) -> Names:
    """Return the names of a member; its id where it is known no more."""
    found = members.get(member)
    return found.name if found else Names(member, member)


def report_view(report: Report, members: Members) -> ReportView:
    """Return how a member fared, in sentences."""
    return ReportView(
        report.member,
        name_of(report.member, members),
        report.state,
        report.records,
        report.total,
        report.took_s,
        report.age_s,
        reason_view(report.reason) if report.reason else None,
        _failure_view(report.failure) if report.failure else None,
        tuple(map(reason_view, report.notices)),
    )


def _travelling(record: Record) -> Record:
    """Return a record without its holdings, and without links that lead elsewhere than to the web."""
    links = record.links
    if not all(link.url.startswith(("http://", "https://")) for link in links):
        links = tuple(link for link in links if link.url.startswith(("http://", "https://")))
    elif not record.holdings:
        return record
    return msgspec.structs.replace(record, holdings=(), links=links)


def held_by(records: tuple[Record, ...], members: Members) -> tuple[MemberHoldings, ...]:
    """Return what each member holds of an edition, in the order of the records."""
    by_member: dict[str, list[Record]] = {}
    for record in records:
        by_member.setdefault(record.member, []).append(record)
    return tuple(
        MemberHoldings(
            member,
            name_of(member, members),
            next((record.url for record in held if record.url), None),
            tuple(holding for record in held for holding in record.holdings),
        )
        for member, held in by_member.items()
    )


def title_path(title_id: str) -> str:
    """Return the path of a title's own page; the id's percent signs are escaped once more, as paths are."""
    return "/titles/" + title_id.replace("%", "%25")


def title_view(title: Title, members: Members) -> TitleView:
    """Return a title with who holds it and why it stands where it stands."""
    return TitleView(
        title.id,
        title_path(title.id),
        title.members,
        tuple(
            EditionView(
                _travelling(edition.merged),
                tuple(map(_travelling, edition.records)),
                held_by(edition.records, members),
                tuple(map(reason_view, edition.joins)),
            )
            for edition in title.editions
        ),
        title.score,
        tuple(map(reason_view, title.reasons)),
        tuple(map(reason_view, title.joins)),
        title.age_s,
    )


def is_to_be_had(holding: Holding) -> bool | None:
    """Return whether a holding is to be had now in some way, None where the member did not say."""
    if holding.availability:
        return any(one.available for one in holding.availability if one.service is not Service.INTERLOAN)
    if holding.copies_available is not None:
        return holding.copies_available > 0
    return None


def availability_view(refreshed: Refreshed, members: Members) -> TitleAvailabilityView:
    """Return what can be had of a title now, member by member."""
    records = tuple(record for edition in refreshed.title.editions for record in edition.records)
    views = []
    for held in held_by(records, members):
        words = [word for (member, _), word in refreshed.told.items() if member == held.member]
        ages = [word.age_s for word in words if word.age_s is not None]
        problem = next((word.problem for word in words if word.problem is not None), None)
        views.append(
            AvailabilityView(
                held.member,
                held.name,
                held.holdings,
                max(ages, default=None),
                reason_view(problem) if problem is not None else None,
            )
        )
    told = [free for view in views for holding in view.holdings if (free := is_to_be_had(holding)) is not None]
    return TitleAvailabilityView(refreshed.title.id, any(told) if told else None, tuple(views))


@cache
def _language_names() -> dict[str, Names]:
    return {row[0]: Names(f"Tiếng {row[4]}" if row[4] else row[3], row[3]) for row in rows("languages") if len(row) > 4}


def language_name(code: str) -> Names:
    """Return the names of a language; its code where it has none."""
    return _language_names().get(code) or Names(code, code)


@lru_cache(maxsize=4096)
def _label(facet: str, value: str) -> Names:
    if facet == "language":
        return language_name(value)
    if facet in {"material", "availability", "degree"}:
        return both(f"page.{facet}.{value}")
    return Names(value, value)


def facet_view(facet: Facet, members: Members) -> FacetView:
    """Return a facet whose values have names."""
    values = tuple(
        FacetValueView(
            one.value,
            one.count,
            name_of(one.value, members) if facet.name == "member" else _label(facet.name, one.value),
        )
        for one in facet.values
    )
    return FacetView(facet.name, both(f"page.facet.{facet.name}"), values)


def _head(snapshot: Snapshot) -> dict[str, object]:
    query = snapshot.query
    return {
        "number": snapshot.number,
        "q": show(query),
        "filters": query.filters,
        "page": query.page,
        "page_size": query.page_size,
        "title_count": snapshot.title_count,
        "record_count": snapshot.record_count,
        "hit_count": snapshot.hit_count,
        "is_settled": snapshot.is_settled,
        "has_more": snapshot.has_more,
        "took_s": round(snapshot.took_s, 4),
        "suggestions": snapshot.suggestions,
    }


def snapshot_view(snapshot: Snapshot, members: Members) -> SnapshotView:
    """Return everything a snapshot knows, ready to travel."""
    return SnapshotView(
        **_head(snapshot),  # type: ignore[arg-type]  # keyed as the fields
        titles=tuple(title_view(title, members) for title in snapshot.titles),
        facets=tuple(facet_view(facet, members) for facet in snapshot.facets),
        reports=tuple(report_view(report, members) for report in snapshot.reports),
    )


class Pages:
    """The titles and facets of the last snapshots as bytes: what the engine has not made anew is not encoded anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[Snapshot, msgspec.Raw, msgspec.Raw]] = OrderedDict()
        self._encoder = msgspec.json.Encoder()

    def encoded(self, snapshot: Snapshot, members: Members) -> bytes:
        """Return a snapshot as JSON."""
        titles, facets = self._parts(snapshot, members)
        reports = tuple(report_view(report, members) for report in snapshot.reports)
        return self._encoder.encode(
            Spliced(**_head(snapshot), titles=titles, facets=facets, reports=reports)  # type: ignore[arg-type]  # as above
        )

    def _parts(self, snapshot: Snapshot, members: Members) -> tuple[msgspec.Raw, msgspec.Raw]:
        # The engine gives the same tuple again where nothing is new: its identity is the key, and as long as it
        # is kept here nothing else can have it.
        key = id(snapshot.titles)
        kept = self._kept.get(key)
        if kept and kept[0].titles is snapshot.titles and kept[0].facets is snapshot.facets:
            self._kept.move_to_end(key)
            return kept[1], kept[2]
        encode = self._encoder.encode
        titles = msgspec.Raw(encode([title_view(title, members) for title in snapshot.titles]))
        facets = msgspec.Raw(encode([facet_view(facet, members) for facet in snapshot.facets]))
        # Only what was answered from the index alone can come again.
        if snapshot.titles and all(report.state in {State.CACHED, State.SKIPPED} for report in snapshot.reports):
            self._kept[key] = (snapshot, titles, facets)
            while len(self._kept) > REMEMBERED_PAGES:
                self._kept.popitem(last=False)
        return titles, facets


def member_view(member: Member, health: Health) -> MemberView:
    """Return a member and how it is."""
    failure = health.last_failure
    said = both(f"failure.{failure.code}", **failure.values) if failure else None
    return MemberView(
        member.id,
        member.name,
        member.short_name,
        member.system,
        member.homepage,
        member.place,
        health.is_resting,
        _failure_view(failure) if failure else None,
        said,
    )


def health_view(members: int, resting: tuple[str, ...], index: IndexState | None) -> HealthView:
    """Return how the service is."""
    problem = reason_view(index.problem) if index is not None and index.problem is not None else None
    is_well = not resting and (index is None or (index.is_ready and problem is None))
    return HealthView("ok" if is_well else "degraded", members, resting, index, problem)
