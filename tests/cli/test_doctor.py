"""The doctor says what is right and what is not, and changes nothing."""

import sqlite3

from boards.cli import checks
from boards.cli.exits import Exit


def found(cli, about: str) -> list[tuple[str, str]]:
    ran = cli("doctor", "--json")
    return [(one["mark"], one["said"]) for one in ran.json if one["about"] == about]


def test_all_is_well_on_a_fresh_machine(cli, home):
    ran = cli("doctor")
    assert ran.code == Exit.OK, ran.out
    assert ran.out.endswith("All is well.\n")
    assert "it is made at the first use" in ran.out
    assert "an image was made and stored" in ran.out
    assert not (home / "data").exists(), "it leaves nothing behind"


def test_a_data_directory_in_use_is_looked_at_all_the_same(cli):
    cli("generate", "local-noop")
    (said,) = found(cli, "database")
    assert said[0] == "ok"
    assert "at revision" in said[1]


def test_a_temporary_folder_for_the_data_is_noted(cli):
    ((mark, said),) = found(cli, "data")
    assert mark == "note", "pytest's folders are temporary"
    assert "temporary folder" in said


def test_faults_in_the_settings_are_listed(cli, monkeypatch):
    monkeypatch.setenv("BOARDS_PROT", "1")
    ran = cli("doctor")
    assert ran.code == Exit.BROKEN
    assert "FAULT settings" in ran.out
    assert "did you mean 'BOARDS_PORT'?" in ran.out
    assert "1 to mend." in ran.out


def test_a_data_directory_that_cannot_be_written_to_is_a_fault(cli, home, monkeypatch):
    (home / "file").touch()
    monkeypatch.setenv("BOARDS_DATA_DIR", str(home / "file" / "data"))
    ((mark, said),) = found(cli, "data")
    assert mark == "FAULT"
    assert "cannot be written to" in said


def test_a_database_of_a_newer_version_is_a_fault(cli, home):
    cli("list")
    with sqlite3.connect(home / "data" / "boards.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    ((mark, said),) = found(cli, "database")
    assert mark == "FAULT"
    assert "'9999'" in said


def test_faults_in_the_list_of_generators_are_listed(cli, home):
    (home / "generators.yaml").write_text("generators:\n  - class: no.such:Thing\n")
    ran = cli("doctor")
    assert ran.code == Exit.BROKEN
    assert "FAULT generators" in ran.out
    assert "no.such" in ran.out


def test_a_generator_that_cannot_run_is_noted_with_what_it_lacks(cli, home, monkeypatch):
    lacking = {
        "name": "local-speech",
        "provider": "local",
        "unavailable": "run: pip install 'boards-studio[speech]'",
    }

    async def generators(*_: object) -> list[dict[str, str]]:
        return [lacking]

    monkeypatch.setattr("boards.cli.remote.Client.generators", generators)
    assert ("note", f"local-speech: {lacking['unavailable']}") in found(cli, "generators")


def test_a_missing_extra_is_noted_with_its_install_line(cli, monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda _: None)
    ((mark, said),) = found(cli, "speech")
    assert mark == "note"
    assert "pip install 'boards-studio[speech]'" in said


def test_a_server_that_was_left_is_noted_and_one_that_is_named_must_answer(cli, home, monkeypatch):
    (home / "data").mkdir()
    (home / "data" / "server.json").write_text('{"url": "http://127.0.0.1:9", "pid": 1}')
    ((mark, _),) = found(cli, "server")
    assert mark == "note"
    monkeypatch.setenv("BOARDS_SERVER", "http://127.0.0.1:9")
    ((mark, said),) = found(cli, "server")
    assert mark == "FAULT"
    assert "No server answers at http://127.0.0.1:9" in said
