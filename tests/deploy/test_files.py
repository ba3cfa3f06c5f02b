"""The files that put Boards on servers are what their own tools take for right, and name only
commands, settings and metrics that there are."""

import configparser
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from boards.adapters.storage.config import StorageKind, read_storage_config
from boards.adapters.telemetry.metrics import Metrics
from boards.cli.main import app
from boards.services.ports.gauges import Depth, Figures
from boards.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
OF_THE_ENTRYPOINT = {
    *("BOARDS_DATABASE_HOST", "BOARDS_DATABASE_PASSWORD", "BOARDS_DATABASE_PASSWORD_FILE"),
    *("BOARDS_SECRET_KEY_FILE",),
}
"""What deploy/entrypoint.sh reads and the settings do not know."""


def run(*words: str | Path) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def commands() -> set[str]:
    names = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    return names | {str(one.name) for one in app.registered_groups}


def test_the_image_is_made_as_its_linter_wants() -> None:
    run(BIN / "hadolint", DEPLOY / "Dockerfile")


@pytest.mark.parametrize("name", ["compose.yaml", "compose.dev.yaml"])
def test_the_compose_files_keep_the_specification(name: str) -> None:
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / name)


def test_the_manifests_are_what_kubernetes_takes() -> None:
    run(BIN / "kubernetes-validate", "--strict", DEPLOY / "kubernetes" / "boards.yaml")


def containers() -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """What each container is started with, and its variables."""
    for name in ("compose.yaml", "compose.dev.yaml"):
        for service in yaml.safe_load((DEPLOY / name).read_text())["services"].values():
            if service["image"] == "boards" and "command" in service:
                yield name, service["command"], service["environment"]
    variables: dict[str, str] = {}
    for document in yaml.safe_load_all((DEPLOY / "kubernetes" / "boards.yaml").read_text()):
        if document["kind"] == "ConfigMap" and document["metadata"]["name"] == "boards":
            variables = document["data"]
        spec = document.get("spec", {}).get("template", {}).get("spec", {})
        for container in spec.get("containers", ()):
            yield "kubernetes", container["args"], variables


@pytest.mark.parametrize(("file", "command", "variables"), list(containers()))
def test_each_container_runs_a_command_there_is_with_settings_there_are(
    file: str, command: list[str], variables: dict[str, str]
) -> None:
    assert command[0] in commands()
    known = {f"BOARDS_{name.upper()}" for name in Settings.model_fields} | OF_THE_ENTRYPOINT
    assert {name for name in variables if name.startswith("BOARDS_")} <= known
    # Nobody signs in by `none`, and containers listen on every address.
    assert variables["BOARDS_AUTH_PROVIDER"] != "none", file


def test_the_manifests_keep_files_in_a_bucket(tmp_path: Path) -> None:
    documents = yaml.safe_load_all((DEPLOY / "kubernetes" / "boards.yaml").read_text())
    maps = [one["data"] for one in documents if one["kind"] == "ConfigMap"]
    (text,) = (one["storage.yaml"] for one in maps if "storage.yaml" in one)
    file = tmp_path / "storage.yaml"
    file.write_text(text)
    secrets = {"STORAGE_ACCESS_KEY": "id", "STORAGE_SECRET_KEY": "secret"}
    assert read_storage_config(file, secrets).provider.kind is StorageKind.S3


def test_nothing_starts_on_every_address_where_nobody_signs_in(tmp_path: Path) -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert "BOARDS_HOST=0.0.0.0" in text
    assert "BOARDS_AUTH_PROVIDER" not in text
    with pytest.raises(ValueError, match="none"):
        Settings(data_dir=tmp_path, host="0.0.0.0", auth_provider="none")


def test_a_process_gets_longer_to_end_than_its_runs(tmp_path: Path) -> None:
    drain = Settings(data_dir=tmp_path).drain_seconds
    graces = [
        int(found)
        for path in DEPLOY.rglob("*")
        if path.is_file()
        for found in re.findall(
            r"(?:stop_grace_period: |terminationGracePeriodSeconds: |TimeoutStopSec=)(\d+)",
            path.read_text(),
        )
    ]
    assert len(graces) == 6
    assert min(graces) > drain


def test_the_unit_starts_a_command_there_is() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "systemd" / "boards.service")
    assert unit.sections() == ["Unit", "Service", "Install"]
    program, command = shlex.split(unit["Service"]["ExecStart"])
    assert Path(program).name == "boards"
    assert command in commands()


def test_the_entrypoint_takes_secrets_from_files_and_leaves_none_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "boards").write_text("#!/bin/sh\nenv | grep '^BOARDS_' | sort\necho \"$@\"\n")
    (tmp_path / "boards").chmod(0o755)
    (tmp_path / "word").write_text("pass\n")
    (tmp_path / "key").write_text("secret\n")
    done = subprocess.run(
        ["sh", DEPLOY / "entrypoint.sh", "serve", "--port", "1"],
        env={
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "BOARDS_SECRET_KEY_FILE": str(tmp_path / "key"),
            "BOARDS_DATABASE_PASSWORD_FILE": str(tmp_path / "word"),
            "BOARDS_DATABASE_HOST": "database",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "BOARDS_DATABASE_URL=postgresql://boards:pass@database/boards",
        "BOARDS_SECRET_KEY=secret",
        "serve --port 1",
    ]


def shown() -> set[str]:
    """The names of all that is counted."""
    figures = Figures(
        waiting={"fal": Depth(waiting=1, oldest=datetime(2026, 1, 1, tzinfo=UTC))},
        under_way={("fal", "submitted"): 1},
        attention={"fal": 1},
    )
    metrics = Metrics()
    metrics.call("fal", buys=True, outcome="ok", seconds=1)
    metrics.request(operation="get_job", status=200, seconds=1)
    metrics.ended("completed")
    text = metrics.render(figures, datetime(2026, 1, 2, tzinfo=UTC)).decode()
    return {re.split(r"[ {]", line)[0] for line in text.splitlines() if line[0] != "#"}


def expressions() -> Iterator[str]:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "ticket")
            assert rule["annotations"].keys() == {"summary", "do"}
            yield rule["expr"]
    board: Any = json.loads((DEPLOY / "grafana" / "boards.json").read_text())
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield target["expr"]


@pytest.mark.parametrize("expression", list(expressions()))
def test_each_query_can_be_parsed_and_asks_for_what_is_counted(expression: str) -> None:
    promql_parser.parse(expression)
    assert set(re.findall(r"\bboards_\w+", expression)) <= shown()
