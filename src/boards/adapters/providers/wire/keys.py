"""Keys that are configured for the whole installation."""

from collections.abc import Mapping

from boards.errors import NotConfigured

__all__ = ["ConfiguredKeys"]


class ConfiguredKeys:
    """Keys from the settings. `names` says for each provider how its key is called, `keys` what it
    is; a provider without a name needs none."""

    def __init__(self, names: Mapping[str, str], keys: Mapping[str, str]) -> None:
        self._names = names
        self._keys = {provider: key for provider, key in keys.items() if key}

    def __repr__(self) -> str:
        return f"<ConfiguredKeys for {', '.join(sorted(self._keys)) or 'nobody'}>"

    def missing(self, provider: str) -> str | None:
        return None if provider in self._keys else f"set {self._names[provider]}"

    async def key(
        self,
        provider: str,
        tenant_id: str,  # noqa: ARG002 - one for all
        *,
        buys: bool = False,  # noqa: ARG002
    ) -> str:
        key = self._keys.get(provider)
        if key is None:
            raise NotConfigured(f"There is no key for {provider}: set {self._names[provider]}.")
        return key

    async def another(
        self,
        provider: str,  # noqa: ARG002 - there is one
        tenant_id: str,  # noqa: ARG002
        refused: str,  # noqa: ARG002
    ) -> str | None:
        return None
