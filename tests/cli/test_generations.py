"""Looking at what was made, and cancelling."""

import pytest

from boards.cli.exits import Exit

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def family(cli) -> dict[str, str]:
    """A picture, another made from it, and one made from both: name → id."""

    def made(*words: str) -> str:
        return str(cli("generate", "free", *words, "--json").json["generations"][0]["id"])

    first = made("prompt=first")
    second = made("prompt=second", f"image_source={first}")
    third = made(f"references={first}", f"references={second}")
    return {"first": first, "second": second, "third": third}


class TestList:
    def test_shows_the_newest_first_with_whole_ids(self, cli, family):
        head, *lines = cli("list").out.splitlines()
        assert head.split() == ["ID", "TYPE", "STATUS", "GENERATOR", "COST"]
        assert [line.split()[0] for line in lines] == [
            *(family["third"], family["second"], family["first"]),
        ]
        assert max(map(len, lines)) <= 80

    def test_can_be_narrowed(self, cli, family):
        board = cli("board", "create", "Other", "--json").json["id"]
        cli("generate", "local-noop", "--board", "Other")
        cli("generate", "coy")
        assert len(cli("list", "--json").json) == 5
        assert len(cli("list", "--json", "--limit", "2").json) == 2
        assert len(cli("list", "--json", "--status", "failed").json) == 1
        assert len(cli("list", "--json", "--type", "video").json) == 0
        for name in ("Other", board):
            (one,) = cli("list", "--json", "--board", name).json
            assert one["generator"] == "local-noop"

    def test_says_what_it_can_be_narrowed_to(self, cli):
        ran = cli("list", "--status", "done")
        assert ran.code == Exit.USAGE
        assert "'completed'" in ran.err


class TestShow:
    def test_tells_where_from_and_what_for(self, cli, family):
        shown = cli("show", family["second"]).out
        assert f"generation  {family['second']}" in shown
        assert "  prompt    second" in shown
        made_from, went_into = shown.split("Made from")[1].split("Went into")
        assert f"image_source: free {family['first']}" in made_from
        assert f"references: free {family['third']}" in went_into

    def test_shows_a_shared_ancestor_twice_but_its_branch_once(self, cli, family):
        shown = cli("show", family["third"]).out
        assert shown.split("Made from")[1].count(family["first"]) == 2

    def test_prints_a_text(self, cli, home):
        (home / "a.txt").write_text("Once upon a time")
        uploaded = cli("upload", "a.txt", "--json").json["id"]
        assert "\nOnce upon a time\n" in cli("show", uploaded).out

    def test_gives_programs_everything(self, cli, family):
        one = cli("show", family["third"], "--json").json
        assert one["id"] == family["third"]
        assert {each["role"] for each in one["lineage"]["ancestors"]["branches"]} == {"references"}

    def test_shows_the_generations_of_a_job(self, cli):
        job = cli("generate", "local-noop", "--takes", "2", "--json").json
        shown = cli("show", job["job_id"]).out
        assert all(f"generation  {one['id']}" in shown for one in job["generations"])

    def test_tells_why_nothing_came_of_it(self, cli):
        failed = cli("generate", "coy", "--json").json["generations"][0]["id"]
        shown = cli("show", failed).out
        assert "status      failed" in shown
        assert "Not this." in shown

    @pytest.mark.parametrize("id", [NOBODY, "not-an-id"])
    def test_of_nothing_is_not_found(self, cli, id):
        ran = cli("show", id)
        assert ran.code in {Exit.NOT_FOUND, Exit.USAGE}
        assert ran.err.count("\n") == 1


class TestCancel:
    def test_of_what_has_ended_is_refused(self, cli):
        made = cli("generate", "local-noop", "--json").json["generations"][0]["id"]
        ran = cli("cancel", made)
        assert ran.code == Exit.REFUSED
        assert "has ended already" in ran.err

    def test_takes_a_job_as_well(self, cli):
        job = cli("generate", "local-noop", "--takes", "2", "--json").json
        ran = cli("cancel", job["job_id"], "--json")
        assert [one["status"] for one in ran.json] == ["completed", "completed"]

    def test_of_nothing_is_not_found(self, cli):
        ran = cli("cancel", NOBODY)
        assert ran.code == Exit.NOT_FOUND
        assert f"Generation {NOBODY} not found" in ran.err
