"""The keyring: which key a call to a provider is made with.

A tenant's own key goes before those of the installation. A call of a run is made with the key that
the run was submitted with, because the provider knows its job by that key's account; where the
provider refuses that key, a call that costs nothing is tried with the one that a new submit would
take, which is the same account's when somebody has only renewed the key.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from boards.errors import NotConfigured
from boards.generators.context import current_context
from boards.services.ports import Database, KeyUse, Scope, SealedKey, Sealer

__all__ = ["HOW_TO_SEAL", "KeyRing", "seal_about"]

STALE_SECONDS = 2.0
"""For how long another process may go on with a key that was removed or replaced."""
HOW_TO_SEAL = (
    "Set BOARDS_SECRET_KEY to at least 32 random characters and start again: tenants' keys are "
    "encrypted with it."
)


def seal_about(tenant_id: UUID, provider: str) -> str:
    """What a key's seal says of it: it opens for no other tenant and no other provider."""
    return f"provider-key/{tenant_id}/{provider}"


@dataclass(kw_only=True)
class KeyRing:
    """Finds keys. `names` says for each provider how the installation's key is called,
    `configured` holds those that are set. `database` is given when it is open; before that no
    tenant has a key."""

    sealer: Sealer | None
    names: Mapping[str, str]
    configured: Mapping[str, str] = field(repr=False)
    database: Database | None = None
    clock: Callable[[], float] = time.monotonic
    _found: dict[UUID, tuple[float, Sequence[SealedKey]]] = field(default_factory=dict, repr=False)

    def missing(self, provider: str) -> str | None:
        """Say what to set when the installation has no key; None when it has one."""
        return None if self.configured.get(provider) else f"set {self.names[provider]}"

    async def key(self, provider: str, tenant_id: str, *, buys: bool = False) -> str:
        """The key for a call of the run under way. NotConfigured when there is none, or when it
        cannot be decrypted: then nothing else is taken in its place."""
        tenant = UUID(tenant_id)
        own = await self._own(tenant, provider, anew=buys)
        if not own and not self.configured.get(provider):
            # Perhaps it has just been set, in another process.
            own = await self._own(tenant, provider, anew=True)
        chosen = own[0] if own and not own[0].is_replaced else None
        if len(own) + bool(self.configured.get(provider)) > 1:
            use = await self._use(tenant)
            if use is not None and use.has_begun:
                chosen = next((one for one in own if one.id == use.key_id), None)
                if chosen is None and (use.key_id is not None or not self.configured.get(provider)):
                    # The key that it was submitted with is gone.
                    chosen = next((one for one in own if not one.is_replaced), None)
        return self._opened(provider, chosen)

    async def another(self, provider: str, tenant_id: str, refused: str) -> str | None:
        """The key that a new submit would take, where it is another than the one `refused`."""
        own = await self._own(UUID(tenant_id), provider, anew=True)
        current = next((one for one in own if not one.is_replaced), None)
        if current is None and not self.configured.get(provider):
            return None
        key = self._opened(provider, current)
        return None if key == refused else key

    async def own(self, tenant_id: UUID) -> Mapping[str, str | None]:
        """The providers for which a tenant has a key of its own, and what keeps each from being
        used; None where nothing does. Read anew."""
        found = await self._read(tenant_id)
        return {one.provider: self._trouble(one) for one in found if not one.is_replaced}

    async def _own(self, tenant_id: UUID, provider: str, *, anew: bool) -> Sequence[SealedKey]:
        """A tenant's keys for a provider, the current one first."""
        at, found = self._found.get(tenant_id, (0.0, ()))
        if anew or tenant_id not in self._found or self.clock() - at > STALE_SECONDS:
            found = await self._read(tenant_id)
        ours = [one for one in found if one.provider == provider]
        return sorted(ours, key=lambda one: one.is_replaced)

    async def _read(self, tenant_id: UUID) -> Sequence[SealedKey]:
        if self.database is None:
            return ()
        found = await self.database.look(
            lambda tx: tx.keys.sealed(), scope=Scope(tenant_id=tenant_id)
        )
        self._found[tenant_id] = (self.clock(), found)
        return found

    async def _use(self, tenant_id: UUID) -> KeyUse | None:
        """With which key the run under way was submitted."""
        context = current_context.get()
        if context is None or self.database is None:
            return None
        generation_id = UUID(context.generation_id)
        return await self.database.look(
            lambda tx: tx.keys.used_by(generation_id), scope=Scope(tenant_id=tenant_id)
        )

    def _opened(self, provider: str, key: SealedKey | None) -> str:
        if key is None:
            configured = self.configured.get(provider)
            if not configured:
                name = self.names[provider]
                raise NotConfigured(
                    f"There is no key for {provider}: set {name}, or a key of the tenant with "
                    f"`boards keys set {provider}`."
                )
            return configured
        if self.sealer is None:
            raise NotConfigured(f"The key for {provider} cannot be decrypted. {HOW_TO_SEAL}")
        about = seal_about(key.tenant_id, key.provider)
        return self.sealer.open(key.sealed, secret_id=key.secret_id, about=about)

    def _trouble(self, key: SealedKey) -> str | None:
        if self.sealer is None:
            return "set BOARDS_SECRET_KEY, with which the tenant's key was encrypted"
        if not self.sealer.knows(key.secret_id):
            return (
                "the tenant's key was encrypted with another BOARDS_SECRET_KEY; put that one into "
                "BOARDS_SECRET_KEY_PREVIOUS"
            )
        return None
