"""How a setting is declared: what it is for, what it takes, and lists given as text."""

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr

__all__ = ["PREFIX", "LogLevel", "Names", "Secrets", "setting"]

PREFIX = "BOARDS_"


def _split(value: object) -> object:
    """Read a list from text: separated by commas, or as JSON."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return [part.strip() for part in value.split(",") if part.strip()]


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Secrets = Annotated[tuple[Annotated[SecretStr, Field(min_length=32)], ...], BeforeValidator(_split)]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
]


def setting(default: Any, what: str, expects: str, **limits: Any) -> Any:
    """A field: what the setting is for, and what it takes, as faults and the docs say it."""
    return Field(default, description=what, json_schema_extra={"expects": expects}, **limits)
