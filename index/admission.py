"""What is worth keeping when not everything fits: arithmetic only, no store and no clock.

An answer is worth the demand for its question, fading with its age. While there is room everything
that was asked is kept. Under pressure a newcomer must be worth more than what would have to go for it
(after TinyLFU: Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient Cache Admission Policy", 2017), so a
run of questions that nobody asks twice does not wash out what is asked every day.
"""

from __future__ import annotations

UNASKED = 0.01
"""The demand that something nobody asked for is given, so that the fresher of two such goes last."""


def value(demand: float, age_s: float, fresh_s: float) -> float:
    """Return what an answer is worth: its demand while new, half of it at the age `fresh_s`.

    >>> value(demand=0.99, age_s=0.0, fresh_s=3600.0)
    1.0
    >>> value(demand=0.99, age_s=3600.0, fresh_s=3600.0)
    0.5
    """
    return (UNASKED + max(demand, 0.0)) / (1.0 + max(age_s, 0.0) / fresh_s)


def admits(newcomer: float, leaver: float | None) -> bool:
    """Whether something of one value is kept at the cost of something of another; None: there is room.

    >>> admits(1.0, None), admits(1.0, 0.5), admits(1.0, 1.0)
    (True, True, False)
    """
    return leaver is None or newcomer > leaver


class Sketch:
    """About how often each text was noted lately, in memory of a fixed size.

    A count-min sketch of `width` times four bytes whose counts are halved after every 8 * `width` notes.
    It may say too much, never too little; it names nobody and nothing. For one process: the hash is Python's.
    """

    __slots__ = ("_noted", "_rows", "_width")

    def __init__(self, width: int = 4096) -> None:
        self._width = width
        self._rows = tuple(bytearray(width) for _ in range(4))
        self._noted = 0

    def note(self, text: str) -> None:
        """Count one."""
        for number, row in enumerate(self._rows):
            place = hash((number, text)) % self._width
            if row[place] < 255:
                row[place] += 1
        self._noted += 1
        if self._noted >= 8 * self._width:
            self._noted //= 2
            for row in self._rows:
                row[:] = bytes(count >> 1 for count in row)

    def estimate(self, text: str) -> int:
        """Return about how often it was noted.

        >>> sketch = Sketch()
        >>> sketch.note("kinh tế"); sketch.note("kinh tế"); sketch.estimate("kinh tế")
        2
        """
        return min(row[hash((number, text)) % self._width] for number, row in enumerate(self._rows))
