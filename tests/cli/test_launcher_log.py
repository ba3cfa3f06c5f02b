"""The log of a detached server: bounded, whole, and read from its end."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from boards.cli import logfile
from boards.cli.exits import Exit
from boards.cli.logfile import log_path, opened, read_log, said_since
from boards.errors import StorageError

WRITER = """
import os, sys
from pathlib import Path
from boards.cli.logfile import log_to
log = log_to(Path(sys.argv[1]), bytes_=int(sys.argv[2]), files=3)
for number in range(int(sys.argv[3])):
    log.write(f"line {number}\\n")
print("printed")
os.write(2, b"by a library\\n")
log.write("Größe \\udcff\\n")
raise ZeroDivisionError("the last words")
"""


def write(path: Path, *, bytes_: int, lines: int) -> None:
    """Have another process write, since it gives its own output away."""
    command = [sys.executable, "-c", WRITER, str(path), str(bytes_), str(lines)]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert (ran.stdout, ran.stderr) == (b"", b"")


@pytest.fixture
def path(tmp_path):
    return log_path(tmp_path / "data")


class TestWriting:
    def test_takes_all_that_a_process_says_to_its_last_words(self, path):
        write(path, bytes_=10_000, lines=1)
        lines = path.read_text("utf-8").splitlines()
        assert lines[0] == "line 0"
        assert {"printed", "by a library", "Größe \\udcff"} < set(lines)
        assert "ZeroDivisionError: the last words" in lines

    def test_begins_new_files_and_keeps_few(self, path):
        write(path, bytes_=1000, lines=1000)
        names = {each.name for each in path.parent.iterdir()}
        assert names == {"boards.log", "boards.log.1", "boards.log.2"}
        assert path.with_name("boards.log.1").stat().st_size <= 1000
        kept = [
            line
            for name in ("boards.log.2", "boards.log.1", "boards.log")
            for line in path.with_name(name).read_text("utf-8").splitlines()
            if line.startswith("line ")
        ]
        assert kept == [f"line {number}" for number in range(1000 - len(kept), 1000)]
        assert len(kept) > 200

    def test_is_for_its_owner_alone(self, path):
        os.close(opened(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700

    def test_goes_on_where_it_was(self, path):
        write(path, bytes_=10_000, lines=1)
        write(path, bytes_=10_000, lines=1)
        assert path.read_text("utf-8").splitlines().count("line 0") == 2

    def test_follows_no_link(self, path, tmp_path):
        path.parent.mkdir(parents=True)
        path.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(StorageError, match="cannot be written"):
            opened(path)
        assert not (tmp_path / "elsewhere").exists()

    def test_of_a_folder_that_cannot_be_is_a_storage_error(self, tmp_path):
        (tmp_path / "data").touch()
        with pytest.raises(StorageError, match="BOARDS_DATA_DIR"):
            opened(log_path(tmp_path / "data"))


class TestReading:
    @pytest.fixture
    def three(self, path):
        """Nine lines in three files; the last is not whole."""
        path.parent.mkdir(parents=True)
        for number, name in enumerate(("boards.log.2", "boards.log.1", "boards.log")):
            lines = "\n".join(str(3 * number + each) for each in range(3))
            path.with_name(name).write_text(lines if number == 2 else f"{lines}\n")
        return path

    @pytest.mark.parametrize("last", [0, 1, 3, 4, 8, 9, 100])
    def test_gives_the_last_lines_across_files(self, three, last):
        assert list(read_log(three, last=last)) == [str(n) for n in range(9)][9 - min(last, 9) :]

    def test_gives_nothing_without_a_log(self, path):
        assert list(read_log(path, last=10)) == []
        assert said_since(path, 0, last=10) == ""

    def test_lets_no_line_drive_the_terminal(self, three):
        three.write_bytes(b"\x1b]0;owned\x07 tab\there \xff caf\xc3\xa9\n")
        (line,) = read_log(three, last=1)
        assert line == "\\x1b]0;owned\\x07 tab\there � café"

    def test_tells_what_was_said_since(self, three):
        begin = three.stat().st_size
        with three.open("a") as file:
            file.write("\nnew 1\nnew 2\n")
        assert said_since(three, begin, last=10).split() == ["new", "1", "new", "2"]
        assert said_since(three, begin, last=1) == "new 2"
        three.write_text("a new file\n")
        assert said_since(three, 10_000, last=10) == "a new file"


class TestFollowing:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch):
        monkeypatch.setattr(logfile, "LOOK_SECONDS", 0.01)

    def take(self, lines: Iterator[str], count: int) -> list[str]:
        """Take lines in a thread, so that a missing one fails and does not hang."""
        taken: list[str] = []
        thread = threading.Thread(target=lambda: taken.extend(islice(lines, count)), daemon=True)
        thread.start()
        thread.join(timeout=20)
        assert not thread.is_alive(), taken
        return taken

    @pytest.fixture
    def lines(self, path):
        with closing(read_log(path, last=10, follow=True)) as lines:
            yield lines

    def test_gives_new_lines_and_only_whole_ones(self, path, lines):
        os.close(opened(path))
        path.write_text("old\nhalf")
        assert self.take(lines, 1) == ["old"]
        with path.open("a") as file:
            file.write(" done\nnext\n")
        assert self.take(lines, 2) == ["half done", "next"]

    def test_goes_on_in_the_next_file_without_losing_a_line(self, path, lines):
        os.close(opened(path))
        path.write_text("a\n")
        assert self.take(lines, 1) == ["a"]
        with path.open("a") as file:
            file.write("b\n")
        path.rename(path.with_name("boards.log.1"))
        path.write_text("c\n")
        assert self.take(lines, 2) == ["b", "c"]

    def test_waits_for_a_log_that_is_not_there_yet(self, path, lines):
        def begin() -> None:
            os.close(opened(path))
            path.write_text("a\n")

        writer = threading.Timer(0.05, begin)
        writer.start()
        assert self.take(lines, 1) == ["a"]
        writer.join()


class TestTheCommand:
    def test_prints_the_last_lines(self, cli, home):
        path = log_path(home / "data")
        os.close(opened(path))
        path.write_text("".join(f"{number}\n" for number in range(200)))
        assert len(cli("logs").out.splitlines()) == 100
        assert cli("logs", "--lines", "2").out == "198\n199\n"

    def test_says_where_a_log_would_be(self, cli, home):
        ran = cli("logs")
        assert ran.code == Exit.NOT_FOUND
        assert str(log_path(home / "data")) in ran.err
        assert not (home / "data").exists(), "asking makes nothing"
