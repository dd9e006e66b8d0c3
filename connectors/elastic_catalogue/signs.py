"""How an Elasticsearch or OpenSearch is told from an address: by its greeting, or by an answer of `_search`. Pure."""

from __future__ import annotations

from connectors.elastic_catalogue.response import field_names
from connectors.questions.field_map import guessed
from connectors.reading.json import count_of, first_text, parse_json, table_of
from engine.errors import LienThuError
from engine.model import Reason
from engine.ports import Found, Page, Sign


def recognise_greeting(page: Page) -> Found | None:
    """Tell the server by what it says at its root. Which index is the catalogue it does not say."""
    if b'"version"' not in page.body or b"tagline" not in page.body:
        return None
    try:
        answer = table_of(parse_json(page.body))
    except LienThuError:
        return None
    version = table_of(answer.get("version"))
    number = first_text(version.get("number"))
    if not number or ("lucene_version" not in version and "distribution" not in version):
        return None
    url = page.url.partition("?")[0].rstrip("/")
    unsure = {"url": "the name of the index must be added: https://…/catalogue", "fields": "to be named"}
    evidence = Reason("sign.elasticsearch.greeting", {"version": number})
    return Found(url, evidence, settings={"fields": {"title": "title"}}, unsure=unsure)


def recognise_search(page: Page) -> Found | None:
    """Tell an index by what its `_search` answers; the fields of its first records show its schema."""
    if page.status != 200 or b'"hits"' not in page.body or b'"_shards"' not in page.body:
        return None
    try:
        answer = table_of(parse_json(page.body))
    except LienThuError:
        return None
    hits = table_of(answer.get("hits"))
    told = hits.get("total")
    total = count_of(table_of(told).get("value") if isinstance(told, dict) else told)
    if total is None or "/_search" not in page.url:
        return None
    fields, marc = guessed(set(field_names(answer)))
    settings: dict[str, object] = {"fields": fields, "marc": marc} if marc else {"fields": fields}
    base = page.url.partition("/_search")[0]
    unsure = {"fields": "guessed by their names; see what each field holds"}
    return Found(base, Reason("sign.elasticsearch.search", {"total": total}), settings=settings, unsure=unsure)


_HINT = r'You Know, for Search|(?i:opensearch)|"root_cause"|"mappings"\s*:'
SIGNS = (
    Sign("_search?size=5", recognise_search, step=62, hint=_HINT),
    Sign("", recognise_greeting, step=36),
    Sign("/", recognise_greeting, step=63, hint=_HINT),
)
