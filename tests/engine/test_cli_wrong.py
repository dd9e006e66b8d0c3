"""What cannot be begun is told in one sentence in each language, with what to mend, and never with a traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MEMBER = """\
system = "sru"
url = "http://127.0.0.1:1/sru"
enabled = {enabled}

[name]
vi = "Thư viện"
en = "Library"
"""


def told(*arguments: str) -> tuple[int, str]:
    """Run the command line without a terminal; return its status and what it says on standard error."""
    ended = subprocess.run(
        [sys.executable, "-m", "engine.cli", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stderr


def configured(folder: Path, text: str = "", *, enabled: bool = True) -> str:
    """Write a configuration of one member; return its file."""
    (folder / "members").mkdir()
    (folder / "members" / "a.toml").write_text(MEMBER.format(enabled=str(enabled).lower()), "utf-8")
    file = folder / "lienthu.toml"
    file.write_text(text, "utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('[service]\nport = "abc"\n', 2, "`service.port` must be a whole number, found 'abc'"),
        ("[service]\nprot = 80\n", 2, "unknown key `prot`; did you mean `port`?"),
        ("[service\nport = 80\n", 1, "this is not TOML"),
        ('[index]\nbackend = "paper"\n', 2, "expected one of: elasticsearch, embedded, none"),
        ("[index.options]\npath = 5\n", 1, "Expected `str`, got `int`"),
        ('[members]\nfolder = "nowhere"\n', 2, "there is no such folder"),
    ],
)
def test_a_wrong_configuration_ends_with_file_line_and_what_was_expected(
    tmp_path: Path, text: str, line: int, expected: str
) -> None:
    file = configured(tmp_path, text)
    status, said = told("search", "x", "--config", file)
    assert status == 2
    assert said.startswith(
        "Cấu hình chưa dùng được; hãy sửa chỗ này:\nThe settings cannot be used as they are; please mend this:\n"
    )
    assert f"{file}:{line}: " in said
    assert expected in said


def test_a_search_without_any_enabled_library_says_how_to_enable_one(tmp_path: Path) -> None:
    status, said = told("search", "x", "--config", configured(tmp_path, enabled=False))
    assert status == 2
    assert said.startswith("Chưa thư viện nào được bật")
    assert f"No library is enabled: write enabled = true into its file in {tmp_path / 'members'}" in said


@pytest.mark.parametrize(("query", "proposal"), [('"x', '"x"'), ("x library:atlantis", "x")])
def test_a_question_that_cannot_be_read_is_answered_with_a_proposal(tmp_path: Path, query: str, proposal: str) -> None:
    status, said = told("search", query, "--config", configured(tmp_path))
    assert (status, len(said.splitlines()), said.splitlines()[2]) == (2, 3, f"→ {proposal}")


def test_an_unknown_member_is_answered_with_a_proposal(tmp_path: Path) -> None:
    status, said = told("search", "x", "--members", "nobody", "--config", configured(tmp_path))
    assert (status, said) == (2, "Không có thư viện nào tên là «nobody».\nNo library is called “nobody”.\n→ x\n")


@pytest.mark.parametrize("deadline", ["abc", "-1", "nan", "0"])
def test_a_wrong_deadline_is_refused(tmp_path: Path, deadline: str) -> None:
    status, said = told("search", "x", "--deadline", deadline, "--config", configured(tmp_path))
    assert status == 2
    assert "--deadline" in said


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_that_is_taken_is_said_before_anything_begins(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        more = ("--config", configured(tmp_path)) if command == "serve" else ()
        status, said = told(command, "--port", port, *more)
    assert status == 1
    assert said.splitlines() == [
        f"Cổng {port} của 127.0.0.1 đang có chương trình khác dùng; hãy chọn cổng khác bằng --port.",
        f"Port {port} of 127.0.0.1 is in use by another program; choose another one with --port.",
    ]
