"""How a Primo is told from an address: by where its pages stand and what they load. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from connectors.reading.json import parse_json, table_of
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_VE = re.compile(r"/discovery/(?:search|fulldisplay|jsearch|dbsearch|browse|openurl)\b|/primaws/|/nde/")
_CLASSIC = re.compile(r"/primo-explore/|/primo_library/libweb/")
_VID = re.compile(r"[?&;]vid(?:=|%3[Dd])([A-Za-z0-9_.:%~-]{2,80})")
_VIEW = re.compile(r"_V(?:IEW)?\d*$")
_MARKS = re.compile(
    rb"(?i)prm-explore|primo-explore|primoExploreRoot|/primaws/|nde-root|<prm-|primo_library/libweb|EXLResult|exlid[a-z]+_?"
)


def recognise(page: Page) -> Found | None:
    """Tell a Primo by an address of its own, or by what its page loads; the view by the address or a link."""
    text = page.body[:400_000].decode("utf-8", "replace")
    has_mark = _MARKS.search(page.body[:400_000]) is not None
    is_ve, is_classic = bool(_VE.search(page.url)), bool(_CLASSIC.search(page.url))
    if not (has_mark and page.status == 200) or not (is_ve or is_classic or _linked(text)):
        return None
    if not is_ve and not is_classic:
        is_ve = "/primaws/" in text or "/discovery/" in text
    asked = parse_qs(urlsplit(page.url).query)
    linked = _VID.search(text)
    vid = (asked.get("vid") or [unquote(linked[1]) if linked else ""])[0]
    settings: dict[str, object] = {"vid": vid or "VIEW"}
    for key, name in (("tab", "tab"), ("search_scope", "scope")):
        if asked.get(key):
            settings[name] = asked[key][0]
    unsure = {} if vid else {"vid": "the view's code: see vid= in the address of a search"}
    if is_classic and vid:
        # Views are often called after their institution; nothing on the page names it.
        settings["inst"] = _VIEW.sub("", vid)
        unsure["inst"] = "a guess by the view's name: see inst= in what the page of a search asks for"
    if "scope" not in settings:
        unsure["scope"] = "see search_scope= and tab= in the address of a search"
    parts = urlsplit(page.url)
    evidence = Reason("sign.primo.ve" if is_ve else "sign.primo.classic")
    return Found(f"{parts.scheme}://{parts.netloc}", evidence, settings=settings, is_sure=bool(vid), unsure=unsure)


def _linked(text: str) -> bool:
    """Whether a page without an address of Primo's loads Primo itself, rather than only links to one elsewhere."""
    return (
        re.search(
            r"""(?i)<(?:primo-explore|prm-|nde-)|(?:src|href)=["'](?:/|\.\./)?(?:primaws|primo-explore|discovery)/""",
            text,
        )
        is not None
    )


def recognise_interface(page: Page) -> Found | None:
    """Tell a Primo by what its interface answers to a search that names no view: results, or an error of its own."""
    if "/pnxs?" not in page.url:
        return None
    try:
        answer = table_of(parse_json(page.body))
    except LienThuError:
        return None
    has_results = isinstance(answer.get("docs"), list) and "total" in table_of(answer.get("info"))
    has_error = page.status in {400, 401, 403, 500} and "errorCode" in answer and "errorMessage" in answer
    if not has_results and not has_error:
        return None
    is_ve = "/primaws/" in page.url
    parts = urlsplit(page.url)
    unsure = dict.fromkeys(("vid", "tab", "scope"), "see the address of a search made by hand")
    evidence = Reason("sign.primo.ve" if is_ve else "sign.primo.classic")
    settings: dict[str, object] = {"vid": "INST:VIEW" if is_ve else "VIEW"}
    return Found(f"{parts.scheme}://{parts.netloc}", evidence, settings=settings, unsure=unsure)


_ASKED = "pnxs?q=any,contains,history,AND&limit=1&offset=0&lang=en&mode=advanced&skipDelivery=Y"
SIGNS = (
    Sign("", recognise, step=42, hint="(?i)primo|primaws"),
    Sign("/discovery/search", recognise, step=74, hint="(?i)primo|/discovery/|primaws"),
    Sign(f"/primaws/rest/pub/{_ASKED}", recognise_interface, step=56, hint="(?i)primo|/discovery/|primaws"),
    Sign(
        f"/primo_library/libweb/webservices/rest/primo-explore/v1/{_ASKED}",
        recognise_interface,
        step=76,
        hint="(?i)primo",
    ),
)
