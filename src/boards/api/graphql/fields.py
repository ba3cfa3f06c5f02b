"""Fields with a resolver and a description, in a form that type checkers follow."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

import strawberry
from strawberry.types.field import StrawberryField

__all__ = ["followed", "resolved"]

T = TypeVar("T")


def resolved(description: str) -> Callable[[Callable[..., Awaitable[T]]], StrawberryField]:
    """Make a field, or a mutation, of a method."""

    def decorate(resolver: Callable[..., Awaitable[T]]) -> StrawberryField:
        return strawberry.field(resolver, description=description)

    return decorate


def followed(
    description: str,
) -> Callable[[Callable[..., AsyncGenerator[T, None]]], StrawberryField]:
    """Make a subscription of a method."""

    def decorate(resolver: Callable[..., AsyncGenerator[T, None]]) -> StrawberryField:
        made: StrawberryField = strawberry.subscription(resolver, description=description)
        return made

    return decorate
