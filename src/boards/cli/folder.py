"""Writes the three files of a folder to run Boards from, each key with what it does.

The `.env` is made from the settings model and the list of generators from the generators, so that
neither can fall behind.
"""

import os
import secrets
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from boards.adapters.providers import PROVIDERS
from boards.adapters.providers.local import BUILT_IN
from boards.catalog import load_declarations
from boards.errors import Conflict, StorageError
from boards.generators.loader import load
from boards.generators.registry import GeneratorRegistry
from boards.settings import PREFIX, Settings

__all__ = ["write"]

DATA = "data"
ENV, GENERATORS, STORAGE = ".env", "generators.yaml", "storage.yaml"
PURPOSES = {
    ENV: "the settings, with a new secret key; only you can read it",
    GENERATORS: "which generators there are",
    STORAGE: "where files are kept, and what may be uploaded",
}
WIDTH = 80
SECRET_BYTES = 45
WORKED_OUT = {
    "data_dir": "your user's folder for data",
    "database_url": "boards.db in the data directory",
}
"""What the defaults are that are worked out when the settings are read."""


def write(folder: Path) -> Mapping[Path, str]:
    """Write the files into `folder`, which is made unless it is there, and give their purposes.

    Conflict when one of them, or a data directory, is there already; StorageError when they cannot
    be written. Nothing is left behind then.
    """
    if folder.exists() and not folder.is_dir():
        raise Conflict(f"{str(folder)!r} is a file; name a folder.")
    taken = [name for name in (*PURPOSES, DATA) if _is_taken(folder / name)]
    if taken:
        raise Conflict(
            f"{str(folder)!r} has {_listed(taken)} already, and nothing is written over. Choose "
            "another folder, or move that away."
        )
    texts = {ENV: _env(), GENERATORS: _generators(), STORAGE: STORAGE_TEXT}
    written: list[Path] = []
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            path = folder / name
            # Exclusive, so that whatever came in between is not written over, nor led elsewhere.
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _mode(name))
            written.append(path)
            with os.fdopen(file, "w", encoding="utf-8") as opened:
                opened.write(text)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        raise StorageError(
            f"{str(folder)!r} cannot be written to: {error.strerror}. Choose another folder, or "
            "make this one writable."
        ) from error
    return {path: PURPOSES[path.name] for path in written}


def _is_taken(path: Path) -> bool:
    if path.name == DATA and path.is_dir() and not path.is_symlink():
        return any(path.iterdir())
    return os.path.lexists(path)


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _mode(name: str) -> int:
    return 0o600 if name == ENV else 0o644


def _env() -> str:
    """Every setting with its meaning and default; those that make this folder are set."""
    chosen = {
        "data_dir": f"./{DATA}",
        "generators_config_path": f"./{GENERATORS}",
        "storage_config_path": f"./{STORAGE}",
        "secret_key": secrets.token_urlsafe(SECRET_BYTES),
    }
    blocks = [ENV_HEAD.rstrip()]
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        line = f"{variable}={chosen[name]}" if name in chosen else f"#{variable}={_value(field)}"
        blocks.append("\n".join((*_about(name, field), line)))
    return "\n\n".join(blocks) + "\n"


def _about(name: str, field: FieldInfo) -> Iterator[str]:
    extra = field.json_schema_extra
    expects = extra["expects"] if isinstance(extra, dict) else "another value"
    default = WORKED_OUT.get(name) or _value(field) or "not set"
    yield from _comment(str(field.description))
    yield from _comment(f"Takes {expects}. Default: {default}.")


def _comment(text: str, indent: str = "") -> list[str]:
    start = f"{indent}# "
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=start,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _value(field: FieldInfo) -> str:
    default = field.default
    if default is PydanticUndefined or default in (None, (), {}):
        return ""
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _generators() -> str:
    registry = GeneratorRegistry()
    load(registry, None, built_in=BUILT_IN)
    lines: list[str] = []
    for target, one in zip(BUILT_IN, registry.list_all(), strict=True):
        lines += _comment(f"{one.name} ({one.artifact_type}): {one.description}", "  ")
        lines.append(f"  - class: {target}")
    models = Counter(declaration.provider for declaration in load_declarations())
    for provider in PROVIDERS.values():
        if count := models[provider.name]:
            what = f"{count} models" if count > 1 else "one model"
            lines += _comment(f"{provider.title}: {what}, with the key {provider.key}", "  ")
            lines.append(f"  - catalog: {provider.name}")
    return GENERATORS_HEAD + "\n".join(lines) + "\n"


ENV_HEAD = """\
# The settings of this folder: `boards` reads them when it runs here. What is
# set in the environment wins. A line that begins with # is not read: take the #
# away to set what stands there.
#
# Keep this file to yourself, and out of version control: it holds secrets.
"""

GENERATORS_HEAD = """\
# Which generators Boards loads, in the order in which it lists them. It is
# read at the start.

# true: any fault in this file stops the start, and all of them are listed.
# false: what is at fault is left out, with a warning.
strict_mode: true

# false: only what is listed here is loaded. true: also the built-in generators
# and providers that are not, such as those of a newer Boards, and generators of
# installed packages.
allow_unlisted: false

# An entry says by one of these where its generator is:
#   class: package.module:Class    a class
#   catalog: provider              all models of a provider, or one by its name
#   fal: fal-ai/flux/dev           any model of fal or, in the same way, of
#   replicate: owner/name          Replicate; first `boards catalog add fal:…`
#   entrypoint: name               one that an installed package offers
#   import: package.module         a module that registers its generators itself
# It may also have:
#   enabled: false                 do not load it
#   name: poster-large             its name, in place of its own
#   aliases: [poster]              more names for it
#   options: {size: 2048}          arguments for the class
generators:
"""

STORAGE_TEXT = """\
# Where Boards keeps files, and what may be uploaded. It is read at the start.
# ${NAME} in a text is filled in from the environment, or else from .env. A key
# that does nothing is refused.
storage:

  # Which of the providers keeps new files. What another one keeps is found
  # there, as long as it stands here. There are s3, r2, supabase, gcs and azure
  # as well, and rules by which files are shared out: see docs/storage.md.
  default_provider: local

  providers:
    local:
      # local: in a folder on this machine.
      # memory: in the process, and lost when it ends; to try things out.
      type: local
      # The folder, as seen from here. Default: files in the data directory.
      #path: ./data/files

  # The largest upload, in bytes. Default: BOARDS_MAX_UPLOAD_BYTES, which is
  # never exceeded. Results of generators are always kept: they may be paid for.
  #max_file_size: 100MiB

  # What may be uploaded: types, or families of types. Default: all that Boards
  # knows.
  #allowed_content_types: [image/*, video/*, audio/*, text/*, application/json]

  # Which files go elsewhere: the first rule that fits.
  #routing_rules: [{condition: {size_gt: 100MB}, provider: local}]

  # What each tenant may keep; and how long bytes stay that nobody uses.
  #quota: 50GB
  #keep_unused_hours: 24
"""
