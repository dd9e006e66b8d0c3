"""How a line of the log looks: the event, then its keys with their values."""

from __future__ import annotations

import logging

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
"""What every record of the log has: all else is a key of its event."""


class EventFormatter(logging.Formatter):
    """Writes `2026-05-04 10:11:12,131 WARNING lienthu.rest member lost member=hust failure=timed-out`.

    A value that holds spaces, quotes or line breaks stands in quotes, so that an event is one line.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name that logging calls
        """Return the line of one event, without a traceback."""
        pairs = (f" {key}={_shown(str(value))}" for key, value in vars(record).items() if key not in _OWN)
        return super().formatMessage(record) + "".join(pairs)


def _shown(value: str) -> str:
    r"""Return a value as it stands in a line.

    >>> _shown("hust"), _shown("no such file"), _shown("two\nlines")
    ('hust', "'no such file'", "'two\\nlines'")
    """
    return value if value.isprintable() and not set(value) & {" ", '"', "'"} and value else repr(value)


def keep(level: int) -> None:
    """Write events of this level and above on standard error, and no others any more."""
    handler = logging.StreamHandler()
    handler.setFormatter(EventFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
