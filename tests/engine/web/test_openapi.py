from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from tests.engine.simulated import Clock
from tests.engine.web.federation import many, refusing, shelf
from tests.engine.web.threads import running


@pytest.fixture(scope="module")
def described() -> Iterator[OpenApiSchema]:
    clock = Clock()
    with running(clock, shelf(clock), refusing(clock), many(clock, "neu", 12)) as service:
        config = schemathesis.Config.from_path(Path(__file__).parents[3] / "schemathesis.toml")
        yield schemathesis.openapi.from_url(f"{service.address}/api/v1/openapi.json", config=config)


PATHS = [
    "/api/v1/search",
    "/api/v1/search/stream",
    "/api/v1/availability",
    "/api/v1/export",
    "/api/v1/unapi",
    "/api/v1/titles/{id}",
    "/api/v1/titles/{id}/export",
    "/api/v1/styles/{style}.csl",
    "/api/v1/members",
    "/healthz",
    "/metrics",
    "/api/v1/openapi.json",
]


CASES = [(path, GenerationMode.POSITIVE) for path in PATHS]
CASES += [(path, GenerationMode.NEGATIVE) for path in PATHS[:5]]  # the others take nothing that could be wrong


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_every_operation_keeps_its_description(described: OpenApiSchema, path: str, mode: GenerationMode) -> None:
    @settings(
        max_examples=25,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(described[path]["GET"].as_strategy(generation_mode=mode))
    def call(case: schemathesis.Case) -> None:
        case.call_and_validate()  # with every check that schemathesis has

    call()


def test_every_operation_is_called(described: OpenApiSchema) -> None:
    assert sorted(described) == sorted(PATHS)
