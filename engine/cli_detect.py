"""What `lienthu member detect` and `lienthu member record` do and show."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape

from engine.app import House, Systems, member_of, user_agent
from engine.errors import SettingsError
from engine.model import Reason, Window
from engine.query import parse
from engine.sentences import Language, say
from engine.settings import LienThuSettings, read_settings
from engine.text import folded_key
from engine.tools import Detected, Seen, Step, Trial, Wishes, detect_tool, record_tool

WORDS: dict[str, dict[Language, str]] = {
    "asked": {"vi": "Đã hỏi {count} lần, từng lần một.", "en": "{count} requests were sent, one at a time."},
    "system": {"vi": "Hệ thống: {system}", "en": "System: {system}"},
    "likely": {"vi": "(có lẽ, chưa chắc)", "en": "(likely, not certain)"},
    "untold": {"vi": "Không nhận ra hệ thống nào ở địa chỉ này.", "en": "No system could be told at this address."},
    "unseen": {
        "vi": "Không thấy được gì ở địa chỉ này, nên không có tệp nào được viết."
        " Hãy mở địa chỉ bằng trình duyệt xem có đúng không, rồi chạy lại.",
        "en": "Nothing could be seen at this address, so no file was written."
        " Open the address in a browser to see whether it is right, then run it again.",
    },
    "stopped": {"vi": "Không có tệp nào được viết.", "en": "No file was written."},
    "follow": {
        "vi": "Mục lục có lẽ ở đó: lienthu member detect {url} --id {id} --force",
        "en": "The catalogue may be there: lienthu member detect {url} --id {id} --force",
    },
    "seen": {"vi": "Những gì thấy được trên trang:", "en": "What the page shows:"},
    "title": {"vi": "tiêu đề", "en": "title"},
    "generator": {"vi": "phần mềm tạo trang", "en": "generator"},
    "technologies": {"vi": "công nghệ", "en": "technologies"},
    "forms": {"vi": "biểu mẫu", "en": "form"},
    "links": {"vi": "liên kết có thể dẫn tới mục lục", "en": "link that may lead to a catalogue"},
    "records": {"vi": "{records} biểu ghi / {total} kết quả", "en": "{records} records of {total} hits"},
    "nothing": {"vi": "không tìm thấy gì", "en": "no hits"},
    "written": {"vi": "Đã viết {path}", "en": "Written: {path}"},
    "recorded": {"vi": "Bản ghi cho phép thử: {path}", "en": "Recordings for its tests: {path}"},
    "works": {
        "vi": "Cả hai lần tìm đều có kết quả. Hãy xem lại tệp, chạy `lienthu member check {id}`,"
        " rồi đặt enabled = true.",
        "en": "Both searches found something. Look through the file, run `lienthu member check {id}`,"
        " then set enabled = true.",
    },
    "enabled": {
        "vi": "Cả hai lần tìm đều có kết quả; thư viện đã được bật.",
        "en": "Both searches found something; the library is enabled.",
    },
    "partly": {
        "vi": "Một lần tìm không thấy gì: thư viện có thể không có sách tiếng ấy."
        " Hãy chạy `lienthu member check {id}`, rồi đặt enabled = true.",
        "en": "One search found nothing: the library may have no books in that language."
        " Run `lienthu member check {id}`, then set enabled = true.",
    },
    "fails": {
        "vi": "Chưa dùng được ngay: hãy sửa tệp theo các ghi chú trong đó rồi chạy `lienthu member check {id}`.",
        "en": "It does not work yet: mend the file by the comments in it, then run `lienthu member check {id}`.",
    },
    "declared": {
        "vi": "Tệp này là nguồn khai báo để điền bằng tay: xem docs/declared-sources.md.",
        "en": "The file is a declared source to fill in by hand: see docs/declared-sources.md.",
    },
}


def read_frame(config: Path) -> tuple[LienThuSettings, Path]:
    """Return the settings and the folder of member files, which need not be in order for a new one to be made."""
    settings = read_settings(config)
    return settings, config.parent / settings.members.folder


def new_file(folder: Path, member_id: str, *, force: bool) -> Path:
    """Return the path of a member file to write. Raises SettingsError for one that is there, unless forced."""
    path = folder / f"{member_id}.toml"
    if path.exists() and not force:
        raise SettingsError(str(path), None, "this file is there already; --force writes over it, --id gives another")
    return path


def refuse_unwritable(folder: Path, mend: str) -> None:
    """Raise SettingsError where no file can be written into a folder, which need not be there yet."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise SettingsError(str(folder), None, f"no file can be written here; {mend}")


async def detected(
    config: Path, address: str, wishes: Wishes, console: Console, language: Language, *, force: bool, as_json: bool
) -> bool:
    """Find out what answers at an address, write its member file, and tell. Return whether the file works."""
    settings, folder = read_frame(config)
    if wishes.id:
        new_file(folder, wishes.id, force=force)
    refuse_unwritable(folder, "run it as a user who may, or name a copy of the settings with --config")
    if wishes.recordings is not None:
        refuse_unwritable(wishes.recordings, "--recordings names another folder, --no-recordings writes none")
    # Only now, with all that can be refused, somebody is asked.

    def tell(step: Step) -> None:
        if not as_json:
            console.print(_step(step, language), highlight=False, soft_wrap=True)

    found = await detect_tool()(
        address,
        systems=Systems(),
        user_agent=user_agent(settings.contact),
        clock=time.time,
        wishes=wishes,
        tell=tell,
    )
    if not found.file:
        _tell_nothing(found, console, language, as_json=as_json)
        return False
    path = new_file(folder, found.id, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(found.file, "utf-8")
    if found.recordings and wishes.recordings is not None:
        (wishes.recordings / found.id / f"{found.id}.toml").write_text(found.file, "utf-8")
    if as_json:
        shown = msgspec.to_builtins(found) | {"written": str(path), "works": found.works, "answers": found.answers}
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shown)) + b"\n")
    else:
        _print(found, path, console, language, enabled=wishes.enable)
    return found.answers


def _tell_nothing(found: Detected, console: Console, language: Language, *, as_json: bool) -> None:
    """Say that nothing came that a file could be made of, and why."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
        return
    for note in found.notes:
        console.print(escape(say(note, language)), soft_wrap=True)
    console.print(WORDS["stopped" if found.notes else "unseen"][language], soft_wrap=True)


def _step(step: Step, language: Language) -> str:
    told = f"  [dim]{escape(_said(step.told, language))}[/dim]" if step.told else ""
    return f"  {step.status or '–'}  {escape(step.asked)}{told}"


def _said(reason: Reason, language: Language) -> str:
    """Say a reason, of a failure with what was found: a certificate, a status."""
    detail = str(reason.values.get("detail", "")) if reason.code.startswith("failure.") else ""
    return f"{say(reason, language)} ({detail})" if detail else say(reason, language)


def _print(found: Detected, path: Path, console: Console, language: Language, *, enabled: bool) -> None:
    def line(word: str, **values: object) -> None:
        console.print(escape(WORDS[word][language].format(**values)), soft_wrap=True)

    line("asked", count=found.requests)
    for note in found.notes:
        console.print(escape(say(note, language)), soft_wrap=True)
    if found.system is None:
        line("untold")
        if found.seen is not None:
            _print_seen(found.seen, console, language)
    else:
        likely = "" if found.is_sure else " " + WORDS["likely"][language]
        console.print(f"[bold]{escape(WORDS['system'][language].format(system=found.system))}[/bold]{likely}")
        if found.evidence is not None:
            console.print(f"  {escape(say(found.evidence, language))}", soft_wrap=True)
        if found.name:
            console.print(f"  {escape(found.name)}", soft_wrap=True)
        for trial in found.trials:
            console.print(told_of(trial, language), soft_wrap=True)
    line("written", path=path)
    if found.recordings:
        line("recorded", path=Path(found.recordings[0]).parent)
    for word, values in _next(found, enabled=enabled):
        line(word, **values)


def _next(found: Detected, *, enabled: bool) -> list[tuple[str, dict[str, str]]]:
    """Return what to do next, as words and what stands in them."""
    if found.system is not None:
        well = "enabled" if enabled else "works"
        return [(well if found.works else "partly" if found.answers else "fails", {"id": found.id})]
    links = found.seen.links[:1] if found.seen is not None else ()
    return [("declared", {}), *(("follow", {"url": link, "id": found.id}) for link in links)]


def _print_seen(seen: Seen, console: Console, language: Language) -> None:
    console.print(WORDS["seen"][language])
    rows = [("title", (seen.title,)), ("generator", (seen.generator,)), ("technologies", seen.technologies)]
    rows += [("forms", seen.forms), ("links", seen.links)]
    for word, several in rows:
        for one in several:
            if one:
                console.print(f"  {WORDS[word][language]}: {escape(one)}", soft_wrap=True)


def told_of(trial: Trial, language: Language) -> str:
    """Return a line about a search: its words, what came, its first title, what was given up."""
    if trial.failure is not None:
        return f"  ✗ «{escape(trial.query)}»: {escape(_said(trial.failure, language))}"
    if not trial.records:
        told = WORDS["nothing"][language]
    else:
        total = "?" if trial.total is None else trial.total
        told = WORDS["records"][language].format(records=trial.records, total=total)
    parts = [told, trial.first or "", *(say(notice, language) for notice in trial.notices)]
    mark = "✓" if trial.works else "–"
    return f"  {mark} «{escape(trial.query)}»: {escape(' · '.join(part for part in parts if part))}"


async def recorded(
    house: House, member_id: str, typed: str, window: Window, folder: Path, name: str | None, console: Console,
    language: Language,
) -> bool:  # fmt: skip
    """Record one search of a member as a case of the battery. Return whether it answered."""
    member, own = member_of(house, member_id)
    query = parse(typed)
    refuse_unwritable(folder, "--recordings names another folder")
    words = name or "-".join(part for part in typed.split() if part)
    case = await record_tool()(
        member,
        own,
        house.systems[member.system],
        typed=typed,
        query=query,
        window=window,
        folder=folder / member.id / slug(words, window),
        user_agent=user_agent(house.settings.contact),
        clock=time.time,
    )
    console.print(told_of(case.trial, language), soft_wrap=True)
    if not case.exchanges:
        console.print(RECORDED["none"][language])
        return False
    own_file = folder / member.id / f"{member.id}.toml"
    if not own_file.exists():
        source = house.file.parent / house.settings.members.folder / f"{member.id}.toml"
        own_file.write_text(source.read_text("utf-8"), "utf-8")
    console.print(RECORDED["some"][language].format(count=case.exchanges, path=case.folder), soft_wrap=True)
    return case.trial.failure is None


RECORDED: dict[str, dict[Language, str]] = {
    "none": {"vi": "Không có gì được ghi lại.", "en": "Nothing was recorded."},
    "some": {
        "vi": "{count} lượt trao đổi được ghi trong {path}. Hãy đọc qua trước khi đưa đi: cookie, khóa và"
        " thông tin cá nhân đã được xóa, nhưng chỉ con người mới chắc chắn được.",
        "en": "{count} exchanges are in {path}. Read them before you give them away: cookies, keys and"
        " persons were taken out, but only a person can be sure.",
    },
}


def slug(words: str, window: Window) -> str:
    """Return the folder's name of a case.

    >>> slug("Kinh tế vi mô", Window(21, 20))
    'kinh-te-vi-mo-from-21'
    """
    bare = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in folded_key(words))
    name = "-".join(part for part in bare.split("-") if part)[:40].strip("-") or "search"
    return name if window.start == 1 else f"{name}-from-{window.start}"
