"""YAML that remembers where each value stood, so that a fault can name its file and line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import JsonValue, TypeAdapter, ValidationError

from boards.errors import ConfigError

__all__ = ["Marked", "read_marked"]

_plain: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


@dataclass(frozen=True, kw_only=True)
class Marked:
    """One value of a file. `where` is file and line, such as `generators.yaml:12`."""

    node: yaml.Node
    file: Path

    @property
    def where(self) -> str:
        return f"{self.file}:{self.node.start_mark.line + 1}"

    @property
    def plain(self) -> JsonValue:
        """The value as plain data. ValueError for what JSON cannot say, such as a YAML tag."""
        loader = yaml.SafeLoader("")
        try:
            return _plain.validate_python(loader.construct_object(self.node, deep=True))
        except (yaml.YAMLError, ValidationError) as error:
            raise ValueError("This is no plain value; write text, numbers, lists.") from error
        finally:
            loader.dispose()

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def items(self) -> Iterator[tuple["Marked", "Marked"]]:
        """Give keys and values of a mapping in order; a key that stands twice comes twice."""
        if isinstance(self.node, yaml.MappingNode):
            for key, value in self.node.value:
                yield Marked(node=key, file=self.file), Marked(node=value, file=self.file)

    def entries(self) -> Iterator["Marked"]:
        """Give the items of a list in order."""
        if isinstance(self.node, yaml.SequenceNode):
            for node in self.node.value:
                yield Marked(node=node, file=self.file)


def read_marked(file: Path) -> Marked | None:
    """Read a YAML file; None when it holds nothing. ConfigError when it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"There is no file {str(file)!r}; make it or correct the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{str(file)!r} cannot be read: {error}.") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fault = f"{file}:{line}: this is no YAML: {error.problem or error.context}"
        raise ConfigError(faults=(fault,)) from error
    except yaml.YAMLError as error:
        raise ConfigError(faults=(f"{file}: this is no YAML: {error}",)) from error
    return None if node is None else Marked(node=node, file=file)
