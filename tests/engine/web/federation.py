"""A service over simulated libraries, on a real loopback server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from aiohttp.test_utils import TestClient, TestServer

from engine.errors import RefusedError
from engine.model import Availability, Holding, Link, LinkKind, Person, Record, Role, Service
from engine.ports import TitleIndex
from engine.search import Search
from engine.web import application
from tests.engine.simulated import Clock, Library, asked, library

VI_MO = "Giáo trình kinh tế vi mô / Nguyễn Văn Ngọc / 2012"


def shelf(clock: Clock, *, opened: bool = True) -> Library:
    """Return a library whose one record has everything a page can show, and things that it must not."""
    found = library(clock, "hust", [VI_MO], opened=opened)
    found.records = [
        msgspec.structs.replace(
            found.records[0],
            subtitle="<script>alert(1)</script>",
            people=(Person("Nguyễn Văn Ngọc"), Person("Lê Dịch", Role.TRANSLATOR)),
            publisher="Đại học Kinh tế Quốc dân",
            place="Hà Nội",
            subjects=("Kinh tế vi mô",),
            url="https://lib.hust.example/record/1?a=1&b=2",
            links=(
                Link("javascript:alert(2)", LinkKind.FULL_TEXT),
                Link("https://lib.hust.example/full.pdf", LinkKind.FULL_TEXT),
            ),
            holdings=(
                Holding(
                    "Thư viện Tạ Quang Bửu",
                    "Kho mở",
                    "338.5 NG-N",
                    availability=(Availability(Service.LOAN, available=True),),
                ),
                Holding(
                    "Cơ sở 2",
                    call_number="338.5 NG-N c2",
                    availability=(Availability(Service.LOAN, available=False, expected="2027-01-15"),),
                ),
            ),
        )
    ]
    return found


def refusing(clock: Clock) -> Library:
    """Return a library that lets nobody in."""
    found = library(clock, "closed", [])
    found.failure = RefusedError("403")
    return found


def many(clock: Clock, member: str, count: int, *, opened: bool = True) -> Library:
    """Return a library with so many different titles about economics."""
    names = ["vi mô", "vĩ mô", "phát triển", "lượng", "chính trị", "quốc tế", "môi trường", "công cộng", "lao động"]
    lines = [
        f"Kinh tế {names[place % len(names)]} tập {place} {member} / Tác giả {member} {place} / {1990 + place % 30}"
        for place in range(count)
    ]
    return library(clock, member, lines, opened=opened)


@asynccontextmanager
async def serving(
    *libraries: Library, clock: Clock, index: TitleIndex | None = None, deadline_s: float = 20.0
) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]  # of any request
    async with Search(asked(*libraries), index, clock=clock, deadline_s=deadline_s) as search:
        server = TestServer(application(search), host="127.0.0.1")
        async with TestClient(server) as client:
            yield client


__all__ = ["VI_MO", "Record", "many", "refusing", "serving", "shelf"]
