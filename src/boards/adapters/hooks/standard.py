"""Standard Webhooks, as Replicate and OpenAI sign theirs: an HMAC over id, time and raw body."""

from datetime import datetime

from standardwebhooks import Webhook, WebhookVerificationError

from boards.adapters.hooks.reading import ids_at, require_fresh
from boards.errors import ConfigError, Forbidden
from boards.services.hooks import Hook, HookSaid

__all__ = ["StandardHooks"]


class StandardHooks:
    """Reads such hooks. The id of the job stands at `path` of the body."""

    def __init__(self, path: tuple[str, ...], *, secrets: tuple[str, ...]) -> None:
        self._path = path
        try:
            self._webhooks = tuple(Webhook(secret) for secret in secrets)
        except (ValueError, RuntimeError) as error:
            # The text of the error may hold the secret.
            raise ConfigError(
                "A secret in BOARDS_WEBHOOK_SECRETS is none of Standard Webhooks; copy it whole, "
                "with `whsec_` before it."
            ) from error

    async def read(self, hook: Hook, *, now: datetime) -> HookSaid:
        """Verify and read."""
        require_fresh(hook.headers.get("webhook-timestamp"), now)
        if not any(_is_signed(webhook, hook) for webhook in self._webhooks):
            raise Forbidden("The signature does not fit.")
        return HookSaid(
            message_id=hook.headers["webhook-id"],
            external_ids=ids_at(hook.body, self._path),
            is_signed=True,
        )


def _is_signed(webhook: Webhook, hook: Hook) -> bool:
    try:
        webhook.verify(hook.body, dict(hook.headers), json_parse=False)
    except (WebhookVerificationError, ValueError, OverflowError):
        # The library lets errors of broken signatures and bodies through as they come.
        return False
    return True
