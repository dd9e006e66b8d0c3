"""A library's entries, findable: an inverted index in memory, and the search of a CQL tree in it."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from demo.cql import Boolean, Diagnostic, Sort, Term, Tree
from demo.entries import Entry

Fold = Callable[[str], tuple[str, ...]]
"""Text -> the words it is found by."""

_WORD = re.compile(r"\w+")


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


@lru_cache(maxsize=20_000)
def fold_nothing(text: str) -> tuple[str, ...]:
    """Return the words in small letters, marks and all.

    >>> fold_nothing("Kinh tế vi mô")
    ('kinh', 'tế', 'vi', 'mô')
    """
    return _words(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=20_000)
def fold_marks(text: str) -> tuple[str, ...]:
    """Return the words without marks, but đ stays đ, as the ICU chains of Zebra and Koha have it.

    >>> fold_marks("Đại học")
    ('đai', 'hoc')
    """
    letters = unicodedata.normalize("NFD", text.lower())
    return _words("".join(letter for letter in letters if not unicodedata.combining(letter)))


@lru_cache(maxsize=20_000)
def fold_all(text: str) -> tuple[str, ...]:
    """Return the words in plain letters.

    >>> fold_all("Đại học")
    ('dai', 'hoc')
    """
    return tuple(word.replace("đ", "d") for word in fold_marks(text))


class Matching(msgspec.Struct, frozen=True):
    """How a system matches. `indexes` are its index names in small letters and the fields behind each.

    `equals_is_phrase`: several words after `=` stand side by side. `relations`: those it knows; others are
    diagnostic 19. `masks`: whether `*` and `?` mask; else a star in a term is diagnostic 28.
    `unknown_set`: the number for an index with an unknown prefix.
    """

    indexes: Mapping[str, tuple[str, ...]]
    default: tuple[str, ...]
    fold: Fold
    equals_is_phrase: bool = False
    relations: frozenset[str] = frozenset(
        {"=", "==", "all", "any", "adj", "exact", "<", "<=", ">", ">=", "<>", "within"}
    )
    masks: bool = True
    needs_index: bool = False
    unknown_set: int = 15


FIELDS = ("title", "person", "subject", "publisher", "series", "class", "note")


def texts(entry: Entry) -> dict[str, str]:
    """Return what can be searched of an entry, by field."""
    edition = entry.edition
    return {
        "title": f"{entry.title} {entry.subtitle} {entry.volume}",
        "person": f"{' '.join(name.text for name in entry.names)} {entry.statement}",
        "subject": " ".join(entry.subjects),
        "publisher": f"{entry.publisher} {entry.place}",
        "series": edition.series,
        "class": " ".join({edition.ddc, *(copy.call_number for copy in entry.copies)}),
        "note": entry.edition_statement,
        "id": entry.id,
        "isbn": " ".join(_number(each) for each in entry.isbns),
        "issn": edition.issn.replace("-", ""),
        "language": edition.language,
        "material": edition.material,
        "year": str(edition.year or ""),
    }


def _number(text: str) -> str:
    return re.sub(r"[^0-9X]", "", text.upper().partition(" ")[0])


class Shelf:
    """The entries of one library and where each word stands in them."""

    def __init__(self, entries: Sequence[Entry], matching: Matching) -> None:
        self.entries = entries
        self.matching = matching
        self._where: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._words: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        fold = matching.fold
        for place, entry in enumerate(entries):
            for field, text in texts(entry).items():
                words = fold(text) if field in FIELDS else tuple(text.lower().split())
                self._words[field].append(words)
                where = self._where[field]
                for word in set(words):
                    where[word].append(place)
        self._all = frozenset(range(len(entries)))

    def also_named(self, indexes: Mapping[str, tuple[str, ...]]) -> Shelf:
        """Return this shelf as another face of the same system sees it, which has more names of indexes."""
        other = copy.copy(self)
        other.matching = msgspec.structs.replace(self.matching, indexes={**self.matching.indexes, **indexes})
        return other

    def found(self, tree: Tree, sorts: Sequence[Sort] = ()) -> list[int]:
        """Return the places of the entries that a tree finds, in the order the system shows them; raise Diagnostic."""
        places = sorted(self._find(tree))
        for sort in reversed(sorts):
            fields = self._fields(sort.index) if sort.index.lower() in self.matching.indexes else ("year",)
            if fields[0] in self._words:
                words = self._words[fields[0]]
                places.sort(key=lambda place, words=words: words[place], reverse=sort.descends)  # type: ignore[misc] # the default binds the loop's value
        return places

    def terms(self, field: str) -> dict[str, int]:
        """Return the values of a field and how many entries have each."""
        return {word: len(places) for word, places in self._where[field].items()}

    def _find(self, tree: Tree) -> set[int]:
        if isinstance(tree, Boolean):
            left, right = self._find(tree.left), self._find(tree.right)
            if tree.operator == "and":
                return left & right
            if tree.operator == "or":
                return left | right
            if tree.operator == "not":
                return left - right
            raise Diagnostic(39, tree.operator)
        return self._clause(tree)

    def _fields(self, index: str) -> tuple[str, ...]:
        if not index or index.lower() in {"cql.serverchoice", "serverchoice"}:
            if self.matching.needs_index and not index:
                raise Diagnostic(10)
            return self.matching.default
        fields = self.matching.indexes.get(index.lower())
        if fields:
            return fields
        prefix, dot, _ = index.lower().partition(".")
        if dot and any(known.startswith(prefix + ".") for known in self.matching.indexes):
            raise Diagnostic(16, index)
        raise Diagnostic(self.matching.unknown_set if dot else 16, index)

    def _clause(self, clause: Term) -> set[int]:
        if clause.index.lower() == "cql.allrecords":
            return set(self._all)
        fields = self._fields(clause.index)
        relation = clause.relation or "="
        if relation not in self.matching.relations:
            raise Diagnostic(19, relation)
        if not clause.term.strip():
            raise Diagnostic(27)
        if fields == ("year",):
            return self._years(relation, clause.term)
        if fields[0] in {"isbn", "issn"}:
            return self._numbers(fields, clause.term)
        words = self._masked(clause.term, folds=fields[0] in FIELDS)
        is_phrase = relation == "adj" or (relation == "=" and self.matching.equals_is_phrase and bool(clause.relation))
        return self._text(fields, "adj" if is_phrase else relation, words) if words else set()

    def _text(self, fields: tuple[str, ...], relation: str, words: Sequence[re.Pattern[str] | str]) -> set[int]:
        if relation in {"==", "exact"}:
            return self._whole(fields, words)
        if relation == "any":
            return set().union(*(self._word(fields, word) for word in words))
        if relation == "adj" and len(words) > 1:
            return set().union(*(self._phrase(field, words) for field in fields))
        return set.intersection(*(self._word(fields, word) for word in words))

    def _masked(self, term: str, *, folds: bool) -> list[re.Pattern[str] | str]:
        if not self.matching.masks and re.search(r"(?<!\\)[*?]", term):
            raise Diagnostic(28)
        # Masks become private letters, so that the folding leaves them alone.
        kept = re.sub(r"\\(.)", " ", term) if not self.matching.masks else term
        kept = kept.replace("\\*", " ").replace("\\?", " ").replace("\\^", " ").replace("\\", " ").replace("^", " ")
        marked = kept.replace("*", "ꓸ").replace("?", "ꓹ")
        words = self.matching.fold(marked) if folds else tuple(marked.lower().split())
        return [self._pattern(word) if "ꓸ" in word or "ꓹ" in word else word for word in words if word.strip("ꓸꓹ")]

    @staticmethod
    def _pattern(word: str) -> re.Pattern[str]:
        return re.compile(re.escape(word).replace("ꓸ", ".*").replace("ꓹ", "."), re.DOTALL)

    def _word(self, fields: Iterable[str], word: re.Pattern[str] | str) -> set[int]:
        found: set[int] = set()
        for field in fields:
            where = self._where[field]
            if isinstance(word, str):
                found.update(where.get(word, ()))
            else:
                for known, places in where.items():
                    if word.fullmatch(known):
                        found.update(places)
        return found

    def _phrase(self, field: str, words: Sequence[re.Pattern[str] | str]) -> set[int]:
        candidates = set.intersection(*(self._word((field,), word) for word in words))
        return {place for place in candidates if _stands_in(self._words[field][place], words)}

    def _whole(self, fields: Iterable[str], words: Sequence[re.Pattern[str] | str]) -> set[int]:
        return {
            place
            for field in fields
            for place in set.intersection(*(self._word((field,), word) for word in words))
            if len(self._words[field][place]) == len(words) and _stands_in(self._words[field][place], words)
        }

    def _years(self, relation: str, term: str) -> set[int]:
        numbers = [int(number) for number in re.findall(r"\d{1,4}", term)]
        if not numbers:
            return set()
        year = numbers[0]
        low, high = {
            "<": (1, year - 1), "<=": (1, year), ">": (year + 1, 9999), ">=": (year, 9999),
            "within": (year, numbers[-1]),
        }.get(relation, (year, numbers[-1] if "-" in term else year))  # fmt: skip
        return {place for known, places in self._where["year"].items() if low <= int(known) <= high for place in places}

    def _numbers(self, fields: Iterable[str], term: str) -> set[int]:
        wanted = re.sub(r"[^0-9x*]", "", term.lower())
        return self._word(fields, re.compile(wanted.replace("*", ".*")) if "*" in wanted else wanted)


def _stands_in(words: Sequence[str], phrase: Sequence[re.Pattern[str] | str]) -> bool:
    length = len(phrase)
    return any(
        all(
            part == word if isinstance(part, str) else part.fullmatch(word)
            for part, word in zip(phrase, words[start : start + length], strict=True)
        )
        for start in range(len(words) - length + 1)
    )
