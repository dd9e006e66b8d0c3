"""Names of people, freed of ranks, dates and roles; and the roles.

A Vietnamese name is written family name, middle name, given name, without a comma; some catalogues invert it. Two
writings of one name agree in their syllables, not in their order.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from engine.model import Role
from engine.normalise.tables import groups
from engine.text import folded_key

# Roles --------------------------------------------------------------------------------


@cache
def role_phrases() -> dict[str, Role]:
    """Every phrase that says a role, as a folded key -> the role."""
    found: dict[str, Role] = {}
    for name, phrases in groups("names")["roles"].items():
        for phrase in phrases:
            found.setdefault(folded_key(phrase), Role(name))
    return found


@lru_cache(maxsize=4096)
def role(text: str) -> Role | None:
    """Return the role that a relator code, term or phrase says; None where it says none.

    >>> role("chủ biên"), role("trl"), role("http://id.loc.gov/vocabulary/relators/edt"), role("ill.")
    (<Role.EDITOR: 'editor'>, <Role.TRANSLATOR: 'translator'>, <Role.EDITOR: 'editor'>, <Role.ILLUSTRATOR: 'illustrator'>)
    """
    key = folded_key(text.rsplit("/", 1)[-1] if "://" in text else text)
    said = role_phrases()
    if key in said:
        return said[key]
    # "biên soạn và dịch", "editor and translator": the first that is known.
    for part in re.split(r"[,;/]|\s(?:và|and|et)\s", text):
        if (key := folded_key(part)) in said:
            return said[key]
    return None


# Ranks --------------------------------------------------------------------------------


def _pattern_of(word: str) -> str:
    """Return a pattern of a rank: letters of an abbreviation may be divided by full stops (T.S.K.H is not met)."""
    return r"\s+".join(re.escape(part) for part in word.split())


@cache
def _ranks() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    ranks = groups("names")["ranks"]
    sure, short, behind = (
        "|".join(sorted(map(_pattern_of, ranks[key]), key=len, reverse=True)) for key in ("sure", "short", "behind")
    )
    return (
        re.compile(rf"^(?:{sure}|P\.\s*GS|P\.\s*TS|TS\.\s*KH)(?![^\W_])[\s.,:\-–]*", re.IGNORECASE),
        re.compile(rf"^(?:{short})(?:\.[\s.,\-–]*|[\-–,]\s*|\s+(?=\S+\s+\S))", re.IGNORECASE),
        re.compile(rf"(?:,\s*|\s+(?=\S*\.))(?:{behind})\.?$"),
    )


def without_ranks(name: str) -> str:
    """Return a name without the ranks before and behind it.

    >>> [without_ranks(name) for name in ("GS.TS.NGND Nguyễn Văn A", "PGS. TS Trần Thị B", "ThS Lê C", "T.S. Eliot")]
    ['Nguyễn Văn A', 'Trần Thị B', 'Lê C', 'T.S. Eliot']
    """
    sure, short, behind = _ranks()
    while True:
        bare = sure.sub("", name, count=1)
        if bare == name:
            bare = (
                short.sub("", name, count=1)
                if not re.match(r"\w+\.\s*\w+$", name) or re.match(r"(?:TS|BS|KS|CN)\.", name)
                else name
            )
        bare = behind.sub("", bare.rstrip(" ,"))
        if bare == name or not bare.strip(" .,"):
            return name
        name = bare.lstrip(" .,-–")


# Persons ------------------------------------------------------------------------------

_PLAIN = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")
_DATES = re.compile(
    r"[,\s]*[(\[]?\s*(?:\b(?:b|d|fl|ca|born|active|sinh)\.?\s*)?(?<!\d)1?\d{3}\??\s*(?:[-–]\s*(?:ca\.?\s*)?(?:\d{4})?\??)?\s*[)\]]?[\s.,]*$",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]?\s*")
_EDGES = " \t\n,;:/=-–…[]<>\"'"
_LAST_STOP = re.compile(r"(?<![\s.][^\W\d_])(?<!^[^\W\d_])(?<!Jr)(?<!Sr)(?<!Inc)(?<!Ltd)(?<!Co)(?<!Corp)\.$")


@cache
def _others() -> re.Pattern[str]:
    """What says that there are more people, at the end of a name."""
    words = sorted((folded_key(word) for word in groups("names")["nobody"]["others"]), key=len, reverse=True)
    return re.compile(rf"(?:^|\s)(?:{'|'.join(re.escape(word) for word in words if word)})$")


@cache
def is_nobody() -> frozenset[str]:
    """Folded keys of what stands where a name is missing."""
    nobody = groups("names")["nobody"]
    return frozenset(folded_key(word) for key in ("others", "alone") for word in nobody[key])


@cache
def _role_at_end() -> re.Pattern[str]:
    return re.compile(rf"(?P<name>.*?[\w.\])])[\s,:\-–]+(?P<role>{_role_words(2)})[\s.]*$", re.IGNORECASE | re.DOTALL)


@cache
def _role_at_head() -> re.Pattern[str]:
    return re.compile(
        rf"^\s*(?P<role>{_role_words(0)})\s*(?:\.\s*:|:|(?<=by)\s|(?<= de)\s|(?<=par)\s|(?<=von)\s)\s*(?P<name>.+)$",
        re.IGNORECASE | re.DOTALL,
    )


@cache
def _role_words(least: int) -> str:
    """Return a pattern of the phrases of roles as they are written, the longest first."""
    phrases = {
        phrase
        for words in groups("names")["roles"].values()
        for phrase in words
        if not phrase.isdigit()
        and (len(phrase) > 3 or not phrase.isalpha() or not phrase.isascii())
        and len(phrase) >= least
    }
    patterns = sorted(phrases, key=len, reverse=True)
    return "|".join(
        r"\s*".join(re.escape(part) for part in re.split(r"\s+|(?<=\.)", phrase) if part) for phrase in patterns
    )


@lru_cache(maxsize=16384)
def person(text: str) -> tuple[str, Role | None]:
    """Return a name without ranks, role, dates and end punctuation, and the role that stood beside it.

    The name is empty where nobody is named ("Nhiều tác giả", "et al.").

    >>> person("PGS.TS. Nguyễn Văn A (chủ biên)")
    ('Nguyễn Văn A', <Role.EDITOR: 'editor'>)
    >>> person("Mankiw, N. Gregory, 1958-"), person("Lê C dịch")
    (('Mankiw, N. Gregory', None), ('Lê C', <Role.TRANSLATOR: 'translator'>))
    """
    name = " ".join(text.split())
    found: Role | None = None
    if ("(" in name or "[" in name) and (bracketed := _IN_BRACKETS.search(name)):
        name, found = _without_brackets(name, bracketed)
    if at_head := _role_at_head().match(name):
        found, name = found or role(at_head["role"]), at_head["name"]
    while (at_end := _role_at_end().match(name)) and role(at_end["role"]):
        found, name = found or role(at_end["role"]), at_end["name"]
    name = _LAST_STOP.sub("", _DATES.sub("", name.strip(_EDGES)).strip(_EDGES)).rstrip(_EDGES)
    name = _LAST_STOP.sub("", without_ranks(name)).strip(_EDGES)
    key = folded_key(name)
    if key in is_nobody() or not key:
        return "", found
    if (more := _others().search(key)) and len(key) > len(more.group()):
        name = _cut(name, len(key[: more.start()].split()))
    return name, found


def _without_brackets(name: str, bracketed: re.Match[str]) -> tuple[str, Role | None]:
    """Return a name without what its brackets say where that is a role, a date or "and others"; else as it is."""
    said = role(bracketed[1])
    inside = folded_key(bracketed[1])
    rest = (name[: bracketed.start()] + " " + name[bracketed.end() :]).strip()
    if said or inside in is_nobody() or re.fullmatch(r"[\d\s?-]*", inside):
        return rest or bracketed[1] if not said else rest, said
    if not rest:
        return bracketed[1], None
    return name, None


def _cut(name: str, tokens: int) -> str:
    """Return the first tokens of a name."""
    found = list(re.finditer(r"[^\W_]+\.?", name))
    return name[: found[tokens - 1].end()].strip(_EDGES) if 0 < tokens <= len(found) else ""


def name_syllables(name: str) -> tuple[str, ...]:
    """Return the syllables of a name, folded and sorted: what its direct and inverted forms have in common.

    >>> name_syllables("Nguyễn, Thị Nga") == name_syllables("Nguyễn Thị Nga") == ("nga", "nguyen", "thi")
    True
    """
    return tuple(sorted(folded_key(name).split()))


from engine.normalise.statements import people as people  # noqa: E402 - it is built on the above, and found here
