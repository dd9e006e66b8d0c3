"""Which of several nodes is silent: it accepts connections and answers nothing, as one does that is frozen.

The client asks the nodes in turn and leaves out for a while, longer each time, one to which it could not speak. Where
we stop waiting before the client does, it would learn nothing, and every third reader would wait for a silent node of
three in vain.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from elastic_transport import AiohttpHttpNode, ConnectionError, ConnectionTimeout, NodeConfig  # noqa: A004 - theirs

IMPATIENT: Final = "nobody waits for this node any more"
"""What a call is cancelled with when it took too long, not when whoever asked has gone."""


NEAR: Final = "_local"
"""The node that is asked answers readers of what it has itself, and only asks others for what it has not: that spares a
hop, and a node that is silent costs nothing where the one that is asked has a copy. Any copy will do: what is
acknowledged stands in each."""


class ForeignError(ConnectionError):
    """Something answered in the node's place: what it says of being there or not says nothing of what we keep."""


class HeardNode(AiohttpHttpNode):
    """A node that counts as timed out when nobody waits any more, unless it has answered others meanwhile.

    Of all who stop waiting at once one says so: the client would leave it out once for each, and ask it as often.
    """

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self._judged_at = 0.0  # when it answered last, or was last found silent

    async def perform_request(  # type: ignore[override]  # all that it is called with is handed on
        self, *args: Any, **kwargs: Any
    ) -> Any:
        """Send a request. Raises ForeignError, and ConnectionTimeout when the call is cancelled with `IMPATIENT`."""
        began = time.monotonic()
        try:
            answer = await super().perform_request(*args, **kwargs)
        except asyncio.CancelledError as error:
            if error.args == (IMPATIENT,) and self._judged_at < began:
                self._judged_at = time.monotonic()
                raise ConnectionTimeout(IMPATIENT) from error
            raise
        status, product = answer.meta.status, answer.meta.headers.get("x-elastic-product")
        if (status < 300 or status == 404) and product != "Elasticsearch":
            raise ForeignError(f"HTTP {status}")
        self._judged_at = time.monotonic()
        return answer
