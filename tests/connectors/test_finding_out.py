from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest

from connectors.encore import SYSTEM as ENCORE
from connectors.eprints import SYSTEM as EPRINTS
from connectors.evergreen import SYSTEM as EVERGREEN
from connectors.http import open_client
from connectors.http.exchange import read_exchange
from connectors.omeka_s import SYSTEM as OMEKA
from connectors.sierra import SYSTEM as SIERRA
from connectors.slims import SYSTEM as SLIMS
from engine.ports import Door, Manners, Member, Names, System
from engine.sentences import say, sentences

RECORDINGS = Path(__file__).parents[1] / "recordings"


class _Server(httpx.AsyncBaseTransport):
    """Answers an address that holds a word with the body of a recording, and everything else with "not found"."""

    def __init__(self, answers: Iterable[tuple[str, str]]) -> None:
        self._answers = [(word, read_exchange((RECORDINGS / file).read_bytes(), name=file)) for word, file in answers]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        for word, exchange in self._answers:
            if word in target:
                return httpx.Response(200, headers=list(exchange.headers), content=exchange.body, request=request)
        return httpx.Response(404, request=request)


_CASES = [
    (SLIMS, [("resultXML", "slims-sonla/full-page/001-list.exchange")],
     {"finding.slims.xml": True, "finding.copies.closed": False}),
    (SLIMS, [("keywords", "slims-quynhon/full-page/001-list.exchange")],
     {"finding.slims.no-xml": False, "finding.copies.closed": False}),
    (EPRINTS, [("export_", "eprints-hoabinh/full-page/002-export.exchange"),
               ("/cgi/search", "eprints-hoabinh/full-page/001-page.exchange")], {"finding.eprints.export": True}),
    (EPRINTS, [("/cgi/search/archive/simple?", "eprints-hoabinh/full-page/001-page.exchange")],
     {"finding.eprints.no-export": False}),
    (OMEKA, [("api/items", "omeka-hue/full-page/001-items.exchange"),
             ("api/sites", "omeka-hue/full-page/002-sites.exchange")],
     {"finding.omeka-s.counts": True, "finding.omeka-s.site": True}),
    (OMEKA, [("api/items", "omeka-caobang/full-page/002-two.exchange")],
     {"finding.omeka-s.no-count": False, "finding.omeka-s.no-site": False}),
    (EVERGREEN, [("opensearch", "evergreen-dalat/full-page/001-list.exchange")],
     {"finding.copies.told": True, "finding.evergreen.at-once": True}),
    (SIERRA, [("SEARCH=", "sierra-haiphong/full-page/001-list.exchange"),
              ("/marc", "sierra-haiphong/full-page/002-marc-1.exchange"),
              ("record=", "sierra-sapa/one-hit/001-record.exchange")],
     {"finding.innovative.marc": True, "finding.copies.told": True}),
    (ENCORE, [("C__S", "encore-vungtau/full-page/001-hits.exchange")],
     {"finding.innovative.no-marc": False, "finding.copies.closed": False}),
]  # fmt: skip


@pytest.mark.parametrize(("system", "answers", "expected"), _CASES)
async def test_what_a_server_gives_away_is_found_out(
    system: System, answers: list[tuple[str, str]], expected: dict[str, bool]
) -> None:
    manners = Manners(spacing_ms=0, parallel=4)
    member = Member(id="m", system=system.name, url="https://x.example.org", name=Names("a", "b"), manners=manners)
    client = open_client(member, user_agent="test", clock=time.time, transport=_Server(answers))
    assert system.examine is not None
    found = await system.examine(member, system.settings(), Door(client=client, clock=time.time))
    assert {finding.reason.code: finding.is_well for finding in found} == expected
    assert all(finding.reason.code in sentences() for finding in found)
    assert all("{" not in say(finding.reason, language) for finding in found for language in ("vi", "en"))
