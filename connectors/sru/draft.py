"""Writes the beginning of a member file from what a server says about itself. Pure."""

from __future__ import annotations

import json
import re

import msgspec

from connectors.sru.explain import Explained, ExplainedSchema, known_indexes
from connectors.sru.settings import Profile, Version

_SCHEMAS = ("marcxml", "marc21", "unimarc", "mods", "pica", "oai_dc", "dc", "dublincore")
_GUESS = "a guess by its name"


class Line(msgspec.Struct, frozen=True):
    """One setting of a draft: its dotted key below `[sru]`, and a comment where only a search or a person can tell.

    `is_out`: it was tried in vain, and stands in the file as a comment only.
    """

    key: str
    value: str | int | list[str]
    comment: str = ""
    is_out: bool = False


def table_from_explain(told: Explained) -> tuple[dict[str, object], dict[str, str]]:
    """Return the table `[sru]` for a server, and by dotted key what is unsure of it."""
    table: dict[str, object] = {}
    indexes: dict[str, object] = {}
    unsure: dict[str, str] = {}
    for line in _lines(told, {}):
        under, _, name = line.key.rpartition(".")
        (indexes if under else table)[name] = line.value
        if line.comment:
            unsure[line.key] = line.comment
    return (table | {"indexes": indexes} if indexes else table), unsure


def settings_from_explain(told: Explained, *, url: str, works: dict[str, bool] | None = None) -> str:
    """Return a member file for a server, with a comment beside what only a search or a person can tell.

    `works` tells of index names that were tried whether they found anything or were understood.
    """
    lines = _lines(told, works or {})
    shown = [
        'system = "sru"',
        f"url = {_text(url)}",
        "enabled = false  # look through this file, try it with `lienthu member check`, then set it to true",
        "",
        "[name]",
        f"vi = {_text(told.title or url)}  # unsure: as the server calls itself",
        f"en = {_text(told.title or url)}  # unsure: as the server calls itself",
        "",
        "[sru]",
        *(_shown(line) for line in lines if "." not in line.key),
    ]
    indexes = [_shown(line) for line in lines if "." in line.key]
    if indexes:
        shown += ["", "[sru.indexes]", *indexes]
    return "\n".join(shown) + "\n"


def _shown(line: Line) -> str:
    value = json.dumps(line.value, ensure_ascii=False)  # TOML's basic strings, arrays and numbers are JSON's
    mark = "# " if line.is_out else ""
    comment = f"  # {line.comment if line.is_out else f'unsure: {line.comment}'}" if line.comment else ""
    return f"{mark}{line.key.rpartition('.')[2]} = {value}{comment}"


def _lines(told: Explained, works: dict[str, bool]) -> list[Line]:
    if "koha" in (told.title or "").lower():
        # The explain record of Koha is a template that tells of indexes and schemas that are not there.
        return [Line("profile", Profile.KOHA.value)]
    truncation = [Line("truncation", "*")] if told.masks and "*" in told.masks else []
    return [
        _profile(told), _version(told), _schemas(told), _page(told), *truncation, *_filters(told),
        *_indexes(told, works),
    ]  # fmt: skip


def _profile(told: Explained) -> Line:
    prefixes = {name.partition(".")[0] for name in told.index_names()}
    for prefix, profile in (("alma", Profile.ALMA), ("pica", Profile.K10PLUS), ("bib", Profile.BNF)):
        if prefix in prefixes:
            return Line("profile", profile.value, "told from its index names")
    return Line("profile", Profile.GENERIC.value)


def _version(told: Explained) -> Line:
    known = [version.value for version in Version]
    if told.version in known and told.version is not None:
        return Line("version", told.version)
    return Line("version", "1.1", "the server does not say; 1.1 is the most understood")


def _schemas(told: Explained) -> Line:
    """Return the line of schemas, the richest first."""
    readable = [
        (rank, schema.name or schema.identifier) for schema in told.schemas if (rank := _rank(schema)) is not None
    ]
    names = [name for _, name in sorted(readable, key=lambda found: found[0])]
    if names:
        return Line("schemas", names)
    others = ", ".join(schema.name for schema in told.schemas)
    return Line("schemas", ["marcxml"], f"it tells of {others}" if others else "the server does not say")


def _rank(schema: ExplainedSchema) -> int | None:
    """Return how far down the list of wishes a schema stands; None where we cannot read it."""
    if not schema.is_retrievable:
        return None
    words = f"{schema.name} {schema.identifier}".lower()
    # "unimarcxml" holds "marcxml": the more special word decides.
    if "unimarc" in words:
        return _SCHEMAS.index("unimarc")
    if re.search(r"kormarc|cnmarc|short", words):
        return None
    if re.search(r"dcx|dcndl", words):
        return None
    return next((rank for rank, known in enumerate(_SCHEMAS) if known in words), None)


def _page(told: Explained) -> Line:
    if told.max_records:
        return Line("max_records", min(told.max_records, 1000))
    return Line("max_records", 50, "the server does not say")


def _filters(told: Explained) -> list[Line]:
    lines = []
    year, is_sure = _chosen(told, "year")
    if year:
        index = next(index for index in told.indexes if index.name == year)
        relations = index.relations or told.relations
        form = "range" if {">=", "<="} <= set(relations) else "list"
        lines.append(Line("year_index", year, "" if is_sure else _GUESS))
        lines.append(Line("year_form", form, "" if relations else "it does not tell its relations"))
    language, is_sure = _chosen(told, "language")
    if language:
        lines.append(Line("language_index", language, "" if is_sure else _GUESS))
        lines.append(Line("language_codes", "639-2b", "try one"))
    return lines


def _indexes(told: Explained, works: dict[str, bool]) -> list[Line]:
    lines = []
    for field in known_indexes():
        if field in {"year", "language"}:
            continue
        name, is_sure = _chosen(told, field)
        if not name:
            continue
        key = f"indexes.{field}"
        if works.get(name) is False:
            lines.append(Line(key, name, "tried: the server does not understand it", is_out=True))
        else:
            lines.append(Line(key, name, "" if is_sure or name in works else _GUESS))
    if not any(line.key == "indexes.any" and not line.is_out for line in lines):
        lines.insert(0, Line("indexes.any", "", "bare terms, where the server chooses what to search"))
    return lines


def _chosen(told: Explained, field: str) -> tuple[str, bool]:
    """Return the index that a field is best asked in, and whether its whole name is known."""
    offered = {name.lower(): name for name in told.index_names()}
    bare = {name.rpartition(".")[2].lower(): name for name in reversed(told.index_names())}
    for known in known_indexes()[field]:
        if known.lower() in offered:
            return offered[known.lower()], True
        if "." not in known and known in bare:
            return bare[known], False
    return "", False


def _text(value: str) -> str:
    """Return a TOML string. TOML's basic strings are JSON's."""
    return json.dumps(value, ensure_ascii=False)
