"""Recordings hold no persons and no sessions, and stay as long as they were."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.http.personal import without_persons
from connectors.http.recording import Recorder, Replay


@pytest.mark.parametrize(
    ("text", "gone", "kept"),
    [
        ("Liên hệ: lan.nguyen@thuvien.example.vn, 024 38", ["lan.nguyen", "thuvien.example"], ["Liên hệ: ", "024 38"]),
        ("mailto:ban%40lib.example.org?subject=a", ["ban%40lib"], ["subject=a"]),
        ("<borrowernumber>42</borrowernumber><surname>Ngô</surname><title>Vợ nhặt</title>", ["42", "Ngô"], ["Vợ nhặt"]),
        ("<ns:cardnumber type='a'>SV123</ns:cardnumber>", ["SV123"], ["type='a'"]),
        ('{"patron_id": 4711, "firstname": "Hoa \\"H\\"", "title": "Số đỏ"}', ["4711", "Hoa"], ["Số đỏ"]),
        ('<a href="/opac;jsessionid=A1B2C3D4E5F6?id=9">', ["A1B2C3D4E5F6"], [";jsessionid=", "?id=9"]),
        ('<a href="?PHPSESSID=abcdef123456&amp;q=1">', ["abcdef123456"], ["PHPSESSID=", "q=1"]),
        ('<a href="/F/8XQVK1D9RVA7LSYR2NTE-01234?func=short">', ["8XQVK1D9RVA7LSYR2NTE"], ["?func=short"]),
        ("/(S(lit3py55t21z5v55vlm25s55))/kq.aspx", ["lit3py55t21z5v55vlm25s55"], ["/kq.aspx"]),
        ("Submitted by Trần Văn Ba (tvb@x.example) on 2019-05-06T07", ["Trần", "Ba "], ["2019-05-06"]),
        ('<span class="item-status checkedout">Cho Lò Pao mượn (123)</span><b>Sử</b>', ["Pao", "123"], ["<b>Sử</b>"]),
        ('<tr data-borrowernumber="77" data-biblionumber="12">', ['"77"'], ['data-biblionumber="12"']),
    ],
)  # fmt: skip
def test_what_tells_of_a_person_or_a_session_is_written_over(text: str, gone: list[str], kept: list[str]) -> None:
    clean = without_persons(text.encode())
    assert len(clean) == len(text.encode())
    for part in gone:
        assert part.encode() not in clean
    for part in kept:
        assert part.encode() in clean


@pytest.mark.parametrize(
    "text",
    [
        '{"isbn": ["9786049270086"], "keywords": "email marketing"}',
        "<title>Nghệ thuật viết e-mail @ công sở</title>",
        "/F?func=find-b&request=history",
        "<subfield code='a'>Nguyễn Nhật Ánh, 1955-</subfield>",
        "a@b",
    ],
)
def test_what_describes_books_stays(text: str) -> None:
    assert without_persons(text.encode()) == text.encode()


@given(some.binary(max_size=300))
def test_any_octets_keep_their_length(text: bytes) -> None:
    assert len(without_persons(text)) == len(text)


def all_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_a_session_that_a_page_gave_is_asked_for_again_as_it_was_recorded(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/":
            return httpx.Response(200, text='<a href="/F/8XQVK1D9RVA7LSYR2NTE-01234?func=short">b@c.example</a>')
        return httpx.Response(200, text=f"đây là {request.url.path}")

    async with httpx.AsyncClient(transport=Recorder(httpx.MockTransport(answer), tmp_path)) as client:
        first = await client.get("http://lib.example.org/")
        await client.get("http://lib.example.org" + first.text.split('"')[1])
    written = all_of(tmp_path)
    assert b"8XQVK1D9" not in written
    assert b"b@c" not in written
    async with httpx.AsyncClient(transport=Replay(tmp_path)) as client:
        again = await client.get("http://lib.example.org/")
        second = await client.get("http://lib.example.org" + again.text.split('"')[1])
    assert second.text.startswith("đây là /F/xxxx")
