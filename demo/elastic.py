"""An Elasticsearch index over a library's entries: `_search` with the queries of catalogues, and its errors.

Source: Elasticsearch Guide 8 (Search API, Query DSL). Words are folded by `icu_folding`; a field that does not exist
matches nothing; a window may not end behind 10,000; without `track_total_hits` the count ends there too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from demo import lucene
from demo.cql import Term, Tree
from demo.entries import Entry
from demo.holdings import Holdings, is_in, joined, worded
from demo.libraries import Library
from demo.server import Reply, Request

INDEX: Final = "catalogue"
_JSON: Final = "application/json"
_PRODUCT: Final = (("X-elastic-product", "Elasticsearch"),)
_NAMES: Final = {
    "title.main": "title", "title.rest": "title", "people.name": "author", "subjects": "subject",
    "published.year": "year", "published.by": "publisher", "isbn": "isbn", "issn": "issn",
    "language": "language", "kind": "material",
    "items.call_number": "call", "series": "series",
}  # fmt: skip
_TEXTS: Final = frozenset({"title", "author", "subject", "publisher", "series", "call"})
_WINDOW: Final = 10_000
Query = Mapping[str, object]


class RefusedError(Exception):
    """A request that is refused: type and reason."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def source(entry: Entry) -> dict[str, object]:
    """Return the stored document of an entry, with objects in it."""
    edition = entry.edition
    said: dict[str, object] = {
        "title": {"main": entry.title, **({"rest": entry.subtitle} if entry.subtitle else {})},
        "people": [{"name": name.text, "role": name.role} for name in entry.names],
        "subjects": list(entry.subjects),
        "published": {"year": edition.year or None, "by": entry.publisher, "at": entry.place},
        "isbn": list(entry.isbns),
        "issn": edition.issn,
        "language": edition.language,
        "kind": edition.material,
        "series": edition.series,
        "items": [{"branch": copy.branch_name, "call_number": copy.call_number} for copy in entry.copies],
        "available": is_in(entry),
    }
    return {name: value for name, value in said.items() if value not in ("", [])}


class ElasticIndex:
    """A node with one index."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        del library
        self._holdings = holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the answer of an endpoint."""
        parts = [part for part in request.path.split("/") if part]
        if fails:
            return _failed(503, "search_phase_execution_exception", "all shards failed")
        if parts and parts[0] not in {INDEX, "_search", "_cat"}:
            return _failed(404, "index_not_found_exception", f"no such index [{parts[0]}]")
        if parts in ([INDEX, "_search"], ["_search"]):
            return self._search(request)
        said = self._told(parts)
        if said is None:
            reason = f"request [{request.path}] contains unrecognized parameter"
            return _failed(400, "illegal_argument_exception", reason)
        return _said(said, 404 if isinstance(said, dict) and said.get("found") is False else 200)

    def _told(self, parts: Sequence[str]) -> object:
        """Return what the endpoints say that take no query; None for no endpoint."""
        match parts:
            case []:
                version = {"number": "8.14.3", "build_flavor": "default", "lucene_version": "9.10.0"}
                tagline = "You Know, for Search"
                return {"name": "node-1", "cluster_name": "thu-vien", "version": version, "tagline": tagline}
            case ["_cat", *_]:
                return [{"health": "green", "index": INDEX, "docs.count": str(len(self._holdings.entries))}]
            case [_, "_count"]:
                return {"count": len(self._holdings.entries), "_shards": _SHARDS}
            case [_, "_mapping"] | [_]:
                fields = {name.partition(".")[0]: {"type": "text"} for name in _NAMES}
                return {INDEX: {"mappings": {"properties": fields}}}
            case [_, "_doc", number]:
                entry = self._holdings.by_id.get(number)
                found = {"_index": INDEX, "_id": number, "found": entry is not None}
                return found | ({"_source": source(entry)} if entry else {})
        return None

    def _search(self, request: Request) -> Reply:
        try:
            body = json.loads(request.body or b"{}")
            start, count = _count(body, request, "from", 0), _count(body, request, "size", 10)
            if start + count > _WINDOW:
                reason = f"Result window is too large, from + size must be less than or equal to: [{_WINDOW}]"
                return _failed(400, "illegal_argument_exception", reason)
            text = request.parameters.get("q")
            query = {"query_string": {"query": text}} if text else body.get("query", {"match_all": {}})
            numbers = self._ids(query)
        except RefusedError as refusal:
            return _failed(400, refusal.kind, str(refusal))
        except ValueError as error:
            return _failed(400, "parsing_exception", f"Failed to parse request: {error}")
        found = [entry for entry in self._holdings.entries if entry.id in numbers]
        words = {word.lower() for word in re.findall(r"\w{2,}", json.dumps(query, ensure_ascii=False))}
        found.sort(key=lambda entry: -len(words.intersection(entry.title.lower().split())))
        wanted = body.get("_source", True)
        hits = [
            {"_index": INDEX, "_id": entry.id, "_score": 1.0, "_source": _picked(source(entry), wanted)}
            for entry in found[start : start + count]
        ]
        tracks = body.get("track_total_hits", _WINDOW) is True or len(found) <= _WINDOW
        total = {"value": len(found) if tracks else _WINDOW, "relation": "eq" if tracks else "gte"}
        answer = {"took": 4, "timed_out": False, "_shards": _SHARDS}
        return _said(answer | {"hits": {"total": total, "max_score": 1.0 if hits else None, "hits": hits}})

    def _ids(self, query: object) -> frozenset[str]:
        """Return the ids of what a query finds."""
        if not isinstance(query, dict) or len(query) != 1:
            raise RefusedError("parsing_exception", "[_na] query malformed, must start with start_object")
        ((kind, said),) = query.items()
        say = self._queries().get(kind)
        if say is None or not isinstance(said, dict):
            raise RefusedError("parsing_exception", f"unknown query [{kind}]")
        return say(said)

    def _queries(self) -> dict[str, Callable[[Query], frozenset[str]]]:
        return {
            "match_all": lambda _: frozenset(self._holdings.by_id),
            "match_none": lambda _: frozenset(),
            "bool": self._bool,
            "multi_match": self._multi_match,
            "match": lambda said: self._one(said, "best_fields"),
            "match_phrase": lambda said: self._one(said, "phrase"),
            "match_phrase_prefix": lambda said: self._one(said, "bool_prefix"),
            "prefix": lambda said: self._one(said, "bool_prefix"),
            "term": lambda said: self._one(said, "phrase"),
            "terms": self._terms,
            "range": self._range,
            "ids": lambda said: frozenset(map(str, _list(said.get("values")))) & frozenset(self._holdings.by_id),
            "query_string": self._query_string,
            "simple_query_string": self._query_string,
            "constant_score": lambda said: self._ids(said.get("filter")),
        }

    def _bool(self, said: Query) -> frozenset[str]:
        found = frozenset(self._holdings.by_id)
        for query in (*_list(said.get("must")), *_list(said.get("filter"))):
            found &= self._ids(query)
        should = [self._ids(query) for query in _list(said.get("should"))]
        least = said.get("minimum_should_match", 0 if said.get("must") or said.get("filter") else 1)
        if should and least not in {0, "0"}:
            found &= frozenset().union(*should)
        for query in _list(said.get("must_not")):
            found -= self._ids(query)
        return found

    def _one(self, said: Query, kind: str) -> frozenset[str]:
        """Return what `{field: text}` or `{field: {"query": text}}` finds."""
        ((field, inner),) = said.items()
        more = inner if isinstance(inner, dict) else {"query": inner}
        text = more.get("query", more.get("value", ""))
        return self._multi_match({"type": kind, **more, "query": text, "fields": [field]})

    def _multi_match(self, said: Query) -> frozenset[str]:
        text, kind = str(said.get("query", "")), str(said.get("type", "best_fields"))
        names = _expanded([str(field) for field in _list(said.get("fields"))] or ["*"])
        number = re.sub(r"[\s-]", "", text)
        if kind == "phrase":
            trees = [worded(name, text, relation="adj") for name in names]
            return self._found(joined("or", trees))
        words = re.findall(r"\w+", text)
        operator = "and" if str(said.get("operator", "or")).lower() == "and" else "or"
        per_word = []
        for at, word in enumerate(words):
            masked = f"{word}*" if kind == "bool_prefix" and at == len(words) - 1 else word
            per_word.append(self._found(joined("or", [worded(name, masked) for name in names if name in _TEXTS])))
        exact = [name for name in names if name not in _TEXTS]
        whole = self._found(joined("or", [worded(name, number) for name in exact])) if words else frozenset()
        if not per_word:
            return whole
        return whole | (frozenset.intersection(*per_word) if operator == "and" else frozenset().union(*per_word))

    def _terms(self, said: Query) -> frozenset[str]:
        ((field, values),) = [(name, value) for name, value in said.items() if name != "boost"]
        return frozenset().union(*(self._one({field: str(value)}, "phrase") for value in _list(values)))

    def _range(self, said: Query) -> frozenset[str]:
        ((field, ends),) = said.items()
        if _NAMES.get(str(field)) != "year" or not isinstance(ends, dict):
            return frozenset()
        low = int(str(ends.get("gte", int(str(ends.get("gt", 0))) + (1 if "gt" in ends else 0))) or 0)
        high = int(str(ends.get("lte", int(str(ends.get("lt", 9999))) - (1 if "lt" in ends else 0))) or 9999)
        return self._found(Term("year", "within", f"{max(1, low)} {high}"))

    def _query_string(self, said: Query) -> frozenset[str]:
        try:
            node = lucene.parse(str(said.get("query", "")))
        except lucene.QuerySyntaxError as error:
            raise RefusedError("query_shard_exception", f"Failed to parse query [{said.get('query')}]") from error
        found = self._holdings.found_by_lucene(node, lambda field: _NAMES.get(field, "") if field else "any")
        return frozenset(entry.id for entry in found)

    def _found(self, tree: Tree | None) -> frozenset[str]:
        return frozenset(entry.id for entry in self._holdings.found(tree)) if tree is not None else frozenset()


_SHARDS: Final = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _expanded(fields: Sequence[str]) -> list[str]:
    """Return what fields are here, masks such as `title.*` spread and weights left out."""
    masks = [field.partition("^")[0] for field in fields]
    return list(dict.fromkeys(name for mask in masks for field, name in _NAMES.items() if fnmatchcase(field, mask)))


def _count(body: Mapping[str, object], request: Request, name: str, default: int) -> int:
    value = request.parameters.get(name, body.get(name, default))
    if not re.fullmatch(r"\d{1,9}", str(value)):
        raise RefusedError("illegal_argument_exception", f"[{name}] parameter cannot be negative but was [{value}]")
    return int(str(value))


def _picked(stored: dict[str, object], wanted: object) -> dict[str, object]:
    """Return the parts of a document that `_source` names."""
    if wanted is False:
        return {}
    if isinstance(wanted, dict):
        wanted = wanted.get("includes", True)
    masks = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(masks, list):
        return stored
    heads = {str(mask).partition(".")[0] for mask in masks}
    return {name: value for name, value in stored.items() if name in heads or "*" in heads}


def _said(said: object, status: int = 200) -> Reply:
    return Reply(json.dumps(said, ensure_ascii=False).encode(), _JSON, status, _PRODUCT)


def _failed(status: int, kind: str, reason: str) -> Reply:
    cause = {"type": kind, "reason": reason}
    return _said({"error": {"root_cause": [cause], **cause}, "status": status}, status)
