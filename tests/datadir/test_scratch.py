"""Each process has a folder of its own for what its runs leave behind."""

import os
import stat
from pathlib import Path

from boards.adapters.datadir import hold_data_dir, own_scratch


def age(folder: Path, seconds: float = 3600) -> Path:
    before = folder.stat().st_mtime - seconds
    os.utime(folder, (before, before))
    return folder


def test_two_processes_have_two_folders(tmp_path: Path) -> None:
    with own_scratch(tmp_path) as one, own_scratch(tmp_path) as other:
        assert one != other
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


def test_it_goes_at_the_end_with_all_that_is_in_it(tmp_path: Path) -> None:
    with own_scratch(tmp_path) as own:
        (own / "run").mkdir()
        (own / "run" / "frame.png").write_bytes(b"x")
    assert not own.exists()


def test_what_a_dead_process_left_goes_at_the_next_start(tmp_path: Path) -> None:
    left = tmp_path / "scratch" / "dead"
    (left / "run").mkdir(parents=True)
    age(left)
    with own_scratch(tmp_path):
        assert not left.exists()


def test_a_living_processs_folder_stays(tmp_path: Path) -> None:
    with own_scratch(tmp_path) as living:
        age(living)
        with own_scratch(tmp_path):
            assert living.exists()


def test_a_folder_that_is_just_being_made_stays(tmp_path: Path) -> None:
    young = tmp_path / "scratch" / "young"
    young.mkdir(parents=True)
    with own_scratch(tmp_path):
        assert young.exists()


def test_a_file_among_them_ends_nothing(tmp_path: Path) -> None:
    stray = tmp_path / "scratch" / "stray"
    stray.parent.mkdir()
    stray.touch()
    age(stray)
    with own_scratch(tmp_path) as own:
        assert own.is_dir()
    assert stray.exists()


def test_it_is_had_beside_the_lock_on_the_data_directory(tmp_path: Path) -> None:
    with hold_data_dir(tmp_path), own_scratch(tmp_path) as own:
        assert own.is_dir()
