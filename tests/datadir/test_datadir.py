"""One process at a time has the data directory."""

import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from boards.adapters.datadir import LOCK_FILE, hold_data_dir, holder_of
from boards.errors import BoardsError, Conflict, StorageError

HOLDER = """
import sys, time
from pathlib import Path
from boards.adapters.datadir import hold_data_dir
with hold_data_dir(Path(sys.argv[1]), work=sys.argv[2] or None):
    print("held", flush=True)
    time.sleep(600)
"""


def holder(folder: Path, work: str = "") -> "subprocess.Popen[str]":
    """Start another process, which holds the folder when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), work], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def refused(error: type[BoardsError], said: str) -> Any:
    return pytest.raises(error, match=said)


def test_the_directory_is_made_for_its_owner_alone(tmp_path):
    folder = tmp_path / "a" / "b"
    with hold_data_dir(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / LOCK_FILE).stat().st_mode) == 0o600


def test_a_second_process_is_refused_and_told_by_whom(tmp_path):
    process = holder(tmp_path)
    try:
        with refused(Conflict, rf"in use by process {process.pid}\b"), hold_data_dir(tmp_path):
            raise AssertionError("it was let in")
    finally:
        process.kill()
        process.communicate()


def test_the_same_process_is_refused_as_well(tmp_path):
    said = rf"process {os.getpid()}\b"
    with hold_data_dir(tmp_path), refused(Conflict, said), hold_data_dir(tmp_path):
        raise AssertionError("it was let in")


def test_it_is_free_again_afterwards(tmp_path):
    with hold_data_dir(tmp_path):
        pass
    with hold_data_dir(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == str(os.getpid())


def test_it_is_free_again_when_its_holder_was_killed(tmp_path):
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        with hold_data_dir(tmp_path):
            assert (tmp_path / LOCK_FILE).read_text() == str(os.getpid())


def test_an_error_inside_passes_through_and_frees_it(tmp_path):
    with pytest.raises(ZeroDivisionError), hold_data_dir(tmp_path):
        _ = 1 / 0
    with hold_data_dir(tmp_path):
        assert tmp_path.is_dir()


def test_a_directory_that_cannot_be_made_is_a_storage_error(tmp_path):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    with refused(StorageError, "BOARDS_DATA_DIR"), hold_data_dir(folder):
        raise AssertionError("it was let in")


class TestWhoHasIt:
    def test_nobody_is_said_without_making_anything(self, tmp_path):
        assert holder_of(tmp_path / "absent") is None
        assert holder_of(tmp_path) is None
        assert list(tmp_path.iterdir()) == []

    def test_another_process_is_named_with_its_work_and_since_when(self, tmp_path):
        before = datetime.now(UTC) - timedelta(seconds=5)
        process = holder(tmp_path, "up")
        try:
            found = holder_of(tmp_path)
            assert found is not None
            assert (found.pid, found.work, found.is_seen) == (process.pid, "up", True)
            assert before <= found.since <= datetime.now(UTC)
        finally:
            process.kill()
            process.communicate()
        assert holder_of(tmp_path) is None, "the lock goes with its process"

    def test_where_it_listens_is_told_as_long_as_it_does(self, tmp_path):
        with hold_data_dir(tmp_path, work="up") as hold:
            began = holder_of(tmp_path)
            with hold.listening("http://127.0.0.1:8088"):
                listening = holder_of(tmp_path)
            ended = holder_of(tmp_path)
        assert began is not None
        assert ended is not None
        assert listening is not None
        assert (began.address, ended.address) == (None, None)
        assert (listening.address, listening.work) == ("http://127.0.0.1:8088", "up")
        assert (tmp_path / LOCK_FILE).read_text() == f"{os.getpid()} up"

    def test_asking_takes_nothing_from_anybody(self, tmp_path):
        with hold_data_dir(tmp_path):
            assert holder_of(tmp_path) is not None
            assert holder_of(tmp_path) is not None
        assert holder_of(tmp_path) is None
        with hold_data_dir(tmp_path):
            pass

    @pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are not shown here")
    @pytest.mark.parametrize("written", ["1 up", "4194304 up", "", "up", "-1", "0 up"])
    def test_a_process_that_has_not_the_lock_open_is_not_taken_for_the_holder(
        self, tmp_path, written
    ):
        """As from a container, where numbers stand for other processes."""
        with hold_data_dir(tmp_path):
            (tmp_path / LOCK_FILE).write_text(written)
            found = holder_of(tmp_path)
            assert found is not None
            assert not found.is_seen
