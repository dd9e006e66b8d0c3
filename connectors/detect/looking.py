"""What a page shows to somebody who does not know its system: title, generator, forms, links, technologies. Pure."""

from __future__ import annotations

import json
import re
from typing import Final

from bs4 import BeautifulSoup, Tag

from connectors.reading.html import attribute, generator_of, parse_html, text_of
from connectors.reading.web_address import linked
from engine.errors import LienThuError
from engine.ports import Page
from engine.text import folded_key
from engine.tools import Seen

_MOST: Final = 12
_LETTERS: Final = 120
_CATALOGUE: Final = re.compile(
    r"opac|catalog|muc luc|tra cuu|tim kiem|thu vien so|tai lieu so|dspace|repository|koha|primo|vufind|dlib|z39|sru\b"
    r"|oai|search"
)
_TECHNOLOGIES: Final = {
    "ASP.NET": r"__VIEWSTATE|\.aspx\b|ASP\.NET_SessionId|X-AspNet",
    "PHP": r"\.php\b|PHPSESSID",
    "Java (JSP)": r"\.jsp\b|JSESSIONID",
    "Perl (CGI)": r"/cgi-bin/[\w./-]*\.pl",
    "Angular": r"<app-root|ng-version=|<ds-app",
    "React": r"data-reactroot|__NEXT_DATA__|id=\"root\"></div>",
    "Vue": r"data-v-app|__NUXT__|id=\"app\"></div>",
    "Joomla": r"/media/jui/|com_content|Joomla!",
    "WordPress": r"/wp-content/|/wp-json",
    "Drupal": r"/sites/default/files|Drupal\.settings|drupal-settings-json",
    "DotNetNuke": r"DotNetNuke|/DesktopModules/|dnn\.",
    "SharePoint": r"_layouts/15|_spPageContextInfo",
    "jQuery": r"jquery[.\-\w]*\.js",
}


def look(page: Page) -> Seen:
    """Return what is seen in a page; of JSON and XML their outermost names."""
    text = page.body[:200_000].decode("utf-8", "replace")
    beginning = text.lstrip()[:1]
    if beginning in {"{", "["}:
        return Seen(title=_outline(text), technologies=("JSON",))
    if re.match(r"\s*<\?xml|\s*<(?!!|html|HTML|head)[\w:]+[^>]*xmlns", text) and "<html" not in text[:500].lower():
        root = re.search(r"<([A-Za-z][\w:.-]*)", re.sub(r"<\?.*?\?>", "", text, flags=re.DOTALL))
        return Seen(title=f"<{root[1]}>" if root else "", technologies=("XML",))
    try:
        tree = parse_html(page.body)
    except LienThuError:
        return Seen()
    return Seen(
        title=text_of(tree.title)[:_LETTERS],
        generator=generator_of(tree)[:_LETTERS],
        forms=tuple(dict.fromkeys(_form(form) for form in tree.select("form")))[:_MOST],
        links=_links(tree, page.url),
        technologies=tuple(name for name, sign in _TECHNOLOGIES.items() if re.search(sign, text)),
    )


def title_of(page: Page) -> str:
    """Return what a page of HTML calls itself, "" for anything else."""
    seen = look(page)
    return "" if {"JSON", "XML"} & set(seen.technologies) else seen.title


def _outline(text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        return "{…}"
    return "{" + ", ".join(list(told)[:_MOST]) + "}" if isinstance(told, dict) else f"[{len(told)}]"


def _form(form: Tag) -> str:
    names = [attribute(field, "name") for field in form.select("input, select, textarea")]
    shown = ", ".join(name for name in dict.fromkeys(names) if name and not name.startswith("__"))
    return f"{(attribute(form, 'method') or 'get').upper()} {attribute(form, 'action') or '.'}: {shown}"[:_LETTERS]


def _links(tree: BeautifulSoup, url: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for link in tree.select("a[href]"):
        href = attribute(link, "href")
        target = linked(url, href)
        if target and target != url and _CATALOGUE.search(folded_key(f"{href} {text_of(link)}")):
            found[target[:300]] = None
    return tuple(found)[:_MOST]
