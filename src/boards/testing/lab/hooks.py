"""Webhooks of the lab's providers: signed as the real ones are, and sent as the script says.

A job whose submit named a callback address is told of at its end. The faults of `Stage.WEBHOOK`:
NEVER, LATE (`seconds`), TWICE (once more under the same id), REPLAYED (the same bytes again),
FORGED (signed by somebody else), WRONG_KEY (by a key that is not published) and EXPIRED (signed
long ago). A hook before the submit's answer is a submit that is held, see HOLD_AFTER.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import JsonValue
from standardwebhooks import Webhook

from boards.errors import BoardsError
from boards.outbound.client import GuardedClient
from boards.testing.lab.faults import Kind, Script, Stage

__all__ = [
    "ElevenLabsSigner",
    "FalSigner",
    "HookDesk",
    "KieSigner",
    "Message",
    "Sent",
    "Signer",
    "StandardSigner",
]

log = structlog.get_logger(__name__)

LONG_AGO = 3600.0
Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Sends one hook and gives the status of the answer, 0 when there was none."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One hook before it is signed: `at` is in seconds since 1970, `kind` the fault, if any."""

    id: str
    body: bytes = field(repr=False)
    at: float
    kind: Kind | None = None

    @property
    def moment(self) -> str:
        return str(int(self.at))


class Signer(Protocol):
    """Signs as one provider does."""

    def headers(self, message: Message) -> dict[str, str]:
        """The headers that go with a hook."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A hook that was sent, and how it was answered."""

    provider: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int


class FalSigner:
    """ED25519; the public key is published, others are not."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self._unknown = Ed25519PrivateKey.generate()

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish that one."""
        self._key = Ed25519PrivateKey.generate()

    def jwks(self) -> dict[str, JsonValue]:
        """What is published."""
        raw = self._key.public_key().public_bytes_raw()
        x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]}

    def headers(self, message: Message) -> dict[str, str]:
        user, digest = "github|lab", hashlib.sha256(message.body).hexdigest()
        signed = "\n".join((message.id, user, message.moment, digest)).encode()
        key = self._unknown if message.kind is Kind.WRONG_KEY else self._key
        forged = message.kind is Kind.FORGED
        signature = secrets.token_bytes(64) if forged else key.sign(signed)
        return {
            "x-fal-webhook-request-id": message.id,
            "x-fal-webhook-user-id": user,
            "x-fal-webhook-timestamp": message.moment,
            "x-fal-webhook-signature": signature.hex(),
        }


@dataclass(frozen=True, kw_only=True)
class StandardSigner:
    """Standard Webhooks: Replicate, OpenAI."""

    secret: str = field(repr=False)

    def headers(self, message: Message) -> dict[str, str]:
        webhook = Webhook(_other(message.kind) or self.secret)
        moment = datetime.fromtimestamp(int(message.at), UTC)
        return {
            "webhook-id": message.id,
            "webhook-timestamp": message.moment,
            "webhook-signature": webhook.sign(message.id, moment, message.body.decode()),
        }


@dataclass(frozen=True, kw_only=True)
class ElevenLabsSigner:
    """ElevenLabs' own header."""

    secret: str = field(repr=False)

    def headers(self, message: Message) -> dict[str, str]:
        key = (_other(message.kind) or self.secret).encode()
        signed = f"{message.moment}.".encode() + message.body
        digest = hmac.new(key, signed, hashlib.sha256).hexdigest()
        return {"elevenlabs-signature": f"t={message.moment},v0={digest}"}


@dataclass(frozen=True, kw_only=True)
class KieSigner:
    """Kie's: over the task's id and the time, and not the body."""

    secret: str = field(repr=False)

    def headers(self, message: Message) -> dict[str, str]:
        key = (_other(message.kind) or self.secret).encode()
        task = json.loads(message.body)["data"]["taskId"]
        digest = hmac.new(key, f"{task}.{message.moment}".encode(), hashlib.sha256).digest()
        return {
            "x-webhook-timestamp": message.moment,
            "x-webhook-signature": base64.b64encode(digest).decode(),
        }


def _other(kind: Kind | None) -> str | None:
    """Somebody else's secret."""
    if kind not in (Kind.FORGED, Kind.WRONG_KEY):
        return None
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(kw_only=True)
class HookDesk:
    """Sends hooks. `post` may be replaced by a test that has no server; `sent` keeps them."""

    script: Script
    post: Post = field(default_factory=lambda: _post)
    sent: list[Sent] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def job_ended(
        self, provider: str, url: str, body: JsonValue, signer: Signer | None, *, job_id: str
    ) -> None:
        """Tell of a job, as the script says, without waiting for the answer."""
        fault = self.script.take(provider, Stage.WEBHOOK)
        kind = None if fault is None else fault.kind
        if kind is Kind.NEVER:
            return
        wait = fault.seconds if fault is not None and kind is Kind.LATE else 0.0

        async def tell() -> None:
            await asyncio.sleep(wait)
            await self.send(provider, url, body, signer, message_id=job_id, kind=kind)

        task = asyncio.create_task(tell(), name="boards-lab-hook")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def send(
        self,
        provider: str,
        url: str,
        body: JsonValue,
        signer: Signer | None,
        *,
        message_id: str,
        kind: Kind | None = None,
    ) -> Sent:
        """Send one hook, or as many as `kind` says, and give the last."""
        data = json.dumps(body).encode()

        def signed(at: float) -> dict[str, str]:
            kinds = {"content-type": "application/json"}
            if signer is None:
                return kinds
            message = Message(id=message_id, body=data, at=at, kind=kind)
            return kinds | signer.headers(message)

        now = time.time()
        headers = signed(now - LONG_AGO if kind is Kind.EXPIRED else now)
        last = await self._sent(provider, url, headers, data)
        if kind is Kind.REPLAYED:
            last = await self._sent(provider, url, headers, data)
        elif kind is Kind.TWICE:
            last = await self._sent(provider, url, signed(now + 1), data)
        return last

    async def told(self) -> None:
        """Wait until everything was sent that is under way."""
        await asyncio.gather(*self._tasks)

    def close(self) -> None:
        """Send nothing more."""
        for task in self._tasks:
            task.cancel()

    async def _sent(self, provider: str, url: str, headers: Mapping[str, str], data: bytes) -> Sent:
        status = await self.post(url, headers, data)
        found = Sent(provider=provider, url=url, headers=headers, body=data, status=status)
        self.sent.append(found)
        return found


async def _post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Send to an address on this machine: a lab calls nobody else."""
    parts = urlsplit(url)
    here = frozenset({(str(parts.hostname), parts.port or 80)})
    if parts.hostname not in {"127.0.0.1", "localhost"}:
        log.warning("lab_hook_not_sent", host=parts.hostname)
        return 0
    try:
        async with GuardedClient(allow=here, total_seconds=20.0) as client:
            answer = await client.request("POST", url, headers=headers, content=body)
    except BoardsError as error:
        log.warning("lab_hook_not_answered", reason=error.message)
        return 0
    return answer.status
