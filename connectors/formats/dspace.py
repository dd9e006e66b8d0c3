"""DSpace's own formats -> Record: `dim`, `xoai`, and the `uketd_dc` that names its files.

They tell every field by schema, element and qualifier, and who may read the files. The names and addresses of files
are not taken: those of closed files stand among them.
Source: DSpace 6.4, 7.6 and 9.2 as tried (their OAI-PMH).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from connectors.formats import dc, dc_values
from connectors.formats.assembly import finish
from connectors.formats.dc import fill_draft
from connectors.formats.draft import Draft
from connectors.formats.fields import inner_text, local_name
from connectors.formats.rules import NamedRule, compile_names
from engine.model import Availability, Holding, Record, Service

_FOR_EVER = 9000
"""An embargo to this year or later has no end: DSpace writes 10000 for it."""

_EMBARGO = re.compile(r"(?i)embargo(?:ed)?\D*(?P<until>(?P<year>\d{4,5})-\d\d-\d\d)?")
_NOT_DC = frozenset({"eperson", "bundles", "repository", "license", "local", "dspace", "relation", "person"})
"""Schemas that say nothing of the edition."""


def access(text: str) -> Iterator[Holding]:
    """Read who may read the files: DSpace 7's access status, DSpace 6's drm with the end of an embargo behind bars.

    `metadata.only` is no holding: at DSpace 6 it may be a closed file or none.

    >>> next(access("embargoed access|||2030-01-01")).availability[0].expected
    '2030-01-01'
    """
    word = text.strip().lower().replace("_", ".").replace(" ", ".")
    embargo = _EMBARGO.match(text.strip())
    if word.startswith("open.access"):
        yield _holding(Availability(Service.OPEN_ACCESS, available=True))
    elif word.startswith("restricted") or (embargo and int(embargo["year"] or 0) >= _FOR_EVER):
        yield _holding(Availability(Service.OPEN_ACCESS, available=False, limitation="restricted"))
    elif embargo:
        until = embargo["until"] or "unknown"
        yield _holding(Availability(Service.OPEN_ACCESS, available=False, expected=until, limitation="embargo"))


def _holding(service: Availability) -> Holding:
    return Holding(availability=(service,))


def is_digital(text: str) -> Iterator[bool]:
    """Read whether there are files."""
    if any(True for _ in access(text)):
        yield True


RULES: tuple[NamedRule[str], ...] = (
    # target    where from                                                    clean-up
    *dc.RULES,
    ("holdings", "others.access-status others.drm",                           access),
    ("online",   "others.access-status others.drm",                           is_digital),
    ("degrees",  "thesis.degree.level thesis.degree.name",                    dc_values.degrees),
    ("names",    "thesis.degree.advisor",                                     dc_values.advisors),
)  # fmt: skip

COMPILED = compile_names(RULES)


def dim_texts(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Return the (name, text) pairs of a `dim` record, without the schema where it is Dublin Core."""
    for child in element:
        part = child.get("element")
        text = inner_text(child)
        if part is None or not text.strip():
            continue
        schema = (child.get("mdschema") or "dc").lower()
        yield _name(schema, [part, child.get("qualifier") or ""]), _with_end(text, child.get("embargo"))


def xoai_texts(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Return the (name, text) pairs of an `xoai` record, whose elements stand inside each other.

    The innermost element is a language ("none", "vi", "en_US") or, at some, missing.
    """
    for schema in element:
        name = (schema.get("name") or "").lower()
        if local_name(schema) != "element" or name in _NOT_DC:
            continue
        if name == "others":
            yield from _others(schema)
        else:
            yield from _nested(schema, name, ())


def _nested(element: etree._Element, schema: str, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for child in element:
        name = child.get("name") or ""
        if local_name(child) == "element":
            yield from _nested(child, schema, (*path, name))
        elif local_name(child) == "field" and name == "value" and (text := inner_text(child)).strip():
            # dc > title > vi > value; dc > contributor > author > none > value
            yield _name(schema, list(path[:2] if len(path) > 2 or not _is_language(path[-1]) else path[:-1])), text


def _is_language(name: str) -> bool:
    """Whether the name of an innermost element is a language's and no qualifier's.

    >>> [_is_language(name) for name in ("none", "vi", "en_US", "vie", "*", "uri", "ddc", "isbn")]
    [True, True, True, False, True, False, False, False]
    """
    return name in {"none", "*", "", "-"} or re.fullmatch(r"[a-z]{2}([_-][A-Za-z]{2,4})?", name) is not None


def _others(element: etree._Element) -> Iterator[tuple[str, str]]:
    for child in element:
        name = child.get("name") or ""
        if name == "drm":
            yield "others.drm", inner_text(child)
        elif name == "access-status":
            said = {field.get("name"): inner_text(field) for field in child}
            yield "others.access-status", _with_end(said.get("value", ""), said.get("embargo"))


def _with_end(status: str, until: str | None) -> str:
    return f"{status}|||{until}" if until else status


def _name(schema: str, parts: list[str]) -> str:
    path = [part for part in parts if part]
    return ".".join(path if schema in {"dc", "dcterms"} else [schema, *path])


def record_from_dim(element: etree._Element, member: str) -> Record:
    """Return the Record that a `dim` record describes."""
    return finish(fill_draft(Draft(), COMPILED, dim_texts(element)), member)


def record_from_xoai(element: etree._Element, member: str) -> Record:
    """Return the Record that an `xoai` record describes."""
    return finish(fill_draft(Draft(), COMPILED, xoai_texts(element)), member)


_FILE = re.compile(r"/bitstreams?/")


def record_from_uketd(element: etree._Element, member: str) -> Record:
    """Return the Record of a British thesis record. DSpace lists its files in it, closed ones too: they are left."""
    texts = [
        ("identifier.uri" if name == "isReferencedBy" else "contributor.advisor" if name == "advisor" else name, text)
        for name, text in dc.texts_of(element)
        if name not in {"checksum", "hasFormat", "institution"} and not _FILE.search(text)
    ]
    return finish(fill_draft(Draft(), COMPILED, texts), member)
