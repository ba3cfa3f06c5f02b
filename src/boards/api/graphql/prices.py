"""What a document would cost to answer, worked out before anything is looked up.

Every object that an answer may hold costs one point, scalars nothing. What stands in a list counts
as often as the list is asked to be long: by `limit` or `first`, or by what the schema says where
neither is given. A list without such an argument counts as `UNBOUNDED`. Fragments are written out,
and each is worked out once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

__all__ = ["UNBOUNDED", "price"]

UNBOUNDED: Final = 3
"""How long a list is taken to be that cannot be bounded, such as the tags of a generation."""
_BOUNDS: Final = ("limit", "first")
_DEFAULT: Final = 50

Typed = GraphQLObjectType | GraphQLInterfaceType


@dataclass(kw_only=True)
class _Counter:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    deepest: int
    _known: dict[tuple[str, bool], int] = field(default_factory=dict)

    def selections(
        self, node: SelectionSetNode | None, of: Any, level: int, *, is_part: bool = False
    ) -> int:
        if node is None or level > self.deepest:
            return 0
        total = 0
        for selection in node.selections:
            match selection:
                case FieldNode():
                    total += self._field(selection, of, level, is_part=is_part)
                case InlineFragmentNode():
                    on = selection.type_condition
                    to = of if on is None else self.schema.get_type(on.name.value)
                    total += self.selections(selection.selection_set, to, level, is_part=is_part)
                case FragmentSpreadNode():
                    total += self._fragment(selection.name.value, level, is_part=is_part)
        return total

    def _field(self, node: FieldNode, of: Any, level: int, *, is_part: bool) -> int:
        definition = of.fields.get(node.name.value) if isinstance(of, Typed) else None
        if definition is None:
            return 0
        kind = get_named_type(definition.type)
        if is_leaf_type(kind):
            return 0
        bound = self._bound(node, definition)
        is_list = _is_list(definition.type)
        inner = self.selections(
            node.selection_set, kind, level + 1, is_part=bound is not None and not is_list
        )
        if bound is not None:
            return bound * (1 + inner)
        # The lists in a part of a longer one are as long as was asked of that.
        return (UNBOUNDED if is_list and not is_part else 1) * (1 + inner)

    def _bound(self, node: FieldNode, definition: GraphQLField) -> int | None:
        name = next((one for one in _BOUNDS if one in definition.args), None)
        if name is None:
            return None
        asked: Any = definition.args[name].default_value
        for argument in node.arguments or ():
            if argument.name.value == name:
                value = argument.value
                if isinstance(value, IntValueNode):
                    asked = int(value.value)
                elif isinstance(value, VariableNode):
                    asked = self.variables.get(value.name.value, asked)
        return max(asked, 1) if isinstance(asked, int) else _DEFAULT

    def _fragment(self, name: str, level: int, *, is_part: bool) -> int:
        key = (name, is_part)
        if key not in self._known:
            # Stands for itself meanwhile; a cycle is refused by the validation.
            self._known[key] = 0
            definition = self.fragments.get(name)
            if definition is not None:
                of = self.schema.get_type(definition.type_condition.name.value)
                self._known[key] = self.selections(
                    definition.selection_set, of, level, is_part=is_part
                )
        return self._known[key]


def price(
    document: DocumentNode,
    schema: GraphQLSchema,
    variables: Mapping[str, Any],
    *,
    deepest: int,
) -> int:
    """Give the points of the dearest operation in a document. What is deeper than `deepest`, or not
    in the schema, is not counted: it is refused for that."""
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    dearest = 0
    for one in document.definitions:
        if isinstance(one, OperationDefinitionNode):
            counter = _Counter(
                schema=schema,
                fragments=fragments,
                variables={**_defaults(one), **variables},
                deepest=deepest,
            )
            root = schema.get_root_type(one.operation)
            dearest = max(dearest, counter.selections(one.selection_set, root, 0))
    return dearest


def _defaults(operation: OperationDefinitionNode) -> Mapping[str, int]:
    found = {}
    for one in operation.variable_definitions or ():
        if isinstance(one.default_value, IntValueNode):
            found[one.variable.name.value] = int(one.default_value.value)
    return found


def _is_list(kind: Any) -> bool:
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)
