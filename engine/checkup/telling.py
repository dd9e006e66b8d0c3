"""Shows checkups: as tables on a terminal, as JSON, and as the page of the association's readiness report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Final

import jinja2
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.checkup.findings import Checkup, Line, Verdict
from engine.model import Reason
from engine.sentences import LANGUAGES, Language, say, sentences

MARKS: Final = {Verdict.WELL: "✓", Verdict.WANTING: "✗", Verdict.UNKNOWN: "–"}
SUMMARY: Final = ("marks", "paging", "encoding", "availability", "tls", "robots")
"""What the table of all members shows of each, beside its fields and times."""

HEADS: Final[Mapping[str, Mapping[Language, str]]] = {
    "answers": {"vi": "trả lời", "en": "answers"},
    "fields": {"vi": "mục", "en": "fields"},
    "marks": {"vi": "dấu", "en": "marks"},
    "paging": {"vi": "trang", "en": "paging"},
    "encoding": {"vi": "mã", "en": "letters"},
    "availability": {"vi": "sách", "en": "copies"},
    "tls": {"vi": "TLS", "en": "TLS"},
    "robots": {"vi": "robots", "en": "robots"},
    "to-mend": {"vi": "xem lại", "en": "to mend"},
}
"""Short heads, so that eleven columns go on a terminal."""

WORDS: Final[Mapping[str, Mapping[Language, str]]] = {
    "well": {"vi": "tốt", "en": "well"},
    "wanting": {"vi": "cần xem lại", "en": "to be mended"},
    "unknown": {"vi": "không xét", "en": "not looked at"},
    "legend": {
        "vi": "“–”: chưa thử được, hoặc không áp dụng cho thư viện này. “Mục tìm được”: trong các mục mà hệ thống cho"
        " tìm riêng (nhan đề, tác giả …), bao nhiêu mục tìm đúng những gì có trong biểu ghi của thư viện. “Thời gian”:"
        " một nửa số lần tìm xong trước khoảng ấy.",
        "en": "“–”: it could not be tried, or does not concern this library. “Fields that work”: of those that the"
        " system searches on their own (title, person …), how many find what stands in the library's records. “Time”:"
        " half of the searches took less.",
    },
    "deviations": {"vi": "Cần xem lại ({count}):", "en": "To be mended ({count}):"},
    "none": {"vi": "Không có gì cần xem lại.", "en": "Nothing needs to be mended."},
    "requests": {
        "vi": "{count} yêu cầu đã được gửi, từng lần một.",
        "en": "{count} requests were sent, one at a time.",
    },
    "title": {"vi": "Báo cáo sẵn sàng của các thư viện", "en": "Readiness report of the libraries"},
    "made": {"vi": "Lập ngày {day}", "en": "Made on {day}"},
    "all": {"vi": "Tất cả thư viện", "en": "All libraries"},
    "library": {"vi": "thư viện", "en": "library"},
    "system": {"vi": "hệ thống", "en": "system"},
    "answers": {"vi": "trả lời", "en": "answers"},
    "fields": {"vi": "mục tìm được", "en": "fields that work"},
    "median": {"vi": "thời gian", "en": "time"},
    "to-mend": {"vi": "cần xem lại", "en": "to be mended"},
    "what": {"vi": "điều được xem", "en": "looked at"},
    "verdict": {"vi": "đánh giá", "en": "verdict"},
    "told": {"vi": "nhận xét", "en": "what was found"},
    "skip": {"vi": "Tới nội dung", "en": "Skip to the report"},
    "address": {"vi": "Địa chỉ", "en": "Address"},
    "disabled": {"vi": "đang tắt", "en": "not enabled"},
    "summary": {
        "vi": "{answering} trong {count} thư viện trả lời; {sound} không có gì cần xem lại.",
        "en": "{answering} of {count} libraries answer; {sound} have nothing to mend.",
    },
}


def label(what: str, language: Language) -> str:
    """Return what a line is about, in a language; keys that have no words of their own are said by what is above them.

    >>> label("tls.chain", "en"), label("marks", "vi"), label("marks.bare", "vi")
    ('TLS', 'dấu tiếng Việt', 'gõ không dấu')
    """
    known = sentences()
    parts = what.split(".")
    while parts:
        code = "checkup-what." + ".".join(parts)
        if code in known:
            return say(Reason(code), language)
        parts = parts[:-1]
    return what


def word(key: str, language: Language, **values: object) -> str:
    """Return a word or sentence of the report."""
    return WORDS[key][language].format(**values)


def print_checkup(checkup: Checkup, console: Console, language: Language) -> None:
    """Print what was found of one member: a table, then what should be mended."""
    name = checkup.name.vi if language == "vi" else checkup.name.en
    console.print(f"[bold]{escape(name)}[/bold] · {checkup.system} · {escape(checkup.url)}", soft_wrap=True)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in checkup.lines:
        table.add_row(MARKS[line.verdict], label(line.what, language), escape(say(line.reason, language)))
    console.print(table)
    deviations = checkup.deviations
    if deviations:
        console.print(word("deviations", language, count=len(deviations)))
        for number, line in enumerate(deviations, 1):
            console.print(f"  {number}. {escape(say(line.reason, language))}", soft_wrap=True)
    else:
        console.print(word("none", language))
    console.print(word("requests", language, count=checkup.requests))


def print_summary(checkups: Sequence[Checkup], console: Console, language: Language) -> None:
    """Print one table of all members."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(word("library", language), overflow="fold")
    for head in ("answers", "fields", *SUMMARY):
        table.add_column(HEADS[head][language])
    table.add_column("ms", justify="right")
    table.add_column(HEADS["to-mend"][language], justify="right")
    for checkup in checkups:
        table.add_row(
            checkup.id,
            MARKS[Verdict.WELL if checkup.answers else Verdict.WANTING],
            f"{checkup.fields}/{checkup.searchable}",
            *(MARKS[checkup.verdict_of(what)] for what in SUMMARY),
            "–" if checkup.median_ms is None else str(checkup.median_ms),
            str(len(checkup.deviations)),
        )
    console.print(table)
    console.print(_summary(checkups, language))


def _summary(checkups: Sequence[Checkup], language: Language) -> str:
    return word(
        "summary",
        language,
        answering=sum(checkup.answers for checkup in checkups),
        count=len(checkups),
        sound=sum(checkup.answers and not checkup.deviations for checkup in checkups),
    )


def as_json(checkups: Sequence[Checkup]) -> bytes:
    """Return checkups as JSON, with each sentence in every language."""
    shown = [
        msgspec.to_builtins(checkup)
        | {
            "answers": checkup.answers,
            "deviations": len(checkup.deviations),
            "lines": [_spoken(line) for line in checkup.lines],
        }
        for checkup in checkups
    ]
    return msgspec.json.format(msgspec.json.encode(shown)) + b"\n"


def _spoken(line: Line) -> dict[str, object]:
    return {
        "what": line.what,
        "verdict": line.verdict.value,
        "code": line.reason.code,
        "values": line.reason.values,
        "sentence": {language: say(line.reason, language) for language in LANGUAGES},
    }


def as_html(checkups: Sequence[Checkup], language: Language, *, made_at: float) -> str:
    """Return the readiness report as one page that needs nothing else. `made_at` is seconds since the epoch."""
    return _template().render(
        checkups=checkups,
        language=language,
        day=_day(made_at, language),
        summary=_summary(checkups, language),
        shown=SUMMARY,
        marks=MARKS,
        word=lambda key, **values: word(key, language, **values),
        label=lambda what: label(what, language),
        say=lambda reason: say(reason, language),
        name_of=lambda checkup: checkup.name.vi if language == "vi" else checkup.name.en,
    )


def _day(made_at: float, language: Language) -> str:
    day = datetime.fromtimestamp(made_at, UTC).date()
    return day.strftime("%d/%m/%Y") if language == "vi" else day.isoformat()


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    text = files("engine.checkup").joinpath("readiness.html").read_text("utf-8")
    return environment.from_string(text)
