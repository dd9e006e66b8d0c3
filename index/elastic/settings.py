"""What an operator may set of the index on Elasticsearch."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from engine.errors import SettingsError

DAY_S = 86_400.0
MEGABYTE = 1_000_000
PLACE = "[index.options]"


class ElasticSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[index.options]` for `backend = "elasticsearch"`.

    `urls`: addresses of nodes, asked in turn. `prefix`: what the names of our indices begin with. `username` with
    `password_file` or `password_env`, or `api_key_file` or `api_key_env`: who we are; the secret itself never stands
    here. `ca_file`: PEM file of the authority that signed the nodes' certificates. `plain`: addresses without TLS are
    accepted although they lead to another machine. `replicas`: further copies of each shard; None: one where there are
    several nodes. `shards`: parts of the index
    of records.

    `size_mb`: the most that answers and records take, in millions of bytes, without replicas. `keep_s`, `fresh_s`,
    `half_life_s`, `queue_mb`, `batch_s`: as for the embedded index. `patience_ms`: the most a reader waits for the
    index; after that the search goes on without it.
    """

    urls: tuple[str, ...] = ("http://127.0.0.1:9200",)
    prefix: str = "lienthu"
    username: str = ""
    password_file: str = ""
    password_env: str = ""
    api_key_file: str = ""
    api_key_env: str = ""
    ca_file: str = ""
    plain: bool = False
    replicas: int | None = None
    shards: int = 1
    size_mb: float = 4096.0
    keep_s: float = 30 * DAY_S
    fresh_s: float = 3600.0
    half_life_s: float = 7 * DAY_S
    queue_mb: float = 16.0
    batch_s: float = 0.25
    patience_ms: float = 50.0

    @property
    def bound_bytes(self) -> int:
        """The most bytes that answers and records take."""
        return int(self.size_mb * MEGABYTE)


LEAST: dict[str, float] = {
    "size_mb": 2.0,
    "keep_s": 1.0,
    "fresh_s": 1.0,
    "half_life_s": 600.0,
    "queue_mb": 0.1,
    "batch_s": 0.0,
    "patience_ms": 5.0,
    "shards": 1,
    "replicas": 0,
}
"""The least that makes sense of each number."""


def elastic_settings(table: Mapping[str, object]) -> ElasticSettings:
    """Return the checked settings. Raises SettingsError, which names the key, what was found and what was expected."""
    try:
        settings = msgspec.convert(dict(table), ElasticSettings)
    except msgspec.ValidationError as error:
        known = ", ".join(ElasticSettings.__struct_fields__)
        raise SettingsError(PLACE, None, f"{error}; the keys are {known}") from error
    for key, least in LEAST.items():
        found = getattr(settings, key)
        if found is not None and not found >= least:
            raise SettingsError(PLACE, None, f"`{key}` is {found!r}, expected {least:g} or more")
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,60}", settings.prefix):
        expected = "small letters, digits, - and _, a letter first"
        raise SettingsError(PLACE, None, f"`prefix` is {settings.prefix!r}, expected {expected}")
    if not settings.urls:
        raise SettingsError(PLACE, None, "`urls` is empty, expected the address of a node")
    if len(set(settings.urls)) < len(settings.urls):
        raise SettingsError(PLACE, None, f"`urls` has an address twice: {', '.join(settings.urls)}")
    for url in settings.urls:
        _check_url(url, settings)
    if settings.username and (settings.api_key_file or settings.api_key_env):
        raise SettingsError(PLACE, None, "`username` and an API key are both set, expected one of them")
    if settings.ca_file and not Path(settings.ca_file).expanduser().is_file():
        raise SettingsError(PLACE, None, f"`ca_file` is {settings.ca_file!r}: there is no such file")
    return settings


def _check_url(url: str, settings: ElasticSettings) -> None:
    parts = urlsplit(url)
    try:
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        is_address = False
    if not is_address or parts.hostname is None:
        raise SettingsError(PLACE, None, f"`urls` has {url!r}, expected an address like https://node-1:9200")
    if parts.username or parts.password:
        raise SettingsError(PLACE, None, "`urls` has a password in it; name `username` and `password_file` instead")
    if parts.scheme == "http" and not settings.plain and not _is_this_machine(parts.hostname):
        expected = "https; set `plain = true` where the network between is your own"
        raise SettingsError(PLACE, None, f"`urls` has {url!r}, which leads elsewhere without TLS, expected {expected}")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def secret(file: str, variable: str, key: str) -> str | None:
    """Return a secret from its file or from the environment; None where neither is named. Raises SettingsError."""
    if file:
        try:
            return Path(file).expanduser().read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(PLACE, None, f"`{key}_file` is {file!r}: {error.strerror}") from error
    if variable:
        found = os.environ.get(variable)
        if found is None:
            raise SettingsError(PLACE, None, f"`{key}_env` is {variable!r}: there is no such variable")
        return found
    return None
