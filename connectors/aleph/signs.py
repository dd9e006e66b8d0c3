"""How an Aleph is told from an address: its X-server answers in XML of its own, its pages lead to `/F?func=`. Pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from connectors.formats.fields import local_name
from connectors.reading.html import attribute, parse_html, title_of
from connectors.reading.xml import parse_xml
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_ROOTS = frozenset({"find", "login"})
_BASE = re.compile(r"(?i)(?:local_base|doc_library|con_lib|base)=([A-Z]{2,6}\d{2})\b")
_FUNC = re.compile(r"/F(?:/[A-Z0-9-]*)?/?\?func=")


def recognise_x_server(page: Page) -> Found | None:
    """Tell an X-server by the elements of its answer, whatever it says in them."""
    if page.status != 200 or (b"session-id" not in page.body and b"<error>" not in page.body):
        return None
    try:
        root = parse_xml(page.body, lenient=True)
    except LienThuError:
        return None
    names = {local_name(child) for child in root}
    if local_name(root) not in _ROOTS or not names & {"error", "set_number", "session-id"}:
        return None
    url = page.url.partition("?")[0].removesuffix("/X")
    unsure = {
        "base": "which of its bases is the catalogue the X-server does not tell; see local_base in the OPAC's links"
    }
    return Found(url, Reason("sign.aleph.x-server"), settings={"base": "XXX01"}, unsure=unsure)


def recognise_page(page: Page) -> Found | None:
    """Tell an Aleph by the links and forms of its pages, and its base by what they name."""
    if b"func=" not in page.body or page.status != 200:
        return None
    try:
        tree = parse_html(page.body)
    except LienThuError:
        return None
    links = [urljoin(page.url, attribute(one, "href") or attribute(one, "action")) for one in tree.select("a, form")]
    ours = [link for link in links if _FUNC.search(link)]
    hidden = tree.select_one('form[action*="/F"] input[name=func][value^=find]')
    if not ours and hidden is None:
        return None
    base = next((found[1].upper() for link in ours if (found := _BASE.search(link))), "")
    base = base or attribute(tree.select_one("[name=local_base] option[selected], input[name=local_base]"), "value")
    parts = urlsplit(ours[0] if ours else page.url)
    unsure = {} if base else {"base": "no link of the page names it"}
    return Found(
        f"{parts.scheme}://{parts.netloc}",
        Reason("sign.aleph.page"),
        settings={"base": base or "XXX01"},
        name=title_of(tree) or None,
        is_sure=bool(base),
        unsure=unsure,
    )


SIGNS = (
    Sign("", recognise_page, step=45, hint=r"/F(?:/[A-Z0-9-]*)?/?\?func="),
    Sign("/F?func=find-b-0", recognise_page, step=73, hint=r"(?i)\baleph\b|ex libris|/F/?\?func="),
    Sign("/X?op=find&code=WRD&request=history&base=USM01", recognise_x_server, step=55, hint=r"(?i)\baleph\b|/X\?op="),
)
