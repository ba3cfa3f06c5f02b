"""Reads declarations of provider models from TOML, and says where what is wrong stands."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from boards.errors import ConfigError
from boards.generators.declared.declaration import Declaration, DeclarationFile

__all__ = ["FOLDER", "load_declarations", "read_file"]

FOLDER = Path(__file__).parent
"""Where the declarations lie that come with Boards: one folder per provider."""

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
    for path in paths:
        for declaration, place in _read(path, faults):
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
    return read_files(sorted(folder.glob(f"{provider or '*'}/*.toml")))


def _read(path: Path, faults: list[str]) -> list[tuple[Declaration, str]]:
    """Read the models of a file that are right, each with its place; note what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{_shown(path)}: {error}")
        return []
    lines = text.splitlines()
    try:
        file = DeclarationFile.model_validate(table)
    except ValidationError as error:
        faults += [_fault(path, lines, 0, each) for each in error.errors(include_url=False)]
        return []
    starts = [number for number, line in enumerate(lines) if _MODEL.match(line)]
    shared: dict[str, Any] = {
        "provider": file.provider,
        "makes": file.makes,
        "types": file.types,
    }
    found: list[tuple[Declaration, str]] = []
    for number, model in enumerate(file.models):
        start = starts[number] if number < len(starts) else 0
        end = starts[number + 1] if number + 1 < len(starts) else len(lines)
        place = f"{_shown(path)}:{start + 1}"
        taken = sorted(shared.keys() & model.keys())
        if taken:
            faults.append(f"{place}: {' and '.join(taken)} stand at the top of the file, once")
            continue
        try:
            found.append((Declaration.model_validate({**model, **shared}), place))
        except ValidationError as error:
            faults += [
                _fault(path, lines[:end], start, each) for each in error.errors(include_url=False)
            ]
    return found


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
