"""The table `[sru]` of a member file, and the profiles that fill in what it does not say."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from connectors.questions.cql_map import CqlMap, Index, IsbnForm, LanguageCodes, MissingField, Quoting, Words, YearForm
from connectors.questions.profiles import overridden
from engine.model import Field


class Version(StrEnum):
    """A version of SRU."""

    V1_1 = "1.1"
    V1_2 = "1.2"
    V2_0 = "2.0"


class Packing(StrEnum):
    """How records are asked to be packed. NONE: not asked for, the server decides."""

    XML = "xml"
    STRING = "string"
    NONE = "none"


class Profile(StrEnum):
    """A kind of server that is known by name: `profiles.toml` tells how each is spoken to."""

    GENERIC = "generic"
    YAZ = "yaz"
    KOHA = "koha"
    ALMA = "alma"
    DNB = "dnb"
    BNF = "bnf"
    SUDOC = "sudoc"
    K10PLUS = "k10plus"
    LOC = "loc"


Boolean = Literal["and", "or", "not"]
PageSize = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Place = Annotated[int, msgspec.Meta(ge=0)]
Budget = Annotated[int, msgspec.Meta(ge=1, le=8)]


class SruSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[sru]`. What it does not say comes from its profile.

    `docs/sru.md` tells each key. `indexes` adds to the profile's map; an index of "" takes one away (for `any`: send
    bare terms). `parameters` are added to those of the profile.
    """

    profile: Profile = Profile.GENERIC
    version: Version | UnsetType = UNSET
    schemas: tuple[str, ...] | UnsetType = UNSET
    record_dialect: str | UnsetType = UNSET
    packing: Packing | UnsetType = UNSET
    indexes: dict[Field, str | tuple[str, ...] | Index] | UnsetType = UNSET
    relation: str | UnsetType = UNSET
    phrase_relation: str | UnsetType = UNSET
    words: Words | UnsetType = UNSET
    missing_field: MissingField | UnsetType = UNSET
    context_sets: dict[str, str] | UnsetType = UNSET
    truncation: str | UnsetType = UNSET
    booleans: frozenset[Boolean] | UnsetType = UNSET
    quoting: Quoting | UnsetType = UNSET
    strip: str | UnsetType = UNSET
    marks_apart: bool | UnsetType = UNSET
    isbn_forms: tuple[IsbnForm, ...] | UnsetType = UNSET
    year_index: str | UnsetType = UNSET
    year_form: YearForm | UnsetType = UNSET
    language_index: str | UnsetType = UNSET
    language_codes: LanguageCodes | UnsetType = UNSET
    max_records: PageSize | UnsetType = UNSET
    max_start: Place | UnsetType = UNSET
    parameters: dict[str, str] | UnsetType = UNSET
    sort: str | UnsetType = UNSET
    folded_fallback: bool | UnsetType = UNSET
    folds_marks: bool | UnsetType = UNSET
    lenient: bool | UnsetType = UNSET
    record_url: str | UnsetType = UNSET
    id_index: str | UnsetType = UNSET
    max_requests: Budget | UnsetType = UNSET


class Dialect(CqlMap, frozen=True, forbid_unknown_fields=True):
    """How one server is spoken to: everything that `SruSettings` may say, with nothing left open.

    `schemas` in order of wish; empty sends none. `max_start` 0: no bound known. `sort` is sent as `sortKeys` with
    1.1 and 2.0 and as `sortBy` with 1.2. `id_index`: where record ids are found, "" where that is not known.
    `max_requests`: most requests of one search, second tries among them.
    """

    version: Version = Version.V1_1
    schemas: tuple[str, ...] = ("marcxml",)
    record_dialect: str | None = None
    packing: Packing = Packing.XML
    max_records: int = 50
    max_start: int = 0
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    sort: str = ""
    folded_fallback: bool = True
    folds_marks: bool = True
    lenient: bool = False
    record_url: str = ""
    id_index: str = ""
    max_requests: int = 4


@cache
def profiles() -> dict[Profile, SruSettings]:
    """Return the shipped profiles."""
    text = files("connectors.sru").joinpath("profiles.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[Profile, SruSettings])


def dialect(settings: SruSettings) -> Dialect:
    """Return how a server is spoken to: a profile, overridden by what a member file says.

    >>> dialect(SruSettings(profile=Profile.KOHA, version=Version.V1_2)).version
    <Version.V1_2: '1.2'>
    """
    tables = ("indexes", "parameters", "context_sets")
    keys = overridden(profiles()[settings.profile], settings, tables=tables, apart=("profile",))
    return msgspec.convert(keys, Dialect, strict=False)
