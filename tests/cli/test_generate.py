"""Making something by a command: inputs, files, price, consent, result, and how it ends."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from boards.adapters.datadir import hold_data_dir
from boards.cli import ask, making
from boards.cli.answers import JobJson
from boards.cli.exits import Exit, Stop
from boards.testing.generators import tiny_png

ONE = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def picture(home: Path) -> str:
    """A picture in the folder one stands in."""
    (home / "a.png").write_bytes(tiny_png(0x336699))
    return "a.png"


def count(cli, *more: str) -> int:
    return len(cli("list", "--json", *more).json)


class TestWithoutAServer:
    def test_it_is_made_and_its_file_is_named(self, cli, home):
        ran = cli("generate", "local-noop", "size=2000")
        assert ran.code == Exit.OK
        assert ran.err == "Price: $0.00\n"
        first, path = ran.out.splitlines()
        assert first.split()[1:] == ["image", "completed", "png", "1x1", "2.0", "kB", "$0.00"]
        assert Path(path.strip()).read_bytes().startswith(b"\x89PNG")
        assert Path(path.strip()).is_relative_to(home / "data")

    def test_programs_get_its_job_with_its_generations(self, cli):
        ran = cli("generate", "local-noop", "--takes", "2", "--json")
        assert set(ran.json) == {"job_id", "state", "generations"}
        assert ran.json["state"] == "done"
        assert len(ran.json["generations"]) == 2
        for one in ran.json["generations"]:
            assert set(one) == {"id", "status", "artifact_type", "file", "cost"}
            assert (one["status"], one["artifact_type"]) == ("completed", "image")
            assert one["cost"]["amount"] == "0"
            assert Path(one["file"]["path"]).stat().st_size == one["file"]["size"]
            assert one["file"]["url"] is None

    def test_it_is_put_into_a_folder_as_well(self, cli, home):
        (home / "out").mkdir()
        ran = cli("generate", "local-noop", "--save", "out")
        (saved,) = (home / "out").iterdir()
        assert saved.name.startswith("local-noop-")
        assert saved.suffix == ".png"
        assert f"out/{saved.name}" in ran.out
        assert cli("generate", "local-noop", "--save", "gone").code == Exit.USAGE

    def test_it_waits_always(self, cli):
        ran = cli("generate", "local-noop", "--no-wait")
        assert ran.code == Exit.UNREACHABLE
        assert "boards up" in ran.err
        assert count(cli) == 0

    def test_a_second_process_is_refused_by_name(self, cli, home):
        with hold_data_dir(home / "data"):
            ran = cli("generate", "local-noop", "--json")
        assert ran.code == Exit.LOCKED
        assert "is in use by process" in ran.err
        assert ran.json["code"] == "locked"


class TestWhatIsWrong:
    def test_with_the_generator_names_the_nearest(self, cli):
        ran = cli("generate", "local-nop")
        assert ran.code == Exit.NOT_FOUND
        assert "did you mean 'local-noop'?" in ran.err

    def test_with_an_input_is_said_before_anything_is_uploaded(self, cli, picture):
        ran = cli("generate", "free", "n=many", f"image_source={picture}", "seeed=1")
        assert ran.code == Exit.USAGE
        assert "'many' is not a whole number" in ran.err
        assert "there is no input 'seeed'. Did you mean 'seed'?" in ran.err
        assert count(cli) == 0

    def test_with_an_input_that_only_the_server_knows_is_its_to_say(self, cli):
        ran = cli("generate", "free", f"prompt={'x' * 501}", "--json")
        assert ran.code == Exit.USAGE
        assert [one["at"] for one in ran.json["problems"]] == ["inputs.prompt"]

    def test_with_an_id_in_a_slot(self, cli):
        ran = cli("generate", "free", f"image_source={ONE}")
        assert ran.code == Exit.NOT_FOUND
        assert f"Generation {ONE} not found" in ran.err

    def test_with_the_number_of_takes(self, cli):
        assert cli("generate", "free", "--takes", "0").code == Exit.USAGE
        assert cli("generate", "free", "--takes", "51").code == Exit.USAGE

    def test_with_the_board(self, cli):
        ran = cli("generate", "free", "--board", "Nowhere")
        assert ran.code == Exit.NOT_FOUND
        assert "boards board create 'Nowhere'" in ran.err


class TestFiles:
    def test_of_ones_own_are_uploaded_once_and_become_inputs(self, cli, picture):
        words = [f"{slot}={picture}" for slot in ("image_source", "references", "references")]
        ran = cli("generate", "free", *words)
        assert ran.code == Exit.OK
        assert ran.err.count("Uploaded a.png as ") == 1
        made, uploaded = cli("list", "--json").json
        assert uploaded["provider"] == "upload" or uploaded["job_id"] is None
        assert made["inputs"]["image_source"] == uploaded["id"]
        assert made["inputs"]["references"] == [uploaded["id"]] * 2

    def test_that_are_broken_are_refused(self, cli, home):
        (home / "b.png").write_bytes(tiny_png()[:40])
        ran = cli("generate", "free", "image_source=b.png")
        assert ran.code == Exit.USAGE
        assert count(cli) == 0


class TestThePrice:
    def test_is_told_without_spending(self, cli):
        assert cli("estimate", "priced", "n=3", "--takes", "2").out.startswith("$1.50")
        assert cli("estimate", "local-noop").out.startswith("$0.00")
        assert cli("estimate", "unpriced").out.startswith("unpriced")
        told = cli("estimate", "priced", "--json").json
        assert told["cost_estimate"]["amount"] == "0.25"
        assert count(cli) == 0

    def test_is_not_paid_unasked_where_nobody_can_be_asked(self, cli):
        ran = cli("generate", "priced")
        assert ran.code == Exit.REFUSED
        assert "Price: $0.25" in ran.err
        assert "--yes" in ran.err
        assert count(cli) == 0

    def test_is_paid_when_it_was_agreed_to(self, cli):
        ran = cli("generate", "priced", "--yes", "--json")
        assert ran.code == Exit.OK
        assert ran.json["generations"][0]["cost"]["amount"] == "0.25"

    def test_is_paid_up_to_a_limit_and_never_above(self, cli):
        assert cli("generate", "priced", "--max-cost", "0.25").code == Exit.OK
        over = cli("generate", "priced", "n=2", "--max-cost", "0.49", "--yes", "--json")
        assert over.code == Exit.OVER_BUDGET
        assert (over.json["asked"], over.json["limit"]) == ("0.5", "0.49")
        assert count(cli) == 1

    def test_that_nobody_knows_is_under_no_limit(self, cli):
        ran = cli("generate", "unpriced", "--max-cost", "100")
        assert ran.code == Exit.OVER_BUDGET
        assert "This costs unpriced" in ran.err
        assert cli("generate", "unpriced").code == Exit.REFUSED
        assert count(cli) == 0

    @pytest.mark.parametrize("amount", ["free", "-1", "NaN", "inf", ""])
    def test_has_a_limit_that_is_an_amount(self, cli, amount):
        assert cli("generate", "priced", f"--max-cost={amount}").code == Exit.USAGE

    @pytest.mark.parametrize(
        ("typed", "code", "made"),
        [("y\n", Exit.OK, 1), ("n\n", Exit.CANCELLED, 0), ("", Exit.CANCELLED, 0)],
    )
    def test_is_asked_for_where_somebody_is(self, cli, monkeypatch, typed, code, made):
        class Terminal:
            def readline(self) -> str:
                return typed

            def isatty(self) -> bool:
                return True

        monkeypatch.setattr(ask, "somebody_is_there", lambda: True)
        monkeypatch.setattr(making, "somebody_is_there", lambda: True)
        monkeypatch.setattr(sys, "stdin", Terminal())
        ran = cli("generate", "priced")
        assert ran.code == code
        assert "Spend $0.25? [y/N]" in ran.err
        assert count(cli) == made

    def test_that_is_declined_by_ctrl_c_is_not_paid(self, cli, monkeypatch):
        def interrupt() -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr(ask, "somebody_is_there", lambda: True)
        monkeypatch.setattr(making, "somebody_is_there", lambda: True)
        monkeypatch.setattr(
            sys, "stdin", type("Terminal", (), {"readline": lambda _: interrupt()})()
        )
        assert cli("generate", "priced").code == Exit.CANCELLED
        assert count(cli) == 0


class TestHowItEnds:
    def test_a_refusal_of_the_provider_is_a_failure_with_its_reason(self, cli):
        ran = cli("generate", "coy", "--json")
        assert ran.code == Exit.FAILED
        (one,) = ran.json["generations"]
        assert (ran.json["state"], one["status"], one["file"]) == ("failed", "failed", None)
        assert one["error"]["code"] == "content_refused"
        assert "Not this." in cli("generate", "coy").out

    def test_a_take_that_failed_makes_the_whole_a_failure_but_keeps_the_rest(self, cli):
        ran = cli("generate", "coy", "--takes", "2", "--json")
        assert ran.code == Exit.FAILED
        assert ran.json["state"] == "done"
        assert sorted(one["status"] for one in ran.json["generations"]) == ["completed", "failed"]

    @pytest.mark.parametrize(
        ("state", "partial", "attention", "code"),
        [
            ("done", False, False, Exit.OK),
            ("done", True, False, Exit.FAILED),
            ("failed", False, False, Exit.FAILED),
            ("cancelled", False, False, Exit.CANCELLED),
            ("running", False, True, Exit.ATTENTION),
            ("failed", False, True, Exit.ATTENTION),
        ],
    )
    def test_every_end_has_its_exit_code(self, state, partial, attention, code):
        job = {"state": state, "partial": partial, "needs_attention": attention}
        assert making.exit_of_job(cast(JobJson, job)) is code

    def test_a_paid_call_that_broke_off_is_for_a_person(self, cli):
        ran = cli("generate", "broken", "--yes", "--json")
        assert ran.code == Exit.ATTENTION
        listed = cli("list").out
        assert "attention" in listed


def test_an_amount_of_an_option_may_bear_its_sign():
    assert making.usd_of("$0.50") == Decimal("0.50")
    assert making.usd_of(None) is None
    with pytest.raises(Stop, match="is no amount in USD"):
        making.usd_of("0,50")


def test_the_schema_is_that_of_the_inputs(cli):
    schema = json.loads(cli("schema", "local-noop").out)
    assert set(schema["properties"]) == {"delay", "size"}
    assert cli("schema", "nothing").code == Exit.NOT_FOUND
