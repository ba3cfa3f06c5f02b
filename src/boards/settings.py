"""Settings: read once, from the environment, a `.env`, a TOML file and defaults, in that order.

    BOARDS_PORT=9000          in the environment or in `.env` of the current folder
    port = 9000               in ./boards.toml, or in the file that BOARDS_CONFIG names

Only this module reads the environment. `load_settings` checks everything and raises one
ConfigError that lists every fault with its fix; the values of secrets are never in it.
docs/settings.md is made from this model by `python -m tools.settings_reference`; a third of this
file is that table.
"""

import ipaddress
import json
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from dotenv.parser import parse_stream
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from boards.adapters.providers import PROVIDERS
from boards.errors import ConfigError

__all__ = [
    "PREFIX",
    "ProviderAddress",
    "Settings",
    "data_home",
    "environment",
    "is_loopback",
    "load_settings",
]

PREFIX = "BOARDS_"
CONFIG = "BOARDS_CONFIG"
PROVIDERS_PREFIX = "BOARDS_PROVIDERS__"
CONFIG_FILE = "boards.toml"
PLANNED_AUTH = ("auth0", "clerk", "jwt", "local", "oidc", "supabase")


def _split(value: object) -> object:
    """Read a list from text: separated by commas, or as JSON."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return [part.strip() for part in value.split(",") if part.strip()]


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
]


def _setting(default: Any, what: str, expects: str, **limits: Any) -> Any:
    """A field: what the setting is for, and what it takes, as faults and the docs say it."""
    return Field(default, description=what, json_schema_extra={"expects": expects}, **limits)


def _sqlite_in(data: Mapping[str, Any]) -> str:
    return f"sqlite:///{data['data_dir'] / 'boards.db'}"


class ProviderAddress(BaseModel):
    """Where a provider is called instead of at its own address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str | None = None
    upload_url: str | None = None

    @field_validator("base_url", "upload_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        parts = _parts(value) if value is not None else None
        if value is None:
            return None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("this is no web address such as https://api.example.com")
        return value.rstrip("/")


class Settings(BaseSettings):
    """Everything that can be set. A `Settings(...)` takes what it is given and reads nothing."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(
        description="The folder that holds the database and the files.",
        json_schema_extra={"expects": "a folder that may be written to"},
    )
    database_url: str = Field(
        default_factory=_sqlite_in,
        repr=False,
        description="Where the database is.",
        json_schema_extra={
            "expects": "an address such as sqlite:////srv/boards.db or postgresql://user:…@host/name"
        },
    )
    generators_config_path: Path | None = _setting(
        None,
        "The `generators.yaml` that says which generators load; without one, the built-in ones.",
        "the path of a file",
    )
    storage_config_path: Path | None = _setting(
        None,
        "The `storage.yaml` that says where files are kept; without one, the data directory.",
        "the path of a file",
    )
    auth_provider: Literal["none"] = _setting(
        "none", "Who signs people in. `none`: whoever reaches the server is its one user.", "none"
    )
    host: str = _setting(
        "127.0.0.1",
        "The address that `boards up` listens on; loopback only while nobody signs in.",
        "an address of this machine, such as 127.0.0.1",
    )
    port: int = _setting(
        8088,
        "The port that `boards up` listens on; 0 takes a free one.",
        "a whole number from 0 to 65535",
        ge=0,
        le=65535,
    )
    public_url: str | None = _setting(
        None,
        "The address under which others reach this server; addresses of files begin with it.",
        "an address such as https://boards.example.com",
    )
    allowed_hosts: Names = _setting(
        (),
        "Host names that requests may be addressed to, separated by commas, besides those of "
        "loopback and the public URL.",
        "host names separated by commas, such as boards.example.com",
    )
    max_upload_bytes: int = _setting(
        100 * 1024 * 1024,
        "The largest upload, in bytes.",
        "a whole number of bytes, 1 or more",
        ge=1,
    )
    default_tenant_slug: str = _setting(
        "default",
        "The short name of the tenant that exists from the start.",
        "small letters, digits and hyphens, such as default",
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$",
    )
    concurrency: int = _setting(
        2000,
        "How many generations may be under way at once. Most only wait for a provider; providers "
        "have their own caps.",
        "a whole number from 1 to 100000",
        ge=1,
        le=100_000,
    )
    worker_concurrency: int = _setting(
        2000,
        "How many generations one process runs at once; what is more waits for another.",
        "a whole number from 1 to 100000",
        ge=1,
        le=100_000,
    )
    drain_seconds: float = _setting(
        30.0,
        "How long a process that stops lets its runs end, in seconds; then others take them over. "
        "A paid call that can only be awaited is lost sight of after that, so let it be longer "
        "than those take.",
        "a number of seconds from 0 to 86400",
        ge=0,
        le=86_400,
    )
    lease_seconds: float = _setting(
        30.0,
        "How long a silent worker keeps a generation before another takes it over, in seconds.",
        "a number of seconds above 0, at most 3600",
        gt=0,
        le=3600,
    )
    max_starts: int = _setting(
        3,
        "How often a generation is started before it is given up as the cause of the crashes.",
        "a whole number from 1 to 100",
        ge=1,
        le=100,
    )
    keep_events_days: float = _setting(
        30.0,
        "How long events are kept for clients that come back after an interruption, in days.",
        "a number of days above 0",
        gt=0,
        le=36_500,
    )
    reconcile_seconds: float = _setting(
        300.0,
        "How often providers are asked what became of generations that may have cost money and "
        "cannot go on by themselves, in seconds; 0 leaves it to people.",
        "a number of seconds from 0 to 86400",
        ge=0,
        le=86_400,
    )
    paused: Names = _setting(
        (),
        "Providers that start nothing new, separated by commas; `*` is all of them.",
        "names of providers separated by commas, or *",
    )
    log_level: LogLevel = _setting(
        "info",
        "The least that is logged: `debug`, `info`, `warning` or `error`.",
        "debug, info, warning or error",
    )
    log_format: Literal["json", "console"] = _setting(
        "console",
        "How log lines look: `console` for people, `json` for machines.",
        "console or json",
    )
    secret_key: SecretStr | None = _setting(
        None,
        "Signs what the server hands out, such as links to files.",
        "at least 32 characters",
        min_length=32,
    )
    server: str | None = _setting(
        None,
        "The server that the command line talks to; without one it finds the one that runs on the "
        "data directory, or does the work itself.",
        "an address such as http://127.0.0.1:8088",
    )
    api_token: SecretStr | None = _setting(
        None, "The token that the command line shows to that server.", "a token of that server"
    )
    providers: Mapping[str, ProviderAddress] = _setting(
        None,
        "Other addresses of providers, such as `BOARDS_PROVIDERS__FAL__BASE_URL`; in TOML a table "
        "`[providers.fal]`. An address of this machine or network may be called only when it is "
        "set here.",
        "a table with base_url and upload_url for each provider",
        validate_default=True,
    )
    generator_api_keys: Mapping[str, SecretStr] = _setting(
        None,
        "Keys of providers by the names of their variables, as JSON: "
        '`{"FAL_KEY": "…"}`. `FAL_KEY`, `OPENAI_API_KEY` and so on may also stand by themselves; '
        "what stands here wins.",
        "a JSON object of names and keys",
        repr=False,
        validate_default=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing: the library's sources stop at the first broken file, let unknown names
        pass and cannot say where a value came from. `load_settings` reads."""
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.partition("://")[0].partition("+")[0]
        if "://" not in value or scheme not in {"sqlite", "postgresql", "postgres"}:
            raise ValueError("it names no database that is known; use sqlite:// or postgresql://")
        return value

    @field_validator("providers", "generator_api_keys", mode="before")
    @classmethod
    def _table(cls, value: object) -> object:
        if value is None:
            return {}
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                raise ValueError("it is no JSON object") from None
        return value

    @field_validator("providers")
    @classmethod
    def _known_providers(
        cls, value: Mapping[str, ProviderAddress]
    ) -> Mapping[str, ProviderAddress]:
        for name in value:
            if name not in PROVIDERS:
                known = ", ".join(PROVIDERS)
                raise ValueError(f"there is no provider {name!r}; there are {known}")
        return value

    @field_validator("generators_config_path", "storage_config_path")
    @classmethod
    def _is_a_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"there is no file {str(value)!r}; write it, or leave the setting out")
        return value

    @field_validator("auth_provider", mode="before")
    @classmethod
    def _available_auth(cls, value: object) -> object:
        if value in PLANNED_AUTH:
            raise ValueError(f"{value!r} is not available yet; use 'none'")
        return value

    @field_validator("host")
    @classmethod
    def _reachable_by_few(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("auth_provider", "none") == "none" and not is_loopback(value):
            raise ValueError(
                f"{value!r} can be reached from other machines, and nobody signs in while "
                f"{PREFIX}AUTH_PROVIDER is 'none'; use 127.0.0.1"
            )
        return value

    @field_validator("public_url", "server")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = _parts(value)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(
                "this is no web address, which begins with http:// or https:// and a host"
            )
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("it holds more than a host, a port and a path; leave the rest out")
        return value.rstrip("/")


VARIABLES = {f"{PREFIX}{field.upper()}": field for field in Settings.model_fields}
"""Name of the variable → name of the setting."""
PATHS = frozenset({"data_dir", "generators_config_path", "storage_config_path"})


@dataclass(frozen=True, kw_only=True)
class _Given:
    """A value as somebody gave it: under which name, and where."""

    value: object
    name: str
    place: str
    base: Path


def load_settings(
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    options: Mapping[str, object] | None = None,
) -> Settings:
    """Read and check all settings. `options` come from the command line and win.

    Relative paths are relative to `cwd`, those in the TOML file to its folder. Raises one
    ConfigError that lists every fault.
    """
    environ = os.environ if environ is None else environ
    cwd = Path.cwd() if cwd is None else cwd
    faults: list[str] = []
    variables = [
        _Given(value=value, name=name, place="the environment", base=cwd)
        for name, value in environ.items()
    ]
    dotenv = list(_read_dotenv(cwd / ".env", faults))
    given: dict[str, _Given] = {}
    for each in _read_toml(variables + dotenv, cwd, environ, faults):
        _take(each, {field: field for field in Settings.model_fields}, given, faults)
    for each in (*dotenv, *variables):
        if each.name.startswith(PROVIDERS_PREFIX):
            _take_address(each, given, faults)
        elif each.name.startswith(PREFIX) and each.name != CONFIG:
            _take(each, VARIABLES, given, faults)
    _take_keys((*dotenv, *variables), given)
    for field, value in (options or {}).items():
        if value is not None:
            option = f"--{field.replace('_', '-')}"
            given[field] = _Given(value=value, name=option, place="the command line", base=cwd)
    if "data_dir" not in given:
        home = data_home(environ, sys.platform)
        if home is None:
            faults.append(
                f"{PREFIX}DATA_DIR is not set, and there is no home folder to take instead; "
                "name a folder that keeps its files"
            )
        place = _Given(value=home or cwd, name=f"{PREFIX}DATA_DIR", place="the default", base=cwd)
        given["data_dir"] = place
    try:
        settings = Settings(**{name: _resolved(name, g, environ) for name, g in given.items()})
    except ValidationError as error:
        faults.extend(
            _fault(each, given)
            for each in error.errors(include_url=False)
            if each["type"] != "default_factory_not_called"  # a fault elsewhere is its cause
        )
        raise ConfigError("The settings have faults:", faults=tuple(faults)) from None
    if faults:
        raise ConfigError("The settings have faults:", faults=tuple(faults))
    return settings


def environment(
    environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Mapping[str, str]:
    """What `${NAME}` in a configuration file stands for: the environment, and for names that it
    has not, `.env` of the current folder."""
    dotenv = _read_dotenv((Path.cwd() if cwd is None else cwd) / ".env", [])
    given = {each.name: str(each.value) for each in dotenv}
    return given | dict(os.environ if environ is None else environ)


def data_home(environ: Mapping[str, str], platform: str) -> Path | None:
    """Give the folder where this platform keeps a user's data for us; None without a home."""
    home = environ.get("USERPROFILE" if platform == "win32" else "HOME")
    if platform == "win32":
        local = environ.get("LOCALAPPDATA") or (home and str(Path(home, "AppData", "Local")))
        return Path(local, "boards") if local else None
    if platform == "darwin":
        return Path(home, "Library", "Application Support", "boards") if home else None
    xdg = environ.get("XDG_DATA_HOME")
    if xdg and Path(xdg).is_absolute():  # the XDG specification has relative paths ignored
        return Path(xdg, "boards")
    return Path(home, ".local", "share", "boards") if home else None


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host`, by its name or literal address alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def _take(
    each: _Given, names: Mapping[str, str], given: dict[str, _Given], faults: list[str]
) -> None:
    """Keep a value under the field that `names` gives for its name, or note an unknown name."""
    field = names.get(each.name)
    if field is None:
        # Compared without the prefix, which would make every name look alike.
        fields = {known: name for name, known in names.items()}
        likely = get_close_matches(each.name.removeprefix(PREFIX).lower(), fields, n=1, cutoff=0.5)
        fix = f"did you mean {fields[likely[0]]!r}?" if likely else "take it out"
        faults.append(f"{each.name!r} in {each.place} is no setting; {fix}")
    elif each.value != "":  # `NAME=` in a template stands for "not set"
        given[field] = each


def _take_address(each: _Given, given: dict[str, _Given], faults: list[str]) -> None:
    """Keep one address of a provider, beside those that other places name."""
    provider, _, field = each.name.removeprefix(PROVIDERS_PREFIX).lower().partition("__")
    if provider not in PROVIDERS or field not in ProviderAddress.model_fields:
        names = [
            f"{PROVIDERS_PREFIX}{known}__{field}".upper()
            for known in PROVIDERS
            for field in ProviderAddress.model_fields
        ]
        likely = get_close_matches(each.name, names, n=1, cutoff=0.5)
        fix = f"did you mean {likely[0]!r}?" if likely else "take it out"
        faults.append(f"{each.name!r} in {each.place} is no setting; {fix}")
    elif each.value != "":
        before = given["providers"].value if "providers" in given else None
        table = dict(before) if isinstance(before, Mapping) else {}
        known = table.get(provider)
        table[provider] = {**(known if isinstance(known, Mapping) else {}), field: each.value}
        given["providers"] = _Given(value=table, name=each.name, place=each.place, base=each.base)


def _take_keys(variables: Iterable[_Given], given: dict[str, _Given]) -> None:
    """Keep the keys that stand under their own names; the setting itself wins over them."""
    names = {provider.key for provider in PROVIDERS.values()}
    alone = {each.name: each.value for each in variables if each.name in names and each.value}
    if not alone:
        return
    setting = given.get("generator_api_keys")
    listed: object = {} if setting is None else setting.value
    if isinstance(listed, str):
        try:
            listed = json.loads(listed)
        except ValueError:
            return  # reported where it is checked
    if isinstance(listed, Mapping):
        base = setting.base if setting else Path()
        place = setting.place if setting else "the environment"
        given["generator_api_keys"] = _Given(
            value={**alone, **listed}, name=f"{PREFIX}GENERATOR_API_KEYS", place=place, base=base
        )


def _read_dotenv(path: Path, faults: list[str]) -> Iterator[_Given]:
    """Read `.env` line by line. `$NAME` is not expanded: a secret may hold a dollar sign."""
    text = _text(path, faults) if path.is_file() else ""
    for line in parse_stream(StringIO(text)):
        place = f".env, line {line.original.line}"
        if line.error:
            faults.append(f"{place}, cannot be read; write NAME=value")
        elif line.key is not None:
            yield _Given(value=line.value or "", name=line.key, place=place, base=path.parent)


def _read_toml(
    variables: list[_Given], cwd: Path, environ: Mapping[str, str], faults: list[str]
) -> Iterator[_Given]:
    """Read the TOML file: the one that BOARDS_CONFIG names, which must exist, or ./boards.toml."""
    named = next((each for each in variables if each.name == CONFIG and each.value), None)
    path = _path(str(named.value), named.base, environ) if named else cwd / CONFIG_FILE
    if not path.is_file():
        if named:
            faults.append(
                f"{CONFIG} in {named.place}: there is no file {str(path)!r}; "
                "write it, or leave the setting out"
            )
        return
    try:
        table = tomllib.loads(_text(path, faults))
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{path.name} is no valid TOML: {error}")
        return
    for name, value in table.items():
        yield _Given(value=value, name=name, place=path.name, base=path.parent)


def _text(path: Path, faults: list[str]) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        faults.append(f"{path.name} cannot be read: {reason}")
        return ""


def _path(text: str, base: Path, environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if home and (text == "~" or text.startswith(("~/", "~\\"))):
        return Path(home, text[2:])
    return base / text


def _resolved(field: str, given: _Given, environ: Mapping[str, str]) -> Any:
    if field in PATHS and isinstance(given.value, str | Path):
        return _path(str(given.value), given.base, environ)
    return given.value


def _fault(error: Any, given: Mapping[str, _Given]) -> str:
    """Say what is wrong with one setting and what would be right; never the value of a secret."""
    field = str(error["loc"][0])
    about = Settings.model_fields[field]
    extra = about.json_schema_extra
    expects = extra["expects"] if isinstance(extra, dict) else "another value"
    each = given[field]
    if error["type"] == "value_error":
        return f"{each.name} in {each.place}: {error['ctx']['error']}"
    secret = about.annotation == SecretStr | None or not about.repr
    shown = "not usable" if secret else repr(each.value)
    return f"{each.name} in {each.place} is {shown}; give {expects}"
