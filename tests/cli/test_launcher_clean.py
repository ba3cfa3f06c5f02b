"""`boards clean` removes what Boards has made, all of it, and nothing else."""

import io
import os
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from boards.adapters.datadir import hold_data_dir
from boards.cli import ask
from boards.cli.exits import Exit

KEY = f"{uuid4()}/2026/01/image/{uuid4()}.png"


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture
def data(cli, home: Path) -> Path:
    """A data directory in use: results, a database with a copy, logs and what runs left."""
    assert cli("generate", "local-noop").code == Exit.OK
    folder = home / "data"
    (folder / "boards.db.0001.20260102T030405.backup").write_bytes(b"copy")
    (folder / "logs").mkdir()
    for name in ("boards.log", "boards.log.1"):
        (folder / "logs" / name).write_text("said\n")
    left = folder / "scratch" / uuid4().hex / "deeper"
    left.mkdir(parents=True)
    (left / "part.bin").write_bytes(b"left")
    (folder / "server.json").write_text("{}")
    return folder


@pytest.fixture
def others(home: Path, data: Path) -> set[str]:
    """What somebody else has put into the same folder, much of it with names like ours."""
    outside = home / "outside"
    (outside / KEY).parent.mkdir(parents=True)
    (outside / KEY).write_bytes(b"outside")
    for name in (
        "notes.txt",
        "boards.db.old",
        "my-boards.db",
        "logs/mine.log",
        "logs/boards.log.gz",
        "files/holiday.png",
        f"files/{uuid4()}/holiday.png",
        "files/.staging/deep/er.png",
        "scratch/mine/notes.txt",
        "scratch/notes.txt",
        "server.json.bak",
    ):
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    (data / "empty").mkdir()
    (data / "files" / str(uuid4())).symlink_to(outside)
    (data / "files" / "link.png").symlink_to(outside / KEY)
    (data / "linked").symlink_to(outside)
    before = everything(data)
    return {name for name in before if _is_of_others(data, name)}


def _is_of_others(data: Path, name: str) -> bool:
    path = data / name
    mine = path.is_symlink() or (path.is_file() and path.read_bytes() == b"mine")
    return mine or name == "empty"


class TestCleaning:
    def test_lists_and_removes_all_that_boards_made(self, cli, data):
        ran = cli("clean", "--confirm", "data")
        assert ran.code == Exit.OK, ran.err
        listed = [line.split()[0] for line in ran.out.splitlines()[3:9]]
        assert listed == ["files", "database", "backups", "logs", "scratch", "notes"]
        assert max(map(len, ran.out.splitlines()[1:])) <= 80
        assert ran.out.endswith("It is gone. The folder stays, with its lock.\n")
        assert everything(data) == {"lock"}
        assert cli("generate", "local-noop").code == Exit.OK, "it can be used again"

    def test_leaves_all_else_and_what_links_lead_to(self, cli, home, data, others):
        assert cli("clean", "--confirm", "data").code == Exit.OK
        left = {
            name
            for name in everything(data)
            if not (data / name).is_dir() or (data / name).is_symlink() or name == "empty"
        }
        assert left == {*others, "lock"}
        assert (home / "outside" / KEY).read_bytes() == b"outside"

    def test_leaves_files_behind_a_link_in_place_of_a_folder(self, cli, home, data):
        (home / "outside").mkdir()
        (data / "files").rename(home / "outside" / "files")
        (data / "files").symlink_to(home / "outside" / "files")
        before = everything(home / "outside")
        assert any(name.endswith(".png") for name in before)
        ran = cli("clean", "--confirm", "data")
        assert "Not made by Boards, and staying: files\n" in ran.out
        assert everything(home / "outside") == before
        assert (data / "files").is_symlink()

    def test_removes_the_links_that_runs_have_made_and_not_what_they_show(self, cli, home, data):
        (home / "film.mp4").write_bytes(b"film")
        (left,) = (data / "scratch").iterdir()
        (left / "upload-1").symlink_to(home / "film.mp4")
        assert cli("clean", "--confirm", "data").code == Exit.OK
        assert everything(data) == {"lock"}
        assert (home / "film.mp4").read_bytes() == b"film"

    def test_goes_through_a_link_that_names_the_data_directory_itself(
        self, cli, home, data, monkeypatch
    ):
        (home / "link").symlink_to(data)
        monkeypatch.setenv("BOARDS_DATA_DIR", str(home / "link"))
        assert cli("clean", "--confirm", "link").code == Exit.CANCELLED
        assert cli("clean", "--confirm", "data").code == Exit.OK
        assert everything(data) == {"lock"}


class TestWhatIsKeptElsewhere:
    def test_a_database_in_another_place_stays(self, cli, home, data, monkeypatch):
        (home / "own").mkdir()
        monkeypatch.setenv("BOARDS_DATABASE_URL", f"sqlite:///{home / 'own' / 'mine.db'}")
        assert cli("db", "upgrade").code == Exit.OK
        ran = cli("clean", "--confirm", "data")
        assert f"Staying as well: the database {home / 'own' / 'mine.db'}" in ran.out
        assert (home / "own" / "mine.db").is_file()

    def test_a_database_with_a_name_of_its_own_goes_when_it_is_inside(
        self, cli, home, data, monkeypatch
    ):
        monkeypatch.setenv("BOARDS_DATABASE_URL", f"sqlite:///{data / 'mine.db'}")
        assert cli("db", "upgrade").code == Exit.OK
        assert cli("clean", "--confirm", "data").code == Exit.OK
        assert everything(data) == {"lock"}

    @pytest.mark.parametrize("folder", ["data/pictures", "data", "outside"])
    def test_files_go_when_their_folder_is_inside(self, cli, home, data, monkeypatch, folder):
        text = f"storage: {{providers: {{local: {{type: local, path: {folder}}}}}}}\n"
        (home / "storage.yaml").write_text(text)
        monkeypatch.setenv("BOARDS_STORAGE_CONFIG_PATH", str(home / "storage.yaml"))
        kept = home / folder / KEY
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"image")
        ran = cli("clean", "--confirm", "data")
        assert ran.code == Exit.OK
        assert kept.exists() == (folder == "outside")
        assert (f"Staying as well: the files in {home / folder}" in ran.out) == kept.exists()

    @pytest.mark.parametrize(
        "key",
        [
            f"{uuid4()}/at.local/2026/11/image/{uuid4()}.png",
            f"{uuid4()}/at.my-disk_2/2026/11/file/{uuid4()}.webp",
            f"{uuid4()}/receipts/{uuid4()}.json",
        ],
        # Workers must collect the same tests, and these keys are made anew each time.
        ids=["here", "another place", "a receipt"],
    )
    def test_files_go_whatever_place_their_key_names(self, cli, data, key):
        kept = data / "files" / key
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"image")
        assert cli("clean", "--confirm", "data").code == Exit.OK
        assert not kept.exists()

    def test_files_in_a_cloud_stay_and_are_told(self, cli, home, data, monkeypatch):
        clouds = "local: {type: local}, media: {type: s3, bucket: b}"
        (home / "storage.yaml").write_text(f"storage: {{providers: {{{clouds}}}}}\n")
        monkeypatch.setenv("BOARDS_STORAGE_CONFIG_PATH", str(home / "storage.yaml"))
        ran = cli("clean", "--confirm", "data")
        assert ran.code == Exit.OK
        assert "Staying as well: the files at 'media'" in ran.out


class TestConsent:
    @pytest.fixture(autouse=True)
    def unchanged(self, data):
        before = everything(data)
        yield
        assert everything(data) == before

    @pytest.mark.parametrize("name", ["dat", "DATA", "yes", "", "data "])
    def test_needs_the_very_name_of_the_folder(self, cli, name):
        ran = cli("clean", "--confirm", name)
        assert ran.code == Exit.CANCELLED
        assert "The folder is called 'data'" in ran.err
        assert "Nothing was removed." in ran.err

    def test_is_not_taken_for_granted_where_nobody_can_type(self, cli, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.StringIO("data\n"))
        ran = cli("clean")
        assert ran.code == Exit.REFUSED
        assert "--confirm 'data'" in ran.err
        assert cli("clean", "--json").code == Exit.REFUSED

    @pytest.mark.parametrize("typed", ["y\n", "\n", "", "dta\n"])
    def test_is_not_a_yes(self, cli, monkeypatch, typed):
        monkeypatch.setattr(ask, "somebody_is_there", lambda: True)
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        ran = cli("clean")
        assert ran.code == Exit.CANCELLED
        assert "Type the folder's name, data, to remove this for ever: " in ran.err

    def test_is_not_asked_for_when_it_is_only_to_be_listed(self, cli):
        ran = cli("clean", "--dry-run")
        assert ran.code == Exit.OK
        assert ran.out.endswith("Nothing was removed.\n")
        told = cli("clean", "--dry-run", "--json").json
        assert told["removed"] is False
        assert {"name": "logs", "files": 2, "bytes": 10} in told["parts"]

    def test_is_no_use_while_somebody_has_the_data(self, cli, data):
        with hold_data_dir(data, work="up"):
            ran = cli("clean", "--confirm", "data")
        assert ran.code == Exit.LOCKED
        assert f"Process {os.getpid()} works with" in ran.err

    def test_is_no_use_while_a_worker_shares_the_data(self, cli, data):
        (left,) = (data / "scratch").iterdir()
        (left / "lock").touch()
        with hold_data_dir(left):
            ran = cli("clean", "--confirm", "data")
            (left / "lock").write_text("")
        (left / "lock").unlink()
        assert ran.code == Exit.LOCKED
        assert "works with this data directory" in ran.err


def test_the_name_is_typed_by_whoever_is_there(cli, data, monkeypatch):
    monkeypatch.setattr(ask, "somebody_is_there", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("data\n"))
    assert cli("clean").code == Exit.OK
    assert everything(data) == {"lock"}


def test_a_folder_without_anything_of_boards_is_left_as_it_is(cli, home):
    ran = cli("clean")
    assert ran.code == Exit.OK
    assert ran.out == f"There is nothing of Boards in {home / 'data'}.\n"
    assert not (home / "data").exists()
    (home / "data").mkdir()
    (home / "data" / "notes.txt").write_text("mine")
    assert cli("clean", "--confirm", "data").code == Exit.OK
    assert everything(home / "data") == {"notes.txt"}
