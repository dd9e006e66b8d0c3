"""What a DSpace holds and how its search finds it, for the faces of version 7 and 6: fields, full text, access.

Source: DSpace 6.4, 7.6.7 and 9.2 as tried. Marks, case and English endings are folded; English stop words are not
looked for; the search goes through everything about an item, with what DSpace writes itself and the text of its
files, closed ones too. What is in the files is made up: the words of the title that stands next on the shelf.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from demo import lucene
from demo.entries import Entry
from demo.other_formats import DEGREES
from demo.shelf import fold_all

DEPOSITED: Final = "2026-03-15T08:15:00Z"
EMBARGO_END: Final = "2030-01-01"
_STOP_WORDS: Final = frozenset({"a", "an", "and", "as", "at", "by", "for", "in", "is", "of", "on", "or", "the", "to"})
_ALIASES: Final = {
    "title": ("dc.title",),
    "author": ("dc.contributor.author", "dc.creator"),
    "subject": ("dc.subject",),
}


class Deposit:
    """One item: an entry of the library's catalogue as it stands in its repository."""

    def __init__(self, entry: Entry, handle: str, full_text: str) -> None:
        self.entry, self.handle, self.full_text = entry, handle, full_text
        self.uuid = str(uuid5(NAMESPACE_URL, handle))

    @property
    def status(self) -> str:
        """Who may read its files, in the words of version 7."""
        if self.entry.edition.material != "thesis":
            return "metadata.only"
        return {0: "restricted", 1: "embargo"}.get(int(self.entry.id) % 6, "open.access")

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back: it is not found, but its address is still known."""
        return int(self.entry.id) % 89 == 0

    @property
    def file_name(self) -> str:
        """The name of its file, "" without one."""
        return "" if self.status == "metadata.only" else f"toan_van_{self.entry.id}.pdf"

    @cached_property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """Its metadata by qualified name."""
        entry, edition = self.entry, self.entry.edition
        said: dict[str, tuple[str, ...]] = {
            "dc.contributor.advisor": tuple(name.text for name in entry.names if name.role == "advisor"),
            "dc.contributor.author": tuple(name.text for name in entry.names if name.role != "advisor"),
            "dc.date.accessioned": (DEPOSITED,),
            "dc.date.available": (DEPOSITED,),
            "dc.date.issued": (str(edition.year or ""),),
            "dc.format.extent": (f"{edition.pages} tr." if edition.pages else "",),
            "dc.identifier.isbn": entry.isbns,
            "dc.identifier.uri": (f"http://hdl.handle.net/{self.handle}",),
            "dc.language.iso": (entry.language,),
            "dc.publisher": (entry.publisher,),
            "dc.subject": entry.subjects,
            "dc.title": (entry.title + (f": {entry.subtitle}" if entry.subtitle else ""),),
            "dc.type": (DEGREES.get(edition.degree) or "Sách",),
        }
        return {name: tuple(filter(None, values)) for name, values in said.items() if any(values)}

    @cached_property
    def words(self) -> dict[str, tuple[str, ...]]:
        """The words of each field, of its files under `fulltext`, and of all together under ""."""
        found = {name: _words(" ".join(values)) for name, values in self.fields.items()}
        found |= {"handle": (self.handle,), "search.resourceid": (self.uuid,), "search.resourcetype": ("2",)}
        found["has_content_in_original_bundle"] = ("true" if self.file_name else "false",)
        found["fulltext"] = _words(self.full_text) if self.file_name else ()
        found[""] = tuple(word for words in found.values() for word in words)
        return found

    @property
    def year(self) -> int | None:
        """The year it was issued."""
        return self.entry.edition.year


def _words(text: str) -> tuple[str, ...]:
    """Return the words as they are looked for: parts at hyphens, and the whole of what hyphens divide."""
    found: list[str] = []
    for chunk in text.split():
        parts = fold_all(chunk)
        found += [_stem(part) for part in parts if part not in _STOP_WORDS]
        if len(parts) > 1:
            found.append("".join(parts))
    return tuple(found)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and word.isascii() else word


class Discovery:
    """The items of a library, findable."""

    def __init__(self, entries: Sequence[Entry], prefix: str) -> None:
        following = [*entries[1:], *entries[:1]]
        self.deposits = [
            Deposit(entry, f"{prefix}/{entry.id}", after.title) for entry, after in zip(entries, following, strict=True)
        ]
        self.by_handle = {each.handle: each for each in self.deposits}
        self.by_uuid = {each.uuid: each for each in self.deposits}

    def found(self, query: str) -> list[Deposit]:
        """Return the items found, those with the words in the title first; QuerySyntaxError for a bad query."""
        node = lucene.parse(query)
        hits = [each for each in self.deposits if not each.is_withdrawn and _is_found(node, each)]
        wanted = set(_words(re.sub(r"[\w.]+:", " ", query)))
        return sorted(hits, key=lambda each: -len(wanted.intersection(each.words["dc.title"])))


def _is_found(node: lucene.Node, deposit: Deposit) -> bool:
    match node:
        case lucene.Both(wanted=wanted, unwanted=unwanted):
            said = [part for part in wanted if not _says_nothing(part)]
            is_wanted = all(_is_found(part, deposit) for part in said)
            return is_wanted and not any(_is_found(part, deposit) for part in unwanted)
        case lucene.Either(parts=parts):
            return any(_is_found(part, deposit) for part in parts)
        case lucene.Span(field=field, low=low, high=high):
            return _is_in_span(deposit, field, low, high)
        case lucene.Phrase(field=field, text=text):
            return any(_stand_together(words, _looked_for(field, text)) for words in _searched(deposit, field))
        case lucene.Word(field=field, text=text, is_masked=is_masked):
            return any(_stands(words, field, text, is_masked=is_masked) for words in _searched(deposit, field))
        case lucene.Every():
            return True


def _says_nothing(node: lucene.Node) -> bool:
    return isinstance(node, lucene.Word) and not node.field and not node.is_masked and not _words(node.text)


def _searched(deposit: Deposit, field: str) -> list[tuple[str, ...]]:
    if not field:
        return [deposit.words[""]]
    return [words for name in _ALIASES.get(field, (field,)) if (words := deposit.words.get(name))]


def _looked_for(field: str, text: str) -> tuple[str, ...]:
    return (text,) if field in {"handle", "search.resourceid", "search.resourcetype"} else _words(text)


def _stands(words: Sequence[str], field: str, text: str, *, is_masked: bool) -> bool:
    if is_masked:
        mask = re.compile(".*".join(re.escape("".join(fold_all(part))) for part in re.split(r"[*?]", text)))
        return any(mask.fullmatch(word) for word in words)
    wanted = _looked_for(field, text)
    return bool(wanted) and (wanted[-1] in words if len(wanted) > 1 else wanted[0] in words)


def _stand_together(words: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return False
    return any(tuple(words[at : at + len(wanted)]) == tuple(wanted) for at in range(len(words) - len(wanted) + 1))


def _is_in_span(deposit: Deposit, field: str, low: str, high: str) -> bool:
    if (low, high) == ("*", "*"):
        return bool(_searched(deposit, field)) if field != "dateIssued.year" else deposit.year is not None
    if field not in {"dateIssued.year", "dc.date.issued", "dateIssued"} or deposit.year is None:
        return False
    from_year = int(low) if low.isdigit() else 0
    to_year = int(high) if high.isdigit() else 9999
    return from_year <= deposit.year <= to_year
