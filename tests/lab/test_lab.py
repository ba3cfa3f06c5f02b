"""The lab itself: its book outlives, its script is played in order, and others can steer it."""

import asyncio
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from boards.testing.lab import Book, Event, Fault, Kind, Stage, open_lab
from boards.testing.lab.faults import Script
from boards.testing.lab.media import credentials_of, image, png_with_credentials, sound, video
from tests.services.studio import eventually


class TestTheBook:
    def test_is_a_file_that_can_be_opened_again(self, tmp_path):
        path = tmp_path / "book.jsonl"
        first = Book(path)
        first.write("fal", Event.ACCEPTED, "job-1", "fal-ai/x")
        first.write("fal", Event.BILLED, "job-1")

        again = Book(path)

        assert list(again) == list(first)
        assert (again.accepted, again.billed) == (1, 1)
        assert again.of(Event.ACCEPTED)[0].detail == "fal-ai/x"

    def test_counts_by_provider(self):
        book = Book()
        book.write("fal", Event.BILLED, "a")
        book.write("openai", Event.BILLED, "b")

        assert book.count(Event.BILLED) == 2
        assert book.count(Event.BILLED, provider="fal") == 1

    def test_says_what_it_holds(self):
        book = Book()
        book.write("fal", Event.LOOKED, "a")

        assert repr(book) == "<Book {'looked': 1}>"


class TestTheScript:
    def test_plays_faults_in_order_and_counts_them(self):
        script = Script()
        first = script.add(Fault(stage=Stage.SUBMIT, kind=Kind.BUSY, times=2))
        second = script.add(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))

        played = [script.take("fal", Stage.SUBMIT) for _ in range(4)]

        assert played == [first, first, second, None]

    def test_leaves_other_stages_and_providers_alone(self):
        script = Script()
        script.add(Fault(stage=Stage.POLL, kind=Kind.BUSY, provider="openai"))

        assert script.take("openai", Stage.FETCH) is None
        assert script.take("fal", Stage.POLL) is None
        assert script.take("openai", Stage.POLL) is not None

    def test_may_begin_later_and_go_on_for_ever(self):
        script = Script()
        script.add(Fault(stage=Stage.POLL, kind=Kind.BUSY, skip=2, times=None))

        assert [script.take("fal", Stage.POLL) is None for _ in range(4)] == [
            True,
            True,
            False,
            False,
        ]

    async def test_lets_go_of_everything_when_it_is_cleared(self):
        script = Script()
        fault = script.add(Fault(stage=Stage.POLL, kind=Kind.HOLD_BEFORE))
        standing = asyncio.create_task(fault.hold.stand())
        await fault.hold.reached.wait()

        script.clear()

        await standing
        assert script.take("fal", Stage.POLL) is None


class TestTheServer:
    async def test_tells_boards_how_to_call_it(self, lab):
        environment = lab.environment

        assert environment["BOARDS_PROVIDERS__FAL__BASE_URL"] == f"{lab.url}/fal"
        assert environment["FAL_KEY"]

    async def test_shows_its_book(self, lab):
        lab.book.write("fal", Event.BILLED, "job-1")

        ((entry),) = json.loads((await _call(f"{lab.url}/lab/book"))[1])

        assert (entry["event"], entry["job"]) == ("billed", "job-1")

    async def test_takes_faults_from_others(self, lab):
        fault = {"stage": "submit", "kind": "busy", "provider": "fal", "retry_after": 3}
        status, _ = await _call(f"{lab.url}/lab/faults", {"faults": [fault]})
        refused, _ = await _call(f"{lab.url}/fal/fal-ai/flux-2-pro", {"prompt": "x"})

        assert (status, refused) == (201, 429)
        assert lab.book.accepted == 0

    @pytest.mark.parametrize(
        "fault",
        [{}, {"stage": "submit"}, {"stage": "lunch", "kind": "busy"}, {"stage": 1, "kind": 2}, 3],
    )
    async def test_refuses_faults_that_make_no_sense(self, lab, fault):
        status, _ = await _call(f"{lab.url}/lab/faults", {"faults": [fault]})

        assert status == 422

    async def test_forgets_faults_when_asked(self, lab):
        lab.fault(Stage.SUBMIT, Kind.BUSY, times=None)
        status, _ = await _call(f"{lab.url}/lab/faults", method="DELETE")

        assert status == 204
        assert lab.desk.script.take("fal", Stage.SUBMIT) is None

    async def test_ends_jobs_after_their_time(self, tmp_path):
        async with open_lab(seconds=0.05) as lab:
            await _call(f"{lab.url}/fal/fal-ai/flux-2-pro", {"prompt": "x"})
            assert (lab.book.accepted, lab.book.billed) == (1, 0)
            (job,) = lab.desk.jobs.values()
            await eventually(lambda: job.is_over)
            assert lab.book.billed == 1

    async def test_has_no_file_that_was_not_made(self, lab):
        status, _ = await _call(f"{lab.url}/files/fal/secret.png")

        assert status == 404

    async def test_an_answer_that_is_held_comes_when_it_is_let_go(self, lab):
        hold = lab.hold(Stage.SUBMIT, Kind.HOLD_AFTER)
        asking = asyncio.create_task(_call(f"{lab.url}/fal/fal-ai/flux-2-pro", {"prompt": "x"}))
        await hold.reached.wait()
        assert lab.book.accepted == 1
        assert not asking.done()

        hold.release()

        assert (await asking)[0] == 200


class TestMedia:
    def test_credentials_stand_right_after_the_header(self):
        png = png_with_credentials(8, 8, 3)

        assert credentials_of(png) == png[33 : 33 + 4 + 4 + 72 - 12 + 4]
        assert credentials_of(image("png", 8, 8)) is None

    @pytest.mark.parametrize("format", ["wav", "mp3", "flac"])
    def test_sounds_differ_by_their_seed(self, format):
        assert sound(format, seed=1) != sound(format, seed=2)

    def test_videos_are_videos(self):
        assert video()[4:8] == b"ftyp"


async def _call(url: str, body: object = None, *, method: str | None = None) -> tuple[int, bytes]:
    def call() -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", "authorization": "Key x"}
        request = Request(url, data, headers, method=method)
        try:
            with urlopen(request) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    return await asyncio.to_thread(call)
