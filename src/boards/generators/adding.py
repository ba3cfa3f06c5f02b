"""Adds an entry to a generators.yaml, and leaves everything else in it as it stands."""

from pathlib import Path

import yaml

from boards.errors import ConfigError, StorageError
from boards.generators.listing import Entry, Kind, read_listing
from boards.generators.marked_yaml import read_marked

__all__ = ["add_entry", "entry_text", "is_listed"]


def entry_text(kind: Kind, target: str, name: str | None) -> str:
    """The lines of an entry, without indentation."""
    lines = [f'- {kind}: "{target}"']
    if name is not None:
        lines.append(f"  name: {name}")
    return "\n".join(lines)


def is_listed(file: Path, kind: Kind, target: str, name: str, *, is_only_one: bool = True) -> bool:
    """Whether the file has a model already: by its provider and name there, or by its own name.

    Unless it is the only one of that provider's name, an entry without a name means another.
    """
    names = (None, name) if is_only_one else (name,)
    return any(
        (entry.kind is kind and entry.target == target and entry.name in names)
        or (entry.kind is Kind.CATALOG and entry.target == name)
        for entry in read_listing(file).entries
    )


def add_entry(file: Path, kind: Kind, target: str, name: str | None) -> bool:
    """Add an entry at the end of the list; False when the file is not of a shape for that.

    What results must read as before with one entry more, or nothing is written. ConfigError when
    the file cannot be read, StorageError when it cannot be written.
    """
    before = read_listing(file)
    place = _end_of_list(file)
    if place is None:
        return False
    line, column = place
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    if lines and line >= len(lines) and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    indent = " " * column
    added = [f"{indent}{each}\n" for each in entry_text(kind, target, name).splitlines()]
    changed = "".join((*lines[:line], *added, *lines[line:]))
    trial = file.with_name(f".{file.name}.new")
    try:
        trial.write_text(changed, encoding="utf-8")
        after = read_listing(trial)
        expected = [*map(_plain, before.entries), (kind, target, name)]
        if [*map(_plain, after.entries)] != expected or len(after.faults) != len(before.faults):
            return False
        trial.chmod(file.stat().st_mode)
        trial.replace(file)
    except ConfigError:
        return False
    except OSError as error:
        raise StorageError(f"{str(file)!r} cannot be written: {error.strerror}.") from error
    finally:
        trial.unlink(missing_ok=True)
    return True


def _plain(entry: Entry) -> tuple[Kind, str, str | None]:
    return entry.kind, entry.target, entry.name


def _end_of_list(file: Path) -> tuple[int, int] | None:
    """The line after the last entry of a list in block style, and the column of its dashes."""
    root = read_marked(file)
    if root is None or not root.is_mapping:
        return None
    listed = next((value for key, value in root.items() if key.node.value == "generators"), None)
    if listed is None or not listed.is_list:
        return None
    node = listed.node
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        return None
    last = _last_line(node.value[-1])
    return last + 1, node.start_mark.column


def _last_line(node: yaml.Node) -> int:
    """The last line that a value stands on; the mark of a block's end is that of what follows."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _last_line(node.value[-1])
    end = node.end_mark
    return int(end.line) - (1 if end.column == 0 and end.line > node.start_mark.line else 0)
