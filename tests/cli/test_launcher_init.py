"""`boards init` writes a folder that works as it stands, and over nothing."""

import os
import re
import stat
from pathlib import Path

import pytest

from boards.adapters.storage import config as storage
from boards.bootstrap import open_app
from boards.cli import folder as folders
from boards.cli.exits import Exit
from boards.errors import StorageError
from boards.generators import listing
from boards.settings import PREFIX, Settings, load_settings

NAMES = {".env", "generators.yaml", "storage.yaml"}


@pytest.fixture
def studio(tmp_path):
    folders.write(tmp_path / "studio")
    return tmp_path / "studio"


class TestTheFolder:
    def test_holds_the_three_files_and_a_secret_that_only_its_owner_can_read(self, studio):
        assert {path.name for path in studio.iterdir()} == NAMES
        assert stat.S_IMODE((studio / ".env").stat().st_mode) == 0o600

    def test_works_as_it_stands(self, studio):
        settings = load_settings(environ={}, cwd=studio)
        assert settings.data_dir == studio / "data"
        assert settings.generators_config_path == studio / "generators.yaml"
        assert settings.storage_config_path == studio / "storage.yaml"
        assert settings.secret_key is not None
        assert len(settings.secret_key.get_secret_value()) >= 60

    def test_has_a_secret_of_its_own(self, studio, tmp_path):
        folders.write(tmp_path / "other")
        keys = {
            str(load_settings(environ={}, cwd=each).secret_key.get_secret_value())  # type: ignore[union-attr]
            for each in (studio, tmp_path / "other")
        }
        assert len(keys) == 2

    def test_is_what_commands_use_that_run_in_it(self, cli, studio, monkeypatch):
        for name in ("BOARDS_DATA_DIR", "BOARDS_GENERATORS_CONFIG_PATH"):
            monkeypatch.delenv(name)
        monkeypatch.chdir(studio)
        ran = cli("generate", "local-noop", "--json")
        assert ran.code == Exit.OK, ran.err
        (one,) = ran.json["generations"]
        assert Path(one["file"]["path"]).is_relative_to(studio / "data" / "files")
        assert {path.name for path in studio.iterdir()} == {*NAMES, "data"}

    def test_is_told_of_with_the_next_step(self, cli, home):
        ran = cli("init", "studio")
        assert ran.code == Exit.OK
        assert ran.out.splitlines()[0] == "studio/.env"
        assert ran.out.endswith("\nNext: cd studio && boards up\n")
        assert max(map(len, ran.out.splitlines())) <= 80
        (home / "here").mkdir()
        os.chdir(home / "here")
        assert cli("init", ".").out.endswith("\nNext: boards up\n")

    def test_is_told_to_programs(self, cli, home):
        told = cli("init", "studio", "--json").json
        assert told["folder"] == str(home / "studio")
        assert {Path(file).name for file in told["files"]} == NAMES


class TestTheSettings:
    def test_are_all_there_each_with_its_meaning(self, studio):
        text = (studio / ".env").read_text()
        names = re.findall(rf"^#?({PREFIX}\w+)=", text, flags=re.MULTILINE)
        assert names == [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
        words = " ".join(text.replace("\n# ", " ").split())
        for field in Settings.model_fields.values():
            assert " ".join(str(field.description).split()) in words

    def test_show_the_defaults(self, studio):
        """With every # before a setting taken away, all is as it is without the file."""
        text = (studio / ".env").read_text()
        lines = [
            line.removeprefix("#") for line in text.splitlines() if line.startswith(f"#{PREFIX}")
        ]
        (studio / ".env").write_text("\n".join([*lines, "BOARDS_DATA_DIR=./data"]))
        shown = load_settings(environ={}, cwd=studio)
        assert shown == Settings(data_dir=studio / "data")

    def test_fit_80_columns(self, studio):
        for name in NAMES:
            lines = (studio / name).read_text().splitlines()
            assert max(map(len, lines)) <= 80, name


class TestTheGenerators:
    async def test_are_those_that_load_without_the_file(self, studio):
        names = []
        for config in (studio / "generators.yaml", None):
            settings = Settings(data_dir=studio / "data", generators_config_path=config)
            async with open_app(settings) as app:
                names.append(sorted(app.registry.list_names()))
        assert names[0] == names[1]

    def test_are_told_by_name_and_type(self, studio):
        text = (studio / "generators.yaml").read_text()
        assert "# local-poster (image): " in text

    def test_come_with_every_key_that_the_file_may_have(self, studio):
        text = (studio / "generators.yaml").read_text()
        for key in (*listing._SETTINGS, *listing._KEYS):
            assert re.search(rf"^[#\s-]*{key}: ?", text, flags=re.MULTILINE), key


class TestTheStorage:
    def test_is_the_data_directory(self, studio):
        found = storage.read_storage_config(studio / "storage.yaml", {})
        assert found == storage.StorageConfig()

    def test_comes_with_every_key_that_the_file_may_have(self, studio):
        text = (studio / "storage.yaml").read_text()
        for key in ("storage", *storage._KEYS, "type", "path"):
            assert re.search(rf"^\s*#?{key}:", text, flags=re.MULTILINE), key

    def test_takes_what_is_commented_out(self, studio):
        file = studio / "storage.yaml"
        file.write_text(re.sub(r"^( *)#(?=[a-z_]+: )", r"\1", file.read_text(), flags=re.MULTILINE))
        found = storage.read_storage_config(file, {})
        assert found.provider.path == studio / "data" / "files"
        assert found.max_file_size == 104857600
        assert "image/*" in found.allowed_content_types


class TestARefusal:
    @pytest.mark.parametrize("name", sorted(NAMES))
    def test_writes_over_nothing(self, cli, home, name):
        (home / "studio").mkdir()
        (home / "studio" / name).write_text("mine")
        ran = cli("init", "studio")
        assert ran.code == Exit.REFUSED
        assert f"'studio' has {name} already" in ran.err
        assert [path.name for path in (home / "studio").iterdir()] == [name]
        assert (home / "studio" / name).read_text() == "mine"

    def test_follows_no_link_that_leads_nowhere_yet(self, cli, home):
        (home / "studio").mkdir()
        (home / "studio" / ".env").symlink_to(home / "elsewhere")
        assert cli("init", "studio").code == Exit.REFUSED
        assert not (home / "elsewhere").exists()

    def test_keeps_off_somebodys_data(self, cli, home):
        (home / "studio" / "data").mkdir(parents=True)
        assert cli("init", "studio").code == Exit.OK, "an empty folder is nobody's"
        (home / "other" / "data").mkdir(parents=True)
        (home / "other" / "data" / "boards.db").write_text("mine")
        ran = cli("init", "other")
        assert ran.code == Exit.REFUSED
        assert "has data already" in ran.err
        assert not (home / "other" / ".env").exists()

    def test_leaves_other_files_alone(self, cli, home):
        (home / "studio").mkdir()
        (home / "studio" / "README.md").write_text("mine")
        assert cli("init", "studio").code == Exit.OK
        assert (home / "studio" / "README.md").read_text() == "mine"

    def test_names_a_file_in_place_of_a_folder(self, cli, home):
        (home / "studio").write_text("mine")
        ran = cli("init", "studio")
        assert ran.code == Exit.REFUSED
        assert "is a file" in ran.err
        below = cli("init", "studio/below")
        assert below.code == Exit.BROKEN
        assert "cannot be written to: Not a directory" in below.err

    def test_leaves_nothing_of_a_folder_that_could_not_be_finished(self, home, monkeypatch):
        def full(path, *arguments, opened=os.open):
            if str(path).endswith("storage.yaml"):
                raise OSError(28, "No space left on device")
            return opened(path, *arguments)

        monkeypatch.setattr(os, "open", full)
        with pytest.raises(StorageError, match="No space left on device"):
            folders.write(home / "studio")
        assert not (home / "studio").exists()
