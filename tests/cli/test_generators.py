"""Which generators there are, and a package for one's own."""

from boards.cli.exits import Exit


def test_the_generators_are_listed_in_80_columns(cli):
    ran = cli("generators")
    head, *lines = ran.out.splitlines()
    assert head.split()[:2] == ["NAME", "TYPE"]
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        *("local-noop", "free", "priced", "unpriced", "coy", "broken"),
    ]
    assert max(map(len, lines)) <= 80


def test_programs_get_the_form_of_each(cli):
    noop = cli("generators", "--json").json[0]
    assert (noop["name"], noop["artifact_type"]) == ("local-noop", "image")
    assert noop["description"]
    assert "delay" in noop["input_schema"]["properties"]


def test_they_can_be_narrowed_by_type(cli):
    assert len(cli("generators", "--type", "image", "--json").json) == 6
    assert cli("generators", "--type", "video", "--json").json == []
    assert cli("generators", "--type", "images").code == Exit.USAGE


def test_a_package_for_a_new_one_is_written(cli, home):
    ran = cli("generator", "new", "paper-cut")
    assert ran.code == Exit.OK
    assert (home / "paper-cut" / "pyproject.toml").is_file()
    assert "paper-cut/pyproject.toml" in ran.out
    again = cli("generator", "new", "paper-cut")
    assert again.code == Exit.REFUSED
    assert cli("generator", "new", "Paper Cut").code == Exit.USAGE
