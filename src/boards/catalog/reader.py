"""Reads declarations of provider models from TOML, and says where what is wrong stands.

`shared.toml` beside the files of a provider holds types and inputs that all of them may use. What a
file says itself under the same name stands in its place, and a model's own types before both.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from boards.errors import ConfigError
from boards.generators.declared.declaration import (
    Declaration,
    DeclarationFile,
    SharedFile,
    TypeWord,
)

__all__ = ["FOLDER", "SHARED", "load_declarations", "read_file", "read_files"]

FOLDER = Path(__file__).parent
"""Where the declarations lie that come with Boards: one folder per provider."""
SHARED = "shared.toml"
"""What the files of a folder share."""

_MODEL = re.compile(r"^\s*\[\[\s*models\s*\]\]")


def load_declarations(provider: str | None = None) -> tuple[Declaration, ...]:
    """Give the declarations that come with Boards, of one provider or of all, read once.

    ConfigError lists every fault with file and line.
    """
    return _load(FOLDER, provider)


def read_file(path: Path) -> tuple[Declaration, ...]:
    """Read one file. ConfigError lists every fault with file and line."""
    return read_files([path])


def read_files(paths: Iterable[Path]) -> tuple[Declaration, ...]:
    """Read files; no two models may share a name. ConfigError lists every fault of all."""
    faults: list[str] = []
    found: list[Declaration] = []
    places: dict[str, str] = {}
    shared: dict[Path, _Shared] = {}
    for path in paths:
        beside = path.with_name(SHARED)
        if beside not in shared:
            shared[beside] = _read_shared(beside, faults)
        for declaration, place in _read(path, shared[beside], faults):
            for name in (declaration.name, *declaration.aliases):
                if name in places:
                    faults.append(f"{place}: the name {name!r} is taken at {places[name]}")
                places.setdefault(name, place)
            found.append(declaration)
    if faults:
        raise ConfigError("The catalogue has faults:", faults=tuple(faults))
    return tuple(found)


@cache
def _load(folder: Path, provider: str | None) -> tuple[Declaration, ...]:
    paths = sorted(folder.glob(f"{provider or '*'}/*.toml"))
    return read_files(path for path in paths if path.name != SHARED)


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """Types and inputs that models may use; inputs as they are written, to be merged."""

    types: dict[str, TypeWord] = field(default_factory=dict)
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def completed(self, model: dict[str, Any]) -> dict[str, Any]:
        """Put what is shared below what the model says itself, in its types and its inputs."""
        types, inputs = model.get("types", {}), model.get("inputs")
        whole = {**model}
        if isinstance(types, dict):
            whole["types"] = {**self.types, **types}
        if isinstance(inputs, dict):
            whole["inputs"] = {name: self._completed(each) for name, each in inputs.items()}
        return whole

    def _completed(self, own: Any) -> Any:
        name = own.get("type") if isinstance(own, dict) else None
        if not isinstance(name, str) or name not in self.inputs:
            return own
        return {**self.inputs[name], **{key: own[key] for key in own if key != "type"}}


def _read_shared(path: Path, faults: list[str]) -> _Shared:
    table, lines = _parse(path, faults) if path.exists() else ({}, [])
    try:
        file = SharedFile.model_validate(table)
    except ValidationError as error:
        faults += [_fault(path, lines, 0, each) for each in error.errors(include_url=False)]
        return _Shared()
    return _Shared(types=file.types, inputs=table.get("inputs", {}))


def _read(path: Path, around: _Shared, faults: list[str]) -> list[tuple[Declaration, str]]:
    """Read the models of a file that are right, each with its place; note what is wrong."""
    table, lines = _parse(path, faults)
    if not table:
        faults += [] if faults else [f"{_shown(path)}: holds no models"]
        return []
    try:
        file = DeclarationFile.model_validate(table)
    except ValidationError as error:
        faults += [_fault(path, lines, 0, each) for each in error.errors(include_url=False)]
        return []
    together = _Shared(
        types={**around.types, **file.types},
        inputs={**around.inputs, **table.get("inputs", {})},
    )
    starts = [number for number, line in enumerate(lines) if _MODEL.match(line)]
    at_the_top: dict[str, Any] = {"provider": file.provider, "makes": file.makes}
    found: list[tuple[Declaration, str]] = []
    for number, model in enumerate(file.models):
        start = starts[number] if number < len(starts) else 0
        end = starts[number + 1] if number + 1 < len(starts) else len(lines)
        place = f"{_shown(path)}:{start + 1}"
        taken = sorted(at_the_top.keys() & model.keys())
        if taken:
            faults.append(f"{place}: {' and '.join(taken)} stand at the top of the file, once")
            continue
        try:
            whole = {**together.completed(model), **at_the_top}
            found.append((Declaration.model_validate(whole), place))
        except ValidationError as error:
            faults += [
                _fault(path, lines[:end], start, each) for each in error.errors(include_url=False)
            ]
    return found


def _parse(path: Path, faults: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Read a file as a table and its lines; an empty table when it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text.splitlines()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{_shown(path)}: {error}")
        return {}, []


def _fault(path: Path, lines: Sequence[str], start: int, error: Any) -> str:
    """Say what is wrong, with the line where the innermost key that can be found stands."""
    at = [str(part) for part in error["loc"]]
    line = start
    for part in at:
        key = re.compile(rf'(?:^\s*\[+[\w.]*\b|^\s*|[{{,]\s*)"?{re.escape(part)}"?\s*[=\].]')
        line = next(
            (number for number in range(line, len(lines)) if key.search(lines[number])), line
        )
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = f"there is no word {at[-1]!r}"
    where = ".".join(at) or "the file"
    return f"{_shown(path)}:{line + 1}: {where}: {message}"


def _shown(path: Path) -> str:
    return path.name if path.parent == path else f"{path.parent.name}/{path.name}"
