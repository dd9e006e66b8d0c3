"""Pages that stand before a catalogue and come with 200: each is a refusal, and never a catalogue without hits."""

from __future__ import annotations

import pytest

from connectors.reading.html import parse_html, refuse_other_pages
from engine.errors import RefusedError, UnreadableError

ANUBIS = """<!doctype html><html lang="vi"><head><title>Xin đợi</title>
<link rel="stylesheet" href="/.within.website/x/xess/xess.min.css"></head><body id="top"><main><h1>Xin đợi</h1></main>
<script id="anubis_version" type="application/json">"v1.21.3"</script></body></html>"""
CLOUDFLARE = """<!DOCTYPE html><html lang="vi"><head><title>Vui lòng đợi...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>(function(){window._cf_chl_opt={cvId:'3',cZone:"thuvien.example.org"};}());</script></body></html>"""
INCAPSULA = """<html><head><META NAME="robots" CONTENT="noindex,nofollow"></head><body>
<iframe src="/_Incapsula_Resource?CWUDNSAI=9" frameborder=0>Request unsuccessful.</iframe></body></html>"""
COOKIE = """<html><body><script>document.cookie="D1N=5a1f"+"; expires=Fri, 31-Dec-2099 23:59:59 GMT; path=/";
window.location.reload(true);</script></body></html>"""
IN_WORDS = "<html><head><title>Xác minh bạn là con người</title></head><body><form></form></body></html>"


@pytest.mark.parametrize("page", [ANUBIS, CLOUDFLARE, INCAPSULA, COOKIE, IN_WORDS])
def test_a_page_that_only_wants_a_browser_to_prove_itself_is_a_refusal(page: str) -> None:
    with pytest.raises(RefusedError):
        refuse_other_pages(parse_html(page.encode()))


def test_an_empty_page_whose_script_counts_its_readers_is_just_another_page() -> None:
    script = "<script>document.cookie = 'id=1'; send(window.location.href); if (location == top.location) {}</script>"
    with pytest.raises(UnreadableError):
        refuse_other_pages(parse_html(f"<html><body><ds-app></ds-app>{script}</body></html>".encode()))


def test_a_page_with_words_that_sets_a_cookie_of_its_own_is_just_another_page() -> None:
    words = "Thư viện mở cửa từ thứ hai đến thứ sáu. " * 12
    script = "<script>document.cookie='lang=vi'; window.location.reload();</script>"
    with pytest.raises(UnreadableError):
        refuse_other_pages(parse_html(f"<html><body>{script}<p>{words}</p></body></html>".encode()))
