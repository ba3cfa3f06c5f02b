"""Calls of one account: once, in turn, and with nothing of the key in what comes back."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boards.adapters.providers.wire import (
    ConfiguredKeys,
    Connection,
    Refusal,
    RefusalKind,
    Reply,
    Wire,
    as_number,
    as_object,
    as_text,
    multipart,
    refusal_by_status,
    retry_after,
    segment,
)
from boards.adapters.providers.wire.refusals import scrub
from boards.errors import (
    Broken,
    Busy,
    ContentRefused,
    InvalidInput,
    NotConfigured,
    Rejected,
    TimedOut,
    TooLarge,
)
from boards.generators.declared import InputFile, Rate
from boards.outbound.answers import Response

KEY = "key-id-12345:key-secret-67890"
BASE = "https://one.example/v1"


@dataclass(kw_only=True)
class Network:
    """A client that answers what it is told to, and remembers what it was asked."""

    answers: list[Response | Exception] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def request(self, method: str, url: str, **more: Any) -> Response:
        self.asked.append({"method": method, "url": url, **more})
        answer = self.answers.pop(0) if self.answers else answered({})
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass(kw_only=True)
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def answered(body: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        status=status,
        headers={"content-type": "application/json", **named},
        body=content,
        url=BASE,
    )


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wire(network: Network, clock: Clock) -> Wire:
    keys = ConfiguredKeys({"one": "ONE_KEY"}, {"one": KEY})
    return Wire(
        "one",
        BASE,
        connection=Connection(client=network, keys=keys, base_url=BASE),  # type: ignore[arg-type]
        auth=lambda key: {"authorization": f"Key {key}"},
        rate=Rate(per_second=1.0, burst=3),
        read_refusal=_own,
        clock=clock,
    )


def _own(reply: Reply) -> Refusal | None:
    """This provider marks its own refusals, also good ones."""
    if isinstance(reply.content, dict) and "refused" in reply.content:
        kind = RefusalKind(str(reply.content["refused"]))
        return Refusal(kind=kind, code="own_code", text=str(reply.content.get("text", "")))
    return None


class TestACall:
    async def test_carries_the_key_to_the_configured_address(self, wire, network):
        await wire.buy("things", tenant_id="t", json={"a": 1})

        (asked,) = network.asked
        assert asked["url"] == f"{BASE}/things"
        assert asked["headers"]["authorization"] == f"Key {KEY}"
        assert asked["buys"] is True

    async def test_that_costs_nothing_does_not_buy(self, wire, network):
        await wire.ask("GET", "things/1", tenant_id="t")

        assert network.asked[0]["buys"] is False

    async def test_without_a_key_is_not_made(self, network):
        keys = ConfiguredKeys({"one": "ONE_KEY"}, {})
        wire = Wire(
            "one",
            BASE,
            connection=Connection(client=network, keys=keys, base_url=BASE),
            auth=lambda key: {},
            rate=Rate(per_second=1, burst=1),
        )

        with pytest.raises(NotConfigured, match="ONE_KEY") as missing:
            await wire.buy("things", tenant_id="t")

        assert missing.value.billed is False
        assert keys.missing("one") == "set ONE_KEY"
        assert network.asked == []

    @pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
    async def test_is_never_made_twice(self, wire, network, status):
        network.answers = [answered({}, status), answered({"id": "x"})]

        with pytest.raises((Broken, Busy)):
            await wire.buy("things", tenant_id="t")

        assert len(network.asked) == 1

    async def test_uploads_to_a_given_address_without_the_key(self, wire, network, tmp_path):
        path = tmp_path / "a.png"
        path.write_bytes(b"bytes")
        file = InputFile(field="image", path=path, name="a.png", mime="image/png", size=5)

        await wire.put_file("https://elsewhere.example/put", file)

        assert network.asked[0]["url"] == "https://elsewhere.example/put"
        assert KEY not in repr(network.asked[0])

    async def test_says_that_a_refused_upload_cost_nothing(self, wire, network, tmp_path):
        path = tmp_path / "a.png"
        path.write_bytes(b"bytes")
        network.answers = [answered({}, 403)]
        file = InputFile(field="image", path=path, name="a.png", mime="image/png", size=5)

        with pytest.raises(Broken) as broken:
            await wire.put_file("https://elsewhere.example/put", file)

        assert broken.value.billed is False


class TestWhatGoesWrongWhileBuying:
    async def test_an_answer_that_is_too_large_may_be_paid(self, wire, network):
        network.answers = [TooLarge("It holds more than allowed.")]

        with pytest.raises(Broken) as broken:
            await wire.buy("things", tenant_id="t")

        assert broken.value.billed is None

    async def test_a_private_base_url_is_a_matter_of_configuration(self, wire, network):
        network.answers = [InvalidInput("URL points to a private address.")]

        with pytest.raises(NotConfigured, match="private address"):
            await wire.buy("things", tenant_id="t")

    @pytest.mark.parametrize("error", [TimedOut("no answer"), Broken("broke off")])
    async def test_a_lost_answer_leaves_it_open(self, wire, network, error):
        network.answers = [error]

        with pytest.raises(type(error)) as lost:
            await wire.buy("things", tenant_id="t")

        assert lost.value.billed is None

    async def test_an_answer_that_is_no_json_has_no_object(self, wire, network):
        network.answers = [answered(b"<html>Welcome!</html>")]

        reply = await wire.buy("things", tenant_id="t")

        with pytest.raises(Broken):
            reply.object()


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "error", "billed"),
        [
            (400, Rejected, False),
            (401, Rejected, False),
            (402, Rejected, False),
            (403, Rejected, False),
            (404, Rejected, False),
            (409, Rejected, False),
            (410, Rejected, False),
            (422, Rejected, False),
            (425, Busy, False),
            (429, Busy, False),
            (301, Broken, None),
            (408, Broken, None),
            (500, Broken, None),
            (502, Broken, None),
            (503, Broken, None),
            (504, Broken, None),
        ],
    )
    async def test_of_a_submit_go_by_their_status(self, wire, network, status, error, billed):
        network.answers = [answered({}, status)]

        with pytest.raises(error) as refused:
            await wire.buy("things", tenant_id="t")

        assert refused.value.billed is billed
        assert refused.value.provider_code == str(status)

    async def test_a_503_that_says_when_to_come_back_is_busy(self, wire, network):
        network.answers = [answered({}, 503, retry_after="7")]

        with pytest.raises(Busy) as busy:
            await wire.buy("things", tenant_id="t")

        assert busy.value.retry_after == 7

    async def test_in_good_answers_are_found(self, wire, network):
        network.answers = [answered({"refused": "moderation", "text": "not that"})]

        with pytest.raises(ContentRefused, match="not that") as refused:
            await wire.buy("things", tenant_id="t")

        assert refused.value.provider_code == "own_code"

    @pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 410, 422, 500, 503])
    async def test_by_status_alone_are_no_verdict_on_a_running_job(self, wire, network, status):
        """A refused key or an odd page in the middle of a run must not end what is paid for."""
        network.answers = [answered({}, status)]

        with pytest.raises(Broken) as broken:
            await wire.ask("GET", "things/1", tenant_id="t")

        assert broken.value.billed is None

    @pytest.mark.parametrize(
        ("kind", "error"),
        [
            ("moderation", ContentRefused),
            ("input", Rejected),
            ("auth", Broken),
            ("quota", Broken),
            ("missing", Broken),
            ("down", Broken),
            ("busy", Busy),
        ],
    )
    async def test_of_the_providers_own_shape_are_verdicts_on_the_work(
        self, wire, network, kind, error
    ):
        network.answers = [answered({"refused": kind}, 400)]

        with pytest.raises(error):
            await wire.ask("GET", "things/1", tenant_id="t")

    async def test_statuses_that_are_answers_are_given_out(self, wire, network):
        network.answers = [answered({"status": "ALREADY_COMPLETED"}, 400)]

        reply = await wire.ask("PUT", "things/1/cancel", tenant_id="t", accept=(400,))

        assert reply.status == 400


class TestTheKey:
    @pytest.mark.parametrize("echoed", [KEY, "key-secret-67890", f"Key {KEY}"])
    async def test_is_taken_out_of_what_a_provider_says(self, wire, network, echoed):
        network.answers = [answered({"refused": "input", "text": f"bad {echoed} here"}, 400)]

        with pytest.raises(Rejected) as refused:
            await wire.buy("things", tenant_id="t")

        assert "key-secret" not in f"{refused.value.message} {refused.value.detail}"

    async def test_is_taken_out_of_good_answers_too(self, wire, network):
        network.answers = [answered({"echo": f"you sent {KEY}"})]

        reply = await wire.buy("things", tenant_id="t")

        assert reply.object()["echo"] == "you sent …"

    async def test_what_a_provider_says_about_a_key_is_not_shown(self, wire, network):
        network.answers = [answered({"refused": "auth", "text": "key-id-1****890 is wrong"}, 401)]

        with pytest.raises(Rejected) as refused:
            await wire.buy("things", tenant_id="t")

        assert "key-id" not in refused.value.message

    async def test_is_not_in_the_repr_of_anything(self, wire, network):
        reply = await wire.buy("things", tenant_id="t")
        keys = ConfiguredKeys({"one": "ONE_KEY"}, {"one": KEY})

        known = {name: value for name, value in vars(wire).items() if name != "_client"}
        assert KEY not in f"{reply!r} {keys!r} {known!r}"

    def test_control_characters_and_books_are_cut_from_texts(self):
        said = scrub("a\x1b[31mred\n" + "x" * 1000, KEY)

        assert said.startswith("a [31mred x")
        assert len(said) == 300


class TwoKeys:
    """The keys of a tenant that has set another one since its job was submitted."""

    def __init__(self, then: str, now: str | None) -> None:
        self.then, self.now = then, now
        self.bought: list[bool] = []

    def missing(self, provider: str) -> str | None:
        return None

    async def key(self, provider: str, tenant_id: str, *, buys: bool = False) -> str:
        self.bought.append(buys)
        return self.then

    async def another(self, provider: str, tenant_id: str, refused: str) -> str | None:
        return self.now if refused == self.then else None


class TestAnotherKey:
    NOW = "another-key-0002"

    @pytest.fixture
    def keys(self) -> TwoKeys:
        return TwoKeys(KEY, self.NOW)

    @pytest.fixture
    def wire(self, network: Network, keys: TwoKeys) -> Wire:
        return Wire(
            "one",
            BASE,
            connection=Connection(client=network, keys=keys, base_url=BASE),  # type: ignore[arg-type]
            auth=lambda key: {"authorization": key},
            rate=Rate(per_second=100.0, burst=100),
            read_refusal=_own,
        )

    def used(self, network: Network) -> list[str]:
        return [asked["headers"]["authorization"] for asked in network.asked]

    async def test_is_tried_for_a_look_when_the_first_is_refused(self, wire, network):
        network.answers = [answered({}, 401), answered({"state": "done"})]

        reply = await wire.ask("GET", "things/1", tenant_id="t")

        assert reply.object() == {"state": "done"}
        assert self.used(network) == [KEY, self.NOW]

    async def test_is_not_tried_while_the_first_is_good(self, wire, network):
        network.answers = [answered({}, 404)]

        with pytest.raises(Broken):
            await wire.ask("GET", "things/1", tenant_id="t")

        assert self.used(network) == [KEY]

    async def test_gives_no_verdict_on_a_job_that_may_be_another_account_s(self, wire, network):
        network.answers = [answered({}, 403), answered({"refused": "input", "text": "no"}, 422)]

        with pytest.raises(Broken) as refused:
            await wire.ask("GET", "things/1", tenant_id="t")

        assert refused.value.billed is None

    async def test_is_never_tried_for_a_paid_call(self, wire, network, keys):
        network.answers = [answered({}, 401), answered({"id": "2"})]

        with pytest.raises(Rejected) as refused:
            await wire.buy("things", tenant_id="t")

        assert refused.value.billed is False
        assert self.used(network) == [KEY]
        assert keys.bought == [True]

    async def test_is_taken_out_of_what_the_provider_says(self, wire, network):
        network.answers = [
            answered({}, 401),
            answered({"refused": "down", "text": f"bad {self.NOW}"}, 500),
        ]

        with pytest.raises(Broken) as refused:
            await wire.ask("GET", "things/1", tenant_id="t")

        assert self.NOW not in refused.value.message


class TestTheRate:
    async def test_beyond_the_burst_a_paid_call_is_busy_before_it_is_sent(
        self, wire, network, clock
    ):
        clock.seconds = 100
        for _ in range(3):
            await wire.buy("things", tenant_id="t")
        wire._buckets[next(iter(wire._buckets))]._tokens = -5.0

        with pytest.raises(Busy) as busy:
            await wire.buy("things", tenant_id="t")

        assert busy.value.retry_after == pytest.approx(6.0)
        assert len(network.asked) == 3, "nothing was sent"

    async def test_tokens_come_back_with_time(self, wire, network, clock):
        for _ in range(3):
            await wire.buy("things", tenant_id="t")
        clock.seconds = 3

        for _ in range(3):
            await wire.buy("things", tenant_id="t")

        assert len(network.asked) == 6

    async def test_calls_that_cost_nothing_are_not_counted(self, wire, network):
        for _ in range(10):
            await wire.ask("GET", "things/1", tenant_id="t")

        assert len(network.asked) == 10

    async def test_after_a_429_nothing_is_asked_until_the_pause_is_over(self, wire, network, clock):
        network.answers = [answered({}, 429, retry_after="120")]
        with pytest.raises(Busy):
            await wire.ask("GET", "things/1", tenant_id="t")

        with pytest.raises(Busy) as looked:
            await wire.ask("GET", "things/1", tenant_id="t")
        with pytest.raises(Busy) as bought:
            await wire.buy("things", tenant_id="t")
        clock.seconds = 121
        await wire.buy("things", tenant_id="t")

        assert looked.value.retry_after == bought.value.retry_after == 120
        assert len(network.asked) == 2


class TestRetryAfter:
    NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({}, None),
            ({"retry-after": "7"}, 7.0),
            ({"retry-after": "1.5"}, 1.5),
            ({"retry-after": "Fri, 20 Nov 2026 12:01:30 GMT"}, 90.0),
            ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0.0),
            ({"retry-after-ms": "250"}, 0.25),
            ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
            ({"retry-after": "soon"}, None),
            ({"retry-after": "-4"}, None),
            ({"retry-after": "nan"}, None),
            ({"retry-after": "inf"}, None),
            ({"retry-after": "99999999"}, 3600.0),
            ({"x-ratelimit-reset-requests": "12ms"}, 0.012),
            ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-reset-tokens": "1s"}, 360.0),
            ({"x-ratelimit-reset-requests": ""}, None),
        ],
    )
    def test_is_read_in_every_form(self, headers, seconds):
        assert retry_after(headers, self.NOW) == seconds


class TestReading:
    @pytest.mark.parametrize("odd", ["", ".", "..", "x" * 501])
    def test_an_id_that_leads_elsewhere_is_no_segment(self, odd):
        with pytest.raises(Broken):
            segment(odd)

    def test_a_segment_is_quoted(self):
        assert segment("a/b?c") == "a%2Fb%3Fc"

    @pytest.mark.parametrize("value", [None, [], "x", 3])
    def test_what_is_no_object_is_broken(self, value):
        with pytest.raises(Broken):
            as_object(value, "the answer")

    @pytest.mark.parametrize("value", [None, "", 3, {}])
    def test_what_is_no_text_is_broken(self, value):
        with pytest.raises(Broken):
            as_text(value, "the id")

    @pytest.mark.parametrize(
        ("value", "number"), [(3, 3.0), (0.5, 0.5), (True, None), ("3", None), (float("nan"), None)]
    )
    def test_only_numbers_are_numbers(self, value, number):
        assert as_number(value) == number

    def test_a_refusal_may_bring_its_own_code(self):
        reply = Reply(status=500, headers={}, body=b"", provider="one")

        assert refusal_by_status(reply, code="own").code == "own"


class TestMultipart:
    def test_holds_fields_lists_and_files(self, tmp_path: Path):
        path = tmp_path / "a.png"
        path.write_bytes(b"\x89PNG")
        file = InputFile(field="image[]", path=path, name="a.png", mime="image/png", size=4)

        kind, body = multipart({"prompt": "é", "n": 2, "flag": True, "tags": ["a", "b"]}, (file,))

        assert kind.startswith("multipart/form-data; boundary=")
        assert 'name="prompt"\r\n\r\né\r\n'.encode() in body
        assert b'name="flag"\r\n\r\ntrue\r\n' in body
        assert body.count(b'name="tags"') == 2
        head = b'name="image[]"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n'
        assert head in body
        assert body.endswith(f"--{kind.partition('=')[2]}--\r\n".encode())

    def test_a_name_cannot_add_a_header(self, tmp_path: Path):
        path = tmp_path / "a"
        path.write_bytes(b"x")
        name = 'a"\r\nX-Evil: 1'
        file = InputFile(field="f", path=path, name=name, mime="image/png", size=1)

        _, body = multipart({}, (file,))

        assert b"\r\nX-Evil" not in body
