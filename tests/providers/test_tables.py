"""The page on reliability shows what the tests hold every transport to."""

from tests.providers.tables import BEGIN, FINISH, PAGE, tables


def test_the_page_has_the_tables_of_the_tests():
    shown = PAGE.read_text().partition(BEGIN)[2].partition(FINISH)[0].strip()

    assert shown == tables(), "run `python -m tests.providers.tables --write`"


def test_every_story_on_the_page_is_a_test():
    stories = (PAGE.parents[1] / "tests" / "providers" / "test_stories.py").read_text()
    numbers = [
        line.split("|")[1].strip() for line in PAGE.read_text().splitlines() if "| F" in line
    ]

    assert len(numbers) == 12
    for number in numbers:
        assert f"def test_{number.lower()}_" in stories
