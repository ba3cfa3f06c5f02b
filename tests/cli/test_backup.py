"""`boards backup`, `boards restore`: what was completed is there again, and nothing runs."""

import asyncio
import hashlib
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from boards.adapters.datadir import hold_data_dir
from boards.bootstrap import open_app
from boards.bootstrap.backup import back_up
from boards.cli.exits import Exit
from boards.settings import Settings
from boards.testing.generators import tiny_png


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A data directory with two pictures in it, and a backup of each form; and the pictures' ids.

    Made once: tests work on copies."""
    folder = tmp_path_factory.mktemp("filled")
    settings = Settings(data_dir=folder / "data")

    async def make() -> list[str]:
        async with open_app(settings) as app:
            rows = [
                await app.uploads.upload(app.actor, source=tiny_png(number), filename=None)
                for number in range(2)
            ]
        for name in ("copy", "copy.tar"):
            await back_up(settings, folder / name, lambda *_: None)
        return [str(row.id) for row in rows]

    return folder, asyncio.run(make())


@pytest.fixture
def made(home, filled):
    """Ids of some generations, in a data directory of one's own."""
    folder, ids = filled
    shutil.copytree(folder / "data", home / "data")
    return ids


@pytest.fixture
def copied(home, filled):
    """A backup of each form."""
    folder, ids = filled
    shutil.copytree(folder / "copy", home / "copy")
    shutil.copyfile(folder / "copy.tar", home / "copy.tar")
    return ids


def sums_hold(folder: Path) -> bool:
    """What `sha256sum -c SHA256SUMS` would say."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return bool(lines) and all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for digest, name in (line.split("  ") for line in lines)
    )


@pytest.mark.parametrize("name", ["copy", "copy.tar"])
def test_what_was_backed_up_is_restored_into_a_fresh_folder(cli, home, made, name, monkeypatch):
    # A server has the data directory.
    with hold_data_dir(home / "data"):
        done = cli("backup", name, "--json")
    assert done.code == Exit.OK, done.err
    assert done.json["missing"] == []
    back = cli("restore", name, "--into", "fresh", "--json")
    assert back.code == Exit.OK, back.err
    assert back.json["files"] == done.json["files"] >= 2
    assert back.json["sound"] is True
    monkeypatch.setenv("BOARDS_DATA_DIR", str(home / "fresh"))
    shown = cli("list", "--json").json
    assert sorted(one["id"] for one in shown) == sorted(made)
    kept = [path.read_bytes() for path in (home / "fresh" / "files").rglob("*.png")]
    assert {tiny_png(0), tiny_png(1)} <= set(kept)


def test_nothing_runs_on_what_was_restored_until_it_is_resumed(cli, home, copied, monkeypatch):
    said = cli("restore", "copy", "--into", "fresh")
    assert "resume" in said.out
    monkeypatch.setenv("BOARDS_DATA_DIR", str(home / "fresh"))
    assert all(one["paused"] for one in cli("providers", "list", "--json").json)


def test_a_backup_in_a_folder_is_brought_up_to_date(cli, home, made, copied):
    first = {"files": 2}
    assert sums_hold(home / "copy")
    before = {path: path.stat().st_ino for path in (home / "copy" / "files").rglob("*.png")}
    (home / "new.png").write_bytes(tiny_png(7))
    cli("upload", "new.png")
    second = cli("backup", "copy", "--json").json
    assert second["files"] > first["files"]
    assert sums_hold(home / "copy")
    assert (
        before.items()
        <= {path: path.stat().st_ino for path in (home / "copy" / "files").rglob("*.png")}.items()
    ), "what was there was not copied again"


class TestRefused:
    def test_a_folder_that_is_something_else(self, cli, home, made):
        (home / "photos").mkdir()
        (home / "photos" / "a.txt").write_text("mine")
        assert cli("backup", "photos").code == Exit.REFUSED
        assert [path.name for path in (home / "photos").iterdir()] == ["a.txt"]

    def test_a_file_that_is_there(self, cli, home, made):
        (home / "a.tar").write_text("mine")
        assert cli("backup", "a.tar").code == Exit.REFUSED
        assert (home / "a.tar").read_text() == "mine"

    def test_a_place_with_a_database(self, cli, home, made, copied):
        before = (home / "data" / "boards.db").read_bytes()
        assert cli("restore", "copy").code == Exit.REFUSED
        assert (home / "data" / "boards.db").read_bytes() == before

    def test_a_damaged_file_and_nothing_is_restored(self, cli, home, copied):
        [victim, *_] = sorted((home / "copy" / "files").rglob("*.png"))
        data = bytearray(victim.read_bytes())
        data[-1] ^= 1
        victim.write_bytes(data)
        said = cli("restore", "copy", "--into", "fresh")
        assert said.code == Exit.USAGE
        assert victim.name in said.err
        assert not (home / "fresh" / "boards.db").exists()

    @pytest.mark.parametrize("missing", ["backup.json", "SHA256SUMS", "boards.db"])
    def test_one_that_was_broken_off(self, cli, home, copied, missing):
        (home / "copy" / missing).unlink()
        said = cli("restore", "copy", "--into", "fresh")
        assert said.code == Exit.USAGE
        assert not (home / "fresh" / "boards.db").exists()

    def test_a_tar_that_is_cut_off(self, cli, home, copied):
        data = (home / "copy.tar").read_bytes()
        (home / "cut.tar").write_bytes(data[: len(data) // 2])
        assert cli("restore", "cut.tar", "--into", "fresh").code == Exit.USAGE
        assert not (home / "fresh" / "boards.db").exists()

    @pytest.mark.parametrize("name", ["files/../../evil", "/etc/evil", "files/a//b", "evil"])
    def test_a_list_that_leads_elsewhere(self, cli, home, copied, name):
        sums = home / "copy" / "SHA256SUMS"
        sums.write_text(sums.read_text() + f"{'0' * 64}  {name}\n")
        about = json.loads((home / "copy" / "backup.json").read_text())
        about["sums_sha256"] = hashlib.sha256(sums.read_bytes()).hexdigest()
        (home / "copy" / "backup.json").write_text(json.dumps(about))
        said = cli("restore", "copy", "--into", "fresh")
        assert said.code == Exit.USAGE
        assert not (home / "fresh" / "boards.db").exists()

    def test_a_tar_with_a_link_in_it(self, cli, home, copied):
        shutil.copyfile(home / "copy.tar", home / "evil.tar")
        with tarfile.open(home / "evil.tar", "a") as tar:
            link = tarfile.TarInfo("files/link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link, BytesIO())
        assert cli("restore", "evil.tar", "--into", "fresh").code == Exit.USAGE


def test_a_file_that_is_gone_from_the_storage_is_told(cli, home, made):
    victim = next((home / "data" / "files").rglob("*.png"))
    victim.unlink()
    said = cli("backup", "copy", "--json")
    assert said.code == Exit.BROKEN
    assert victim.name in said.err
    with closing(sqlite3.connect(home / "copy" / "boards.db")) as opened:
        [count] = opened.execute("SELECT count(*) FROM generations").fetchone()
    assert count == 2, "the rest is there"


def test_a_database_is_not_moved_while_a_server_has_it(cli, home, made):
    before = (home / "data" / "boards.db").read_bytes()
    with hold_data_dir(home / "data"):
        said = cli("migrate-to", "postgresql://nobody@/nowhere?host=/nowhere")
    assert said.code == Exit.LOCKED
    assert "boards down" in said.err
    assert (home / "data" / "boards.db").read_bytes() == before


def test_what_is_not_there_is_not_restored(cli, home):
    assert cli("restore", "nothing", "--into", "fresh").code == Exit.NOT_FOUND
