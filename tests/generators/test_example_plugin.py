"""The example of a third-party package, installed as a stranger would, loaded and run."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from boards.generators.loader import load
from boards.generators.registry import GeneratorRegistry
from boards.testing import run
from boards.testing.generators import tiny_png

pytestmark = pytest.mark.slow

PLUGIN = Path(__file__).parents[2] / "examples" / "plugin"


def call(*command: str, cwd: Path, path: Path | None = None) -> str:
    """Run a command with this Python and give what it said; it must succeed."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd)}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, so that building leaves nothing behind."""
    copy = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(PLUGIN, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return copy


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the package is installed, from a wheel that is built from its source."""
    target = tmp_path_factory.mktemp("installed")
    options = ("--no-deps", "--no-build-isolation", "--offline", "--no-cache")
    python = ("--python", sys.executable, "--target", str(target))
    call("uv", "pip", "install", "--quiet", *options, *python, str(source), cwd=source)
    return target


@pytest.fixture
def importable(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(installed)
    yield
    for name in [name for name in sys.modules if name.startswith("boards_example_plugin")]:
        del sys.modules[name]


def test_its_own_tests_pass_against_what_is_installed(installed, source):
    shutil.rmtree(source / "src")
    said = call("pytest", "-q", "-p", "no:cacheprovider", "-W", "error", cwd=source, path=installed)
    assert "7 passed" in said


@pytest.mark.usefixtures("importable")
async def test_it_is_loaded_by_its_entry_point_from_generators_yaml_and_run(tmp_path):
    file = tmp_path / "generators.yaml"
    file.write_text("""
generators:
  - entrypoint: palette
    name: dark-palette
    options: {background: "#101014"}
""")
    registry = GeneratorRegistry()

    report = load(registry, file, ())

    assert [each.name for each in report.loaded] == ["dark-palette"]
    generator = registry.get("dark-palette")
    assert generator is not None
    ran = await run(
        generator,
        {"prompt": "calm sea", "image_source": "photo", "colours": 2},
        artifacts={"photo": tiny_png(0x336699)},
        folder=tmp_path,
    )
    assert ran.primary.facts.format == "png"
    assert ran.output.colours == ["#336699"]


@pytest.mark.usefixtures("importable")
def test_it_is_found_without_being_listed_where_that_is_allowed(tmp_path):
    file = tmp_path / "generators.yaml"
    file.write_text("allow_unlisted: true\n")
    registry = GeneratorRegistry()

    report = load(registry, file, ())

    sources = {each.name: each.source for each in report.loaded}
    assert sources["palette"] == "entry point palette of boards-example-plugin 1.0.0"
