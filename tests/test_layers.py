"""The floors of the package hold, and their contracts fail when one is broken."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS["contracts"]}

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# One room on every floor, and two wherever two may not know each other.
SKELETON = (
    *("errors", "ids", "outbound", "generators", "catalog", "services"),
    *("domain", "domain.artifacts", "domain.costs", "domain.generations", "domain.lineage"),
    *("api", "client", "testing", "settings", "bootstrap", "cli"),
    *("adapters", "adapters.db", "adapters.providers", "adapters.storage"),
    *("adapters.providers.one", "adapters.providers.two"),
)


def run_contracts(source: Path, work: Path) -> str:
    """Hold the package below `source` to the project's contracts; gives what was printed."""
    ran = subprocess.run(
        [
            *(sys.executable, "-c", LINT_IMPORTS),
            *("--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"),
        ],
        cwd=work,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{ran.stdout}{ran.stderr}\nexit {ran.returncode}"


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """A package `boards` that has the floors and no code; gives its folder."""
    boards = tmp_path / "src" / "boards"
    for module in ("", *SKELETON):
        folder = boards.joinpath(*module.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
    return boards


def test_the_package_keeps_every_contract(tmp_path):
    printed = run_contracts(ROOT / "src", tmp_path)
    assert printed.endswith("exit 0"), printed
    assert f"{len(NAMES)} kept, 0 broken" in printed


def test_an_empty_skeleton_keeps_every_contract(skeleton, tmp_path):
    printed = run_contracts(skeleton.parent, tmp_path)
    assert printed.endswith("exit 0"), printed


@pytest.mark.parametrize(
    ("contract", "module", "line"),
    [
        ("floors", "domain.costs", "import boards.services"),
        ("floors", "generators", "import boards.adapters.db"),
        ("floors", "adapters.db", "import boards.settings"),
        ("floors", "api", "import boards.adapters.db"),
        ("floors", "errors", "import boards.ids"),
        ("floors", "stray", ""),
        ("domain-floors", "domain.costs", "import boards.domain.artifacts"),
        ("domain-floors", "domain.artifacts", "import boards.domain.generations"),
        ("domain-floors", "domain.stray", ""),
        ("domain-pure", "domain.costs", "import httpx2"),
        ("domain-pure", "domain.lineage", "import sqlite3"),
        ("domain-pure", "domain.artifacts", "from pathlib import Path"),
        ("core-knows-no-framework", "services", "import fastapi"),
        ("core-knows-no-framework", "generators", "from sqlalchemy.orm import Session"),
        ("floors", "api", "import boards.client"),
        ("client-alone", "client", "from boards.services import jobs"),
        ("client-alone", "client", "import pydantic"),
        ("families", "adapters.storage", "import boards.adapters.db"),
        ("vendors", "adapters.providers.one", "import boards.adapters.providers.two"),
    ],
)
def test_a_planted_breach_is_found(skeleton, tmp_path, contract, module, line):
    planted = skeleton.joinpath(*module.split("."), "planted.py" if line else "__init__.py")
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(line)
    printed = run_contracts(skeleton.parent, tmp_path)
    assert printed.endswith("exit 1"), printed
    assert f"{NAMES[contract]} BROKEN" in printed, printed


def test_importing_boards_loads_no_framework(record_property):
    """The time is reported, not asserted: machines differ; it should stay under 250 ms."""
    script = (
        "import sys, time; began = time.perf_counter(); import boards;"
        "print(time.perf_counter() - began, *sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, *modules = ran.stdout.split()
    record_property("import_boards_ms", round(float(seconds) * 1000, 1))
    assert "boards" in modules
    assert not {"fastapi", "sqlalchemy", "strawberry", "obstore", "numpy", "PIL"} & set(modules)
