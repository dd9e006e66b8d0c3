"""What the rules of every dialect fill."""

from __future__ import annotations

from typing import NamedTuple

from engine.model import ClassNumber, Degree, Holding, Host, Identifier, Link, Material, Person, Raw, Series


class TitleStatement(NamedTuple):
    """A title and its parts, clean.

    `is_guess`: the responsibility stood behind a slash in the title, which may be part of the title.
    """

    title: str
    subtitle: str | None = None
    volume: str | None = None
    part_title: str | None = None
    parallels: tuple[str, ...] = ()
    responsibility: str | None = None
    is_guess: bool = False


class Draft:
    """The lists that rules fill; the best value of each stands first.

    `leads` are people of the main entry (MARC 1xx), `names` all others; each with whether a role was said.
    What is `spare` is told where the list without this word is empty. `materials` are sure, `spare_materials` refine
    a book or tell where nothing else does.
    """

    __slots__ = (
        "classes",
        "degrees",
        "editions",
        "enumerations",
        "extents",
        "holding_summaries",
        "holdings",
        "hosts",
        "identifiers",
        "ids",
        "languages",
        "leads",
        "links",
        "materials",
        "names",
        "notes",
        "online",
        "other_titles",
        "part_titles",
        "places",
        "publishers",
        "raw",
        "responsibilities",
        "series",
        "spare_holdings",
        "spare_languages",
        "spare_materials",
        "spare_publishers",
        "spare_series",
        "spare_titles",
        "spare_years",
        "subjects",
        "summaries",
        "titles",
        "urls",
        "volumes",
        "years",
    )

    def __init__(self) -> None:
        self.classes: list[ClassNumber] = []
        self.degrees: list[Degree] = []
        self.editions: list[str] = []
        self.enumerations: list[tuple[str | None, str | None, str | None]] = []
        self.extents: list[str] = []
        self.holding_summaries: list[str] = []
        self.holdings: list[Holding] = []
        self.hosts: list[Host] = []
        self.identifiers: list[Identifier] = []
        self.ids: list[str] = []
        self.languages: list[str] = []
        self.leads: list[tuple[Person, bool]] = []
        self.links: list[Link] = []
        self.materials: list[Material] = []
        self.names: list[tuple[Person, bool]] = []
        self.notes: list[str] = []
        self.online: list[bool] = []
        self.other_titles: list[str] = []
        self.part_titles: list[str] = []
        self.places: list[str] = []
        self.publishers: list[str] = []
        self.raw: list[Raw] = []
        self.responsibilities: list[str] = []
        self.series: list[Series] = []
        self.spare_holdings: list[Holding] = []
        self.spare_languages: list[str] = []
        self.spare_materials: list[Material] = []
        self.spare_publishers: list[str] = []
        self.spare_series: list[Series] = []
        self.spare_titles: list[TitleStatement] = []
        self.spare_years: list[int] = []
        self.subjects: list[str] = []
        self.summaries: list[str] = []
        self.titles: list[TitleStatement] = []
        self.urls: list[str] = []
        self.volumes: list[str] = []
        self.years: list[int] = []
