"""What is offered to somebody who begins to type: questions that several asked, then titles. Pure, for every store."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.text import exact_key, folded_key

ASKED_BY_SEVERAL = 3
"""A question that fewer asked is offered to nobody."""

_ASKED_WORTH = 10.0
"""What several asked goes before a title that a few libraries hold."""


class Title(msgspec.Struct, frozen=True):
    """A title that begins so, with its folded and its exact key."""

    text: str
    folded: str
    exact: str


class Beginning(msgspec.Struct, frozen=True):
    """The letters typed so far, folded and with their marks; a space at the end ends a word."""

    folded: str
    exact: str

    def is_of(self, title: Title) -> bool:
        """Whether a title begins so, with the marks or without."""
        return f"{title.folded} ".startswith(self.folded) or f"{title.exact} ".startswith(self.exact)


def beginning(prefix: str) -> Beginning | None:
    """Return what is looked for; None where no letter was typed.

    >>> beginning("Kinh tế ")
    Beginning(folded='kinh te ', exact='kinh tế ')
    """
    ending = " " if prefix[-1:].isspace() else ""
    folded = folded_key(prefix)
    return Beginning(folded + ending, exact_key(prefix) + ending) if folded else None


def ranked(
    begins: Beginning, asked: Iterable[tuple[str, float]], titles: Iterable[Title], limit: int
) -> tuple[str, ...]:
    """Return what is offered: the marks as typed first, then the most wanted, then the shortest.

    `asked` are questions with their demand.
    """
    offers: dict[str, _Offer] = {}
    wanted = tuple(asked)
    heaviest = max((demand for _, demand in wanted), default=0.0) or 1.0
    for text, demand in wanted:
        worth = _ASKED_WORTH * (1.0 + demand / heaviest)
        _offer(offers, folded_key(text), _Offer(text, exact_key(text).startswith(begins.exact), worth))
    for title in sorted(titles, key=lambda one: (one.text, one.folded)):
        _offer(offers, title.folded, _Offer(title.text, f"{title.exact} ".startswith(begins.exact), 1.0))
    best = sorted(offers.items(), key=lambda one: (not one[1].is_near, -one[1].worth, len(one[0]), one[0]))
    return tuple(offer.text for _, offer in best[:limit])


class _Offer(msgspec.Struct, frozen=True):
    """What is offered: its text, whether it has the marks that were typed, and how wanted it is."""

    text: str
    is_near: bool
    worth: float


def _offer(offers: dict[str, _Offer], key: str, offer: _Offer) -> None:
    """Offer one text of those that fold alike, the nearest to what was typed, wanted as much as all of them."""
    former = offers.get(key)
    if former is not None:
        text = former.text if former.is_near or not offer.is_near else offer.text
        offer = _Offer(text, former.is_near or offer.is_near, former.worth + offer.worth)
    offers[key] = offer
