"""What an operator watches, in Prometheus' text format. No query, no reader, no address stands in it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.exposition import generate_latest

from engine.model import Snapshot, State
from engine.search import Search

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one process."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._searches = Counter(
            "lienthu_searches", "Searches by how they were answered.", ["way"], registry=self.registry
        )
        self._seconds = Histogram(
            "lienthu_search_seconds", "Time until a search settled.", buckets=_SECONDS, registry=self.registry
        )
        self._reports = Counter(
            "lienthu_member_reports", "How members fared in searches.", ["member", "state"], registry=self.registry
        )
        self._member_seconds = Histogram(
            "lienthu_member_seconds", "Time of members' answers.", ["member"], buckets=_SECONDS, registry=self.registry
        )
        self._resting = Gauge("lienthu_members_resting", "Members that rest after failures.", registry=self.registry)
        self._index = {
            name: Gauge(f"lienthu_index_{name}", text, registry=self.registry)
            for name, text in (
                ("ready", "Whether the index is ready."),
                ("answers", "Answers in the index."),
                ("records", "Records in the index."),
                ("bytes", "Bytes that the index takes."),
                ("bytes_bound", "Bytes that the index may take."),
                ("harvested", "Harvested records in the index."),
                ("dropped", "Answers that this process gave up, since too much waited to be written."),
            )
        }
        self._index_problem = Gauge(
            "lienthu_index_problem", "1 for what is wrong with the index now.", ["code"], registry=self.registry
        )
        self._requests = Counter(
            "lienthu_requests", "Requests by route and status.", ["route", "status"], registry=self.registry
        )
        # Children are looked up by label once, not with every search.
        self._by_report: dict[tuple[str, State], Counter] = {}
        self._by_member: dict[str, Histogram] = {}
        self._by_route: dict[tuple[str, int], Counter] = {}

    def settled(self, snapshot: Snapshot, way: str) -> None:
        """Count a settled search."""
        self._searches.labels(way).inc()
        self._seconds.observe(snapshot.took_s)
        for report in snapshot.reports:
            key = (report.member, report.state)
            counter = self._by_report.get(key)
            if counter is None:
                counter = self._by_report[key] = self._reports.labels(report.member, report.state.value)
            counter.inc()
            if report.state is State.ANSWERED and report.took_s is not None:
                histogram = self._by_member.get(report.member)
                if histogram is None:
                    histogram = self._by_member[report.member] = self._member_seconds.labels(report.member)
                histogram.observe(report.took_s)

    def answered(self, route: str, status: int) -> None:
        """Count a request by its route's pattern, never by its path."""
        counter = self._by_route.get((route, status))
        if counter is None:
            counter = self._by_route[route, status] = self._requests.labels(route, str(status))
        counter.inc()

    async def text(self) -> bytes:
        """Return all figures."""
        state = await self._search.index_state()
        if state is not None:
            sizes = (state.answers, state.records, state.bytes_used, state.bytes_bound, state.harvested)
            for gauge, figure in zip(self._index.values(), (state.is_ready, *sizes, state.dropped), strict=True):
                gauge.set(figure)
            self._index_problem.clear()
            if state.problem is not None:
                self._index_problem.labels(state.problem.code).set(1)
        self._resting.set(sum(self._search.health(member.id).is_resting for member in self._search.members))
        return generate_latest(self.registry)


__all__ = ["CONTENT_TYPE", "Metrics"]
