"""The root of a catalogue. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def base_of(url: str) -> str:
    """Return the root of a catalogue out of any address in it.

    >>> base_of("https://opac.example.org/cgi-bin/koha/opac-main.pl?x=1"), base_of("http://a.example:8080/")
    ('https://opac.example.org', 'http://a.example:8080')
    """
    parts = urlsplit(url)
    path = parts.path.partition("/cgi-bin/")[0].rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"
