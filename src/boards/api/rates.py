"""Bounds how often somebody asks: by token, by session, or by address for who shows neither.

It counts in the memory of one process. What is guessed at, such as passwords, has its own and much
narrower bounds where it is checked.
"""

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boards.api.credentials import SESSION_COOKIE
from boards.api.errors import STATUSES, answer
from boards.api.links import API
from boards.errors import Throttled
from boards.services.throttle import Allowance, Throttle, network_of

__all__ = ["RateLimits", "Rates"]

COUNTED = (f"{API}/", "/graphql")
EXEMPT = (f"{API}/webhooks/",)
"""Providers call from few addresses, and prove each call by its signature."""
WRONG_PER_MINUTE = 300
KNOWN = 20_000
_MINUTE = 60.0


@dataclass(frozen=True, kw_only=True)
class RateLimits:
    """How many requests a minute; 0 for any number. `signed_in` is for each token and each session,
    `visitors` for each address of those who show neither."""

    signed_in: int = 0
    visitors: int = 0

    @property
    def are_set(self) -> bool:
        return self.signed_in > 0 or self.visitors > 0


class Rates:
    """Answers 429 to whoever asks too often, and tells everybody what they have left.

    A credential that turns out to be wrong counts for its address, so that nobody gets around their
    bounds by making credentials up.
    """

    def __init__(self, app: ASGIApp, *, limits: RateLimits) -> None:
        self.app = app
        self.signed_in = _per_minute(limits.signed_in)
        self.visitors = _per_minute(limits.visitors)
        self.wrong = _per_minute(WRONG_PER_MINUTE)
        self._good: OrderedDict[str, None] = OrderedDict()
        """Credentials that have held, by what is kept of them."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if (
            scope["type"] != "http"
            or not path.startswith(COUNTED)
            or path.startswith(EXEMPT)
            or scope["method"] == "OPTIONS"
        ):
            await self.app(scope, receive, send)
            return
        client = scope.get("client")
        network = network_of(client[0] if client else None)
        shown = _shown(Headers(scope=scope))
        throttle, name = (self.visitors, network) if shown is None else (self.signed_in, shown)
        try:
            if shown is not None and shown not in self._good and self.wrong is not None:
                self.wrong.check(network)
            if throttle is not None:
                throttle.take(name)
        except Throttled as error:
            headers = {"Retry-After": str(math.ceil(error.retry_after)), **_left(throttle, name)}
            refusal = answer(
                status=STATUSES["throttled"].status,
                code="throttled",
                title=STATUSES["throttled"].title,
                detail=f"Too many requests; wait {math.ceil(error.retry_after)} s before the next.",
                request_id=scope.get("request_id"),
                headers=headers,
            )
            await refusal(scope, receive, send)
            return

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                if shown is not None:
                    self._learn(shown, network, is_wrong=message["status"] == 401)
                MutableHeaders(scope=message).update(_left(throttle, name))
            await send(message)

        await self.app(scope, receive, send_counted)

    def _learn(self, shown: str, network: str, *, is_wrong: bool) -> None:
        if is_wrong:
            self._good.pop(shown, None)
            if self.wrong is not None:
                self.wrong.count(network)
            return
        self._good[shown] = None
        self._good.move_to_end(shown)
        while len(self._good) > KNOWN:
            self._good.popitem(last=False)


def _per_minute(count: int) -> Throttle | None:
    if count <= 0:
        return None
    return Throttle(allowance=Allowance(tries=count, seconds=_MINUTE / count))


def _left(throttle: Throttle | None, name: str) -> dict[str, str]:
    """The headers of the draft that clients know: how many in all, how many left, and in how many
    seconds all of them are there again."""
    if throttle is None:
        return {}
    left, seconds = throttle.left(name)
    return {
        "RateLimit-Limit": str(throttle.allowance.tries),
        "RateLimit-Remaining": str(left),
        "RateLimit-Reset": str(math.ceil(seconds)),
    }


def _shown(headers: Headers) -> str | None:
    """What is kept of the credential that a request shows, by which it is counted."""
    bearer = headers.get("authorization")
    if bearer is None and SESSION_COOKIE in headers.get("cookie", ""):
        try:
            found = SimpleCookie(headers["cookie"]).get(SESSION_COOKIE)
        except CookieError:
            found = None
        bearer = None if found is None else f"session {found.value}"
    return None if not bearer else hashlib.sha256(bearer.encode()).hexdigest()[:32]
