"""The Generators API's own GraphQL documents run as printed."""

from uuid import UUID

from boards.ids import parse_id
from tests.graphql.asking import BASE, Ask, Server
from tests.services.samples import Waits
from tests.services.studio import Studio

# Quoted from the section "GraphQL API Integration".
GET_GENERATORS = """\
query GetGenerators($artifactType: String) {
  generators(artifactType: $artifactType) {
    name
    artifactType
    description
    inputSchema # JSON schema for frontend
  }
}
"""
RUN_GENERATION = """\
mutation RunGeneration($generatorName: String!, $inputs: JSON!) {
  runGeneration(generatorName: $generatorName, inputs: $inputs) {
    id
    status
    result {
      ... on ImageArtifact {
        storageUrl
        width
        height
      }
    }
  }
}
"""


class TestGraphQLAPIIntegration:
    async def test_registered_generators_are_automatically_exposed(self, studio: Studio, ask: Ask):
        found = (await ask(GET_GENERATORS, artifactType="image"))["generators"]
        assert [one["name"] for one in found] == studio.registry.list_names()
        sample = next(one for one in found if one["name"] == "sample")
        assert sample["artifactType"] == "IMAGE"
        assert sample["description"] == "A sample"
        assert "prompt" in sample["inputSchema"]["properties"]

    async def test_the_artifact_type_may_be_left_out(self, studio: Studio, ask: Ask):
        found = (await ask(GET_GENERATORS))["generators"]
        assert len(found) == len(studio.registry)

    async def test_run_generation_answers_before_there_is_a_result(self, ask: Ask):
        ran = (await ask(RUN_GENERATION, generatorName="waits", inputs={}))["runGeneration"]
        assert parse_id(ran["id"]) is not None
        assert ran == {"id": ran["id"], "status": "PENDING", "result": None}

    async def test_the_result_is_there_once_it_is_complete(self, studio: Studio, server: Server):
        async with studio.process(), server.client() as client:
            ask = Ask(client)
            ran = await ask(RUN_GENERATION, generatorName="waits", inputs={"prompt": "a boat"})
            waits = studio.registry.get("waits")
            assert isinstance(waits, Waits)
            waits.go.set()
            found = await ask(
                "query ($id: UUID!) { generation(id: $id) { jobId } }",
                id=ran["runGeneration"]["id"],
            )
            await studio.ended(UUID(found["generation"]["jobId"]))
            document = """
                query ($id: UUID!) {
                  generation(id: $id) {
                    status
                    storageUrl
                    result {
                      __typename
                      ... on ImageArtifact { storageUrl width height format }
                      ... on VideoArtifact { storageUrl width height format duration }
                      ... on AudioArtifact { storageUrl format duration }
                      ... on TextArtifact { content format }
                      ... on LoRArtifact { storageUrl format baseModel }
                    }
                  }
                }
            """
            made = (await ask(document, id=ran["runGeneration"]["id"]))["generation"]
            url = f"{BASE}/api/v1/generations/{ran['runGeneration']['id']}/content"
            assert made == {
                "status": "COMPLETED",
                "storageUrl": url,
                "result": {
                    "__typename": "ImageArtifact",
                    "storageUrl": url,
                    "width": 4,
                    "height": 4,
                    "format": "png",
                },
            }
            bytes_of = await ask.client.get(url.removeprefix(BASE))
            assert bytes_of.content.startswith(b"\x89PNG")
