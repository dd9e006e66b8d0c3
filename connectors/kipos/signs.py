"""How KIPOS is told from an address."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin

from engine.model import Reason
from engine.ports import Found, Page, Sign

_PATHS: Final = re.compile(rb"(?i)/KIPOSDATA\d?/|keywordsearch\.aspx\?")
_FORM: Final = re.compile(rb"(?i)name=[\"']?[^\"'>]*(?:s_searchvalue1|search_field1)")


def recognise(page: Page) -> Found | None:
    """Tell KIPOS by the folder of its files, or by the names in its search form."""
    if page.status != 200 or not (_PATHS.search(page.body) or _FORM.search(page.body)):
        return None
    is_sure = b"/KIPOSDATA" in page.body or _FORM.search(page.body) is not None
    return Found(urljoin(page.url, "/").rstrip("/"), Reason("sign.kipos"), is_sure=is_sure)


SIGNS: Final = (
    Sign("", recognise, step=60, hint=r"(?i)/KIPOSDATA"),
    Sign("/opac/keywordsearch.aspx", recognise, step=65, hint=r"(?i)/KIPOSDATA|keywordsearch\.aspx"),
)
