"""The command as a whole: quick help, one line for an error, the right exit code."""

import json
import subprocess
import sys

import pytest

from boards import __version__
from boards.cli import main as program
from boards.cli.exits import Exit, Stop
from boards.errors import InvalidInput, Problem

HEAVY = {
    *("fastapi", "starlette", "sqlalchemy", "alembic", "pydantic", "pydantic_settings"),
    *("PIL", "numpy", "httpx2", "uvicorn", "rich", "structlog", "asyncio", "boards.settings"),
}


def test_help_loads_nothing_heavy(record_property):
    """The time is reported, not asserted: machines differ; it should stay under 250 ms."""
    script = (
        "import sys, time; began = time.perf_counter()\n"
        "from boards.cli.main import main; code = main(['--help'])\n"
        "print(code, time.perf_counter() - began, *sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    code, seconds, *modules = ran.stderr.split()
    record_property("boards_help_ms", round(float(seconds) * 1000, 1))
    assert code == "0"
    assert "generate" in ran.stdout
    assert "boards.cli.generate" in modules
    assert not HEAVY & set(modules)


def test_the_help_of_every_command_fits_80_columns(cli):
    for command in (
        *([], ["generators"], ["schema"], ["estimate"], ["generate"], ["list"], ["show"]),
        *(["cancel"], ["upload"], ["board"], ["board", "list"], ["board", "create"], ["doctor"]),
        *(["demo"], ["up"], ["db"], ["db", "upgrade"], ["db", "downgrade"], ["db", "revision"]),
        *(["generator", "new"], ["help"], ["version"], ["init"], ["status"], ["logs"], ["down"]),
        *(["upgrade"], ["clean"]),
    ):
        ran = cli(*command, "--help")
        assert ran.code == Exit.OK, command
        assert max(map(len, ran.out.splitlines())) <= 80, command


def test_an_unknown_command_is_a_usage_error(cli):
    ran = cli("genrate")
    assert ran.code == Exit.USAGE
    assert "generate" in ran.err, "the nearest command is named"


def test_version_and_help_are_printed(cli):
    assert cli("version").out == f"{__version__}\n"
    listed = cli("help", "exit-codes").out
    assert all(f"{int(code):>4}  " in listed for code in Exit)
    assert cli("help", "everything").code == Exit.USAGE


class TestAnError:
    @pytest.fixture
    def failing(self, monkeypatch):
        """Have `boards version` end in an error."""

        def fail(error: Exception) -> None:
            def version() -> None:
                raise error

            command = next(c for c in program.app.registered_commands if c.name == "version")
            monkeypatch.setattr(command, "callback", version)

        return fail

    def test_is_one_line_on_standard_error(self, cli, failing):
        failing(Stop("The disk is full; free some space.", exit_code=Exit.BROKEN))
        ran = cli("version")
        assert (ran.code, ran.out) == (Exit.BROKEN, "")
        assert ran.err == "Error: The disk is full; free some space.\n"

    def test_of_boards_is_told_without_a_traceback(self, cli, failing):
        failing(InvalidInput("No.", problems=(Problem(at="inputs.a", message="too long"),)))
        ran = cli("version")
        assert (ran.code, ran.err) == (Exit.USAGE, "Error: No.\n")

    def test_nobody_expected_is_reported_without_its_secrets(self, cli, failing):
        failing(ZeroDivisionError("dividing https://me:hunter2@host/"))
        ran = cli("version")
        assert ran.code == Exit.BROKEN
        assert "Traceback" in ran.err
        assert ran.err.endswith("Please report it with the lines above.\n")
        assert "hunter2" not in ran.err

    def test_in_the_settings_lists_every_fault(self, cli, monkeypatch):
        monkeypatch.setenv("BOARDS_PROT", "1")
        monkeypatch.setenv("BOARDS_LEASE_SECONDS", "soon")
        ran = cli("list")
        assert ran.code == Exit.UNREACHABLE
        assert "did you mean 'BOARDS_PORT'?" in ran.err
        assert "BOARDS_LEASE_SECONDS" in ran.err

    def test_as_json_stands_on_standard_output(self, cli):
        ran = cli("show", "00000000-0000-7000-8000-000000000000", "--json")
        assert ran.code == Exit.NOT_FOUND
        assert ran.err.startswith("Error: Generation 00000000-")
        problem = json.loads(ran.out)
        assert problem["type"] == "urn:boards:error:not_found"
        assert problem["exit"] == Exit.NOT_FOUND
        assert problem["detail"] in ran.err
