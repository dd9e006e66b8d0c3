"""What a person typed as the address of a library, and what a member is called after it. Pure."""

from __future__ import annotations

import difflib
import re
from ipaddress import ip_address
from typing import Final

import httpx
import msgspec

from engine.errors import SettingsError

_PORTS: Final = {"http": 80, "https": 443}
_PLACE: Final = re.compile(r"\[?[A-Za-z0-9._:-]+\]?:\d{1,5}(?:/[^/?#]*)?")
_SLIP: Final = re.compile(
    r"(?P<scheme>h[tp]{2,4}s?|z3950)(?::/?|;/{0,2}|//?|:\\\\)(?!\d+(?:/|$))(?P<rest>[^/\\\s].*)", re.IGNORECASE
)
"""`http:/host`, `https//host`, `http;//host`: a scheme that a slip of the finger spoiled, and no host with a port."""


class Address(msgspec.Struct, frozen=True):
    """An address to find out about.

    `urls` are asked over HTTP in turn until one answers. `place` is `host:port[/database]` where a protocol other than
    HTTP may be spoken, None where the address says that it is HTTP. `scheme` is the protocol that the address names.
    """

    urls: tuple[str, ...]
    place: str | None
    scheme: str
    host: str
    is_private: bool


def read_address(typed: str, schemes: frozenset[str]) -> Address:
    """Return the address that was typed; `schemes` are those of systems that are not asked over HTTP.

    Raises SettingsError for what is no address.

    >>> read_address("opac.example.org", frozenset()).urls
    ('https://opac.example.org', 'http://opac.example.org')
    >>> read_address("z3950.example.org:210/sach", frozenset({"z3950"})).place
    'z3950.example.org:210/sach'
    """
    text = typed.strip()
    if not text:
        raise SettingsError("URL", None, "no address was given; copy that of the page where readers search")
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower() if separator else ""
    known = schemes | set(_PORTS)
    if scheme and scheme not in known:
        near = difflib.get_close_matches(scheme, sorted(known), n=1)
        mend = f"did you mean `{near[0]}://{rest}`?" if near else f"known are: {', '.join(sorted(known))}"
        raise SettingsError(typed, None, f"`{scheme}://` is not spoken here; {mend}")
    if not separator and (slip := _SLIP.match(text)):
        meant = difflib.get_close_matches(slip["scheme"].lower(), sorted(known), n=1) or ["http"]
        raise SettingsError(typed, None, f"this is no address; did you mean `{meant[0]}://{slip['rest']}`?")
    bare = rest if separator else text
    url = _url(typed, f"{scheme if scheme in _PORTS else 'http'}://{bare}")
    is_private = _is_private(url.host)
    if scheme in schemes:
        return Address((), bare, scheme, url.host, is_private)
    if scheme:
        return Address((_whole(url),), None, scheme, url.host, is_private)
    secure, plain = _whole(url.copy_with(scheme="https")), _whole(url)
    if _PLACE.fullmatch(bare):
        return Address((plain, secure), bare, "", url.host, is_private)
    return Address((plain, secure) if is_private else (secure, plain), None, "", url.host, is_private)


def _url(typed: str, text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise SettingsError(typed, None, f"this is no address: {error}") from error
    host = text.partition("://")[2].partition("/")[0]
    if not url.host or re.search(r"[\s,;\\]", host):
        raise SettingsError(typed, None, "this is no address; http(s)://host/... or host:port is expected")
    if url.port is not None and not 0 < url.port < 65536:
        raise SettingsError(typed, None, f"there is no port {url.port}; ports are 1 to 65535")
    return url.copy_with(fragment=None, userinfo=b"")


def _whole(url: httpx.URL) -> str:
    return str(url.copy_with(path="/")) if not url.path else str(url)


def _is_private(host: str) -> bool:
    """Whether a host was typed as a machine of one's own: a private address, or localhost."""
    try:
        return not ip_address(host.strip("[]")).is_global
    except ValueError:
        return host.lower() in {"localhost", "localhost."}


def member_id(url: str) -> str:
    """Return the id of a member after the host of its address.

    >>> member_id("https://www.opac.example.edu.vn/cgi-bin/koha"), member_id("http://127.0.0.1:7101/biblio")
    ('opac-example-edu-vn', '127-0-0-1-7101')
    """
    parsed = httpx.URL(url)
    host = parsed.raw_host.decode("ascii").removeprefix("www.")
    port = f"-{parsed.port}" if parsed.port else ""
    return re.sub(r"[^a-z0-9]+", "-", f"{host}{port}".lower()).strip("-") or "library"
