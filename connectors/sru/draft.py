"""Writes the beginning of a member file from what a server says about itself. Pure."""

from __future__ import annotations

import json
import re

from connectors.sru.explain import Explained, ExplainedSchema, known_indexes
from connectors.sru.settings import Profile, Version

_SCHEMAS = ("marcxml", "marc21", "unimarc", "mods", "pica", "oai_dc", "dc", "dublincore")


def settings_from_explain(told: Explained, *, url: str, works: dict[str, bool] | None = None) -> str:
    """Return a member file for a server, with a comment beside what only a search or a person can tell.

    `works` tells of index names that were tried whether they found anything or were understood.
    """
    head = [
        'system = "sru"',
        f"url = {_text(url)}",
        "enabled = false  # look through this file, try it with `lienthu member check`, then set it to true",
        "",
        "[name]",
        f"vi = {_text(told.title or url)}  # unsure: as the server calls itself",
        f"en = {_text(told.title or url)}  # unsure: as the server calls itself",
        "",
        "[sru]",
    ]
    if "koha" in (told.title or "").lower():
        # The explain record of Koha is a template that tells of indexes and schemas that are not there.
        head.append(f"profile = {_text(Profile.KOHA.value)}")
        return "\n".join(head) + "\n"
    lines = [
        *head,
        *_profile(told),
        *_version(told),
        *_schemas(told),
        *_page(told),
    ]
    if told.masks and "*" in told.masks:
        lines.append('truncation = "*"')
    lines += [*_filters(told), "", "[sru.indexes]", *_indexes(told, works or {})]
    return "\n".join(lines) + "\n"


def _profile(told: Explained) -> list[str]:
    prefixes = {name.partition(".")[0] for name in told.index_names()}
    for prefix, profile in (("alma", Profile.ALMA), ("pica", Profile.K10PLUS), ("bib", Profile.BNF)):
        if prefix in prefixes:
            return [f"profile = {_text(profile.value)}  # unsure: told from its index names"]
    return [f"profile = {_text(Profile.GENERIC.value)}"]


def _version(told: Explained) -> list[str]:
    known = [version.value for version in Version]
    if told.version in known:
        return [f"version = {_text(told.version)}"]
    return ['version = "1.1"  # unsure: the server does not say; 1.1 is the most understood']


def _schemas(told: Explained) -> list[str]:
    """Return the line of schemas, the richest first."""
    readable = [
        (rank, schema.name or schema.identifier) for schema in told.schemas if (rank := _rank(schema)) is not None
    ]
    names = [name for _, name in sorted(readable, key=lambda found: found[0])]
    if names:
        return [f"schemas = {_list(names)}"]
    others = ", ".join(schema.name for schema in told.schemas)
    told_of = f"it tells of {others}" if others else "the server does not say"
    return [f'schemas = ["marcxml"]  # unsure: {told_of}']


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


def _page(told: Explained) -> list[str]:
    if told.max_records:
        return [f"max_records = {min(told.max_records, 1000)}"]
    return ["max_records = 50  # unsure: the server does not say"]


def _filters(told: Explained) -> list[str]:
    lines = []
    year, is_sure = _chosen(told, "year")
    if year:
        index = next(index for index in told.indexes if index.name == year)
        relations = index.relations or told.relations
        form = "range" if {">=", "<="} <= set(relations) else "list"
        lines.append(f"year_index = {_text(year)}" + ("" if is_sure else "  # unsure: a guess by its name"))
        lines.append(f"year_form = {_text(form)}" + ("" if relations else "  # unsure: it does not tell its relations"))
    language, is_sure = _chosen(told, "language")
    if language:
        lines.append(f"language_index = {_text(language)}" + ("" if is_sure else "  # unsure: a guess by its name"))
        lines.append('language_codes = "639-2b"  # unsure: try one')
    return lines


def _indexes(told: Explained, works: dict[str, bool]) -> list[str]:
    lines = []
    for field in known_indexes():
        if field in {"year", "language"}:
            continue
        name, is_sure = _chosen(told, field)
        if not name:
            continue
        tried = {True: "", False: "  # tried: the server does not understand it"}.get(works.get(name, True), "")
        unsure = "" if is_sure or name in works else "  # unsure: a guess by its name"
        mark = "# " if works.get(name) is False else ""
        lines.append(f"{mark}{field} = {_text(name)}{tried or unsure}")
    if not any(line.startswith("any =") for line in lines):
        lines.insert(0, 'any = ""  # unsure: bare terms, where the server chooses what to search')
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


def _list(values: list[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"
