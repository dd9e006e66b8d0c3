"""How often something is asked for, fading with time: arithmetic only, no store and no clock.

Weights grow instead of counts shrinking: an ask at time t adds 2 ** ((t - landmark) / half_life) to a
weight that is never touched otherwise. So many processes add to one weight by plain sums, two weights
compare the same at any time, and only who wants a count divides by today's worth of one ask.
"""

from __future__ import annotations

import math

import msgspec

REBASE_HALF_LIVES = 200.0
"""After how many half-lives weights are counted from a new landmark; a float holds 1,023."""


class Scale(msgspec.Struct, frozen=True):
    """From when weights are counted (seconds since the epoch) and in how many seconds a count halves."""

    landmark: float
    half_life_s: float


def weight(scale: Scale, asks: float, at: float) -> float:
    """Return what `asks` made at a time add to a weight.

    >>> weight(Scale(landmark=0.0, half_life_s=10.0), 3, at=10.0)
    6.0
    """
    return asks * math.exp2((at - scale.landmark) / scale.half_life_s)


def demand(scale: Scale, weighed: float, now: float) -> float:
    """Return how many asks made now a weight is worth.

    >>> demand(Scale(landmark=0.0, half_life_s=10.0), 6.0, now=20.0)
    1.5
    """
    return weighed * math.exp2(-(now - scale.landmark) / scale.half_life_s)


def is_far(scale: Scale, now: float) -> bool:
    """Whether weights have grown so large that they should be counted from a new landmark."""
    return (now - scale.landmark) / scale.half_life_s > REBASE_HALF_LIVES


def rebased(scale: Scale, now: float, half_life_s: float) -> tuple[Scale, float]:
    """Return a scale that begins now, and the factor that brings the weights of the old one to it.

    >>> rebased(Scale(landmark=0.0, half_life_s=10.0), now=20.0, half_life_s=5.0)
    (Scale(landmark=20.0, half_life_s=5.0), 0.25)
    """
    return Scale(landmark=now, half_life_s=half_life_s), demand(scale, 1.0, now)
