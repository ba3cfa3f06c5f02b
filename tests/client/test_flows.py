"""A submit is asked for again under its key and never made twice; a wait outlives a restart."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from boards.client import (
    AnswerLost,
    AsyncBoards,
    Boards,
    Busy,
    NotBoards,
    OverBudget,
    Request,
    SubmitUnknown,
    Unreachable,
)
from boards.client import flows as flows_module

COST = {"amount": "0", "currency": "USD", "known": True, "confidence": "exact"}
JOB = "01890a5d-ac96-774b-bcce-000000000004"
SUBMISSION = {"job_id": JOB, "state": "queued", "cost_estimate": COST, "generations": []}
RUNNING = {
    **SUBMISSION,
    "state": "running",
    "partial": False,
    "needs_attention": False,
    "progress": 0.5,
    "cost_actual": COST,
    "created_at": "2026-03-01T12:00:00Z",
}
DONE = {**RUNNING, "state": "done"}
Step = httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


def reply(status: int, body: Any, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=body, headers=headers)


def problem(status: int, code: str, **more: object) -> httpx2.Response:
    body = {"type": f"urn:boards:error:{code}", "title": "T", "status": status, "detail": "Why."}
    return reply(status, {**body, "code": code, **more})


class Script:
    """Answers requests in order and keeps them; the last answer is given again and again."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.seen: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, httpx2.Response) else step(request)

    def client(self, **named: Any) -> Boards:
        return Boards("http://boards.test", transport=httpx2.MockTransport(self), **named)

    @property
    def keys(self) -> list[str]:
        return [one.headers["idempotency-key"] for one in self.seen]


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the client would have slept."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("boards.client.synchronous.sleep", slept.append)
    monkeypatch.setattr("boards.client.asynchronous.sleep", sleep)
    return slept


RESET = httpx2.ReadError("reset")
SLOW = httpx2.ReadTimeout("slow")
NOBODY = httpx2.ConnectError("refused")
GATEWAY = httpx2.Response(504, text="<html>Gateway Time-out</html>")
CUT_OFF = httpx2.Response(202, text='{"job_id": "0189')


class TestALostAnswerToASubmit:
    @pytest.mark.parametrize("lost", [RESET, SLOW, GATEWAY, CUT_OFF], ids=repr)
    def test_is_asked_for_again_under_the_same_key(self, lost, pauses):
        script = Script(lost, lost, reply(202, SUBMISSION))

        submission = script.client().submit("paint", {"prompt": "x"})

        assert str(submission.job_id) == JOB
        assert len(script.seen) == 3
        assert len(set(script.keys)) == 1
        assert len({one.content for one in script.seen}) == 1
        assert pauses == [0.5, 1.0]

    async def test_is_so_for_the_asynchronous_client_too(self, pauses):
        script = Script(RESET, reply(202, SUBMISSION))
        transport = httpx2.MockTransport(script)

        async with AsyncBoards("http://boards.test", transport=transport) as boards:
            await boards.submit("paint")

        assert len(set(script.keys)) == 1
        assert (len(script.seen), pauses) == (2, [0.5])

    def test_that_is_lost_each_time_leaves_the_key_to_ask_again(self):
        script = Script(RESET)

        with pytest.raises(SubmitUnknown) as caught:
            script.client().generate(Request(generator="paint"))

        assert len(script.seen) == flows_module.ATTEMPTS
        assert caught.value.idempotency_key == script.keys[0]
        assert script.keys[0] in str(caught.value)

    def test_is_not_forgotten_when_the_server_has_gone_meanwhile(self):
        script = Script(RESET, NOBODY)

        with pytest.raises(SubmitUnknown) as caught:
            script.client().submit("paint", idempotency_key="mine")

        assert script.keys == ["mine"] * 3
        assert isinstance(caught.value.__cause__, AnswerLost)

    def test_that_was_never_sent_is_only_an_unreachable_server(self):
        script = Script(NOBODY)

        with pytest.raises(Unreachable):
            script.client().submit("paint")

        assert len(script.seen) == 1


class TestARefusedSubmit:
    def test_is_never_sent_again(self):
        amounts = {"limit": "5", "spent": "4.5", "held": "0.25", "asked": None}
        standing = {"scope": "board", "period": "day", "reason": "unpriced"}
        resets = {"resets_at": "2026-03-02T00:00:00+00:00"}
        script = Script(problem(402, "over_budget", **amounts, **standing, **resets))

        with pytest.raises(OverBudget) as caught:
            script.client().submit("paint")

        error = caught.value
        assert [str(each) for each in (error.limit, error.spent, error.held)] == [
            "5",
            "4.5",
            "0.25",
        ]
        assert (error.asked, error.scope, error.reason) == (None, "board", "unpriced")
        assert error.resets_at is not None
        assert error.resets_at.tzinfo is not None
        assert len(script.seen) == 1

    def test_says_when_to_come_again(self):
        script = Script(reply(503, {"code": "busy", "detail": "Later."}, **{"retry-after": "7"}))

        with pytest.raises(Busy) as caught:
            script.client().submit("paint")

        assert caught.value.retry_after == 7.0

    def test_every_call_has_a_key_of_its_own(self):
        script = Script(reply(202, SUBMISSION))
        boards = script.client()

        boards.submit("paint")
        boards.submit("paint")

        assert len(set(script.keys)) == 2


class TestAWait:
    def test_asks_until_the_job_has_ended(self):
        script = Script(reply(200, RUNNING), reply(200, RUNNING), reply(200, DONE))

        assert script.client().wait(JOB).state == "done"
        assert [one.url.params["wait"] for one in script.seen] == ["25", "25", "25"]

    def test_outlives_a_server_that_starts_anew(self, pauses):
        script = Script(reply(200, RUNNING), RESET, NOBODY, GATEWAY, reply(200, DONE))

        assert script.client().wait(JOB).state == "done"
        assert pauses == [0.5, 1.0, 2.0]

    def test_does_not_wait_for_a_server_that_never_comes_back(self, pauses):
        with pytest.raises(Unreachable):
            Script(NOBODY).client().wait(JOB)

        assert len(pauses) == flows_module.LOST_IN_A_ROW - 1

    def test_ends_where_only_a_person_can_go_on(self):
        stuck = {**RUNNING, "needs_attention": True}

        assert Script(reply(200, stuck)).client().wait(JOB).needs_attention


def test_a_submit_says_only_what_is_not_as_by_default():
    script = Script(reply(202, SUBMISSION))
    boards = script.client(token="secret", tenant="acme")

    boards.submit("paint", {"prompt": "x"})
    boards.submit("paint", takes=3, board=JOB, force=True, allow_unpriced=True, priority=-2)

    plain, full = (json.loads(one.content) for one in script.seen)
    assert plain == {"generator": "paint", "inputs": {"prompt": "x"}}
    assert full == {
        "generator": "paint",
        "inputs": {},
        "takes": 3,
        "board_id": JOB,
        "force": True,
        "allow_unpriced": True,
        "priority": -2,
    }
    assert script.seen[0].headers["authorization"] == "Bearer secret"
    assert script.seen[0].headers["x-tenant"] == "acme"
    assert "secret" not in repr(boards) + repr(boards._address)


def test_a_page_of_somebody_else_is_told_from_a_problem():
    with pytest.raises(NotBoards, match="HTTP 404") as caught:
        Script(httpx2.Response(404, text="<html>")).client().boards().__next__()

    assert caught.value.http_status == 404
