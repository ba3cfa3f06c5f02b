"""fal's webhooks: ED25519 over ids, time and the body's hash, with keys that fal publishes.

A hook does not say which key signed it, so each is tried. When none fits, the keys may have
changed: they are fetched again, but not more often than once a minute, whoever calls here.
"""

import asyncio
import base64
import binascii
import hashlib
import json
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boards.adapters.hooks.reading import ids_at, require_fresh
from boards.errors import BoardsError, Busy, Forbidden
from boards.outbound.client import GuardedClient
from boards.services.hooks import Hook, HookSaid

__all__ = ["FalHooks"]

log = structlog.get_logger(__name__)

KEYS_LIVE = 24 * 3600.0
LEAST_PAUSE = 60.0
FETCH_SECONDS = 10.0
MOST_BYTES = 64 * 1024
MOST_KEYS = 20


class FalHooks:
    """Reads fal's hooks. The keys are at `base_url`, fal's own REST address. `clock` counts
    seconds."""

    def __init__(
        self,
        client: GuardedClient,
        base_url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._url = f"{base_url.rstrip('/')}/.well-known/jwks.json"
        self._clock = clock
        self._keys: tuple[Ed25519PublicKey, ...] = ()
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._lock = asyncio.Lock()

    async def read(self, hook: Hook, *, now: datetime) -> HookSaid:
        """Verify and read. Busy while the keys cannot be had: fal sends it again."""
        request_id = hook.headers.get("x-fal-webhook-request-id", "")
        user_id = hook.headers.get("x-fal-webhook-user-id", "")
        timestamp = hook.headers.get("x-fal-webhook-timestamp", "")
        require_fresh(timestamp, now)
        try:
            signature = bytes.fromhex(hook.headers.get("x-fal-webhook-signature", ""))
        except ValueError:
            raise Forbidden("The signature is no hex.") from None
        signed = "\n".join(
            (request_id, user_id, timestamp, hashlib.sha256(hook.body).hexdigest())
        ).encode()
        if not request_id or not await self._is_signed(signature, signed):
            raise Forbidden("The signature is not fal's.")
        ids = ids_at(hook.body, ("request_id",), ("gateway_request_id",))
        return HookSaid(message_id=request_id, external_ids=ids, is_signed=True)

    async def _is_signed(self, signature: bytes, signed: bytes) -> bool:
        if len(signature) != 64:
            return False
        keys = await self._current_keys()
        if _fits_any(keys, signature, signed):
            return True
        newer = await self._keys_after(keys)
        return newer is not keys and _fits_any(newer, signature, signed)

    async def _current_keys(self) -> tuple[Ed25519PublicKey, ...]:
        at = self._fetched_at
        if at is None or self._clock() - at > KEYS_LIVE:
            return await self._keys_after(self._keys)
        return self._keys

    async def _keys_after(self, seen: tuple[Ed25519PublicKey, ...]) -> tuple[Ed25519PublicKey, ...]:
        """Fetch the keys anew, unless somebody has since, or has just tried."""
        async with self._lock:
            if self._keys is not seen:
                return self._keys
            if self._asked_at is not None and self._clock() - self._asked_at < LEAST_PAUSE:
                if not self._keys:
                    raise Busy("The keys of fal cannot be had now.", retry_after=LEAST_PAUSE)
                return self._keys
            self._asked_at = self._clock()
            try:
                answer = await self._client.request(
                    "GET", self._url, max_bytes=MOST_BYTES, total_seconds=FETCH_SECONDS
                )
                found = _read_keys(answer.body) if answer.status == 200 else ()
            except BoardsError as error:
                log.warning("webhook_keys_not_fetched", provider="fal", reason=error.message)
                found = ()
            if found:
                self._keys, self._fetched_at = found, self._clock()
            elif not self._keys:
                raise Busy("The keys of fal cannot be had now.", retry_after=LEAST_PAUSE)
            return self._keys


def _fits_any(keys: tuple[Ed25519PublicKey, ...], signature: bytes, signed: bytes) -> bool:
    for key in keys:
        try:
            key.verify(signature, signed)
        except InvalidSignature:
            continue
        return True
    return False


def _read_keys(body: bytes) -> tuple[Ed25519PublicKey, ...]:
    """The ED25519 keys of a JWKS; anything else in it is left out."""
    try:
        listed = json.loads(body)["keys"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ()
    found = []
    for each in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        if not isinstance(each, dict) or each.get("crv") != "Ed25519":
            continue
        try:
            raw = base64.urlsafe_b64decode(str(each.get("x")) + "==")
            found.append(Ed25519PublicKey.from_public_bytes(raw))
        except (ValueError, binascii.Error):
            continue
    return tuple(found)
