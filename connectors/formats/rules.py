"""How a table of rules turns fields into what a Record is made of.

A rule reads `target, where from, clean-up`: which list of the draft it fills, which fields and subfields it takes, and
the function that reads one field. `compile_rules` turns a table into a look-up by tag once; `apply` is the hot loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from connectors.formats.draft import Draft
from connectors.formats.fields import MarcField

_T = TypeVar("_T")

Reader = Callable[[MarcField, str], Iterable[object]]
"""Reads one field, of it the subfields with these codes ("" means: the reader knows), into values of the target."""

Rule = tuple[str, str, Reader]
"""(target, where from, clean-up). Where from is `tag$codes` or `tag`, several apart by spaces."""

Compiled = dict[str, tuple[tuple[str, str, Reader], ...]]


def compile_rules(table: Sequence[Rule]) -> Compiled:
    """Return the rules by tag, in the order of the table."""
    compiled: dict[str, tuple[tuple[str, str, Reader], ...]] = {}
    for target, where, reader in table:
        if target not in Draft.__slots__:
            raise AttributeError(target)
        for place in where.split():
            tag, _, codes = place.partition("$")
            compiled[tag] = (*compiled.get(tag, ()), (target, codes, reader))
    return compiled


def apply_rules(rules: Compiled, fields: Iterable[MarcField], draft: Draft) -> None:
    """Fill the draft from the fields."""
    for field in fields:
        for target, codes, reader in rules.get(field.tag, ()):
            values = getattr(draft, target)
            values += reader(field, codes)


NamedRule = tuple[str, str, Callable[[_T], Iterable[object]]]
"""(target, names of elements apart by spaces, clean-up), for formats whose elements have names: `_T` is what is read of
an element, its text (Dublin Core) or itself (MODS)."""

CompiledNames = dict[str, tuple[tuple[str, Callable[[_T], Iterable[object]]], ...]]

# Qualifiers that change what an element is about: without their own rule they say nothing of the edition.
_NOT_WIDENED = frozenset({
    "date.accessioned", "date.updated", "description.provenance", "description.uri", "description.version",
    "contributor.department", "description.degree",
})  # fmt: skip


def compile_names(table: Sequence[NamedRule[_T]]) -> CompiledNames[_T]:
    """Return the rules by name of element, in the order of the table."""
    compiled: CompiledNames[_T] = {}
    for target, where, reader in table:
        if target not in Draft.__slots__:
            raise AttributeError(target)
        for name in where.split():
            compiled[name] = (*compiled.get(name, ()), (target, reader))
    return compiled


def apply_names(rules: CompiledNames[_T], elements: Iterable[tuple[str, _T]], draft: Draft) -> None:
    """Fill the draft from (name, element) pairs. A qualifier (`title.other`) that has no rule counts as none."""
    for name, element in elements:
        found = rules.get(name)
        if found is None:
            element_name, dot, _ = name.partition(".")
            found = rules.get(element_name, ()) if dot and name not in _NOT_WIDENED else ()
        for target, reader in found:
            getattr(draft, target).extend(reader(element))
