"""Providers as answers show them."""

from pydantic import Field

from boards.api.shapes.base import Answer
from boards.services.providers import ProviderView

__all__ = ["ProviderList", "ProviderShape", "provider_shape"]


class ProviderShape(Answer):
    """A provider and how it stands."""

    name: str = Field(description="Its name.")
    title: str = Field(description="Its name for people.")
    configured: bool = Field(description="Whether your tenant can use it.")
    needs: str | None = Field(description="What to do before it can be used; null when nothing.")
    key_name: str | None = Field(
        description="The variable that holds the installation's key; null when it takes none."
    )
    own_key: bool = Field(description="Whether your tenant has a key of its own.")
    max_running: int = Field(description="How many runs may be under way at once, of all tenants.")
    max_per_tenant: int | None = Field(description="How many of one tenant; null for no cap.")
    per_minute: int | None = Field(
        description="How many runs may begin in any minute, of all tenants; null for no rate."
    )
    paused: bool = Field(description="Whether nothing new begins there.")
    paused_by_settings: bool = Field(
        description="Whether BOARDS_PAUSED says so; then it cannot be resumed here."
    )
    running: int = Field(
        description="Runs under way: your tenant's, and for platform administrators all."
    )
    parked: int = Field(description="Runs that wait on the attention list, counted likewise.")
    waiting: int = Field(description="Generations that wait to begin, counted likewise.")


class ProviderList(Answer):
    """The providers."""

    items: list[ProviderShape] = Field(description="Those over the network first.")


def provider_shape(one: ProviderView) -> ProviderShape:
    """Show a provider."""
    return ProviderShape(
        name=one.name,
        title=one.title,
        configured=one.configured,
        needs=one.needs,
        key_name=one.key_name,
        own_key=one.own_key,
        max_running=one.max_running,
        max_per_tenant=one.max_per_tenant,
        per_minute=one.per_minute,
        paused=one.paused,
        paused_by_settings=one.paused_by_settings,
        running=one.queue.running,
        parked=one.queue.parked,
        waiting=one.queue.waiting,
    )
