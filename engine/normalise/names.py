"""Names of people: freed of what is not the name, taken out of statements, and compared.

A Vietnamese name is written family name, middle name, given name, without a comma; some catalogues invert it. Two
writings of one name agree in their syllables, not in their order.
"""

from __future__ import annotations

from engine.normalise.name_order import direct_name as direct_name
from engine.normalise.name_order import in_order_of as in_order_of
from engine.normalise.persons import person as person
from engine.normalise.persons import without_ranks as without_ranks
from engine.normalise.roles import role as role
from engine.normalise.statements import is_body as is_body
from engine.normalise.statements import people as people
from engine.text import folded_key


def name_syllables(name: str) -> tuple[str, ...]:
    """Return the syllables of a name, folded and sorted: what its direct and inverted forms have in common.

    >>> name_syllables("Nguyễn, Thị Nga") == name_syllables("Nguyễn Thị Nga") == ("nga", "nguyen", "thi")
    True
    """
    return tuple(sorted(folded_key(name).split()))
