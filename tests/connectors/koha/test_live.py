"""The demo's Koha over a socket, with the guarded client as in a search."""

from __future__ import annotations

import time
from datetime import date

from connectors.http import open_client
from connectors.koha import KohaConnector, KohaSettings
from demo import federation
from engine.model import Window
from engine.ports import Door, Manners, Member, Names
from engine.query import parse


async def test_a_search_over_a_socket_costs_two_requests() -> None:
    running = await federation.start(today=date(2026, 3, 15))
    try:
        url = next(each.url for each in running.libraries if each.id == "ba-vi").removesuffix("/biblios")
        manners = Manners(private_network=True, spacing_ms=0)
        member = Member("ba-vi", "koha", url, Names("Ba Vì", "Ba Vì"), manners=manners)
        client = open_client(member, user_agent="LienThu-test", clock=time.time)
        connector = KohaConnector(member, KohaSettings(), Door(client, time.time))
        before = running.request_counts()["ba-vi"]
        answer = await connector.search(parse('tiêu đề:"kinh tế" năm:2000-2020'), Window(1, 20))
        assert running.request_counts()["ba-vi"] - before == 2
        assert len(answer.placed) == 20
        assert all(
            "kinh te" in placed.record.title.lower() or "kinh tế" in placed.record.title.lower()
            for placed in answer.placed
        )
        said = await connector.availability([placed.record for placed in answer.placed])
        assert set(said) == {placed.record.id for placed in answer.placed}
        await connector.probe()
        await connector.close()
    finally:
        await running.stop()
