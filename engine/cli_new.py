"""What `lienthu member new` does and shows."""

from __future__ import annotations

import difflib
from pathlib import Path

import typer
from rich.console import Console

from engine.app import Shapes, Systems
from engine.cli_detect import new_file, read_frame
from engine.cli_member import check_id
from engine.errors import SettingsError
from engine.scaffold import scaffold_connector, scaffold_member
from engine.sentences import Language
from engine.settings import read_member

WORDS: dict[str, dict[Language, str]] = {
    "id": {"vi": "Mã của thư viện (chữ a-z, số, gạch nối)", "en": "The library's id (letters a-z, digits, hyphens)"},
    "system": {"vi": "Hệ thống ({known})", "en": "Its system ({known})"},
    "url": {"vi": "Địa chỉ để hỏi", "en": "The address to ask"},
    "vi": {"vi": "Tên tiếng Việt", "en": "Its name in Vietnamese"},
    "en": {"vi": "Tên tiếng Anh", "en": "Its name in English"},
    "written": {"vi": "Đã viết {path}", "en": "Written: {path}"},
    "next": {
        "vi": "Hãy xem lại tệp, rồi chạy: lienthu member check {id}",
        "en": "Look through the file, then run: lienthu member check {id}",
    },
    "todo": {
        "vi": "Hệ thống này cần thêm thiết đặt: hãy điền những chỗ ghi TODO, rồi đổi tên tệp thành {id}.toml.",
        "en": "This system needs more settings: fill in what is marked TODO, then rename the file to {id}.toml.",
    },
    "connector": {
        "vi": "Bây giờ chạy:\n  .venv/bin/pip install -q -e . --no-deps\n"
        "  .venv/bin/pytest tests/connectors/test_{module}.py\n"
        "rồi thay dần từng chỗ ghi TODO: xem docs/add-a-system.md.",
        "en": "Now run:\n  .venv/bin/pip install -q -e . --no-deps\n"
        "  .venv/bin/pytest tests/connectors/test_{module}.py\n"
        "then change what is marked TODO, one by one: see docs/add-a-system.md.",
    },
}


def new_connector(root: Path, name: str, console: Console, language: Language, *, force: bool) -> None:
    """Write the scaffold of a new kind of system. Raises SettingsError for a name that is like one that is there."""
    near = difflib.get_close_matches(name, list(Systems()), n=1, cutoff=0.8)
    if near and not force:
        raise SettingsError(name, None, f"did you mean {near[0]!r}? --force makes a new system called {name!r}")
    for path in scaffold_connector(root, name):
        console.print(WORDS["written"][language].format(path=path), soft_wrap=True, markup=False)
    told = WORDS["connector"][language].format(name=name, module=name.replace("-", "_"))
    console.print(told, soft_wrap=True, markup=False)


def new_member(config: Path, told: dict[str, str], console: Console, language: Language, *, force: bool) -> Path:
    """Write a member file to fill in; what was not told is asked for. Raises SettingsError."""
    _, folder = read_frame(config)
    systems = Systems()

    def ask(what: str, default: str | None = None) -> str:
        text = WORDS[what][language].format(known=", ".join(sorted(systems)))
        return told.get(what) or str(typer.prompt(text, default=default))

    member_id = ask("id")
    check_id(member_id)
    path = new_file(folder, member_id, force=force)
    name = ask("system")
    if name not in systems:
        raise SettingsError(name, None, f"no such system; known are: {', '.join(sorted(systems))}")
    url = ask("url")
    vi = ask("vi")
    text = scaffold_member(
        systems[name],
        url=url,
        vi=vi,
        en=ask("en", vi),
        city=told.get("city", ""),
        homepage=told.get("homepage", ""),
        evidence=told.get("evidence", ""),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    told_next = "next"
    try:
        read_member(path, Shapes(systems))
    except SettingsError:
        # A file that is still to be filled in must not keep the service from starting.
        path.rename(path.with_suffix(".toml.todo"))
        path = path.with_suffix(".toml.todo")
        told_next = "todo"
    console.print(WORDS["written"][language].format(path=path), soft_wrap=True, markup=False)
    console.print(WORDS[told_next][language].format(id=member_id), soft_wrap=True, markup=False)
    return path
