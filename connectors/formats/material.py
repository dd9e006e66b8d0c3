"""What kind of thing it is, from words: theses (502), genre (655), general designation (245 $h), RDA types (33x)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from connectors.formats.coded import BY_CONTENT
from connectors.formats.fields import MarcField
from connectors.formats.tidy import tidy
from engine.model import Degree, Material
from engine.normalise.materials import degree, material


@lru_cache(maxsize=4096)
def material_of(text: str) -> Material | None:
    """Return what kind of thing words speak of; remembered, since few phrases make up a catalogue."""
    return material(text)


@lru_cache(maxsize=1024)
def degree_of(text: str) -> Degree | None:
    """Return the degree that words speak of; remembered."""
    return degree(text)


def thesis(field: MarcField, codes: str) -> Iterator[Material]:
    """A dissertation note makes it a thesis, unless it says to be a reprint of one."""
    del field, codes
    yield Material.THESIS


def degrees(field: MarcField, codes: str) -> Iterator[Degree]:
    """Read the degree of a dissertation note."""
    for text in field.every(codes):
        if (found := degree_of(tidy(text))) is not None:
            yield found


def genres(field: MarcField, codes: str) -> Iterator[Material]:
    """Read genre terms and general designations of material."""
    for text in field.every(codes):
        if (found := material_of(tidy(text).strip("[].- "))) is not None:
            yield found


def content_types(field: MarcField, codes: str) -> Iterator[Material]:
    """Read RDA content types (336 $b)."""
    for text in field.every(codes):
        if (found := BY_CONTENT.get(text.strip().lower())) is not None:
            yield found


def carriers(field: MarcField, codes: str) -> Iterator[bool]:
    """Read RDA carrier types (338 $b): online, or a volume of paper."""
    for text in field.every(codes):
        code = text.strip().lower()
        if code == "cr":
            yield True
        elif code == "nc":
            yield False


def online_designation(field: MarcField, codes: str) -> Iterator[bool]:
    """Read a general designation (245 $h) that says it is electronic."""
    for text in field.every(codes):
        words = text.lower()
        if "electronic" in words or "điện tử" in words or "online" in words or "ressource électronique" in words:
            yield True
