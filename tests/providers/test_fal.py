"""What is peculiar to fal: two ids, addresses made from ids, billable units, cancelling."""

import json
import sqlite3
from decimal import Decimal

import pytest

from boards.catalog import load_declarations
from boards.domain.costs import Confidence
from boards.domain.generations import Phase
from boards.errors import Broken, ContentRefused, Rejected
from boards.generators.base import PollState
from boards.generators.declared import (
    Call,
    Count,
    DeclaredGenerator,
    DeclaredInputs,
    InputFile,
    Job,
    Transport,
)
from boards.testing.lab import Event, Kind, Stage
from boards.testing.lab.desk import json_answer
from boards.testing.lab.media import image
from tests.providers.parts import cost_of, facts_of
from tests.providers.samples import SAMPLES
from tests.providers.test_faults import settled
from tests.services.studio import Studio, eventually

FAL = next(each for each in SAMPLES if each.provider == "fal")
DECLARED = {each.name: each for each in load_declarations("fal")}
TEXT, EDIT = DECLARED[FAL.generator], DECLARED["fal-nano-banana-edit"]


@pytest.fixture
def transport(studio: Studio) -> Transport:
    generator = studio.registry.get(FAL.generator)
    assert isinstance(generator, DeclaredGenerator)
    return generator.transport


def call(body=None) -> Call:
    return Call(
        key="01a1f800-0000-7000-8000-000000000001",
        tenant_id="t",
        declaration=TEXT,
        inputs=DeclaredInputs(),
        body=body or {},
    )


def job(external_id: str, declaration=TEXT) -> Job:
    return Job(tenant_id="t", declaration=declaration, external_id=external_id)


class TestASubmit:
    async def test_gives_both_ids_of_the_request(self, transport, lab):
        answer = await transport.submit(call())

        (made,) = lab.desk.jobs.values()
        assert answer.external_id == made.id
        assert answer.other_ids == (f"gw-{made.id}",)

    async def test_leaves_both_ids_in_the_row(self, studio, lab, tmp_path):
        generation = await settled(studio, FAL)

        with sqlite3.connect(tmp_path / "boards.db") as database:
            ((external_id, others),) = database.execute(
                "select external_id, other_ids from generations"
            )
        database.close()
        assert external_id == generation.external_id
        assert json.loads(others) == [f"gw-{external_id}"]

    async def test_sends_the_inputs_under_their_names_and_no_nulls(self, studio, lab):
        await settled(studio, FAL)

        (made,) = lab.desk.jobs.values()
        assert made.endpoint == "fal-ai/flux-2-pro"
        assert made.body == {
            "prompt": "a lighthouse",
            "image_size": "landscape_4_3",
            "output_format": "png",
            "safety_tolerance": "2",
            "enable_safety_checker": True,
            "sync_mode": False,
        }

    async def test_needs_an_id_in_the_answer(self, transport, lab, monkeypatch):
        monkeypatch.setattr("boards.testing.lab.fal.FalLab._links", lambda self, job: {})

        with pytest.raises(Broken) as broken:
            await transport.submit(call())

        assert broken.value.billed is None


class TestInputs:
    async def test_a_small_image_travels_inside_the_request(self, studio, lab):
        view = await _edited(studio, image("png", 32, 32))

        (made,) = lab.desk.jobs.values()
        (sent,) = made.body["image_urls"]
        assert sent.startswith("data:image/png;base64,")
        assert "image_sources" not in made.body
        assert view.generations[0].phase is Phase.COMPLETED
        assert lab.book.count(Event.UPLOADED) == 0

    async def test_a_large_one_is_uploaded_without_the_key(self, studio, lab, transport, tmp_path):
        path = tmp_path / "large.png"
        path.write_bytes(bytes(5 * 2**20))
        file = InputFile(
            field="image_urls", path=path, name="large.png", mime="image/png", size=5 * 2**20
        )

        url = await transport.upload(file, tenant_id="t")

        (uploaded,) = lab.book.of(Event.UPLOADED)
        assert uploaded.detail == "", "the signed address got no key"
        assert lab.desk.files[uploaded.job][0] == path.read_bytes()
        assert url.endswith(uploaded.job)

    async def test_several_outputs_are_siblings_at_one_price(self, studio, lab):
        view = await _edited(studio, image("png", 32, 32), num_images=3)

        assert len(view.generations) == 3
        assert {each.phase for each in view.generations} == {Phase.COMPLETED}
        assert view.actual.amount == Decimal("0.117")
        assert lab.book.billed == 1


class TestTheBill:
    async def test_units_are_settled_at_the_declared_price(self, studio):
        generation = await settled(studio, FAL)

        cost = cost_of(generation)
        assert cost.amount == Decimal("0.03")
        assert cost.basis is not None
        assert cost.basis.unit == "billable_units"
        assert cost.basis.units == 1
        # The count is fal's own; the price of a unit is a figure that nobody has checked.
        assert cost.confidence is Confidence.ESTIMATED

    async def test_an_answer_without_units_is_settled_as_estimated(self, studio, monkeypatch):
        monkeypatch.setattr("boards.adapters.providers.fal._BILLABLE", "x-not-there")

        generation = await settled(studio, FAL)

        assert cost_of(generation).amount == generation.estimate.amount

    @pytest.mark.parametrize("units", ["NaN", "-1", "many", ""])
    async def test_senseless_units_are_no_signal(self, transport, lab, monkeypatch, units):
        monkeypatch.setattr(
            "boards.testing.lab.fal.FalLab._document", lambda self, job: ({"images": []}, units)
        )
        answer = await transport.submit(call())

        outcome = await transport.fetch(job(answer.external_id))

        assert outcome.counts == {}


class TestTheStatus:
    async def test_is_asked_for_at_the_app_without_its_subpath(self, transport, lab):
        answer = await transport.submit(
            Call(
                key="01a1f800-0000-7000-8000-000000000001",
                tenant_id="t",
                declaration=EDIT,
                inputs=DeclaredInputs(),
                body={"prompt": "x"},
            )
        )

        poll = await transport.look(job(answer.external_id, EDIT))

        assert poll.state is PollState.DONE

    @pytest.mark.parametrize(
        ("code", "state", "error"),
        [
            ("runner_server_error", PollState.FAILED, Broken),
            ("startup_timeout", PollState.FAILED, Broken),
            ("content_policy_violation", PollState.FAILED, ContentRefused),
            ("bad_request", PollState.FAILED, Rejected),
            ("something_new", PollState.FAILED, Rejected),
            ("client_cancelled", PollState.CANCELLED, None),
        ],
    )
    async def test_of_a_failed_job_is_completed_with_an_error(
        self, transport, lab, code, state, error
    ):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code=code)
        answer = await transport.submit(call())

        poll = await transport.look(job(answer.external_id))

        assert poll.state is state
        assert (error is None and poll.error is None) or isinstance(poll.error, error)
        if poll.error is not None:
            assert poll.error.provider_code == code
            assert poll.error.billed is False

    async def test_that_means_nothing_is_no_verdict(self, transport, lab, monkeypatch):
        answer = await transport.submit(call())
        monkeypatch.setattr(
            "boards.testing.lab.fal.json_answer",
            lambda content, status: json_answer({**content, "status": "PAUSED"}, status),
        )

        with pytest.raises(Broken, match="PAUSED"):
            await transport.look(job(answer.external_id))

    async def test_of_an_id_that_leads_elsewhere_is_not_asked(self, transport, lab):
        with pytest.raises(Broken):
            await transport.look(job(".."))

    async def test_a_server_fault_at_the_result_ends_the_job_unbilled(self, transport, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="runner_server_error")
        answer = await transport.submit(call())

        with pytest.raises(Rejected) as rejected:
            await transport.fetch(job(answer.external_id))

        assert rejected.value.billed is False
        assert rejected.value.provider_code == "runner_server_error"


class TestCancelling:
    async def test_out_of_the_queue_is_confirmed_and_costs_nothing(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        async with studio.process():
            job_id = await studio.ask(FAL.generator, **FAL.inputs)
            await eventually(lambda: lab.book.count(Event.LOOKED) > 0)
            view = await studio.jobs.get(studio.actor, job_id)
            await studio.generations.cancel(studio.actor, view.generations[0].id)
            view = await studio.ended(job_id)

        assert view.generations[0].phase is Phase.CANCELLED
        assert await studio.ledger(view.generations[0].id) == ["hold", "release"]
        assert lab.book.count(Event.CANCELLED) == 1
        assert lab.book.billed == 0

    async def test_a_running_one_is_only_asked_to_stop(self, transport, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        answer = await transport.submit(call())
        (made,) = lab.desk.jobs.values()
        made.progress = type(made.progress)("running")

        assert await transport.cancel(job(answer.external_id)) is False
        assert (await transport.look(job(answer.external_id))).state is PollState.CANCELLED

    async def test_what_is_done_is_not_cancelled(self, transport):
        answer = await transport.submit(call())

        assert await transport.cancel(job(answer.external_id)) is False

    async def test_an_unknown_job_is_not_cancelled(self, transport):
        assert await transport.cancel(job("nobody")) is False


async def test_there_is_no_lookup(transport):
    assert transport.traits.idempotency == "none"
    assert await transport.lookup("k", tenant_id="t", declaration=TEXT) is None


async def test_billable_units_are_the_one_signal(transport):
    assert transport.traits.counts == {Count.BILLABLE_UNITS}


async def test_the_format_is_read_from_the_bytes(studio):
    generation = await settled(studio, FAL)

    facts = facts_of(generation)
    assert (facts.format, facts.width, facts.height) == ("png", 1024, 768)


async def _edited(studio: Studio, data: bytes, **inputs):
    source = await studio.uploads.upload(studio.actor, source=data, filename="a.png")
    async with studio.process():
        return await studio.make(
            EDIT.name, prompt="at night", image_sources=[str(source.id)], **inputs
        )
