"""The operations of both surfaces, as the contract and the schema list them, and how to try one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi import FastAPI
from graphql import (
    GraphQLInputObjectType,
    GraphQLSchema,
    ObjectFieldNode,
    VariableNode,
    Visitor,
    get_named_type,
    parse,
    visit,
)
from graphql.language import ArgumentNode

from boards.api.graphql.router import PATH as GRAPHQL_PATH
from boards.api.graphql.schema import make_schema
from boards.api.rest.tus import PIECE
from tests.rights.asking import Answer, as_form, as_json, as_metadata, ask
from tests.rights.calls import GRAPHQL, REST, Call, Document, filled, named
from tests.rights.curating import CURATING
from tests.rights.telling import TELLING
from tests.rights.world import PICTURE

__all__ = ["Graphql", "Operation", "Rest", "ids_given", "operations_of"]

_IN_PATH = re.compile(r"\{(\w+)\}")
_HIDDEN, _YES, _NO, _SIGN_IN = "hidden", "yes", "no", "sign in"


@dataclass(frozen=True, kw_only=True)
class Rest:
    """An operation of the REST surface."""

    name: str
    method: str
    path: str
    ids: frozenset[str]
    """Every parameter and field that takes an id."""
    calls: tuple[Call, ...]
    call: Call

    @property
    def key(self) -> str:
        return f"rest {self.name}"

    @property
    def ends_session(self) -> bool:
        return self.call.ends_session

    @property
    def kinds(self) -> Mapping[str, str]:
        return self.call.kinds

    @property
    def names(self) -> list[str]:
        call = self.call
        in_path = [one for one in _IN_PATH.findall(self.path) if one not in call.path]
        said = named(call.query, call.json, call.form, call.metadata)
        return list(dict.fromkeys([*in_path, *said]))

    async def try_it(self, api: FastAPI, headers: Mapping[str, str], things: Any) -> Answer:
        call = self.call
        path = filled(self.path, {**call.path, **things})
        body, kind = b"", None
        if call.json is not None:
            body, kind = as_json(filled(call.json, things)), "application/json"
        elif call.form is not None:
            body, kind = as_form(filled(call.form, things), name="one.png", content=PICTURE)
        elif call.piece is not None:
            body, kind = call.piece, PIECE
        sent = {**headers, **call.headers}
        if call.metadata:
            sent["Upload-Metadata"] = as_metadata(filled(call.metadata, things))
        return await ask(
            api,
            self.method,
            path,
            headers=sent,
            query=filled(call.query, things),
            body=body,
            content_type=kind,
        )

    def outcome(self, answer: Answer) -> str:
        if answer.status in self.call.passes:
            return _YES
        if answer.status in self.call.hidden:
            return _HIDDEN
        said = {401: _SIGN_IN, 403: _NO}.get(answer.status)
        return said or f"{answer.status} {answer.text[:200]}"


@dataclass(frozen=True, kw_only=True)
class Graphql:
    """An operation of the GraphQL surface: a root field, or a field that looks something up."""

    name: str
    ids: frozenset[str]
    ends_session: bool = False

    @property
    def key(self) -> str:
        return f"graphql {self.name}"

    @cached_property
    def document(self) -> Document:
        return {**GRAPHQL, **CURATING}[self.name]

    @property
    def kinds(self) -> Mapping[str, str]:
        return self.document.kinds

    @property
    def names(self) -> list[str]:
        variables = re.findall(r"\$(\w+): (?:\[?UUID|String!)", self.document.text)
        return list(dict.fromkeys(variables))

    @property
    def is_stream(self) -> bool:
        return self.document.text.startswith("subscription")

    async def try_it(self, api: FastAPI, headers: Mapping[str, str], things: Any) -> Answer:
        document = self.document
        body = {"query": document.text, "variables": {**document.variables, **things}}
        accepts = {"accept": "text/event-stream"} if self.is_stream else {}
        return await ask(
            api,
            "POST",
            GRAPHQL_PATH,
            headers={**headers, **accepts},
            body=as_json(body),
            content_type="application/json",
        )

    def outcome(self, answer: Answer) -> str:
        if answer.status != 200:
            said = {401: _SIGN_IN, 403: _NO}.get(answer.status)
            return said or f"{answer.status} {answer.text[:200]}"
        found = _first_of(answer) if self.is_stream else answer.json
        if errors := found.get("errors"):
            code = errors[0].get("extensions", {}).get("code")
            if code in self.document.passes:
                return _YES
            if code in self.document.hidden:
                return _HIDDEN
            said = {"UNAUTHENTICATED": _SIGN_IN, "FORBIDDEN": _NO}.get(code)
            return said or f"{code} {errors[0]['message'][:200]}"
        value = found["data"]
        for part in self.document.at.split("."):
            value = None if value is None else value[part]
        if value is None or (self.document.empty_is_hidden and value == []):
            return _HIDDEN
        return _YES


def _first_of(answer: Answer) -> Any:
    """What a stream tells first."""
    told = re.search(r"^data: (.+)$", answer.text, re.MULTILINE)
    assert told is not None, answer.text
    return json.loads(told.group(1))


Operation = Rest | Graphql


def operations_of(api: FastAPI) -> list[Operation]:
    """Everything that the contract and the schema offer."""
    return [*_rest(api.openapi()), *_graphql()]


def _rest(contract: Mapping[str, Any]) -> Iterator[Rest]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            ids = {
                one["name"]
                for one in operation.get("parameters", [])
                if any(_id_fields({"properties": {one["name"]: one["schema"]}}, contract))
            }
            for content in operation.get("requestBody", {}).get("content", {}).values():
                ids |= set(_id_fields(content.get("schema", {}), contract))
            name = operation["operationId"]
            known = {**REST, **TELLING}.get(name, Call())
            calls = known if isinstance(known, tuple) else (known,)
            for call in calls:
                yield Rest(
                    name=name,
                    method=method.upper(),
                    path=path,
                    ids=frozenset(ids),
                    calls=calls,
                    call=call,
                )


def _id_fields(
    schema: Any, contract: Mapping[str, Any], name: str = "", seen: tuple[str, ...] = ()
) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    if (reference := schema.get("$ref")) is not None:
        if reference not in seen:
            target = contract["components"]["schemas"][reference.rsplit("/", 1)[1]]
            yield from _id_fields(target, contract, name, (*seen, reference))
        return
    if schema.get("format") == "uuid":
        yield name
    for key, value in schema.get("properties", {}).items():
        yield from _id_fields(value, contract, key, seen)
    for key in ("items", "additionalProperties"):
        yield from _id_fields(schema.get(key), contract, name, seen)
    for key in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(key, []):
            yield from _id_fields(part, contract, name, seen)


def _graphql() -> Iterator[Graphql]:
    schema: GraphQLSchema = make_schema()._schema
    for kind in (schema.query_type, schema.mutation_type):
        assert kind is not None
        for name, field in kind.fields.items():
            yield Graphql(name=name, ids=frozenset(_id_arguments(field.args)))
    for name, other in schema.type_map.items():
        if other in (schema.query_type, schema.mutation_type):
            continue
        for each, field in getattr(other, "fields", {}).items():
            definition = getattr(field, "extensions", {}).get("strawberry-definition")
            if getattr(definition, "base_resolver", None) is not None:
                yield Graphql(
                    name=f"{name}.{each}", ids=frozenset(_id_arguments(getattr(field, "args", {})))
                )


def _id_arguments(arguments: Mapping[str, Any]) -> Iterator[str]:
    for name, argument in arguments.items():
        kind = get_named_type(argument.type)
        if kind.name == "UUID":
            yield name
        elif isinstance(kind, GraphQLInputObjectType):
            yield from _id_arguments(kind.fields)


def _fields_given(sent: object) -> Iterator[str]:
    """The fields of what is sent, however deep, whose values are ids."""
    for name, value in sent.items() if isinstance(sent, Mapping) else ():
        if named(value):
            yield name
        yield from _fields_given(value)


def ids_given(operation: Operation) -> set[str]:
    """The parameters and fields to which a call gives the id of a thing."""
    if isinstance(operation, Rest):
        given = set(_IN_PATH.findall(operation.path))
        for call in operation.calls:
            for sent in (call.query, call.json, call.form):
                given |= set(_fields_given(sent))
        return given
    given = set()

    class Given(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: object) -> None:
            if isinstance(node.value, VariableNode):
                given.add(node.name.value)

        def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
            if isinstance(node.value, VariableNode):
                given.add(node.name.value)

    visit(parse(operation.document.text), Given())
    return given
