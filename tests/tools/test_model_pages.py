"""The pages of models are current, and their examples are what the surfaces take."""

import re
import shlex
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from boards.catalog import load_declarations
from boards.generators.declared import Declaration
from tools import model_pages

SCHEMA = build_schema((Path(__file__).resolve().parents[2] / "docs" / "schema.graphql").read_text())
PAGES = model_pages.pages()
MODELS = [pytest.param(each, id=each.name) for each in load_declarations()]


def page(declaration: Declaration) -> str:
    return PAGES[model_pages.FOLDER / f"{declaration.name}.md"]


def block(text: str, language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(found)


def test_they_are_current(capsys):
    stale = [
        path.name for path, text in PAGES.items() if not path.is_file() or path.read_text() != text
    ]
    gone = [path.name for path in model_pages.FOLDER.glob("*.md") if path not in PAGES]

    assert (stale, gone) == ([], []), "run: python -m tools.model_pages"


def test_the_list_leads_to_every_page():
    text = PAGES[model_pages.FOLDER / "README.md"]

    assert re.findall(r"\]\(([^)/]+\.md)\)", text) != []
    assert {f"{each.name}.md" for each in load_declarations()} <= set(
        re.findall(r"\]\(([^)]+\.md)\)", text)
    )


@pytest.mark.parametrize("declaration", MODELS)
class TestAPage:
    def test_names_every_input_and_where_its_price_is_from(self, declaration: Declaration):
        text = page(declaration)
        rows = re.findall(r"^\| `([a-z0-9_]+)` \|", text.partition("## Slots")[0], re.MULTILINE)

        assert {*declaration.inputs} <= set(rows)
        if declaration.price is None:
            assert "*unpriced*" in text
        else:
            assert declaration.price.source in text
            assert f"`{declaration.price.confidence}`" in text

    def test_has_an_example_for_a_terminal(self, declaration: Declaration):
        command = block(page(declaration), "console")

        program, verb, name, *words = shlex.split(command.removeprefix("$ ").replace("\\\n", " "))
        given = dict(word.partition("=")[::2] for word in words)

        assert (program, verb, name) == ("boards", "generate", declaration.name)
        assert given.keys() == declaration.examples[0].inputs.keys()
        for key, value in declaration.examples[0].inputs.items():
            if isinstance(value, str) and declaration.inputs[key].slot is None:
                assert given[key] == value

    def test_has_an_example_for_graphql(self, declaration: Declaration):
        document = parse(block(page(declaration), "graphql"))

        assert validate(SCHEMA, document) == []

    def test_has_an_example_for_python(self, declaration: Declaration):
        code = compile(block(page(declaration), "python"), declaration.name, "exec")

        assert "boards.client" in code.co_names


def test_what_is_not_current_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(model_pages, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["model_pages"])
    (tmp_path / "gone.md").write_text("A model that was")

    assert model_pages.main() == 0
    assert not (tmp_path / "gone.md").exists()
    name = load_declarations()[0].name
    (tmp_path / f"{name}.md").write_text("changed by hand")
    (tmp_path / "more.md").write_text("a page of nothing")
    monkeypatch.setattr("sys.argv", ["model_pages", "--check"])

    assert model_pages.main() == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"docs/models/{name}.md is not current; run: python -m tools.model_pages",
        "docs/models/more.md is not current; run: python -m tools.model_pages",
    ]
