"""storage.yaml: every key does something or is refused, with file and line."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from boards.adapters.storage.config import (
    StorageConfig,
    StorageKind,
    StorageProvider,
    read_storage_config,
)
from boards.adapters.storage.objects import open_cloud
from boards.adapters.storage.routing import Rule
from boards.bootstrap import open_app
from boards.domain.artifacts import FORMATS, ArtifactType
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
            ("storage:\n  cleanup: {}", "2: unknown key 'cleanup'. Known:"),
            ("storage:\n  routing_rules: []", "2: `routing_rules` holds no rule"),
            ("store: {}", "1: unknown key 'store'. Did you mean 'storage'?"),
            ("storage: {default_provider: s3}", "1: `default_provider` is 's3', which `providers`"),
            ("storage: {providers: {disk: {type: local}}}", "`default_provider` is 'local', which"),
            ("storage: {default_provider: 3}", "`default_provider` must be a text, not 3"),
            ("storage: {providers: []}", "`providers` must hold names"),
            ("storage: {providers: {local: {}}}", "the provider 'local' needs a `type`"),
            ("storage: {providers: {local: local}}", "the provider 'local' must hold names"),
            ("storage: {providers: {local: {type: s3}}}", "the provider 'local' needs `bucket`"),
            ("storage: {providers: {local: {type: disk}}}", "'disk' is no type of storage"),
            (
                "storage: {providers: {local: {type: local, bucket: a}}}",
                "`type: local` has no key 'bucket'",
            ),
            (
                "storage: {providers: {local: {type: memory, path: a}}}",
                "`type: memory` has no key 'path'",
            ),
            ("storage: {providers: {local: {type: local, path: ~/a}}}", "write ${HOME}"),
            ("storage: {providers: {local: {type: local, path: ''}}}", "`path` must be a text"),
            ("storage: {max_file_size: 0}", "must be a number of bytes, 1 or more"),
            ("storage: {max_file_size: 100 apples}", "or a size such as 100MB"),
            ("storage: {max_file_size: true}", "must be a number of bytes"),
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
    local: {type: locl}
  max_file_size: many
  colour: red
"""
        assert [each.partition(": ")[0] for each in faults(tmp_path, text)] == [
            "storage.yaml:6",
            "storage.yaml:4",
            "storage.yaml:2",
            "storage.yaml:5",
        ]

    def test_never_tells_what_a_variable_holds(self, tmp_path):
        (said,) = faults(tmp_path, "storage: {max_file_size: '${KEY}'}", {"KEY": "hunter2"})
        assert "hunter2" not in said


CLOUDS = """
storage:
  default_provider: disk
  providers:
    disk: {type: local}
    aws: {type: s3, bucket: b, region: eu-central-1, signed_urls: true, encryption: 'aws:kms'}
    minio:
      type: s3
      bucket: b
      endpoint: http://minio:9000/
      access_key_id: ${ID}
      secret_access_key: ${SECRET}
      conditional_writes: true
      prefix: media
    r2: {type: r2, bucket: b, account_id: acc, access_key_id: i, secret_access_key: s}
    supa:
      {type: supabase, bucket: b, url: 'https://x.supabase.co', access_key_id: i,
       secret_access_key: s, region: eu-west-1}
    gcs: {type: gcs, bucket: b, credentials_file: key.json}
    azure: {type: azure, container: c, account: a, account_key: a2V5}
"""


class TestClouds:
    def test_each_is_told_what_it_needs(self, tmp_path):
        (tmp_path / "key.json").write_text("{}")
        config = read(tmp_path, CLOUDS, {"ID": "id", "SECRET": "hunter2"})
        found = {each.name: each for each in config.providers}
        assert list(found) == ["disk", "aws", "minio", "r2", "supa", "gcs", "azure"]
        assert [each.kind for each in config.others] == [
            "s3",
            "s3",
            "r2",
            "supabase",
            "gcs",
            "azure",
        ]
        assert found["aws"].has("signed_urls")
        assert not found["minio"].has("signed_urls")
        assert found["minio"].options == {
            "bucket": "b",
            "endpoint": "http://minio:9000",
            "access_key_id": "id",
            "secret_access_key": "hunter2",
            "conditional_writes": "true",
            "prefix": "media",
        }
        assert found["gcs"].options["credentials_file"] == str(tmp_path / "key.json")
        assert "hunter2" not in repr(config)

    @pytest.mark.parametrize(
        ("provider", "said"),
        [
            ("{type: s3, bucket: b, access_key_id: i}", "goes with `secret_access_key`"),
            ("{type: s3, bucket: b, endpoint: minio:9000}", "an address that begins with https"),
            ("{type: s3, bucket: b, signed_urls: 'yes'}", "must be true or false"),
            ("{type: s3, bucket: b, regoin: x}", "Did you mean 'region'?"),
            ("{type: s3, bucket: b, aws_access_key_id: x}", "Did you mean 'access_key_id'?"),
            ("{type: s3, bucket: 3}", "`bucket` must be a text"),
            ("{type: r2, bucket: b}", "needs `account_id`"),
            ("{type: supabase, bucket: b, access_key_id: i, secret_access_key: s}", "needs `url`"),
            ("{type: gcs, bucket: b, credentials_file: none.json}", "there is no such file"),
            ("{type: gcs, bucket: b, credentials_file: storage.yaml, credentials: x}", "give one"),
            ("{type: azure, container: c}", "needs `account`"),
            ("{type: azure, container: c, account: a, client_id: i}", "goes with `client_secret`"),
            ("{type: azure, container: c, account: a, account_key: k, sas_token: t}", "give one"),
            ("{type: ftp, host: x}", "'ftp' is no type of storage"),
            ("{type: s3, bucket: '${NONE}'}", "'NONE' is not set in the environment"),
        ],
    )
    def test_a_fault_of_one_is_named(self, tmp_path, provider, said):
        text = f"storage:\n  providers:\n    local: {{type: local}}\n    cloud: {provider}\n"
        found = faults(tmp_path, text)
        assert any(said in each for each in found), found
        assert all(each.startswith("storage.yaml:4: ") for each in found)

    def test_a_name_has_to_fit_into_a_key(self, tmp_path):
        for name in ("My Cloud", "a.b", "-a", "a" * 33):
            text = f"storage: {{providers: {{local: {{type: local}}, {name!r}: {{type: memory}}}}}}"
            (said,) = faults(tmp_path, text)
            assert "cannot be a provider's name" in said

    def test_two_do_not_share_a_folder(self, tmp_path):
        (said,) = faults(
            tmp_path, "storage: {providers: {local: {type: local}, again: {type: local}}}"
        )
        assert "'again' has the folder of 'local'" in said

    def test_what_cannot_be_opened_is_refused_without_its_secret(self):
        told = {"container": "c", "account": "a", "account_key": "hunter2 is no base64"}
        provider = StorageProvider(name="azure", kind=StorageKind.AZURE, options=told)
        with pytest.raises(ConfigError, match="'azure' cannot be opened") as caught:
            open_cloud(provider)
        assert "hunter2" not in str(caught.value)


A_TENANT, A_BOARD = "0192d2f0-0000-7000-8000-000000000001", "0192d2f0-0000-7000-8000-000000000002"


class TestRules:
    def rules(self, *rules: str) -> str:
        listed = "".join(f"    - {rule}\n" for rule in rules)
        providers = "{local: {type: local}, m: {type: memory}}"
        return f"storage:\n  providers: {providers}\n  routing_rules:\n{listed}"

    def test_every_condition_is_read(self, tmp_path):
        config = read(
            tmp_path,
            self.rules(
                "{condition: {artifact_type: [video, audio], size_gt: 100MB}, provider: m}",
                f"{{condition: {{tenant: {A_TENANT}, board: [{A_BOARD}]}}, provider: m}}",
                "{condition: {generator: ['fal-*', flux], size_lte: 2KiB}, provider: m}",
                "{provider: local}",
            ),
        )
        assert config.rules == (
            Rule(
                provider="m",
                artifact_types=frozenset({ArtifactType.VIDEO, ArtifactType.AUDIO}),
                size_gt=100_000_000,
            ),
            Rule(
                provider="m",
                tenants=frozenset({UUID(A_TENANT)}),
                boards=frozenset({UUID(A_BOARD)}),
            ),
            Rule(provider="m", generators=("fal-*", "flux"), size_lte=2048),
            Rule(provider="local"),
        )

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            ("{condition: {}}", "a rule needs a `provider`"),
            ("{provider: cloud}", "there is no provider 'cloud'. Known: local, m."),
            ("{provider: m, when: {}}", "unknown key 'when'"),
            ("{provider: m, condition: {size: 3}}", "unknown key 'size'"),
            ("{provider: m, condition: {size_gt: big}}", "`size_gt` must be a number of bytes"),
            ("{provider: m, condition: {artifact_type: film}}", "'film' is no type of artifact"),
            ("{provider: m, condition: {artifact_type: []}}", "fits nothing"),
            ("{provider: m, condition: {tenant: acme}}", "is told by its id, a UUID"),
            ("{provider: m, condition: {board: mine}}", "is told by its id, a UUID"),
            ("everything", "a rule must hold condition, provider"),
        ],
    )
    def test_a_fault_is_named(self, tmp_path, rule, said):
        (found,) = faults(tmp_path, self.rules(rule))
        assert found.startswith("storage.yaml:4: ")
        assert said in found

    def test_one_that_nothing_reaches_is_refused(self, tmp_path):
        text = self.rules("{provider: m}", "{provider: local}")
        (found,) = faults(tmp_path, text)
        assert found.startswith("storage.yaml:5: the rule before this one fits every file")


def test_what_a_tenant_may_keep_and_how_long_unused_bytes_stay(tmp_path):
    config = read(tmp_path, "storage: {quota: 2GiB, keep_unused_hours: 48}")
    assert (config.quota, config.keep_unused) == (2 * 2**30, timedelta(hours=48))
    for said in ("0", "1.5", "many", "9000"):
        (found,) = faults(tmp_path, f"storage: {{keep_unused_hours: {said}}}")
        assert "a whole number of hours" in found


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
