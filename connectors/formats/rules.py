"""How a table of rules turns fields into what a Record is made of.

A rule reads `target, where from, clean-up`: which list of the draft it fills, which fields and subfields it takes, and
the function that reads one field. `compile_rules` turns a table into a look-up by tag once; `apply` is the hot loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from connectors.formats.draft import Draft
from connectors.formats.fields import MarcField

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
            getattr(draft, target).extend(reader(field, codes))
