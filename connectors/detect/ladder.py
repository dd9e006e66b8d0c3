"""In which order the signs of all systems are looked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import httpx
import msgspec

from engine.ports import Found, Page, Sign, System

MOST_LINKS: Final = 3
"""Most links of the page that are followed."""

LINK_STEP: Final = 20
"""Where links stand on the ladder: after the surest address of all, before those that are guessed."""


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


def rungs(systems: Iterable[System], *, page_url: str, text: str, links: Sequence[str] = ()) -> tuple[Rung, ...]:
    """Return the further addresses to ask for, those that the page hints at first, then by their step.

    `text` is the page at the address. `links` of it lead to what may be the catalogue: the first few are looked at as
    the page itself was. Signs of several systems in one place share its rung.
    """
    systems = tuple(systems)
    base = httpx.URL(page_url)
    folder = _folder(base)
    ordered: list[tuple[tuple[bool, int], str, str, Sign]] = []
    for system in systems:
        for sign in system.signs:
            if sign.path:
                is_hinted = bool(sign.hint) and re.search(sign.hint, text) is not None
                url = str((base if sign.path.startswith("?") else folder).join(sign.path).copy_with(fragment=None))
                ordered.append(((not is_hinted, sign.step), url, system.name, sign))
    pages = at_page(systems)
    for link in _same_host(base, links)[:MOST_LINKS]:
        ordered += [((True, LINK_STEP), link, name, sign) for name, sign in pages]
    ordered.sort(key=lambda one: one[0])
    shared: dict[str, list[tuple[str, Sign]]] = {}
    for _, url, name, sign in ordered:
        if url != page_url:
            shared.setdefault(url, []).append((name, sign))
    return tuple(Rung(url, tuple(signs)) for url, signs in shared.items())


def _folder(base: httpx.URL) -> httpx.URL:
    """Return where paths beside the page begin: `/solr/books` is taken for a folder, `/opac/index.php` is none."""
    last = base.path.rpartition("/")[2]
    return base.copy_with(path=base.path + "/", query=None) if last and "." not in last else base


def _same_host(base: httpx.URL, links: Sequence[str]) -> list[str]:
    return [link for link in links if httpx.URL(link).netloc == base.netloc]


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
