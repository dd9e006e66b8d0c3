"""What of a record is compared: made once per record, and shared by all records that say the same.

Nothing here knows another record; `engine.matching.ladder` compares.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from engine import text
from engine.model import Identifier, Material, Person, PersonKind, Record, Role, Scheme
from engine.normalise import imprint, names

_CREATORS = frozenset(
    {
        Role.AUTHOR,
        Role.EDITOR,
        Role.COMPILER,
        Role.REVISER,
        Role.COMPOSER,
        Role.DIRECTOR,
        Role.CARTOGRAPHER,
        Role.OTHER,
    },
)
_BINDING = frozenset(
    {Scheme.ISBN, Scheme.ISSN, Scheme.DOI, Scheme.HANDLE, Scheme.OCLC, Scheme.LCCN, Scheme.NBN, Scheme.ISMN},
)
# E-resource and mixed say nothing about what kind of work it is.
_KINDS = {
    Material.BOOK: "text",
    Material.CONFERENCE: "text",
    Material.REPORT: "text",
    Material.MANUSCRIPT: "text",
    Material.THESIS: "thesis",
    Material.JOURNAL: "journal",
    Material.ARTICLE: "part",
    Material.CHAPTER: "part",
    Material.MAP: "map",
    Material.SCORE: "score",
    Material.SOUND: "sound",
    Material.FILM: "film",
    Material.IMAGE: "image",
    Material.SOFTWARE: "software",
    Material.OBJECT: "object",
}
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})
_SPLIT = re.compile(r"\s*[:=]\s+|\s+/\s+")
_ARTICLE = re.compile(r"^(?:the|an|a|le|la|les|der|die|das) (?=.)")
_NUMBER = re.compile(r"\b(?:\d+|[ivx]{2,})\b")


class TitleKey(NamedTuple):
    """A title proper and its subtitle as they are compared: folded, and the title proper with its marks too."""

    folded: str
    exact: str
    subtitle: str
    below: str  # the subtitle as it came
    full: str
    length: int  # syllables of the title proper
    numbers: frozenset[str]
    is_marked: bool


class Signature:
    """What decides which title a record belongs to. Records with equal `name` are one title without more ado.

    `people` and `bodies` are folded names with sorted syllables. `name` sorts and tells signatures apart.
    """

    __slots__ = ("bodies", "degree", "kind", "languages", "name", "people", "title")

    def __init__(
        self,
        title: TitleKey,
        kind: tuple[str, str],
        people: frozenset[str],
        bodies: frozenset[str],
        languages: frozenset[str],
        rest: str,
    ) -> None:
        self.title = title
        self.kind, self.degree = kind
        self.people = people
        self.bodies = bodies
        self.languages = languages
        self.name = "\x1f".join(
            (
                title.folded,
                title.exact if title.is_marked else "",
                title.subtitle,
                "|".join(sorted(people)),
                "|".join(sorted(bodies)),
                self.kind,
                self.degree,
                " ".join(sorted(languages)),
                rest,
            ),
        )

    def keys(self) -> tuple[str, ...]:
        """The blocking keys: only signatures that share one of them are compared. At most nine.

        The title proper; it with each of three people; one person with the first or the last two syllables of it.
        """
        title = self.title.folded
        people = sorted(self.people)[:3]
        syllables = title.split(" ")
        head, tail = " ".join(syllables[:2]), " ".join(syllables[-2:])
        found = [f"t {title}"] if title else []
        for person in people:
            found += (f"p {title}|{person}", f"h {head}|{person}", f"l {tail}|{person}")
        return tuple(found)


class Keys:
    """Makes the keys of records, remembering those of texts seen before. One per search."""

    def __init__(self) -> None:
        self._titles: dict[tuple[str, str | None], TitleKey] = {}
        self._names: dict[str, str] = {}
        self._publishers: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self._signatures: dict[object, Signature] = {}

    def title(self, title: str, subtitle: str | None) -> TitleKey:
        """The compared form of a title and a subtitle; a subtitle that stands in the title after a colon is found."""
        key = (title, subtitle)
        found = self._titles.get(key)
        if found is None:
            proper, rest = title, subtitle or ""
            if not subtitle:
                parts = _SPLIT.split(title, maxsplit=1)
                if len(parts) == 2 and parts[0].strip():
                    proper, rest = parts
            folded = text.folded_key(proper)
            exact = text.exact_key(proper)
            below = text.folded_key(rest) if rest else ""
            bare = _ARTICLE.sub("", folded)
            if len(bare) != len(folded):
                exact = exact.split(" ", 1)[1]
            full = f"{bare} {below}" if below else bare
            numbers = frozenset(_NUMBER.findall(full))
            found = TitleKey(bare, exact, below, rest, full, bare.count(" ") + 1, numbers, exact != bare)
            self._titles[key] = found
        return found

    def name(self, name: str) -> str:
        """The syllables of a name, folded and sorted: one key for direct and inverted order."""
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = " ".join(names.name_syllables(name))
        return found

    def folded(self, phrase: str) -> str:
        """The folded key of any text."""
        found = self._folded.get(phrase)
        if found is None:
            found = self._folded[phrase] = text.folded_key(phrase)
        return found

    def publisher(self, publisher: str | None) -> str:
        """The compared form of a publisher, "" where there is none."""
        if not publisher:
            return ""
        found = self._publishers.get(publisher)
        if found is None:
            found = self._publishers[publisher] = imprint.publisher_key(publisher)
        return found

    def signature(self, record: Record) -> Signature:
        """What decides which title this record belongs to."""
        people, bodies = self._creators(record.people)
        title = self.title(record.title, record.subtitle)
        rest = ""
        if not people:
            # Nothing but the title speaks for such a record: keep it apart from others until something agrees.
            host = record.host.title if record.host else ""
            rest = f"{record.year or ''}\x1e{self.publisher(record.publisher)}\x1e{host}"
        languages = frozenset(record.languages)
        kind = _KINDS.get(record.material, "") if record.material else ""
        known = (title, kind, record.degree, people, bodies, languages, rest)
        found = self._signatures.get(known)
        if found is None:
            found = self._signatures[known] = Signature(
                title,
                (kind, record.degree or ""),
                people,
                bodies,
                languages - _NO_LANGUAGE,
                rest,
            )
        return found

    def _creators(self, people: tuple[Person, ...]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the keys of the humans who made it, and of the bodies and meetings."""
        if not people:
            return _NOBODY, _NOBODY
        humans = [person for person in people if person.kind is PersonKind.PERSON and person.role is not Role.ADVISOR]
        makers = [person for person in humans if person.role in _CREATORS] or humans
        bodies = [self.name(person.name) for person in people if person.kind is not PersonKind.PERSON]
        return (
            frozenset([key for person in makers if (key := self.name(person.name))]),
            frozenset([key for key in bodies if key]) if bodies else _NOBODY,
        )

    def links(self, record: Record, signature: Signature) -> tuple[str, ...]:
        """Return what may bind this record beyond its signature: identifiers, and its year and publisher.

        An identifier is `i scheme:value`. An ISSN binds journals only: in a book it is that of its series.
        """
        found = [
            f"i {identifier.scheme.value}:{identifier.value}"
            for identifier in record.identifiers
            if _binds(identifier, signature.kind)
        ]
        if record.year is not None:
            title = signature.title
            if record.publisher:
                found.append(f"y {title.folded}|{record.year}|{self.publisher(record.publisher)}")
            if title.length >= LONG_TITLE:
                found.append(f"z {title.folded}|{record.year}")
        return tuple(found)


LONG_TITLE = 6
"""Syllables from which on a title proper says enough to stand for a work that names nobody."""

_NOBODY: frozenset[str] = frozenset()


def _binds(identifier: Identifier, kind: str) -> bool:
    if not identifier.valid or identifier.scheme not in _BINDING:
        return False
    return identifier.scheme is not Scheme.ISSN or kind in {"journal", ""}
