"""As the operator would: an address becomes a member file that works, is checked, recorded, and told in a report."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from lxml import html
from typer.testing import CliRunner

from connectors.battery.cases import read_library
from connectors.battery.opening import replayed
from connectors.sru import SYSTEM as SRU
from demo.faces import FACES as FURTHER
from engine.app import Systems
from engine.cli import app
from tests.servers import Running, free_port, made_up_records, zebra, ztest

# The demo's systems: a library, the path that a person knows of it, and the systems that are a right answer.
# A new face at a port of its own joins by itself.
FACES = [
    ("song-hong", "/", {"sru"}),
    ("song-hong", "/biblio", {"sru"}),
    ("song-hong", "/biblio?version=1.1&operation=searchRetrieve&query=sach", {"sru"}),
    ("ba-vi", "/biblios", {"sru"}),
    ("ba-vi", "/", {"koha"}),
    ("ba-vi", "/cgi-bin/koha/opac-main.pl", {"koha"}),
    ("hoa-phuong", "/view/sru/84HPU_INST", {"sru", "alma"}),
    ("hoa-phuong", "/", {"sru"}),
    ("song-cau", "/sru", {"sru"}),
    ("song-cau", "/", {"dspace"}),
    ("song-cau", "/server/api", {"dspace"}),
    ("vinh-ngoc", "/sru/catalog", {"sru"}),
    ("song-lo", "/api/SRU", {"sru"}),
    ("non-nuoc", "/opac-demo-nn", {"sru"}),
    ("non-nuoc", "/", {"sru"}),
    ("che-xanh", "/cgi-bin/sru.exe", {"sru"}),
    ("che-xanh", "/", {"sru", "dspace"}),
    *((face.id, face.entrance, {face.system}) for face in FURTHER),
]

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """Where each library of a running demo is, without its path."""
    process = subprocess.Popen([sys.executable, "-m", "demo.federation"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield {one["id"]: f"http://127.0.0.1:{one['port']}" for one in [*told["libraries"], *told["faces"]]}
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()


@pytest.fixture
def lienthu(tmp_path: Path) -> Run:
    """Run `lienthu member ...` over a configuration of its own."""
    (tmp_path / "members").mkdir()
    (tmp_path / "lienthu.toml").write_text('[contact]\nemail = "admin@lienthu.example"\n', "utf-8")

    def run(*arguments: str) -> Result:
        more = ["--config", str(tmp_path / "lienthu.toml")]
        if arguments[0] in {"detect", "record"}:
            more += ["--recordings", str(tmp_path / "recordings")]
        if "--lang" not in arguments:
            more += ["--lang", "en"]
        return CliRunner().invoke(app, ["member", *arguments, *more])

    return run


def detected(result: Result) -> dict[str, object]:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    found: dict[str, object] = json.loads(result.output)
    return found


@pytest.mark.parametrize(("library", "path", "systems"), FACES)
def test_each_system_of_the_demo_is_named_from_its_address(
    addresses: dict[str, str], lienthu: Run, library: str, path: str, systems: set[str]
) -> None:
    result = lienthu("detect", addresses[library] + path, "--json", "--id", library)
    told = detected(result)
    assert told.get("system") in systems, told["steps"]
    assert told["requests"] <= 12
    if (
        told["system"] in NEEDS_FIELDS
    ):  # each library calls its fields as it likes: only a person can tell which is which
        assert [trial["failure"]["code"] for trial in told["trials"]] == ["failure.unreadable"] * 2
        return
    assert told["works"] is True, told["trials"]
    assert result.exit_code == 0


NEEDS_FIELDS = {"elasticsearch"}
"""Each library calls its fields there as it likes: only a person can tell which is which."""


def test_a_detected_library_is_checked_recorded_and_replayed(
    addresses: dict[str, str], lienthu: Run, tmp_path: Path
) -> None:
    assert detected(lienthu("detect", addresses["song-hong"] + "/biblio", "--json", "--id", "song-hong"))["answers"]
    text = (tmp_path / "members" / "song-hong.toml").read_text("utf-8")
    assert "enabled = false" in text
    assert "# tried «kinh tế»: 10 records of " in text
    recorded = lienthu("record", "song-hong", "nhan đề:kinh tế vi mô", "--count", "5", "--name", "vi mô")
    assert recorded.exit_code == 0, recorded.output
    library = read_library(tmp_path / "recordings" / "song-hong" / "song-hong.toml", SRU)
    kinds = {case.folder.name: case.kind.value for case in library.cases}
    assert kinds == {"history": "full-page", "kinh-te": "full-page", "qxzjwvk": "no-hits", "vi-mo": "full-page"}
    case = next(case for case in library.cases if case.folder.name == "vi-mo")
    assert case.answer is not None
    assert len(case.answer.placed) == 5
    assert all("vi mô" in placed.record.title.lower() for placed in case.answer.placed)


async def test_what_was_recorded_gives_the_same_answer_without_the_server(
    addresses: dict[str, str], lienthu: Run, tmp_path: Path
) -> None:
    import asyncio  # noqa: PLC0415 - the command has a loop of its own

    await asyncio.to_thread(lienthu, "detect", addresses["ba-vi"] + "/", "--id", "ba-vi")
    system = Systems()["koha"]
    library = read_library(tmp_path / "recordings" / "ba-vi" / "ba-vi.toml", system)
    assert len(library.cases) == 3
    for case in library.cases:
        assert await replayed(system, library, case) == case.answer


def test_a_member_file_is_never_written_over_unless_told(
    addresses: dict[str, str], lienthu: Run, tmp_path: Path
) -> None:
    file = tmp_path / "members" / "nha.toml"
    file.write_text("# mine\n", "utf-8")
    refused = lienthu("detect", addresses["song-hong"] + "/biblio", "--id", "nha")
    assert refused.exit_code != 0
    assert "--force" in str(refused.exception)
    assert file.read_text("utf-8") == "# mine\n"
    assert lienthu("detect", addresses["song-hong"] + "/biblio", "--id", "nha", "--force", "--enable").exit_code == 0
    assert "enabled = true" in file.read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_told_before_anybody_is_asked(lienthu: Run, tmp_path: Path) -> None:
    (tmp_path / "recordings").touch()
    nobody = f"http://127.0.0.1:{free_port()}/"
    refused = lienthu("detect", nobody, "--id", "nha")
    assert "--no-recordings" in str(refused.exception)
    assert refused.output == ""
    assert "robots.txt" in lienthu("detect", nobody, "--id", "nha", "--no-recordings").output
    (tmp_path / "members").rmdir()
    (tmp_path / "members").touch()
    refused = lienthu("detect", nobody, "--id", "nha", "--no-recordings")
    assert f"{tmp_path}/members: no file can be written here" in str(refused.exception)
    assert refused.output == ""


def test_a_check_tells_what_works_and_what_to_mend(addresses: dict[str, str], lienthu: Run, tmp_path: Path) -> None:
    for library, path in (("song-hong", "/biblio"), ("che-xanh", "/cgi-bin/sru.exe")):
        lienthu("detect", addresses[library] + path, "--id", library, "--no-recordings")
    (tmp_path / "members" / "mat.toml").write_text(
        f'system = "sru"\nurl = "http://127.0.0.1:{free_port()}/"\nenabled = false\n'
        '[name]\nvi = "Mất <b>"\nen = "Lost <b>"\n[manners]\nprivate_network = true\n',
        "utf-8",
    )
    report = tmp_path / "report.html"
    result = lienthu("check", "--all", "--json", "--html", str(report))
    assert result.exit_code == 1, "one of them does not answer"
    members = {one["id"]: one for one in json.loads(result.output)}
    well = {line["what"] for line in members["song-hong"]["lines"] if line["verdict"] == "well"}
    assert {
        "answers", "version", "explain", "schema", "field.title", "field.person", "field.subject", "field.isbn",
        "marks.bare", "paging", "nothing", "odd", "encoding", "robots", "times",
    } <= well  # fmt: skip
    assert members["song-hong"]["answers"] is True
    old = {line["what"]: line for line in members["che-xanh"]["lines"] if line["verdict"] == "wanting"}
    assert "encoding.apart" in old
    assert "NFC" in old["encoding.apart"]["sentence"]["en"]
    assert "encoding.old" in old
    lost = members["mat"]
    assert lost["answers"] is False
    assert lost["lines"][0]["code"] == "checkup.fails.unreachable"
    page = html.fromstring(report.read_text("utf-8"))
    assert page.get("lang") == "en"
    assert [heading.text_content() for heading in page.iter("h2")] == [
        "Thư viện mẫu Cao đẳng Chè Xanh (not enabled)", "Lost <b> (not enabled)",
        "Thư viện mẫu Đại học Sông Hồng (not enabled)",
    ]  # fmt: skip
    assert not page.xpath("//script | //b | //link | //img")
    assert all(cell.get("scope") for cell in page.iter("th"))


def test_a_check_of_one_member_speaks_vietnamese(addresses: dict[str, str], lienthu: Run) -> None:
    lienthu("detect", addresses["song-hong"] + "/biblio", "--id", "song-hong", "--no-recordings")
    result = lienthu("check", "song-hong", "--lang", "vi")
    assert result.exit_code == 0, result.output
    assert "Máy chủ trả lời: tìm «kinh tế» được" in " ".join(result.output.split())


# Servers that are no catalogue -----------------------------------------------------------


@contextmanager
def server(answer: Callable[[str], tuple[int, dict[str, str], bytes]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A server on loopback; gives its address and the requests as they come: path, User-Agent."""
    asked: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("User-Agent", "")))
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", asked
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def test_a_stranger_is_asked_twelve_times_at_the_most_and_told_by_what_is_seen(lienthu: Run, tmp_path: Path) -> None:
    body = b'<title>Shop</title><form action="/find"><input name="q"></form><a href="/opac">OPAC</a>'
    with server(lambda _: (200, {"Content-Type": "text/html"}, body)) as (url, asked):
        result = lienthu("detect", url, "--id", "shop")
    assert result.exit_code == 1
    assert 5 < len(asked) <= 12
    assert {agent.partition("/")[0] for _, agent in asked} == {"LienThu"}
    assert all("admin@lienthu.example" in agent for _, agent in asked)
    assert "Shop" in result.output
    text = (tmp_path / "members" / "shop.toml").read_text("utf-8")
    assert 'system = "declared"' in text
    assert 'path = "/find"' in text
    assert lienthu("list").exit_code == 0, "an unfinished draft holds nobody up"


def test_robots_that_forbid_all_are_honoured_unless_the_library_agreed(lienthu: Run) -> None:
    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n"
        return 200, {"Content-Type": "text/html"}, b"<title>Secret</title>"

    with server(answer) as (url, asked):
        result = lienthu("detect", url, "--id", "a")
        assert [path for path, _ in asked] == ["/robots.txt"]
        assert "robots.txt keeps programs out" in " ".join(result.output.split())
        lienthu("detect", url, "--id", "b", "--agreed")
        assert len(asked) > 5


def test_a_redirect_to_another_host_is_told_and_not_followed(lienthu: Run) -> None:
    with server(lambda _: (302, {"Location": "http://other.example.org/opac"}, b"")) as (url, asked):
        result = lienthu("detect", url, "--id", "a")
    assert [path for path, _ in asked] == ["/robots.txt", "/"]
    assert "http://other.example.org/opac" in result.output


def test_a_portal_of_no_known_system_names_the_command_that_goes_on(lienthu: Run) -> None:
    body = b'<title>Blog</title><a href="https://opac.example.edu.vn/">OPAC</a>'
    with server(lambda path: (200 if path == "/" else 404, {"Content-Type": "text/html"}, body)) as (url, _):
        result = lienthu("detect", url, "--id", "a")
    assert "lienthu member detect https://opac.example.edu.vn/ --id a --force" in " ".join(result.output.split())


def test_a_page_that_wants_a_password_is_asked_no_further(lienthu: Run, tmp_path: Path) -> None:
    with server(lambda _: (401, {"WWW-Authenticate": "Basic"}, b"")) as (url, asked):
        result = lienthu("detect", url, "--id", "a")
    assert [path for path, _ in asked] == ["/robots.txt", "/"]
    assert "wants a name and a password" in " ".join(result.output.split())
    assert not (tmp_path / "members" / "a.toml").exists()


@pytest.mark.parametrize(
    ("status", "mend"), [(404, "copy the address of the page"), (403, "let our network address in")]
)
def test_an_address_that_shows_nothing_is_told_with_what_to_do(lienthu: Run, status: int, mend: str) -> None:
    with server(lambda _: (status, {"Content-Type": "text/html"}, b"")) as (url, _):
        result = lienthu("detect", url, "--id", "a")
    assert result.exit_code == 1
    assert mend in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b""), (200, b"<login><error>User is not authorized to use this service</error></login>")],
)
def test_an_aleph_whose_x_server_is_shut_is_told_with_the_other_way_in(lienthu: Run, status: int, body: bytes) -> None:
    opac = b'<title>OPAC</title><a href="/F?func=find-b-0&amp;local_base=ABC01">Tim</a>'

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        if path.startswith("/X"):
            return status, {"Content-Type": "text/xml"}, body
        return (200, {"Content-Type": "text/html"}, opac) if path in {"/", "/F"} else (404, {}, b"")

    with server(answer) as (url, _):
        detected = lienthu("detect", url, "--id", "a")
        checked = lienthu("check", "a")
    for result in (detected, checked):
        assert result.exit_code == 1
        assert "ask for the port and database of its Z39.50 server" in " ".join(result.output.split())


def test_redirects_without_end_and_a_dead_address_end_too(lienthu: Run, tmp_path: Path) -> None:
    count = iter(range(10_000))
    with server(lambda _: (302, {"Location": f"/{next(count)}"}, b"")) as (url, asked):
        assert lienthu("detect", url, "--id", "a").exit_code == 1
    assert len(asked) <= 12
    dead = lienthu("detect", f"http://127.0.0.1:{free_port()}/", "--id", "b")
    assert dead.exit_code == 1
    assert "cannot be reached" in " ".join(dead.output.split())
    assert not (tmp_path / "members" / "b.toml").exists()


# Z39.50 ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def z_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Running]]:
    folder = tmp_path_factory.mktemp("z")
    records = made_up_records(folder / "records.xml")
    with ztest(folder / "ztest") as first, zebra(folder / "zebra", [records], iso2709=False) as second:
        yield first, second


@pytest.mark.needs("zebrasrv", "yaz-ztest")
def test_z3950_is_told_by_protocol_from_a_bare_host_and_port(lienthu: Run, z_servers: tuple[Running, Running]) -> None:
    for number, running in enumerate(z_servers):
        told = detected(lienthu("detect", f"127.0.0.1:{running.port}", "--json", "--id", f"z{number}"))
        assert told["system"] == "z3950"
        assert told["requests"] == 1
        assert told["answers"] is True, told["trials"]


@pytest.mark.needs("zebrasrv", "yaz-ztest")
def test_the_same_server_is_sru_to_who_asks_over_http(lienthu: Run, z_servers: tuple[Running, Running]) -> None:
    _, running = z_servers
    for number, url in enumerate((running.url, f"http://127.0.0.1:{running.port}/")):
        told = detected(lienthu("detect", url, "--json", "--id", f"s{number}"))
        assert (told["system"], told["answers"]) == ("sru", True), told["trials"]
