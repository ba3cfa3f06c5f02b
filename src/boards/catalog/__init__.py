"""The catalogue: the provider models that Boards knows, as data. See docs/providers.md."""

from boards.catalog.reader import FOLDER, load_declarations, read_file

__all__ = ["FOLDER", "load_declarations", "read_file"]
