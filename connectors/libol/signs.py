"""How Libol is told from an address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

from engine.model import Reason
from engine.ports import Found, Page, Sign

_PAGES: Final = re.compile(
    rb"(?i)\bW(?:ShowDetail|ShowResult|HoldingCollection|PersonalPageLogin|PersonalPage|SearchSimple|Search)\.aspx"
)
_OTHER: Final = re.compile(rb"(?i)\bO(?:Show|Detail|SearchAdvanced)\.aspx")
_NAME: Final = re.compile(rb"(?i)\blibol\b")
_PATH: Final = re.compile(r"(?i)/(?:opac|opac60|opac80|libol\d*)(?:/|$)")


def recognise(page: Page) -> Found | None:
    """Tell Libol by the names of its pages; its own name or two of them make sure."""
    if page.status != 200 or _OTHER.search(page.body):
        return None
    found = {name.lower() for name in _PAGES.findall(page.body)}
    is_named = bool(_NAME.search(page.body)) and bool(_PATH.search(page.url))
    if not found and not (is_named and b".aspx" in page.body.lower()):
        return None
    is_sure = len(found) > 1 or (bool(found) and bool(_NAME.search(page.body)))
    return Found(urljoin(page.url, ".").rstrip("/"), Reason("sign.libol"), is_sure=is_sure)


SIGNS: Final = (
    Sign("", recognise, step=58, hint=r"(?i)\bW[A-Z]\w+\.aspx|\blibol\b"),
    Sign("/opac80/", recognise, step=72, hint=r"(?i)/opac80|\blibol\b"),
    Sign("/opac60/", recognise, step=73, hint=r"(?i)/opac60|\blibol\b"),
    Sign("/opac/", recognise, step=53, hint=r"(?i)\bW[A-Z]\w+\.aspx|\blibol\b"),
)
