"""The page's script alone, on pages that come in pieces as a slow network brings them."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.engine.web.test_browser import ARGUMENTS

pytestmark = pytest.mark.needs("chromium")

SCRIPT = (Path(__file__).parents[3] / "engine" / "web" / "static" / "lienthu.js").read_bytes()
FIRST = b"""<!doctype html><title>Li\xc3\xaan Th\xc6\xb0</title><div id="settled"><ol class="rows">
<li class="row" data-id="first">1</li>
<script src="/lienthu.js"></script><script>fetch("/ran")</script>"""
REST = b'<li class="row" data-id="last">2</li></ol></div><p id="end">end</p>'


class InPieces(BaseHTTPRequestHandler):
    """Sends the rest of a page only after the script has run on its beginning."""

    ran = threading.Event()
    asked: ClassVar[set[str]] = set()
    were_asked = threading.Event()

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if address.path == "/lienthu.js" else "text/html")
        self.end_headers()
        if address.path == "/":
            self.wfile.write(FIRST)
            self.wfile.flush()
            assert self.ran.wait(20)
            self.wfile.write(REST)
        elif address.path == "/lienthu.js":
            self.wfile.write(SCRIPT)
        elif address.path == "/ran":
            self.ran.set()
        elif address.path == "/availability":
            self.asked.update(parse_qs(address.query)["title"])
            self.wfile.write(b'{"rows": {}}')
            if self.asked == {"first", "last"}:
                self.were_asked.set()

    def log_message(self, *_: object) -> None:
        pass


def test_rows_that_come_after_the_script_are_asked_for_too() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), InPieces)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            expect(page.locator("#end")).to_be_visible()
            assert InPieces.were_asked.wait(10), InPieces.asked
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
