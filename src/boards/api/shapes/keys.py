"""Tenants' keys of providers as answers show them: never the key."""

from uuid import UUID

from pydantic import AwareDatetime, Field, SecretStr

from boards.api.shapes.base import Answer, Sent
from boards.services.keys import Rotated
from boards.services.ports import KeyInfo

__all__ = ["KeyList", "KeyRequest", "KeyShape", "RotatedShape", "key_shape", "rotated_shape"]


class KeyRequest(Sent):
    """A key to keep."""

    key: SecretStr = Field(max_length=4000, description="The key. No answer ever holds it again.")


class KeyShape(Answer):
    """A key that is set."""

    provider: str = Field(description="Whose key it is.")
    ending: str = Field(description="Its last characters, at most four, to tell it from another.")
    set_at: AwareDatetime = Field(description="When it was set.")
    set_by: UUID | None = Field(description="Who set it; null when nobody knows any more.")
    set_by_name: str | None = Field(description="What they are called.")


class KeyList(Answer):
    """The keys of a tenant."""

    items: list[KeyShape] = Field(description="The keys, by provider.")


class RotatedShape(Answer):
    """What encrypting the keys of all tenants anew came to."""

    rotated: int = Field(description="Encrypted anew now.")
    current: int = Field(description="Encrypted with the secret of today before.")
    unreadable: int = Field(
        description="Encrypted with a secret that is not set; to be set anew by their tenants."
    )


def key_shape(key: KeyInfo) -> KeyShape:
    """Show a key."""
    return KeyShape(
        provider=key.provider,
        ending=key.ending,
        set_at=key.set_at,
        set_by=key.set_by,
        set_by_name=key.set_by_name,
    )


def rotated_shape(done: Rotated) -> RotatedShape:
    """Show what a rotation came to."""
    return RotatedShape(rotated=done.rotated, current=done.current, unreadable=done.unreadable)
