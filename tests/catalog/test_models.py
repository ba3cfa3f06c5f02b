"""Every model of the catalogue from its form to its artifacts: asked for, sent, priced, run.

The whole way is gone once for each example, through the lab, in one studio for all of them.
"""

import asyncio
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import JsonValue

from boards.catalog import load_declarations
from boards.domain.artifacts import ArtifactType, mime_for_format, type_of_format
from boards.domain.generations import Phase
from boards.generators.artifacts import ARTIFACT_CLASSES, DigitalArtifact, TextArtifact
from boards.generators.declared import Declaration, DeclaredGenerator, Job, Made, Outcome, Traits
from boards.generators.declared.prices import quote
from boards.generators.declared.schema import input_model
from boards.generators.form import input_form
from boards.generators.outside import OutsideRun
from boards.outbound.client import GuardedClient
from boards.services.jobs import JobView
from boards.testing.lab import media, open_lab
from tests.catalog.bodies import FILE, bodies_of
from tests.catalog.words import filled, measured
from tests.providers.conftest import sqlite_template, studio_at
from tests.services.studio import Studio

__all__ = ["sqlite_template"]

ALL = load_declarations()
MODELS = [pytest.param(each, id=each.name) for each in ALL]
EXAMPLES = [
    pytest.param(declaration, number, id=f"{declaration.name}-{number}")
    for declaration in ALL
    for number in range(len(declaration.examples))
]
TWO_AT_ONCE = ("kie-suno-sounds", "kie-suno-v5-5")
"""Models that make two of it without being asked."""
LASTING, WIDTH, HEIGHT = 2.0, 64, 48
"""Seconds and pixels of the sounds, videos and images that go in."""


class Canned:
    """A transport with one answer ready."""

    unavailable = None

    def __init__(self, provider: str, outcome: Outcome) -> None:
        self.traits = Traits(provider=provider)
        self._outcome = outcome

    async def fetch(self, job: Job) -> Outcome:
        return self._outcome


@pytest.mark.parametrize("declaration", MODELS)
class TestAModel:
    def test_has_a_form(self, declaration: Declaration):
        form: dict[str, Any] = input_form(generator_of(declaration, Outcome()))

        assert list(form["properties"]) == list(declaration.inputs)
        assert all(each["x-widget"] for each in form["properties"].values())

    def test_sends_what_it_sent_before(self, declaration: Declaration):
        known = json.loads(FILE.read_text(encoding="utf-8")).get(declaration.name)

        assert bodies_of(declaration) == known, "python -m tests.catalog.bodies --write"

    async def test_reads_its_answer_into_artifacts_of_its_kind(self, declaration: Declaration):
        outcome, sources = canned(declaration)
        generator = generator_of(declaration, outcome)
        inputs = input_model(declaration).model_validate(
            filled(declaration, declaration.examples[0].inputs)
        )

        output: Any = await generator.fetch("job", inputs, OutsideRun("g1"))

        made: list[DigitalArtifact] = output.outputs
        assert [source_of(each) for each in made] == sources
        for each in made:
            assert type(each) is ARTIFACT_CLASSES[declaration.makes]
            assert each.generation_id == "g1"
            assert type_of_format(each.format) is declaration.makes


class TestARun:
    """One run of each example through submit, polls, download and settlement."""

    @pytest.mark.parametrize(("declaration", "number"), EXAMPLES)
    def test_makes_what_the_model_says(self, runs, declaration, number):
        view: JobView = runs[declaration.name, number]

        assert [each.failure for each in view.generations] == [None] * len(view.generations)
        assert {each.phase for each in view.generations} == {Phase.COMPLETED}
        assert len(view.generations) == outputs_of(declaration, number)
        for each in view.generations:
            assert each.artifact_type is declaration.makes
            assert each.file is not None
            assert each.file.size > 0

    @pytest.mark.parametrize(("declaration", "number"), EXAMPLES)
    def test_costs_what_was_said_before(self, runs, declaration, number):
        view: JobView = runs[declaration.name, number]

        assert view.estimate.amount == quoted(declaration, number)
        if declaration.price is None or declaration.price.counted is None:
            assert view.actual.amount == view.estimate.amount

    def test_is_billed_once(self, runs):
        assert runs["billed"] == len(EXAMPLES)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> dict[Any, Any]:
    """Every example run; the views by model and number, and how many jobs the lab billed."""
    folder = tmp_path_factory.mktemp("models")
    shutil.copyfile(sqlite_template, folder / "boards.db")
    return asyncio.run(run_all(folder))


async def run_all(folder: Path) -> dict[Any, Any]:
    async with open_lab() as lab:
        port = urlsplit(lab.url).port or 0
        async with (
            GuardedClient(allow=frozenset({("127.0.0.1", port)}), total_seconds=60) as client,
            studio_at(lab, client, folder) as studio,
            studio.process(),
        ):
            ids = await uploads(studio)
            jobs = {
                (each.name, number): await studio.ask(
                    each.name, **with_ids(each, dict(example.inputs), ids)
                )
                for each in ALL
                for number, example in enumerate(each.examples)
            }
            found: dict[Any, Any] = {key: await studio.ended(job) for key, job in jobs.items()}
        return {**found, "billed": lab.book.billed}


async def uploads(studio: Studio) -> dict[str, str]:
    """One artifact of each kind that an example may name; the id of each."""
    tensor = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    files = {
        "image": ("a.png", media.image("png", WIDTH, HEIGHT)),
        "audio": ("a.wav", media.sound("wav", LASTING)),
        "video": ("a.mp4", media.video(WIDTH, HEIGHT, LASTING)),
        "text": ("a.txt", b"Once upon a time."),
        "lora": ("a.safetensors", len(tensor).to_bytes(8, "little") + tensor + bytes(4)),
    }
    return {
        kind: str((await studio.uploads.upload(studio.actor, source=data, filename=name)).id)
        for kind, (name, data) in files.items()
    }


def with_ids(
    declaration: Declaration, inputs: dict[str, JsonValue], ids: dict[str, str]
) -> dict[str, Any]:
    """Put ids where an example names a kind of artifact."""

    def put(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [put(each) for each in value]
        if isinstance(value, dict):
            return {name: put(each) for name, each in value.items()}
        return ids.get(value, value) if isinstance(value, str) else value

    return {
        name: value if declaration.inputs[name].choices else put(value)
        for name, value in inputs.items()
    }


def generator_of(declaration: Declaration, outcome: Outcome) -> DeclaredGenerator:
    """The model's generator, with an answer ready."""
    transport: Any = Canned(declaration.provider, outcome)
    return DeclaredGenerator(declaration, transport)


def canned(declaration: Declaration) -> tuple[Outcome, list[str]]:
    """An answer of the shape that the declaration reads, and what is in it."""
    if declaration.makes is ArtifactType.TEXT:
        return Outcome(document=at(declaration.result.text[0], "Said.")), ["Said."]
    format = {"image": "webp", "video": "mp4", "audio": "wav", "lora": "safetensors"}[
        declaration.makes
    ]
    sources = [f"https://cdn.example/{n}.{format}" for n in range(2)]
    if not declaration.result.files:
        return Outcome(made=tuple(Made(source=each, format=format) for each in sources)), sources
    files: list[JsonValue] = [
        {"url": each, "content_type": mime_for_format(format), "width": 64, "height": 48}
        for each in sources
    ]
    return Outcome(document=at(declaration.result.files[0], files)), sources


def at(path: str, value: JsonValue) -> JsonValue:
    """A document that holds a value at a dotted path."""
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def source_of(artifact: DigitalArtifact) -> str:
    """Where an artifact is, or what a text says."""
    if isinstance(artifact, TextArtifact):
        return artifact.content
    return str(getattr(artifact, "storage_url", ""))


def outputs_of(declaration: Declaration, number: int) -> int:
    """How many outputs an example asks for."""
    counted = declaration.limits.outputs
    inputs = declaration.examples[number].inputs
    if counted is None:
        return 2 if declaration.name in TWO_AT_ONCE else 1
    wanted = inputs.get(counted, declaration.inputs[counted].default)
    assert isinstance(wanted, int)
    return wanted


def quoted(declaration: Declaration, number: int) -> Decimal | None:
    """What an example costs with the artifacts that were uploaded."""
    inputs = filled(declaration, declaration.examples[number].inputs)
    known = measured(inputs, duration=LASTING, width=WIDTH, height=HEIGHT)
    return quote(declaration, input_model(declaration).model_validate(known)).amount
