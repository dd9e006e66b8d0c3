"""The records that the contract is tested with, and how an index is filled and asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from engine.model import (
    Answer,
    Availability,
    Clause,
    Degree,
    Expression,
    Filters,
    Holding,
    Identifier,
    Material,
    Person,
    Placed,
    Query,
    Record,
    Scheme,
    Service,
    Window,
)
from engine.ports import HarvestedList, HarvestPart, HarvestState, Question, TitleIndex

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
NOON = 1_750_000_000.0


class Hand:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += seconds


class Opened:
    """Opens indexes on one store. `options` are those that every backend has: keep_s, fresh_s, half_life_s, size_mb."""

    def __init__(self, make: Callable[[dict[str, object], Hand], Awaitable[TitleIndex]]) -> None:
        self._make = make
        self._indexes: list[TitleIndex] = []
        self.clock = Hand()

    async def __call__(self, **options: object) -> TitleIndex:
        index = await self._make(options, self.clock)
        self._indexes.append(index)
        return index

    async def close(self) -> None:
        for index in self._indexes:
            await index.close()


def question(terms: str = "kinh tế", *, member: str = "dhqg", start: int = 1, count: int = 20) -> Question:
    return Question(member=member, terms=terms, start=start, count=count)


def book(number: str = "1", title: str = "Giáo trình kinh tế vi mô", *, member: str = "dhqg", **more: object) -> Record:
    return msgspec.structs.replace(Record(member=member, id=number, title=title), **more)


def answer(*records: Record, at: float = NOON, member: str = "dhqg", total: int | None = 500) -> Answer:
    placed = tuple(Placed(place=place, record=record) for place, record in enumerate(records, 1))
    return Answer(member=member, placed=placed, total=total, asked_at=at, took_s=0.2)


FULL = Record(
    member="dhqg",
    id="b/1 2",
    title="Kinh tế học",
    subtitle="lý thuyết và thực hành",
    people=(Person(name="Mankiw, N. Gregory"), Person(name="Trần Phú Thuyết")),
    publisher="Thống kê",
    year=2003,
    languages=("vie", "eng"),
    material=Material.BOOK,
    is_online=False,
    subjects=("Kinh tế vĩ mô",),
    identifiers=(Identifier(scheme=Scheme.ISBN, value="9786040000002"),),
    holdings=(
        Holding(
            branch="Kho đọc",
            call_number="330 M 2003",
            copies=2,
            availability=(Availability(service=Service.LOAN, available=False, expected="2025-07-01"),),
        ),
    ),
)

SHELF = (
    book("vi-mo", "Giáo trình kinh tế vi mô", year=2010, languages=("vie",), material=Material.BOOK),
    book("vi-mo-plain", "Giao trinh kinh te vi mo", year=2012, languages=("vie",)),
    book("dien", "Mạch điện", people=(Person(name="Nguyễn Văn Đạo"),), year=1999, languages=("vie",)),
    book("ma", "Má nuôi", languages=("vie",), notes=("Sách kể về kinh tế gia đình",)),
    book("ma-quy", "Ma quỷ dân gian", languages=("vie",)),
    book("thesis", "Lạm phát mục tiêu", material=Material.THESIS, degree=Degree.DOCTOR, year=2019, languages=("vie",)),
    book("english", "Principles of economics", people=(Person(name="Mankiw, N. Gregory"),), languages=("eng",)),
    book(
        "numbers",
        "Cơ học lượng tử",
        subjects=("Vật lý",),
        identifiers=(
            Identifier(scheme=Scheme.ISBN, value="9786040000002"),
            Identifier(scheme=Scheme.ISSN, value="1859-000X"),
            Identifier(scheme=Scheme.DOI, value="10.1000/xyz-12"),
        ),
    ),
    book(
        "to-be-had",
        "Phở và các món nước",
        is_online=True,
        publisher="Nhà xuất bản Phụ nữ",
        holdings=(Holding(call_number="641.5 PHO", copies_available=1),),
    ),
)


async def filled(opened: Opened, shelf: Sequence[Record] = SHELF) -> TitleIndex:
    index = await opened()
    index.keep(question("cả kệ"), answer(*shelf))
    await index.flush()
    return index


async def found(index: TitleIndex, expression: Expression | str | None, filters: Filters | None = None) -> list[str]:
    asked = Clause(text=expression) if isinstance(expression, str) else expression
    query = Query(expression=asked, filters=filters or Filters())
    return [aged.record.id for aged in await index.search(query, 20)]


def harvest(run: int = 1, **more: object) -> HarvestState:
    """The state of a harvest under way."""
    begun = HarvestState(
        run=run, is_full=True, prefix="dim", url="https://kho.example/oai", begun_at=NOON, lists=(HarvestedList(),)
    )
    return msgspec.structs.replace(begun, **more)


async def harvested(index: TitleIndex, *records: Record, member: str = "dhqg", run: int = 1) -> None:
    async with index.harvesting(member, "a test") as opened:
        await opened.write(HarvestPart(harvest(run, confirmed_at=NOON, is_done=True), records))


async def found_harvested(
    index: TitleIndex,
    expression: Expression | str | None,
    filters: Filters | None = None,
    window: Window | None = None,
    member: str = "dhqg",
) -> tuple[list[str], int]:
    asked = Clause(text=expression) if isinstance(expression, str) else expression
    query = Query(expression=asked, filters=filters or Filters())
    told = await index.harvested(member, query, window or Window(1, 20))
    assert told is not None
    return [record.id for record in told.placed], told.total
