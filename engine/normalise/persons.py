"""A name as a member writes it, freed of ranks, dates and role."""

from __future__ import annotations

import re
from functools import cache

from engine.model import Role
from engine.normalise.remembered import remembered
from engine.normalise.roles import role, role_keys, role_pattern
from engine.normalise.tables import groups
from engine.text import clean, folded_key

# Ranks --------------------------------------------------------------------------------


@cache
def _ranks() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of ranks before a name that are sure, of those that could be initials, and behind a name."""
    ranks = groups("names")["ranks"]
    sure, short, behind = (
        "|".join(r"\s+".join(map(re.escape, rank.split())) for rank in sorted(ranks[key], key=len, reverse=True))
        for key in ("sure", "short", "behind")
    )
    return (
        re.compile(
            rf"(?:{sure}|P\.\s*GS|P\.\s*TS|TS\.\s*KH|BS\.?\s*CK\s*I{{0,3}})(?![^\W_])[\s.,:/\-–]*", re.IGNORECASE
        ),
        re.compile(rf"(?:{short})(?:\.[\s.,/\-–]*|[\-–,/]\s*|\s+(?=[^\W\d_]+\s+[^\W\d_]))", re.IGNORECASE),
        re.compile(rf"(?:,\s*|\s+(?=\S*\.))(?:{behind})\.?$"),
    )


def without_ranks(name: str) -> str:
    """Return a name without the ranks before and behind it.

    >>> [without_ranks(name) for name in ("GS.TS.NGND Nguyễn Văn A", "PGS. TS Trần Thị B", "ThS Lê C", "T.S. Eliot")]
    ['Nguyễn Văn A', 'Trần Thị B', 'Lê C', 'T.S. Eliot']
    """
    sure, short, behind = _ranks()
    while True:
        rank = sure.match(name) or short.match(name)
        bare = behind.sub("", (name[rank.end() :] if rank else name).rstrip(" ,"))
        if bare == name or not bare.strip(" .,"):
            return name
        name = bare.lstrip(" .,-–")


# Nobody -------------------------------------------------------------------------------


@cache
def nobody() -> frozenset[str]:
    """Return the folded keys of what stands where a name is missing."""
    phrases = groups("names")["nobody"]
    return frozenset(folded_key(word) for key in ("others", "alone") for word in phrases[key])


@cache
def _numbered() -> re.Pattern[str]:
    """Return the pattern of a standard's or regulation's number: TCVN 1234:2005, 22TCN 211-06, Thông tư số 200."""
    words = sorted(groups("names")["nobody"]["numbered"], key=len, reverse=True)
    phrases = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
    return re.compile(rf"(?:\d{{2}}\s*)?(?:{phrases})(?:\s+số)?[\s:.\-–]*\d", re.IGNORECASE)


@cache
def _more() -> re.Pattern[str]:
    """Return the pattern of "and others" at the end of a name."""
    words = sorted((word for word in groups("names")["nobody"]["others"] if folded_key(word)), key=len, reverse=True)
    phrases = "|".join(r"\s*".join(map(re.escape, re.split(r"\s+|(?<=\.)", word))) for word in words)
    return re.compile(rf"[\s,;:.…\[(]+(?:{phrases})[\s.\])]*$", re.IGNORECASE)


# Names --------------------------------------------------------------------------------

_DATES = re.compile(
    r"[,\s]*[(\[]?\s*(?:\b(?:b|d|fl|ca|born|active|sinh|sinh năm|s)\.?\s*)?"
    r"(?<!\d)\d{3,4}\??\s*(?:[-–]\s*(?:ca\.?\s*)?(?:\d{3,4})?\??)?\s*[)\]]?[\s.,]*$",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*")
_DOTS = re.compile(r"\s*(?:\.{2,}|…)[\s.…]*")
_EDGES = " \t\n,;:/=-–<>\"'*“”"
# A full stop at the end is punctuation unless an initial or an abbreviation has it.
_LAST_STOP = re.compile(r"(?<![\s.][^\W\d_])(?<!^[^\W\d_])(?<!Jr)(?<!Sr)(?<!Inc)(?<!Ltd)(?<!Co)(?<!Corp)\.$")
_LONGEST_NAME = 300
_INITIAL = r"[^\W\d_]\. ?"
_PLAIN = re.compile(rf"(?:{_INITIAL})*[^\W\d_]+(?:(?: |-|'|, )(?:{_INITIAL})*[^\W\d_]+)*")


@cache
def _role_at_end() -> re.Pattern[str]:
    # Behind a blank only lower case says a role: Nguyễn Viết is a name.
    words = role_pattern()
    and_more = rf"(?:\s*(?:và|,|&|and)\s*(?:{words}))*"
    from_what = r"(?:\s+(?:từ|sang|ra|theo|từ bản)?\s*(?:tiếng|bản)\s[^,;]*|\s+(?:và|and))?"
    return re.compile(
        rf"(?P<name>.*?[\w.)\]])(?:\s+(?=[^\W\d_])(?P<role>{words})|\s*[,:–-]\s*(?P<apart>(?i:{words})))"
        rf"{and_more}{from_what}[\s.]*$",
        re.DOTALL,
    )


@cache
def _role_at_head() -> re.Pattern[str]:
    words = role_pattern()
    return re.compile(
        rf"(?:(?P<role>(?i:{words}))\s*\.?\s*:\s*|(?P<small>{words})\s+(?=[A-ZÀ-ỸĐ]))(?P<name>\S.*)$", re.DOTALL
    )


# "translated from the French by X", "traduit par X", "hrsg. von X": the first word that is known says the role.
_BY = re.compile(
    r"(?P<role>(?:[^\W\d_]+[.']?\s+){0,6}?)(?:[Bb]y|par|von|with)\s+(?P<name>\S.*)$|"
    r"(?P<of>(?i:sous la dir(?:ection|\.)|préface|textes|traduction|introduction|édition))\s+(?:de\s|d')\s*"
    r"(?P<named>\S.*)$",
    re.DOTALL,
)


@cache
def _needs_care() -> frozenset[str]:
    """Return the folded first words of ranks and nobodies: a name that begins otherwise may be plain."""
    table = groups("names")
    phrases = [
        *table["ranks"]["sure"],
        *table["ranks"]["short"],
        *table["ranks"]["behind"],
        *table["nobody"]["alone"],
        *table["nobody"]["others"],
        "by", "with", "par", "von",
    ]  # fmt: skip
    return frozenset(key.split()[0] for phrase in phrases if (key := folded_key(phrase)))


@remembered
def person(text: str) -> tuple[str, Role | None]:
    """Return a name without ranks, role, dates and end punctuation, and the role that stood beside it.

    The name is empty where nobody is named ("Nhiều tác giả", "et al.", "TCVN 1234").

    >>> [(name, role.value) for name, role in map(person, ("PGS.TS. Nguyễn Văn A (chủ biên)", "Lê C dịch"))]
    [('Nguyễn Văn A', 'editor'), ('Lê C', 'translator')]
    >>> person("Mankiw, N. Gregory, 1958-")
    ('Mankiw, N. Gregory', None)
    >>> person("TCVN 1234")
    ('', None)
    """
    name = clean(text)
    if len(name) > _LONGEST_NAME:
        return name, None
    plain = _LAST_STOP.sub("", (_DATES.sub("", name) if _DIGIT.search(name) else name).rstrip(" ,;"))
    if _is_plain(plain):
        return plain, None
    if folded_key(name) in nobody() or _numbered().match(name):
        return "", None
    name = _balanced(_DOTS.sub(" ", _more().sub("", " " + name)).strip())
    name, found = _without_role(name)
    name = _LAST_STOP.sub("", _DATES.sub("", name.strip(_EDGES)).strip(_EDGES)).rstrip(_EDGES)
    name = _LAST_STOP.sub("", without_ranks(name)).strip(_EDGES)
    key = folded_key(name)
    if not key or key in nobody():
        return "", found
    if found is None and (len(key) > 3 or not key.isascii()) and key in role_keys() and name[0].islower():
        return "", role_keys()[key]
    return name, found


def _balanced(name: str) -> str:
    """Return a name without brackets that lack their other half."""
    for opening, closing in ("[]", "()"):
        if name.count(opening) != name.count(closing):
            name = " ".join(name.replace(opening, " ").replace(closing, " ").split())
    return name


def _is_plain(name: str) -> bool:
    """Whether a name is capitalised words and initials only, with no rank before or behind it, and says no role."""
    if not _PLAIN.fullmatch(name):
        return False
    words = name.split()
    if len(words) < 2 or not all(word[0].isupper() for word in words):
        return False
    care = _needs_care()
    return folded_key(words[0]) not in care and ("," not in name or folded_key(words[-1]) not in care)


def _without_role(name: str) -> tuple[str, Role | None]:
    """Return a name without the words that say its role, and the role."""
    found: Role | None = None
    if "(" in name or "[" in name:
        name, found = _without_brackets(name)
    if at_head := _role_at_head().match(name):
        found, name = found or role(at_head["role"] or at_head["small"]), at_head["name"]
    elif by := _BY.match(name):
        found, name = found or _role_of_words(by["role"] or by["of"] or ""), by["name"] or by["named"]
    before, _, last = name.rpartition(",")
    if before and last.strip()[:1].islower() and (said := role(last)):
        found, name = found or said, before
    while at_end := _role_at_end().match(name):
        found, name = found or role(at_end["role"] or at_end["apart"]), at_end["name"]
    return name, found


def _role_of_words(words: str) -> Role:
    known = role_keys()
    said = (known[key] for word in words.split() if len(key := folded_key(word)) > 2 and key in known)
    return next(said, known.get(folded_key(words), Role.AUTHOR))


def _without_brackets(name: str) -> tuple[str, Role | None]:
    """Return a name without those brackets that say a role, a date or "and others"; and the role."""
    found: Role | None = None
    at = 0
    while bracketed := _BRACKETS.search(name, at):
        inside = folded_key(bracketed[1])
        said = role(bracketed[1])
        rest = f"{name[: bracketed.start()]} {name[bracketed.end() :]}".strip()
        if said or inside in nobody() or not inside.strip("0123456789 "):
            name, found = rest, found or said
        elif not rest:
            name = bracketed[1]
        else:
            at = bracketed.end()
    return name, found
