"""What may go wrong in one call, said in the words of the error tree.

No text of the network's own becomes public: it may quote a header, and so a key.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore2
import httpx2

from boards.errors import Broken, Busy, InvalidInput, Rejected, TimedOut, TooLarge
from boards.outbound.pinning import ForbiddenAddressError, UnresolvedHostError

__all__ = ["Exchange", "bad_headers", "our_errors", "require_success", "too_large"]


@dataclass(kw_only=True)
class Exchange:
    """What one call is allowed and how far it came."""

    shown_url: str
    deadline: float
    max_bytes: int
    buys: bool = False
    sent: bool = False

    async def trace(self, event: str, _info: Mapping[str, object]) -> None:
        if event.endswith("send_request_headers.started"):
            self.sent = True

    @property
    def billed(self) -> bool | None:
        return False if self.buys and not self.sent else None


@contextmanager
def our_errors(exchange: Exchange) -> Iterator[None]:
    """Turn what the network raises into the error tree."""
    name = exchange.shown_url
    try:
        yield
    except ForbiddenAddressError as error:
        raise InvalidInput(
            f"URL {name!r} points to a private address; "
            "give one that can be opened from the public internet.",
            detail=str(error),
        ) from None
    except UnresolvedHostError as error:
        raise Broken(
            f"The host of {name!r} was not found; check its spelling or the network.",
            billed=exchange.billed,
        ) from error
    except (TimeoutError, httpcore2.TimeoutException) as error:
        raise TimedOut(
            f"{name!r} did not finish answering in time.",
            billed=exchange.billed,
            detail=type(error).__name__,
        ) from None
    except httpcore2.LocalProtocolError:
        # The original text quotes the header, which may be a key.
        raise bad_headers(exchange) from None
    except (httpcore2.ConnectError, httpcore2.UnsupportedProtocol) as error:
        raise Broken(
            f"No connection to {name!r}: it refused, is down, or its certificate is not valid.",
            billed=exchange.billed,
            detail=str(error),
        ) from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.HTTPError, OSError) as error:
        raise Broken(
            f"{name!r} broke off or sent an answer that is not valid HTTP.",
            billed=exchange.billed,
            detail=f"{type(error).__name__}: {error}",
        ) from None


def require_success(answer: httpx2.Response, exchange: Exchange) -> None:
    status = answer.status_code
    if 200 <= status < 300:
        return
    name, code = exchange.shown_url, str(status)
    if status == 429:
        after = answer.headers.get("retry-after", "")
        raise Busy(
            f"{name!r} is busy (429); try again later.",
            retry_after=float(after) if after.isascii() and after.isdigit() else None,
            provider_code=code,
        )
    if 400 <= status < 500 and status != 408:
        raise Rejected(
            f"{name!r} answered {code}; check that the address is right and has not expired.",
            provider_code=code,
        )
    raise Broken(f"{name!r} answered {code}; nothing could be read.", provider_code=code)


def too_large(exchange: Exchange) -> TooLarge:
    return TooLarge(
        f"{exchange.shown_url!r} holds more than the {exchange.max_bytes:,} bytes allowed here."
    )


def bad_headers(exchange: Exchange) -> InvalidInput:
    return InvalidInput(
        f"A header of the request to {exchange.shown_url!r} has characters that HTTP does not "
        "allow; check the configured key for line ends and typographic quotes."
    )
