"""The schema is written down, and keeps what its clients know."""

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType, build_schema

from boards.api.graphql.schema import sdl
from tools.graphql_schema import PAGE

KNOWN = """
type Board {
  id: UUID! tenantId: UUID! ownerId: UUID! title: String! description: String isPublic: Boolean!
  createdAt: DateTime! updatedAt: DateTime!
  generations(limit: Int = 50, offset: Int = 0): [Generation!]!
}
type Generation {
  id: UUID! tenantId: UUID! boardId: UUID! userId: UUID! generatorName: String!
  artifactType: ArtifactType! storageUrl: String thumbnailUrl: String
  additionalFiles: [AdditionalFile!]! inputParams: JSON! outputMetadata: JSON!
  externalJobId: String status: GenerationStatus! progress: Float! errorMessage: String
  startedAt: DateTime completedAt: DateTime createdAt: DateTime! updatedAt: DateTime!
  board: Board! inputArtifacts: [ArtifactLineage!]! ancestry(maxDepth: Int! = 25): AncestryNode!
  descendants(maxDepth: Int! = 25): DescendantNode!
}
type AdditionalFile { url: String! type: String! metadata: JSON! }
type ArtifactLineage {
  generationId: UUID! role: String! artifactType: ArtifactType! generation: Generation
}
type AncestryNode { generation: Generation! depth: Int! role: String parents: [AncestryNode!]! }
type DescendantNode {
  generation: Generation! depth: Int! role: String children: [DescendantNode!]!
}
type GeneratorInfo {
  name: String! description: String! artifactType: ArtifactType! inputSchema: JSON!
}
enum ArtifactType { IMAGE VIDEO AUDIO TEXT LORA MODEL }
enum GenerationStatus { PENDING PROCESSING COMPLETED FAILED CANCELLED }
enum BoardQueryRole { ANY OWNER MEMBER }
enum SortOrder { CREATED_ASC CREATED_DESC UPDATED_ASC UPDATED_DESC }
scalar UUID
scalar DateTime
scalar JSON
type Query { generators(artifactType: String): [GeneratorInfo!]! }
"""
KNOWN_SCHEMA = build_schema(KNOWN)
NAMES = [name for name in KNOWN_SCHEMA.type_map if not name.startswith("__")]


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == sdl(), "run `python -m tools.graphql_schema`"


@pytest.mark.parametrize("name", NAMES)
def test_what_clients_know_is_kept(name: str):
    known, here = KNOWN_SCHEMA.type_map[name], build_schema(sdl()).type_map[name]
    assert type(known) is type(here)
    if isinstance(known, GraphQLObjectType) and isinstance(here, GraphQLObjectType):
        for field_name, field in known.fields.items():
            assert str(here.fields[field_name].type) == str(field.type), field_name
            for argument_name, argument in field.args.items():
                ours = here.fields[field_name].args[argument_name]
                assert str(ours.type) == str(argument.type)
    if isinstance(known, GraphQLEnumType) and isinstance(here, GraphQLEnumType):
        assert list(here.values) == list(known.values)
