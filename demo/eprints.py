"""An EPrints over a library's theses and books: simple and advanced search, exports of lists and of single records.

Source: EPrints 3.4, `Screen::AbstractSearch`, `Paginate` and the JSON export. Twenty hits a page; an export gives what
`search_offset` and `n` name; marks of Western European languages are folded, Vietnamese ones are not; all words count.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from demo.cql import Tree
from demo.entries import Entry
from demo.holdings import Holdings, joined, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.shelf import fold_nothing
from demo.xml_text import escaped

_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json; charset=utf-8"
_PAGE: Final = 20
_ORDER: Final = "-date/creators_name/title"
_FIELDS: Final = {
    "q": "text", "title": "title", "creators_name": "author", "keywords": "subject", "subjects": "subject",
    "publisher": "publisher", "series": "series", "publication": "series", "isbn": "isbn", "date": "year",
}  # fmt: skip
_TYPES: Final = {"thesis": "thesis", "book": "book", "article": "article", "journal": "other"}
_THESES: Final = {"bachelor": "other", "master": "masters", "doctor": "phd"}
_PATH: Final = re.compile(
    r"/cgi/(?:search/archive/|search/)(?P<kind>simple|advanced)(?:/export_(?P<id>\w+?)_(?P<format>[A-Z]\w*)\.(?P<suffix>\w+))?"
)


@lru_cache(maxsize=20_000)
def fold_western(text: str) -> tuple[str, ...]:
    """Return the words with the marks taken off that Latin-1 has: é is e, but ế stays.

    >>> fold_western("Café kinh tế")
    ('cafe', 'kinh', 'tế')
    """
    letters = unicodedata.normalize("NFC", text.lower())
    return fold_nothing(
        "".join(unicodedata.normalize("NFD", each)[0] if "à" <= each <= "ÿ" else each for each in letters)
    )


class EPrints:
    """One EPrints, called `tvssc`."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path
        host = f"http://{request.headers.get('host', 'localhost')}"
        if path in {"", "/"}:
            return self._page(self._library.vi, '<form action="/cgi/search/archive/simple"><input name="q"></form>')
        if fails and path.startswith("/cgi/"):
            return Reply(
                b"<html><head><title>System Error</title></head><body><h1>System Error</h1></body>", _HTML, 500
            )
        search = _PATH.fullmatch(path)
        if search:
            return self._searched(search, request.parameters, host)
        record = re.fullmatch(r"/(?:id/eprint/)?(\d+)/?", path)
        export = re.fullmatch(r"/cgi/export/(?:eprint/)?(\d+)/JSON/\w+-eprint-\d+\.js", path)
        entry = self._holdings.by_id.get((record or export or ("", ""))[1])
        if entry is None:
            return self._page("Not Found", "<p>The URL was not found.</p>", 404) if record or export else None
        return Reply(_json(eprint(entry, host)), _JSON) if export else self._record(entry, host)

    def _searched(self, search: re.Match[str], asked: Mapping[str, str], host: str) -> Reply:
        if search["id"] and search["id"] != "tvssc":
            return self._page("Not Found", "<p>The URL was not found.</p>", 404)
        is_simple = search["kind"] == "simple"
        tree, is_blank = _tree(asked, is_simple=is_simple)
        if is_blank:
            said = '<div class="ep_msg_warning"><p>You must enter at least one search term.</p></div>'
            return self._page("Search", f'{said}<form class="ep_search_{search["kind"]}_form"></form>')
        found = self._holdings.found(tree, fold_western) if tree is not None else []
        found = sorted(found, key=lambda entry: -entry.edition.year)
        start = _number(asked.get("search_offset", ""), 0)
        if search["format"]:
            count = _number(asked.get("n", ""), len(found))
            if search["format"] != "JSON":
                return self._page("Error", "<p>No such plugin</p>", 500)
            return Reply(_json([eprint(entry, host) for entry in found[start : start + count]]), _JSON)
        return self._list(asked, search["kind"], found, start, host)

    def _list(self, asked: Mapping[str, str], kind: str, found: Sequence[Entry], start: int, host: str) -> Reply:
        shown = found[start : start + _PAGE]
        exp = f"0|1|{_ORDER}|archive|-|{_expression(asked)}|-|eprint_status:eprint_status:ANY:EQ:archive"
        hidden = {"screen": "Search", "dataset": "archive", "order": _ORDER, "exp": exp}
        link = f"/cgi/search/archive/{kind}?{urlencode(hidden)}"
        if not found:
            # As the advanced search does: the form again, and a message above it.
            said = '<div class="ep_search_controls"><div>Search has no matches.</div></div>'
            nothing = f'{said}<div class="ep_search_results"><div class="ep_paginate_list">(no items)</div></div>'
            if kind == "advanced":
                nothing = '<div class="ep_msg_warning"><p>Search has no matches.</p></div><form id="ep_search"></form>'
            return self._page("Search results", nothing)
        numbers = (start + 1, start + len(shown), len(found))
        first, last, total = (f'<span class="ep_search_number">{number}</span>' for number in numbers)
        jumps = "".join(
            f'<span class="ep_search_control"><a href="{escaped(link)}&amp;search_offset={at}">{at // _PAGE + 1}</a>'
            "</span>"
            for at in range(0, len(found), _PAGE)
            if at != start
        )
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{escaped(text)}">' for name, text in hidden.items()
        )
        bar = (
            f'<div class="ep_search_export"><form method="get" action="/cgi/search/archive/{kind}">'
            '<select name="output" id="search-export-output"><option value="JSON">JSON</option></select>'
            f'<input type="submit" name="_action_export_redir" value="Export">{fields}</form>'
            f'<a href="/cgi/search/archive/{kind}/export_tvssc_Atom.xml?{escaped(urlencode(hidden))}">Atom</a></div>'
        )
        rows = "".join(
            f'<div class="ep_search_result"><div>{start + at}.</div><div>{_citation(entry, host)}</div></div>'
            for at, entry in enumerate(shown, 1)
        )
        body = (
            f'<div class="ep_search_controls"><div>Displaying results {first} to {last} of {total}.<br>{jumps}</div>'
            f'</div>{bar}<div class="ep_search_results"><div class="ep_paginate_list">{rows}</div></div>'
        )
        return self._page("Search results", body)

    def _record(self, entry: Entry, host: str) -> Reply:
        head = "".join(f'<meta name="eprints.creators_name" content="{escaped(name.text)}">' for name in entry.names)
        head += f'<meta name="eprints.title" content="{escaped(entry.title)}">'
        head += f'<meta name="eprints.eprintid" content="{entry.id}">'
        body = f'<p class="ep_block">{_citation(entry, host)}</p>'
        return self._page(entry.title, body, head=head)

    def _page(self, title: str, body: str, status: int = 200, *, head: str = "") -> Reply:
        page = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escaped(title)} - {escaped(self._library.vi)}</title>
<link rel="search" type="application/opensearchdescription+xml" href="/cgi/opensearchdescription">
<link rel="stylesheet" href="/style/auto-3.4.5.css"><meta name="Generator" content="EPrints 3.4.5">{head}</head>
<body><div class="ep_tm_header"><a href="/">{escaped(self._library.vi)}</a></div>
<div class="ep_tm_page_content"><h1 class="ep_tm_pagetitle">{escaped(title)}</h1>{body}</div>
<div class="ep_tm_footer">powered by <a href="https://eprints.org/software/">EPrints 3.4</a></div></body></html>
"""
        return Reply(page.encode(), _HTML, status)


def eprint(entry: Entry, host: str) -> dict[str, object]:
    """Return a record as the JSON export gives it, with what nobody should keep: its depositor."""
    edition = entry.edition
    people = [_name(name.text) for name in entry.names if name.role != "advisor" and not name.is_body]
    is_open = int(entry.id) % 6 > 1
    said: dict[str, object] = {
        "eprintid": int(entry.id),
        "rev_number": 9,
        "eprint_status": "archive",
        "userid": 7,
        "dir": f"disk0/00/00/{entry.id[:2]}/{entry.id[2:]}",
        "datestamp": "2021-09-06 08:15:00",
        "lastmod": "2022-01-10 08:15:00",
        "status_changed": "2021-09-06 08:15:00",
        "type": _TYPES.get(edition.material, "other"),
        "metadata_visibility": "show",
        "creators": [{"name": name} for name in people],
        "contributors": [{"type": "http://www.loc.gov/loc.terms/relators/THS", "name": _name(name.text)}
                         for name in entry.names if name.role == "advisor"],
        "corp_creators": [name.text for name in entry.names if name.is_body],
        "title": entry.title + (f": {entry.subtitle}" if entry.subtitle else ""),
        "ispublished": "unpub" if edition.degree else "pub",
        "keywords": ", ".join(entry.subjects),
        "date": str(edition.year) if edition.year else "",
        "date_type": "published",
        "publisher": "" if edition.degree else entry.publisher,
        "institution": entry.publisher if edition.degree else "",
        "thesis_type": _THESES.get(edition.degree, ""),
        "place_of_pub": entry.place,
        "pages": edition.pages or None,
        "isbn": entry.isbns[0] if entry.isbns else "",
        "issn": edition.issn,
        "series": edition.series,
        "official_url": edition.url,
        "uri": f"{host}/id/eprint/{entry.id}",
        "full_text_status": ("public" if is_open else "restricted") if edition.degree else "none",
    }  # fmt: skip
    if edition.degree:
        said["documents"] = [{
            "docid": int(entry.id) + 5000, "rev_number": 2, "eprintid": int(entry.id), "pos": 1, "format": "text",
            "mime_type": "application/pdf", "security": "public" if is_open else "staffonly", "main": "toan_van.pdf",
            "uri": f"{host}/id/document/{int(entry.id) + 5000}",
            "files": [{"filename": "toan_van.pdf", "mime_type": "application/pdf", "filesize": 1234567}],
        }]  # fmt: skip
    return {name: value for name, value in said.items() if value not in ("", [], None)}


def _name(text: str) -> dict[str, str | None]:
    family, comma, given = text.partition(", ")
    if not comma:
        given, _, family = text.rpartition(" ")
    return {"family": family, "given": given or None, "honourific": None, "lineage": None}


def _citation(entry: Entry, host: str) -> str:
    names = " and ".join(
        f'<span class="person_name">{escaped(name.text)}</span>' for name in entry.names if name.role != "advisor"
    )
    kind = {"thesis": "Masters thesis", "book": "Book"}.get(entry.edition.material, "Other")
    return (
        f"{names} ({entry.edition.year or 'UNSPECIFIED'}) "
        f'<a href="{host}/{entry.id}/"><em>{escaped(entry.title)}.</em></a> '
        f"{kind}, {escaped(entry.publisher)}."
    )


def _tree(asked: Mapping[str, str], *, is_simple: bool) -> tuple[Tree | None, bool]:
    """Return what is looked for, and whether nothing was: `exp` counts before the fields of the form."""
    clauses = [clause.split(":", 4) for clause in re.split(r"(?<!\\)\|", _expression(asked)) if clause]
    terms: list[Tree | None] = []
    for name, _, _, _, value in (clause for clause in clauses if len(clause) == 5):
        field = _FIELDS.get(name, "text" if is_simple else "")
        text = re.sub(r"\\(.)", r"\1", value)
        if field == "year":
            years = re.findall(r"\d{4}", text)
            low = 0 if text.startswith("-") or not years else int(years[0])
            high = 9999 if text.endswith("-") or not years else int(years[-1])
            terms.append(worded("year", f"{max(1, low):04}-{high:04}"))
        elif text.strip():
            terms.append(worded(field, re.sub(r'[*?"]', " ", text)))
    is_blank = not any(clause[-1].strip() for clause in clauses)
    return (None if None in terms else joined("and", terms)), is_blank


def _expression(asked: Mapping[str, str]) -> str:
    """Return the clauses of a search as they stand in `exp`: `title:title:ALL:IN:words|...`."""
    if "exp" in asked:
        parts = asked["exp"].split("|-|")
        return parts[1] if len(parts) > 1 else ""
    return "|".join(
        f"{name}:{name}:{asked.get(f'{name}_merge', 'ALL')}:IN:" + re.sub(r"([\\:|])", r"\\\1", asked[name])
        for name in _FIELDS
        if asked.get(name)
    )


def _json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,7}", text) else default
