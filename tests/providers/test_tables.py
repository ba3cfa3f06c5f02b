"""The page on reliability shows what the tests hold every transport to."""

import re

from tests.providers.tables import BEGIN, FINISH, PAGE, tables


def test_the_page_has_the_tables_of_the_tests():
    shown = PAGE.read_text().partition(BEGIN)[2].partition(FINISH)[0].strip()

    assert shown == tables(), "run `python -m tests.providers.tables --write`"


def test_every_story_on_the_page_is_a_test():
    """Each of the 28 stands there: with its mutation, or with the place of its test."""
    root = PAGE.parents[1]
    folder = root / "tests" / "providers"
    stories = "".join(path.read_text() for path in sorted(folder.glob("test_stories*.py")))
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if re.match(r"\| F\d", line)]
    here = [row[1].strip() for row in rows if len(row) == 6]
    elsewhere = {row[1].strip(): row[3] for row in rows if len(row) != 6}

    for number in here:
        assert f"def test_{number.lower()}_" in stories, number
    for path, name in re.findall(r"`([\w/]+\.py)::(\w+)`", " ".join(elsewhere.values())):
        text = (root / path).read_text()
        assert f"def {name}(" in text or f"class {name}" in text, f"{path} has no {name}"
    assert {*here, *elsewhere} == {f"F{n}" for n in range(1, 29)}
    assert len(here) == len({*here})
