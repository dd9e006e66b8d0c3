"""What of a record is compared: made once per record, and shared by all records that say the same.

Nothing here knows another record; `engine.matching.ladder` compares.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
_NOBODYS_PREFIX = "123456789/"
"""Of the handles of a DSpace as it comes. Many repositories keep it, and each counts from 1."""

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
_ARTICLES = ("the ", "an ", "a ", "le ", "la ", "les ", "der ", "die ", "das ")
_TOKEN = re.compile(r"[^\W_]+")


class TitleKey(NamedTuple):
    """A title proper and its subtitle as they are compared: folded, and in lower case with their marks."""

    folded: str
    marked: str
    subtitle: str
    marked_subtitle: str
    full: str
    length: int  # syllables of the title proper
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
                title.marked if title.is_marked else "",
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
        """Return the blocking keys: only signatures that share one of them are compared. At most eight.

        The title proper; it with each of three people; one of two people with its first or its last two syllables.
        """
        title = self.title.folded
        people = sorted(self.people)[:3]
        syllables = title.split(" ")
        head, tail = " ".join(syllables[:2]), " ".join(syllables[-2:])
        found = [f"t {title}"] if title else []
        for place, person in enumerate(people):
            found.append(f"p {title}|{person}")
            if place < 2:
                found += (f"h {head}|{person}", f"l {tail}|{person}")
        return tuple(found)


@lru_cache(maxsize=16384)
def _folded_token(token: str) -> str:
    return text.folded_key(token)


def folds(phrase: str) -> tuple[str, str]:
    """Return the words of a text in lower case with their marks, and folded; both joined by one space.

    The same as `text.folded_key`, word by word, so that the syllables of a language are folded once.

    >>> folds("Giáo trình: Kinh tế")
    ('giáo trình kinh tế', 'giao trinh kinh te')
    """
    tokens = _TOKEN.findall(phrase.lower())
    if "+" in phrase or "#" in phrase:
        return " ".join(tokens), text.folded_key(phrase)
    return " ".join(tokens), " ".join([folded for token in tokens if (folded := _folded_token(token))])


@lru_cache(maxsize=8192)
def folded(phrase: str) -> str:
    """Return the folded key of any text."""
    return folds(phrase)[1]


@lru_cache(maxsize=8192)
def tokens(phrase: str) -> frozenset[str]:
    """Return the folded words of any text."""
    return frozenset(folds(phrase)[1].split())


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """Return the syllables of a name, folded and sorted: one key for direct and inverted order.

    >>> name_key("Mankiw, N. Gregory") == name_key("N. Gregory Mankiw")
    True
    """
    return " ".join(names.name_syllables(name))


@lru_cache(maxsize=8192)
def publisher_key(publisher: str | None) -> str:
    """Return the compared form of a publisher, "" where there is none."""
    return imprint.publisher_key(publisher) if publisher else ""


class Keys:
    """Makes the keys of records, remembering those of texts seen before. One per search."""

    def __init__(self) -> None:
        self._titles: dict[tuple[str, str | None], TitleKey] = {}
        self._signatures: dict[object, Signature] = {}

    def title(self, title: str, subtitle: str | None) -> TitleKey:
        """Return the compared form of a title and a subtitle, which may stand in the title after a colon."""
        key = (title, subtitle)
        found = self._titles.get(key)
        if found is None:
            proper, rest = title, subtitle or ""
            if not subtitle and (":" in title or "=" in title or "/" in title):
                parts = _SPLIT.split(title, maxsplit=1)
                if len(parts) == 2 and parts[0].strip():
                    proper, rest = parts
            marked, folded = folds(proper)
            marked_below, below = folds(rest) if rest else ("", "")
            bare = folded
            if folded.startswith(_ARTICLES) and (rest_of := folded.partition(" ")[2]):
                bare, marked = rest_of, marked.partition(" ")[2]
            full = f"{bare} {below}" if below else bare
            found = TitleKey(bare, marked, below, marked_below, full, bare.count(" ") + 1, marked != bare)
            self._titles[key] = found
        return found

    def signature(self, record: Record) -> Signature:
        """Return what decides which title this record belongs to."""
        people, bodies = self._creators(record.people)
        title = self.title(record.title, record.subtitle)
        rest = ""
        if not people:
            # Nothing but the title speaks for such a record: keep it apart from others until something agrees.
            host = record.host.title if record.host else ""
            publisher = publisher_key(record.publisher)
            is_bare = not (publisher or bodies or host) and (record.year is None or title.length < SHORT_TITLE)
            rest = f"{record.year or ''}\x1e{publisher}\x1e{host}\x1e{record.member if is_bare else ''}"
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
        bodies = [name_key(person.name) for person in people if person.kind is not PersonKind.PERSON]
        return (
            frozenset([key for person in makers if (key := name_key(person.name))]),
            frozenset([key for key in bodies if key]) if bodies else _NOBODY,
        )


SHORT_TITLE = 4
"""Syllables under which a title proper that stands alone ("Bài giảng") says nothing, not even with a year."""

LONG_TITLE = 8
"""Syllables from which on a title proper says enough to stand for a work that names nobody."""

_NOBODY: frozenset[str] = frozenset()


def links(record: Record, signature: Signature) -> tuple[str, ...]:
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
            found.append(f"y {title.folded}|{record.year}|{publisher_key(record.publisher)}")
        elif title.length >= LONG_TITLE:
            found.append(f"z {title.folded}|{record.year}")
    return tuple(found)


def _binds(identifier: Identifier, kind: str) -> bool:
    if not identifier.valid or identifier.scheme not in _BINDING:
        return False
    if identifier.scheme is Scheme.HANDLE and identifier.value.startswith(_NOBODYS_PREFIX):
        return False
    return identifier.scheme is not Scheme.ISSN or kind in {"journal", ""}
