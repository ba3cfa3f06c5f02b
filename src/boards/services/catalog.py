"""The catalogue of one installation: what comes with Boards, what was added, and adding to it."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from boards.catalog import load_declarations
from boards.catalog.checks import faults_of
from boards.catalog.comparison import Comparison, compare
from boards.catalog.drafts import PUBLISHERS, Draft, Said, Source, make_draft
from boards.catalog.drafts.names import model_name
from boards.catalog.own import OwnModel, keep, read_own
from boards.catalog.reader import FOLDER, SHARED, read_file
from boards.errors import ConfigError, Conflict, InvalidInput, NotFound
from boards.generators.adding import add_entry, entry_text, is_listed
from boards.generators.declared import Declaration
from boards.generators.listing import Kind
from boards.generators.nearest import suggestion
from boards.services.ports.documents import Documents

__all__ = ["CatalogService", "Kept", "KnownModel"]


@dataclass(frozen=True, kw_only=True)
class KnownModel:
    """A declared model; `path` is its file when it was added here."""

    declaration: Declaration
    path: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What adding a model wrote. `entry` is what generators.yaml still lacks, if anything."""

    declaration: Path
    document: Path
    listed_in: Path | None = None
    entry: str | None = None


class CatalogService:
    """Knows the declared models, and drafts, keeps and compares further ones.

    `folder` is where models are added, `listing` the generators.yaml, when there is one, and
    `providers` the names of those that can be called.
    """

    def __init__(
        self,
        *,
        documents: Documents,
        folder: Path,
        listing: Path | None,
        providers: Collection[str],
    ) -> None:
        self._documents = documents
        self._folder = folder
        self._listing = listing
        self._providers = providers

    @property
    def folder(self) -> Path:
        """Where models are added."""
        return self._folder

    def models(self) -> tuple[KnownModel, ...]:
        """List the models that come with Boards, then those that were added.

        ConfigError lists every fault in the files of either.
        """
        shipped = [KnownModel(declaration=each) for each in load_declarations()]
        return (
            *shipped,
            *(KnownModel(declaration=o.declaration, path=o.path) for o in self._own()),
        )

    def find(self, name: str) -> KnownModel:
        """Give the model of this name or alias. NotFound with a suggestion when there is none."""
        models = self.models()
        for model in models:
            if name in (model.declaration.name, *model.declaration.aliases):
                return model
        names = [model.declaration.name for model in models]
        raise NotFound(f"There is no declared model {name!r}.{suggestion(name, names)}")

    async def draft(
        self, source: Source, said: Said, *, today: date, document: bytes | None = None
    ) -> Draft:
        """Make a declaration of a provider's model, from its document there or a given one.

        InvalidInput for a document that cannot be used, naming the place in it; NotFound and
        provider errors when it cannot be had. Nothing is written.
        """
        data = await self._documents.fetch(source) if document is None else document
        # Large documents take a moment, and the loop may serve others.
        return await asyncio.to_thread(make_draft, source, data, said, today=today)

    def check_name(self, source: Source, name: str | None, *, replace: bool = False) -> None:
        """Refuse a name that another model has; None stands for the one that the source would get.

        Conflict says what to do instead.
        """
        is_named, name = name is not None, name or model_name(source.provider, source.model)
        for model in load_declarations():
            own_name = model.endpoint.partition(":")[0]
            if not is_named and (model.provider, own_name) == (source.provider, source.model):
                raise Conflict(
                    f"{source} comes with Boards, as {model.name!r}. List it as `catalog: "
                    f"{model.name}`, or say --name for one of your own."
                )
            if name in (model.name, *model.aliases):
                raise Conflict(f"The name {name!r} is that of another model; say --name.")
        for own in self._own():
            is_itself = own.path == self._folder / f"{name}.toml"
            if own.declaration.name == name and not (replace and is_itself):
                raise Conflict(
                    f"{name!r} is added already, in {str(own.path)!r}. `boards catalog diff "
                    f"{name}` shows what its provider has changed; --replace drafts it anew, "
                    "without the corrections in that file; --name adds it a second time."
                )

    def keep(self, draft: Draft, *, replace: bool = False) -> Kept:
        """Write a draft beside the configuration, and list it in generators.yaml.

        Conflict when its name is taken, StorageError when it cannot be written; nothing is then.
        """
        name = draft.declaration.name
        self.check_name(draft.source, name, replace=replace)
        own_name = name if self._needs_name(draft) else None
        declaration, document = keep(draft, self._folder, replace=replace)
        kind = Kind(draft.source.provider)
        only = own_name is None
        if self._listing is None or is_listed(
            self._listing, kind, draft.source.model, name, is_only_one=only
        ):
            return Kept(declaration=declaration, document=document)
        entry = entry_text(kind, draft.source.model, own_name)
        if add_entry(self._listing, kind, draft.source.model, own_name):
            return Kept(declaration=declaration, document=document, listed_in=self._listing)
        return Kept(declaration=declaration, document=document, entry=entry)

    async def compare(self, name: str, *, document: bytes | None = None) -> Comparison:
        """Compare a declared model with its provider's document of today.

        InvalidInput for a model whose provider publishes none, or whose document cannot be used.
        """
        declaration = self.find(name).declaration
        if declaration.provider not in PUBLISHERS:
            raise InvalidInput(
                f"{declaration.provider} publishes no document of {name!r}; there are those of "
                f"{' and '.join(PUBLISHERS)}."
            )
        model, _, version = declaration.endpoint.partition(":")
        source = Source(provider=declaration.provider, model=model)
        said = Said(name=declaration.name, makes=declaration.makes)
        draft = await self.draft(source, said, today=date.min, document=document)
        current = draft.declaration
        if not version and current.endpoint.partition(":")[0] == model:
            # A declaration without a version means the newest, whatever that is.
            current = current.model_copy(update={"endpoint": model})
        return compare(declaration, current)

    def check(self, files: Iterable[Path] = ()) -> int:
        """Check declarations: those in these files, or all that there are. Gives their number.

        ConfigError lists every fault of all.
        """
        faults: list[str] = []
        count = 0
        for path in tuple(files) or self._files():
            try:
                found = read_file(path)
            except ConfigError as error:
                faults += error.faults
                continue
            count += len(found)
            for each in found:
                place = f"{path.parent.name}/{path.name}: {each.name}"
                faults += [f"{place}: {fault}" for fault in faults_of(each, self._providers)]
        faults += self._taken_names() if not files and not faults else []
        if faults:
            raise ConfigError("The catalogue has faults:", faults=tuple(faults))
        return count

    def _own(self) -> tuple[OwnModel, ...]:
        own = read_own(self._folder)
        if own.faults:
            raise ConfigError("The models that were added have faults:", faults=own.faults)
        return own.models

    def _needs_name(self, draft: Draft) -> bool:
        """Whether the model has another of the same provider and endpoint beside it."""
        others = [*load_declarations(), *(own.declaration for own in self._own())]
        return any(
            (each.provider, each.endpoint.partition(":")[0])
            == (draft.source.provider, draft.source.model)
            and each.name != draft.declaration.name
            for each in others
        )

    def _files(self) -> list[Path]:
        shipped = sorted(path for path in FOLDER.glob("*/*.toml") if path.name != SHARED)
        return [
            *shipped,
            *sorted(each for each in self._folder.glob("*.toml") if each.name != SHARED),
        ]

    def _taken_names(self) -> list[str]:
        """Names that two models have; each of the files is right by itself."""
        places: dict[str, str] = {}
        faults: list[str] = []
        for model in self.models():
            place = str(model.path or "the catalogue")
            for name in (model.declaration.name, *model.declaration.aliases):
                if name in places:
                    faults.append(f"{place}: the name {name!r} is taken in {places[name]}")
                places.setdefault(name, place)
        return faults
