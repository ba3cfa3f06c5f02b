"""Hooks that prove nothing, because nothing signs their body: Kie's and Luma's.

They come to an address with our own token, and are a reason to ask for the job again, no more. Kie
signs at least the task's id and the time; where its key is set, that has to be right as well.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from boards.adapters.hooks.reading import digest, ids_at, require_fresh
from boards.errors import Forbidden
from boards.services.hooks import Hook, HookSaid

__all__ = ["AskingHooks"]


class AskingHooks:
    """Reads such hooks. The id of the job stands at `path` of the body; `secrets` are Kie's
    webhook keys."""

    def __init__(self, path: tuple[str, ...], *, secrets: tuple[str, ...] = ()) -> None:
        self._path = path
        self._secrets = secrets

    async def read(self, hook: Hook, *, now: datetime) -> HookSaid:
        """Read, and verify what can be. A hook has no id of its own; its body stands for it."""
        if hook.token is None:
            raise Forbidden("It has no token.")
        ids = ids_at(hook.body, self._path)
        if self._secrets:
            self._require_signature(hook, ids, now)
        return HookSaid(message_id=digest(hook.body), external_ids=ids, is_signed=False)

    def _require_signature(self, hook: Hook, ids: tuple[str, ...], now: datetime) -> None:
        timestamp = hook.headers.get("x-webhook-timestamp", "")
        require_fresh(timestamp, now)
        signed = f"{''.join(ids)}.{timestamp}".encode()
        given = hook.headers.get("x-webhook-signature", "").encode()
        expected = [
            base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
            for secret in self._secrets
        ]
        if not any(hmac.compare_digest(one, given) for one in expected):
            raise Forbidden("The signature does not fit.")
