"""The table `[z3950]` of a member file, and the profiles that fill in what it does not say."""

from __future__ import annotations

import os
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from connectors.questions.cql_map import IsbnForm, LanguageCodes, MissingField, YearForm
from connectors.questions.profiles import overridden
from connectors.z3950.bib1 import Bib1Map, Kind, Number, TermCharset, Use, Words
from connectors.z3950.oids import Syntax
from engine.errors import SettingsError
from engine.model import Field
from engine.ports import Member

SCHEMES: Final = ("z3950", "z39.50s", "z39.50r")
"""`z3950` is ours; the others are of RFC 2056."""

PORT: Final = 210


class Profile(StrEnum):
    """A kind of server that is known by name: `profiles.toml` tells how each is spoken to."""

    GENERIC = "generic"
    YAZ = "yaz"
    KOHA = "koha"
    LOC = "loc"
    ALEPH = "aleph"
    VOYAGER = "voyager"
    INNOVATIVE = "innovative"
    UNICORN = "unicorn"
    BNF = "bnf"


class Authentication(StrEnum):
    """How user and password are given in Init."""

    ID_PASS = "id-pass"  # noqa: S105 -- the name of a form, no password
    """Group, user and password apart."""
    OPEN = "open"
    """One text, `user/password` or `user/group/password`."""
    ANONYMOUS = "anonymous"
    """The server is told that nobody in particular asks."""
    NONE = "none"
    """Nothing is said, even where a user is set."""


Boolean = Literal["and", "or", "not"]
Chunk = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Depth = Annotated[int, msgspec.Meta(ge=1, le=16)]
Place = Annotated[int, msgspec.Meta(ge=0)]
Budget = Annotated[int, msgspec.Meta(ge=1, le=8)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=300)]


class Z3950Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member file may say in its table `[z3950]`. What it does not say comes from its profile.

    `docs/systems/z3950.md` tells each key. `uses` adds to the profile's map; a Use of 0 takes one away (for `any`: send
    terms without Use). No password stands here, only where to find it.
    """

    profile: Profile = Profile.GENERIC
    databases: tuple[str, ...] = ()
    user: str = ""
    group: str = ""
    password_env: str = ""
    password_file: str = ""
    authentication: Authentication | UnsetType = UNSET
    charset_negotiation: bool | UnsetType = UNSET
    syntaxes: tuple[Syntax, ...] | UnsetType = UNSET
    element_set: str | UnsetType = UNSET
    element_sets: dict[Syntax, str] | UnsetType = UNSET
    record_charset: str | UnsetType = UNSET
    record_url: str | UnsetType = UNSET
    uses: dict[Field, Number | tuple[Number, ...] | Use] | UnsetType = UNSET
    words: Words | UnsetType = UNSET
    word_structure: Number | UnsetType = UNSET
    list_structure: Number | UnsetType = UNSET
    phrase_structure: Number | UnsetType = UNSET
    number_structure: Number | UnsetType = UNSET
    attributes: dict[Kind, Number] | UnsetType = UNSET
    truncation: Number | UnsetType = UNSET
    booleans: frozenset[Boolean] | UnsetType = UNSET
    missing_field: MissingField | UnsetType = UNSET
    strip: str | UnsetType = UNSET
    isbn_forms: tuple[IsbnForm, ...] | UnsetType = UNSET
    year_use: Number | UnsetType = UNSET
    year_form: YearForm | UnsetType = UNSET
    year_structure: Number | UnsetType = UNSET
    language_use: Number | UnsetType = UNSET
    language_codes: LanguageCodes | UnsetType = UNSET
    term_charset: TermCharset | UnsetType = UNSET
    marks_apart: bool | UnsetType = UNSET
    id_use: Number | UnsetType = UNSET
    opac: bool | UnsetType = UNSET
    chunk: Chunk | UnsetType = UNSET
    ahead: Depth | UnsetType = UNSET
    max_start: Place | UnsetType = UNSET
    folded_fallback: bool | UnsetType = UNSET
    folds_marks: bool | UnsetType = UNSET
    keep_s: Seconds | UnsetType = UNSET
    max_requests: Budget | UnsetType = UNSET


class Dialect(Bib1Map, frozen=True, forbid_unknown_fields=True):
    """How one server is spoken to: everything that `Z3950Settings` may say, with nothing left open.

    `syntaxes` in order of wish; empty sends none. `ahead`: most present requests on the way at once. `max_start` 0: no
    bound known. `max_requests`: most searches for one question, second tries among them. `record_charset` empty: told
    from the record's own octets.
    """

    authentication: Authentication = Authentication.ID_PASS
    charset_negotiation: bool = False
    syntaxes: tuple[Syntax, ...] = (Syntax.MARC21, Syntax.XML)
    element_set: str = "F"
    element_sets: dict[Syntax, str] = msgspec.field(default_factory=dict)
    record_charset: str = ""
    record_url: str = ""
    id_use: int = 12
    opac: bool = False
    chunk: int = 50
    ahead: int = 4
    max_start: int = 0
    folded_fallback: bool = True
    folds_marks: bool = True
    keep_s: float = 20.0
    max_requests: int = 4

    @property
    def syntax(self) -> Syntax | None:
        """The record syntax to ask for."""
        return self.syntaxes[0] if self.syntaxes else None

    @property
    def elements(self) -> str:
        """The element set to ask for in this syntax; empty: none."""
        return self.element_sets.get(self.syntaxes[0], self.element_set) if self.syntaxes else self.element_set


@cache
def profiles() -> dict[Profile, Z3950Settings]:
    """Return the shipped profiles."""
    text = files("connectors.z3950").joinpath("profiles.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[Profile, Z3950Settings], strict=False)


_OF_THE_MEMBER: Final = ("profile", "databases", "user", "group", "password_env", "password_file")


def dialect(settings: Z3950Settings) -> Dialect:
    """Return how a server is spoken to: a profile, overridden by what a member file says.

    >>> dialect(Z3950Settings(profile=Profile.KOHA, chunk=10)).chunk
    10
    """
    tables = ("uses", "element_sets")
    keys = overridden(profiles()[settings.profile], settings, tables=tables, apart=_OF_THE_MEMBER)
    return msgspec.convert(keys, Dialect, strict=False)


class Whereabouts(msgspec.Struct, frozen=True):
    """Where a member answers: host, port, databases."""

    host: str
    port: int
    databases: tuple[str, ...]


def place(member: Member, settings: Z3950Settings) -> Whereabouts:
    """Return where a member answers, from `z3950://host:port/DATABASE+DATABASE`. Raises SettingsError."""
    found = address(member)
    databases = settings.databases or found.databases
    if not databases:
        raise SettingsError(
            f"members/{member.id}.toml", None, "no database: `url` is expected as z3950://host:port/DATABASE"
        )
    return msgspec.structs.replace(found, databases=databases)


def address(member: Member) -> Whereabouts:
    """Return what the address of a member names, databases or none. Raises SettingsError.

    >>> from engine.ports import Names
    >>> found = address(Member(id="m", system="z3950", url="z3950://[::1]:9999/a+b", name=Names("", "")))
    >>> found.host, found.port, found.databases
    ('::1', 9999, ('a', 'b'))
    """
    file = f"members/{member.id}.toml"
    try:
        parts = urlsplit(member.url)
        port = parts.port or PORT
    except ValueError as error:
        raise SettingsError(file, None, f"`url` is no address: {error}") from error
    if parts.scheme not in SCHEMES or not parts.hostname or parts.username or parts.password:
        raise SettingsError(file, None, "`url` is expected as z3950://host:port/DATABASE")
    return Whereabouts(parts.hostname, port, tuple(unquote(name) for name in parts.path.strip("/").split("+") if name))


def password(member: Member, settings: Z3950Settings) -> str:
    """Return the password, from the environment or a file; empty where none is set. Raises SettingsError."""
    file = f"members/{member.id}.toml"
    if settings.password_env:
        found = os.environ.get(settings.password_env)
        if found is None:
            raise SettingsError(
                file, None, f"`z3950.password_env`: the environment has no variable {settings.password_env}"
            )
        return found
    if settings.password_file:
        try:
            return Path(settings.password_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                file, None, f"`z3950.password_file` {settings.password_file!r} cannot be read"
            ) from error
    return ""
