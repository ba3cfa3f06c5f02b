"""A run as its generator sees it: inputs as files, places to store, progress.

Everything lives below one temporary folder of the run, which goes when the run ends. What is stored
goes through the guarded client where it comes from a URL, is hashed on the way, and is known by a
URL of our own that means nothing to anybody else.
"""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import structlog
from pydantic import JsonValue

from boards.domain.artifacts import (
    ArtifactType,
    MediaFacts,
    StoredFile,
    extension_for_format,
    file_format,
    mime_for_format,
    type_of_format,
)
from boards.domain.costs import Confidence, Cost, CostSource, usd
from boards.domain.generations import Generation
from boards.errors import BoardsError, Broken, PluginError, StorageError
from boards.generators.artifacts import (
    AudioArtifact,
    DigitalArtifact,
    FileArtifact,
    ImageArtifact,
    LoRArtifact,
    TextArtifact,
    VideoArtifact,
)
from boards.generators.context import Source
from boards.generators.outputs import Outputs
from boards.ids import new_id
from boards.outbound.client import GuardedClient
from boards.outbound.urls import read_data_url
from boards.services.file_links import FileLinks
from boards.services.inputs import STORED, stored_url
from boards.services.manifest import KeptArtifact, Manifest
from boards.services.ports import Media, Storage

__all__ = ["RunContext"]

log = structlog.get_logger(__name__)

MAX_OUTPUT_BYTES = 8 * 2**30
MAX_TEXT_BYTES = 4 * 2**20
_MEDIA = frozenset({ArtifactType.IMAGE, ArtifactType.VIDEO, ArtifactType.AUDIO, ArtifactType.LORA})

Report = Callable[[float, str], Awaitable[None]]


@dataclass(kw_only=True)
class RunContext:
    """What one run may do. `inputs` are the stored files that its input artifacts stand for."""

    generation: Generation
    storage: Storage
    media: Media
    client: GuardedClient
    scratch: Path
    report: Report
    inputs: dict[str, StoredFile] = field(default_factory=dict)
    links: FileLinks = field(default_factory=FileLinks)
    max_bytes: int = MAX_OUTPUT_BYTES
    notes: dict[str, JsonValue] = field(default_factory=dict)
    billed: Cost | None = None
    _kept: dict[str, KeptArtifact] = field(default_factory=dict)
    _texts: list[tuple[TextArtifact, KeptArtifact]] = field(default_factory=list)
    _extras: list[tuple[str, KeptArtifact]] = field(default_factory=list)
    _folder: Path | None = None

    @property
    def generation_id(self) -> str:
        return str(self.generation.id)

    @property
    def tenant_id(self) -> str:
        return str(self.generation.tenant_id)

    @property
    def board_id(self) -> str:
        return str(self.generation.board_id)

    @property
    def user_id(self) -> str:
        return str(self.generation.user_id)

    @property
    def generator_name(self) -> str:
        return self.generation.generator_name

    @property
    def kept(self) -> tuple[KeptArtifact, ...]:
        """Every artifact stored so far: what a failed run still leaves to its owner."""
        texts = (kept for _, kept in self._texts)
        return (*self._kept.values(), *texts, *(extra for _, extra in self._extras))

    def close(self) -> None:
        """Remove the run's temporary files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def temporary_path(self, suffix: str = "") -> Path:
        if self._folder is None:
            self._folder = self.scratch / f"run-{new_id()}"
            self._folder.mkdir(mode=0o700)
        clean = "".join(c for c in suffix if c.isalnum() or c in "._-")
        return self._folder / f"{new_id()}{clean}"

    async def progress(self, fraction: float, message: str = "") -> None:
        known = fraction == fraction  # noqa: PLR0124 - only NaN differs from itself
        await self.report(min(max(fraction, 0.0), 1.0) if known else 0.0, message)

    def bill(self, cost: Decimal | Cost) -> None:
        try:
            amount = cost.amount if isinstance(cost, Cost) else cost
            exact = None if amount is None else usd(amount)
        except (ValueError, ArithmeticError):
            # It is paid: what it brought must not be lost because of its bill.
            log.warning("bill_ignored", generator=self.generator_name, bill=repr(cost))
            return
        if isinstance(cost, Cost):
            told = CostSource.PROVIDER if cost.confidence is Confidence.EXACT else None
            self.billed = (
                None if exact is None else replace(cost, amount=exact, source=cost.source or told)
            )
        else:
            self.billed = Cost(
                amount=exact,
                confidence=Confidence.EXACT,
                basis=self.generation.estimate.basis,
                source=CostSource.PROVIDER,
            )

    def note(self, **facts: JsonValue) -> None:
        self.notes.update(facts)

    async def resolve_artifact(self, artifact: DigitalArtifact) -> str:
        if not isinstance(artifact, FileArtifact):
            raise ValueError(
                f"A {type(artifact).__name__} has no file to resolve; use its `.content`."
            )
        path = self.temporary_path(f".{extension_for_format(artifact.format)}")
        url = artifact.storage_url
        if url.startswith(STORED):
            if url not in self.inputs and url not in self._kept:
                raise StorageError("This run has no such file among its inputs.")
            await self.storage.copy_to(url.removeprefix(STORED), path)
        elif url.startswith("data:"):
            path.write_bytes(read_data_url(url, max_bytes=self.max_bytes)[1])
        else:
            await self.client.download(url, path, max_bytes=self.max_bytes)
        return str(path)

    def link(self, artifact: DigitalArtifact) -> str | None:
        if not isinstance(artifact, FileArtifact):
            return None
        url = artifact.storage_url
        stored = self.inputs.get(url)
        if stored is not None:
            return self.links.url(stored.key, stored.facts.mime)
        return url if url.startswith("https://") else None

    async def store_image(
        self, source: Source, *, format: str, width: int | None = None, height: int | None = None
    ) -> ImageArtifact:
        given = _facts(format, width=width, height=height)
        kept = await self._keep(ArtifactType.IMAGE, source, given)
        facts = kept.file.facts
        return ImageArtifact(
            generation_id=self.generation_id,
            storage_url=self._remember(kept),
            format=facts.format,
            width=facts.width,
            height=facts.height,
        )

    async def store_video(
        self,
        source: Source,
        *,
        format: str,
        width: int | None = None,
        height: int | None = None,
        duration: float | None = None,
        fps: float | None = None,
    ) -> VideoArtifact:
        given = _facts(format, width=width, height=height, duration=duration, fps=fps)
        kept = await self._keep(ArtifactType.VIDEO, source, given)
        facts = kept.file.facts
        return VideoArtifact(
            generation_id=self.generation_id,
            storage_url=self._remember(kept),
            format=facts.format,
            width=facts.width,
            height=facts.height,
            duration=facts.duration,
            fps=facts.fps,
        )

    async def store_audio(
        self,
        source: Source,
        *,
        format: str,
        duration: float | None = None,
        sample_rate: int | None = None,
        channels: int | None = None,
    ) -> AudioArtifact:
        given = _facts(format, duration=duration, sample_rate=sample_rate, channels=channels)
        kept = await self._keep(ArtifactType.AUDIO, source, given)
        facts = kept.file.facts
        return AudioArtifact(
            generation_id=self.generation_id,
            storage_url=self._remember(kept),
            format=facts.format,
            duration=facts.duration,
            sample_rate=facts.sample_rate,
            channels=facts.channels,
        )

    async def store_text(self, content: str, *, format: str = "plain") -> TextArtifact:
        kept = await self._keep_text(content, format)
        artifact = TextArtifact(
            generation_id=self.generation_id, content=content, format=kept.file.facts.format
        )
        self._texts.append((artifact, kept))
        return artifact

    async def store_lora(
        self,
        source: Source,
        *,
        base_model: str,
        format: str = "safetensors",
        trigger_words: list[str] | None = None,
    ) -> LoRArtifact:
        metadata: dict[str, JsonValue] = {"base_model": base_model}
        if trigger_words is not None:
            metadata["trigger_words"] = [*trigger_words]
        kept = await self._keep(ArtifactType.LORA, source, _facts(format), metadata)
        return LoRArtifact(
            generation_id=self.generation_id,
            storage_url=self._remember(kept),
            format=kept.file.facts.format,
            base_model=base_model,
            trigger_words=trigger_words,
        )

    async def add_file(self, source: Source, *, role: str, format: str) -> None:
        known = file_format(format)
        kept = await self._keep(known.artifact_type if known else None, source, _facts(format))
        self._extras.append((role, kept))

    async def manifest(self, outputs: Outputs) -> Manifest:
        """Store what of the outputs is not stored yet, and say what there is."""
        primary = await self._kept_of(outputs.primary)
        siblings = [await self._kept_of(artifact) for artifact in outputs.siblings]
        extras = [(role, await self._kept_of(artifact)) for role, artifact in outputs.extras]
        return Manifest(
            primary=primary,
            siblings=tuple(siblings),
            extras=(*extras, *self._extras),
            metadata={**self.notes, **outputs.metadata},
            billed=self.billed,
        )

    def _remember(self, kept: KeptArtifact) -> str:
        url = stored_url(kept.file.key)
        self._kept[url] = kept
        return url

    async def _kept_of(self, artifact: DigitalArtifact) -> KeptArtifact:
        """Find an output among what is stored, or store it now from where it says it is."""
        if isinstance(artifact, TextArtifact):
            for known, kept in self._texts:
                if known is artifact:
                    return kept
            return await self._keep_text(artifact.content, artifact.format)
        if not isinstance(artifact, FileArtifact):
            raise PluginError(f"{type(artifact).__name__} is no artifact that can be stored.")
        found = self._kept.get(artifact.storage_url)
        if found is not None:
            return found
        source: Source = artifact.storage_url
        if artifact.storage_url.startswith(STORED):
            # An input handed through: the output gets bytes of its own.
            source = Path(await self.resolve_artifact(artifact))
        metadata: dict[str, JsonValue] = {}
        if isinstance(artifact, LoRArtifact):
            metadata["base_model"] = artifact.base_model
            if artifact.trigger_words is not None:
                metadata["trigger_words"] = [*artifact.trigger_words]
        given = _facts(
            artifact.format,
            **artifact.model_dump(
                include={"width", "height", "duration", "fps", "sample_rate", "channels"}
            ),
        )
        return await self._keep(artifact.artifact_type, source, given, metadata)

    async def _keep_text(self, content: str, format: str) -> KeptArtifact:
        data = content.encode()
        if len(data) > MAX_TEXT_BYTES:
            raise PluginError(
                f"A text of {len(data)} bytes is over the limit of {MAX_TEXT_BYTES}; "
                "keep it with `add_file` instead."
            )
        known = file_format(format)
        name = known.name if known else "plain"
        key = self._key(ArtifactType.TEXT, name, len(data))
        stored = await self.storage.put(key, data)
        file = StoredFile(
            key=stored.key, size=stored.size, sha256=stored.sha256, facts=_facts(name)
        )
        return KeptArtifact(artifact_type=ArtifactType.TEXT, file=file, content=content)

    def _key(self, artifact_type: ArtifactType | None, format: str, size: int) -> str:
        return self.storage.new_key(
            self.generation.tenant_id,
            artifact_type,
            extension_for_format(format),
            size=size,
            board_id=self.generation.board_id,
            generator=self.generation.generator_name,
        )

    async def _keep(
        self,
        artifact_type: ArtifactType | None,
        source: Source,
        given: MediaFacts,
        metadata: dict[str, JsonValue] | None = None,
    ) -> KeptArtifact:
        """Copy bytes into storage; what they are is read from the bytes, not from the claim."""
        elsewhere = isinstance(source, str) and not source.startswith("data:")
        if isinstance(source, str):
            source = await self._fetch(source, given.format)
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size == 0:
            raise Broken("The output is empty: it has no bytes.", billed=None)
        key = self._key(artifact_type, given.format, size)
        stored = await self.storage.put(key, source, max_bytes=self.max_bytes)
        facts = await self._probe(stored.key, source, given)
        if elsewhere and artifact_type in _MEDIA and _is_text(facts):
            # A page in the file's place: it may be there yet, so it is asked for again.
            await self.storage.delete(stored.key)
            raise Broken(f"Where the {artifact_type} should be is a page of {facts.mime!r}.")
        return KeptArtifact(
            artifact_type=artifact_type,
            file=StoredFile(key=stored.key, size=stored.size, sha256=stored.sha256, facts=facts),
            metadata=metadata or {},
        )

    async def _fetch(self, url: str, format: str) -> bytes | Path:
        if url.startswith("data:"):
            return read_data_url(url, max_bytes=self.max_bytes)[1]
        path = self.temporary_path(f".{extension_for_format(format)}")
        await self.client.download(url, path, max_bytes=self.max_bytes)
        return path

    async def _probe(self, key: str, source: bytes | Path, given: MediaFacts) -> MediaFacts:
        """Look into the bytes. A file that cannot be read is kept all the same: it may be paid."""
        if file_format(given.format) is None:
            return given
        path = self.storage.local_path(key)
        if path is None:
            path = source if isinstance(source, Path) else self.temporary_path()
            if isinstance(source, bytes):
                path.write_bytes(source)
        try:
            return _merge(await self.media.probe(path), given)
        except BoardsError as error:
            log.warning("probe_failed", format=given.format, reason=error.message)
            self.notes["probe_error"] = error.message
            return given


def _facts(
    format: str,
    *,
    width: int | None = None,
    height: int | None = None,
    duration: float | None = None,
    fps: float | None = None,
    sample_rate: int | None = None,
    channels: int | None = None,
) -> MediaFacts:
    known = file_format(format)
    return MediaFacts(
        format=known.name if known else format.lower(),
        mime=mime_for_format(format),
        width=width,
        height=height,
        duration=duration,
        fps=fps,
        sample_rate=sample_rate,
        channels=channels,
    )


def _is_text(facts: MediaFacts) -> bool:
    return type_of_format(facts.format) is ArtifactType.TEXT


def _merge(seen: MediaFacts, given: MediaFacts) -> MediaFacts:
    """What was seen in the bytes, completed by what the generator said."""
    return replace(
        seen,
        width=seen.width or given.width,
        height=seen.height or given.height,
        duration=seen.duration if seen.duration is not None else given.duration,
        fps=seen.fps or given.fps,
        sample_rate=seen.sample_rate or given.sample_rate,
        channels=seen.channels or given.channels,
    )
