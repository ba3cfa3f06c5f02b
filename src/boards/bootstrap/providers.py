"""What of providers follows from the settings: keys, caps and rates."""

from dataclasses import replace

from boards.adapters.providers import PROVIDERS
from boards.adapters.sealing import SecretSealer
from boards.services.keyring import KeyRing
from boards.services.ports import Limits
from boards.settings import Settings

__all__ = ["keyring_of", "limits_of", "sealer_of"]


def sealer_of(settings: Settings) -> SecretSealer | None:
    """What encrypts tenants' keys; None without BOARDS_SECRET_KEY."""
    if settings.secret_key is None:
        return None
    previous = [each.get_secret_value() for each in settings.secret_key_previous]
    return SecretSealer(settings.secret_key.get_secret_value(), former=previous)


def keyring_of(settings: Settings) -> KeyRing:
    """The keys of the installation, and those of tenants as soon as it is given the database."""
    return KeyRing(
        sealer=sealer_of(settings),
        names={provider.name: provider.key for provider in PROVIDERS.values()},
        configured={
            provider.name: key.get_secret_value()
            for provider in PROVIDERS.values()
            if (key := settings.generator_api_keys.get(provider.key)) is not None
        },
    )


def limits_of(settings: Settings) -> Limits:
    """The caps and rates; what the settings do not say of a provider is as by default."""
    default = Limits(total=settings.concurrency, paused=frozenset(settings.paused))
    said = settings.providers.items()
    running = {name: one.max_running for name, one in said if one.max_running is not None}
    share = {name: one.max_per_tenant for name, one in said if one.max_per_tenant is not None}
    rates = {name: one.per_minute for name, one in said if one.per_minute is not None}
    return replace(
        default,
        providers={**default.providers, **running},
        tenant_share=share,
        per_minute=rates,
    )
