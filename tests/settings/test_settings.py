"""Settings are read from four places, checked at once, and never tell a secret."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from boards.errors import ConfigError
from boards.settings import Settings, data_home, is_loopback, load_settings
from tools.settings_reference import PAGE, reference

HOME = {"HOME": "/home/me"}


def faults_of(environ: dict[str, str], cwd: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load_settings(HOME | environ, cwd)
    return caught.value.faults


def only_fault_of(environ: dict[str, str], cwd: Path) -> str:
    (fault,) = faults_of(environ, cwd)
    return fault


class TestWhereASettingComesFrom:
    def test_without_anything_the_defaults_hold(self, tmp_path):
        settings = load_settings(HOME, tmp_path)
        assert settings.host == "127.0.0.1"
        assert settings.port == 8088
        assert settings.auth_provider == "none"
        assert settings.api_token is None
        assert settings.database_url == f"sqlite:///{settings.data_dir}/boards.db"

    def test_the_environment_wins_over_the_env_file_and_that_over_toml(self, tmp_path):
        (tmp_path / "boards.toml").write_text("port = 1\nmax_starts = 2\nlog_level = 'error'\n")
        (tmp_path / ".env").write_text("BOARDS_PORT=3\nBOARDS_MAX_STARTS=4\n")
        settings = load_settings(HOME | {"BOARDS_PORT": "5"}, tmp_path)
        assert (settings.port, settings.max_starts, settings.log_level) == (5, 4, "error")

    def test_an_option_of_the_command_line_wins_over_all(self, tmp_path):
        settings = load_settings(
            HOME | {"BOARDS_PORT": "5"}, tmp_path, {"port": "6", "host": None, "server": None}
        )
        assert settings.port == 6

    def test_a_fault_in_an_option_names_the_option(self, tmp_path):
        with pytest.raises(ConfigError, match=r"--port in the command line is 'x'; give a whole"):
            load_settings(HOME, tmp_path, {"port": "x"})

    def test_the_toml_file_may_be_named(self, tmp_path):
        folder = tmp_path / "conf"
        folder.mkdir()
        (folder / "mine.conf").write_text("port = 7\ndata_dir = 'data'\n")
        settings = load_settings(HOME | {"BOARDS_CONFIG": "conf/mine.conf"}, tmp_path)
        assert settings.port == 7
        assert settings.data_dir == folder / "data", "a path in the file is relative to the file"

    def test_the_env_file_may_name_the_toml_file(self, tmp_path):
        (tmp_path / "mine.toml").write_text("port = 7\n")
        (tmp_path / ".env").write_text("BOARDS_CONFIG=mine.toml\n")
        assert load_settings(HOME, tmp_path).port == 7

    def test_a_named_toml_file_that_is_missing_is_a_fault(self, tmp_path):
        fault = only_fault_of({"BOARDS_CONFIG": "gone.toml"}, tmp_path)
        assert "gone.toml" in fault
        assert "there is no file" in fault

    def test_an_empty_value_counts_as_not_set(self, tmp_path):
        (tmp_path / ".env").write_text("BOARDS_PORT=\nBOARDS_API_TOKEN=\n")
        settings = load_settings(HOME, tmp_path)
        assert settings.port == 8088
        assert settings.api_token is None

    def test_a_dollar_sign_in_the_env_file_stands_for_itself(self, tmp_path):
        (tmp_path / ".env").write_text("BOARDS_API_TOKEN=a${HOME}$b\n")
        token = load_settings(HOME, tmp_path).api_token
        assert token is not None
        assert token.get_secret_value() == "a${HOME}$b"

    def test_other_peoples_variables_are_left_alone(self, tmp_path):
        (tmp_path / ".env").write_text("OPENAI_KEY=x\n")
        assert load_settings(HOME | {"PORT": "1"}, tmp_path).port == 8088

    def test_settings_made_in_code_read_nothing(self, tmp_path, monkeypatch):
        monkeypatch.setenv("BOARDS_PORT", "1")
        assert Settings(data_dir=tmp_path).port == 8088

    def test_settings_cannot_be_changed(self, tmp_path):
        settings = Settings(data_dir=tmp_path)
        with pytest.raises(ValidationError):
            settings.port = 1  # type: ignore[misc]

    def test_a_list_is_read_from_commas_and_from_json(self, tmp_path):
        paused = {"BOARDS_PAUSED": "fal, openai,"}
        assert load_settings(HOME | paused, tmp_path).paused == ("fal", "openai")
        paused = {"BOARDS_PAUSED": '["fal"]'}
        assert load_settings(HOME | paused, tmp_path).paused == ("fal",)

    def test_relative_paths_and_the_home_sign_are_resolved(self, tmp_path):
        assert load_settings(HOME | {"BOARDS_DATA_DIR": "d"}, tmp_path).data_dir == tmp_path / "d"
        tilde = load_settings(HOME | {"BOARDS_DATA_DIR": "~/d"}, tmp_path).data_dir
        assert tilde == Path("/home/me/d")


class TestFaults:
    def test_all_of_them_are_listed_at_once(self, tmp_path):
        (tmp_path / ".env").write_text("BOARDS_LEASE_SECONDS=-1\nthis is no line\n")
        (tmp_path / "boards.toml").write_text("log_format = 'xml'\n")
        faults = faults_of(
            {"BOARDS_PORT": "70000", "BOARDS_DATABASE_URL": "mysql://h/d", "BOARDS_PROT": "1"},
            tmp_path,
        )
        assert faults == (
            ".env, line 2, cannot be read; write NAME=value",
            "'BOARDS_PROT' in the environment is no setting; did you mean 'BOARDS_PORT'?",
            (
                "BOARDS_DATABASE_URL in the environment: it names no database that is known; "
                "use sqlite:// or postgresql://"
            ),
            "BOARDS_PORT in the environment is '70000'; give a whole number from 0 to 65535",
            (
                "BOARDS_LEASE_SECONDS in .env, line 1 is '-1'; "
                "give a number of seconds above 0, at most 3600"
            ),
            "log_format in boards.toml is 'xml'; give console or json",
        )

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("BOARDS_DATABASE_URI", "BOARDS_DATABASE_URL"),
            ("BOARDS_MAX_UPLOAD_SIZE", "BOARDS_MAX_UPLOAD_BYTES"),
            ("BOARDS_GENERATOR_CONFIG_PATH", "BOARDS_GENERATORS_CONFIG_PATH"),
            ("BOARDS_port", "BOARDS_PORT"),
        ],
    )
    def test_an_unknown_name_is_reported_with_the_nearest(self, tmp_path, name, meant):
        fault = only_fault_of({name: "x"}, tmp_path)
        assert f"{name!r} in the environment is no setting; did you mean {meant!r}?" == fault

    def test_a_name_that_resembles_none_gets_no_silly_suggestion(self, tmp_path):
        assert only_fault_of({"BOARDS_QQQ": "x"}, tmp_path).endswith("is no setting; take it out")

    def test_an_unknown_key_of_the_toml_file_is_reported_with_the_nearest(self, tmp_path):
        (tmp_path / "boards.toml").write_text("prt = 1\n")
        assert only_fault_of({}, tmp_path).endswith("did you mean 'port'?")

    def test_broken_toml_is_one_fault_with_its_place(self, tmp_path):
        (tmp_path / "boards.toml").write_text("port = \n")
        fault = only_fault_of({}, tmp_path)
        assert fault.startswith("boards.toml is no valid TOML")
        assert "line 1" in fault

    def test_a_file_that_is_not_text_is_a_fault(self, tmp_path):
        (tmp_path / ".env").write_bytes(b"BOARDS_PORT=\xff\xfe")
        assert only_fault_of({}, tmp_path) == ".env cannot be read: it is not UTF-8 text"

    def test_a_config_file_that_is_missing_is_a_fault(self, tmp_path):
        fault = only_fault_of({"BOARDS_GENERATORS_CONFIG_PATH": "no.yaml"}, tmp_path)
        assert str(tmp_path / "no.yaml") in fault
        assert "write it, or leave the setting out" in fault

    @pytest.mark.parametrize(
        ("provider", "given", "missing"),
        [
            ("jwt", {}, "BOARDS_JWT_SECRET"),
            ("jwt", {"BOARDS_JWT_ALGORITHM": "RS256"}, "BOARDS_JWT_PUBLIC_KEY"),
            ("oidc", {"BOARDS_OIDC_CLIENT_ID": "x"}, "BOARDS_OIDC_ISSUER"),
            ("auth0", {"BOARDS_AUTH0_DOMAIN": "x.example"}, "BOARDS_AUTH0_AUDIENCE"),
            (
                "clerk",
                {"BOARDS_CLERK_ISSUER": "https://x.example"},
                "BOARDS_CLERK_AUTHORIZED_PARTIES",
            ),
            ("supabase", {}, "BOARDS_SUPABASE_URL"),
        ],
    )
    def test_what_a_way_to_sign_in_needs_is_asked_for_by_name(
        self, tmp_path, provider, given, missing
    ):
        fault = only_fault_of({"BOARDS_AUTH_PROVIDER": provider, **given}, tmp_path)
        assert fault == f"BOARDS_AUTH_PROVIDER is {provider!r}, which needs {missing}; set it"

    def test_where_people_sign_in_others_may_reach_the_server(self, tmp_path):
        environ = HOME | {"BOARDS_AUTH_PROVIDER": "local", "BOARDS_HOST": "0.0.0.0"}
        assert load_settings(environ, tmp_path).host == "0.0.0.0"

    @pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "boards.example.com"])
    def test_without_sign_in_a_host_that_others_reach_is_refused(self, tmp_path, host):
        assert "nobody signs in" in only_fault_of({"BOARDS_HOST": host}, tmp_path)

    @pytest.mark.parametrize(
        "url", ["boards.example.com", "ftp://h", "https://", "http://h:99999", "https://h/?a=b"]
    )
    def test_a_public_url_must_be_a_plain_web_address(self, tmp_path, url):
        assert only_fault_of({"BOARDS_PUBLIC_URL": url}, tmp_path).startswith("BOARDS_PUBLIC_URL")

    def test_without_a_home_the_data_directory_must_be_named(self, tmp_path):
        with pytest.raises(ConfigError, match="name a folder that keeps its files"):
            load_settings({}, tmp_path)


class TestSecrets:
    TOKEN = "s3cret-that-nobody-may-see"

    def test_are_in_no_fault(self, tmp_path):
        (tmp_path / ".env").write_text(f"BOARDS_SECRETKEY={self.TOKEN}\n")
        faults = faults_of(
            {
                "BOARDS_SECRET_KEY": self.TOKEN,  # too short
                "BOARDS_DATABASE_URL": f"mysql://me:{self.TOKEN}@host/db",
                "BOARDS_SERVER": f"https://me:{self.TOKEN}@host/",
                "BOARDS_API_TOKENS": self.TOKEN,
            },
            tmp_path,
        )
        assert len(faults) == 5
        assert not [fault for fault in faults if self.TOKEN in fault]

    def test_are_in_no_representation(self, tmp_path):
        settings = load_settings(
            HOME
            | {
                "BOARDS_SECRET_KEY": self.TOKEN * 2,
                "BOARDS_API_TOKEN": self.TOKEN,
                "BOARDS_DATABASE_URL": f"postgresql://me:{self.TOKEN}@host/db",
            },
            tmp_path,
        )
        assert self.TOKEN not in repr(settings)
        assert self.TOKEN not in str(settings)


class TestTheDataDirectory:
    @pytest.mark.parametrize(
        ("platform", "environ", "expected"),
        [
            ("linux", {"HOME": "/h"}, "/h/.local/share/boards"),
            ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/x"}, "/x/boards"),
            ("linux", {"HOME": "/h", "XDG_DATA_HOME": "relative"}, "/h/.local/share/boards"),
            ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/boards"),
            ("win32", {"LOCALAPPDATA": "/l"}, "/l/boards"),
            ("win32", {"USERPROFILE": "/u"}, "/u/AppData/Local/boards"),
        ],
    )
    def test_is_where_the_platform_keeps_data(self, platform, environ, expected):
        assert data_home(environ, platform) == Path(expected)

    @pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
    def test_is_unknown_without_a_home(self, platform):
        assert data_home({"TMPDIR": "/tmp"}, platform) is None


class TestLoopback:
    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
    def test_is_told_by_name_and_by_address(self, host):
        assert is_loopback(host)

    def test_is_not_a_name_that_only_begins_like_it(self):
        assert not is_loopback("127.0.0.1.example.com")


def test_the_public_url_is_kept_without_its_last_slash(tmp_path):
    settings = Settings(data_dir=tmp_path, public_url="https://boards.example.com:8443/x/")
    assert settings.public_url == "https://boards.example.com:8443/x"


def test_the_reference_page_is_current():
    made = reference()
    assert PAGE.read_text(encoding="utf-8") == made, "run `python -m tools.settings_reference`"


def test_every_setting_says_what_it_is_for_and_what_it_takes():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert field.json_schema_extra["expects"], name


def test_only_the_settings_read_the_environment():
    package = Path(load_settings.__code__.co_filename).parents[1]
    reading = re.compile(r"\bos\.(environ|getenv)\b|\bfrom os import .*(environ|getenv)")
    readers = [
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if reading.search(file.read_text(encoding="utf-8"))
    ]
    assert sorted(readers) == [
        # What a process of its own gets of ours: a path, and a few names.
        "adapters/media/confined.py",
        "adapters/workspaces/folder/git.py",
        # The client runs on callers' machines, where there are no settings of a server.
        "client/stubs/__main__.py",
        "settings/reading.py",
    ]
