"""How something was made, from its id and from its file."""

import json

from boards.cli.exits import Exit
from boards.testing.generators import tiny_png

PARAMETERS = "a fox\nNegative prompt: blurry\nSteps: 20, Seed: 4, Size: 64x64, Model: fox"


def test_a_recipe_is_shown_and_its_file_makes_the_same_again(cli, home):
    (one,) = cli("generate", "local-noop", "size=2000", "--json").json["generations"]
    recipe = json.loads(cli("recipe", one["id"]).out)
    assert (recipe["generator"], recipe["inputs"]["size"]) == ("local-noop", 2000)
    assert recipe["digital_source_type"].endswith("/algorithmicMedia")
    assert cli("recipe", one["id"], "--save", "fox.png").code == Exit.OK
    command = cli("recipe", "fox.png").out.split()
    assert command[:3] == ["boards", "generate", "local-noop"]
    assert "size=2000" in command
    draft = cli("recipe", "fox.png", "--json").json
    assert (draft["wrote"], draft["warnings"]) == ("boards", [])


def test_a_file_of_another_tool_is_read_as_well(cli, home):
    (home / "fox.txt").write_text(PARAMETERS)
    draft = cli("recipe", "fox.txt", "--json").json
    assert (draft["wrote"], draft["generator"], draft["made_by"]) == ("a1111", None, "fox")
    assert draft["inputs"]["negative_prompt"] == "blurry"
    ran = cli("recipe", "fox.txt", "--for", "local-noop")
    assert "'local-noop' has no input for 'prompt'." in ran.err


def test_what_says_nothing_is_refused(cli, home):
    (home / "a.png").write_bytes(tiny_png())
    assert cli("recipe", "a.png").code == Exit.USAGE
    assert cli("recipe", "gone.png").code == Exit.USAGE


def test_an_upload_has_no_recipe(cli, home):
    (home / "a.png").write_bytes(tiny_png())
    one = cli("upload", "a.png", "--json").json
    ran = cli("recipe", one["id"], "--json")
    assert ran.code == Exit.NOT_FOUND
    assert "it was uploaded" in json.dumps(ran.json)
