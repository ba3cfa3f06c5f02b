"""Every setting: its name, what it is for, its default and what it takes.

docs/settings.md is made from this model by `python -m tools.settings_reference`.
"""

import ipaddress
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from boards.adapters.providers import PROVIDERS
from boards.settings.declaring import PREFIX, LogLevel, Names, Secrets, setting
from boards.settings.people import PeopleSettings

__all__ = ["LOCAL", "PREFIX", "ProviderAddress", "Settings", "is_loopback"]

LOCAL = "local"
"""The provider of the generators that run on this machine; it has caps, and no address."""
HOOK_SECRETS = ("elevenlabs", "kie", "openai", "replicate")


def _sqlite_in(data: Mapping[str, Any]) -> str:
    return f"sqlite:///{data['data_dir'] / 'boards.db'}"


class ProviderAddress(BaseModel):
    """Where a provider is called instead of at its own address, and how much at once.

    `max_running` are the runs under way at once, `max_per_tenant` those of one tenant, `per_minute`
    how many may begin in any minute.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_running: int | None = Field(None, ge=1, le=100_000)
    max_per_tenant: int | None = Field(None, ge=1, le=100_000)
    per_minute: int | None = Field(None, ge=1, le=100_000)

    base_url: str | None = None
    upload_url: str | None = None
    catalog_url: str | None = None

    @field_validator("base_url", "upload_url", "catalog_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        parts = _parts(value) if value is not None else None
        if value is None:
            return None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("this is no web address such as https://api.example.com")
        return value.rstrip("/")


class Settings(PeopleSettings):
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
    generators_config_path: Path | None = setting(
        None,
        "The `generators.yaml` that says which generators load; without one, the built-in ones.",
        "the path of a file",
    )
    storage_config_path: Path | None = setting(
        None,
        "The `storage.yaml` that says where files are kept; without one, the data directory.",
        "the path of a file",
    )
    workspaces_dir: Path | None = setting(
        None,
        "The folder that holds story projects. Left out it is in the data directory, and on "
        "PostgreSQL they are kept in the storage.",
        "a folder that may be written to",
    )
    themes_config_path: Path | None = setting(
        None,
        "A TOML file with themes of your own for stories, besides those that are shipped.",
        "the path of a file",
    )
    story_image_generator: str | None = setting(
        "gemini-3.1-flash-image",
        "The generator that makes pictures for stories, where a story names none.",
        "the name of a generator of images",
    )
    story_video_generator: str | None = setting(
        None,
        "The generator that makes videos for stories, where a story names none.",
        "the name of a generator of videos",
    )
    host: str = setting(
        "127.0.0.1",
        "The address that `boards up` listens on; loopback only while nobody signs in.",
        "an address of this machine, such as 127.0.0.1",
    )
    port: int = setting(
        8088,
        "The port that `boards up` listens on; 0 takes a free one.",
        "a whole number from 0 to 65535",
        ge=0,
        le=65535,
    )
    public_url: str | None = setting(
        None,
        "The address under which others reach this server; addresses of files begin with it.",
        "an address such as https://boards.example.com",
    )
    allowed_hosts: Names = setting(
        (),
        "Host names that requests may be addressed to, separated by commas, besides those of "
        "loopback and the public URL.",
        "host names separated by commas, such as boards.example.com",
    )
    allowed_origins: Names = setting(
        (),
        "Pages of others that may call this server from a browser, by a token, separated by "
        "commas; without any, none may.",
        "origins separated by commas, such as https://app.example.com",
    )
    graphql_explorer: bool | None = setting(
        None,
        "Whether /graphql tells its schema (introspection) and serves its editor, GraphiQL. Left "
        "out it does where nobody signs in, and nowhere else.",
        "true or false",
    )
    rate_per_minute: int | None = setting(
        None,
        "How many requests a minute each token and each session may send; 0 for any number. Left "
        "out it is 3000, and any number where nobody signs in.",
        "a whole number, 0 or more",
        ge=0,
        le=1_000_000,
    )
    visitor_rate_per_minute: int | None = setting(
        None,
        "The same for each address of those who have not signed in. Left out it is 600, and any "
        "number where nobody signs in. Behind a proxy see docs/security.md.",
        "a whole number, 0 or more",
        ge=0,
        le=1_000_000,
    )
    max_upload_bytes: int = setting(
        100 * 1024 * 1024,
        "The largest upload, in bytes.",
        "a whole number of bytes, 1 or more",
        ge=1,
    )
    max_import_bytes: int = setting(
        10 * 1024**3,
        "The largest zip of a board that is imported, in bytes, and as much when it is unfolded.",
        "a whole number of bytes, 1 or more",
        ge=1,
    )
    default_tenant_slug: str = setting(
        "default",
        "The short name of the tenant that exists from the start.",
        "small letters, digits and hyphens, such as default",
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$",
    )
    concurrency: int = setting(
        2000,
        "How many generations may be under way at once. Most only wait for a provider; providers "
        "have their own caps.",
        "a whole number from 1 to 100000",
        ge=1,
        le=100_000,
    )
    worker_concurrency: int = setting(
        2000,
        "How many generations one process runs at once; what is more waits for another.",
        "a whole number from 1 to 100000",
        ge=1,
        le=100_000,
    )
    worker_queues: Names = setting(
        (),
        "The providers whose runs `boards worker` takes on, such as fal,openai; all where it is "
        "empty. Somebody has to serve each.",
        "names of providers with commas between them",
    )
    drain_seconds: float = setting(
        30.0,
        "How long a process that stops lets its runs end, in seconds; then others take them over. "
        "A paid call that can only be awaited is lost sight of after that, so let it be longer "
        "than those take.",
        "a number of seconds from 0 to 86400",
        ge=0,
        le=86_400,
    )
    lease_seconds: float = setting(
        30.0,
        "How long a silent worker keeps a generation before another takes it over, in seconds.",
        "a number of seconds above 0, at most 3600",
        gt=0,
        le=3600,
    )
    max_starts: int = setting(
        3,
        "How often a generation is started before it is given up as the cause of the crashes.",
        "a whole number from 1 to 100",
        ge=1,
        le=100,
    )
    keep_events_days: float = setting(
        30.0,
        "How long events are kept for clients that come back after an interruption, in days.",
        "a number of days above 0",
        gt=0,
        le=36_500,
    )
    reconcile_seconds: float = setting(
        300.0,
        "How often providers are asked what became of generations that may have cost money and "
        "cannot go on by themselves, in seconds; 0 leaves it to people.",
        "a number of seconds from 0 to 86400",
        ge=0,
        le=86_400,
    )
    paused: Names = setting(
        (),
        "Providers that start nothing new, separated by commas; `*` is all of them.",
        "names of providers separated by commas, or *",
    )
    display_currency: str = setting(
        "USD",
        "A currency in which spend reports also show amounts; what is stored is USD.",
        "an ISO 4217 code such as EUR",
        pattern=r"^[A-Z]{3}$",
    )
    display_rate: Decimal = setting(
        Decimal(1),
        "What one USD is in that currency. Nobody looks it up: set it as often as it matters.",
        "a decimal above 0, such as 0.92",
        gt=0,
        le=1_000_000,
        max_digits=16,
    )
    traces_url: str | None = setting(
        None,
        "Where traces are sent by OTLP over HTTP; nowhere while it is not set. Needs the extra "
        "`telemetry`.",
        "a URL such as http://localhost:4318/v1/traces",
        pattern=r"^https?://",
    )
    metrics_port: int = setting(
        0,
        "Where `boards worker` shows its counts, on BOARDS_HOST; 0 is nowhere. A server shows its "
        "own at /metrics.",
        "a port such as 9464",
        ge=0,
        le=65535,
    )
    agent_budget: Decimal = setting(
        Decimal(5),
        "What an agent may spend in one session where nothing else was said; see docs/mcp.md.",
        "USD, such as 5 or 0.50; 0 lets agents use only what is free",
        ge=0,
        le=1_000_000,
        max_digits=16,
    )
    log_level: LogLevel = setting(
        "info",
        "The least that is logged: `debug`, `info`, `warning` or `error`.",
        "debug, info, warning or error",
    )
    log_format: Literal["json", "console"] = setting(
        "console",
        "How log lines look: `console` for people, `json` for machines.",
        "console or json",
    )
    secret_key: SecretStr | None = setting(
        None,
        "Signs what the server hands out, such as links to files, and encrypts the keys of "
        "providers that tenants set.",
        "at least 32 characters",
        min_length=32,
    )
    secret_key_previous: Secrets = setting(
        (),
        "Secrets that were `BOARDS_SECRET_KEY` before, separated by commas: what was encrypted "
        "with them can still be read, until `boards keys rotate` has encrypted it anew.",
        "secrets of at least 32 characters, separated by commas",
        repr=False,
    )
    webhook_secrets: Mapping[str, SecretStr] = setting(
        None,
        'Secrets of providers\' webhooks, as JSON: `{"replicate": "whsec_…"}`; for elevenlabs, '
        "kie, openai and replicate. Several of one, such as while it is changed, stand with a "
        "space between them. See docs/webhooks.md.",
        "a JSON object of providers and secrets",
        repr=False,
        validate_default=True,
    )
    webhook_private_hosts: Names = setting(
        (),
        "Hosts of this machine or network to which webhooks may be sent all the same, each with "
        "its port, separated by commas.",
        "hosts with ports separated by commas, such as hooks.internal:8080",
    )
    server: str | None = setting(
        None,
        "The server that the command line talks to; without one it finds the one that runs on the "
        "data directory, or does the work itself.",
        "an address such as http://127.0.0.1:8088",
    )
    api_token: SecretStr | None = setting(
        None, "The token that the command line shows to that server.", "a token of that server"
    )
    providers: Mapping[str, ProviderAddress] = setting(
        None,
        "Other addresses of providers, such as `BOARDS_PROVIDERS__FAL__BASE_URL`; in TOML a table "
        "`[providers.fal]`. An address of this machine or network may be called only when it is "
        "set here. Caps stand here, too: `BOARDS_PROVIDERS__FAL__MAX_RUNNING` runs at once, "
        "`…__MAX_PER_TENANT` of one tenant, `…__PER_MINUTE` that begin in a minute.",
        "a table with base_url, upload_url, catalog_url, max_running, max_per_tenant and "
        "per_minute for each provider",
        validate_default=True,
    )
    generator_api_keys: Mapping[str, SecretStr] = setting(
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

    @property
    def catalog_folder(self) -> Path:
        """Where models that are added to the catalogue lie: beside `generators.yaml`."""
        listing = self.generators_config_path
        return (self.data_dir if listing is None else listing.parent) / "catalog"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.partition("://")[0].partition("+")[0]
        if "://" not in value or scheme not in {"sqlite", "postgresql", "postgres"}:
            raise ValueError("it names no database that is known; use sqlite:// or postgresql://")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            parts = _parts(each)
            if (
                parts is None
                or parts.scheme not in {"http", "https"}
                or not parts.hostname
                or each != f"{parts.scheme}://{parts.netloc}"
                or parts.username is not None
            ):
                raise ValueError(f"{each!r} is no origin, such as https://app.example.com")
        return value

    @field_validator("webhook_private_hosts")
    @classmethod
    def _hosts_with_ports(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            parts = _parts(f"http://{each}")
            if parts is None or not parts.hostname or parts.port is None or parts.path:
                raise ValueError(f"{each!r} is no host with a port, such as hooks.internal:8080")
        return value

    @field_validator("webhook_secrets")
    @classmethod
    def _known_hooks(cls, value: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        for name in value:
            if name not in HOOK_SECRETS:
                known = ", ".join(HOOK_SECRETS)
                raise ValueError(f"no secret goes with webhooks of {name!r}; one does with {known}")
        return value

    @field_validator("providers", "generator_api_keys", "webhook_secrets", mode="before")
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
            if name not in (*PROVIDERS, LOCAL):
                known = ", ".join((*PROVIDERS, LOCAL))
                raise ValueError(f"there is no provider {name!r}; there are {known}")
        return value

    @field_validator("generators_config_path", "storage_config_path")
    @classmethod
    def _is_a_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError(f"there is no file {str(value)!r}; write it, or leave the setting out")
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
