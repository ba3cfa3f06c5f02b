"""storage.yaml: every key does something or is refused, with file and line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from boards.adapters.storage.config import (
    StorageConfig,
    StorageKind,
    StorageProvider,
    read_storage_config,
)
from boards.bootstrap import open_app
from boards.domain.artifacts import FORMATS
from boards.errors import ConfigError, TooLarge, Unsupported
from boards.settings import Settings, environment
from boards.testing.generators import tiny_png


def read(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> StorageConfig:
    (folder / "storage.yaml").write_text(text, encoding="utf-8")
    return read_storage_config(folder / "storage.yaml", environ or {})


def faults(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environ)
    return [each.removeprefix(f"{folder}/") for each in caught.value.faults]


class TestAGoodFile:
    def test_that_sets_nothing_keeps_files_in_the_data_directory(self, tmp_path):
        assert read(tmp_path, "storage: {}\n") == StorageConfig()
        assert StorageConfig().provider == StorageProvider(name="local", kind=StorageKind.LOCAL)

    def test_chooses_among_its_providers(self, tmp_path):
        text = """
storage:
  default_provider: {}
  providers:
    disk: {{type: local, path: pictures}}
    memory: {{type: memory}}
"""
        assert read(tmp_path, text.format("disk")).provider == StorageProvider(
            name="disk", kind=StorageKind.LOCAL, path=tmp_path / "pictures"
        )
        assert read(tmp_path, text.format("memory")).provider.kind is StorageKind.MEMORY

    def test_may_name_an_absolute_path(self, tmp_path):
        text = "storage: {providers: {local: {type: local, path: /srv/files}}}"
        assert read(tmp_path, text).provider.path == Path("/srv/files")

    def test_limits_uploads(self, tmp_path):
        config = read(
            tmp_path,
            "storage: {max_file_size: 5000, allowed_content_types: [image/*, Image/JPG, text/csv]}",
        )
        assert config.max_file_size == 5000
        assert config.allowed_content_types == ("image/*", "image/jpeg", "text/csv")

    def test_may_allow_every_type_there_is(self, tmp_path):
        types = [each.mime for each in FORMATS]
        text = f"storage:\n  allowed_content_types: {types}\n"
        assert list(read(tmp_path, text).allowed_content_types) == types

    def test_takes_texts_and_sizes_from_the_environment(self, tmp_path):
        config = read(
            tmp_path,
            "storage:\n"
            "  default_provider: ${WHERE}\n"
            "  providers: {disk: {type: local, path: '${HOME}/of/${WHO}'}}\n"
            "  max_file_size: ${LARGEST}\n",
            {"WHERE": "disk", "HOME": "/home/me", "WHO": "us", "LARGEST": "1000"},
        )
        assert config.provider.path == Path("/home/me/of/us")
        assert config.max_file_size == 1000


class TestAFault:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "storage.yaml: is empty; write `storage:`"),
            ("[]", "storage.yaml:1: the file must hold storage"),
            ("{}", "storage.yaml:1: there is no `storage:`"),
            (
                "storage:\n  default_providr: local",
                "2: unknown key 'default_providr'. Did you mean",
            ),
            ("storage:\n  routing_rules: []", "2: unknown key 'routing_rules'. Known:"),
            ("store: {}", "1: unknown key 'store'. Did you mean 'storage'?"),
            ("storage: {default_provider: s3}", "1: `default_provider` is 's3', which `providers`"),
            ("storage: {providers: {disk: {type: local}}}", "`default_provider` is 'local', which"),
            ("storage: {default_provider: 3}", "`default_provider` must be a text, not 3"),
            ("storage: {providers: []}", "`providers` must hold names"),
            ("storage: {providers: {local: {}}}", "the provider 'local' needs a `type`"),
            ("storage: {providers: {local: local}}", "the provider 'local' must hold type, path"),
            ("storage: {providers: {local: {type: s3}}}", "'s3' is not available yet"),
            ("storage: {providers: {local: {type: disk}}}", "'disk' is no type of storage"),
            ("storage: {providers: {local: {type: local, bucket: a}}}", "unknown key 'bucket'"),
            ("storage: {providers: {local: {type: memory, path: a}}}", "`path` goes with"),
            ("storage: {providers: {local: {type: local, path: ~/a}}}", "write ${HOME}"),
            ("storage: {providers: {local: {type: local, path: ''}}}", "`path` must be a text"),
            ("storage: {max_file_size: 0}", "must be a whole number of bytes, 1 or more"),
            ("storage: {max_file_size: 100MB}", "must be a whole number of bytes"),
            ("storage: {max_file_size: true}", "must be a whole number of bytes"),
            ("storage: {allowed_content_types: image/*}", "must be a list, such as [image/*]"),
            ("storage: {allowed_content_types: []}", "allows nothing"),
            ("storage: {allowed_content_types: [image/jpgg]}", "Did you mean 'image/jpeg'?"),
            ("storage: {allowed_content_types: ['*/*']}", "no file comes as '*/*'"),
            ("storage: {max_file_size: 1, max_file_size: 2}", "'max_file_size' stands twice"),
            ("storage: {default_provider: '${WHERE}'}", "'WHERE' is not set in the environment"),
            ("storage: {default_provider: '${A B}'}", "'A B' cannot be a variable's name"),
            ("storage: [", "this is no YAML"),
        ],
    )
    def test_is_named_with_its_line_and_its_fix(self, tmp_path, text, said):
        found = faults(tmp_path, text)
        assert len(found) == 1, found
        assert said in found[0]

    def test_does_not_hide_the_others(self, tmp_path):
        text = """storage:
  default_provider: disk
  providers:
    local: {type: locl, pth: a}
  max_file_size: many
  colour: red
"""
        assert [each.partition(": ")[0] for each in faults(tmp_path, text)] == [
            "storage.yaml:6",
            "storage.yaml:4",
            "storage.yaml:4",
            "storage.yaml:2",
            "storage.yaml:5",
        ]

    def test_never_tells_what_a_variable_holds(self, tmp_path):
        (said,) = faults(tmp_path, "storage: {max_file_size: '${KEY}'}", {"KEY": "hunter2"})
        assert "hunter2" not in said


class TestTheApplication:
    @pytest.fixture
    def settings(self, tmp_path):
        def make(text: str) -> Settings:
            file = tmp_path / "storage.yaml"
            file.write_text(text)
            return Settings(data_dir=tmp_path / "data", storage_config_path=file)

        return make

    async def test_keeps_its_files_where_the_file_says(self, tmp_path, settings):
        made = settings("storage: {providers: {local: {type: local, path: elsewhere}}}")
        async with open_app(made) as app:
            one = await app.uploads.upload(app.actor, source=tiny_png(), filename=None)
            assert one.file is not None
            path = app.storage.local_path(one.file.key)
        assert path is not None
        assert path.is_relative_to(tmp_path / "elsewhere")
        assert path.read_bytes() == tiny_png()
        assert not (tmp_path / "data" / "files").exists()

    async def test_can_keep_them_in_memory(self, tmp_path, settings, caplog):
        made = settings("storage: {default_provider: m, providers: {m: {type: memory}}}")
        async with open_app(made) as app:
            one = await app.uploads.upload(app.actor, source=tiny_png(), filename=None)
            assert one.file is not None
            assert app.storage.local_path(one.file.key) is None
            assert await app.storage.read(one.file.key, max_bytes=10_000) == tiny_png()
        assert not (tmp_path / "data" / "files").exists()

    async def test_takes_in_what_the_file_allows_and_nothing_else(self, settings):
        made = settings(
            "storage: {max_file_size: 2000, allowed_content_types: [image/png, text/*]}"
        )
        async with open_app(made) as app:
            assert app.uploads.max_bytes == 2000
            for allowed in (tiny_png(), b"words"):
                await app.uploads.upload(app.actor, source=allowed, filename=None)
            with pytest.raises(Unsupported, match="'audio/wav' may not be uploaded here"):
                await app.uploads.upload(app.actor, source=silence(), filename=None)
            with pytest.raises(TooLarge):
                await app.uploads.upload(app.actor, source=b"x" * 2001, filename=None)

    async def test_takes_the_smaller_of_two_limits(self, settings):
        made = settings("storage: {max_file_size: 2000}")
        async with open_app(made.model_copy(update={"max_upload_bytes": 1500})) as app:
            assert app.uploads.max_bytes == 1500

    async def test_does_not_start_with_a_fault_and_makes_nothing(self, tmp_path, settings):
        with pytest.raises(ConfigError, match="unknown key 'pth'"):
            async with open_app(settings("storage: {pth: a}")):
                raise AssertionError("it started")
        assert not (tmp_path / "data").exists()


def silence() -> bytes:
    size = 200
    head = b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\x01\x00\x01\x00" + (8000).to_bytes(4, "little") * 2 + b"\x01\x00\x08\x00"
    return head + form + b"data" + size.to_bytes(4, "little") + b"\x80" * size


def test_variables_come_from_the_environment_and_then_from_dotenv(tmp_path):
    (tmp_path / ".env").write_text("A=1\nB=2\nBOARDS_PORT=9\n")
    found = environment({"B": "3", "C": "4"}, tmp_path)
    assert {name: found[name] for name in "ABC"} == {"A": "1", "B": "3", "C": "4"}
