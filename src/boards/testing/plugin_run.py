"""Runs one generator in a test, through the same resolution and storing as a real run.

ran = await run(Poster(), {"title": "Moon", "photo": "p"}, artifacts={"p": png}, folder=tmp_path)
assert ran.files[0].facts.width == 1024
"""

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, JsonValue

from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile, type_of_format
from boards.domain.costs import Confidence, Cost
from boards.domain.generations import Generation, Phase
from boards.errors import InvalidInput, PluginError, TimedOut
from boards.generators.artifact_resolution import (
    FoundGeneration,
    InputEdge,
    ResolvedInputs,
    build_inputs,
)
from boards.generators.artifacts import DigitalArtifact
from boards.generators.base import BaseGenerator, PollState, ResumableGenerator, call_generate
from boards.generators.context import running
from boards.generators.form import input_form
from boards.generators.nearest import suggestion
from boards.generators.outputs import read_outputs
from boards.generators.registry import GeneratorRegistry
from boards.generators.slots import Place, fill, types_of
from boards.ids import new_id
from boards.outbound.client import GuardedClient
from boards.services.context import RunContext
from boards.services.inputs import stored_url
from boards.services.manifest import Manifest
from boards.testing.folder import FolderStorage, PlainMedia

__all__ = ["Content", "StoredOutput", "TestRun", "run"]

Content = bytes | Path | str
"""What stands behind an input: bytes or a file; a str is the content of a text."""


@dataclass(frozen=True, kw_only=True)
class StoredOutput:
    """One file that the run stored.

    `role` is "output" for the primary and its siblings, else what the generator called it.
    `content` is the whole text of a text artifact.
    """

    role: str
    artifact_type: ArtifactType | None
    path: Path
    size: int
    sha256: str
    facts: MediaFacts
    content: str | None = None

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()


@dataclass(frozen=True, kw_only=True)
class TestRun:
    """What a run did. `output` is the model that the generator returned, `inputs` the one it was
    given, `files` what was stored: the primary, its siblings, then the extra files.

    `progress` are the reports in order, `metadata` the notes and the output's plain fields,
    `price` in USD (None: unpriced), `edges` the lineage that the inputs bring.
    """

    __test__ = False  # its name is no test's

    output: Any
    inputs: Any
    files: tuple[StoredOutput, ...]
    progress: tuple[tuple[float, str], ...]
    metadata: Mapping[str, JsonValue]
    price: Decimal | None
    edges: tuple[InputEdge, ...]

    @property
    def primary(self) -> StoredOutput:
        return self.files[0]


async def run(
    generator: BaseGenerator,
    inputs: Mapping[str, object] | BaseModel,
    *,
    artifacts: Mapping[str, Content] | None = None,
    folder: Path | None = None,
    client: GuardedClient | None = None,
    most_polls: int = 100,
) -> TestRun:
    """Run a generator and tell what it made.

    `inputs` as a client would send them; in an artifact slot stands a name from `artifacts` in
    place of an id. Or a ready model, whose artifacts may have the path of a local file as their
    `storage_url`. Files are stored in `folder`, by default a temporary one that goes when the
    process ends. A resumable generator is submitted once and polled without waiting.

    Raises what the real run would meet: InvalidInput and its kin for the inputs, PluginError for
    a generator that cannot be registered, described or read, and whatever the generator raises.
    """
    _check(generator)
    place: Path = folder if folder is not None else await asyncio.to_thread(_temporary_folder)
    reports: list[tuple[float, str]] = []

    async def report(fraction: float, message: str) -> None:
        reports.append((fraction, message))

    context = _Context(
        generation=_generation(generator),
        storage=FolderStorage(place),
        media=PlainMedia(),
        client=client or GuardedClient(),
        scratch=place,
        report=report,
    )
    try:
        resolved = await _resolve(generator, inputs, artifacts or {}, context)
        price = await generator.price(resolved.model)
        with running(context):
            output = await _generate(generator, resolved.model, context, most_polls)
        kind = ArtifactType(generator.artifact_type)
        outputs = read_outputs(output, kind, generator=generator.name)
        manifest = await context.manifest(outputs)
    finally:
        context.close()
        if client is None:
            await context.client.aclose()
    return TestRun(
        output=output,
        inputs=resolved.model,
        files=tuple(_files(manifest, place)),
        progress=tuple(reports),
        metadata=manifest.metadata,
        price=price,
        edges=resolved.edges,
    )


class _Context(RunContext):
    """The run's context, but for artifacts that a test made from a local file."""

    async def resolve_artifact(self, artifact: DigitalArtifact) -> str:
        url = getattr(artifact, "storage_url", "")
        if url and await asyncio.to_thread(Path(url).is_file):
            return str(url)
        return await super().resolve_artifact(artifact)


def _check(generator: BaseGenerator) -> None:
    try:
        GeneratorRegistry().register(generator)
    except ValueError as error:
        raise PluginError(str(error)) from error
    input_form(generator)


async def _generate(
    generator: BaseGenerator, inputs: BaseModel, context: _Context, most_polls: int
) -> BaseModel:
    if not isinstance(generator, ResumableGenerator):
        return await call_generate(generator, inputs, context)
    submitted = await generator.submit(inputs, context)
    if submitted.result is not None:
        return submitted.result
    if submitted.external_id is None:
        raise PluginError(f"{generator.name!r} gave neither an external id nor a result.")
    for _ in range(most_polls):
        poll = await generator.poll(submitted.external_id, context)
        if poll.state is PollState.DONE:
            return await generator.fetch(submitted.external_id, inputs, context)
        if poll.state in (PollState.FAILED, PollState.CANCELLED):
            raise poll.error or PluginError(f"The job of {generator.name!r} is {poll.state}.")
        if poll.progress is not None:
            await context.progress(poll.progress, poll.message)
        await asyncio.sleep(0)
    raise TimedOut(f"The job of {generator.name!r} was not done after {most_polls} looks.")


async def _resolve(
    generator: BaseGenerator,
    inputs: Mapping[str, object] | BaseModel,
    artifacts: Mapping[str, Content],
    context: _Context,
) -> ResolvedInputs:
    schema = generator.get_input_schema()
    if isinstance(inputs, BaseModel):
        if not isinstance(inputs, schema):
            raise InvalidInput(
                f"{generator.name!r} takes {schema.__name__}, not {type(inputs).__name__}."
            )
        return ResolvedInputs(model=inputs, edges=())
    naming = _Naming(artifacts)
    named = fill(schema, inputs, naming)
    found = {}
    for name, (generation_id, expected) in naming.used.items():
        each = await _found(generation_id, artifacts[name], expected, context)
        found[generation_id] = each
    filled = named if isinstance(named, Mapping) else inputs
    return build_inputs(schema, filled, found, tenant_id=context.generation.tenant_id)


class _Naming:
    """Replaces the names in slots by ids; what is no name stays for the real check to refuse."""

    def __init__(self, artifacts: Mapping[str, Content]) -> None:
        self._artifacts = artifacts
        self.used: dict[str, tuple[UUID, ArtifactType]] = {}

    def put(self, place: Place, value: object) -> object:
        if isinstance(value, (list, tuple)):
            return [self._id(place, each) for each in value]
        return self._id(place, value)

    def unknown(self, path: str, known: Collection[str]) -> None:
        raise InvalidInput(
            f"{path!r} is no input of this generator.{suggestion(path.rpartition('.')[2], known)}"
        )

    def _id(self, place: Place, name: object) -> object:
        if not isinstance(name, str) or name not in self._artifacts:
            return name
        generation_id, _ = self.used.setdefault(name, (new_id(), types_of(place.classes)[0]))
        return str(generation_id)


async def _found(
    generation_id: UUID, content: Content, expected: ArtifactType, context: _Context
) -> FoundGeneration:
    """Store an input as an upload would, and say what it is: from its bytes where they tell."""
    tenant_id = context.generation.tenant_id
    key = context.storage.new_key(tenant_id, None, "bin")
    if isinstance(content, str):
        stored = await context.storage.put(key, content.encode())
        facts, kind = MediaFacts(format="plain", mime="text/plain"), ArtifactType.TEXT
    else:
        stored = await context.storage.put(key, content)
        facts = await context.media.probe(context.scratch / key)
        kind = type_of_format(facts.format) or expected
    url = stored_url(key)
    context.inputs[url] = StoredFile(key=key, size=stored.size, sha256=stored.sha256, facts=facts)
    return FoundGeneration(
        id=generation_id,
        tenant_id=tenant_id,
        readable=True,
        status="completed",
        artifact_type=kind,
        format=facts.format,
        storage_url=url,
        width=facts.width,
        height=facts.height,
        duration=facts.duration,
        fps=facts.fps,
        sample_rate=facts.sample_rate,
        channels=facts.channels,
        content=content if isinstance(content, str) else None,
    )


def _files(manifest: Manifest, folder: Path) -> Iterator[StoredOutput]:
    outputs = [("output", kept) for kept in (manifest.primary, *manifest.siblings)]
    for role, kept in (*outputs, *manifest.extras):
        yield StoredOutput(
            role=role,
            artifact_type=kept.artifact_type,
            path=folder / kept.file.key,
            size=kept.file.size,
            sha256=kept.file.sha256,
            facts=kept.file.facts,
            content=kept.content,
        )


def _generation(generator: BaseGenerator) -> Generation:
    now = datetime.now(UTC)
    return Generation(
        id=new_id(),
        tenant_id=new_id(),
        board_id=new_id(),
        user_id=new_id(),
        job_id=None,
        generator_name=generator.name,
        provider=generator.provider,
        artifact_type=ArtifactType(generator.artifact_type),
        phase=Phase.SUBMITTING,
        estimate=Cost(amount=None, confidence=Confidence.UNKNOWN),
        created_at=now,
        updated_at=now,
    )


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="boards-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
