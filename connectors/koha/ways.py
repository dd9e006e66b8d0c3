"""Which ways to full records a server allows: tried in the order of their cost, remembered, left alone where shut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

_FIRST_PAUSE_S: Final = 600.0
_LONGEST_PAUSE_S: Final = 86_400.0
_GROWTH: Final = 12.0

_Way = TypeVar("_Way", bound=str)


class Ways:
    """What one server taught. A way that failed is not tried for ten minutes, then two hours, then a day.

    One that worked before may fail once: a broken answer is no switched-off service.
    """

    def __init__(self) -> None:
        self._shut_until: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._worked: set[str] = set()

    def open(self, wished: Iterable[_Way], now: float) -> Iterator[_Way]:
        """Return the ways that may be tried now, in the order given."""
        return (way for way in wished if self._shut_until.get(way, now) <= now)

    def worked(self, way: str) -> None:
        """Remember that a way led somewhere."""
        self._worked.add(way)
        self._failures.pop(way, None)
        self._shut_until.pop(way, None)

    def failed(self, way: str, now: float) -> None:
        """Remember that a way led nowhere."""
        failures = self._failures[way] = self._failures.get(way, 0) + 1
        grace = 1 if way in self._worked else 0
        if failures > grace:
            pause = _FIRST_PAUSE_S * _GROWTH ** (failures - grace - 1)
            self._shut_until[way] = now + min(pause, _LONGEST_PAUSE_S)
