"""How a tim-kiem OPAC is told from an address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from engine.model import Reason
from engine.ports import Found, Page, Sign

_TOKEN: Final = re.compile(rb"""(?i)id\s*=\s*["']?requestVerificationToken""")
_OWN: Final = re.compile(rb"(?i)/chi-tiet-tai-lieu/|/tim-kiem\b|result-block__main")


def recognise(page: Page) -> Found | None:
    """Tell the search page by the anti-forgery token that its script sends, beside addresses of its own."""
    if page.status != 200 or not _TOKEN.search(page.body) or not _OWN.search(page.body + page.url.encode()):
        return None
    parts = urlsplit(page.url)
    path = parts.path.partition("/tim-kiem")[0] if "/tim-kiem" in parts.path else parts.path.rstrip("/")
    return Found(urljoin(page.url, path or "/").rstrip("/"), Reason("sign.tim-kiem"))


SIGNS: Final = (
    Sign("", recognise, step=50, hint=r"(?i)requestVerificationToken"),
    Sign("/tim-kiem", recognise, step=50, hint=r"(?i)/tim-kiem|requestVerificationToken|chi-tiet-tai-lieu"),
)
