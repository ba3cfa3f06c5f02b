"""ElevenLabs' webhooks: an HMAC over time and raw body, in one header `t=…,v0=…`."""

import hashlib
import hmac
from datetime import datetime

from boards.adapters.hooks.reading import digest, ids_at, require_fresh
from boards.errors import Forbidden
from boards.services.hooks import Hook, HookSaid

__all__ = ["ElevenLabsHooks"]


class ElevenLabsHooks:
    """Reads ElevenLabs' hooks."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets

    async def read(self, hook: Hook, *, now: datetime) -> HookSaid:
        """Verify and read. A hook has no id of its own; its body stands for it."""
        parts = [
            part.strip().partition("=")
            for part in hook.headers.get("elevenlabs-signature", "").split(",")
        ]
        timestamp = next((value for name, _, value in parts if name == "t"), None)
        require_fresh(timestamp, now)
        signed = f"{timestamp}.".encode() + hook.body
        expected = [
            hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()
            for secret in self._secrets
        ]
        given = [value.encode() for name, _, value in parts if name == "v0"]
        if not any(hmac.compare_digest(one, other) for one in expected for other in given):
            raise Forbidden("The signature does not fit.")
        return HookSaid(
            message_id=digest(hook.body),
            external_ids=ids_at(hook.body, ("data", "request_id"), ("request_id",)),
            is_signed=True,
        )
