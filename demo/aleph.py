"""Aleph's X-server over a library's entries: `find`, `present`, `circ-status`, `publish-avail`, and the form of `/F`.

Source: what public clients of `/X` send and read. Sets live in a session; an empty result is an error `empty set`; a
present gives 100 records at most, in OAI-MARC; a record's number has nine digits; an operation may be written with
hyphens or underscores.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from demo import marc21
from demo.cql import Boolean, Diagnostic, Tree
from demo.entries import Copy, Entry, State
from demo.holdings import Holdings, joined, places_of, worded
from demo.libraries import Library
from demo.server import Reply, Request
from demo.xml_text import element, escaped

_XML: Final = "text/xml; charset=UTF-8"
_HTML: Final = "text/html; charset=UTF-8"
_CODES: Final = {
    "WRD": "any", "WTI": "title", "TIT": "title", "WAU": "author", "AUT": "author", "WSU": "subject", "SUB": "subject",
    "WPU": "publisher", "020": "isbn", "022": "issn", "ISBN": "isbn", "ISSN": "issn", "WYR": "year", "WLN": "language",
    "SYS": "id",
}  # fmt: skip
_MOST: Final = 100
_SETS: Final = 500
_TOKEN: Final = re.compile(r"\s*(?:(?P<mark>[()])|(?P<code>\w{3,4})\s*=\s*|(?P<word>[^\s()=]+))")
_STATES: Final = {
    State.IN: "On Shelf", State.READING_ROOM: "On Shelf", State.LOST: "Lost", State.ON_LOAN: "",
}  # fmt: skip


class BadRequestError(Exception):
    """What the X-server says instead of an answer."""


class XServer:
    """The X-server of one library, and the first page of its OPAC."""

    def __init__(self, library: Library, holdings: Holdings) -> None:
        self._library, self._holdings = library, holdings
        self.base = f"{library.prefix.ljust(3, 'U')}01"
        self._sets: dict[str, list[Entry]] = {}
        self._made = 0

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return what stands at an address."""
        path = request.path
        if path in {"", "/"}:
            return Reply(b"", _HTML, 302, (("Location", "/F"),))
        if path == "/F" or path.startswith("/F/"):
            return Reply(self._form(request).encode(), _HTML)
        if path.rstrip("/") != "/X":
            return None
        operation = request.parameters.get("op", "").lower().replace("_", "-")
        say = self._operations().get(operation)
        root = operation if say else "login"
        inner = element("error", "Oracle error: ORA-03113" if fails else "Invalid operation")
        if say is not None and not fails:
            try:
                inner = say(request.parameters)
            except BadRequestError as error:
                inner = element("error", str(error))
        session = "<session-id>X7A8B9C1D2E3F4</session-id>"
        return Reply(
            f'<?xml version = "1.0" encoding = "UTF-8"?>\n<{root}>\n{inner}{session}</{root}>\n'.encode(), _XML
        )

    def _operations(self) -> dict[str, Callable[[dict[str, str]], str]]:
        return {
            "find": self._find,
            "present": self._present,
            "find-doc": self._document,
            "circ-status": self._circ_status,
            "publish-avail": self._availability,
        }

    def _find(self, asked: dict[str, str]) -> str:
        if asked.get("base", "").upper() != self.base:
            raise BadRequestError(f"Database {asked.get('base', '')} does not exist")
        code = asked.get("code", "WRD").upper()
        text = asked.get("request", "")
        try:
            tree = _Reader(text, code, is_adjacent=asked.get("adjacent", "N").upper() == "Y").tree()
            found = self._holdings.found(tree) if tree is not None else []
        except Diagnostic as error:
            raise BadRequestError("Error in search: syntax error") from error
        if not found:
            raise BadRequestError("empty set")
        self._made += 1
        number = f"{self._made:06}"
        self._sets[number] = found
        self._sets.pop(f"{self._made - _SETS:06}", None)
        count = f"{len(found):09}"
        return (
            f"<set_number>{number}</set_number>\n<no_records>{count}</no_records>\n<no_entries>{count}</no_entries>\n"
        )

    def _present(self, asked: dict[str, str]) -> str:
        found = self._sets.get(asked.get("set_number") or asked.get("set_no", ""))
        if found is None:
            raise BadRequestError("There is no set")
        span = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", asked.get("set_entry", ""))
        if span is None:
            raise BadRequestError("Illegal set entry")
        first = int(span[1])
        last = min(int(span[2] or span[1]), first + _MOST - 1, len(found))
        if not 1 <= first <= last:
            raise BadRequestError("There is no entry in the set")
        records = (
            f"<record>\n<record_header><set_entry>{place:09}</set_entry></record_header>\n"
            f"<doc_number>{_number(found[place - 1])}</doc_number>\n<metadata>{_oai_marc(found[place - 1])}</metadata>"
            "\n</record>\n"
            for place in range(first, last + 1)
        )
        return "".join(records)

    def _entry(self, number: str) -> Entry | None:
        return self._holdings.by_id.get(number.lstrip("0"))

    def _document(self, asked: dict[str, str]) -> str:
        entry = self._entry(asked.get("doc_num") or asked.get("doc_number", ""))
        if entry is None:
            raise BadRequestError("Error reading document")
        return f"<record><metadata>{_oai_marc(entry)}</metadata></record>\n"

    def _circ_status(self, asked: dict[str, str]) -> str:
        entry = self._entry(asked.get("sys_no", ""))
        if entry is None or not entry.copies:
            raise BadRequestError("No associated items")
        return "".join(map(_item, entry.copies))

    def _availability(self, asked: dict[str, str]) -> str:
        numbers = [each.strip() for each in asked.get("doc_num", "").split(",") if each.strip()]
        if not 1 <= len(numbers) <= 10:
            raise BadRequestError("Illegal number of documents")
        inner = ""
        for number in numbers:
            entry = self._entry(number)
            if entry is None:
                inner += f"<OAI-PMH><error>Document {escaped(number)} does not exist</error></OAI-PMH>\n"
                continue
            fields = "".join(_ava(entry, self.base, self._library.prefix))
            inner += (
                '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>'
                f"aleph-publish:{_number(entry)}</identifier></header><metadata>"
                f'<record xmlns="{marc21.NAMESPACE}"><leader>     nam a22     7a 4500</leader>'
                f'<controlfield tag="001">{_number(entry)}</controlfield>{fields}</record></metadata></record>'
                "</ListRecords></OAI-PMH>\n"
            )
        return inner

    def _form(self, request: Request) -> str:
        """Return the first page of the OPAC, or the page of a record: enough to be known by and linked to."""
        number = request.parameters.get("doc_number", "")
        entry = self._entry(number) if number else None
        shown = f"<table><tr><td class=td1>Nhan đề</td><td>{escaped(entry.title)}</td></tr></table>" if entry else ""
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<!-- filename: find-b --><html><head><title>{escaped(self._library.vi)}</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<link rel="stylesheet" href="/exlibris/aleph/u22_1/alephe/www_f_eng/opac.css" type="text/css"></head>
<body><a href="/F/X7A8B9C1D2E3F4-00002?func=option-show">Tuỳ chọn</a> |
<a href="/F/X7A8B9C1D2E3F4-00003?func=file&amp;file_name=base-list">Cơ sở dữ liệu</a> |
<a href="/F/X7A8B9C1D2E3F4-00004?func=find-b-0">Tìm</a>
<form method=get name=form1 action="/F/X7A8B9C1D2E3F4-00001"><input type=hidden name=func value="find-b">
<input type=text name=request size=40><select name=find_code><option value="WRD">Mọi từ<option value="WTI">Nhan đề
</select><input type=hidden name=local_base value="{self.base}"></form>{shown}
<p>© 2014 Ex Libris</p></body></html>
"""


class _Reader:
    """Reads Aleph's command language: `WTI=(vi mo) and (WRD=(a) or WAU=(b?)) not WSU=(c)`, joined from the left."""

    def __init__(self, text: str, code: str, *, is_adjacent: bool) -> None:
        self._tokens = [(found.lastgroup or "", found[found.lastgroup or 0]) for found in _TOKEN.finditer(text)]
        self._code, self._relation = code, "adj" if is_adjacent else "all"

    def tree(self) -> Tree | None:
        """Return the whole as a tree of fields; None for nothing to look for."""
        tree = self._group(self._code)
        if self._tokens:
            raise BadRequestError("Error in search: unbalanced brackets")
        return tree

    def _group(self, code: str) -> Tree | None:
        tree: Tree | None = None
        operator = "and"
        words: list[str] = []

        def take(part: Tree | None) -> None:
            nonlocal tree
            if part is not None:
                tree = part if tree is None else Boolean(operator, tree, part)

        while self._tokens and self._tokens[0] != ("mark", ")"):
            kind, text = self._tokens.pop(0)
            lower = text.lower()
            if kind == "word" and lower not in {"and", "or", "not"}:
                words.append(text)
                continue
            take(self._words(code, words))
            words = []
            if kind == "word":
                operator = lower
            elif kind == "code":
                take(self._after(text.upper()))
                operator = "and"
            else:
                take(self._group(code))
                self._close()
                operator = "and"
        take(self._words(code, words))
        return tree

    def _after(self, code: str) -> Tree | None:
        """Return what stands behind `WTI=`: a group in brackets, or the words up to an operator."""
        if code not in _CODES:
            raise BadRequestError(f"Wrong find code {code}")
        if self._tokens and self._tokens[0] == ("mark", "("):
            self._tokens.pop(0)
            tree = self._group(code)
            self._close()
            return tree
        words = []
        while self._tokens and self._tokens[0][0] == "word" and self._tokens[0][1].lower() not in {"and", "or", "not"}:
            words.append(self._tokens.pop(0)[1])
        return self._words(code, words)

    def _close(self) -> None:
        if not self._tokens or self._tokens.pop(0) != ("mark", ")"):
            raise BadRequestError("Error in search: unbalanced brackets")

    def _words(self, code: str, words: list[str]) -> Tree | None:
        if code not in _CODES:
            raise BadRequestError(f"Wrong find code {code}")
        name = _CODES[code]
        if not words:
            return None
        if name == "year":
            years = re.findall(r"\d{4}", " ".join(words)) or ["0"]
            return joined("and", [worded("year", f"{years[0]}-{years[-1]}")])
        # The question mark is Aleph's mask for the rest of a word.
        return worded(name, " ".join(words).replace("?", "*").replace('"', " "), relation=self._relation)


def _number(entry: Entry) -> str:
    return entry.id.rjust(9, "0")


def _oai_marc(entry: Entry) -> str:
    """Return a record in OAI-MARC, as Aleph keeps it: the leader as a field, a place of control fields without ends."""
    inner = f'<fixfield id="FMT">BK</fixfield><fixfield id="LDR">{marc21.leader(entry)}</fixfield>'
    inner += "".join(
        f'<fixfield id="{tag}">{escaped(text.replace(" ", "^") if tag == "008" else text)}</fixfield>'
        for tag, text in marc21.control_fields(entry)
    )
    for tag, ends, pairs in marc21.fields(entry):
        subfields = "".join(f'<subfield label="{code}">{escaped(text)}</subfield>' for code, text in pairs if text)
        if subfields:
            inner += f'<varfield id="{tag}" i1="{ends[0]}" i2="{ends[1]}">{subfields}</varfield>'
    return f"<oai_marc>{inner}</oai_marc>"


def _item(copy: Copy) -> str:
    due = _STATES[copy.state] or (f"{copy.due:%d/%m/%Y}" if copy.due else "")
    loan = {State.READING_ROOM: "Đọc tại chỗ", State.LOST: "Mất"}.get(copy.state, "Mượn về nhà")
    return (
        f"<item-data><z30-description></z30-description>{element('loan-status', loan)}{element('due-date', due)}"
        f"<due-hour>{'22:00' if copy.due else ''}</due-hour>{element('sub-library', copy.branch_name)}"
        f"{element('collection', copy.shelf)}{element('location', copy.call_number)}<pages></pages>"
        f"<no-requests></no-requests><location-2></location-2>{element('barcode', copy.barcode)}"
        "<opac-note></opac-note></item-data>\n"
    )


def _ava(entry: Entry, base: str, code: str) -> Iterator[str]:
    """Yield a field AVA for each place of copies."""
    for (branch, shelf), copies in places_of(entry).items():
        away = sum(copy.state in {State.ON_LOAN, State.LOST} for copy in copies)
        pairs = (
            ("a", f"{code}50"), ("b", copies[0].branch), ("c", f"{branch} - {shelf}"), ("d", copies[0].call_number),
            ("e", "unavailable" if away == len(copies) else "available"), ("f", str(len(copies))), ("g", str(away)),
            ("h", "N"), ("i", "0"), ("j", shelf.upper().replace(" ", "")[:5]), ("k", "0"), ("0", base),
        )  # fmt: skip
        inner = "".join(f'<subfield code="{mark}">{escaped(text)}</subfield>' for mark, text in pairs)
        yield f'<datafield tag="AVA" ind1=" " ind2=" ">{inner}</datafield>'
