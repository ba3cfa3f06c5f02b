"""Finding what was made, and making it anew."""

from boards.cli.exits import Exit


def made(cli, *words: str) -> str:
    return str(cli("generate", "free", *words, "--json").json["generations"][0]["id"])


class TestSearch:
    def test_finds_by_words_and_filters(self, cli):
        boat, barn = made(cli, "prompt=a red boat at dawn"), made(cli, "prompt=a red barn")
        assert [one["id"] for one in cli("search", "red", "--json").json] == [barn, boat]
        assert [one["id"] for one in cli("search", "red", "boat", "--json").json] == [boat]
        assert cli("search", "bar", "--json").json == []
        assert [one["id"] for one in cli("search", "bar*", "--json").json] == [barn]
        assert cli("search", "red", "--type", "video", "--json").json == []
        shown = cli("search", "boat").out.splitlines()
        assert shown[0].split() == ["ID", "TYPE", "GENERATOR", "COST", "PROMPT"]
        assert shown[1].startswith(boat)

    def test_says_which_orders_there_are(self, cli):
        ran = cli("search", "red", "--order", "size")
        assert ran.code == Exit.USAGE
        assert "'relevance'" in ran.err


class TestLineage:
    def test_shows_both_ways(self, cli):
        first = made(cli, "prompt=first")
        second = made(cli, "prompt=second", f"image_source={first}")
        out = cli("lineage", first).out
        assert "Made from: nothing" in out
        assert second in out


class TestRerun:
    def test_makes_all_of_it_anew_under_one_price(self, cli):
        first, other = made(cli, "prompt=first"), made(cli, "prompt=other")
        second = made(cli, "prompt=second", f"image_source={first}")
        third = made(cli, "prompt=third", f"image_source={second}")
        ran = cli("rerun", second, "--uses", "--swap", first, other)
        assert ran.code == Exit.OK, ran.err
        assert "Price: $0.00" in ran.out
        assert second in ran.out
        assert third in ran.out
        newest, before = cli("list", "--json", "--limit", "2").json
        assert newest["inputs"] == {"prompt": "third", "image_source": before["id"]}
        assert before["inputs"] == {"prompt": "second", "image_source": other}

    def test_what_has_a_price_wants_a_yes(self, cli):
        job = cli("generate", "priced", "--yes", "--json").json
        one = job["generations"][0]["id"]
        ran = cli("rerun", one)
        assert ran.code == Exit.REFUSED
        assert "Nothing was spent" in ran.err
        assert cli("rerun", one, "--yes").code == Exit.OK
