"""The pages and feeds of a catalogue like Koha's, in the shape of 19.06 and of 24.05; written anew.

Source: Koha 19.06 as tried; the templates of 24.05 for the later shape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from demo.entries import Copy, Entry, State
from demo.xml_text import element, escaped

ROOT: Final = "/cgi-bin/koha/"
_LOGIN: Final = '<div id="loginModal" class="modal"><form name="auth"><input type="password" name="p"></form></div>'
_STATES: Final = {
    State.IN: ("available", "InStock", "Có sẵn"),
    State.ON_LOAN: ("checkedout", "OutOfStock", "Đang cho mượn"),
    State.READING_ROOM: ("notforloan", "InStoreOnly", "Chỉ đọc tại chỗ"),
    State.LOST: ("lost", "OutOfStock", "Mất"),
}


class Results(msgspec.Struct, frozen=True):
    """One page of a list: what was asked, the entries on it, how many there are in all."""

    query: str
    shown: tuple[Entry, ...]
    total: int
    offset: int
    count: int


class Pages:
    """The pages of one catalogue. `is_modern`: in the shape of 24.05."""

    def __init__(self, name: str, branches: Sequence[tuple[str, str]], *, is_modern: bool) -> None:
        self._name, self._branches, self._is_modern = name, branches, is_modern
        self.feed_format = "rss" if is_modern else "rss2"

    def page(self, body: str, template: str, *, title: str = "", query: str = "") -> bytes:
        """Return a whole page. Every one holds the form to log in that opens over it."""
        address = f"{ROOT}opac-search.pl?q={quote(query)}&amp;format={self.feed_format}"
        feed = f'<link rel="alternate" type="application/rss+xml" href="{address}">\n' if query else ""
        name = {"opac-results": "results", "opac-advsearch": "advsearch", "opac-auth": "opac-login-page"}.get(
            template, template
        )
        shown = (
            f"{title} &rsaquo; {self._name} catalog" if self._is_modern else f"{self._name} catalog &rsaquo; {title}"
        )
        version = "Koha 24.0503000" if self._is_modern else "Koha 19.0600020"
        comment = "" if self._is_modern else f"<!-- TEMPLATE FILE: {template}.tt -->\n"
        return (
            f'<!DOCTYPE html>\n{comment}<html lang="vi"><head><meta charset="utf-8">\n<title>{shown}</title>\n'
            f'<meta name="generator" content="{version}" />\n'
            '<link href="/opac-tmpl/bootstrap/css/opac.css" rel="stylesheet">\n'
            f'{feed}</head>\n<body {"id" if self._is_modern else "ID"}="{name}">\n'
            f'<form action="{ROOT}opac-search.pl" id="searchform"><input type="text" name="q"></form>\n'
            f"{_LOGIN}\n"
            f"{body}\n</body></html>\n"
        ).encode()

    def none(self) -> bytes:
        """Return the page without hits; a question that cannot be read gives the same."""
        if self._is_modern:
            body = '<h1 id="numresults">No results found!</h1><div id="userresults"></div>'
        else:
            body = '<strong>No results found!</strong>\n<p id="numresults">\n</p><div id="userresults"></div>'
        return self.page(body, "opac-results", title="Kết quả")

    def results(self, results: Results) -> bytes:
        """Return a page of results, with a pager where there are several and the facet of the branches."""
        if self._is_modern:
            head = f'<h1 id="numresults"> Your search returned {results.total} results. </h1>'
        else:
            head = f'<p id="numresults"><strong>Your search returned {results.total} results.</strong></p>'
        row = _modern_row if self._is_modern else _row
        rows = "".join(row(entry, results.offset + at) for at, entry in enumerate(results.shown, 1))
        body = (
            f'{self._facets(results.query)}{head}<div id="userresults">{_pager(results)}'
            f'<div class="searchresults"><form id="bookbag_form"><table class="table table-striped">{rows}</table>'
            "</form></div></div>"
        )
        return self.page(body, "opac-results", title="Kết quả", query=results.query)

    def _facets(self, query: str) -> str:
        links = "".join(
            f'<li><a href="{ROOT}opac-search.pl?q={quote(query)}&limit=holdingbranch:{code}" title="{code}">'
            f"{escaped(name)}</a></li>"
            for code, name in self._branches
        )
        return f'<div id="facetcontainer"><div id="search-facets"><ul>{links}</ul></div></div>'

    def record(self, entry: Entry) -> bytes:
        """Return the page of a record with the table of its copies."""
        names = "; ".join(name.text for name in entry.names)
        rows = "".join(_copy_row(copy, is_modern=self._is_modern) for copy in entry.copies)
        table_id = "holdings_table" if self._is_modern else "holdingst"
        table = f'<table id="{table_id}"><tbody>{rows}</tbody></table>' if rows else "No physical items for this record"
        body = (
            f'<abbr class="unapi-id" title="koha:biblionumber:{entry.id}"></abbr>{_coins(entry)}'
            f'<h1 class="title" property="name">{escaped(entry.title)}</h1>'
            f'<h5 class="author">by <span property="author">{escaped(names)}</span></h5>'
            f'<span class="results_summary publisher"><span class="label">Publisher: </span>'
            f'<span property="location">{escaped(entry.place)} :</span> <span property="name">'
            f'{escaped(entry.publisher)},</span> <span property="datePublished">{escaped(entry.date)}</span></span>'
            f'<div id="holdings">{table}</div>'
        )
        return self.page(body, "opac-detail", title=escaped(entry.title))

    def feed(self, results: Results) -> bytes:
        """Return a feed. Before version 20 a bare ampersand in it is Koha's own."""
        ampersand = "&amp;" if self._is_modern else "&"
        mark = "ISBN:" if self._is_modern else "ISBN "
        items = "".join(
            f"<item><title>\n    {escaped(entry.title)} \n\n</title>"
            f"<dc:identifier>{mark}{escaped(' '.join(entry.isbns))}</dc:identifier>"
            f"<link>{ROOT}opac-detail.pl?biblionumber={entry.id}</link><description><![CDATA[\n<p>By "
            f"{escaped('; '.join(name.text for name in entry.names))}. \n"
            f"{escaped(f'{entry.publisher} {entry.date}')}</p>"
            f"]]></description><guid>{ROOT}opac-detail.pl?biblionumber={entry.id}</guid></item>\n"
            for entry in results.shown
        )
        return (
            "<?xml version='1.0' encoding='utf-8'  ?>\n"
            '<rss version="2.0" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            f"<link>{ROOT}opac-search.pl?idx=kw{ampersand}q={quote(results.query)}&amp;format={self.feed_format}</link>"
            f"<opensearch:totalResults>{results.total}</opensearch:totalResults>"
            f"<opensearch:startIndex>{results.offset}</opensearch:startIndex>"
            f"<opensearch:itemsPerPage>{results.count}</opensearch:itemsPerPage>\n{items}</channel></rss>\n"
        ).encode()

    def description(self) -> bytes:
        """Return the OpenSearch description."""
        return (
            "<?xml version='1.0' encoding='utf-8' ?>\n<OpenSearchDescription "
            'xmlns="http://a9.com/-/spec/opensearch/1.1/">'
            f'{element("ShortName", self._name)}<InputEncoding>UTF-8</InputEncoding><Url method="get" type="text/html" '
            f'template="{ROOT}opac-search.pl?q={{searchTerms}}" /></OpenSearchDescription>\n'
        ).encode()


def _pager(results: Results) -> str:
    if results.total <= results.count:
        return ""
    page = f"{ROOT}opac-search.pl?q={quote(results.query)}"
    links = "".join(
        f'<li class="page-num"><a href="{page}&amp;offset={offset}">{number}</a></li>'
        for number, offset in enumerate(range(0, results.total, results.count), 1)
        if offset != results.offset and number < 30
    )
    return f'<div class="pagination"><ul>{links}</ul></div>'


def _coins(entry: Entry) -> str:
    facts = {
        "rft.btitle": entry.title,
        "rft.isbn": " ".join(entry.isbns[:1]),
        "rft.date": str(entry.edition.year or ""),
    }
    facts["rft.au"] = ", ".join(name.text for name in entry.names)
    said = "".join(f"&amp;amp;{key}={quote(text)}" for key, text in facts.items() if text)
    return f'<span class="Z3988" title="ctx_ver=Z39.88-2004{said}"></span>'


def _row(entry: Entry, number: int) -> str:
    names = "; ".join(name.text for name in entry.names)
    page = f"{ROOT}opac-detail.pl?biblionumber={entry.id}"
    box = f'<input type="checkbox" class="cb" id="bib{entry.id}" name="biblionumber" value="{entry.id}" />'
    return (
        f'<tr><td class="select selectcol">{box}</td><td>{number}.</td><td class="bibliocol">{_coins(entry)}'
        f'<a href="{page}" class="title">{escaped(entry.title)} </a>'
        f'<p>by <span class="author">{escaped(names)}.</span></p>'
        '<span class="results_summary publisher"><span class="label">Publisher: </span>'
        f"{escaped(f'{entry.publisher} {entry.date}')}</span>"
        '<span class="results_summary availability"><span class="label">Availability: </span>'
        f"{_availability(entry, is_modern=False)}</span></td></tr>\n"
    )


def _modern_row(entry: Entry, number: int) -> str:
    page = f"{ROOT}opac-detail.pl?biblionumber={entry.id}"
    names = "".join(f"<li><a>{escaped(name.text)}</a></li>" for name in entry.names)
    return (
        f'<tr><td class="selectcol"><input type="checkbox" name="biblionumber" value="{entry.id}" /></td>'
        f'<td class="numcol">{number}.</td><td class="bibliocol"><div class="title_summary" '
        f'id="title_summary_{entry.id}"><div class="results_summary main-title"><a href="{page}" class="title">'
        f'{escaped(entry.title)} </a></div><ul class="author resource_list">{names}</ul>'
        '<div class="results_summary publisher"><span class="label">Publication: </span>'
        f'<span class="publisher_place">{escaped(entry.place)} : </span><span class="publisher_name">'
        f'{escaped(entry.publisher)}, </span><span class="publisher_date">{escaped(entry.date)}</span></div>'
        f'<div class="results_summary availability">{_availability(entry, is_modern=True)}</div></div></td></tr>\n'
    )


def _availability(entry: Entry, *, is_modern: bool) -> str:
    here = [copy for copy in entry.copies if copy.state is State.IN]
    away = [copy for copy in entry.copies if copy.state is State.ON_LOAN]
    parts = []
    if here:
        names = "available reallyavailable" if is_modern else "available"
        summary = "".join(_summary(copies, is_modern=is_modern) for copies in _by_branch(here))
        parts.append(f'<span class="{names}"><b>Items available for loan: </b>{summary}</span>')
    if away:
        parts.append(f'<span class="unavailable">Checked out ({len(away)}). </span>')
    return "".join(parts) or "No items available"


def _by_branch(copies: Iterable[Copy]) -> Iterable[tuple[str, str, int]]:
    counted = Counter((copy.branch_name, copy.call_number) for copy in copies)
    return ((name, mark, count) for (name, mark), count in counted.items())


def _summary(copies: tuple[str, str, int], *, is_modern: bool) -> str:
    name, mark, count = copies
    if is_modern:
        return (
            f'<span class="ItemSummary"><span class="ItemBranch">{escaped(name)}</span> ({count})'
            f'<span class="CallNumberAndLabel"><span class="CallNumber">{escaped(mark)}</span></span>. </span>'
        )
    return (
        f'<span class="ItemSummary">{escaped(name)} <span class="CallNumberAndLabel">[<span class="CallNumber">'
        f"{escaped(mark)}</span>]</span> ({count}). </span>"
    )


def _copy_row(copy: Copy, *, is_modern: bool) -> str:
    name, stock, words = _STATES[copy.state]
    moment, day = (f"{copy.due:%Y-%m-%d} 23:59:00", f"{copy.due:%d/%m/%Y}") if copy.due else ("", "")
    place = f'<span>{escaped(copy.branch_name)}</span> <span class="shelvingloc">{escaped(copy.shelf)}</span>'
    due = f'<td class="date_due" data-order="{moment}">{day}</td>'
    if not is_modern:
        due = f'<td class="date_due"><span title="{moment}">{day}</span></td>'
    return (
        f'<tr><td class="location">{place}</td><td class="call_no">{escaped(copy.call_number)} (<a href="#">Browse</a>)'
        f'</td><td class="status"><link property="availability" href="http://schema.org/{stock}" />'
        f'<span class="item-status {name}">{words} </span></td>{due}'
        f"{element('td', copy.barcode, class_='barcode')}</tr>\n"
    )
