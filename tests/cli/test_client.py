"""`boards client stubs` writes a module, and tells when one is not current."""

from boards.cli.exits import Exit


def test_stubs_of_the_generators_are_written(cli, home):
    printed = cli("client", "stubs")
    assert printed.code == Exit.OK
    assert "def priced(**inputs: Unpack[PricedInputs]) -> Request:" in printed.out
    assert "n: NotRequired[int]" in printed.out

    assert cli("client", "stubs", "--out", "models.py").code == Exit.OK
    assert (home / "models.py").read_text() == printed.out


def test_a_file_that_is_not_current_is_told(cli, home):
    (home / "models.py").write_text("# of yesterday\n")
    stale = cli("client", "stubs", "--out", "models.py", "--check")
    assert (stale.code, "is not current" in stale.err) == (Exit.REFUSED, True)
    assert (home / "models.py").read_text() == "# of yesterday\n"

    cli("client", "stubs", "--out", "models.py")
    assert cli("client", "stubs", "--out", "models.py", "--check").code == Exit.OK


def test_a_check_needs_a_file_and_a_file_a_folder(cli):
    assert cli("client", "stubs", "--check").code == Exit.USAGE
    assert cli("client", "stubs", "--out", "gone/models.py").code == Exit.USAGE
