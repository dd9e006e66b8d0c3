"""Sends a request that was made apart from its client.

A bare `client.send(request)` of httpx adds neither the client's cookies nor its headers and limits: a session would be
lost between a form and what is sent of it.
"""

from __future__ import annotations

import httpx


async def sent(
    client: httpx.AsyncClient, request: httpx.Request, extensions: dict[str, object] | None = None
) -> httpx.Response:
    """Return the answer to a request, sent with the client's cookies, headers and limits."""
    whole = client.build_request(
        request.method,
        request.url,
        content=request.content,
        headers=request.headers,
        extensions={**request.extensions, **(extensions or {})},
    )
    return await client.send(whole)
