from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from boards.domain.artifacts import ArtifactType
from boards.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    PluginError,
    Problem,
    StorageError,
)
from boards.generators.artifact_resolution import (
    MOST_IDS,
    FoundGeneration,
    InputEdge,
    build_inputs,
    collect_ids,
    resolve_generation_ids_to_artifacts,
    resolve_input_artifacts,
)
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from tests.generators.test_slots import Layer, Scene, Tree

TENANT = UUID("11111111-1111-4111-8111-111111111111")
STRANGER = UUID("22222222-2222-4222-8222-222222222222")


@dataclass
class Shelf:
    """A lookup in memory that counts its queries."""

    generations: dict[UUID, FoundGeneration] = field(default_factory=dict)
    queries: list[list[UUID]] = field(default_factory=list)

    def add(self, artifact_type: str = "image", **facts: Any) -> str:
        generation = FoundGeneration(
            id=uuid4(),
            tenant_id=facts.pop("tenant_id", TENANT),
            readable=facts.pop("readable", True),
            status=facts.pop("status", "completed"),
            artifact_type=ArtifactType(artifact_type),
            storage_url=facts.pop("storage_url", "boards-storage:x"),
            **facts,
        )
        self.generations[generation.id] = generation
        return str(generation.id)

    async def find(self, ids: Sequence[UUID]) -> Mapping[UUID, FoundGeneration]:
        self.queries.append(list(ids))
        return {each: self.generations[each] for each in ids if each in self.generations}

    def build(self, schema: type[BaseModel], **inputs: Any) -> Any:
        return build_inputs(schema, inputs, self.generations, tenant_id=TENANT)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


class EditInput(BaseModel):
    prompt: str = Field(default="", max_length=20)
    image_source: ImageArtifact
    references: list[ImageArtifact] = []
    voice: AudioArtifact | None = None
    strength: float = Field(default=0.8, ge=0.0, le=1.0)


class TestWhatComesOut:
    def test_ids_become_typed_artifacts_and_the_rest_is_validated(self, shelf):
        image = shelf.add(format="webp", width=640, height=480)
        voice = shelf.add("audio", format="wav", duration=2.5, sample_rate=48_000, channels=2)

        model = shelf.build(EditInput, image_source=image, voice=voice, strength="0.5").model

        assert model == EditInput(
            image_source=ImageArtifact(
                generation_id=image,
                storage_url="boards-storage:x",
                format="webp",
                width=640,
                height=480,
            ),
            voice=AudioArtifact(
                generation_id=voice,
                storage_url="boards-storage:x",
                format="wav",
                duration=2.5,
                sample_rate=48_000,
                channels=2,
            ),
            strength=0.5,
        )

    def test_every_type_brings_what_is_known_of_it(self, shelf):
        class Everything(BaseModel):
            video: VideoArtifact
            text: TextArtifact
            lora: LoRArtifact
            any: DigitalArtifact

        long_text = "word " * 5000
        video = shelf.add("video", width=1920, height=1080, duration=6.0, fps=24.0)
        text = shelf.add("text", content=long_text, storage_url=None)
        lora = shelf.add("lora", base_model="sdxl", trigger_words=("ohwx",))

        model = shelf.build(Everything, video=video, text=text, lora=lora, any=video).model

        assert (model.video.width, model.video.fps, model.video.format) == (1920, 24.0, "mp4")
        assert (model.text.content, model.text.format) == (long_text, "plain")
        assert (model.lora.base_model, model.lora.trigger_words) == ("sdxl", ["ohwx"])
        assert isinstance(model.any, VideoArtifact)

    def test_a_video_whose_size_nobody_could_tell_is_still_an_input(self, shelf):
        class Input(BaseModel):
            video: VideoArtifact

        assert shelf.build(Input, video=shelf.add("video")).model.video.width is None

    def test_a_subclass_in_a_slot_is_what_the_generator_gets(self, shelf):
        class Mask(ImageArtifact):
            """A picture that is a mask."""

        class Input(BaseModel):
            mask: Mask

        assert type(shelf.build(Input, mask=shelf.add()).model.mask) is Mask

    def test_a_bare_id_for_a_list_is_a_list_of_one(self, shelf):
        image, reference = shelf.add(), shelf.add()

        model = shelf.build(EditInput, image_source=image, references=reference).model

        assert [each.generation_id for each in model.references] == [reference]

    def test_a_list_of_one_is_taken_for_a_single_slot(self, shelf):
        image = shelf.add()
        assert (
            shelf.build(EditInput, image_source=[image]).model.image_source.generation_id == image
        )

    def test_what_is_left_out_or_null_stays_out(self, shelf):
        resolved = shelf.build(EditInput, image_source=shelf.add(), voice=None)

        assert resolved.model.voice is None
        assert resolved.model.references == []
        assert len(resolved.edges) == 1

    def test_upper_case_ids_are_the_same_ids(self, shelf):
        image = shelf.add()
        assert shelf.build(
            EditInput, image_source=image.upper()
        ).model.image_source.generation_id == (image)

    def test_the_callers_own_data_is_left_as_it_was(self, shelf):
        inputs = {"image_source": shelf.add(), "references": [shelf.add()]}
        before = {**inputs, "references": [*inputs["references"]]}

        build_inputs(EditInput, inputs, shelf.generations, tenant_id=TENANT)

        assert inputs == before


class TestLineage:
    def test_each_input_is_an_edge_with_role_and_position_and_duplicates_stay(self, shelf):
        image, other = shelf.add(), shelf.add()

        edges = shelf.build(EditInput, image_source=image, references=[other, image, other]).edges

        kind = ArtifactType.IMAGE
        assert edges == (
            InputEdge(input_id=UUID(image), role="image_source", position=0, artifact_type=kind),
            InputEdge(input_id=UUID(other), role="references", position=0, artifact_type=kind),
            InputEdge(input_id=UUID(image), role="references", position=1, artifact_type=kind),
            InputEdge(input_id=UUID(other), role="references", position=2, artifact_type=kind),
        )

    def test_the_role_of_a_nested_slot_says_where_it_stood(self, shelf):
        class Film(BaseModel):
            scenes: list[Scene]
            cast: dict[str, ImageArtifact] = {}

        image, sound = shelf.add(), shelf.add("audio")
        scenes = [{"background": image}, {"background": image, "sounds": [sound]}]

        resolved = shelf.build(Film, scenes=scenes, cast={"hero": image})

        assert [edge.role for edge in resolved.edges] == [
            "scenes.0.background",
            "scenes.1.background",
            "scenes.1.sounds",
            "cast.hero",
        ]
        assert resolved.model.scenes[1].sounds[0].generation_id == sound


class TestDeepPlaces:
    def test_a_model_that_holds_itself_is_filled_at_every_level(self, shelf):
        image = shelf.add()
        tree = {"children": [{"children": [{"image": image}]}]}

        resolved = shelf.build(Tree, **tree)

        assert resolved.model.children[0].children[0].image.generation_id == image
        assert collect_ids(Tree, tree) == [UUID(image)]

    def test_a_bottomless_input_is_refused(self, shelf):
        tree: dict[str, Any] = {}
        for _ in range(200):
            tree = {"children": [tree]}

        with pytest.raises(InvalidInput, match="more than 32 levels"):
            collect_ids(Tree, tree)

    def test_members_of_a_union_are_told_apart_by_their_constants(self, shelf):
        class Still(BaseModel):
            kind: Literal["still"]
            source: ImageArtifact

        class Title(BaseModel):
            kind: Literal["title"]
            source: str

        class Film(BaseModel):
            parts: list[Annotated[Still | Title, Field(discriminator="kind")]]

        image = shelf.add()
        parts = [{"kind": "title", "source": image}, {"kind": "still", "source": image}]

        resolved = shelf.build(Film, parts=parts)

        assert resolved.model.parts[0].source == image
        assert resolved.model.parts[1].source.generation_id == image
        assert [edge.role for edge in resolved.edges] == ["parts.1.source"]

    def test_a_place_with_a_book_for_a_name_is_refused(self, shelf):
        class Film(BaseModel):
            cast: dict[str, ImageArtifact]

        with pytest.raises(InvalidInput, match="more than 200 characters") as caught:
            shelf.build(Film, cast={"x" * 500: shelf.add()})
        assert len(caught.value.problems[0].at) <= 200

    def test_two_keys_that_spell_the_same_place_are_refused(self, shelf):
        class Film(BaseModel):
            cast: dict[str, ImageArtifact | dict[str, ImageArtifact]]

        image = shelf.add()
        with pytest.raises(InvalidInput, match="Two keys lead to this place"):
            shelf.build(Film, cast={"a.b": image, "a": {"b": image}})

    def test_dataclasses_are_filled(self, shelf):
        class Film(BaseModel):
            layers: list[Layer]

        image = shelf.add()
        resolved = shelf.build(Film, layers=[{"image": image, "opacity": 0.5}])

        assert resolved.model.layers[0].image.generation_id == image

    def test_a_text_beside_an_artifact_is_left_to_the_model(self, shelf):
        class Input(BaseModel):
            style: ImageArtifact | str

        image = shelf.add()
        assert shelf.build(Input, style="like Klee").model.style == "like Klee"
        assert shelf.build(Input, style=image).model.style.generation_id == image

    def test_aliases_are_read(self, shelf):
        class Input(BaseModel):
            model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)
            image_source: ImageArtifact = Field(alias="imageSource")

        image = shelf.add()
        for key in ("imageSource", "image_source"):
            assert shelf.build(Input, **{key: image}).model.image_source.generation_id == image


class TestTheFourMessages:
    def test_not_found(self, shelf):
        unknown = str(uuid4())
        with pytest.raises(NotFound) as caught:
            shelf.build(EditInput, image_source=unknown)
        assert str(caught.value) == f"Generation {unknown} not found"

    def test_tenant_mismatch(self, shelf):
        foreign = shelf.add(tenant_id=STRANGER, status="pending", readable=False)
        with pytest.raises(Forbidden) as caught:
            shelf.build(EditInput, image_source=foreign)
        assert str(caught.value) == f"Access denied to generation {foreign} - tenant mismatch"

    def test_not_completed(self, shelf):
        pending = shelf.add(status="pending")
        with pytest.raises(Conflict) as caught:
            shelf.build(EditInput, image_source=pending)
        assert str(caught.value) == f"Generation {pending} is not completed (status: pending)"

    def test_wrong_type(self, shelf):
        video = shelf.add("video")
        message = f"Generation {video} has wrong artifact type: expected image, got video"
        with pytest.raises(InvalidInput) as caught:
            shelf.build(EditInput, image_source=video)
        assert str(caught.value) == message
        assert caught.value.problems == (Problem(at="inputs.image_source", message=message),)

    def test_a_wrong_type_for_a_union_names_what_would_do(self, shelf):
        class Input(BaseModel):
            source: ImageArtifact | VideoArtifact

        with pytest.raises(InvalidInput, match="expected image or video, got audio"):
            shelf.build(Input, source=shelf.add("audio"))


class TestWhatIsNotTold:
    def test_an_unreadable_generation_looks_like_none_whatever_its_state(self, shelf):
        hidden = shelf.add("video", readable=False, status="failed")
        with pytest.raises(NotFound, match=f"^Generation {hidden} not found$"):
            shelf.build(EditInput, image_source=hidden)

    @pytest.mark.parametrize("text", ["42", "not-an-id", "{550e8400-e29b-41d4-a716-446655440000}"])
    def test_a_malformed_id_is_not_found(self, shelf, text):
        with pytest.raises(NotFound) as caught:
            shelf.build(EditInput, image_source=text)
        assert str(caught.value) == f"Generation {text} not found"

    def test_a_book_for_an_id_is_not_echoed(self, shelf):
        with pytest.raises(NotFound) as caught:
            shelf.build(EditInput, image_source="x\r\n\x1b[31m" * 1000)
        assert len(str(caught.value)) < 130
        assert str(caught.value).isprintable()


class TestRefusedSlots:
    def problems(self, shelf: Shelf, **inputs: Any) -> dict[str, str]:
        with pytest.raises(InvalidInput) as caught:
            shelf.build(EditInput, **inputs)
        return {problem.at: problem.message for problem in caught.value.problems}

    def test_two_ids_in_a_single_slot(self, shelf):
        problems = self.problems(shelf, image_source=[shelf.add(), shelf.add()])
        assert problems == {"inputs.image_source": "This takes one generation; 2 were given."}

    def test_an_inline_artifact(self, shelf):
        inline = {"generation_id": "x", "storage_url": "/etc/passwd", "format": "png"}
        problems = self.problems(shelf, image_source=inline, references=[inline])
        assert set(problems) == {"inputs.image_source", "inputs.references"}
        assert "Pass the generation's id, not an artifact" in problems["inputs.image_source"]

    @pytest.mark.parametrize("value", [5, True, "", "  ", [None], [[]]])
    def test_what_is_no_id(self, shelf, value):
        problems = self.problems(shelf, image_source=value)
        assert "Pass the id of a generation (image)" in problems["inputs.image_source"]

    def test_null_where_something_is_needed(self, shelf):
        problems = self.problems(shelf, image_source=None)
        assert "Pass the id of a generation" in problems["inputs.image_source"]

    def test_an_empty_list_for_a_single_slot(self, shelf):
        assert self.problems(shelf, image_source=[]) == {
            "inputs.image_source": "This takes one generation; 0 were given."
        }

    def test_a_missing_slot(self, shelf):
        assert self.problems(shelf) == {"inputs.image_source": "Field required"}

    def test_an_artifact_is_refused_even_where_no_slot_is_seen(self, shelf):
        anything = TypeVar("anything", bound=ImageArtifact)

        class Odd(BaseModel, Generic[anything]):
            hidden: anything

        inline = {"generation_id": "x", "storage_url": "/etc/passwd", "format": "png"}
        assert Odd.model_validate({"hidden": inline}).hidden.storage_url == "/etc/passwd"
        with pytest.raises(InvalidInput, match="Pass the generation's id, not an artifact"):
            shelf.build(Odd, hidden=inline)

    def test_a_plugins_validator_may_still_make_an_artifact_itself(self, shelf):
        class Input(BaseModel):
            text: str
            note: TextArtifact | None = None

            @model_validator(mode="after")
            def wrap(self) -> "Input":
                self.note = TextArtifact(generation_id="", content=self.text)
                return self

        assert shelf.build(Input, text="hi").model.note.content == "hi"


class TestValidation:
    def test_all_problems_come_at_once_each_at_its_field(self, shelf):
        video = shelf.add("video")
        with pytest.raises(InvalidInput) as caught:
            shelf.build(
                EditInput, image_source=video, strength=2, prompt="x" * 30, referenzes=[], voice=7
            )
        problems = {problem.at: problem.message for problem in caught.value.problems}
        assert set(problems) == {
            "inputs.image_source",
            "inputs.strength",
            "inputs.prompt",
            "inputs.referenzes",
            "inputs.voice",
        }
        assert problems["inputs.strength"] == "Input should be less than or equal to 1"
        assert "inputs.strength: Input should be" in str(caught.value)
        assert "errors.pydantic.dev" not in str(caught.value)

    def test_a_validators_own_words_are_given_without_a_prefix(self, shelf):
        class Input(BaseModel):
            prompt: str

            @field_validator("prompt")
            @classmethod
            def check(cls, value: str) -> str:
                raise ValueError("Prompt contains forbidden content")

        with pytest.raises(InvalidInput) as caught:
            shelf.build(Input, prompt="x")
        assert caught.value.problems == (
            Problem(at="inputs.prompt", message="Prompt contains forbidden content"),
        )

    def test_what_concerns_the_whole_stands_at_the_inputs(self, shelf):
        class Input(BaseModel):
            mode: str

            @model_validator(mode="after")
            def check(self) -> "Input":
                raise ValueError("nothing fits")

        with pytest.raises(InvalidInput) as caught:
            shelf.build(Input, mode="x")
        assert caught.value.problems == (Problem(at="inputs", message="nothing fits"),)

    def test_a_refused_slot_keeps_the_model_from_judging_half_an_input(self, shelf):
        class Input(BaseModel):
            image: ImageArtifact | None = None

            @model_validator(mode="after")
            def check(self) -> "Input":
                if self.image is None:
                    raise ValueError("an image is needed")
                return self

        with pytest.raises(InvalidInput) as caught:
            shelf.build(Input, image=shelf.add("video"))
        assert len(caught.value.problems) == 1

    def test_a_problem_in_a_union_or_a_list_names_the_place_and_not_the_branch(self, shelf):
        class Part(BaseModel):
            size: int

        class Input(BaseModel):
            parts: list[Part | int]
            named: dict[str, Part] = {}

        with pytest.raises(InvalidInput) as caught:
            shelf.build(Input, parts=[1, {"size": "big"}], named={"a": {}})
        assert {problem.at for problem in caught.value.problems} == {
            "inputs.parts.1.size",
            "inputs.parts.1",
            "inputs.named.a.size",
        }

    def test_a_validator_that_breaks_is_a_fault_of_the_plugin_and_its_text_stays_private(
        self, shelf
    ):
        class Input(BaseModel):
            prompt: str

            @field_validator("prompt")
            @classmethod
            def check(cls, value: str) -> str:
                raise KeyError("secret-key")

        with pytest.raises(PluginError) as caught:
            shelf.build(Input, prompt="x")
        assert "secret-key" not in str(caught.value)
        assert "secret-key" in (caught.value.detail or "")

    @pytest.mark.parametrize("inputs", [[], "x", None, 3])
    def test_inputs_that_are_no_object(self, inputs):
        with pytest.raises(InvalidInput, match="must be an object"):
            build_inputs(EditInput, inputs, {}, tenant_id=TENANT)
        with pytest.raises(InvalidInput, match="must be an object"):
            collect_ids(EditInput, inputs)

    def test_damaged_facts_are_a_storage_error(self, shelf):
        image = shelf.add(storage_url=None)
        with pytest.raises(StorageError, match=f"Generation {image} is completed, but"):
            shelf.build(EditInput, image_source=image)


class TestUnknownKeys:
    def test_a_typo_is_refused_with_the_nearest_name(self, shelf):
        with pytest.raises(InvalidInput, match=r"no input 'strenght'\. Did you mean 'strength'\?"):
            shelf.build(EditInput, image_source=shelf.add(), strenght=0.1)

    def test_a_key_like_no_other_is_refused_with_what_there_is(self, shelf):
        with pytest.raises(InvalidInput, match=r"'zzz'\. Known: prompt, image_source, references"):
            shelf.build(EditInput, image_source=shelf.add(), zzz=1)

    def test_nested_keys_are_checked_too(self, shelf):
        class Film(BaseModel):
            scenes: list[Scene]

        with pytest.raises(InvalidInput) as caught:
            shelf.build(Film, scenes=[{"background": shelf.add(), "tilte": "x"}])
        assert caught.value.problems[0].at == "inputs.scenes.0.tilte"

    @pytest.mark.parametrize(("extra", "kept"), [("allow", {"more": 1}), ("ignore", None)])
    def test_an_author_who_has_decided_is_obeyed(self, shelf, extra, kept):
        class Input(BaseModel):
            model_config = ConfigDict(extra=extra)
            prompt: str = ""

        assert shelf.build(Input, more=1).model.model_extra == kept

    def test_forbid_says_the_same_as_silence(self, shelf):
        class Input(BaseModel):
            model_config = ConfigDict(extra="forbid")
            prompt: str = ""

        with pytest.raises(InvalidInput, match="Did you mean 'prompt'"):
            shelf.build(Input, promt="x")


class TestQueries:
    async def test_all_ids_of_a_submit_are_asked_for_at_once_and_each_once(self, shelf):
        ids = [shelf.add() for _ in range(3)]
        inputs = {"image_source": ids[0], "references": [ids[1], ids[2], ids[1], ids[0]]}

        resolved = await resolve_input_artifacts(inputs, EditInput, shelf, TENANT)

        assert shelf.queries == [[UUID(each) for each in ids]]
        assert len(resolved.edges) == 5

    async def test_without_ids_nothing_is_asked(self, shelf):
        class Input(BaseModel):
            prompt: str
            image: ImageArtifact | None = None

        await resolve_input_artifacts({"prompt": "x"}, Input, shelf, TENANT)

        assert shelf.queries == []

    def test_an_id_in_a_plain_text_field_is_a_text(self, shelf):
        assert collect_ids(EditInput, {"prompt": shelf.add()}) == []

    def test_too_many_generations_are_refused(self):
        ids = [str(uuid4()) for _ in range(MOST_IDS + 1)]
        with pytest.raises(InvalidInput, match="names 1001 generations; 1000 can be inputs"):
            collect_ids(EditInput, {"references": ids})

    @given(st.lists(st.uuids(), max_size=6), st.lists(st.uuids(), max_size=6))
    def test_every_id_that_is_collected_is_an_edge_and_nothing_else_is(self, singles, listed):
        class Film(BaseModel):
            scenes: list[Scene] = []
            posters: list[ImageArtifact] = []

        shelf = Shelf()
        template = shelf.generations[UUID(shelf.add())]
        found = {each: replace(template, id=each) for each in (*singles, *listed)}
        inputs = {
            "scenes": [{"background": str(each)} for each in singles],
            "posters": [str(each) for each in listed],
        }

        resolved = build_inputs(Film, inputs, found, tenant_id=TENANT)

        assert collect_ids(Film, inputs) == list(dict.fromkeys((*singles, *listed)))
        assert [edge.input_id for edge in resolved.edges] == [*singles, *listed]


class TestIdsToArtifacts:
    async def test_ids_become_artifacts_of_the_class_in_order(self, shelf):
        first, second = shelf.add("video"), shelf.add("video")

        artifacts = await resolve_generation_ids_to_artifacts(
            [second, UUID(first), second], VideoArtifact, shelf, TENANT
        )

        assert [each.generation_id for each in artifacts] == [second, first, second]
        assert all(isinstance(each, VideoArtifact) for each in artifacts)
        assert len(shelf.queries) == 1

    async def test_the_four_checks_hold(self, shelf):
        async def resolve(each: str) -> None:
            await resolve_generation_ids_to_artifacts([each], ImageArtifact, shelf, TENANT)

        with pytest.raises(NotFound):
            await resolve(str(uuid4()))
        with pytest.raises(NotFound):
            await resolve("nonsense")
        with pytest.raises(Forbidden):
            await resolve(shelf.add(tenant_id=STRANGER))
        with pytest.raises(Conflict):
            await resolve(shelf.add(status="failed"))
        with pytest.raises(InvalidInput, match="expected image, got lora"):
            await resolve(shelf.add("lora"))
