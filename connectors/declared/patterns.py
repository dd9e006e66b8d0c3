"""Regular expressions of member files, of which none can take long, whatever text a server sends. Pure.

A repetition inside a repetition may take exponential time, and is refused. What is left takes at most as many steps as
the text has letters to the power of its repetitions; the text is cut so that these are few.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_LETTERS_BY_REPEATS: Final = (4000, 2000, 500, 150, 80, 50, 40)
"""How many letters of a text are looked at, by how many repetitions a pattern has: at most about 20 million steps."""

_MOST_LETTERS: Final = 300
_MOST_OPTIONAL: Final = 8
_TOKEN: Final = re.compile(
    r"(?P<escape>\\[^\W\d_]|\\\d+|\\.)"
    r"|(?P<set>\[\^?\]?(?:[^\]\\]|\\.)*\])"
    r"|(?P<open>\((?:\?(?:[aimsx]+(?:-[imsx]+)?:|[aimsx]+\)|:|>|P<[A-Za-z_]\w*>|[^\s)]{1,2}))?)"
    r"|(?P<close>\))"
    r"|(?P<repeat>(?:[*+]|\{\d*,?\d*\})[?+]?)"
    r"|(?P<optional>\?[?+]?)"
    r"|(?P<either>\|)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_GROUPS: Final = re.compile(r"\((?:\?(?:[aimsx]+(?:-[imsx]+)?:|[aimsx]+\)|:|>|P<[A-Za-z_]\w*>))?")


class Bounded(NamedTuple):
    """A pattern and how many letters of a text it is tried on."""

    pattern: re.Pattern[str]
    letters: int

    def found(self, text: str) -> str | None:
        """Return the first group of the first match, or all of it where there is no group; None for no match."""
        match = self.pattern.search(text[: self.letters])
        if match is None:
            return None
        return next((group for group in match.groups() if group is not None), match[0])


@lru_cache(maxsize=1024)
def bounded(text: str) -> Bounded:
    r"""Return a pattern that cannot take long. Raises ValueError with what is wrong and how to mend it.

    >>> bounded(r"trong ([\d.]+)").found("Kết quả 1 - 20 trong 1.234")
    '1.234'
    """
    if len(text) > _MOST_LETTERS:
        raise ValueError(f"a regular expression of {len(text)} letters; write one of at most {_MOST_LETTERS}")
    try:
        pattern = re.compile(text)
    except re.error as error:
        where = f" at letter {error.pos + 1}" if error.pos is not None else ""
        raise ValueError(f"not a regular expression: {error.msg}{where}") from error
    repeats, optional = _weigh(text)
    if repeats >= len(_LETTERS_BY_REPEATS):
        most = len(_LETTERS_BY_REPEATS) - 1
        raise ValueError(f"a regular expression with {repeats} repetitions; write one with at most {most}")
    if optional > _MOST_OPTIONAL:
        raise ValueError(f"a regular expression with {optional} optional parts; write at most {_MOST_OPTIONAL}")
    return Bounded(pattern, _LETTERS_BY_REPEATS[repeats])


def _refuse_unbounded(token: re.Match[str]) -> None:
    """Raise for what may look far back or ahead."""
    kind, said = token.lastgroup, token[0]
    if kind == "escape" and said[1].isdigit() and said[1] != "0":
        raise ValueError(f"a back-reference ({said}); write what stands there once more")
    if kind == "open" and not _GROUPS.fullmatch(said):
        raise ValueError(f"a group of the kind {said!r}; match what stands around and take a group of it")


class _Group:
    """What stands inside an open bracket so far."""

    __slots__ = ("is_variable",)

    def __init__(self) -> None:
        self.is_variable = False


def _weigh(text: str) -> tuple[int, int]:
    """Return how many repetitions and how many optional parts a pattern has; raise for one inside another."""
    groups = [_Group()]
    closed: _Group | None = None
    repeats = optional = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        said = token[0]
        _refuse_unbounded(token)
        if kind == "open":
            if not said.endswith(")"):
                groups.append(_Group())
            closed = None
            continue
        if kind == "close":
            closed = groups.pop() if len(groups) > 1 else None
            if closed is not None and closed.is_variable:
                groups[-1].is_variable = True
            continue
        if kind == "repeat" and said != "{}" and not re.fullmatch(r"\{[01]?(?:,1)?\}.?", said):
            if closed is not None and closed.is_variable:
                raise ValueError(
                    "a repetition inside a repetition, which may take for ever; write the inner one without it"
                )
            repeats += 1
            groups[-1].is_variable = True
        elif kind in {"optional", "either", "repeat"}:
            optional += kind != "either"
            groups[-1].is_variable = True
        closed = None
    return repeats, optional
