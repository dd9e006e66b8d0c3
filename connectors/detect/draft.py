"""Writes member files: of a system that was told, and of a page that was not. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from engine.ports import Found
from engine.tools import Seen

_UNSURE_NAME = "unsure: as the site calls itself; write both names by hand"


def toml(value: object) -> str:
    r"""Return a value as TOML writes it on one line.

    >>> toml({"a": ["ký \"tự\"", 1, True]})
    '{ a = ["ký \\"tự\\"", 1, true] }'
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # TOML's basic strings are JSON's, but for this one control character.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case Mapping():
            return "{ " + ", ".join(f"{key_of(str(key))} = {toml(part)}" for key, part in value.items()) + " }"
        case Sequence() | set() | frozenset():
            return "[" + ", ".join(toml(part) for part in value) + "]"
    raise TypeError(f"{value!r} does not stand in TOML")


def key_of(name: str) -> str:
    """Return a key as TOML writes it: bare where it can be."""
    is_bare = bool(name) and all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in name)
    return name if is_bare else toml(name)


def table(name: str, values: Mapping[str, object], unsure: Mapping[str, str], under: str = "") -> list[str]:
    """Return the lines of a table: plain values first, then its own tables; comments beside what is unsure."""
    plain = {key: value for key, value in values.items() if not isinstance(value, Mapping) and value is not None}
    tables = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    lines = ["", f"[{name}]"]
    for key, value in plain.items():
        doubt = unsure.get(f"{under}{key}")
        lines.append(f"{key_of(key)} = {toml(value)}" + (f"  # unsure: {_flat(doubt)}" if doubt else ""))
    for key, inner in tables.items():
        lines += table(f"{name}.{key_of(key)}", inner, unsure, f"{under}{key}.")
    return lines


def member_file(
    system: str,
    found: Found,
    *,
    evidence: str,
    enabled: bool,
    private_network: bool,
    homepage: str,
    remarks: Sequence[str],
) -> str:
    """Return the text of the member file of a library whose system was told."""
    doubt = found.unsure.get("url")
    lines = [
        *(f"# {_flat(remark)}" for remark in remarks),
        f"system = {toml(system)}",
        f"url = {toml(found.url)}" + (f"  # unsure: {_flat(doubt)}" if doubt else ""),
        *([f"homepage = {toml(homepage)}"] if homepage else []),
        f"evidence = {toml(evidence)}",
        "enabled = true"
        if enabled
        else "enabled = false  # look through this file, try it with `lienthu member check`, then set it to true",
        *_names(found.name or homepage or found.url, found.unsure.get("name") or _UNSURE_NAME),
        *place_to_fill_in(),
        *_manners(private_network=private_network),
    ]
    if found.settings:
        lines += table(system, found.settings, found.unsure)
    return "\n".join(lines) + "\n"


def _names(name: str, doubt: str) -> list[str]:
    return ["", "[name]", f"vi = {toml(name)}  # {_flat(doubt)}", f"en = {toml(name)}  # {_flat(doubt)}"]


def place_to_fill_in() -> list[str]:
    """Return where a library stands as a comment: only a person can know it."""
    return ["", "# [place]", '# city = "Hà Nội"', "# latitude = 21.03", "# longitude = 105.85"]


def _manners(*, private_network: bool) -> list[str]:
    return ["", "[manners]", "private_network = true"] if private_network else []


def seen_lines(seen: Seen) -> list[str]:
    """Return what was seen in a page, as remarks."""
    rows = [("title", (seen.title,)), ("generator", (seen.generator,)), ("technology", seen.technologies)]
    rows += [("form", seen.forms), ("link", seen.links)]
    return [f"{name}: {one}" for name, several in rows for one in several if one]


def _flat(text: str) -> str:
    """Return a text that stays within its comment."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:300]
