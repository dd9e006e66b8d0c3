"""How a repository is told from a bare address. Pure.

DSpace and Koha have an OAI-PMH interface too: what is asked at their usual paths is a likeness only, since the systems
themselves can be asked for words.
"""

from __future__ import annotations

from connectors.oai_pmh.repository import identity_of
from connectors.oai_pmh.response import read
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign


def _identified(page: Page, *, is_sure: bool) -> Found | None:
    if b"OAI-PMH" not in page.body[:2000]:
        return None
    try:
        identity = identity_of(read(page.body))
    except LienThuError:
        return None
    if not identity.texts.get("protocolVersion"):
        return None
    evidence = Reason(
        "sign.oai-pmh.identify",
        {"url": page.url.partition("?")[0], "version": identity.texts["protocolVersion"], "name": identity.name},
    )
    return Found(url=page.url.partition("?")[0], evidence=evidence, name=identity.name or None, is_sure=is_sure)


def recognise_given(page: Page) -> Found | None:
    """Tell the answer at an address that was given as a repository's own."""
    return _identified(page, is_sure=True)


def recognise_usual(page: Page) -> Found | None:
    """Tell the answer at a path where many systems have their repository."""
    return _identified(page, is_sure=False)


def recognise_page(page: Page) -> Found | None:
    """Tell an OAI-PMH answer at the bare address: most say that a verb is missing."""
    if b"<OAI-PMH" not in page.body[:2000]:
        return None
    if (identified := _identified(page, is_sure=True)) is not None:
        return identified
    try:
        read(page.body)
    except LienThuError:
        return None
    url = page.url.partition("?")[0]
    # Identify tells the name too, and is asked next.
    return Found(url=url, evidence=Reason("sign.oai-pmh.answer", {"url": url}), is_sure=False)


SIGNS = (
    Sign(path="", recognise=recognise_page, step=10, hint="<OAI-PMH"),
    Sign(path="?verb=Identify", recognise=recognise_given, step=85, hint="<OAI-PMH"),
    Sign(path="/oai?verb=Identify", recognise=recognise_usual, step=90, hint=r"(?i)oai-pmh|/oai\b"),
    Sign(path="/oai/request?verb=Identify", recognise=recognise_usual, step=90, hint=r"(?i)/oai/request"),
    Sign(path="/server/oai/request?verb=Identify", recognise=recognise_usual, step=91, hint=r"(?i)/server/oai/"),
)
