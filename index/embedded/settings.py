"""What an operator may set of the embedded index."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from engine.errors import SettingsError

DAY_S = 86_400.0
MEGABYTE = 1_000_000


class EmbeddedSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[index.options]` for `backend = "embedded"`.

    `path`: the file, made with its folder where missing. `size_mb`: the most it takes on the disk, in
    millions of bytes, write-ahead log included. `keep_s`: how long answers and records are kept at most.
    `fresh_s`: how long an answer counts as fresh where it is judged what to refresh. `half_life_s`: in how
    many seconds a count of demand halves. `queue_mb`: the most that waits in memory to be written.
    `batch_s`: how long a write may wait for others to go with it. `decoded_mb`: the most memory for answers
    that were read before.
    """

    path: str = "var/index.sqlite"
    size_mb: float = 512.0
    keep_s: float = 30 * DAY_S
    fresh_s: float = 3600.0
    half_life_s: float = 7 * DAY_S
    queue_mb: float = 16.0
    batch_s: float = 0.25
    decoded_mb: float = 8.0

    @property
    def file(self) -> Path:
        """The index file."""
        return Path(self.path).expanduser()

    @property
    def bound_bytes(self) -> int:
        """The most bytes on the disk."""
        return int(self.size_mb * MEGABYTE)

    @property
    def log_bytes(self) -> int:
        """The part of the bound that is the write-ahead log's."""
        return max(64 * 4096, min(4_000_000, self.bound_bytes // 20))

    @property
    def store_bytes(self) -> int:
        """The part of the bound that is the file's own."""
        return self.bound_bytes - self.log_bytes


LEAST: dict[str, float] = {
    "size_mb": 2.0,
    "keep_s": 1.0,
    "fresh_s": 1.0,
    "half_life_s": 60.0,
    "queue_mb": 0.1,
    "batch_s": 0.0,
    "decoded_mb": 0.0,
}
"""The least that makes sense of each number."""


def embedded_settings(table: Mapping[str, object]) -> EmbeddedSettings:
    """Return the checked settings. Raises SettingsError, which names the key, what was found and what was expected."""
    try:
        settings = msgspec.convert(dict(table), EmbeddedSettings)
    except msgspec.ValidationError as error:
        known = ", ".join(EmbeddedSettings.__struct_fields__)
        raise SettingsError("[index.options]", None, f"{error}; the keys are {known}") from error
    for key, least in LEAST.items():
        if not getattr(settings, key) >= least:
            raise SettingsError(
                "[index.options]", None, f"`{key}` is {getattr(settings, key)!r}, expected {least:g} or more"
            )
    if not settings.path.strip():
        raise SettingsError("[index.options]", None, "`path` is empty, expected the path of a file")
    return settings
