"""What a library's own search form tells: what its fields are called, its boxes, the button that sends it. Pure.

Fields are known by the labels of options (`search_form.toml`, Vietnamese and English), boxes by their names.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from bs4 import BeautifulSoup, Tag

from connectors.reading.html import attribute, text_of
from engine.model import Field
from engine.text import folded_key

_BOX: Final = "input[name]:not([type]), input[type=text][name], input[type=search][name]"
_BUTTON: Final = "input[type=submit][name], input[type=image][name], button[type=submit][name]"
_NOT_A_SEARCH: Final = re.compile(r"(?i)user|login|pass|email|card|captcha|subscri|rpt|year|from|to$|date")


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("connectors.forms").joinpath("search_form.toml").read_text("utf-8"))


@cache
def _labels() -> dict[str, Field]:
    return {folded_key(label): Field(field) for field, labels in _tables()["labels"].items() for label in labels}


def field_of_label(label: str) -> Field | None:
    """Return the field that an option of a search form means.

    >>> field_of_label("Nhan đề"), field_of_label("- Mọi trường -"), field_of_label("Kho")
    (<Field.TITLE: 'title'>, <Field.ANY: 'any'>, None)
    """
    return _labels().get(folded_key(label.strip(" :-*")))


def field_of_name(name: str) -> Field | None:
    """Return the field that a box is for, by its name.

    >>> field_of_name("ctl00$Main$txtTitle"), field_of_name("txtTacGia"), field_of_name("txtSearch")
    (<Field.TITLE: 'title'>, <Field.PERSON: 'person'>, <Field.ANY: 'any'>)
    """
    bare = re.split(r"[$:_]", name)[-1].lower()
    for field, parts in _tables()["names"].items():
        if any(part in bare for part in parts):
            return Field(field)
    return None


def codes_of(page: BeautifulSoup | Tag, selector: str) -> dict[Field, str]:
    """Return what fields are called in a list of choices."""
    codes: dict[Field, str] = {}
    for option in page.select(f"{selector} option"):
        field = field_of_label(text_of(option))
        if field is not None:
            codes.setdefault(field, attribute(option, "value"))
    return codes


class SearchForm(NamedTuple):
    """A search form: a selector of it, its boxes by field, the list of fields beside one, and what it is sent by."""

    selector: str
    boxes: dict[Field, str]
    choice: str
    codes: dict[Field, str]
    button: tuple[str, str] | None


def search_form_of(page: BeautifulSoup, selector: str = "form") -> SearchForm | None:
    """Return the search form of a page; None where no form has a box to search with."""
    for form in page.select(selector):
        boxes: dict[Field, str] = {}
        for box in form.select(_BOX):
            name = attribute(box, "name")
            if not _NOT_A_SEARCH.search(re.split(r"[$:_]", name)[-1]) and (field := field_of_name(name)) is not None:
                boxes.setdefault(field, name)
        if not boxes:
            continue
        choice, codes = _choice(form)
        pressed = _button(form)
        first = next(iter(boxes.values())).replace("\\", "").replace('"', "")
        return SearchForm(f'form:has([name="{first}"])', boxes, choice, codes, pressed)
    return None


def _choice(form: Tag) -> tuple[str, dict[Field, str]]:
    for select in form.select("select[name]"):
        name = attribute(select, "name")
        codes = codes_of(form, f'select[name="{name}"]')
        if len(codes) > 1:
            return name, codes
    return "", {}


def _button(form: Tag) -> tuple[str, str] | None:
    buttons = form.select(_BUTTON)
    likely = [button for button in buttons if re.search(r"(?i)search|find|tim|go\b", attribute(button, "name"))]
    chosen = (likely or buttons)[:1]
    if not chosen:
        return None
    return attribute(chosen[0], "name"), attribute(chosen[0], "value")
