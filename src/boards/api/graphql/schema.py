"""The schema: the nouns put together, with the limits and the errors around them."""

from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection, MaxTokensLimiter
from strawberry.schema.config import StrawberryConfig

from boards.api.graphql.attention import AttentionMutations, AttentionQueries
from boards.api.graphql.boards import BoardMutations, BoardQueries
from boards.api.graphql.curation import CurationMutations, CurationQueries
from boards.api.graphql.errors import SaidErrors
from boards.api.graphql.generations import GenerationMutations, GenerationQueries
from boards.api.graphql.generators import GeneratorQueries
from boards.api.graphql.jobs import JobMutations, JobQueries
from boards.api.graphql.limits import DocumentLimiter, Limits
from boards.api.graphql.lineage import LineageMutations, LineageQueries
from boards.api.graphql.members import MemberMutations, MemberQueries
from boards.api.graphql.money import MoneyMutations, MoneyQueries
from boards.api.graphql.notes import NoteMutations
from boards.api.graphql.people import PeopleQueries
from boards.api.graphql.search import SearchQueries
from boards.api.graphql.subscriptions import Subscription
from boards.api.graphql.tags import TagMutations, TagQueries
from boards.api.graphql.uploads import UploadMutations
from boards.ids import parse_id

__all__ = ["Mutation", "Query", "Schema", "Subscription", "make_schema", "sdl"]


@strawberry.type(description="What can be asked.")
class Query(
    MoneyQueries,
    GeneratorQueries,
    GenerationQueries,
    JobQueries,
    AttentionQueries,
    BoardQueries,
    MemberQueries,
    TagQueries,
    SearchQueries,
    LineageQueries,
    CurationQueries,
    PeopleQueries,
):
    """The root of queries."""


@strawberry.type(description="What can be changed. Those that spend say so.")
class Mutation(
    MoneyMutations,
    GenerationMutations,
    UploadMutations,
    JobMutations,
    AttentionMutations,
    BoardMutations,
    MemberMutations,
    TagMutations,
    LineageMutations,
    NoteMutations,
    CurationMutations,
):
    """The root of mutations."""


class Schema(strawberry.Schema):
    """A schema that leaves the log to `SaidErrors`, which tells refusals from faults."""

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        pass


def make_schema(*, introspection: bool = True, limits: Limits | None = None) -> Schema:
    """Put the schema together."""
    bounds = limits or Limits()
    extensions: list[Any] = [
        SaidErrors,
        lambda: MaxTokensLimiter(max_token_count=bounds.tokens),
        lambda: DocumentLimiter(bounds),
    ]
    if not introspection:
        extensions.append(DisableIntrospection)
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=extensions,
        config=StrawberryConfig(
            scalar_map={
                UUID: strawberry.scalar(
                    name="UUID",
                    description="An id, such as 01890a5d-ac96-774b-bcce-b302099a8057.",
                    serialize=str,
                    parse_value=_id,
                )
            },
            # Without introspection a misspelt name is not answered with the nearest one.
            disable_field_suggestions=not introspection,
        ),
    )


def sdl() -> str:
    """The schema in the schema definition language."""
    return make_schema().as_str() + "\n"


def _id(value: object) -> UUID:
    found = parse_id(value)
    if found is None:
        raise GraphQLError(
            f"{value!r} is no id; ids look like 01890a5d-ac96-774b-bcce-b302099a8057."
        )
    return found
