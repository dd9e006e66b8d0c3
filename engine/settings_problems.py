"""What is wrong in a settings file, in the words of somebody who writes one and has never seen our code. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

_KINDS: Final = {
    "bool": "true or false", "int": "a whole number", "float": "a number", "str": 'text in "quotes"',
    "array": "a list in [brackets]", "object": "a table", "null": "nothing",
}  # fmt: skip
_MISSING: Final = re.compile(r"Object missing required field `(?P<key>.+)`")
_KIND: Final = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`$")
_BOUND: Final = re.compile(r"Expected `(?P<kind>int|float|str)` (?P<bound>.+)")


def problem_and_path(message: str) -> tuple[str, str]:
    """Return what msgspec says is wrong, and the dotted path of where."""
    problem, _, path = message.partition(" - at `$")
    return problem, re.sub(r"\[(\d+|\.\.\.)\]", "", path.rstrip("`")).strip(".")


def worded(problem: str, path: str, found: object) -> str:
    """Return a sentence about a value that does not fit.

    >>> worded("Expected `bool`, got `str`", "enabled", "yes")
    "`enabled` must be true or false, found 'yes'"
    >>> worded("Object missing required field `vid`", "primo", None)
    '`vid` is missing in the table `[primo]`'
    """
    if missing := _MISSING.fullmatch(problem):
        return f"`{missing['key']}` is missing" + (f" in the table `[{path}]`" if path else "")
    shown = f", found {found!r}" if found is not None and not isinstance(found, dict) else ""
    place = f"`{path}`" if path else "the file"
    if kind := _KIND.fullmatch(problem):
        wanted = _or(part for part in kind["wanted"].split(" | ") if part != "null")
        return f"{place} must be {wanted}{shown or ', found ' + _KINDS.get(kind['got'], kind['got'])}"
    if bound := _BOUND.fullmatch(problem):
        return f"{place} must be {_KINDS[bound['kind']]} {bound['bound']}{shown}"
    problem = problem[:1].lower() + problem[1:]
    return f"{place}: {problem}{shown}" if path else problem


def _or(kinds: Iterable[str]) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds)


def worded_toml(problem: str) -> str:
    r"""Return a sentence about a line that TOML does not allow.

    >>> worded_toml("Illegal character '\n' (at line 1, column 15)")
    'this is not TOML: a text begins here that has no closing quote'
    """
    said = re.sub(r"\s*\(at (?:line \d+, column \d+|end of document)\)", "", problem)
    if said in {r"Illegal character '\n'", "Illegal character '\n'"}:
        said = "a text begins here that has no closing quote"
    elif said.startswith("Invalid value"):
        said = 'behind the equals sign stands "text in quotes", a number, true or false, or a list in [brackets]'
    elif said.startswith("Expected '=' after a key"):
        said = "a line is a key, an equals sign and a value"
    elif said.startswith("Expected newline"):
        said = "something stands behind the value; a text needs quotes around all of it"
    elif said.startswith("Cannot overwrite") or "Cannot declare" in said:
        said = "this key or table stands in the file twice"
    elif said.startswith("Unescaped '\\'"):
        said = "a backslash in \"double quotes\" must be doubled, or write the text in 'single quotes'"
    else:
        said = said[:1].lower() + said[1:]
    return f"this is not TOML: {said}"


def nearest(key: str, known: set[str], *, or_all: bool = True) -> str:
    """Return the key that was probably meant, or all that are known."""
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return f"; did you mean `{near[0]}`?"
    return f"; known are: {', '.join(sorted(known))}" if known and or_all else ""
