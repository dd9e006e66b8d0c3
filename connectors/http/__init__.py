"""The guarded client: how every connector that speaks HTTP reaches its member.

Limits, manners, retry, recording and replay are httpx transports around a transport; `open_client` puts them together.
"""

from connectors.http.client import open_client as open_client
