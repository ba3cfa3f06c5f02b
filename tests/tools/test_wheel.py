"""The wheel holds everything that stands below src/boards, data files too."""

import os
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    # Whether the page can be built is another matter; what is built of it ships all the same.
    environment = {**os.environ, "HATCH_BUILD_NO_HOOKS": "true"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = (each for each in wheel.namelist() if each.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def test_every_file_of_the_package_ships(wheel):
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in (source / "boards").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert "boards/__init__.py" in wanted
    assert wanted - set(wheel.namelist()) == set()


def test_nothing_else_ships(wheel):
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"boards"}


def test_the_command_and_the_licence_are_in_it(wheel):
    assert "boards = boards.cli.main:main" in metadata(wheel, "entry_points.txt")
    assert "The Boards authors" in metadata(wheel, "licenses/LICENSE")


def test_copyleft_and_database_parts_are_extras(wheel):
    lines = message_from_string(metadata(wheel, "METADATA")).get_all("Requires-Dist", [])
    core = {line for line in lines if "extra ==" not in line}
    assert not [line for line in core if line.startswith(("av", "espeak", "asyncpg", "pgqueuer"))]
    assert [line for line in lines if line.startswith("av") and "extra == 'media'" in line]
