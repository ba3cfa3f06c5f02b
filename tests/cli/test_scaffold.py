import subprocess
import sys
from pathlib import Path

import pytest

from boards.cli import scaffold
from boards.errors import Conflict, InvalidInput


def test_the_files_of_a_package_are_written_below_its_name(tmp_path):
    written = scaffold.write("paper-cut", tmp_path)

    assert sorted(str(path.relative_to(tmp_path)) for path in written) == [
        "paper-cut/README.md",
        "paper-cut/pyproject.toml",
        "paper-cut/src/paper_cut/__init__.py",
        "paper-cut/src/paper_cut/generator.py",
        "paper-cut/src/paper_cut/py.typed",
        "paper-cut/tests/test_generator.py",
    ]
    assert all(path.is_file() for path in written)
    assert not any("$" in path.read_text() for path in written)


def test_its_entry_point_names_its_generator(tmp_path):
    scaffold.write("paper-cut", tmp_path)
    project = (tmp_path / "paper-cut/pyproject.toml").read_text()
    assert 'paper-cut = "paper_cut:PaperCut"' in project


@pytest.mark.slow
def test_its_own_tests_pass_and_its_style_is_clean(tmp_path):
    scaffold.write("paper-cut", tmp_path)
    folder = tmp_path / "paper-cut"

    for command in (
        ["pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        ["ruff", "check", "--isolated", "--line-length=100", "--select=E,F,I,UP,B,RUF", "."],
        ["ruff", "format", "--isolated", "--line-length=100", "--check", "."],
        ["mypy", "--strict", "--python-version=3.11", "src"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("name", ["", "Paper", "paper_cut", "-x", "x-", "1x", "a--b", "a/b", ".."])
def test_a_name_that_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(InvalidInput, match="cannot be a generator's name here"):
        scaffold.write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["json", "boards", "import", "tests"])
def test_a_package_that_would_hide_another_is_refused(tmp_path, name):
    with pytest.raises(InvalidInput, match=f"try 'my-{name}'"):
        scaffold.write(name, tmp_path)


def test_what_is_there_already_is_never_written_over(tmp_path):
    taken = tmp_path / "paper-cut" / "mine.txt"
    taken.parent.mkdir()
    taken.write_text("mine")

    with pytest.raises(Conflict, match="is there already"):
        scaffold.write("paper-cut", tmp_path)
    assert [path.name for path in Path(taken.parent).iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_used(tmp_path):
    (tmp_path / "paper-cut").mkdir()
    assert scaffold.write("paper-cut", tmp_path)
