"""One account's calls: each made once, in turn, with the key to the configured address only."""

import asyncio
import hashlib
import json as json_format
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Protocol

import structlog
from pydantic import JsonValue

from boards.adapters.providers.wire.buckets import Bucket
from boards.adapters.providers.wire.reading import Reply, multipart
from boards.adapters.providers.wire.refusals import (
    ReadRefusal,
    Refusal,
    RefusalKind,
    error_of,
    refusal_by_status,
    without_key,
)
from boards.errors import Broken, Busy, InvalidInput, NotConfigured, TooLarge
from boards.generators.declared.transport import InputFile, Rate
from boards.outbound.client import GuardedClient
from boards.services.tracing import SpanKind, span

__all__ = ["Connection", "Keys", "Meter", "NoMeter", "Wire"]

log = structlog.get_logger(__name__)

MAX_ANSWER_BYTES = 256 * 2**20
PATIENCE = 1.0
"""Seconds that a paid call waits for its turn at the account; longer, and it goes back into the
queue instead, because nothing is known to be sent only before it is sent."""
LONGEST_WAIT = 60.0
"""Seconds that a call which costs nothing waits for a pause to end."""
_BIG = 2**20
_VERDICTS = frozenset({RefusalKind.MODERATION, RefusalKind.INPUT})


class Keys(Protocol):
    """Where keys come from: the environment, or a tenant's own."""

    def missing(self, provider: str) -> str | None:
        """Say what to set when there is no key, such as `set FAL_KEY`; None when there is one."""
        ...

    async def key(self, provider: str, tenant_id: str, *, buys: bool = False) -> str:
        """Give the key for a tenant's call, asked for each time: for the job of the run under way
        the one that it was submitted with. NotConfigured without one."""
        ...

    async def another(self, provider: str, tenant_id: str, refused: str) -> str | None:
        """Give the key that a new submit would take, where the provider has `refused` the one that
        the job was submitted with; None when it is the same."""
        ...


class Meter(Protocol):
    """Counts calls."""

    def call(self, provider: str, *, buys: bool, outcome: str, seconds: float) -> None:
        """One call has ended: `outcome` is ok, busy, refused, failed (5xx) or lost (no answer)."""
        ...


class NoMeter:
    """Counts nothing."""

    def call(self, provider: str, *, buys: bool, outcome: str, seconds: float) -> None: ...


def no_callback(key: str) -> str | None:  # noqa: ARG001 - a connection's signature
    """Nobody is asked to call back."""
    return None


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What a transport is made with. `upload_url` is for providers whose uploads live elsewhere,
    `catalog_url` is where the documents about their models are.

    `callback` gives the address that the provider is asked to call about a `Call.key`, if any.
    """

    client: GuardedClient
    keys: Keys
    base_url: str
    upload_url: str = ""
    catalog_url: str = ""
    callback: Callable[[str], str | None] = no_callback
    meter: Meter = field(default_factory=NoMeter)


class Wire:
    """The calls of one provider's accounts.

    `auth` makes the headers of a key. `read_refusal` is asked about every answer of 400 and above,
    and also about good ones, as some providers refuse with 200.
    """

    def __init__(
        self,
        provider: str,
        base_url: str,
        *,
        connection: Connection,
        auth: Callable[[str], Mapping[str, str]],
        rate: Rate,
        read_refusal: ReadRefusal | None = None,
        headers: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.provider = provider
        self._base_url = base_url.rstrip("/")
        self._client = connection.client
        self._keys = connection.keys
        self._meter = connection.meter
        self._auth = auth
        self._rate = rate
        self._read_refusal = read_refusal
        self._headers = dict(headers or {})
        self._clock = clock
        self._buckets: dict[bytes, Bucket] = {}

    async def buy(
        self,
        path: str,
        *,
        tenant_id: str,
        json: JsonValue = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 600.0,
    ) -> Reply:
        """POST the one paid call, once.

        Busy before anything is sent when the account has no room. Broken and TimedOut, with
        `billed` None, when an answer is lost or makes no sense: the provider may have accepted.
        """
        return await self._call(
            "POST",
            path,
            tenant_id=tenant_id,
            json=json,
            content=content,
            headers=headers,
            seconds=seconds,
            buys=True,
        )

    async def ask(
        self,
        method: str,
        path: str,
        *,
        tenant_id: str,
        json: JsonValue = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 60.0,
        accept: Collection[int] = (),
        judges: bool = True,
    ) -> Reply:
        """Make a call that costs nothing: a look, a result, a cancel, an upload.

        Only what the provider's own error shape says of the work is a verdict (ContentRefused,
        Rejected); a refused key, an unknown id or an odd status is Broken, as it may pass. The
        statuses in `accept` are answers like 200. Without `judges` nothing is a verdict: for a call
        that only repeats what the status has told, where a refusal would lose a paid result.
        """
        return await self._call(
            method,
            path,
            tenant_id=tenant_id,
            json=json,
            content=content,
            headers=headers,
            seconds=seconds,
            accept=accept,
            judges=judges,
        )

    async def put_file(
        self, url: str, file: InputFile, *, headers: Mapping[str, str] | None = None
    ) -> None:
        """PUT a file to an address that the provider gave: without the key, whoever it names."""
        data = await asyncio.to_thread(file.path.read_bytes)
        await self._hand_over(
            "PUT", url, file, data, {"content-type": file.mime, **(headers or {})}
        )

    async def post_form(self, url: str, fields: Mapping[str, JsonValue], file: InputFile) -> None:
        """POST a file, after `fields`, to an address that the provider gave: without the key."""
        kind, data = await asyncio.to_thread(multipart, fields, (file,))
        await self._hand_over("POST", url, file, data, {"content-type": kind})

    async def _hand_over(
        self, method: str, url: str, file: InputFile, data: bytes, headers: Mapping[str, str]
    ) -> None:
        answer = await self._client.request(
            method, url, headers=headers, content=data, total_seconds=600.0
        )
        if not 200 <= answer.status < 300:
            raise Broken(
                f"{self.provider} did not take the upload of {file.name!r} ({answer.status}).",
                billed=False,
                provider_code=str(answer.status),
            )

    async def _call(
        self,
        method: str,
        path: str,
        *,
        tenant_id: str,
        json: JsonValue,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        seconds: float,
        accept: Collection[int] = (),
        judges: bool = True,
        buys: bool = False,
    ) -> Reply:
        send = partial(
            self._send, method, path, json=json, content=content, headers=headers, seconds=seconds
        )
        key = await self._keys.key(self.provider, tenant_id, buys=buys)
        reply = await send(key, buys=buys)
        refusal, is_own = self._refusal(reply, accept)
        if refusal is not None and refusal.kind is RefusalKind.AUTH and not buys:
            other = await self._keys.another(self.provider, tenant_id, key)
            if other is not None:
                # It may be another account's, which knows nothing of the job: so it gives no
                # verdict, and a refusal stays one that may pass.
                log.info("another_key_tried", provider=self.provider, after=refusal.code)
                key, judges = other, False
                reply = await send(key, buys=False)
                refusal, is_own = self._refusal(reply, accept)
        if refusal is None:
            return reply
        if refusal.kind is RefusalKind.BUSY:
            self._bucket(key).pause(refusal.retry_after or 0.0)
        is_verdict = judges and is_own and refusal.kind in _VERDICTS
        raise error_of(refusal, provider=self.provider, key=key, passing=not (buys or is_verdict))

    def _refusal(self, reply: Reply, accept: Collection[int]) -> tuple[Refusal | None, bool]:
        """Whether an answer is a refusal, and whether it is one of the provider's own shape."""
        if reply.status in accept:
            return None, False
        own = self._read_refusal(reply) if self._read_refusal else None
        if own is None and not 200 <= reply.status < 300:
            return refusal_by_status(reply), False
        return own, own is not None

    async def _send(
        self,
        method: str,
        path: str,
        key: str,
        *,
        json: JsonValue,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        seconds: float,
        buys: bool,
    ) -> Reply:
        """Send it once, in its turn."""
        await self._wait_turn(self._bucket(key), buys=buys)
        began, outcome = self._clock(), "lost"
        told: Mapping[str, str | bool] = {"boards.provider": self.provider, "boards.buys": buys}
        try:
            with span(f"{self.provider} {method}", told, kind=SpanKind.CLIENT) as recorded:
                answer = await self._client.request(
                    method,
                    f"{self._base_url}/{path.lstrip('/')}",
                    headers={**self._headers, **(headers or {}), **self._auth(key)},
                    json=json,
                    content=content,
                    max_bytes=MAX_ANSWER_BYTES,
                    total_seconds=seconds,
                    buys=buys,
                )
                recorded.set_attribute("http.response.status_code", answer.status)
            outcome = _outcome_of(answer.status)
        except TooLarge as error:
            # The answer is too large, not the question: it was asked, and may be paid.
            raise Broken(f"{self.provider} sent too much: {error.message}") from error
        except InvalidInput as error:
            raise NotConfigured(
                f"{self.provider} cannot be called: {error.message}", detail=error.detail
            ) from error
        finally:
            self._meter.call(
                self.provider, buys=buys, outcome=outcome, seconds=self._clock() - began
            )
        reply = Reply(
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            provider=self.provider,
            content=await _json(answer.headers, without_key(answer.body, key)),
        )
        log.debug(
            "provider_call",
            provider=self.provider,
            method=method,
            status=reply.status,
            seconds=round(self._clock() - began, 3),
        )
        return reply

    async def _wait_turn(self, bucket: Bucket, *, buys: bool) -> None:
        """Wait for a paid call's turn; what is free only keeps quiet when the provider says so."""
        if not buys:
            pause = bucket.pause_left()
            if pause > LONGEST_WAIT:
                raise Busy(f"{self.provider} asked not to be called now.", retry_after=pause)
            await asyncio.sleep(pause)
            return
        wait = bucket.wait()
        if wait > PATIENCE:
            raise Busy(f"The account at {self.provider} is at its rate.", retry_after=wait)
        while wait > 0:
            await asyncio.sleep(wait)
            wait = bucket.wait()
        bucket.take()

    def _bucket(self, key: str) -> Bucket:
        # By a hash: a crash dump's list of buckets shall not be a list of keys.
        account = hashlib.sha256(key.encode()).digest()
        if account not in self._buckets:
            self._buckets[account] = Bucket(self._rate, self._clock)
        return self._buckets[account]


def _outcome_of(status: int) -> str:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "busy"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "failed"
    return "refused" if status >= HTTPStatus.BAD_REQUEST else "ok"


async def _json(headers: Mapping[str, str], body: bytes) -> JsonValue:
    """Parse what is JSON; anything else is None, and whoever needs an object says so."""
    kind = headers.get("content-type", "")
    if "json" not in kind and body[:1] not in (b"{", b"["):
        return None
    try:
        if len(body) < _BIG:
            small: JsonValue = json_format.loads(body)
            return small
        big: JsonValue = await asyncio.to_thread(json_format.loads, body)
    except (ValueError, RecursionError):
        return None
    return big
