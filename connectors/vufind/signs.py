"""How a VuFind is told from an address: its pages call themselves so, and its REST interface counts results. Pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from connectors.reading.html import attribute, generator_of, parse_html, title_of
from connectors.reading.json import count_of, parse_json
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_FORM = re.compile(r"^(.*?)/Search/(?:Results|Home)(?:[?#].*)?$")
_GENERATOR = re.compile(r"(?i)\bvufind\b\s*([\d.]*)")


def recognise_page(page: Page) -> Found | None:
    """Tell a VuFind by the generator that its pages name, or by the form that leads to `Search/Results`."""
    if page.status != 200 or (b"lookfor" not in page.body and b"ufind" not in page.body.lower()):
        return None
    try:
        tree = parse_html(page.body)
    except LienThuError:
        return None
    generator = _GENERATOR.search(generator_of(tree))
    forms = [attribute(form, "action") for form in tree.select("form") if form.select_one("[name=lookfor]") is not None]
    base = next((found[1] for action in forms if (found := _FORM.match(urljoin(page.url, action)))), "")
    if not base and generator is None:
        return None
    name = title_of(tree).rpartition(" - ")[2].rpartition(" | ")[2] or None
    if generator is not None:
        evidence = Reason("sign.vufind.generator", {"version": generator[1] or "?"})
        return Found(base or page.url.partition("?")[0].rstrip("/"), evidence, name=name)
    return Found(base, Reason("sign.vufind.form"), name=name)


def recognise_api(page: Page) -> Found | None:
    """Tell a VuFind by the REST interface: an answer that counts results, or refuses in its own words."""
    base = page.url.partition("/api/v1/")[0]
    if base == page.url:
        return None
    try:
        answer = parse_json(page.body)
    except LienThuError:
        return None
    if not isinstance(answer, dict) or "status" not in answer:
        return None
    if page.status == 200 and answer.get("status") == "OK" and count_of(answer.get("resultCount")) is not None:
        return Found(base, Reason("sign.vufind.api"))
    if page.status in {400, 401, 403} and answer.get("status") == "ERROR" and "statusMessage" in answer:
        return Found(base, Reason("sign.vufind.api-closed"))
    return None


SIGNS = (
    Sign("", recognise_page, step=30, hint="(?i)vufind|Search/Results"),
    Sign("api/v1/search?lookfor=history&limit=0", recognise_api, step=40, hint="(?i)vufind|Search/Results"),
    Sign("/vufind/api/v1/search?lookfor=history&limit=0", recognise_api, step=70, hint="(?i)/vufind"),
)
