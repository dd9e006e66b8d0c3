"""What `lienthu search` shows: each library's progress while it runs, then the merged list."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from engine.app import House, open_search
from engine.model import Query, Report, Snapshot, State, Title
from engine.ports import Member
from engine.sentences import Language, say

WORDS: dict[str, dict[Language, str]] = {
    "waiting": {"vi": "đang hỏi…", "en": "asking…"},
    "records": {"vi": "{records} biểu ghi / {total} kết quả", "en": "{records} records of {total} hits"},
    "cached": {"vi": "lấy từ kho, {age} trước", "en": "from the index, {age} ago"},
    "none": {"vi": "Không tìm thấy gì.", "en": "Nothing was found."},
    "titles": {
        "vi": "{titles} nhan đề từ {records} biểu ghi, {took_s:.1f} giây",
        "en": "{titles} titles of {records} records, {took_s:.1f} s",
    },
    "editions": {"vi": "+{count} lần xuất bản khác", "en": "+{count} other editions"},
    "meant": {"vi": "Có phải ý bạn là: {query}", "en": "Did you mean: {query}"},
    "deeper": {"vi": "Còn nữa: --page {page}", "en": "There is more: --page {page}"},
}


async def searched(
    house: House, query: Query, deadline_s: float | None, console: Console, language: Language, *, quiet: bool
) -> tuple[Snapshot, dict[str, Member]]:
    """Run a search, showing each library's progress unless quiet. Return the settled snapshot and the members."""
    async with open_search(house) as search:
        members = {member.id: member for member in search.members}
        if quiet or not console.is_terminal:
            return await search.settled(query, deadline_s=deadline_s), members
        snapshot: Snapshot | None = None
        with Live(console=console, refresh_per_second=12, transient=True) as live:
            async for snapshot in search.run(query, deadline_s=deadline_s):
                live.update(progress(snapshot, members, language))
        if snapshot is None:
            raise RuntimeError("a search ended without a snapshot")
        return snapshot, members


def progress(snapshot: Snapshot, members: dict[str, Member], language: Language) -> RenderableType:
    """Return a line a library: waiting, answered with how many, failed and why."""
    table = Table.grid(padding=(0, 2))
    for report in snapshot.reports:
        mark: RenderableType = Spinner("dots") if report.state is State.WAITING else Text(_mark(report))
        table.add_row(mark, name_of(report.member, members, language), told(report, language))
    return table


def _mark(report: Report) -> str:
    return {State.ANSWERED: "✓", State.CACHED: "✓", State.FAILED: "✗", State.SKIPPED: "–"}.get(report.state, " ")


def name_of(member: str, members: dict[str, Member], language: Language) -> str:
    """Return a library's name in a language."""
    found = members.get(member)
    return member if found is None else (found.name.vi if language == "vi" else found.name.en)


def age(seconds: float, language: Language) -> str:
    """Return an age in words.

    >>> age(7300, "en")
    '2 h'
    """
    for size_s, words in (
        (86400, {"vi": "ngày", "en": "d"}),
        (3600, {"vi": "giờ", "en": "h"}),
        (60, {"vi": "phút", "en": "min"}),
    ):
        if seconds >= size_s:
            return f"{int(seconds // size_s)} {words[language]}"
    return f"{int(seconds)} {'giây' if language == 'vi' else 's'}"


def told(report: Report, language: Language) -> str:
    """Return how a library fared, in a few words or a sentence."""
    if report.state is State.WAITING:
        return WORDS["waiting"][language]
    parts = []
    if report.records or report.state in {State.ANSWERED, State.CACHED}:
        total = "?" if report.total is None else report.total
        parts.append(WORDS["records"][language].format(records=report.records, total=total))
    if report.took_s is not None:
        parts.append(f"{report.took_s:.1f} s")
    if report.age_s is not None:
        parts.append(WORDS["cached"][language].format(age=age(report.age_s, language)))
    parts += [say(reason, language) for reason in [*([report.reason] if report.reason else []), *report.notices]]
    return " · ".join(parts)


def print_titles(snapshot: Snapshot, members: dict[str, Member], console: Console, language: Language) -> None:
    """Print the merged list and, below it, the libraries."""
    for number, title in enumerate(snapshot.titles, 1):
        console.print(_lines(number, title, members, language), soft_wrap=False)
    if not snapshot.titles:
        console.print(WORDS["none"][language])
    for suggestion in snapshot.suggestions:
        console.print(WORDS["meant"][language].format(query=suggestion), markup=False)
    summary = WORDS["titles"][language].format(
        titles=snapshot.title_count, records=snapshot.record_count, took_s=snapshot.took_s
    )
    console.print(f"\n[bold]{summary}[/bold]")
    console.print(progress(snapshot, members, language))
    if snapshot.has_more:
        console.print(WORDS["deeper"][language].format(page=snapshot.query.page + 1), markup=False)


def _lines(number: int, title: Title, members: dict[str, Member], language: Language) -> Group:
    merged = title.editions[0].merged
    name = merged.title + (f" : {merged.subtitle}" if merged.subtitle else "")
    people = "; ".join(dict.fromkeys(person.name for person in merged.people[:3]))
    imprint = ", ".join(str(part) for part in (merged.publisher, merged.year) if part)
    lines = [f"[bold]{number}. {escape(name)}[/bold]"]
    about = " — ".join(part for part in (people, imprint) if part)
    if len(title.editions) > 1:
        about += f"  ({WORDS['editions'][language].format(count=len(title.editions) - 1)})"
    if about:
        lines.append(f"   {escape(about)}")
    lines.append(
        "   [dim]" + escape("; ".join(name_of(member, members, language) for member in title.members)) + "[/dim]"
    )
    if title.reasons:
        lines.append(
            "   [dim italic]" + escape(" ".join(say(reason, language) for reason in title.reasons)) + "[/dim italic]"
        )
    return Group(*lines)
