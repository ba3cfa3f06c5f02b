"""How settings are read: where values may stand, which wins, and what is said of faults."""

import json
import os
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import (
    SecretStr,
    ValidationError,
)

from boards.adapters.providers import PROVIDERS
from boards.errors import ConfigError
from boards.settings.fields import LOCAL, PREFIX, ProviderAddress, Settings
from boards.settings.people import missing_of

__all__ = ["data_home", "environment", "load_settings"]

CONFIG = "BOARDS_CONFIG"
PROVIDERS_PREFIX = "BOARDS_PROVIDERS__"
CONFIG_FILE = "boards.toml"
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
    faults.extend(missing_of(settings))
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
    if provider not in (*PROVIDERS, LOCAL) or field not in ProviderAddress.model_fields:
        names = [
            f"{PROVIDERS_PREFIX}{known}__{field}".upper()
            for known in (*PROVIDERS, LOCAL)
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
