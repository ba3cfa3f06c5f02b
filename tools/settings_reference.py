"""Makes docs/settings.md from the settings model; `python -m tools.settings_reference` writes it.

A test holds the page to the model, so that it cannot fall behind.
"""

import sys
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from boards.settings import PREFIX, Settings

__all__ = ["PAGE", "reference"]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "settings.md"

WORKED_OUT = {
    "data_dir": "see below",
    "database_url": "`boards.db` in the data directory",
}
"""Settings whose default is worked out when they are read."""

HEAD = f"""\
# Settings

<!-- Made by `python -m tools.settings_reference`; change src/boards/settings/fields.py instead. -->

Each setting has a name in the environment, such as `{PREFIX}PORT`, and a key in a TOML file, the
same in small letters without the prefix: `port = 9000`. Four places are looked at; the first that
names a setting wins.

1. The environment.
2. `.env` in the current folder: one `NAME=value` a line. An empty value counts as not set, and
   nothing is expanded, so a `$` stands for itself.
3. A TOML file: the one that `{PREFIX}CONFIG` names, or else `boards.toml` in the current folder.
4. The default.

Relative paths are relative to the current folder; those in the TOML file to its own folder.

Everything is checked at the start, and all faults are listed at once, each with its fix. A name
that begins with `{PREFIX}` and is no setting is a fault, too, so that no typo passes in silence.
(Kubernetes sets such names for a service called `boards`: switch that off by
`enableServiceLinks: false`, or give the service another name.)

| Setting | Default | What it is for |
|---|---|---|
"""

TAIL = f"""
Secrets are marked *secret*: their values are in no message and no log line.

## The data directory

`{PREFIX}DATA_DIR` is `$XDG_DATA_HOME/boards`, or `~/.local/share/boards` without that variable; on
macOS `~/Library/Application Support/boards`, on Windows `%LOCALAPPDATA%\\boards`. It is never a
temporary folder by itself: what was paid for is in it. `boards up` prints it, and only one process
at a time may have it open.
"""


def reference() -> str:
    """Give the text of the page."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return HEAD + "\n".join(rows) + "\n" + TAIL


def _row(name: str, field: FieldInfo) -> str:
    secret = " (*secret*)" if field.annotation == SecretStr | None or not field.repr else ""
    what = (field.description or "").replace("|", "\\|")
    return f"| `{PREFIX}{name.upper()}` | {_default(name, field)} | {what}{secret} |"


def _default(name: str, field: FieldInfo) -> str:
    if name in WORKED_OUT:
        return WORKED_OUT[name]
    if field.default in (None, (), PydanticUndefined):
        return "not set"
    return f"`{field.default}`"


def main() -> int:
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
