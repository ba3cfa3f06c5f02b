"""The routes of recipes and previews, over a studio."""

from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from boards.api.app import create_app
from boards.api.services import Services, ShowingServices
from boards.api.shapes.recipes import RecipeShape, WaveformShape
from tests.api.doubles import client_of
from tests.media.files import picture, tone
from tests.services.studio import Studio

API = "/api/v1"


@pytest.fixture
async def client(studio: Studio) -> AsyncIterator[httpx2.AsyncClient]:
    async def actor_for(_: object) -> object:
        return studio.actor

    none = cast(Any, None)
    services = Services(
        **{
            **{field.name: none for field in fields(Services)},
            "showing": ShowingServices(previews=studio.previews, recipes=studio.recipes),
            "storage": studio.storage,
            "actor_for": actor_for,
        }
    )
    async with client_of(create_app(services, version="1")) as client:
        yield client


async def made(studio: Studio) -> str:
    job = await studio.make("paint", prompt="a fox", seed=5)
    return str(job.generations[0].id)


async def test_a_recipe_has_the_shape_that_the_contract_says(
    studio: Studio, client: httpx2.AsyncClient
) -> None:
    answer = await client.get(f"{API}/generations/{await made(studio)}/recipe")
    assert answer.status_code == 200
    assert answer.json()["schema"] == "boards.recipe/1"
    assert RecipeShape.model_validate_json(answer.content).seed == 5


async def test_a_file_comes_with_its_recipe_and_fills_a_form_again(
    studio: Studio, client: httpx2.AsyncClient
) -> None:
    path = f"{API}/generations/{await made(studio)}/with-recipe"
    answer = await client.get(path)
    assert answer.headers["x-boards-recipe"] == "embedded"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["etag"].startswith('"recipe-')
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    read = await client.post(
        f"{API}/recipes/read",
        files={"file": ("a.png", answer.content)},
        data={"generator": "paint"},
    )
    assert read.status_code == 200
    assert read.json()["inputs"] == {"prompt": "a fox", "seed": 5, "steps": 20}


async def test_what_is_no_recipe_is_a_problem(client: httpx2.AsyncClient) -> None:
    plain = await client.post(f"{API}/recipes/read", files={"file": ("a.png", picture("PNG"))})
    assert (plain.status_code, plain.json()["code"]) == (422, "invalid_input")
    empty = await client.post(f"{API}/recipes/read", json={})
    assert empty.status_code == 415


@pytest.mark.parametrize(("size", "edge"), [(None, 512), (256, 256), (1024, 1024)])
async def test_each_size_is_served(
    studio: Studio, client: httpx2.AsyncClient, size: int | None, edge: int
) -> None:
    upload = await studio.uploads.upload(
        studio.actor, source=picture("PNG", (1600, 800)), filename=None
    )
    await studio.previews.make_due()
    asked = {} if size is None else {"size": size}
    answer = await client.get(f"{API}/generations/{upload.id}/thumbnail", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    # VP8X, VP8 or VP8L: the width of the simple form stands at 26.
    assert int.from_bytes(answer.content[26:28], "little") & 0x3FFF == edge
    head = await client.head(f"{API}/generations/{upload.id}/thumbnail", params=asked)
    assert head.headers["etag"] == answer.headers["etag"]


async def test_another_size_is_refused(client: httpx2.AsyncClient) -> None:
    path = f"{API}/generations/01890a5d-ac96-774b-bcce-b302099a8057/thumbnail"
    assert (await client.get(path, params={"size": 300})).status_code == 422


async def test_a_waveform_is_served(
    studio: Studio, client: httpx2.AsyncClient, tmp_path: Path
) -> None:
    data = tone(tmp_path / "a.wav", seconds=0.5).read_bytes()
    upload = await studio.uploads.upload(studio.actor, source=data, filename=None)
    path = f"{API}/generations/{upload.id}/waveform"
    waiting = await client.get(path)
    assert waiting.status_code == 404
    assert "still being made" in waiting.json()["detail"]
    await studio.previews.make_due()
    answer = await client.get(path)
    assert WaveformShape.model_validate_json(answer.content).duration == 0.5
