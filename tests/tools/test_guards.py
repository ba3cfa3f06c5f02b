"""Each guard finds a planted breach, lets clean code pass, and excuses only who is excused."""

import pytest

from tools import guards
from tools.guards import GUARDS, check_source, check_tree

# guard, file, source that breaks it
BREACHES = [
    ("no-provider-sdk", "adapters/providers/fal.py", "import fal_client"),
    ("no-provider-sdk", "adapters/providers/one.py", "from google import genai"),
    ("no-provider-sdk", "services/run.py", "import importlib\nimportlib.import_module('openai')"),
    ("provider-hosts", "services/run.py", "URL = 'https://queue.fal.run/flux'"),
    ("provider-hosts", "api/rest/hooks.py", "def f(x): return f'https://api.openai.com/{x}'"),
    ("one-network-door", "generators/resolution.py", "import httpx2"),
    ("one-network-door", "adapters/providers/fal.py", "from httpx2 import AsyncClient"),
    ("one-network-door", "adapters/auth/jwt.py", "from urllib import request"),
    ("one-network-door", "services/uploads.py", "from urllib.request import urlopen"),
    ("one-network-door", "services/uploads.py", "def f():\n    import requests"),
    ("one-network-door", "settings/fields.py", "import socket"),
    ("one-network-door", "cli/other.py", "import httpx2"),
    ("one-network-door", "adapters/storage/web.py", "from obstore.store import HTTPStore"),
    ("one-network-door", "api/web/a.py", "async def f(): await asyncio.open_connection('a', 1)"),
    ("one-transition-table", "services/run.py", "row.status = 'completed'"),
    ("one-transition-table", "adapters/db/jobs.py", "door.update(Row).values(status='failed')"),
    ("one-transition-table", "adapters/db/jobs.py", "door.update(Row).values({'phase': 'failed'})"),
    ("one-transition-table", "adapters/db/jobs.py", "update.values({Row.phase: 'failed'})"),
    ("one-transition-table", "adapters/db/jobs.py", "update.values(**{'status': 'failed'})"),
    ("one-transition-table", "services/run.py", "setattr(row, 'phase', 'failed')"),
    ("one-transition-table", "services/run.py", "replace(generation, status=Status.FAILED)"),
    ("one-transition-table", "api/x.py", "generation.model_copy(update={'status': 'failed'})"),
    ("one-tenant-door", "adapters/db/boards.py", "from sqlalchemy import String, select"),
    ("one-tenant-door", "adapters/db/boards.py", "import sqlalchemy as sa"),
    ("one-tenant-door", "adapters/db/x.py", "from sqlalchemy.dialects.sqlite import insert"),
    ("one-tenant-door", "adapters/db/boards.py", "from sqlalchemy import text"),
    ("one-tenant-door", "adapters/db/boards.py", "session.query(Board)"),
    ("one-tenant-door", "adapters/db/boards.py", "self._session.get(Board, board_id)"),
    ("one-tenant-door", "adapters/db/boards.py", "session.execute(Board.__table__.select())"),
    ("one-tenant-door", "adapters/db/boards.py", "connection.exec_driver_sql('SELECT 1')"),
    ("sql-only-in-adapters-db", "services/submit.py", "from sqlalchemy.orm import Session"),
    ("sql-only-in-adapters-db", "cli/db.py", "from alembic import command"),
    ("database-drivers", "services/submit.py", "import sqlite3"),
    ("database-drivers", "adapters/storage/local.py", "import asyncpg"),
    ("domain-is-pure", "domain/costs.py", "import numpy"),
    ("domain-is-pure", "errors.py", "import structlog"),
    ("no-float-in-money", "domain/costs.py", "HALF = Decimal(0.5)"),
    ("no-float-in-money", "domain/costs.py", "def price(units: float) -> Decimal: ..."),
    ("no-float-in-money", "services/spending.py", "total = float(amount)"),
    ("no-float-in-money", "adapters/db/ledger.py", "class Row:\n    amount: float | None"),
    ("temporary-files", "services/run.py", "import tempfile"),
    ("temporary-files", "settings/fields.py", "from tempfile import gettempdir"),
    ("only-the-cli-prints", "services/run.py", "print('here')"),
]

# guard, file, source that keeps it or is excused
CLEAN = [
    ("no-provider-sdk", "adapters/providers/openai.py", "from boards.outbound import client"),
    ("provider-hosts", "adapters/providers/fal.py", "URL = 'https://queue.fal.run/flux'"),
    ("provider-hosts", "services/run.py", "URL = 'https://portrefal.airport.example/'"),
    ("one-network-door", "outbound/client.py", "import httpx2, socket"),
    ("one-network-door", "cli/remote.py", "import httpx2"),
    ("one-network-door", "generators/resolution.py", "from urllib.parse import urlsplit"),
    ("one-transition-table", "adapters/db/generations.py", "door.update(R).values(status='done')"),
    ("one-transition-table", "services/run.py", "if row.status == 'completed': names.update(a=1)"),
    ("one-transition-table", "api/x.py", "view = JobView(status=generation.status)"),
    ("one-tenant-door", "adapters/db/door.py", "from sqlalchemy import select, text, update"),
    ("one-tenant-door", "adapters/db/migrations/versions/0001.py", "import sqlalchemy as sa"),
    ("one-tenant-door", "adapters/db/boards.py", "from sqlalchemy import String, func, and_"),
    ("one-tenant-door", "adapters/db/boards.py", "headers.get('x'); session.execute(statement)"),
    ("sql-only-in-adapters-db", "adapters/db/boards.py", "from sqlalchemy.orm import Session"),
    ("database-drivers", "adapters/dispatch/pgqueuer.py", "import asyncpg, pgqueuer"),
    ("domain-is-pure", "domain/costs.py", "import math\nfrom pydantic import BaseModel"),
    ("no-float-in-money", "domain/costs.py", "def usd_from_float(amount: float): return 0.5"),
    ("no-float-in-money", "domain/costs.py", "SHARE = Decimal('0.5') * 2"),
    ("no-float-in-money", "domain/artifacts.py", "seconds: float = 0.5"),
    ("temporary-files", "outbound/temporary.py", "import tempfile"),
    ("only-the-cli-prints", "cli/main.py", "print('hello')"),
    ("only-the-cli-prints", "services/run.py", "log.info('here'); console.print('there')"),
]


@pytest.mark.parametrize(("guard", "path", "source"), BREACHES)
def test_a_planted_breach_is_found(guard, path, source):
    findings = check_source(path, source)
    assert guard in {finding.guard.name for finding in findings}


@pytest.mark.parametrize(("guard", "path", "source"), CLEAN)
def test_clean_and_excused_code_passes(guard, path, source):
    only = [each for each in GUARDS if each.name == guard]
    assert len(only) == 1
    assert check_source(path, source, only) == []


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
class TestEveryGuard:
    def test_has_a_planted_breach_and_a_clean_case(self, guard):
        assert guard.name in {name for name, _, _ in BREACHES}
        assert guard.name in {name for name, _, _ in CLEAN}

    def test_says_why_and_gives_a_reason_for_each_excuse(self, guard):
        assert guard.reason.endswith(".")
        assert all(guard.excused.values())


def test_a_finding_names_the_place_the_breach_and_the_reason():
    (finding,) = check_source("services/run.py", "\nimport tempfile\n")
    assert str(finding).startswith("src/boards/services/run.py:2: [temporary-files] imports")
    assert str(finding).endswith(finding.guard.reason)


def test_the_source_keeps_every_guard():
    assert list(map(str, check_tree(guards.PACKAGE))) == []


def test_an_empty_tree_is_an_error_not_a_pass(tmp_path):
    with pytest.raises(ValueError, match="nothing was checked"):
        check_tree(tmp_path)


def test_a_breach_anywhere_fails_the_command(tmp_path, monkeypatch, capsys):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "x.py").write_text("print('x')")
    monkeypatch.setattr(guards, "PACKAGE", tmp_path)
    assert guards.main() == 1
    assert "deep/er/x.py:1: [only-the-cli-prints]" in capsys.readouterr().out
