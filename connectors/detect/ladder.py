"""In which order the signs of all systems are looked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

import httpx
import msgspec

from engine.ports import Found, Page, Sign, System


class Rung(msgspec.Struct, frozen=True):
    """One address to ask for, and the signs of systems that may be seen in what comes."""

    url: str
    signs: tuple[tuple[str, Sign], ...]


class Candidate(msgspec.Struct, frozen=True):
    """A system that a page gave away."""

    system: str
    step: int
    found: Found


def at_page(systems: Iterable[System]) -> tuple[tuple[str, Sign], ...]:
    """Return the signs that are looked for in the page at the address itself."""
    return tuple((system.name, sign) for system in systems for sign in system.signs if not sign.path)


def rungs(systems: Iterable[System], *, page_url: str, text: str) -> tuple[Rung, ...]:
    """Return the further addresses to ask for, those that the page hints at first, then by their step.

    `text` is the page at the address and its headers' story. Signs of several systems in one place share its rung.
    """
    base = httpx.URL(page_url)
    ordered: list[tuple[tuple[bool, int], str, str, Sign]] = []
    for system in systems:
        for sign in system.signs:
            if sign.path:
                is_hinted = bool(sign.hint) and re.search(sign.hint, text) is not None
                url = str(base.join(sign.path).copy_with(fragment=None))
                ordered.append(((not is_hinted, sign.step), url, system.name, sign))
    ordered.sort(key=lambda one: one[0])
    shared: dict[str, list[tuple[str, Sign]]] = {}
    for _, url, name, sign in ordered:
        if url != page_url:
            shared.setdefault(url, []).append((name, sign))
    return tuple(Rung(url, tuple(signs)) for url, signs in shared.items())


def seen_in(page: Page, signs: Iterable[tuple[str, Sign]]) -> tuple[Candidate, ...]:
    """Return the systems that a page gives away, the surest first.

    A recogniser that stumbles over a page has not recognised it.
    """
    candidates = []
    for name, sign in signs:
        try:
            found = sign.recognise(page)
        except Exception:  # noqa: BLE001, S112 - one system's fault over a stranger's page is not the others'
            continue
        if found is not None:
            candidates.append(Candidate(name, sign.step, found))
    return tuple(sorted(candidates, key=rank))


def rank(candidate: Candidate) -> tuple[bool, int]:
    """Return what orders candidates: the sure ones first, then by their step."""
    return not candidate.found.is_sure, candidate.step
