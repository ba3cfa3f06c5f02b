"""Which generators there are, and what they ask for."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from boards.domain.access import Actor, Duty
from boards.domain.artifacts import PRODUCED
from boards.errors import InvalidInput, NotFound
from boards.generators.base import BaseGenerator
from boards.generators.declared import DeclaredGenerator
from boards.generators.form import input_form
from boards.generators.registry import GeneratorRegistry
from boards.services.keyring import KeyRing
from boards.services.rights import require

__all__ = ["GeneratorService", "OwnKeys", "why_unavailable"]

NAME_LENGTH = 200
"""How much of a name that nothing has is looked at and said again."""

OwnKeys = Mapping[str, str | None]
"""The providers for which a tenant has its own key, and what keeps each from being used."""


@dataclass(frozen=True, kw_only=True)
class GeneratorService:
    """Lists generators and their forms. Without a keyring tenants have no keys of their own."""

    registry: GeneratorRegistry
    keyring: KeyRing | None = None

    def list(self, artifact_type: str | None = None) -> tuple[BaseGenerator, ...]:
        """List all generators, or those that make one type. InvalidInput for no such type."""
        if artifact_type is None:
            return tuple(self.registry.list_all())
        if artifact_type not in {kind.value for kind in PRODUCED}:
            known = ", ".join(kind.value for kind in PRODUCED)
            raise InvalidInput(
                f"There is no artifact type {artifact_type!r:.60}; use one of {known}."
            )
        return tuple(self.registry.list_by_artifact_type(artifact_type))

    def get(self, name: str) -> BaseGenerator:
        """Give one generator by name or alias. NotFound names the nearest."""
        generator = self.registry.get(name)
        if generator is None:
            near = difflib.get_close_matches(name[:NAME_LENGTH], self.registry.list_names(), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`boards generators` lists them all."
            raise NotFound(f"There is no generator {name!r:.{NAME_LENGTH}}; {hint}")
        return generator

    def form(self, name: str) -> dict[str, JsonValue]:
        """Give the JSON Schema of the inputs with hints for a form."""
        return input_form(self.get(name))

    async def own_keys(self, actor: Actor) -> OwnKeys:
        """The keys of the actor's tenant, for `why_unavailable`. Unauthenticated for nobody."""
        require(actor, Duty.SEE_GENERATORS)
        return {} if self.keyring is None else await self.keyring.own(actor.tenant_id)


def why_unavailable(generator: BaseGenerator, own: OwnKeys) -> str | None:
    """What is missing before a tenant with these keys can run it, and what to do about it."""
    if isinstance(generator, DeclaredGenerator) and generator.provider in own:
        return own[generator.provider]
    missing = getattr(generator, "unavailable", None)
    return missing if isinstance(missing, str) and missing else None
