"""What was given up to ask a question, told once. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from engine.model import Reason


def once(notices: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the notices in their order, without repetitions.

    >>> [notice.code for notice in once([Reason("a"), Reason("b"), Reason("a")])]
    ['a', 'b']
    """
    return tuple(notice for at, notice in enumerate(notices) if notice not in notices[:at])
