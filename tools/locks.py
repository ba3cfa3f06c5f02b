"""Holds the locks to pyproject.toml, without a network: `python -m tools.locks`.

Every requirement that pyproject.toml declares is pinned, by hash, to a version it allows; the
locks agree on every version; and a lock holds nothing but pins, hashes and comments.
`make lock` puts right what is wrong here.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

__all__ = ["breaches", "main", "read_lock"]

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+)( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")

# Which extras and groups of pyproject.toml each lock holds; None stands for every extra.
LOCKS: Mapping[str, tuple[bool, tuple[str, ...] | None, str | None]] = {
    "setup": (False, (), "setup"),
    "demo": (True, ("media",), "setup"),
    "image": (True, ("media", "postgres", "telemetry"), None),
    "dev": (True, None, "dev"),
}


def read_lock(text: str) -> dict[str, set[str]]:
    """The versions pinned for each package; a universal lock may hold several, by marker.

    Raises ValueError for a line that is neither pin, hash nor comment, and for a pin unhashed.
    """
    pins: dict[str, set[str]] = {}
    hashed = True
    for number, line in enumerate(text.splitlines(), start=1):
        if pin := PIN.match(line):
            if not hashed:
                raise ValueError(f"line {number - 1} pins a package without a hash")
            pins.setdefault(canonicalize_name(pin.group(1)), set()).add(pin.group(2))
            hashed = False
        elif HASH.match(line):
            hashed = True
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"line {number} is no pin, hash or comment: {line!r}")
    if not pins or not hashed:
        raise ValueError("there is no pin in it, or the last one has no hash")
    return pins


def _group(project: Mapping[str, Any], name: str) -> Iterator[str]:
    for item in project["dependency-groups"][name]:
        if isinstance(item, str):
            yield item
        else:
            yield from _group(project, item["include-group"])


def _declared(project: Mapping[str, Any], lock: str) -> list[Requirement]:
    with_core, wanted, group = LOCKS[lock]
    extras = project["project"].get("optional-dependencies", {})
    texts = list(project["project"]["dependencies"]) if with_core else []
    for extra in extras if wanted is None else wanted:
        texts.extend(extras[extra])
    grouped = () if group is None else _group(project, group)
    return [Requirement(text) for text in (*texts, *grouped)]


def breaches(project: Mapping[str, Any], locks: Mapping[str, str]) -> Iterator[str]:
    """Say where `locks` (name to text) and the parsed pyproject.toml do not fit."""
    pins: dict[str, dict[str, set[str]]] = {}
    for name in LOCKS:
        try:
            pins[name] = read_lock(locks[name])
        except (KeyError, ValueError) as error:
            yield f"requirements/{name}.lock: {error}"
            continue
        for requirement in _declared(project, name):
            versions = pins[name].get(canonicalize_name(requirement.name), set())
            if not versions or not all(map(requirement.specifier.contains, versions)):
                held = " and ".join(sorted(versions)) or "nothing"
                yield f"requirements/{name}.lock: {str(requirement)!r} is declared, {held} pinned"
    for name, packages in pins.items():
        for package, versions in packages.items():
            wide = pins.get("dev", {}).get(package)
            if wide != versions:
                yield f"requirements/{name}.lock: {package!r} is pinned otherwise than in dev.lock"


def main(root: Path = ROOT) -> int:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    files = (root / "requirements").glob("*.lock")
    found = list(breaches(project, {file.stem: file.read_text() for file in files}))
    print(*found, f"locks: {len(LOCKS)} checked, {len(found)} breaches", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
