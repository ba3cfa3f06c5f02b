"""Providers' keys that tenants have set, as the database keeps them, and who seals them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

__all__ = ["KeyInfo", "KeyUse", "Keys", "SealedKey", "Sealer"]


@dataclass(frozen=True, kw_only=True)
class KeyInfo:
    """What may be shown of a key that is set. `ending` are its last characters, at most four."""

    provider: str
    ending: str
    set_at: datetime
    set_by: UUID | None
    set_by_name: str | None


@dataclass(frozen=True, kw_only=True)
class SealedKey:
    """A key as it is stored. `secret_id` names the secret that opens it; `is_replaced` ones are
    kept for the runs that were submitted with them."""

    id: UUID
    tenant_id: UUID
    provider: str
    sealed: str = field(repr=False)
    secret_id: str
    is_replaced: bool


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """Whether a generation's paid call has begun, and the tenant's key that it was made with; None
    for a key of the installation."""

    has_begun: bool
    key_id: UUID | None


class Keys(Protocol):
    """Rows of keys, of the scope's tenant or of all."""

    def list(self) -> tuple[KeyInfo, ...]:
        """What is set now, by provider."""
        ...

    def sealed(self) -> tuple[SealedKey, ...]:
        """All that are kept, the replaced ones included, the newest of each provider first."""
        ...

    def put(
        self,
        *,
        key_id: UUID,
        tenant_id: UUID,
        provider: str,
        sealed: str,
        secret_id: str,
        ending: str,
        set_by: UUID | None,
        now: datetime,
    ) -> None:
        """Set a key in place of the one that there is, which is kept for the runs under way."""
        ...

    def remove(self, provider: str) -> bool:
        """Forget the keys of a provider, the replaced ones too; False when there is none."""
        ...

    def reseal(self, key: SealedKey, *, sealed: str, secret_id: str) -> bool:
        """Store a key sealed anew; False when it has changed or gone meanwhile."""
        ...

    def used_by(self, generation_id: UUID) -> KeyUse | None:
        """Tell with which key a generation was submitted."""
        ...

    def forget_unused(self) -> int:
        """Forget replaced keys that no run under way, and none on the attention list, was
        submitted with; gives how many. Needs SYSTEM scope."""
        ...


class Sealer(Protocol):
    """Encrypts what must not be read from the database alone."""

    @property
    def secret_id(self) -> str:
        """Names the secret that seals now; tells nothing about it."""
        ...

    def knows(self, secret_id: str) -> bool:
        """Tell whether what was sealed with that secret can be opened."""
        ...

    def seal(self, text: str, *, about: str) -> str:
        """Encrypt a text so that it can only be opened as being `about` the same."""
        ...

    def open(self, sealed: str, *, secret_id: str, about: str) -> str:
        """Decrypt it. NotConfigured when the secret is unknown, or when it was changed or moved."""
        ...
