"""A declared generator: what a declaration says, spoken through a transport."""

import asyncio
import base64
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, JsonValue, SerializeAsAny, create_model

from boards.domain.artifacts import ArtifactType, mime_for_format, type_of_format
from boards.domain.costs import Cost
from boards.errors import Broken, InvalidInput, NotConfigured
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    FileArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.base import Poll, ResumableGenerator, Submitted
from boards.generators.context import GeneratorContext
from boards.generators.declared.body import build_body
from boards.generators.declared.conditions import variant_for
from boards.generators.declared.declaration import Declaration
from boards.generators.declared.prices import actual_cost, quote
from boards.generators.declared.results import read_made, read_notes
from boards.generators.declared.schema import DeclaredInputs, input_model
from boards.generators.declared.transport import (
    Call,
    InputFile,
    Job,
    Made,
    Outcome,
    TellsCallback,
    Transport,
    Way,
)

__all__ = ["DeclaredGenerator"]


class DeclaredGenerator(ResumableGenerator):
    """Runs one declared model. Everything peculiar to the model is data, and to the provider its
    transport; nothing here knows either.

    `elsewhere` says that the transport calls another address than the provider's own, where models
    may live on that the provider has retired. `no_links` says why inputs have no address here.
    """

    no_links: str | None = None

    def __init__(
        self, declaration: Declaration, transport: Transport, *, elsewhere: bool = False
    ) -> None:
        traits = transport.traits
        self.declaration = declaration
        self.transport = transport
        self.name = declaration.name
        self.aliases = declaration.aliases
        self.title = declaration.title
        self.description = declaration.description
        self.artifact_type = declaration.makes.value
        self.version = declaration.version
        self.provider = declaration.provider
        self._elsewhere = elsewhere
        self.idempotency = traits.idempotency
        self.cancels = traits.cancels
        self.bills_on = traits.bills_on
        self.longest_run = declaration.limits.longest_run or traits.longest_run
        self.poll_every = declaration.limits.poll_every or traits.poll_every

    def out_of_reach(self, inputs: BaseModel) -> str | None:
        """What is missing before these inputs can get there; None when nothing is.

        Only where addresses are the one way: with another, the size decides when they travel.
        """
        ways = {carry.way for carry in self.transport.traits.carries}
        if self.no_links is None or ways != {Way.SIGNED_URL} or not _has_files(inputs):
            return None
        return f"{self.provider} fetches inputs by their address; {self.no_links}"

    @property
    def unavailable(self) -> str | None:
        """What is missing before this can run, such as `set FAL_KEY`; or that it is no more."""
        return self.retired or self.transport.unavailable

    @property
    def retired(self) -> str | None:
        """Since when the provider has ended this model, and what to use instead."""
        day = self.declaration.retired
        if day is None or self._elsewhere or _today() < day:
            return None
        instead = f"; use {self.declaration.use!r}" if self.declaration.use else ""
        return f"{self.provider} retired it on {day.isoformat()}{instead}"

    @cached_property
    def _inputs(self) -> type[DeclaredInputs]:
        return input_model(self.declaration)

    @cached_property
    def _outputs(self) -> type[BaseModel]:
        kind = SerializeAsAny[DigitalArtifact]
        extras: dict[str, Any] = {role: (list[kind], []) for role in self.declaration.result.extra}
        return create_model("DeclaredOutput", outputs=(list[kind], ...), **extras)

    def get_input_schema(self) -> type[DeclaredInputs]:
        return self._inputs

    def get_output_schema(self) -> type[BaseModel]:
        return self._outputs

    async def quote(self, inputs: DeclaredInputs) -> Cost:
        """The price of one run, with what it was worked out from."""
        return quote(self.declaration, inputs)

    async def price(self, inputs: DeclaredInputs) -> Decimal | None:
        return quote(self.declaration, inputs).amount

    async def estimate_cost(self, inputs: DeclaredInputs) -> float:
        return float(await self.price(inputs) or 0)

    async def prepare(self, inputs: DeclaredInputs, context: GeneratorContext) -> Call:
        """Bring the inputs to the provider and make the request; costs nothing."""
        files: list[InputFile] = []

        async def place(field: str, artifact: FileArtifact) -> JsonValue:
            path = Path(await context.resolve_artifact(artifact))
            return await self._carry(field, path, artifact.format, context, files, artifact)

        async def pack(field: str, artifacts: Sequence[FileArtifact]) -> JsonValue:
            paths = [Path(await context.resolve_artifact(each)) for each in artifacts]
            archive = context.temporary_path(".zip")
            await asyncio.to_thread(_pack, paths, archive)
            return await self._carry(field, archive, "zip", context, files)

        return Call(
            key=context.generation_id,
            tenant_id=context.tenant_id,
            declaration=variant_for(self.declaration, inputs),
            inputs=inputs,
            body=await build_body(self.declaration, inputs, place, pack),
            files=tuple(files),
        )

    async def submit(self, inputs: DeclaredInputs | Call, context: GeneratorContext) -> Submitted:
        call = inputs if isinstance(inputs, Call) else await self.prepare(inputs, context)
        answer = await self.transport.submit(call)
        result = None
        if answer.outcome is not None:
            try:
                result = self._result(answer.outcome, call.inputs, context)
            except ValueError as error:
                # It is paid by now: no "the input was wrong" may come of what cannot be read.
                raise Broken(
                    f"{self.provider} answered something that is no result of {self.name!r}.",
                    detail=repr(error),
                ) from error
        return Submitted(external_id=answer.external_id, other_ids=answer.other_ids, result=result)

    async def lookup(self, context: GeneratorContext) -> Submitted | None:
        found = await self.transport.lookup(
            context.generation_id, tenant_id=context.tenant_id, declaration=self.declaration
        )
        if found is None:
            return None
        return Submitted(external_id=found.external_id, other_ids=found.other_ids)

    async def poll(self, external_id: str, context: GeneratorContext) -> Poll:
        return await self.transport.look(self._job(external_id, context))

    async def fetch(
        self, external_id: str, inputs: DeclaredInputs, context: GeneratorContext
    ) -> BaseModel:
        outcome = await self.transport.fetch(self._job(external_id, context))
        return self._result(outcome, inputs, context)

    async def cancel(self, external_id: str, context: GeneratorContext) -> bool:
        return await self.transport.cancel(self._job(external_id, context))

    async def was_submitted_with(
        self, external_id: str, callback: str, context: GeneratorContext
    ) -> bool:
        transport = self.transport
        if not isinstance(transport, TellsCallback):
            return False
        return callback in await transport.callbacks_of(self._job(external_id, context))

    def _job(self, external_id: str, context: GeneratorContext) -> Job:
        return Job(
            tenant_id=context.tenant_id, declaration=self.declaration, external_id=external_id
        )

    async def _carry(
        self,
        field: str,
        path: Path,
        format: str,
        context: GeneratorContext,
        files: list[InputFile],
        artifact: FileArtifact | None = None,
    ) -> JsonValue:
        """Bring one input on its way, the first that takes its size and can be gone here."""
        size = (await asyncio.to_thread(path.stat)).st_size
        mime = "application/zip" if format == "zip" else mime_for_format(format)
        name = f"{field.rpartition('.')[2]}-{len(files) + 1}{path.suffix}"
        file = InputFile(field=field, path=path, name=name, mime=mime, size=size)
        unlinked = False
        for carry in self.transport.traits.carries:
            if size > carry.max_bytes:
                continue
            match carry.way:
                case Way.PART:
                    files.append(file)
                    return None
                case Way.DATA_URI:
                    encoded = base64.b64encode(await asyncio.to_thread(path.read_bytes)).decode()
                    return f"data:{mime};base64,{encoded}"
                case Way.UPLOAD:
                    return await self.transport.upload(file, tenant_id=context.tenant_id)
                case Way.SIGNED_URL:
                    url = None if artifact is None else context.link(artifact)
                    if url is not None:
                        return url
                    unlinked = True
        if unlinked:
            raise NotConfigured(
                f"{self.provider} fetches the input {field!r} by its address, and this server has "
                "none that can be reached: set BOARDS_PUBLIC_URL and BOARDS_SECRET_KEY."
            )
        most = max((carry.max_bytes for carry in self.transport.traits.carries), default=0)
        raise InvalidInput(
            f"The input {field!r} has {size:,} bytes; {self.provider} takes at most {most:,}."
        )

    def _result(self, outcome: Outcome, inputs: BaseModel, context: GeneratorContext) -> BaseModel:
        """Turn what was made into artifacts that say where the bytes are; the run stores them."""
        made = read_made(self.declaration, outcome, inputs)
        outputs = [
            _artifact(each, self.declaration, inputs, context) for each in made if not each.role
        ]
        extras: dict[str, list[DigitalArtifact]] = {}
        for each in made:
            if each.role:
                artifact = _artifact(each, self.declaration, inputs, context)
                extras.setdefault(each.role, []).append(artifact)
        context.note(**read_notes(self.declaration, outcome))
        cost = actual_cost(self.declaration, outcome.counts) or self._for(len(outputs), inputs)
        if cost is not None and cost.amount is not None:
            context.bill(cost)
        return self._outputs(outputs=outputs, **extras)

    def _for(self, delivered: int, inputs: BaseModel) -> Cost | None:
        """The price of as many outputs as came, where that is not what was asked for."""
        counted = self.declaration.limits.outputs
        if counted is None or getattr(inputs, counted) == delivered:
            return None
        return quote(self.declaration, inputs.model_copy(update={counted: delivered}))


def _pack(paths: Sequence[Path], archive: Path) -> None:
    """Put files into an archive, under names in their order; media gain nothing by compression."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as whole:
        for number, path in enumerate(paths, start=1):
            whole.write(path, f"{number:03}{path.suffix}")


def _today() -> date:
    return datetime.now(UTC).date()


def _artifact(
    made: Made, declaration: Declaration, inputs: BaseModel, context: GeneratorContext
) -> DigitalArtifact:
    """Name what was made by its address; bytes become a `data:` address."""
    format = made.format or "png"
    kind = declaration.makes if not made.role else type_of_format(format) or declaration.makes
    if kind is ArtifactType.TEXT and isinstance(made.source, str):
        return TextArtifact(generation_id=context.generation_id, content=made.source, format=format)
    url = made.source if isinstance(made.source, str) else _data_url(made.source, format)
    known: dict[str, Any] = {
        "generation_id": context.generation_id,
        "storage_url": url,
        "format": format,
    }
    match kind:
        case ArtifactType.VIDEO:
            return VideoArtifact(
                **known,
                width=made.width,
                height=made.height,
                duration=made.duration,
                fps=made.fps,
            )
        case ArtifactType.AUDIO:
            return AudioArtifact(
                **known,
                duration=made.duration,
                sample_rate=made.sample_rate,
                channels=made.channels,
            )
        case ArtifactType.LORA:
            return LoRArtifact(**known, **_adapts(declaration, inputs))
        case _:
            return ImageArtifact(**known, width=made.width, height=made.height)


def _adapts(declaration: Declaration, inputs: BaseModel) -> dict[str, Any]:
    """What a LoRA adapts, and the words that call it."""
    trained = declaration.result.lora
    if trained is None:
        return {"base_model": declaration.endpoint}
    words = getattr(inputs, trained.trigger) if trained.trigger else None
    return {"base_model": trained.base_model, "trigger_words": [words] if words else None}


def _has_files(value: object) -> bool:
    if isinstance(value, BaseModel):
        return isinstance(value, FileArtifact) or any(_has_files(each) for _, each in value)
    return isinstance(value, (list, tuple)) and any(_has_files(each) for each in value)


def _data_url(data: bytes, format: str) -> str:
    return f"data:{mime_for_format(format)};base64,{base64.b64encode(data).decode()}"
