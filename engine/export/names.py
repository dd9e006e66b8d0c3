"""A name as citations need it: in two parts, or whole.

A Vietnamese name is cited whole and in its own order: "Nguyễn Văn An" is not "An, N. V.". Reference managers take the
last word of a name for the family's unless told otherwise, so each format says in its own way that a name is whole.
The decision stands in docs/decisions/0012-vietnamese-names-are-cited-whole.md.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from engine.export.texts import line
from engine.model import Person, PersonKind, Record, Role
from engine.normalise.name_order import direct_name
from engine.normalise.tables import lists
from engine.text import exact_key, folded_key
from engine.vietnamese.syllables import is_plain, is_spelt

_MOST_WORDS = 7  # a Vietnamese name of more syllables is several people, or none
_FAMILY_FIRST = frozenset({"chi", "jpn", "kor", "hun"})
_PARTICLES = frozenset({"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "ter"})
_SUFFIX = re.compile(r"(?:jr|sr|[ivx]+)\.?", re.IGNORECASE)


class Name(NamedTuple):
    """A name in parts. `given` is empty where the name is to be left whole: then `family` is all of it."""

    family: str
    given: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the name has no parts that may change places."""
        return not self.given

    @property
    def inverted(self) -> str:
        """The name with a comma behind the family's, where it has parts."""
        return f"{self.family}, {self.given}" if self.given else self.family


class Credits(NamedTuple):
    """Who is cited, and as what."""

    authors: tuple[Name, ...]
    editors: tuple[Name, ...]
    translators: tuple[Name, ...]


_AUTHORS = frozenset({Role.AUTHOR, Role.COMPOSER, Role.CARTOGRAPHER, Role.DIRECTOR, Role.PERFORMER})
_EDITORS = frozenset({Role.EDITOR, Role.COMPILER})


def credits_of(record: Record) -> Credits:
    """Return the people who are cited, each once in a role.

    >>> people = (Person("Lê An", Role.EDITOR), Person("Vũ Bình"), Person("Hồ Cúc", Role.EDITOR))
    >>> book = credits_of(Record("m", "1", "Giải tích", people=people, languages=("vie",)))
    >>> [name.family for name in book.authors], [name.family for name in book.editors]
    (['Lê An', 'Vũ Bình'], ['Hồ Cúc'])
    """
    lead = _lead(record)

    def those(roles: frozenset[Role]) -> tuple[Name, ...]:
        people = (one for one in record.people if (Role.AUTHOR if one is lead else one.role) in roles)
        names = (name_of(person, record.languages) for person in people)
        return tuple(dict.fromkeys(name for name in names if name.family))

    return Credits(those(_AUTHORS), those(_EDITORS), those(frozenset({Role.TRANSLATOR})))


def _lead(record: Record) -> Person | None:
    """Return the "chủ biên" who stands before a Vietnamese work's authors: the first of them, not an editor."""
    first = next(iter(record.people), None)
    has_authors = any(person.role is Role.AUTHOR for person in record.people)
    return first if first and first.role is Role.EDITOR and has_authors and "vie" in record.languages else None


@lru_cache(maxsize=4096)
def name_of(person: Person, languages: tuple[str, ...] = ()) -> Name:
    """Return a name in the parts that are sure, else whole. `languages` are those of the record.

    >>> [tuple(name_of(Person(name))) for name in ("An, Nguyễn Văn", "Mankiw, N. Gregory", "Paul Samuelson")]
    [('Nguyễn Văn An', ''), ('Mankiw', 'N. Gregory'), ('Samuelson', 'Paul')]
    >>> [name_of(Person(name)).family for name in ("Nguyễn Văn An", "Ludwig van Beethoven", "Platon")]
    ['Nguyễn Văn An', 'van Beethoven', 'Platon']
    """
    name = line(person.name)
    if person.kind is not PersonKind.PERSON:
        return Name(name)
    is_vietnamese_text = "vie" in languages
    name = direct_name(name, is_vietnamese_text=is_vietnamese_text)
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma:
        return Name(family, given) if family and given else Name(family or given)
    if is_vietnamese(name, is_vietnamese_text=is_vietnamese_text) or _FAMILY_FIRST & set(languages):
        return Name(name)
    return _western(name)


def is_vietnamese(name: str, *, is_vietnamese_text: bool = False) -> bool:
    """Whether a name without a comma is Vietnamese: it is made of syllables, and marks, family or text say so.

    >>> [is_vietnamese(name) for name in ("Nguyễn V. A.", "Tran Van An", "Tố Hữu", "Dan Lin", "Viet Thanh Nguyen")]
    [True, True, True, False, False]
    """
    words = name.lower().split()
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    if not words[0].isascii() and len(words) > 1 and exact_key(words[0]) in _family_names(is_marked=True):
        return True
    if not name.isascii():
        return all(is_spelt(word) or is_plain(word) for word in words)
    return all(map(is_plain, words)) and (
        is_vietnamese_text or (len(words) > 1 and folded_key(words[0]) in _family_names(is_marked=False))
    )


@cache
def _family_names(*, is_marked: bool) -> frozenset[str]:
    return frozenset(map(exact_key if is_marked else folded_key, lists("families")["sure"]))


def _western(name: str) -> Name:
    """Return a name in direct order in its parts; whole where its letters are not Latin, or it is a single word."""
    words = name.split()
    is_latin = all("LATIN" in unicodedata.name(letter, "") for letter in name if letter.isalpha())
    if len(words) < 2 or not is_latin or not words[-1][:1].isalpha():
        return Name(name)
    last = len(words) - 1
    if last > 1 and _SUFFIX.fullmatch(words[last]):
        last -= 1
    while last > 0 and words[last - 1].lower() in _PARTICLES:
        last -= 1
    return Name(" ".join(words[last:]), " ".join(words[:last]))
