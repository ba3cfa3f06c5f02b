"""The declarations that are a person's own: a folder `catalog` beside the configuration.

Each model is `name.toml`, which is what loads and may be corrected by hand, and `name.json`, the
provider's document as it came.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from boards.catalog.drafts import Draft
from boards.catalog.reader import SHARED, read_file
from boards.catalog.writing import toml_of
from boards.errors import ConfigError, Conflict, InvalidInput, StorageError
from boards.generators.declared import Declaration

__all__ = ["OwnModel", "OwnModels", "keep", "read_own", "text_of"]


@dataclass(frozen=True, kw_only=True)
class OwnModel:
    """A declaration and the file that it stands in."""

    declaration: Declaration
    path: Path


@dataclass(frozen=True, kw_only=True)
class OwnModels:
    """What a folder holds. `faults` are those of files that are left out, with file and line."""

    models: tuple[OwnModel, ...] = ()
    faults: tuple[str, ...] = ()


def read_own(folder: Path) -> OwnModels:
    """Read every `.toml` of a folder, one by one; without the folder there is nothing."""
    models: list[OwnModel] = []
    faults: list[str] = []
    taken: dict[str, Path] = {}
    for path in sorted(each for each in folder.glob("*.toml") if each.name != SHARED):
        try:
            found = read_file(path)
        except ConfigError as error:
            faults += error.faults
            continue
        for declaration in found:
            other = taken.setdefault(declaration.name, path)
            if other is not path:
                faults.append(f"{path}: the name {declaration.name!r} is taken by {other}")
                continue
            models.append(OwnModel(declaration=declaration, path=path))
    return OwnModels(models=tuple(models), faults=tuple(faults))


def text_of(draft: Draft) -> str:
    """The file of a draft, with what was guessed as comments."""
    head = (
        f"Drafted from {draft.source}. This file is what loads: correct it as you like, then see\n"
        f"`boards catalog check`. The provider's own document is {draft.declaration.name}.json."
    )
    left_out = "".join(f"\nLeft out: {each}" for each in draft.left_out)
    remarks = {
        guess.input: f"{f'guessed: {guess.kind.value}' if guess.kind else 'a text'}, {guess.why}"
        for guess in draft.guesses
    }
    return toml_of(draft.declaration, head=head + left_out, remarks=remarks)


def keep(draft: Draft, folder: Path, *, replace: bool = False) -> tuple[Path, Path]:
    """Write a draft's declaration and document into the folder, whole or not at all.

    Conflict when there is such a model and it is not to be replaced; StorageError when the folder
    cannot be written.
    """
    name = draft.declaration.name
    toml, document = folder / f"{name}.toml", folder / f"{name}.json"
    taken = [path for path in (toml, document) if os.path.lexists(path)]
    if taken and not replace:
        raise Conflict(
            f"{str(taken[0])!r} is there already, and may hold corrections. `boards catalog diff "
            f"{name}` shows what the provider has changed; --replace writes it anew."
        )
    text = text_of(draft)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in ((toml, text.encode()), (document, draft.document)):
            written.append(path.with_name(f".{path.name}.new"))
            written[-1].write_bytes(data)
        _check(written[0], draft.declaration)
        # The document first: a declaration never stands without what it was made from.
        written[1].replace(document)
        written[0].replace(toml)
    except OSError as error:
        raise StorageError(
            f"{str(folder)!r} cannot be written to: {error.strerror}. Nothing was added."
        ) from error
    finally:
        _remove(written)
    return toml, document


def _check(path: Path, declaration: Declaration) -> None:
    """Read back what was written: a file that loads as something else helps nobody."""
    if read_file(path) != (declaration,):
        raise InvalidInput(
            f"{declaration.name!r} cannot be written as it is; correct its document, and give that "
            "with --document."
        )


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
