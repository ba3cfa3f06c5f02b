"""The Makefile's search for a Python says what it found, or what to do."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "find_python.sh"
BASH = shutil.which("bash") or "/bin/bash"


def find(*arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BASH, str(SCRIPT), *arguments],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH that holds only what a test puts there."""
    return tmp_path


def put(path: Path, name: str, script: str) -> None:
    (path / name).write_text(f"#!{BASH}\n{script}\n")
    (path / name).chmod(0o755)


def test_a_python_that_fits_is_found_behind_one_that_does_not(path):
    put(path, "python3.11", "exit 127  # a version manager's empty shim")
    put(path, "python3", f'exec "{sys.executable}" "$@"')
    found = find(path=path)
    assert found.returncode == 0
    assert Path(found.stdout.strip()).name.startswith("python")


def test_without_a_python_it_says_what_to_install(path):
    found = find(path=path)
    assert found.returncode == 1
    assert found.stdout == ""
    assert "Python 3.11 or newer" in found.stderr
    assert "apt install python3 python3-venv" in found.stderr


def test_a_python_named_by_the_caller_is_the_only_one_tried(path):
    put(path, "python3.11", f'exec "{sys.executable}" "$@"')
    found = find("/no/such/python", path=path)
    assert found.returncode == 1
    assert "tried: /no/such/python." in found.stderr
