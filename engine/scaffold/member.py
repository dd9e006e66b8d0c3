"""A member file to fill in: what was told of the library, and every setting of its system beside its default. Pure."""

from __future__ import annotations

import json
from enum import Enum
from typing import get_args

import msgspec

from engine.ports import System


def scaffold_member(
    system: System, *, url: str, vi: str, en: str, city: str = "", homepage: str = "", evidence: str = ""
) -> str:
    """Return the text of a member file for a library whose system is known. It is not enabled.

    Every key of the system's table stands there as a comment with its default; a key that has none is to be filled in.
    """
    lines = [f"system = {_text(system.name)}", f"url = {_text(url)}"]
    lines += [f"homepage = {_text(homepage)}"] if homepage else []
    lines += [
        f"evidence = {_text(evidence or 'TODO: who told the address, and when')}",
        "enabled = false  # try it with `lienthu member check`, then set it to true",
        "",
        "[name]",
        f"vi = {_text(vi)}",
        f"en = {_text(en)}",
        "",
    ]
    if city:
        lines += ["[place]", f"city = {_text(city)}", "# latitude = 21.03", "# longitude = 105.85", ""]
    lines += [
        "[manners]  # how its server is to be treated; docs/configuration.md tells each key",
        "# parallel = 2",
        "# spacing_ms = 200",
        "# timeout_s = 8.0",
        "# private_network = false",
        "",
        f"[{system.name}]  # docs/systems/{system.name}.md tells each key",
        *(_setting(field) for field in msgspec.structs.fields(system.settings)),
    ]
    return "\n".join(lines) + "\n"


def _setting(field: msgspec.structs.FieldInfo) -> str:
    name = field.encode_name
    if field.required:  # "TODO" is for whoever finishes the file: nobody else can know it
        return f"{name} = {_required(field.type)}  # TODO"
    default = field.default if field.default is not msgspec.NODEFAULT else None
    if field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    shown = _shown(default)
    return f"# {name} = {shown}" if shown is not None else f"# {name} ="


def _required(kind: object) -> str:
    parts = {kind, *get_args(kind)}
    if parts & {int, float}:
        return "1"
    return "true" if bool in parts else '"TODO"'


def _shown(value: object) -> str | None:
    """Return a default as TOML writes it; None for what only the system knows."""
    shown = None
    match value:
        case Enum():
            shown = _shown(value.value)
        case bool() | str() | int() | float():
            shown = json.dumps(value, ensure_ascii=False)
        case list() | tuple() | frozenset():
            parts = [part for each in value if (part := _shown(each)) is not None]
            shown = "[" + ", ".join(parts) + "]"
        case dict() if not value:
            shown = "{}"
    return shown


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
