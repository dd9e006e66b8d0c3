"""The nouns of the engine: what a member describes, what a reader asks, what a search knows.

Data without behaviour. Everything here is frozen, can be compared, and travels as JSON or
MessagePack through msgspec. `None` is unknown; `()` is known to be none. Text is Unicode in NFC.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Noun(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of every noun: frozen, and silent in JSON about what is at its default.

    Nouns hold no cycles, so the collector of cycles need not look at them: a search makes thousands.
    """


# What a library holds -----------------------------------------------------------------


class Material(StrEnum):
    """What kind of thing an edition is, as a reader would say it."""

    BOOK = "book"
    THESIS = "thesis"
    JOURNAL = "journal"
    ARTICLE = "article"
    CHAPTER = "chapter"
    CONFERENCE = "conference"
    REPORT = "report"
    MAP = "map"
    SCORE = "score"
    SOUND = "sound"
    FILM = "film"
    IMAGE = "image"
    MANUSCRIPT = "manuscript"
    SOFTWARE = "software"
    E_RESOURCE = "e-resource"
    OBJECT = "object"
    MIXED = "mixed"


class Degree(StrEnum):
    """The degree a thesis was written for."""

    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


class Role(StrEnum):
    """What a person did for an edition. A role not listed here is OTHER."""

    AUTHOR = "author"
    EDITOR = "editor"
    COMPILER = "compiler"
    TRANSLATOR = "translator"
    ILLUSTRATOR = "illustrator"
    ADVISOR = "advisor"
    REVISER = "reviser"
    INTRODUCER = "introducer"
    COMPOSER = "composer"
    PERFORMER = "performer"
    DIRECTOR = "director"
    CARTOGRAPHER = "cartographer"
    PUBLISHER = "publisher"
    ISSUER = "issuer"
    OTHER = "other"


class PersonKind(StrEnum):
    """Whether a name is a human's, a body's or a meeting's."""

    PERSON = "person"
    CORPORATE = "corporate"
    MEETING = "meeting"


class Person(Noun, frozen=True):
    """One who had a part in an edition.

    `name` is as the member writes it, without academic ranks, dates, roles and final punctuation;
    a comma, where present, divides family name from given name.
    """

    name: str
    role: Role = Role.AUTHOR
    kind: PersonKind = PersonKind.PERSON
    dates: str | None = None


class Scheme(StrEnum):
    """Whose identifier it is."""

    ISBN = "isbn"
    ISSN = "issn"
    DOI = "doi"
    HANDLE = "handle"
    OCLC = "oclc"
    LCCN = "lccn"
    NBN = "nbn"
    ISMN = "ismn"
    EAN = "ean"
    PUBLISHER_NUMBER = "publisher-number"
    URI = "uri"
    OTHER = "other"


class Identifier(Noun, frozen=True):
    """An identifier in its normal form: ISBN as 13 bare digits, ISSN `1234-567X`, DOI lower case without host.

    `valid` is False for a number that a cataloguer marked as wrong (020 $z) or whose check digit fails;
    such a number is shown and searched but never binds two records.
    """

    scheme: Scheme
    value: str
    valid: bool = True


class ClassNumber(Noun, frozen=True):
    """A class number and its scheme in lower case: `ddc`, `udc`, `lcc`, `nlm`, `bbk`, `local`."""

    scheme: str
    number: str


class Series(Noun, frozen=True):
    """A series and the number that this edition has in it, both as printed."""

    title: str
    number: str | None = None


class Host(Noun, frozen=True):
    """What an article or chapter stands in."""

    title: str
    issn: str | None = None
    isbn: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None


class LinkKind(StrEnum):
    """What a reader finds behind a link."""

    FULL_TEXT = "full-text"
    CONTENTS = "contents"
    COVER = "cover"
    RELATED = "related"


class Link(Noun, frozen=True):
    """An http(s) address and what stands behind it."""

    url: str
    kind: LinkKind = LinkKind.RELATED
    label: str | None = None


class Service(StrEnum):
    """What can be done with a copy. Source: DAIA 1.0."""

    PRESENTATION = "presentation"
    LOAN = "loan"
    INTERLOAN = "interloan"
    OPEN_ACCESS = "openaccess"
    REMOTE = "remote"


class Availability(Noun, frozen=True):
    """Whether one service is to be had for a holding now. Source: DAIA 1.0.

    `expected` is an ISO 8601 date, or "unknown", of a service that is not to be had now.
    """

    service: Service
    available: bool
    expected: str | None = None
    limitation: str | None = None


class Holding(Noun, frozen=True):
    """One copy, or several alike, or one licence, at one branch.

    `availability` is None where the member did not say. `item` is the member's id of the copy (barcode).
    """

    branch: str | None = None
    location: str | None = None
    call_number: str | None = None
    item: str | None = None
    copies: int | None = None
    copies_available: int | None = None
    availability: tuple[Availability, ...] | None = None
    note: str | None = None
    url: str | None = None


class Raw(Noun, frozen=True):
    """The text of a field as it came, where it was repaired from an old or doubled encoding."""

    field: str
    text: str
    encoding: str


class Record(Noun, frozen=True):
    """One edition as one member describes it, normalised.

    `languages` are ISO 639-2/B codes. `year` is the year of publication. `volume` is the number of a
    part as printed without its word ("Tập 2" gives "2"), `part_title` its own title.
    `edition_number` is what `edition` says as a number ("Tái bản lần thứ ba" gives 3).
    `degree` is set for theses only. `is_online` says that the edition itself is digital.
    `url` is the member's own page for this record.
    """

    member: str
    id: str
    title: str
    subtitle: str | None = None
    volume: str | None = None
    part_title: str | None = None
    other_titles: tuple[str, ...] = ()
    responsibility: str | None = None
    people: tuple[Person, ...] = ()
    publisher: str | None = None
    place: str | None = None
    year: int | None = None
    edition: str | None = None
    edition_number: int | None = None
    languages: tuple[str, ...] = ()
    material: Material | None = None
    degree: Degree | None = None
    is_online: bool | None = None
    extent: str | None = None
    series: tuple[Series, ...] = ()
    subjects: tuple[str, ...] = ()
    summary: str | None = None
    notes: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    classes: tuple[ClassNumber, ...] = ()
    host: Host | None = None
    links: tuple[Link, ...] = ()
    holdings: tuple[Holding, ...] = ()
    url: str | None = None
    raw: tuple[Raw, ...] = ()


# What a reader asks -------------------------------------------------------------------


class Field(StrEnum):
    """Where a clause looks."""

    ANY = "any"
    TITLE = "title"
    PERSON = "person"
    SUBJECT = "subject"
    PUBLISHER = "publisher"
    SERIES = "series"
    ISBN = "isbn"
    ISSN = "issn"
    IDENTIFIER = "identifier"
    CALL_NUMBER = "call-number"


class Clause(Noun, frozen=True, tag="clause"):
    """Words to be found in one field.

    `text` is NFC with single spaces. `is_phrase`: the words stand side by side in this order;
    else each must occur. `is_truncated`: the last word may go on.
    For ISBN, ISSN and IDENTIFIER (a DOI or handle) `text` is the normal form of `Identifier.value`.
    """

    text: str
    field: Field = Field.ANY
    is_phrase: bool = False
    is_truncated: bool = False


class And(Noun, frozen=True, tag="and"):
    """Every part must hold. Has at least two parts, none of them an And."""

    parts: tuple[Expression, ...]


class Or(Noun, frozen=True, tag="or"):
    """At least one part must hold. Has at least two parts, none of them an Or."""

    parts: tuple[Expression, ...]


class Not(Noun, frozen=True, tag="not"):
    """The part must not hold. Stands only inside an And that also has a part which is no Not."""

    part: Expression


Expression = Clause | And | Or | Not


class Filters(Noun, frozen=True):
    """What narrows an answer without being searched for as words.

    Years are inclusive; None leaves that end open. Empty tuples do not filter. `not_*` exclude.
    `members` are member ids as typed (the planner resolves names). Languages are ISO 639-2/B.
    """

    year_from: int | None = None
    year_to: int | None = None
    languages: tuple[str, ...] = ()
    not_languages: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    not_materials: tuple[Material, ...] = ()
    degrees: tuple[Degree, ...] = ()
    members: tuple[str, ...] = ()
    not_members: tuple[str, ...] = ()
    available_only: bool = False
    online_only: bool = False


class Query(Noun, frozen=True):
    """A reader's question in no dialect.

    `expression` is None when only filters were given. `page` counts from 1, `page_size` is in titles.
    """

    expression: Expression | None
    filters: Filters = Filters()
    page: int = 1
    page_size: int = 20


class Window(Noun, frozen=True):
    """Which of a member's records are asked for: `count` of them from place `start`, counted from 1."""

    start: int = 1
    count: int = 20


# What comes back ----------------------------------------------------------------------


class Reason(Noun, frozen=True):
    """A sentence that can be said in every language of the interface: its code and what it speaks of.

    The sentences stand in `engine/phrases/*.toml`; `engine.sentences.say` says one.
    """

    code: str
    values: dict[str, str | int | float] = {}


class Placed(Noun, frozen=True):
    """A record and its place in the member's own order, counted from 1."""

    place: int
    record: Record


class Answer(Noun, frozen=True):
    """What one member replied to one query.

    `total` is the member's own count of hits, None if it did not say. `asked_at` is seconds since the
    epoch, `took_s` seconds until the last byte was read. `has_more` says that records stand after this
    window. `notices` tell what was given up to get the answer (a dropped clause, folded words, records
    that could not be read).
    """

    member: str
    placed: tuple[Placed, ...]
    total: int | None
    asked_at: float
    took_s: float
    has_more: bool = False
    notices: tuple[Reason, ...] = ()


MOST_HITS = 10**12
"""No catalogue holds so much: a count of hits that is not below it is none."""


class Who(StrEnum):
    """Who must act on a failure."""

    READER = "reader"
    US = "us"
    MEMBER = "member"
    NOBODY = "nobody"


class Failure(Noun, frozen=True):
    """Why a member gave no answer: a code of `engine.errors`, who must act, and what was found."""

    code: str
    who: Who
    values: dict[str, str | int | float] = {}
    retry_after_s: float | None = None


class State(StrEnum):
    """How a member stands in one search."""

    WAITING = "waiting"
    ANSWERED = "answered"
    CACHED = "cached"
    FAILED = "failed"
    SKIPPED = "skipped"


class Report(Noun, frozen=True):
    """How one member fared in one search.

    `records` is how many it gave to this search, `total` how many hits it says it has. `age_s` is set
    for records from the index. `reason` says why it failed or was skipped, `failure` who must act.
    """

    member: str
    state: State
    records: int = 0
    total: int | None = None
    took_s: float | None = None
    age_s: float | None = None
    reason: Reason | None = None
    failure: Failure | None = None
    notices: tuple[Reason, ...] = ()


class Edition(Noun, frozen=True):
    """Records of several members that are the same edition.

    `merged` is one record made of all by the rules of `engine.fields`; its `member` and `id` are those of the
    record it was based on. `records` are the parts in the order of their keys. `joins` say why they
    are one.
    """

    merged: Record
    records: tuple[Record, ...]
    joins: tuple[Reason, ...] = ()


class Title(Noun, frozen=True):
    """Editions of the same work: what the reader sees as one result.

    `id` is `member~record-id` of one of its records (the record id percent-encoded), so it stays true
    as long as that record lives. The first edition is the one to show. `members` hold it. `reasons` say
    why it stands where it stands; `age_s` is the age of its oldest part from the index.
    """

    id: str
    editions: tuple[Edition, ...]
    members: tuple[str, ...]
    score: float
    reasons: tuple[Reason, ...] = ()
    joins: tuple[Reason, ...] = ()
    age_s: float | None = None


class FacetValue(Noun, frozen=True):
    """A value, and how many of the titles found have it."""

    value: str
    count: int


class Facet(Noun, frozen=True):
    """One facet, its values with the most frequent first."""

    name: str
    values: tuple[FacetValue, ...]


class Snapshot(Noun, frozen=True):
    """Everything known so far. It replaces the one before.

    `number` counts from 0. `titles` are those of the page asked for, `title_count` all known ones, `record_count` the
    records they are made of. `hit_count` sums the totals that members gave. `is_settled`: nothing more will come.
    `has_more`: a next page exists or members can be asked for more. `suggestions` are queries to offer instead.
    """

    number: int
    query: Query
    titles: tuple[Title, ...]
    title_count: int
    record_count: int
    hit_count: int
    facets: tuple[Facet, ...]
    reports: tuple[Report, ...]
    is_settled: bool
    has_more: bool = False
    suggestions: tuple[str, ...] = ()
    took_s: float = 0.0
