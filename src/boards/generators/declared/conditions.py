"""Tells when the conditional parts of a declaration hold: cases, additions, variants."""

from pydantic import BaseModel

from boards.generators.declared.declaration import Condition, Declaration

__all__ = ["holds", "said", "variant_for"]


def holds(condition: Condition, inputs: BaseModel) -> bool:
    """Tell whether all that a condition says is so."""
    return (
        all(said(getattr(inputs, name)) == said(value) for name, value in condition.when.items())
        and all(_is_given(getattr(inputs, name)) for name in condition.given)
        and not any(_is_given(getattr(inputs, name)) for name in condition.absent)
    )


def variant_for(declaration: Declaration, inputs: BaseModel) -> Declaration:
    """Give the declaration with the endpoint and model that these inputs are sent to."""
    for variant in declaration.variants:
        if holds(variant, inputs):
            other = {"endpoint": variant.endpoint, "model": variant.model}
            return declaration.model_copy(
                update={name: value for name, value in other.items() if value is not None}
            )
    return declaration


def said(value: object) -> str:
    """How a value is written as a key: `true`, `8`, `1080p`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_given(value: object) -> bool:
    return value is not None and value not in ("", [])
