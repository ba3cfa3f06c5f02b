"""`boards storage`: whether files and rows agree, and how much is kept."""

import json

import pytest

from boards.cli.exits import Exit
from boards.cli.main import main
from boards.cli.storage import _bytes, _size


@pytest.fixture
def boards(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("BOARDS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        return code, capsys.readouterr().out

    return run


@pytest.mark.slow
def test_a_lost_file_is_named_and_everything_else_is_well(boards, tmp_path):
    (tmp_path / "a.txt").write_text("some words")
    assert boards("upload", str(tmp_path / "a.txt"))[0] == Exit.OK
    code, said = boards("storage", "check", "--checksums")
    assert (code, "all is well" in said) == (Exit.OK, True)
    code, said = boards("storage", "quota", "50GB")
    assert (code, "50.0 GB" in said) == (Exit.OK, True)
    code, said = boards("storage", "usage", "--json")
    [mine] = json.loads(said)
    assert (mine["objects"] >= 1, mine["quota"]) == (True, 50_000_000_000)
    [file] = (tmp_path / "data" / "files").rglob("*.txt")
    file.unlink()
    code, said = boards("storage", "check", "--json")
    assert code == Exit.REFUSED
    assert '"missing"' in said


def test_what_is_no_size_is_refused_before_anything_is_asked(boards):
    assert boards("storage", "quota", "plenty")[0] == Exit.USAGE


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (5 * 10**13, "50.0 TB")]
)
def test_sizes_are_written_for_people(count, said):
    assert _size(count) == said


@pytest.mark.parametrize(("text", "count"), [("20GiB", 20 * 2**30), ("7", 7), ("none", None)])
def test_sizes_are_read(text, count):
    assert _bytes(text) == count
