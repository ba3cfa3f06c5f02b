"""A command line in a folder of its own: `cli("generate", "local-noop")` runs one command."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from boards.cli.main import main

GENERATORS = """\
generators:
  - class: boards.adapters.providers.local.noop:LocalNoop
  - class: boards.testing.generators:FakePaid
    name: free
    options: {price: 0}
  - class: tests.cli.makers:Priced
  - class: tests.cli.makers:Unpriced
  - class: tests.cli.makers:Coy
  - class: tests.cli.makers:Broken
"""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ran]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Put the process's logging back, which every command sets."""
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**config)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with a data directory `data` and nothing set from outside."""
    for name in os.environ:
        if name.startswith("BOARDS_"):
            monkeypatch.delenv(name)
    (tmp_path / "generators.yaml").write_text(GENERATORS)
    monkeypatch.setenv("BOARDS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BOARDS_GENERATORS_CONFIG_PATH", str(tmp_path / "generators.yaml"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run commands of `boards` in this process."""

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        printed = capsys.readouterr()
        return Ran(code=code, out=printed.out, err=printed.err)

    return run
