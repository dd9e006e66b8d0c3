"""The pages of a VuFind in the shape of its Bootstrap themes: home, results, a record with its copies. Written anew.

Source: the templates `search/results`, `search/list-list`, `DefaultRecord/result-list` and `RecordTab/holdingsils` of
VuFind 4 to 10. Copies in the results come by AJAX; a row has its number in a hidden field and a COinS.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote_plus, urlencode

import msgspec

from demo.entries import Entry, State
from demo.holdings import places_of
from demo.xml_text import escaped

BASE: Final = "/vufind"
HTML: Final = "text/html; charset=utf-8"
_TYPES: Final = ("AllFields", "Title", "Author", "Subject", "CallNumber", "ISN", "tag")


class Results(msgspec.Struct, frozen=True):
    """A page of hits: the question as it came, what is shown, and where it stands."""

    pairs: Sequence[tuple[str, str]]
    shown: Sequence[Entry]
    total: int
    start: int
    count: int


class Pages:
    """The pages of one library. `is_new`: those of version 10, else of version 4."""

    def __init__(self, name: str, *, is_new: bool) -> None:
        self._name = name
        self._is_new = is_new

    def page(self, title: str, body: str, kind: str, lookfor: str = "") -> str:
        """Return a page around its main part."""
        version = "VuFind 10.1" if self._is_new else "VuFind 4.1.3"
        options = "".join(f'<option value="{each}">{each}</option>' for each in _TYPES)
        return f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{escaped(title)}</title>
<meta name="generator" content="{version}">
<link href="{BASE}/themes/bootstrap3/css/compiled.css" media="all" rel="stylesheet">
<link href="{BASE}/Search/OpenSearch?method=describe" type="application/opensearchdescription+xml"
 title="Library Catalog Search" rel="search">
<script>var VuFind = {{}}; VuFind.path = '{BASE}';</script></head>
<body class="template-dir-{kind} template-name-{kind} ">
<header class="hidden-print"><a class="navbar-brand lang-vi" href="{BASE}/">{escaped(self._name)}</a>
<form id="searchForm" class="searchForm navbar-form navbar-left flip" method="get" action="{BASE}/Search/Results"
 name="searchForm" autocomplete="off"><input id="searchForm_lookfor" class="searchForm_query form-control search-query"
 type="text" name="lookfor" value="{escaped(lookfor)}"><select id="searchForm_type" class="searchForm_type" name="type">
{options}</select><button type="submit" class="btn btn-primary">Tìm kiếm</button></form></header>
<div role="main" class="main"><div class="container">
{body}
</div></div>
<footer class="hidden-print"><div class="footer-column"><p><strong>Tìm thêm</strong></p></div>
<div class="poweredby">Powered by <a href="https://vufind.org">VuFind</a></div></footer></body></html>
"""

    def home(self) -> str:
        """Return the first page."""
        return self.page(self._name, '<div class="searchHomeContent"></div>', "search")

    def failure(self) -> str:
        """Return the page of an error."""
        return self.page(
            "An error has occurred", '<div class="alert alert-danger">An error has occurred</div>', "error"
        )

    def none(self, lookfor: str, *, is_unreadable: bool = False) -> str:
        """Return the page without hits, which also is the answer to what cannot be read."""
        said = f"Your search - <strong>{escaped(lookfor)}</strong> - did not match any resources."
        problem = (
            '<p class="alert alert-danger">There is a problem with your search query.</p>' if is_unreadable else ""
        )
        head = '<div class="search-header hidden-print"><div class="search-stats"><h2>No Results!</h2></div></div>'
        if not self._is_new:
            head = (
                '<div class="hidden-print search-controls row"><div class="col-sm-6"><h2>No Results!</h2></div></div>'
            )
        body = f'<div class="row"><div class="mainbody right">{head}<p>{said}</p>{problem}</div></div>'
        return self.page("Search Results", body, "search", lookfor)

    def results(self, results: Results) -> str:
        """Return a page of hits."""
        lookfor = dict(results.pairs).get("lookfor", "")
        first, last = results.start + 1, results.start + len(results.shown)
        if self._is_new:
            counted = (
                f"Showing <strong>{first:,}</strong> - <strong>{last:,}</strong> results of "
                f"<strong>{results.total:,}</strong>"
            )
            head = (
                f'<div class="search-header hidden-print"><div class="search-stats">{counted} for search '
                f"'<strong>{escaped(lookfor)}</strong>', <span class='search-query-time'>0.03s</span></div>"
            )
        else:
            head = (
                '<div class="hidden-print search-controls row"><div class="col-sm-6">Showing '
                f"<strong>{first:,}</strong> - <strong>{last:,}</strong> of <strong>{results.total:,}</strong> for "
                f"search: <strong>'{escaped(lookfor)}'</strong>, query time: 0.03s</div>"
            )
        rows = "".join(self._row(entry, at) for at, entry in enumerate(results.shown))
        body = (
            f'<div class="row"><div class="mainbody right">{head}</div>'
            '<form class="form-inline" method="post" name="bulkActionForm" action="/vufind/Cart/SearchResultsBulk">'
            f'<div class="record-list search-results-solr">{rows}</div></form>{_pager(results)}'
            f'<div class="searchtools hidden-print"><a href="{BASE}/Search/Results?{urlencode(results.pairs)}'
            '&amp;view=rss">Get RSS Feed</a></div></div></div>'
        )
        return self.page(f"Search Results - {lookfor}", body, "search", lookfor)

    def _row(self, entry: Entry, at: int) -> str:
        names = [name.text for name in entry.names][:1]
        by = f'by <a href="{BASE}/Author/Home?author={quote_plus(names[0])}">{escaped(names[0])}</a>' if names else ""
        published = f"<br/>Published {escaped(entry.date)}" if entry.date else ""
        title = entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")
        kind = {"book": "Book", "thesis": "Thesis", "journal": "Journal"}.get(entry.edition.material, "Unknown")
        full = (
            f'<a href="{escaped(entry.edition.url)}" class="fulltext">Get full text</a><br/>'
            if entry.edition.url
            else ""
        )
        return f"""<div id="result{at}" class="{"result clearfix" if self._is_new else "row result clearfix"}">
<div class="checkbox hidden-print"><label><input type="checkbox" name="ids[]" value="Solr|{entry.id}"
 class="checkbox-select-item">{at + 1}</label></div>
<input type="hidden" value="{entry.id}" class="hiddenId" /><input type="hidden" value="Solr" class="hiddenSource" />
<div class="media"><div class="media-body"><div class="result-body">
<div><a href="{BASE}/Record/{entry.id}" class="title getFull" data-view="full">{escaped(title)}</a></div>
<div>{by}{published}</div>
<div class="callnumAndLocation ajax-availability hidden"><strong class="hideIfDetailed">Call Number:</strong>
<span class="callnumber ajax-availability hidden">Loading...</span><br/><strong>Located:</strong>
<span class="location ajax-availability hidden">Loading...</span><div class="locationDetails"></div></div>
{full}<div class="result-formats"><span class="format {kind.lower()}">{kind}</span>
<span class="status ajax-availability hidden"><span class="label label-default">Loading...</span></span></div></div>
<div class="result-links hidden-print"><span class="Z3988" title="{escaped(_coins(entry, title))}"></span></div>
</div></div></div>
"""

    def record(self, entry: Entry) -> str:
        """Return the page of a record, its copies on the tab that is open."""
        title = entry.title + (f" : {entry.subtitle}" if entry.subtitle else "")
        rows = "".join(f"<tr><th>{name}:</th><td>{value}</td></tr>" for name, value in _fields(entry))
        tag = "h1" if self._is_new else "h3"
        body = f"""<div class="record source-Solr row"><div class="mainbody right">
<input type="hidden" value="{entry.id}" class="hiddenId" id="record_id">
<input type="hidden" value="Solr" class="hiddenSource">
<div class="media" vocab="http://schema.org/" resource="#record" typeof="Book Product"><div class="media-body">
<{tag} property="name">{escaped(title)}</{tag}>
<table class="table table-striped" summary="Bibliographic Details">{rows}</table></div></div>
<span class="Z3988" title="{escaped(_coins(entry, title))}"></span>
<div class="record-tabs"><ul class="nav nav-tabs"><li class="record-tab holdings active" data-tab="holdings"><a
 href="{BASE}/Record/{entry.id}/Holdings#tabnav">Holdings</a></li></ul><div class="tab-content">
<div class="tab-pane active holdings-tab" id="holdings-tab">{"".join(_copies(entry))}</div></div></div></div></div>"""
        return self.page(title, body, "record")


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    for name in entry.names:
        role = "Main Author" if name is entry.names[0] and entry.heads_name else "Other Authors"
        yield role, f'<span property="author"><a href="{BASE}/Author/Home">{escaped(name.text)}</a></span>'
    yield "Format", '<span class="format book">Book</span>'
    yield "Language", escaped(entry.language)
    if entry.date:
        yield (
            "Published",
            (
                '<span property="publisher" typeof="Organization">'
                f'<span property="location">{escaped(entry.place)}</span>'
                f' <span property="name">{escaped(entry.publisher)}</span></span>'
                f' <span property="publicationDate">{escaped(entry.date)}</span>'
            ),
        )
    for subject in entry.subjects:
        yield "Subjects", f'<div class="subject-line" property="keywords">{escaped(subject)}</div>'
    for number in entry.isbns:
        yield "ISBN", escaped(number)


def _copies(entry: Entry) -> Iterator[str]:
    words = {
        State.IN: ("text-success", "InStock", "Available"), State.ON_LOAN: ("text-danger", "OutOfStock", "Checked Out"),
        State.READING_ROOM: ("text-success", "InStoreOnly", "On Reserve"),
        State.LOST: ("text-danger", "Discontinued", "Lost"),
    }  # fmt: skip
    for (branch, shelf), copies in places_of(entry).items():
        rows = ""
        for number, copy in enumerate(copies, 1):
            kind, schema, word = words[copy.state]
            due = f'<span class="small">Due: {copy.due:%d-%m-%Y}</span>' if copy.due else ""
            rows += (
                f'<tr vocab="http://schema.org/" typeof="Offer"><th>Copy {number}</th><td><span class="{kind}">{word}'
                f'<link property="availability" href="http://schema.org/{schema}"></span>{due}'
                f'<link property="businessFunction" href="http://purl.org/goodrelations/v1#LeaseOut"></td></tr>'
            )
        yield (
            f"<h3>{escaped(branch)} - {escaped(shelf)}</h3><table class='table table-striped' summary='Holdings'>"
            f"<tr><th>Call Number:</th><td>{escaped(copies[0].call_number)}</td></tr>{rows}</table>"
        )


def _coins(entry: Entry, title: str) -> str:
    pairs = [
        ("url_ver", "Z39.88-2004"),
        ("ctx_ver", "Z39.88-2004"),
        ("rfr_id", "info:sid/vufind.svn.sourceforge.net:generator"),
    ]
    pairs += [("rft.title", title), ("rft.date", entry.date), ("rft_val_fmt", "info:ofi/fmt:kev:mtx:book")]
    pairs += [("rft.genre", "book"), ("rft.btitle", title), ("rft.series", entry.edition.series)]
    pairs += [("rft.au", entry.names[0].text if entry.names else ""), ("rft.pub", entry.publisher)]
    pairs += [("rft.edition", entry.edition_statement), ("rft.isbn", entry.isbns[0] if entry.isbns else "")]
    return urlencode([pair for pair in pairs if pair[1]])


def _pager(results: Results) -> str:
    last = -(-results.total // results.count)
    if last < 2:
        return ""
    now = results.start // results.count + 1
    rest = [pair for pair in results.pairs if pair[0] != "page"]

    def link(page: int, text: str, kind: str = "") -> str:
        address = escaped(f"{BASE}/Search/Results?{urlencode([*rest, ('page', str(page))])}")
        return f'<li class="{kind}"><a href="{address}">{text}</a></li>'

    pages = "".join(
        f'<li class="active"><span>{page}</span></li>' if page == now else link(page, str(page))
        for page in range(max(1, now - 5), min(last, now + 5) + 1)
    )
    before = link(now - 1, "Prev", "page-prev") if now > 1 else ""
    after = link(now + 1, "Next", "page-next") + link(last, f"[{last}]", "page-last") if now < last else ""
    return f'<nav aria-label="Pagination"><ul class="pagination">{before}{pages}{after}</ul></nav>'
