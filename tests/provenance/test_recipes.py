"""Recipes of outputs: what they say, who may see them, and how a file takes one along."""

import hashlib
import json
from dataclasses import replace
from uuid import UUID

import pytest

from boards.domain.generations import Generation
from boards.domain.provenance import DigitalSource, dump_recipe, load_recipe
from boards.errors import InvalidInput, NotFound
from boards.services.ports import SYSTEM
from boards.services.recipes import Embedding, WithRecipe
from tests.media.files import picture
from tests.provenance.samples import signed
from tests.services.studio import Studio

KEY = "sk-proj-0123456789abcdefghij"


async def made(studio: Studio, generator: str = "paint", **inputs: object) -> Generation:
    inputs.setdefault("prompt", "a fox")
    job = await studio.make(generator, **inputs)  # type: ignore[arg-type]
    [one] = job.generations
    return await studio.row(one.id)


async def uploaded(studio: Studio, data: bytes | None = None) -> Generation:
    return await studio.uploads.upload(
        studio.actor, source=data or picture("PNG"), filename="a.png"
    )


async def bytes_of(studio: Studio, given: WithRecipe) -> bytes:
    return b"".join([piece async for piece in studio.recipes.stream(given)])


class TestWhatItSays:
    async def test_how_an_output_was_made(self, studio: Studio) -> None:
        source = await uploaded(studio)
        one = await made(studio, seed=7, image=str(source.id))
        recipe = await studio.recipes.get(studio.actor, one.id)
        assert (recipe.generator, recipe.generator_version) == ("paint", "3")
        assert (recipe.provider, recipe.seed, recipe.cost) == ("painters", 7, "0")
        assert one.file is not None
        assert source.file is not None
        assert recipe.file is not None
        assert recipe.file.sha256 == one.file.sha256
        # With what held where nothing was said, and with content in place of an id.
        assert recipe.inputs["steps"] == 20
        named = {"generation_id": str(source.id), "sha256": source.file.sha256}
        assert recipe.inputs["image"] == named
        [edge] = recipe.sources
        assert (edge.role, edge.generation_id) == ("image", source.id)
        assert edge.sha256 == source.file.sha256

    async def test_no_secret_and_no_path_gets_into_it(self, studio: Studio) -> None:
        one = await made(
            studio,
            prompt=f"a fox, by {KEY}",
            api_key="hunter2",
            reference_url="https://me:pass@cdn.example/a.png?X-Amz-Signature=abc#f",
        )
        text = dump_recipe(await studio.recipes.get(studio.actor, one.id)).decode()
        for secret in (KEY, "hunter2", "me:pass", "X-Amz-Signature"):
            assert secret not in text
        assert "https://cdn.example/a.png" in text
        assert one.file is not None
        assert one.file.key not in text
        assert str(studio.folder) not in text

    async def test_it_is_the_same_as_data_again(self, studio: Studio) -> None:
        recipe = await studio.recipes.get(studio.actor, (await made(studio)).id)
        assert load_recipe(dump_recipe(recipe)) == recipe

    async def test_the_kind_of_source_follows_from_all_that_went_in(self, studio: Studio) -> None:
        async def kind(one: Generation) -> str:
            recipe = await studio.recipes.get(studio.actor, one.id)
            return recipe.digital_source_type.rsplit("/", 1)[-1]

        photo = await uploaded(studio)
        painted = await made(studio)
        assert await kind(painted) == DigitalSource.TRAINED
        painted_over = await made(studio, image=str(photo.id))
        assert await kind(painted_over) == DigitalSource.COMPOSITE
        assert await kind(await made(studio, image=str(painted.id))) == DigitalSource.TRAINED
        assert await kind(await made(studio, "rule")) == DigitalSource.ALGORITHMIC
        assert await kind(await made(studio, "rule", image=str(photo.id))) == DigitalSource.ENHANCED
        # A rule that was fed with a model's work, which was fed with a photograph.
        ruled = await made(studio, "rule", image=str(painted_over.id))
        assert await kind(ruled) == DigitalSource.COMPOSITE


class TestWhoSeesIt:
    async def test_an_upload_has_none(self, studio: Studio) -> None:
        with pytest.raises(NotFound, match="it was uploaded"):
            await studio.recipes.get(studio.actor, (await uploaded(studio)).id)

    async def test_a_stranger_sees_none(self, studio: Studio) -> None:
        one = await made(studio)
        with pytest.raises(NotFound, match="not found"):
            await studio.recipes.get(await studio.another_tenant(), one.id)
        with pytest.raises(NotFound, match="not found"):
            await studio.recipes.with_recipe(await studio.another_tenant(), one.id)


class TestBeside:
    async def test_a_sidecar_lies_beside_the_file(self, studio: Studio) -> None:
        one = await made(studio)
        await studio.previews.make_due()
        found = await studio.database.read(lambda tx: tx.previews.get(one.id), scope=SYSTEM)
        assert found is not None
        assert found.recipe_key is not None
        assert one.file is not None
        assert found.recipe_key.startswith(one.file.key.removesuffix(".png"))
        beside = await studio.storage.read(found.recipe_key, max_bytes=10**6)
        assert load_recipe(beside) == await studio.recipes.get(studio.actor, one.id)

    async def test_an_upload_has_no_sidecar(self, studio: Studio) -> None:
        one = await uploaded(studio)
        await studio.previews.make_due()
        found = await studio.database.read(lambda tx: tx.previews.get(one.id), scope=SYSTEM)
        assert found is not None
        assert (found.recipe_key, found.medium_key is None) == (None, False)


class TestDownloads:
    async def test_a_file_takes_its_recipe_along(self, studio: Studio) -> None:
        one = await made(studio, seed=3)
        given = await studio.recipes.with_recipe(studio.actor, one.id)
        data = await bytes_of(studio, given)
        assert given.embedding is Embedding.EMBEDDED
        assert len(data) == given.size
        assert one.file is not None
        assert given.tag != one.file.sha256
        draft = await studio.recipes.read(studio.actor, data)
        assert (draft.generator, draft.inputs["prompt"], draft.inputs["seed"]) == (
            *("paint", "a fox"),
            3,
        )
        # What is stored is what the provider gave.
        stored = await studio.storage.read(one.file.key, max_bytes=10**6)
        assert hashlib.sha256(stored).hexdigest() == one.file.sha256
        assert b"boards_recipe" not in stored

    @pytest.mark.parametrize("known", [True, None])
    async def test_signed_bytes_stay_as_they_are(self, studio: Studio, known: bool | None) -> None:
        data = signed("png", picture("PNG"))
        one = await made(studio)
        assert one.file is not None
        key = studio.storage.new_key(one.tenant_id, None, "png")
        stored = await studio.storage.put(key, data)
        facts = replace(one.file.facts, is_signed=known)
        file = replace(one.file, key=key, size=stored.size, sha256=stored.sha256, facts=facts)
        recipe = await studio.recipes.get(studio.actor, one.id)
        embedding, parts = await studio.recipes._embedded(file, recipe)
        assert (embedding, parts) == (Embedding.SIGNED, None)

    async def test_a_signed_output_is_handed_out_byte_for_byte(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = signed("png", picture("PNG"))
        monkeypatch.setattr("tests.provenance.conftest.picture", lambda _: data)
        one = await made(studio)
        assert one.file is not None
        assert one.file.facts.is_signed is True
        given = await studio.recipes.with_recipe(studio.actor, one.id)
        assert given.embedding is Embedding.SIGNED
        assert await bytes_of(studio, given) == data
        assert given.tag == one.file.sha256

    async def test_a_format_without_a_place_comes_as_it_is(self, studio: Studio) -> None:
        given = await studio.recipes.with_recipe(studio.actor, (await made(studio, "gif")).id)
        assert given.embedding is Embedding.NO_PLACE
        assert (await bytes_of(studio, given)).startswith(b"GIF8")

    async def test_an_upload_comes_as_it_is(self, studio: Studio) -> None:
        data = picture("PNG")
        given = await studio.recipes.with_recipe(studio.actor, (await uploaded(studio, data)).id)
        assert given.embedding is Embedding.NONE
        assert await bytes_of(studio, given) == data


class TestReading:
    async def test_inputs_that_are_here_are_taken_over_and_others_named(
        self, studio: Studio
    ) -> None:
        photo = await uploaded(studio)
        one = await made(studio, image=str(photo.id))
        data = dump_recipe(await studio.recipes.get(studio.actor, one.id))
        draft = await studio.recipes.read(studio.actor, data)
        assert draft.inputs["image"] == str(photo.id)
        assert draft.warnings == ()
        stranger = await studio.another_tenant()
        draft = await studio.recipes.read(stranger, data)
        assert "image" not in draft.inputs
        assert draft.warnings == ("The image in 'image' is not here; choose another.",)

    async def test_a_file_that_says_nothing_is_refused_and_not_kept(self, studio: Studio) -> None:
        before = sorted(studio.folder.iterdir())
        with pytest.raises(InvalidInput, match="does not say how it was made"):
            await studio.recipes.read(studio.actor, picture("PNG"))
        assert sorted(studio.folder.iterdir()) == before

    async def test_a_recipe_of_another_version_says_so(self, studio: Studio) -> None:
        one = await made(studio)
        recipe = await studio.recipes.get(studio.actor, one.id)
        later = dump_recipe(replace(recipe, generator_version="2"))
        draft = await studio.recipes.read(studio.actor, later)
        [warning] = draft.warnings
        assert warning.startswith("'paint' is now of version '3', and was of '2'")

    async def test_a_recipe_of_another_kind_is_refused(self, studio: Studio) -> None:
        one = await made(studio)
        plain = json.loads(dump_recipe(await studio.recipes.get(studio.actor, one.id)))
        later = json.dumps({**plain, "schema": "boards.recipe/9"}).encode()
        with pytest.raises(InvalidInput, match=r"'boards\.recipe/9'"):
            await studio.recipes.read(studio.actor, later)

    async def test_a_generator_that_is_not_here_is_named(self, studio: Studio) -> None:
        one = await made(studio)
        recipe = await studio.recipes.get(studio.actor, one.id)
        draft = await studio.recipes.read(
            studio.actor, dump_recipe(replace(recipe, generator="gone"))
        )
        assert (draft.generator, draft.made_by) == (None, "gone")
        assert "'gone' is not installed here" in draft.warnings[0]
        with pytest.raises(NotFound, match="no generator 'pain'"):
            await studio.recipes.read(studio.actor, dump_recipe(recipe), generator="pain")


async def test_a_generation_without_a_file_has_no_download(studio: Studio) -> None:
    with pytest.raises(NotFound):
        await studio.recipes.with_recipe(studio.actor, UUID(int=0))
