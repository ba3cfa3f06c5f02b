"""An entry is added to a generators.yaml, and everything else in it stays as it stands."""

import textwrap
from pathlib import Path

import pytest

from boards.generators.adding import add_entry, is_listed
from boards.generators.listing import Kind, read_listing


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "generators.yaml"


def added(file: Path, text: str, name: str | None = None) -> str | None:
    """The text of the file afterwards; None when it could not be added."""
    file.write_text(textwrap.dedent(text))
    done = add_entry(file, Kind.FAL, "fal-ai/x", name)
    assert not list(file.parent.glob(".*")), "no trial is left behind"
    return file.read_text() if done else None


def test_it_stands_at_the_end_of_the_list(file):
    text = """\
        # Mine.
        generators:
          - class: a:B   # the first
            options: {size: 2}

          # the second
          - catalog: fal

        # That is all.
        strict_mode: false
        """

    assert added(file, text) == textwrap.dedent(
        """\
        # Mine.
        generators:
          - class: a:B   # the first
            options: {size: 2}

          # the second
          - catalog: fal
          - fal: "fal-ai/x"

        # That is all.
        strict_mode: false
        """
    )


@pytest.mark.parametrize(
    "text",
    [
        "generators:\n- class: a:B",
        "generators:\n- class: a:B\n",
        "generators:\n    - class: a:B\n      aliases:\n        - one\n        - two\n",
        "generators:\n  - class: a:B\n    options: {a: 1}\nallow_unlisted: true\n",
        "generators:\n  -\n    class: a:B\n\n\n",
    ],
)
def test_the_rest_reads_as_before(file, text):
    file.write_text(text)
    before = read_listing(file)

    assert added(file, text, "mine") is not None

    after = read_listing(file)
    assert (after.faults, after.strict_mode, after.allow_unlisted) == (
        before.faults,
        before.strict_mode,
        before.allow_unlisted,
    )
    *others, last = after.entries
    assert [each.options for each in others] == [each.options for each in before.entries]
    assert [each.aliases for each in others] == [each.aliases for each in before.entries]
    assert (last.kind, last.target, last.name) == (Kind.FAL, "fal-ai/x", "mine")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "generators: []",
        "generators: [{class: a:B}]",
        "allow_unlisted: true",
        "- class: a:B",
        "generators: five",
    ],
)
def test_a_file_of_another_shape_is_left_to_its_owner(file, text):
    assert added(file, text) is None
    assert file.read_text() == text


@pytest.mark.parametrize(
    ("entry", "there"),
    [
        ("fal: fal-ai/x", True),
        ("fal: fal-ai/x\n    name: mine", True),
        ("catalog: mine", True),
        ("fal: fal-ai/x\n    name: other", False),
        ("replicate: fal-ai/x", False),
        ("catalog: fal", False),
    ],
)
def test_what_is_listed_is_found(file, entry, there):
    file.write_text(f"generators:\n  - {entry}\n")

    assert is_listed(file, Kind.FAL, "fal-ai/x", "mine") is there
