"""What the local generators share: they are free, repeatable, and say what they lack."""

from importlib.util import find_spec
from typing import Any

from pydantic import BaseModel, JsonValue

from boards.errors import NotConfigured
from boards.generators.base import BaseGenerator

__all__ = ["SEED_LIMIT", "LocalGenerator", "hint"]

SEED_LIMIT = 2**32 - 1


def hint(group: str, widget: str | None = None, **more: JsonValue) -> dict[str, JsonValue]:
    """Tell forms where a field belongs and with what it is edited."""
    hints: dict[str, JsonValue] = {"x-group": group}
    if widget is not None:
        hints["x-widget"] = widget
    return {**hints, **{f"x-{name}": value for name, value in more.items()}}


class LocalGenerator(BaseGenerator):
    """A generator that works on this machine, costs nothing, and may be run again.

    `title` is its name for people. `needs` is the module and the extra without which it cannot
    run; it is listed all the same.
    """

    provider = "local"
    repeatable = True
    is_algorithmic = True
    """It follows rules, and no model was trained for it; its results are labelled so."""
    version: str | None = "1"

    title: str
    needs: tuple[str, str] | None = None
    inputs: type[BaseModel]
    outputs: type[BaseModel]

    def get_input_schema(self) -> type[BaseModel]:
        return self.inputs

    def get_output_schema(self) -> type[BaseModel]:
        return self.outputs

    async def estimate_cost(self, inputs: Any) -> float:  # noqa: ARG002
        return 0.0

    @property
    def unavailable(self) -> str | None:
        """What is missing and how to install it, or None when the generator can run."""
        if self.needs is None or find_spec(self.needs[0]) is not None:
            return None
        module, extra = self.needs
        return (
            f"{self.name!r} needs the package {module!r}, which is not installed; "
            f"run: pip install 'boards-studio[{extra}]'"
        )

    def require(self) -> None:
        """Raise NotConfigured with the install line when something is missing."""
        missing = self.unavailable
        if missing is not None:
            raise NotConfigured(missing)
