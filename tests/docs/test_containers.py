"""The image and the compose files agree with what they are made of: packages, versions, settings, ports."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from demo.members import FIRST_PORT
from engine.app import House, read_house
from index.elastic.settings import elastic_settings
from tests.elastic import VERSION
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MOUNTED = "/etc/lienthu/"


def instructions(name: str) -> list[list[str]]:
    """The words of each instruction of that name in the Dockerfile, in order."""
    whole = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    rows = [line.partition(" ") for line in whole.splitlines()]
    return [shlex.split(rest) if "[" not in rest else [rest] for kind, _, rest in rows if kind == name]


def compose(*names: str) -> dict[str, Any]:
    """The services of compose files, each laid over the one before."""
    services: dict[str, Any] = {}
    for name in names:
        for service, said in yaml.safe_load((ROOT / name).read_text("utf-8"))["services"].items():
            services[service] = services.get(service, {}) | said
    return services


BOTH = pytest.mark.parametrize("files", [("compose.yaml",), ("compose.yaml", "compose.demo.yaml")], ids=len)


def house_of(service: dict[str, Any]) -> House:
    """The settings that an instance finds under the name that compose gives it."""
    return read_house(ROOT / "config" / service["environment"]["LIENTHU_CONFIG"].removeprefix(MOUNTED))


def copied() -> set[str]:
    return {source for words in instructions("COPY") if "--from=built" not in words for source in words[:-1]}


def test_the_image_is_built_from_all_that_the_project_is_installed_from() -> None:
    packages = {pattern.rstrip("*") for pattern in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    files = {"pyproject.toml", "constraints.txt", PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]}
    assert copied() == packages | files | {"config"}


def test_what_the_image_copies_passes_dockerignore_and_the_rest_does_not() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").split("\n")
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert {path.partition("/")[0] for path in let_in} == copied()
    assert let_in - copied() == {f"config/{path.name}" for path in (ROOT / "config").iterdir()}


def test_the_labels_say_what_the_project_says() -> None:
    (words,) = instructions("LABEL")
    labels = dict(word.removeprefix("org.opencontainers.image.").split("=", 1) for word in words)
    assert labels["version"] == PROJECT["project"]["version"]
    assert labels["licenses"] == PROJECT["project"]["license"]
    assert PROJECT["project"]["description"].lower() == f"{labels['title']}: {labels['description']}".lower()


def test_the_image_has_the_oldest_python_that_the_pins_are_for() -> None:
    bases = {words[0] for words in instructions("FROM")}
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert bases == {f"python:{oldest}-slim-bookworm"}


def test_the_health_check_is_well_only_while_the_service_of_the_image_answers(tmp_path: Path) -> None:
    ((check,), (command,), (entry,)) = (instructions(name)[0] for name in ("HEALTHCHECK", "CMD", "ENTRYPOINT"))
    (exposed,) = instructions("EXPOSE")[0]
    port = str(free_port())
    asks = [word.replace(exposed, port) for word in json.loads(check.partition("CMD ")[2])]
    serves = [word.replace(exposed, port) for word in json.loads(command)]
    assert (asks[0], json.loads(entry)) == ("python", ["lienthu"])
    assert port in serves
    asks[0] = sys.executable
    assert subprocess.run(asks, check=False, stderr=subprocess.DEVNULL).returncode != 0
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", *serves, "--config", str(ROOT / "config" / "lienthu.toml")],
        cwd=tmp_path,  # its index goes where the service is started
        env={"PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            client.get(f"http://127.0.0.1:{port}/healthz").raise_for_status()
        assert subprocess.run(asks, check=False).returncode == 0
        assert (tmp_path / "var" / "index.sqlite").is_file()
    finally:
        process.terminate()
        assert process.wait(15) == 0


def test_the_settings_that_the_image_names_are_among_those_it_holds() -> None:
    (words,) = instructions("ENV")
    named = dict(word.split("=", 1) for word in words)["LIENTHU_CONFIG"]
    assert (ROOT / "config" / named.removeprefix(MOUNTED)).is_file()
    assert ["config", MOUNTED.rstrip("/")] in instructions("COPY")


@BOTH
def test_both_instances_share_the_elasticsearch_that_the_tests_know(files: tuple[str, ...]) -> None:
    services = compose(*files)
    assert services["elasticsearch"]["image"].rpartition(":")[2] == VERSION
    for name in ("one", "two"):
        house = house_of(services[name])
        assert house.settings.index.backend == "elasticsearch"
        options = elastic_settings(house.settings.index.options)
        assert options.urls == ("http://elasticsearch:9200",)
        assert options.plain
        assert set(services[name]["networks"]) & set(services["elasticsearch"]["networks"])


@BOTH
def test_one_service_builds_the_image_and_no_other_is_pulled_in_its_name(files: tuple[str, ...]) -> None:
    ours = {name: said for name, said in compose(*files).items() if said["image"] == "lienthu"}
    assert [name for name, said in ours.items() if "build" in said] == ["one"]
    assert {said["pull_policy"] for said in ours.values()} == {"never"}


def test_each_instance_is_reached_at_the_port_that_the_image_listens_on() -> None:
    services = compose("compose.yaml")
    (exposed,) = instructions("EXPOSE")[0]
    ports = [services[name]["ports"][0].split(":") for name in ("one", "two")]
    assert [port[0] for port in ports] == ["127.0.0.1"] * 2
    assert [port[2] for port in ports] == [exposed] * 2
    docs = (ROOT / "docs" / "containers.md").read_text("utf-8")
    assert [port[1] for port in ports if f"<http://127.0.0.1:{port[1]}/>" in docs] == ["8081", "8082"]


def test_the_demo_has_the_libraries_that_its_members_are_asked_at() -> None:
    services = compose("compose.yaml", "compose.demo.yaml")
    for name in ("one", "two"):
        libraries = services[f"libraries-of-{name}"]
        assert libraries["network_mode"] == f"service:{name}"
        assert libraries["entrypoint"][-2:] == ["--first-port", str(FIRST_PORT)]
        asked = [member for member, _ in house_of(services[name]).members if member.enabled]
        assert len(asked) == 8
        assert all(f"//127.0.0.1:{FIRST_PORT + number}/" in "".join(one.url for one in asked) for number in range(8))
