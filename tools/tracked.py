"""Keeps addresses of one machine or one registry out of the repository.

A clone must install from whatever registry its owner uses and stand in any folder, so no tracked
file may name a registry host, the folder it was written in, or somebody's home directory.
`python -m tools.tracked [FILE…]` checks those files, or every tracked file.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["breaches", "main", "tracked_files"]

ROOT = Path(__file__).resolve().parents[1]

# Written in parts, or this file would be its own first finding.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "python" + "hosted" + ".org",
    "registry" + ".npmjs" + ".org",
    "registry.yarnpkg" + ".com",
    "deb" + ".debian" + ".org",
)
# An index is a host of its own in many firms; in a lock any address at all is one too many.
LOCK_LINES = re.compile(r"https?://|file:|^\s*--(?:extra-)?index|^\s*(?:-f|--find-links)\b|\s@\s")
HOME = re.compile(r"(?<![\w.-])/(?:home|Users)/(?!(?:user|me|you|runner)\b)[a-z][\w.-]*/")


def breaches(name: str, text: str, *, root: Path = ROOT) -> Iterator[str]:
    """Say what a file names that it must not, one line of text per breach."""
    is_lock = Path(name).suffix == ".lock"
    folder = str(root) if len(root.parts) > 2 else None
    for number, line in enumerate(text.splitlines(), start=1):
        for host in REGISTRY_HOSTS:
            if host in line:
                yield f"{name}:{number}: names the registry host {host!r}; leave the host out"
        if is_lock and LOCK_LINES.search(line):
            yield f"{name}:{number}: a lock names where packages come from; run `make lock`"
        if folder and re.search(rf"(?<![\w.-]){re.escape(folder)}(?![\w.-])", line):
            yield f"{name}:{number}: names this clone's own folder {folder!r}; use a relative path"
        if found := HOME.search(line):
            yield f"{name}:{number}: names the home directory {found.group()!r}; use `~`"


def tracked_files(root: Path) -> list[str]:
    """The files that git tracks below `root`, as relative paths."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - git is where the caller's PATH says
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listed.stdout.split("\0") if name]


def main(names: list[str], *, root: Path = ROOT) -> int:
    names = names or tracked_files(root)
    found: list[str] = []
    for name in names:
        path = root / name
        if not path.is_file():
            continue  # deleted, and not yet committed as such
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # an image or a font
        found.extend(breaches(name, text, root=root))
    print(*found, f"tracked: {len(names)} files, {len(found)} breaches", sep="\n")
    return 1 if found or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
