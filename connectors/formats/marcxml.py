"""MARCXML as most servers send it, read as text: a third of the time that an object for each element takes.

libxml2 has parsed the record and writes it again in one form: attributes in double quotes, no `<` or `>` but those
of tags. So it can be cut at its fields, and a field that was read before (a publisher, a subject, a shelf) need not
be read again. What is not of the usual form is left to `fields.fields_from_xml`, which reads any.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from connectors.formats.draft import Draft
from connectors.formats.fields import MarcField
from connectors.formats.mending import may_hold_broken_xml
from connectors.formats.rules import Compiled

REMEMBERED_FIELDS = 4_096
"""About a kilobyte each."""

_LONGEST = 1_000
"""Letters of a field that is worth remembering."""

_FIELD_NAME = re.compile(r"<((?:[^\s<>:/]+:)?datafield) ").search
_LEADER = re.compile(r"<(?:[^\s<>:/]+:)?leader(?: [^<>]*)?(?<!/)>([^<]+)").search
_CONTROL_FIELDS = re.compile(r'<[^<>]* tag="(00[^"]*)"[^<>]*(?<!/)>([^<]+)').findall
_USUAL_HEAD = re.compile(r'tag="([^"]*)" ind1="([^"])" ind2="([^"])">').match
_ATTRIBUTES = re.compile(r' (tag|ind1|ind2)="([^"]*)"').findall
_SUBFIELDS = re.compile(r'<[^<>]* code="([^"]+)"[^<>]*(?<!/)>([^<]+)</').findall  # what ends with its text
_NESTED = re.compile(r"<[^/][^<>]*(?<!/)>[^<]*<[^/]").search

Values = tuple[tuple[str, tuple[object, ...]], ...]
"""(target, values): what the rules read of one field."""


class NotPlainError(Exception):
    """A field is not of the usual form: a subfield holds elements, or a text is in an old encoding."""


class PlainRecord(NamedTuple):
    """A MARC record of the usual form: leader, control fields by tag, and each variable field as it is written."""

    leader: str
    control: dict[str, list[str]]
    fields: list[str]


def plain_record(element: etree._Element) -> PlainRecord | None:
    """Return a MARC record in pieces; None where it is not of the usual form."""
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    name = _FIELD_NAME(text)
    if name is None or ' tag="245"' not in text:
        return None
    head, *fields = text.split(f"<{name[1]} ")
    # What has a tag and is no such field: another name of element, a control field behind them, a text that looks so.
    if text.count(' tag="') != head.count(' tag="') + len(fields):
        return None
    control: dict[str, list[str]] = {}
    for tag, value in _CONTROL_FIELDS(head):
        control.setdefault(tag, []).append(_unescaped(value))
    leader = _LEADER(head)
    fields[-1] = fields[-1].rpartition("</")[0]
    return PlainRecord(_unescaped(leader[1]) if leader else "", control, fields)


def reader_of_fields(rules: Compiled) -> Callable[[list[str], Draft], None]:
    """Return what fills a draft from the fields of a plain record by these rules. It may raise NotPlainError."""

    def read(field: str) -> Values:
        tag, indicators, end = _head(field)
        readers = rules.get(tag)
        if readers is None:
            return ()
        subfields = _SUBFIELDS(field, end)
        is_nested = field.count("<") != 2 * len(subfields) + 1 and _NESTED(field, end)
        if "&" in field:
            subfields = [(code, _unescaped(text)) for code, text in subfields]
        if is_nested or may_hold_broken_xml(field):
            raise NotPlainError
        if not subfields:
            return ()
        made = MarcField(tag, subfields, indicators)
        values = [(target, tuple(reader(made, codes))) for target, codes, reader in readers]
        return tuple(pair for pair in values if pair[1])

    remembered = lru_cache(maxsize=REMEMBERED_FIELDS)(read)

    def fill(fields: list[str], draft: Draft) -> None:
        for field in fields:
            for target, values in remembered(field) if len(field) < _LONGEST else read(field):
                getattr(draft, target).extend(values)

    return fill


def _head(field: str) -> tuple[str, str, int]:
    """Return the tag, both indicators, and where the subfields begin."""
    if (usual := _USUAL_HEAD(field)) is not None:
        return usual[1], usual[2] + usual[3], usual.end()
    end = field.find(">") + 1
    attributes = dict(_ATTRIBUTES(f" {field[:end]}"))
    indicators = [(attributes.get(name) or " ")[0] for name in ("ind1", "ind2")]
    return attributes.get("tag", ""), "".join(indicators), end


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text else text
