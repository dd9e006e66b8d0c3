"""A connector born with its tests: a tiny example that passes them, to be changed line by line into the real thing."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Final

import jinja2

from engine.errors import SettingsError

_CASES: Final = {
    "full-page": 'query = "kinh tế"\nkind = "full-page"\n',
    "no-hits": 'query = "zzzz"\nkind = "no-hits"\n',
    "error": 'query = "truyện"\nkind = "error"\nfails = "fault"\n',
    "odd": 'query = "nhan đề:hóa học"\nkind = "odd"\n',
}
_GROUP: Final = '[project.entry-points."lienthu.connectors"]'


def scaffold_connector(root: Path, name: str) -> tuple[Path, ...]:
    """Write a new connector below the root of the project, and return the files.

    Raises SettingsError for a name that cannot be one, for files that are there, and outside of a project.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise SettingsError(name, None, "a system's name is made of the letters a-z, digits and single hyphens")
    project = root / "pyproject.toml"
    if not project.is_file() or _GROUP not in project.read_text("utf-8"):
        raise SettingsError(str(project), None, f"there is no {_GROUP} here; say the project's folder with --into")
    texts = _texts(name)
    there = [path for path in texts if (root / path).exists()]
    if there:
        raise SettingsError(str(root / there[0]), None, "this file is there already")
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    registered = with_import_contracts(with_entry_point(project.read_text("utf-8"), name), _module(name))
    project.write_text(registered, "utf-8")
    words = root / "docs" / "systems.toml"
    if not words.is_file():
        return (*(root / path for path in texts), project)
    words.write_text(with_words(words.read_text("utf-8"), name), "utf-8")
    return (*(root / path for path in texts), project, words)


def with_entry_point(text: str, name: str) -> str:
    r"""Return a pyproject in which a system is registered, in the order of the alphabet.

    >>> before = '[project.entry-points."lienthu.connectors"]\nsru = "connectors.sru:SYSTEM"\n'
    >>> print(with_entry_point(before, "opals"))
    [project.entry-points."lienthu.connectors"]
    opals = "connectors.opals:SYSTEM"
    sru = "connectors.sru:SYSTEM"
    <BLANKLINE>
    """
    head, _, rest = text.partition(_GROUP + "\n")
    rows, blank, tail = rest.partition("\n\n")
    known = [row for row in rows.splitlines() if row]
    added = f'{name} = "connectors.{_module(name)}:SYSTEM"'
    ordered = sorted({*known, added})
    ending = "" if blank or not rest.endswith("\n") else "\n"
    return f"{head}{_GROUP}\n" + "\n".join(ordered) + ending + blank + tail


def with_import_contracts(text: str, module: str) -> str:
    r"""Return a pyproject whose import contracts hold for a new connector too: each list of connectors names it.

    >>> with_import_contracts('modules = [\n  "connectors.koha",\n  "connectors.sru",\n]\n', "opals")
    'modules = [\n  "connectors.koha",\n  "connectors.opals",\n  "connectors.sru",\n]\n'
    """
    return re.sub(
        r'(?:^ +"connectors\.\w+",\n)+',
        lambda run: "".join(sorted({*run[0].splitlines(keepends=True), f'  "connectors.{module}",\n'})),
        text,
        flags=re.MULTILINE,
    )


def with_words(text: str, name: str) -> str:
    r"""Return the words of the page of all systems with those of a new one, in the order of the alphabet.

    >>> with_words('# Words.\n\n[sru]\nasked = "SRU"\npaging = "by place"\n', "opals").splitlines()[2:5]
    ['[opals]', 'asked = "JSON: TODO"', 'paging = "by number"']
    """
    head, *tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    tables = [f"{table.rstrip()}\n" for table in tables]
    added = f'[{name}]\nasked = "JSON: TODO"\npaging = "by number"\n'
    return head + "\n".join(sorted([*tables, added], key=lambda table: table.partition("]")[0]))


def with_sorted_imports(text: str) -> str:
    r"""Return a module whose imports of connectors stand in the order of the alphabet, whatever the new one is called.

    >>> with_sorted_imports("from connectors.reading.json import b\nfrom connectors.opals import A\n")
    'from connectors.opals import A\nfrom connectors.reading.json import b\n'
    """
    return re.sub(
        r"(?:^from connectors[.\w]* import .*\n)+",
        lambda run: "".join(sorted(run[0].splitlines(keepends=True), key=lambda line: line.split(" import")[0])),
        text,
        flags=re.MULTILINE,
    )


def _module(name: str) -> str:
    return name.replace("-", "_")


def _texts(name: str) -> dict[str, str]:
    """Return every file of the scaffold by its path."""
    module = _module(name)
    kind = "".join(part.capitalize() for part in name.split("-"))
    title = " ".join(part.capitalize() for part in name.split("-"))
    environment = jinja2.Environment(  # noqa: S701 - Python, TOML and Markdown, no HTML
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )

    def filled(template: str) -> str:
        text = files("engine.scaffold").joinpath(f"{template}.jinja").read_text("utf-8")
        return with_sorted_imports(
            environment.from_string(text).render(name=name, module=module, kind=kind, title=title)
        )

    library = f"{name}-mau"
    recordings = f"tests/recordings/{library}"
    texts = {
        f"connectors/{module}/__init__.py": filled("init"),
        **{
            f"connectors/{module}/{part}.py": filled(part)
            for part in ("settings", "request", "reading", "connector", "signs")
        },
        f"engine/phrases/sign_{module}.toml": filled("phrases"),
        f"tests/connectors/test_{module}.py": filled("test"),
        f"docs/systems/{name}.md": filled("docs"),
        f"{recordings}/{library}.toml": filled("recordings/library"),
    }
    for case, text in _CASES.items():
        texts[f"{recordings}/{case}/case.toml"] = text
        texts[f"{recordings}/{case}/001-{case}.exchange"] = filled(f"recordings/{case}")
        if "fails" not in text:
            texts[f"{recordings}/{case}/answer.json"] = filled(f"recordings/{case}.answer")
    return texts
