"""How a server is spoken to: what is known of its kind, overridden by what a member file says. Pure."""

from __future__ import annotations

from collections.abc import Collection

import msgspec


def overridden(
    profile: msgspec.Struct, said: msgspec.Struct, *, tables: Collection[str], apart: Collection[str]
) -> dict[str, object]:
    """Return the keys that are set in a profile or a member file, as TOML has them, without those `apart`.

    A key of a member file replaces that of the profile; its `tables` are added to those of the profile.
    """
    base, own = _set(profile, apart), _set(said, apart)
    for table in tables:
        if table in base and table in own:
            own[table] = {**base[table], **own[table]}  # type: ignore[dict-item]  # both are tables of TOML
    return {**base, **own}


def _set(settings: msgspec.Struct, apart: Collection[str]) -> dict[str, object]:
    found: dict[str, object] = msgspec.to_builtins(settings, str_keys=True)
    return {key: value for key, value in found.items() if key not in apart}
