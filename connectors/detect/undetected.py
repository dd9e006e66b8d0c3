"""Drafts a declared source for a page whose system nobody knows: what was seen, and what a person fills in. Pure.

The draft can be loaded, so that an unfinished file holds nobody up; it finds nothing until it is filled in.
"""

from __future__ import annotations

from typing import Final

import httpx
import msgspec
from bs4 import Tag

from connectors.detect.draft import key_of, place_to_fill_in, seen_lines, toml
from connectors.forms.search_form import field_of_label
from connectors.reading.html import attribute, parse_html, text_of
from engine.errors import LienThuError
from engine.model import Field
from engine.ports import Page
from engine.tools import Seen

_WORD_FIELDS: Final = ("text", "search", "")
_LIKELY: Final = (
    "lookfor",
    "query",
    "q",
    "keyword",
    "keywords",
    "tukhoa",
    "tu_khoa",
    "search",
    "term",
    "s",
    "txtsearch",
)

_MOST_OPTIONS: Final = 12
# "TODO" in these texts is for whoever finishes the file that they stand in: what no look at the pages could tell.
_NONE: Final = 'point = "TODO"  # TODO: what a page without hits shows, and no other page'


class Form(msgspec.Struct, frozen=True):
    """A form of a page that looks like a search: where it leads, how, and what it sends beside the words.

    `choices` is its first list to choose from: the name, and each value with its label.
    """

    path: str
    method: str
    words: str
    others: dict[str, str]
    choices: tuple[str, tuple[tuple[str, str], ...]] | None = None


def declared_file(url: str, seen: Seen, *, page: Page | None, private_network: bool, day: str) -> str:
    """Return the text of a member file to fill in."""
    came = f"HTTP {page.status} {page.content_type}" if page is not None else "nothing came"
    is_json = page is not None and page.body.lstrip()[:1] in {b"{", b"["}
    form = search_form(page) if page is not None and not is_json else None
    root = str(httpx.URL(url).copy_with(path="/", query=None, fragment=None)).rstrip("/")
    lines = [
        "# The system behind this address could not be told. This is a source to declare by hand;",
        "# docs/declared-sources.md tells each key. What was seen:",
        f"#   {' '.join(came.split())}",
        *(f"#   {' '.join(line.split())}" for line in seen_lines(seen)),
        'system = "declared"',
        f"url = {toml(root)}",
        f"homepage = {toml(url)}",
        f"evidence = {toml(f'lienthu member detect, {day}: not told')}",
        "enabled = false  # fill in what is marked TODO, try it with `lienthu member check`, then set it to true",
        "",
        "[name]",
        f"vi = {toml(seen.title or url)}  # unsure: as the site calls itself",
        f"en = {toml(seen.title or url)}  # unsure: as the site calls itself",
    ]
    lines += place_to_fill_in()
    if private_network:
        lines += ["", "[manners]", "private_network = true"]
    return "\n".join([*lines, *_search(form), *_reading(is_json=is_json)]) + "\n"


def search_form(page: Page) -> Form | None:
    """Return the form of a page that most looks like a search; None where none does."""
    try:
        tree = parse_html(page.body)
    except LienThuError:
        return None
    forms = [found for form in tree.select("form") if (found := _form(form, page.url)) is not None]
    forms.sort(key=lambda form: form.words.lower() not in _LIKELY)
    return forms[0] if forms else None


def _form(form: Tag, url: str) -> Form | None:
    if form.select_one("input[type=password]") is not None:
        return None
    typed = [
        attribute(field, "name")
        for field in form.select("input[name]")
        if attribute(field, "type").lower() in _WORD_FIELDS
    ]
    if not typed:
        return None
    words = next((name for name in typed if name.lower() in _LIKELY), typed[0])
    try:
        target = httpx.URL(url).join(attribute(form, "action") or "")
    except (httpx.InvalidURL, ValueError):
        return None
    others = {
        attribute(field, "name"): attribute(field, "value")
        for field in form.select("input[type=hidden][name]")
        if not attribute(field, "name").startswith("__")
    }
    others |= dict(target.params)
    others.pop(words, None)
    method = "POST" if attribute(form, "method").lower() == "post" else "GET"
    sent = {key: _escaped(value) for key, value in others.items()}
    return Form(target.path or "/", method, words, sent, _first_choices(form))


def _first_choices(form: Tag) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    chosen = form.select_one("select[name]")
    if chosen is None:
        return None
    options = [
        (_escaped(attribute(option, "value")), " ".join(text_of(option).split())[:40])
        for option in chosen.select("option[value]")
    ]
    return (attribute(chosen, "name"), tuple(options[:_MOST_OPTIONS])) if options else None


def _escaped(value: str) -> str:
    """Return a value in which nothing is taken for a placeholder."""
    return value.replace("{", "").replace("}", "")


def _search(form: Form | None) -> list[str]:
    if form is None:
        return [
            "",
            "[declared.search.any]",
            'path = "/TODO"  # the address that the page of results has, without its parameters',
            'parameters = { q = "{words}" }  # TODO: the name of the parameter that holds the words',
        ]
    pairs = {form.words: "{words}"} | form.others
    shown = "{ " + ", ".join(f"{key_of(key)} = {toml(value)}" for key, value in pairs.items()) + " }"
    lines = ["", "[declared.search.any]", f"path = {toml(form.path)}  # unsure: of the form that looks like a search"]
    if form.method == "POST":
        lines.append('method = "POST"')
    lines.append(f'parameters = {shown}  # TODO: what the second page has besides, as in `trang = "{{page}}"`')
    return [*lines, *(f"# {line}" for line in _choices(form))]


def _choices(form: Form) -> list[str]:
    """Return how one field alone would be asked for, where the form has a list to choose from."""
    if not form.choices:
        return []
    name, options = form.choices
    value = next((value for value, label in options if field_of_label(label) is Field.TITLE), "TODO")
    pairs = {form.words: "{words}"} | form.others | {name: value}
    shown = "{ " + ", ".join(f"{key_of(key)} = {toml(text)}" for key, text in pairs.items()) + " }"
    told = "; ".join(f"{value} {label}" for value, label in options)
    return [
        f"{name} may be: {told}",
        "[declared.search.title]",
        f"path = {toml(form.path)}",
        *(['method = "POST"'] if form.method == "POST" else []),
        f"parameters = {shown}",
    ]


def _reading(*, is_json: bool) -> list[str]:
    if is_json:
        rows, title, page, total = "$.TODO[*]", "$.TODO", "$.TODO", "$.TODO"
    else:
        rows, title, page, total = "TODO", "TODO a", "TODO a", "TODO"
    attribute_of = "" if is_json else 'attribute = "href", '
    return [
        "",
        "[declared.rows]",
        f"point = {toml(rows)}  # TODO: what every record of a page of results stands in",
        "",
        "[declared.total]",
        f"point = {toml(total)}  # TODO: where the page says how many it has found",
        f"pattern = {toml('([0-9][0-9.,]*)')}",
        *([] if is_json else ["", "[declared.none]", _NONE]),
        "",
        "[declared.record]",
        f"title = {{ point = {toml(title)} }}  # TODO: inside of a row",
        f"url = {{ {attribute_of}point = {toml(page)} }}  # TODO: the record's own page",
        '# people = { point = "TODO" }',
        '# publisher = { point = "TODO" }',
        f'# year = {{ point = "TODO", pattern = {toml("([0-9]{4})")} }}',
    ]
