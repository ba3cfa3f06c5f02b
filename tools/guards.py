"""Holds the source to promises that no linter knows; `python -m tools.guards` prints each breach.

A guard is one function over a file's syntax tree, with the reason it exists and the places that
are excused, each with theirs. A guard sees what is written, not what happens: it stops the honest
mistake, the tests and the database's own checks stop the rest.
"""

import ast
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.breaches import (
    Check,
    both,
    connecting_calls,
    floats,
    no_import_of,
    outside_domain,
    prints,
    provider_hosts,
    queries,
    status_writes,
)

__all__ = ["GUARDS", "Finding", "Guard", "check_source", "check_tree", "main"]

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "boards"


@dataclass(frozen=True, kw_only=True)
class Guard:
    """One promise. Paths are relative to src/boards; one that ends in `/` stands for a folder."""

    name: str
    reason: str
    check: Check
    watches: tuple[str, ...] = ("",)
    excused: Mapping[str, str] = field(default_factory=dict)

    def looks_at(self, path: str) -> bool:
        return _within(path, self.watches) and not _within(path, self.excused)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One breach, as it is printed."""

    path: str
    line: int
    guard: Guard
    what: str

    def __str__(self) -> str:
        place = f"src/boards/{self.path}:{self.line}"
        return f"{place}: [{self.guard.name}] {self.what}. {self.guard.reason}"


def _within(path: str, places: Iterable[str]) -> bool:
    return any(
        path == place or (place.endswith("/") and path.startswith(place)) or not place
        for place in places
    )


MONEY_FILES = (
    "domain/budgets.py",
    "domain/costs.py",
    "catalog/prices.py",
    "services/budgets.py",
    "services/spending.py",
    "services/submit.py",
    "adapters/db/budgets.py",
    "adapters/db/ledger.py",
    "adapters/db/spending.py",
)
GUARDS = (
    Guard(
        name="no-provider-sdk",
        reason="SDKs retry by themselves and so pay twice: write a transport in "
        "adapters/providers over boards.outbound.",
        check=no_import_of(
            *("elevenlabs", "fal_client", "google.genai", "google.generativeai", "lumaai"),
            *("openai", "anthropic", "replicate", "runwayml"),
        ),
    ),
    Guard(
        name="provider-hosts",
        reason="Only a transport in adapters/providers speaks to a provider.",
        check=provider_hosts,
        excused={
            "adapters/providers/": "the transports themselves",
            "testing/lab/": "answers as the providers do, links to their pages included",
        },
    ),
    Guard(
        name="one-network-door",
        reason="URLs are opened through boards.outbound, which checks every address.",
        check=both(
            no_import_of(
                *("httpx", "httpx2", "httpcore", "httpcore2", "requests", "aiohttp", "urllib3"),
                *("urllib.request", "http.client", "socket", "ftplib", "smtplib", "telnetlib"),
                "obstore.store.HTTPStore",
            ),
            connecting_calls,
        ),
        excused={
            "outbound/": "the guarded client itself",
            "cli/remote.py": "the command line's client of its own server, named by the user",
            "client/": "runs on callers' machines and speaks to the one server that they name",
            "testing/lab.py": "the provider lab is reached on loopback",
            "testing/lab/": "the provider lab is reached on loopback",
        },
    ),
    Guard(
        name="one-transition-table",
        reason="A status changes only by domain/generations.py's table, guarded in the UPDATE of "
        "adapters/db/generations.py.",
        check=status_writes,
        excused={
            "adapters/db/generations.py": "the guarded UPDATE",
            "domain/generations.py": "the transition table",
        },
    ),
    Guard(
        name="one-tenant-door",
        reason="Statements are made by adapters/db/door.py, which puts the tenant into each.",
        check=queries,
        excused={
            "adapters/db/door.py": "the door itself",
            "adapters/db/tables.py": "conditions of partial indexes, as statements write them",
            "adapters/db/budget_counts.py": "one of these conditions, to choose the index by",
            "adapters/db/postgres.py": "takes the lock of migrations, which reaches no row",
            "adapters/db/migrations/": "a migration changes every tenant's rows",
        },
    ),
    Guard(
        name="sql-only-in-adapters-db",
        reason="Only adapters/db speaks SQL; others ask through a port.",
        check=no_import_of("sqlalchemy", "alembic"),
        excused={"adapters/db/": "the family that speaks SQL"},
    ),
    Guard(
        name="database-drivers",
        reason="Only the database family and the PostgreSQL forms of dispatch and events may use "
        "a driver.",
        check=no_import_of("sqlite3", "aiosqlite", "asyncpg", "psycopg", "pgqueuer"),
        excused={
            "adapters/db/": "the family that speaks SQL",
            "adapters/dispatch/": "PgQueuer on the same PostgreSQL",
            "adapters/events/": "LISTEN and NOTIFY",
        },
    ),
    Guard(
        name="domain-is-pure",
        reason="The domain is the standard library and pydantic: move the rest to an adapter.",
        check=outside_domain,
        watches=("domain/", "errors.py", "ids.py"),
    ),
    Guard(
        name="no-float-in-money",
        reason="Money is Decimal; a plugin's float is converted once, by costs.usd_from_float.",
        check=floats,
        watches=MONEY_FILES,
    ),
    Guard(
        name="temporary-files",
        reason="Files belong to the data directory or to a run's own folder, so that they are "
        "kept or go with it.",
        check=no_import_of("tempfile"),
        excused={
            "cli/": "the demo and the doctor try things out",
            "generators/outside.py": "outside a run there is no folder to store into",
            "outbound/temporary.py": "outside a run an input is fetched to a temporary file",
            "services/context.py": "a run's own folder, which goes when the run ends",
            "testing/": "doubles for tests",
        },
    ),
    Guard(
        name="only-the-cli-prints",
        reason="Log with structlog; printing is for the command line.",
        check=prints,
        excused={"cli/": "the command line"},
    ),
)


def check_source(path: str, source: str, guards: Iterable[Guard] = GUARDS) -> list[Finding]:
    """Hold one file, named relative to src/boards, to the guards that look at it."""
    tree = ast.parse(source, filename=path)
    return [
        Finding(path=path, line=line, guard=guard, what=what)
        for guard in guards
        if guard.looks_at(path)
        for line, what in guard.check(tree)
    ]


def check_tree(package: Path, guards: Iterable[Guard] = GUARDS) -> list[Finding]:
    """Hold every Python file below `package` to the guards; ValueError when there is none."""
    files = sorted(package.rglob("*.py"))
    if not files:
        raise ValueError(f"No Python file below {str(package)!r}; nothing was checked.")
    return [
        finding
        for file in files
        for finding in check_source(file.relative_to(package).as_posix(), file.read_text(), guards)
    ]


def main() -> int:
    findings = check_tree(PACKAGE)
    for finding in findings:
        print(finding)
    print(f"guards: {len(GUARDS)} checked, {len(findings)} breaches")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
