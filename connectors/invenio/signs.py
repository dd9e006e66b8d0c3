"""How InvenioRDM is told from the address of a library. Pure."""

from __future__ import annotations

from typing import Final

from connectors.reading.json import parse_json, table_of, tables_of
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign

_PATH: Final = "api/records?size=1"
_HINT: Final = r"(?i)invenio-?rdm|inveniosoftware|invenio-search|invenio_(?:app_rdm|search_ui)"


def recognise(page: Page) -> Found | None:
    """Return what an answer of the API gives away: rows with the keys that only InvenioRDM has together.

    Elasticsearch too wraps hits in hits; the older Invenio has neither `parent` nor `pids`.
    """
    if b'"hits"' not in page.body or "/api/records" not in page.url:
        return None
    try:
        hits = table_of(table_of(parse_json(page.body)).get("hits"))
    except LienThuError:
        return None
    rows = tables_of(hits.get("hits")) if isinstance(hits.get("hits"), list) else []
    if "total" not in hits or not rows or not {"metadata", "parent", "pids", "links"} <= rows[0].keys():
        return None
    return Found(page.url.partition("/api/records")[0], Reason("sign.invenio.api"))


SIGNS: Final = (
    Sign(_PATH, recognise, step=64, hint=_HINT),
    Sign(f"/{_PATH}", recognise, step=92, hint=_HINT),
)
