"""Uploads by a public address over GraphQL."""

from dataclasses import replace

import pytest

from boards.services.uploads import UploadService
from boards.testing.generators import tiny_png
from tests.graphql.asking import Ask
from tests.services.studio import Studio
from tests.services.test_uploads import Page

UPLOAD = """
    mutation ($input: UploadArtifactInput!) {
      uploadArtifact(input: $input) {
        generatorName status artifactType inputParams storageUrl cost { amount }
        inputArtifacts { role generationId }
      }
    }
"""


async def test_a_file_is_fetched_and_kept_with_what_was_said_of_it(
    studio: Studio, ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    board = await studio.boards.default(studio.actor)
    async with studio.process():
        parent = (await studio.make("sample")).generations[0]
    async with Page(body=tiny_png()).open() as (base, client):
        fetch = UploadService.upload_from_url

        async def from_here(service: UploadService, *args: object, **rest: object) -> object:
            # The address is one of this machine, which the studio's own client refuses.
            return await fetch(replace(service, client=client), *args, **rest)  # type: ignore[arg-type]

        monkeypatch.setattr(UploadService, "upload_from_url", from_here)
        made = await ask(
            UPLOAD,
            input={
                "boardId": str(board.id),
                "artifactType": "IMAGE",
                "fileUrl": f"{base}/boat.png",
                "originalFilename": "My boat.png",
                "userDescription": "At sea",
                "parentGenerationId": str(parent.id),
            },
        )
    assert made["uploadArtifact"] == {
        "generatorName": "user-upload-image",
        "status": "COMPLETED",
        "artifactType": "IMAGE",
        "inputParams": {"filename": "My boat.png", "description": "At sea"},
        "storageUrl": made["uploadArtifact"]["storageUrl"],
        "cost": {"amount": "0"},
        "inputArtifacts": [{"role": "parent", "generationId": str(parent.id)}],
    }
    assert made["uploadArtifact"]["storageUrl"].startswith("http")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"fileUrl": ""},
        {"fileUrl": "http://127.0.0.1:9/x.png"},
        {"fileUrl": "file:///etc/passwd"},
        {"fileUrl": "https://example.org/x", "artifactType": "MODEL"},
        {"fileUrl": "https://example.org/x", "userDescription": "x" * 10_001},
    ],
)
async def test_what_cannot_be_fetched_is_refused_before_anything_is_kept(
    studio: Studio, ask: Ask, said: dict
):
    board = await studio.boards.default(studio.actor)
    sent = {"boardId": str(board.id), "artifactType": "IMAGE"} | said
    assert await ask.code(UPLOAD, input=sent) == "INVALID_INPUT"
    assert await ask("{ recentGenerations { id } }") == {"recentGenerations": []}
