"""A LoRA is trained from images at the lab, kept, and used for the next image."""

import base64
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Generation, Phase
from boards.errors import InvalidInput
from boards.testing.lab import Lab, media
from tests.providers.parts import stored
from tests.services.studio import Studio


@pytest.fixture
async def images(studio: Studio) -> list[str]:
    """Four images, by their ids."""
    found = []
    for n in range(4):
        data = media.image("png", 64, 64, n)
        uploaded = await studio.uploads.upload(studio.actor, source=data, filename=f"{n}.png")
        found.append(str(uploaded.id))
    return found


async def made(studio: Studio, name: str, **inputs: Any) -> Generation:
    async with studio.process():
        view = await studio.make(name, **inputs)
    (generation,) = view.generations
    assert generation.phase is Phase.COMPLETED, generation.failure
    return generation


async def trained(studio: Studio, images: list[str]) -> Generation:
    return await made(
        studio, "fal-flux-lora-fast-training", images=images, trigger_word="mrsgull", steps=500
    )


async def test_a_trained_lora_is_kept_with_what_it_adapts(studio: Studio, images: list[str]):
    lora = await trained(studio, images)

    assert lora.artifact_type is ArtifactType.LORA
    assert lora.file is not None
    assert lora.file.facts.format == "safetensors"
    assert await stored(studio, lora) in {media.lora(seed) for seed in range(0, 40, 10)}
    assert lora.output_metadata["base_model"] == "FLUX.1 [dev]"
    assert lora.output_metadata["trigger_words"] == ["mrsgull"]
    assert (await studio.balance(lora.id)).spent == Decimal(1)


async def test_the_images_travel_as_one_archive(studio: Studio, lab: Lab, images: list[str]):
    await trained(studio, images)

    (job,) = lab.desk.jobs.values()
    sent = str(job.body["images_data_url"])
    assert sent.startswith("data:application/zip;base64,")
    assert job.body["trigger_word"] == "mrsgull"
    with zipfile.ZipFile(io.BytesIO(_decoded(sent))) as archive:
        assert archive.namelist() == ["001.png", "002.png", "003.png", "004.png"]
        assert archive.read("003.png") == media.image("png", 64, 64, 2)


async def test_a_lora_is_an_input_of_the_next_image(studio: Studio, lab: Lab, images: list[str]):
    lora = await trained(studio, images)

    image = await made(
        studio,
        "fal-flux-lora",
        prompt="mrsgull on a pier",
        loras=[{"path": str(lora.id), "scale": 0.8}],
    )

    assert image.artifact_type is ArtifactType.IMAGE
    *_, job = lab.desk.jobs.values()
    body: Any = job.body
    (weight,) = body["loras"]
    assert weight["scale"] == 0.8
    assert _decoded(weight["path"]) == await stored(studio, lora)
    view = await studio.generations.lineage(studio.actor, image.id)
    (parent,) = view.ancestors.branches
    assert (parent.generation_id, parent.role) == (lora.id, "loras.0.path")
    assert len(parent.branches) == 4


async def test_too_few_images_are_refused_before_anything_is_sent(
    studio: Studio, lab: Lab, images: list[str]
):
    with pytest.raises(InvalidInput, match="at least 4 items"):
        await studio.ask("fal-flux-lora-fast-training", images=images[:3])

    assert lab.book.accepted == 0


def _decoded(uri: str) -> bytes:
    return base64.b64decode(uri.partition(",")[2])
