"""A core of Solr over a library's entries: `select` with the parsers lucene, dismax and edismax, schema, ping, facets.

Source: Apache Solr Reference Guide 9 (common query parameters, response writers, Schema API, CoreAdmin). The fields are
those of the usual schema for library catalogues; words are folded, two words mean OR unless `q.op` or `mm` say else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

from demo import lucene
from demo.entries import Entry
from demo.holdings import Holdings, is_in
from demo.libraries import Library
from demo.server import Reply, Request

_JSON: Final = "application/json;charset=utf-8"
_NAMES: Final = {
    "id": "id", "allfields": "any", "title": "title", "title_full": "title", "author": "author", "author2": "author",
    "topic": "subject", "publisher": "publisher", "publishDate": "year", "isbn": "isbn", "issn": "issn",
    "language": "language", "format": "material", "callnumber": "call", "series": "series",
}  # fmt: skip
_SINGLE: Final = frozenset({"id", "title", "title_full", "allfields", "callnumber"})
_FIELDS: Final = [
    {"name": name, "type": "text" if kind in {"any", "title", "author", "subject"} else "string",
     "indexed": True, "stored": name != "allfields", "multiValued": name not in _SINGLE}
    for name, kind in _NAMES.items()
]  # fmt: skip
_OPERATOR: Final = re.compile(r'\b(?:AND|OR|NOT)\b|[&|]{2}|[()"+!:]|(?<!\S)-')
_FORMATS: Final = {"book": "Book", "thesis": "Thesis", "journal": "Journal", "map": "Map", "article": "Article"}
_SORTS: Final = re.compile(r"(score|[\w]+) (asc|desc)", re.IGNORECASE)


class RefusedError(Exception):
    """A request that Solr answers with status 400."""


def document(entry: Entry) -> dict[str, object]:
    """Return what is stored of an entry; fields without values are absent."""
    edition = entry.edition
    names = [name.text for name in entry.names]
    stored: dict[str, object] = {
        "id": entry.id,
        "title": entry.title + (f" : {entry.subtitle}" if entry.subtitle else ""),
        "title_full": f"{entry.title} / {entry.statement}" if entry.statement else entry.title,
        "author": names[:1],
        "author2": names[1:],
        "topic": list(entry.subjects),
        "publisher": [entry.publisher] if entry.publisher else [],
        "publishDate": [entry.date] if entry.date else [],
        "isbn": list(entry.isbns),
        "issn": [edition.issn] if edition.issn else [],
        "language": [entry.language],
        "format": [_FORMATS.get(edition.material, "Other")],
        "callnumber": entry.copies[0].call_number if entry.copies else "",
        "series": [edition.series] if edition.series else [],
        "physical": [f"{edition.pages} tr."] if edition.pages else [],
        "edition": entry.edition_statement,
        "url": [edition.url] if edition.url else [],
        "available": is_in(entry),
    }
    return {name: value for name, value in stored.items() if value not in ("", [])}


class SolrCore:
    """One core, `catalog`."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        del library
        self._holdings = holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the answer of a handler."""
        path = request.path.rstrip("/")
        if path in {"", "/solr"}:
            if not request.path.startswith("/solr/"):
                return Reply(b"", "text/html", 302, (("Location", "/solr/"),))
            return Reply(_ADMIN.encode(), "text/html;charset=utf-8")
        pairs = parse_qsl(request.text, keep_blank_values=True) or list(request.parameters.items())
        if fails:
            return _error(500, "java.lang.OutOfMemoryError: Java heap space", dict(pairs))
        if path in {"/solr/catalog/select", "/solr/catalog/query"}:
            return self._select(pairs)
        said = self._said().get(path)
        if said is not None:
            return _json({"responseHeader": {"status": 0, "QTime": 1}} | said)
        body = f"<html><head><title>Error 404 Not Found</title></head><body><h2>HTTP ERROR 404</h2>{path}</body></html>"
        return Reply(body.encode(), "text/html;charset=iso-8859-1", 404)

    def _said(self) -> dict[str, dict[str, object]]:
        """Return what the handlers say that take no question."""
        count = len(self._holdings.entries)
        index = {"numDocs": count, "maxDoc": count, "deletedDocs": 0}
        core = {"name": "catalog", "instanceDir": "/var/solr/data/catalog", "index": index}
        return {
            "/solr/catalog/admin/ping": {"status": "OK"},
            "/solr/catalog/schema": {"schema": {"name": "catalog", "uniqueKey": "id", "fields": _FIELDS}},
            "/solr/catalog/schema/fields": {"fields": _FIELDS},
            "/solr/catalog/schema/uniquekey": {"uniqueKey": "id"},
            "/solr/admin/cores": {"initFailures": {}, "status": {"catalog": core}},
            "/solr/admin/info/system": {"mode": "std", "lucene": {"solr-spec-version": "9.6.1"}},
        }

    def _select(self, pairs: Sequence[tuple[str, str]]) -> Reply:
        asked = dict(pairs)
        try:
            found = self._found(asked, [value for name, value in pairs if name == "fq"])
            found = _sorted(found, asked.get("sort", ""))
            start, rows = _count(asked, "start", 0), _count(asked, "rows", 10)
            wanted = _wanted(asked.get("fl", "*"))
        except RefusedError as refusal:
            return _error(400, str(refusal), asked)
        docs = [_shown(document(entry), wanted) for entry in found[start : start + rows]]
        answer: dict[str, object] = {
            "responseHeader": {"status": 0, "QTime": 3, "params": asked},
            "response": {"numFound": len(found), "start": start, "numFoundExact": True, "docs": docs},
        }
        if asked.get("facet") in {"true", "on"}:
            fields = [value for name, value in pairs if name == "facet.field"]
            counts = {field: _facet(found, field) for field in fields}
            answer["facet_counts"] = {"facet_queries": {}, "facet_fields": counts, "facet_ranges": {}}
        return _json(answer)

    def _found(self, asked: Mapping[str, str], filters: Sequence[str]) -> list[Entry]:
        text = asked.get("q") or asked.get("q.alt", "")
        text, asked = _without_locals(text, dict(asked))
        found = self._by(text, asked) if text.strip() else []
        for each in filters:
            within = {entry.id for entry in self._by(each, {"q.op": "AND"})}
            found = [entry for entry in found if entry.id in within]
        return found

    def _by(self, text: str, asked: Mapping[str, str]) -> list[Entry]:
        """Return what one query finds; dismax looks for every word in any of its `qf`."""
        is_dismax = asked.get("defType") in {"dismax", "edismax"}
        fields = [part.partition("^")[0] for part in asked.get("qf", "").split()] if is_dismax else []
        fields = fields or [asked.get("df", "allfields")]
        unknown = [field for field in fields if field not in _NAMES]
        if unknown:
            raise RefusedError(f"undefined field {unknown[0]}")
        is_all = asked.get("q.op", "").upper() == "AND" or asked.get("mm", "") in {"100%", "100"}
        if asked.get("defType") == "dismax":
            text = re.sub(r"[():^~\[\]{}*?]", r"\\\g<0>", text)
        if not is_all and not _OPERATOR.search(text):
            text = " OR ".join(text.split())
        try:
            node = lucene.parse(text)
        except lucene.QuerySyntaxError as error:
            if is_dismax:
                node = lucene.parse(" ".join(re.findall(r"\w+", text)) or "nothing")
            else:
                raise RefusedError(f"org.apache.solr.search.SyntaxError: Cannot parse '{text}': {error}") from error
        for field in _fields(node):
            if field not in _NAMES and field:
                raise RefusedError(f"undefined field {field}")
        if is_dismax:
            node = _spread(node, fields)
        default = _NAMES[fields[0]]
        return self._holdings.found_by_lucene(node, lambda field: _NAMES.get(field, "") if field else default)


def _spread(node: lucene.Node, fields: Sequence[str]) -> lucene.Node:
    """Return the query with each word that names no field in any of these fields."""
    match node:
        case lucene.Both(wanted=wanted, unwanted=unwanted):
            return lucene.Both(
                tuple(_spread(each, fields) for each in wanted), tuple(_spread(each, fields) for each in unwanted)
            )
        case lucene.Either(parts=parts):
            return lucene.Either(tuple(_spread(each, fields) for each in parts))
        case lucene.Word(field="", text=text, is_masked=is_masked):
            return lucene.Either(tuple(lucene.Word(field, text, is_masked) for field in fields))
        case lucene.Phrase(field="", text=text):
            return lucene.Either(tuple(lucene.Phrase(field, text) for field in fields))
    return node


def _fields(node: lucene.Node) -> Iterator[str]:
    match node:
        case lucene.Both(wanted=wanted, unwanted=unwanted):
            for each in (*wanted, *unwanted):
                yield from _fields(each)
        case lucene.Either(parts=parts):
            for each in parts:
                yield from _fields(each)
        case lucene.Word(field=field) | lucene.Phrase(field=field) | lucene.Span(field=field):
            yield field


def _without_locals(text: str, asked: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return a query without its local parameters, which count for it: `{!edismax qf=title v=$q1}`."""
    found = re.match(r"\{!(\w+)?([^}]*)\}", text)
    if not found:
        return text, asked
    own = {name: value.strip("'\"") for name, value in re.findall(r"([\w.]+)=('[^']*'|\"[^\"]*\"|\S+)", found[2])}
    own = {name: asked.get(value[1:], "") if value.startswith("$") else value for name, value in own.items()}
    return own.pop("v", text[found.end() :]), asked | ({"defType": found[1]} if found[1] else {}) | own


def _sorted(found: list[Entry], sort: str) -> list[Entry]:
    if not sort:
        return found
    clauses = [_SORTS.fullmatch(clause.strip()) for clause in sort.split(",")]
    for clause in reversed(clauses):
        if clause is None or (clause[1] != "score" and clause[1] not in _NAMES):
            raise RefusedError(f"Can't determine a Sort Order (asc or desc) in sort spec '{sort}', pos=0")
        if clause[1] != "score":
            field, descends = clause[1], clause[2].lower() == "desc"
            found = sorted(found, key=lambda entry: str(document(entry).get(field, "")), reverse=descends)
    return found


def _count(asked: Mapping[str, str], name: str, default: int) -> int:
    text = asked.get(name, str(default))
    if not re.fullmatch(r"\d{1,9}", text):
        raise RefusedError(
            f'For input string: "{text}"' if "-" not in text else f"'{name}' parameter cannot be negative"
        )
    return int(text)


def _wanted(fl: str) -> frozenset[str] | None:
    names = frozenset(re.split(r"[,\s]+", fl.strip()))
    return None if "*" in names else names


def _shown(stored: dict[str, object], wanted: frozenset[str] | None) -> dict[str, object]:
    shown = stored if wanted is None else {name: value for name, value in stored.items() if name in wanted}
    return shown | ({"score": 1.0} if wanted and "score" in wanted else {})


def _facet(found: Sequence[Entry], field: str) -> list[object]:
    counts: Counter[str] = Counter()
    for entry in found:
        value = document(entry).get(field, [])
        counts.update([value] if isinstance(value, str) else list(value) if isinstance(value, list) else [])
    return [part for pair in counts.most_common(100) for part in pair]


def _json(said: object, status: int = 200) -> Reply:
    return Reply(json.dumps(said, ensure_ascii=False).encode(), _JSON, status)


def _error(status: int, message: str, asked: Mapping[str, str]) -> Reply:
    names = ["error-class", "org.apache.solr.common.SolrException"]
    names += ["root-error-class", "org.apache.solr.common.SolrException"]
    header = {"status": status, "QTime": 0, "params": dict(asked)}
    return _json({"responseHeader": header, "error": {"metadata": names, "msg": message, "code": status}}, status)


_ADMIN: Final = """<!DOCTYPE html>
<html ng-app="solrAdminApp"><head><title>Solr Admin</title>
<link rel="icon" type="image/x-icon" href="img/favicon.ico?_=9.6.1"></head>
<body ng-controller="MainController">
<div id="wrapper"><div id="header"><a href="#/" id="solr"><span>Apache SOLR</span></a>
</div></div></body></html>
"""
