"""Who is let in by a real Elasticsearch, and which settings are refused before it is asked."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.errors import SettingsError
from engine.model import Clause, Query
from index.elastic import index as open_elastic
from tests.elastic import Node, node
from tests.index.contract.shelf import Hand, answer, book, question
from tests.index.states import has, is_ready, is_well, until

pytestmark = pytest.mark.needs("elasticsearch")


def certificate(folder: Path) -> None:
    """Write a key and a certificate that vouches for itself, for this machine."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lienthu-tests",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key.pem"), "-out", str(folder / "ca.pem")],
        check=True,
        capture_output=True,
    )  # fmt: skip


def hashed(password: str) -> str:
    """Return a password as the file realm keeps it."""
    salt = b"lienthu's tests, 32 bytes of it."
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 10_000, 32)
    return f"{{PBKDF2}}10000${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Path]]:
    """A node that speaks TLS only and lets only `lienthu` in; and the folder of its certificate and password."""
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder)
    (folder / "password").write_text("mật khẩu\n", "utf-8")
    settings = {
        "xpack.security.enabled": True,
        "xpack.security.http.ssl.enabled": True,
        "xpack.security.http.ssl.key": "key.pem",
        "xpack.security.http.ssl.certificate": "ca.pem",
        "xpack.security.transport.ssl.enabled": False,
        "xpack.security.authc.realms.file.file1.order": 0,
        "xpack.security.authc.password_hashing.algorithm": "pbkdf2",
    }
    with node(settings, is_started=False) as one:
        one.prepare()
        config = one.folder / "config"
        for name in ("key.pem", "ca.pem"):
            (config / name).write_bytes((folder / name).read_bytes())
        (config / "users").write_text(
            "".join(f"{name}:{hashed('mật khẩu')}\n" for name in ("lienthu", "reader")), "utf-8"
        )
        (config / "users_roles").write_text("lienthu_index:lienthu\nlienthu_reader:reader\n", "utf-8")
        # No more than docs/elasticsearch.md tells an operator to grant.
        (config / "roles.yml").write_text(
            "lienthu_index:\n  cluster: [monitor]\n  indices:\n    - names: ['lienthu*']\n      privileges: [all]\n"
            "lienthu_reader:\n  cluster: [monitor]\n  indices:\n"
            "    - names: ['lienthu*']\n      privileges: [read, view_index_metadata, monitor]\n",
            "utf-8",
        )
        one.start()
        yield one, folder


async def test_a_name_a_password_and_an_authority_let_us_in_and_no_log_tells_them(
    guarded: tuple[Node, Path], caplog: pytest.LogCaptureFixture
) -> None:
    running, folder = guarded
    caplog.set_level(logging.DEBUG)
    options = {"urls": [running.url], "username": "lienthu", "patience_ms": 20_000.0}
    files = {"password_file": str(folder / "password"), "ca_file": str(folder / "ca.pem")}
    index = await open_elastic({**options, **files}, Hand())
    try:
        await until(index, is_well)
        index.keep(question(), answer(book()))
        await index.flush()
        assert await index.answers([question()]) == {question(): answer(book())}
        assert await index.refresh_due(5) == ()
        assert is_well(await index.state())
    finally:
        await index.close()
    assert "mật khẩu" not in caplog.text
    assert base64.b64encode("lienthu:mật khẩu".encode()).decode() not in caplog.text


async def test_a_user_who_may_only_read_reads_and_it_is_told_that_nothing_is_written(
    guarded: tuple[Node, Path],
) -> None:
    running, folder = guarded
    files = {"password_file": str(folder / "password"), "ca_file": str(folder / "ca.pem")}
    options = {"urls": [running.url], "prefix": "lienthu-read", "patience_ms": 20_000.0, **files}
    writer = await open_elastic({**options, "username": "lienthu"}, Hand())
    await until(writer, is_well)
    writer.keep(question(), answer(book("1", "Kinh tế")))
    await writer.flush()
    await writer.close()
    # Nor is anything adjusted, of what this one would choose otherwise.
    index = await open_elastic({**options, "username": "reader", "replicas": 3}, Hand())
    try:
        await until(index, is_ready)
        for number in range(5):
            assert await index.claim(question(f"mới {number}"), 5.0)
            index.keep(question(f"mới {number}"), answer(book("2", "Vật lý")))
            await index.flush()
        state = await index.state()
        assert state.is_ready
        assert has("forbidden")(state)
        assert await index.answers([question()]) == {question(): answer(book("1", "Kinh tế"))}
        assert [one.record.id for one in await index.search(Query(Clause("kinh te")), 5)] == ["1"]
    finally:
        await index.close()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"username": "lienthu", "password_env": "LIENTHU_TEST_WRONG", "ca_file": "ca.pem"}, "credentials"),
        ({"ca_file": "ca.pem"}, "credentials"),
        ({"username": "lienthu", "password_file": "password"}, "tls"),
    ],
)
async def test_who_is_not_let_in_is_told_why(
    guarded: tuple[Node, Path], options: dict[str, str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, folder = guarded
    monkeypatch.setenv("LIENTHU_TEST_WRONG", "sai")
    named = {key: str(folder / value) if key.endswith("_file") else value for key, value in options.items()}
    index = await open_elastic({"urls": [running.url], **named}, Hand())
    try:
        state = await until(index, has(code))
        assert not state.is_ready
        assert await index.answers([question()]) == {}
    finally:
        await index.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"urls": ["http://elastic.example:9200"]}, ("http://elastic.example:9200", "plain = true")),
        ({"urls": ["https://lienthu:secret@elastic.example"]}, ("password_file",)),
        ({"urls": ["elastic.example"]}, ("elastic.example", "https://")),
        ({"urls": []}, ("urls",)),
        ({"ca_file": "/nowhere/ca.pem"}, ("ca_file", "/nowhere/ca.pem")),
        ({"username": "a", "password_file": "/nowhere/password"}, ("password_file", "/nowhere/password")),
        ({"api_key_env": "LIENTHU_NO_SUCH_KEY"}, ("api_key_env", "LIENTHU_NO_SUCH_KEY")),
        ({"prefix": "Liên Thư"}, ("prefix", "Liên Thư")),
        ({"patience_ms": 0.0}, ("patience_ms", "5 or more")),
        ({"replicas": -1}, ("replicas", "0 or more")),
        ({"adress": "x"}, ("adress", "urls")),
        ({"urls": ["http://127.0.0.1:99999"]}, ("http://127.0.0.1:99999", "https://")),
        ({"urls": ["http://127.0.0.1:1", "http://127.0.0.1:1"]}, ("twice", "http://127.0.0.1:1")),
        ({"urls": ["https://127.0.0.1:1"], "ca_file": __file__}, ("ca_file", __file__, "certificate")),
        ({"username": "lienthu", "api_key_env": "PATH"}, ("username", "API key")),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_at_the_start(
    options: dict[str, object], words: tuple[str, ...]
) -> None:
    with pytest.raises(SettingsError) as caught:
        await open_elastic(options, Hand())
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert "secret" not in str(caught.value)


async def test_plain_http_to_another_machine_is_possible_where_it_is_wanted() -> None:
    index = await open_elastic({"urls": ["http://192.0.2.1:9200"], "plain": True}, Hand())
    with contextlib.suppress(TimeoutError):
        state = await index.state()
        assert not state.is_ready
    await index.close()
