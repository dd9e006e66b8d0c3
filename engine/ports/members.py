"""Libraries that can be asked, as their member files describe them."""

from __future__ import annotations

from collections.abc import Callable

from engine.model import Noun

Clock = Callable[[], float]
"""Seconds since the epoch."""


class Names(Noun, frozen=True):
    """A name in the languages of the interface."""

    vi: str
    en: str


class Place(Noun, frozen=True):
    """Where a library stands. Degrees, WGS 84."""

    city: str
    latitude: float | None = None
    longitude: float | None = None


class Manners(Noun, frozen=True):
    """How a member's server is to be treated: the limits of a guest.

    `parallel`: most requests at once. `spacing_ms`: least time between the starts of two requests.
    `daily`: most requests a day, None for no limit. `quiet_hours`: `HH:MM-HH:MM` of the member's time in
    which it is not asked. `timeout_s`: deadline of one search. `body_bytes`: most bytes of one answer
    after decompression. `hosts`: further hosts that redirects and links of this member may lead to.
    `private_network`: its address may be private or loopback. `ca_file`: PEM file with a missing
    intermediate certificate. `utc_offset_h` tells the quiet hours and the day (Việt Nam: 7).
    """

    parallel: int = 2
    spacing_ms: int = 200
    daily: int | None = None
    quiet_hours: str | None = None
    timeout_s: float = 8.0
    body_bytes: int = 8_000_000
    hosts: tuple[str, ...] = ()
    private_network: bool = False
    ca_file: str | None = None
    utc_offset_h: float = 7.0


class Member(Noun, frozen=True):
    """One library's catalogue that can be asked, as `config/members/<id>.toml` describes it.

    `networks` are CIDR ranges of the readers who may ask it; empty: all. `fresh_s` is how long its answers count as
    fresh, `stale_s` how long they are worth showing. `preference` orders members where all else is equal, and
    decides whose description of an edition is taken first (higher first).
    """

    id: str
    system: str
    url: str
    name: Names
    enabled: bool = True
    short_name: str | None = None
    place: Place | None = None
    homepage: str | None = None
    evidence: str | None = None
    networks: tuple[str, ...] = ()
    preference: int = 0
    window: int = 20
    fresh_s: float = 3600.0
    stale_s: float = 30 * 86400.0
    manners: Manners = Manners()
