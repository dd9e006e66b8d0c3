"""How a Solr is told from an address: its search handler answers, and its records show their fields. Pure."""

from __future__ import annotations

from connectors.questions.field_map import guessed
from connectors.reading.json import count_of, parse_json, table_of
from connectors.solr.response import field_names
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign


def recognise(page: Page) -> Found | None:
    """Return what an answer of a search handler gives away, None for any other page."""
    if page.status != 200 or b"responseHeader" not in page.body:
        return None
    try:
        answer = table_of(parse_json(page.body))
    except LienThuError:
        return None
    total = count_of(table_of(answer.get("response")).get("numFound"))
    if total is None or "responseHeader" not in answer:
        return None
    fields, marc = guessed(set(field_names(answer)))
    settings: dict[str, object] = {"fields": fields}
    if marc:
        settings["marc"] = marc
    unsure = {"fields": "guessed by their names; see what each field holds"}
    if "title" not in fields and not marc:
        unsure["fields"] = "no field is known by its name: the title's must be named"
    base = page.url.partition("?")[0].rpartition("/")[0]
    return Found(base, Reason("sign.solr.select", {"total": total}), settings=settings, unsure=unsure)


def recognise_console(page: Page) -> Found | None:
    """Tell a Solr by the page of its console, which names no core to a guest."""
    if page.status != 200 or b"solrAdminApp" not in page.body:
        return None
    url = page.url.partition("?")[0].partition("#")[0].rstrip("/")
    unsure = {"url": "the address ends with the name of the core, which the library tells; biblio is a guess"}
    return Found(f"{url}/biblio", Reason("sign.solr.console"), is_sure=False, unsure=unsure)


SIGNS = (
    Sign("", recognise_console, step=36),
    Sign("select?q=*:*&rows=5&wt=json", recognise, step=60, hint="(?i)solr"),
    Sign("", recognise, step=35),
    Sign("/solr/biblio/select?q=*:*&rows=5&wt=json", recognise, step=77, hint="(?i)solr"),  # the core that VuFind makes
)
