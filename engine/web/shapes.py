"""The shapes of what travels as JSON. The nouns stand in `engine.model`; these add sentences and names to them."""

from __future__ import annotations

import msgspec

from engine.model import Filters, Holding, Record, State, Who
from engine.ports import IndexState, Names, Place


class View(msgspec.Struct, frozen=True):
    """Base of what travels: every field is there, null where nothing is known."""


class ReasonView(View, frozen=True):
    """A reason, and the sentence that says it."""

    code: str
    values: dict[str, str | int | float]
    sentence: Names


class FailureView(View, frozen=True):
    """Why a member gave no answer: the kind of failure, who must act, and the seconds after which to ask again."""

    code: str
    who: Who
    retry_after_s: float | None


class ReportView(View, frozen=True):
    """How one member fared in this search."""

    member: str
    name: Names
    state: State
    records: int
    total: int | None
    took_s: float | None
    age_s: float | None
    reason: ReasonView | None
    failure: FailureView | None
    notices: tuple[ReasonView, ...]


class MemberHoldings(View, frozen=True):
    """What one member holds of an edition, and its own page for it."""

    member: str
    name: Names
    url: str | None
    holdings: tuple[Holding, ...]


class AvailabilityView(View, frozen=True):
    """What one member holds of a title as it is now.

    `age_s` is how old its oldest word on these copies is; `problem` why it could not be asked now.
    """

    member: str
    name: Names
    holdings: tuple[Holding, ...]
    age_s: float | None
    problem: ReasonView | None


class TitleAvailabilityView(View, frozen=True):
    """What can be had of a title now. `is_available` is null where no member says."""

    id: str
    is_available: bool | None
    held_by: tuple[AvailabilityView, ...]


class AvailabilitiesView(View, frozen=True):
    """What can be had now, of those of the titles asked for that are known."""

    titles: tuple[TitleAvailabilityView, ...]


class EditionView(View, frozen=True):
    """An edition: one description made of all, the members' own descriptions, and who holds it.

    The holdings stand in `held_by` only.
    """

    merged: Record
    records: tuple[Record, ...]
    held_by: tuple[MemberHoldings, ...]
    joins: tuple[ReasonView, ...]


class TitleView(View, frozen=True):
    """A title: the editions of one work, the one to show first."""

    id: str
    url: str
    members: tuple[str, ...]
    editions: tuple[EditionView, ...]
    score: float
    reasons: tuple[ReasonView, ...]
    joins: tuple[ReasonView, ...]
    age_s: float | None


class FacetValueView(View, frozen=True):
    """A value of a facet, how many titles have it, and how it is called."""

    value: str
    count: int
    label: Names


class FacetView(View, frozen=True):
    """A facet, its values with the most frequent first."""

    name: str
    label: Names
    values: tuple[FacetValueView, ...]


class SnapshotView(View, frozen=True):
    """Everything known so far. `q` is the question in its canonical text; years, languages and so on are in it."""

    number: int
    q: str
    filters: Filters
    page: int
    page_size: int
    title_count: int
    record_count: int
    hit_count: int
    is_settled: bool
    has_more: bool
    took_s: float
    suggestions: tuple[str, ...]
    titles: tuple[TitleView, ...]
    facets: tuple[FacetView, ...]
    reports: tuple[ReportView, ...]


class Spliced(View, frozen=True):
    """A SnapshotView whose titles and facets are bytes already. Field by field the same."""

    number: int
    q: str
    filters: Filters
    page: int
    page_size: int
    title_count: int
    record_count: int
    hit_count: int
    is_settled: bool
    has_more: bool
    took_s: float
    suggestions: tuple[str, ...]
    titles: msgspec.Raw
    facets: msgspec.Raw
    reports: tuple[ReportView, ...]


class MemberView(View, frozen=True):
    """A library that can be asked, and how it is."""

    id: str
    name: Names
    short_name: str | None
    system: str
    homepage: str | None
    place: Place | None
    is_resting: bool
    last_failure: FailureView | None
    last_sentence: Names | None


class MembersView(View, frozen=True):
    """All libraries that can be asked."""

    members: tuple[MemberView, ...]


class HealthView(View, frozen=True):
    """How the service is: `ok`, or `degraded` where members rest or something is wrong with the index."""

    status: str
    members: int
    resting: tuple[str, ...]
    index: IndexState | None
    index_problem: ReasonView | None
