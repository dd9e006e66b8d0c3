"""What ASP.NET WebForms puts around a form: hidden state that must come back as it was sent, and a session by cookie.

Source: ASP.NET's documentation of view state, event validation, session state and request validation; the words of its
error pages are those that a server shows where `customErrors` is on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final

from demo.server import Reply, Request
from demo.xml_text import escaped

HTML: Final = "text/html; charset=utf-8"
_COOKIE: Final = "ASP.NET_SessionId"
_MOST_SESSIONS: Final = 500
_KEY: Final = b"machineKey of the demo"

SCRIPT: Final = """<script type="text/javascript">
//<![CDATA[
var theForm = document.forms['{form}'];
function __doPostBack(eventTarget, eventArgument) {{
    theForm.__EVENTTARGET.value = eventTarget; theForm.__EVENTARGUMENT.value = eventArgument; theForm.submit();
}}
//]]>
</script>
"""


class WebForms:
    """The state of one application's forms, and its sessions. `application` is its virtual directory."""

    def __init__(self, application: str) -> None:
        self.application = application
        self._sessions: dict[str, dict[str, str]] = {}

    def session(self, request: Request) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
        """Return what the server keeps for a reader, and the header that begins a session where there was none."""
        cookies = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
        known = {name: value for name, _, value in cookies}.get(_COOKIE, "")
        if re.fullmatch(r"[0-9a-z]{24}", known):
            # A session that has ended begins anew under the same name.
            return self._sessions.setdefault(known, {}), ()
        if len(self._sessions) >= _MOST_SESSIONS:
            self._sessions.clear()
        name = hashlib.sha256(f"{self.application}/{len(self._sessions)}".encode()).hexdigest()[:24]
        return self._sessions.setdefault(name, {}), (
            ("Set-Cookie", f"{_COOKIE}={name}; path=/; HttpOnly; SameSite=Lax"),
        )

    def forget_sessions(self) -> None:
        """End every session, as the recycling of an application pool does."""
        self._sessions.clear()

    def form(self, page: str, inner: str, *, names: Iterable[str], form: str = "form1") -> str:
        """Return a form whose state allows a post-back of these controls."""
        allowed = ",".join(sorted(names))
        fields = {
            "__EVENTTARGET": "", "__EVENTARGUMENT": "", "__VIEWSTATE": _signed(page),
            "__VIEWSTATEGENERATOR": _digest(page.encode())[:8].upper(), "__EVENTVALIDATION": _signed(allowed),
        }  # fmt: skip
        hidden = "".join(
            f'<input type="hidden" name="{name}" id="{name}" value="{value}" />\n' for name, value in fields.items()
        )
        return (
            f'<form method="post" action="./{page}" id="{form}">\n<div class="aspNetHidden">\n{hidden}</div>\n'
            f"{SCRIPT.format(form=form)}{inner}\n</form>"
        )

    def refusal(self, request: Request, page: str) -> Reply | None:
        """Return the error that answers a post-back whose state is not what was sent for this page."""
        asked = request.parameters
        if _opened(asked.get("__VIEWSTATE", "")) != page:
            return self.error(
                "Validation of viewstate MAC failed. If this application is hosted by a Web Farm or cluster, ensure"
                " that &lt;machineKey&gt; configuration specifies the same validationKey and validation algorithm."
            )
        allowed = (_opened(asked.get("__EVENTVALIDATION", "")) or "").split(",")
        target = asked.get("__EVENTTARGET", "")
        if target and target not in allowed:
            return self.error(
                "Invalid postback or callback argument. Event validation is enabled using"
                ' &lt;pages enableEventValidation="true"/&gt; in configuration.'
            )
        return None

    def error(self, description: str = "", status: int = 500) -> Reply:
        """Return ASP.NET's own page of an error."""
        kind = description or "Runtime Error"
        page = (
            f'<!DOCTYPE html>\n<html>\n<head><title>{kind.partition(".")[0]}</title></head>\n<body bgcolor="white">\n'
            f"<span><H1>Server Error in '{escaped(self.application or '/')}' Application."
            f"<hr width=100% size=1 color=silver></H1>\n<h2> <i>{kind}</i> </h2></span>\n"
            "<b> Description: </b>An application error occurred on the server."
            "<br><br>\n</body>\n</html>\n"
        )
        return Reply(page.encode(), HTML, status)


def is_dangerous(path: str) -> bool:
    """Whether ASP.NET refuses a path before any page sees it: `requestPathInvalidCharacters`.

    >>> is_dangerous("/pages/C++: cơ bản.html")
    True
    """
    return any(letter in path for letter in "<>*%&:\\?")


def moved(where: str, *headers: tuple[str, str]) -> Reply:
    """Return ASP.NET's redirect, with the page that it sends along."""
    link = f'<a href="{escaped(where)}">here</a>'
    body = f"<html><head><title>Object moved</title></head><body>\n<h2>Object moved to {link}.</h2>\n</body></html>\n"
    return Reply(body.encode(), HTML, 302, (("Location", where), *headers))


def _digest(text: bytes) -> str:
    return hmac.new(_KEY, text, "sha256").hexdigest()


def _signed(text: str) -> str:
    inner = text.encode()
    return base64.b64encode(_digest(inner).encode()[:32] + inner).decode()


def _opened(state: str) -> str | None:
    """Return what was signed, None for anything that this server did not sign."""
    try:
        inner = base64.b64decode(state, validate=True)
    except ValueError:
        return None
    return inner[32:].decode() if inner[:32] == _digest(inner[32:]).encode()[:32] else None
