"""People out of a statement of responsibility, as cataloguers type it."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from engine.model import Person, PersonKind, Role
from engine.normalise.persons import nobody, person
from engine.normalise.remembered import remembered
from engine.normalise.roles import is_role_word, role, role_keys, role_pattern
from engine.normalise.tables import groups
from engine.text import clean, exact_key, folded_key

_GROUPS = re.compile(r"\s*;\s*|\s+/\s+")
_SEVERAL = re.compile(r"[;,:/(\[&]|\s(?:và|and|et|und|-|–)\s", re.IGNORECASE)
_BRACKETED_AND = re.compile(r"\s*[\[(]\s*(?:and|và|et|&|with)\s*[\])]\s*", re.IGNORECASE)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "ltd", "inc", "co", "llc", "gmbh", "corp", "limited", "plc"})
_COMMA = re.compile(r"\s*,\s*")
_AND = re.compile(r"^(?:và|and|et|und|&)\s+|\s+(?:và|and|et|und|&)\s+", re.IGNORECASE)
_DASH = re.compile(r"\s+[-–]\s+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LONG_NUMBER = re.compile(r"\d{3}")
_SHARED_AT_HEAD = re.compile(r"\s*(?:[^:;,]{2,40}:|(?:[^\W\d_]+\.?\s+){0,6}(?:by|par|von)\s)", re.IGNORECASE)


@cache
def _role_with_colon() -> re.Pattern[str]:
    return re.compile(rf"\b(?i:{role_pattern()})\s*\.?\s*:")


def _groups(text: str) -> list[str]:
    """Return the parts of a statement that tell of different doings: a semicolon divides them, and "Dịch:"."""
    groups = _GROUPS.split(text)
    if ":" not in text:
        return groups
    found: list[str] = []
    for group in groups:
        starts = [0, *(said.start() for said in _role_with_colon().finditer(group) if said.start()), len(group)]
        found.extend(group[start:end].strip(" .") for start, end in pairwise(starts))
    return found


@cache
def _bodies() -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    """Return the words with which a body's name begins, single ones with their marks; and those it holds."""
    words = groups("names")["bodies"]
    single = frozenset(exact_key(word) for word in words["head"] if " " not in word)
    heads = "|".join(re.escape(folded_key(word)) for word in words["head"] if " " in word)
    within = "|".join(re.escape(folded_key(word)) for word in words["within"])
    return single, re.compile(rf"(?:{heads})\b"), re.compile(rf"\b(?:{within})\b")


def is_body(name: str) -> bool:
    """Whether a name is rather a body's than a human's.

    >>> [is_body(name) for name in ("Bộ Giáo dục và Đào tạo", "Vũ Đức Thái", "Harvard University")]
    [True, False, True]
    """
    single, heads, within = _bodies()
    words = name.split()
    if len(words) > 2 and exact_key(words[0]) in single and exact_key(words[1]) != "thị":
        return True
    key = folded_key(name)
    return bool((len(words) > 2 and heads.match(key)) or within.search(key))


@remembered
def people(statement: str) -> tuple[Person, ...]:
    """Return the people of a statement of responsibility, with their roles.

    A role in brackets is its own name's; one without brackets behind the last of several names is theirs together,
    but one main editor is one.

    >>> [(one.name, one.role.value) for one in people("Nguyễn Văn A (ch.b.), Trần B; Lê C, Vũ D dịch")]
    [('Nguyễn Văn A', 'editor'), ('Trần B', 'author'), ('Lê C', 'translator'), ('Vũ D', 'translator')]
    """
    text = clean(statement)
    if not _SEVERAL.search(text):
        name, found = person(text)
        return () if not name or _is_no_name(name, text) else (_person(name, found),)
    groups = _groups(_BRACKETED_AND.sub(" and ", text))
    return tuple(dict.fromkeys(one for group in groups for one in _of_group(group)))


def _person(name: str, found: Role | None) -> Person:
    kind = PersonKind.CORPORATE if is_body(name) else PersonKind.PERSON
    return Person(name=name, role=found or Role.AUTHOR, kind=kind)


def _of_group(group: str) -> list[Person]:
    said: list[tuple[str, Role | None]] = []
    shared: Role | None = None
    parts = _parts(group)
    for part in parts:
        name, found = person(part)
        if not said and len(parts) > 1 and is_role_word(part):  # "Dịch, Nguyễn Văn A"
            name, found = "", role(part)
        if found and not said and _SHARED_AT_HEAD.match(part):
            shared = found
        if found and not name:  # "A, chủ biên", "editor-in-chief, B": the role stands alone
            if said:
                said = _told_together([*said[:-1], (said[-1][0], found)], part, found)
            else:
                shared = found
        elif name and not _is_no_name(name, part):
            said = _told_together([*said, (name, found)], part, found)
    return [_person(name, own or shared) for name, own in said]


def _is_no_name(name: str, part: str) -> bool:
    """Whether it is a number, a standard (TCVN 5913) or one stray word."""
    if _LONG_NUMBER.search(name) or (name.isupper() and _LONG_NUMBER.search(part)):
        return True
    return sum(map(str.isalpha, name)) < 2 or (name.islower() and " " not in name)


def _told_together(said: list[tuple[str, Role | None]], part: str, found: Role | None) -> list[tuple[str, Role | None]]:
    """Give the names before it the role that stands behind the last name without brackets."""
    in_brackets = any(role(bracketed[1:-1]) for bracketed in _BRACKETS.findall(part))
    if found is None or (in_brackets and "đồng" not in part) or _SHARED_AT_HEAD.match(part):
        return said
    if found is Role.EDITOR and "đồng" not in part and "ed" not in folded_key(part).split()[-1]:
        return said
    return [(name, own or found) for name, own in said]


def _parts(group: str) -> list[str]:
    """Return the names of a group; an inverted name stays whole, and so does a body."""
    if is_body(group) and "," not in group:
        return [group]
    masked = _BRACKETS.sub(lambda found: found.group().replace(",", "\x00"), group)
    parts: list[str] = []
    for part in _COMMA.split(masked):
        if parts and folded_key(part) in _SUFFIXES:
            parts[-1] += ", " + part
        elif part.strip():
            parts.append(part.replace("\x00", ","))
    if _is_inverted(parts):
        return [", ".join(parts)]
    return [piece for part in parts for one in _by_and(part) for piece in _by_dash(one)]


def _is_inverted(parts: list[str]) -> bool:
    """Whether two parts are a family name and the rest of the same name, or a given name and what stands before it."""
    if len(parts) != 2 or not 1 <= len(parts[1].split()) <= 3:
        return False
    first, second = parts[0], parts[1].rstrip(" .")
    before, _, last = second.rpartition(" ")
    if before and (last == "Thị" or (last == "Văn" and " " not in first)):
        return len(first.split()) < 3 and first[0].isupper()  # nobody is called Thị: the given name stands first
    if " " in first or _is_role(first) or person(second)[1] is not None or folded_key(second) in nobody():
        return False
    return not _is_role(second)


def _is_role(part: str) -> bool:
    return is_role_word(part) if part[0].isupper() and " " not in part else role(part) is not None


def _by_and(part: str) -> list[str]:
    pieces = _AND.split(part)
    if len(pieces) == 1 or is_body(part):
        return [part]
    # "tuyển chọn và giới thiệu" is one role.
    if any(folded_key(piece) in role_keys() for piece in pieces[1:]):
        return [part]
    return [piece for piece in pieces if piece.strip()]


def _by_dash(part: str) -> list[str]:
    pieces = _DASH.split(part)
    return pieces if all(len(piece.split()) > 1 for piece in pieces) else [part]
