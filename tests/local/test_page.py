"""The docs page of the local generators keeps up with them."""

import re

from boards.adapters.providers.local import BUILT_IN
from tools.contact_sheet import FOLDER, PICTURES, main
from tools.input_tables import PAGE, filled


def test_its_tables_are_what_the_generators_say():
    page = PAGE.read_text(encoding="utf-8")

    assert filled(page) == page, "run: python -m tools.input_tables"


def test_every_generator_has_its_section_with_a_table():
    page = PAGE.read_text(encoding="utf-8")

    for reference in BUILT_IN:
        name = "local-" + reference.partition(":")[0].rpartition(".")[2]
        assert f"\n## {name}\n" in page
        assert f"<!-- inputs: {name} -->" in page


def test_its_pictures_are_there_and_small():
    shown = set(re.findall(r"\(images/([\w.-]+)\)", PAGE.read_text(encoding="utf-8")))

    assert shown == {f"{name}.webp" for name in PICTURES}
    assert all(0 < (FOLDER / name).stat().st_size < 600_000 for name in shown)


def test_an_unknown_picture_is_refused_with_those_there_are(capsys):
    assert main(["portrait"]) == 2
    assert "posters" in capsys.readouterr().out
