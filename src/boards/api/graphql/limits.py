"""How much one document may ask, measured before it is validated, in time linear in its length.

Depth and aliases are counted with fragments written out, but each fragment is measured once:
a chain of fragments that spread the next one twice would otherwise be measured 2ⁿ times.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension

from boards.api.graphql.prices import price

__all__ = ["TOO_COMPLEX", "DocumentLimiter", "Limits", "excess"]

TOO_COMPLEX: Final = "TOO_COMPLEX"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one request. `cost` is in the points of `prices`; `items` counts the things in all
    lists of an answer together, as they come."""

    tokens: int = 2000
    depth: int = 12
    aliases: int = 30
    fields: int = 500
    cost: int = 10_000
    items: int = 5000


@dataclass(frozen=True, kw_only=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    fields: int = 0

    def beside(self, other: "_Size") -> "_Size":
        return _Size(
            depth=max(self.depth, other.depth),
            aliases=self.aliases + other.aliases,
            fields=self.fields + other.fields,
        )


@dataclass(kw_only=True)
class _Scale:
    """Measures selections. What is deeper than `deepest` is not looked into."""

    fragments: Mapping[str, FragmentDefinitionNode]
    deepest: int
    _known: dict[str, _Size] = field(default_factory=dict)

    def selections(self, node: SelectionSetNode | None, level: int) -> _Size:
        size = _Size()
        for selection in node.selections if node is not None else ():
            match selection:
                case FieldNode():
                    size = size.beside(self._field(selection, level))
                case InlineFragmentNode():
                    size = size.beside(self.selections(selection.selection_set, level))
                case FragmentSpreadNode():
                    size = size.beside(self._fragment(selection.name.value))
        return size

    def _field(self, node: FieldNode, level: int) -> _Size:
        alias = 1 if node.alias else 0
        if node.selection_set is None:
            return _Size(aliases=alias, fields=1)
        if level >= self.deepest:
            return _Size(depth=1, aliases=alias, fields=1)
        inner = self.selections(node.selection_set, level + 1)
        # What a schema says of itself nests deeply, and has a rule of its own.
        depth = 0 if node.name.value.startswith("__") else inner.depth + 1
        return _Size(depth=depth, aliases=inner.aliases + alias, fields=inner.fields + 1)

    def _fragment(self, name: str) -> _Size:
        known = self._known.get(name)
        if known is None:
            definition = self.fragments.get(name)
            # Stands for itself while it is measured; a cycle is refused by the validation.
            self._known[name] = _Size()
            if definition is not None:
                known = self.selections(definition.selection_set, 0)
            known = self._known[name] = known or _Size()
        return known


def excess(document: DocumentNode, limits: Limits) -> str | None:
    """Say which limit the document exceeds, if it does."""
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    scale = _Scale(fragments=fragments, deepest=limits.depth)
    size = _Size()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            size = size.beside(scale.selections(definition.selection_set, 0))
    for name in ("depth", "aliases", "fields"):
        limit = getattr(limits, name)
        if getattr(size, name) > limit:
            return f"The document exceeds the limit of {limit} for {name}; ask for less at once."
    return None


class DocumentLimiter(SchemaExtension):
    """Refuses a document that exceeds the limits before anything else looks at it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def on_validate(self) -> Iterator[None]:
        document = self.execution_context.graphql_document
        fault = self._fault(document) if document is not None else None
        if fault is not None:
            error = GraphQLError(fault, extensions={"code": TOO_COMPLEX})
            # The validation is passed over when there are errors already.
            self.execution_context.pre_execution_errors = [error]
        yield

    def _fault(self, document: DocumentNode) -> str | None:
        fault = excess(document, self.limits)
        if fault is not None:
            return fault
        cost = price(
            document,
            self.execution_context.schema._schema,  # noqa: SLF001 - there is no other way to it
            self.execution_context.variables or {},
            deepest=self.limits.depth,
        )
        if cost <= self.limits.cost:
            return None
        return (
            f"The document costs {cost} points, and the limit is {self.limits.cost}: ask for "
            "shorter lists, or for fewer things in each."
        )
