"""Webhooks of providers: how each is known to be the provider's own, one scheme per file.

| provider | how |
|---|---|
| fal | ED25519, with the public keys that fal publishes |
| Replicate, OpenAI | Standard Webhooks, with a secret from the settings |
| ElevenLabs | its own HMAC, with a secret from the settings |
| Kie, Luma | by asking for the job again; Kie's HMAC as well where its key is set |
"""

from collections.abc import Mapping

from boards.adapters.hooks.asking import AskingHooks
from boards.adapters.hooks.elevenlabs import ElevenLabsHooks
from boards.adapters.hooks.fal import FalHooks
from boards.adapters.hooks.standard import StandardHooks
from boards.outbound.client import GuardedClient
from boards.services.hooks import HookReader

__all__ = ["CALL_BACK", "make_readers"]

CALL_BACK = frozenset({"fal", "kie", "luma", "replicate"})
"""The providers that take the address to call with each submit."""


def make_readers(
    client: GuardedClient,
    *,
    secrets: Mapping[str, str],
    keys_at: str,
) -> dict[str, HookReader]:
    """Make a reader for each provider whose hooks can be verified here.

    `secrets` are by provider; several of one, such as while it is changed, stand with spaces
    between them. `keys_at` is fal's REST address, where its public keys are.
    """
    readers: dict[str, HookReader] = {
        "fal": FalHooks(client, keys_at),
        "kie": AskingHooks(("data", "taskId"), secrets=_several(secrets.get("kie"))),
        "luma": AskingHooks(("id",)),
    }
    for provider, path in (("replicate", ("id",)), ("openai", ("data", "id"))):
        if provider in secrets:
            readers[provider] = StandardHooks(path, secrets=_several(secrets[provider]))
    if "elevenlabs" in secrets:
        readers["elevenlabs"] = ElevenLabsHooks(_several(secrets["elevenlabs"]))
    return readers


def _several(secrets: str | None) -> tuple[str, ...]:
    return tuple((secrets or "").split())
