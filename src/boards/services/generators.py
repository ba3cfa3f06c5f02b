"""Which generators there are, and what they ask for."""

import difflib
from dataclasses import dataclass

from pydantic import JsonValue

from boards.domain.artifacts import PRODUCED
from boards.errors import InvalidInput, NotFound
from boards.generators.base import BaseGenerator
from boards.generators.form import input_form
from boards.generators.registry import GeneratorRegistry

__all__ = ["GeneratorService"]


@dataclass(frozen=True, kw_only=True)
class GeneratorService:
    """Lists generators and their forms."""

    registry: GeneratorRegistry

    def list(self, artifact_type: str | None = None) -> tuple[BaseGenerator, ...]:
        """List all generators, or those that make one type. InvalidInput for no such type."""
        if artifact_type is None:
            return tuple(self.registry.list_all())
        if artifact_type not in {kind.value for kind in PRODUCED}:
            known = ", ".join(kind.value for kind in PRODUCED)
            raise InvalidInput(f"There is no artifact type {artifact_type!r}; use one of {known}.")
        return tuple(self.registry.list_by_artifact_type(artifact_type))

    def get(self, name: str) -> BaseGenerator:
        """Give one generator by name or alias. NotFound names the nearest."""
        generator = self.registry.get(name)
        if generator is None:
            near = difflib.get_close_matches(name, self.registry.list_names(), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`boards generators` lists them all."
            raise NotFound(f"There is no generator {name!r}; {hint}")
        return generator

    def form(self, name: str) -> dict[str, JsonValue]:
        """Give the JSON Schema of the inputs with hints for a form."""
        return input_form(self.get(name))
