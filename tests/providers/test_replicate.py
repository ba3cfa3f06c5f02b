"""What is peculiar to Replicate: versions, codes in texts, two kinds of bill, deleted outputs."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from boards.catalog import load_declarations
from boards.domain.generations import Phase
from boards.errors import Broken, Busy, ContentRefused, Rejected
from boards.generators.base import PollState
from boards.generators.declared import DeclaredGenerator
from boards.generators.declared.declaration import Counted, Unit
from boards.generators.declared.transport import Call, Count, InputFile, Job, Transport
from boards.testing.lab import Event, Fault, Kind, Lab, Stage
from boards.testing.lab.desk import LabJob, Progress
from boards.testing.lab.media import credentials_of, image
from boards.testing.lab.replicate import ReplicateLab
from tests.providers.samples import SAMPLES, Sample
from tests.providers.test_faults import settled
from tests.services.studio import Studio, eventually

DRAFT = next(each for each in SAMPLES if each.provider == "replicate")
DECLARED = {each.name: each for each in load_declarations("replicate")}
SCHNELL = DECLARED[DRAFT.generator]


@pytest.fixture
def transport(studio: Studio) -> Transport:
    generator = studio.registry.get(DRAFT.generator)
    assert isinstance(generator, DeclaredGenerator)
    return generator.transport


@pytest.fixture
def replicate(lab: Lab) -> ReplicateLab:
    """The lab's Replicate."""
    (found,) = [each for each in lab.providers if isinstance(each, ReplicateLab)]
    return found


class TestARun:
    async def test_an_image_keeps_its_bytes_and_its_credentials(self, studio, lab):
        generation = await ran(studio, DRAFT)

        assert generation.phase is Phase.COMPLETED
        stored = await studio.storage.read(generation.file.key, max_bytes=10 * 2**20)
        (made,) = [data for data, _ in lab.desk.files.values()]
        assert stored == made
        assert credentials_of(stored) is not None

    async def test_images_are_settled_as_they_are_counted(self, studio, lab):
        async with studio.process():
            view = await studio.make(DRAFT.generator, **{**DRAFT.inputs, "num_outputs": 3})

        primary = view.generations[0]
        assert len(view.generations) == 3
        assert (await studio.balance(primary.id)).spent == Decimal("0.009")
        assert (primary.cost.basis.unit, primary.cost.basis.units) == ("outputs", 3)
        assert await studio.ledger(primary.id) == ["hold", "settle"]
        assert lab.book.accepted == 1

    async def test_a_model_with_one_output_gives_an_address_and_no_list(self, studio, lab):
        async with studio.process():
            view = await studio.make("replicate-flux-pro", prompt="x", aspect_ratio="21:9")

        (generation,) = view.generations
        assert generation.phase is Phase.COMPLETED
        assert generation.cost.amount == Decimal("0.04")
        assert generation.file.facts.mime == "image/webp"
        (job,) = lab.desk.jobs.values()
        assert job.endpoint == "black-forest-labs/flux-1.1-pro"
        assert job.body == {"input": {"prompt": "x", "aspect_ratio": "21:9", "safety_tolerance": 2}}

    async def test_the_addresses_in_answers_are_not_followed(self, studio, replicate, monkeypatch):
        plain = replicate._prediction

        def elsewhere(job: LabJob) -> dict:
            nowhere = "http://127.0.0.1:1/steal"
            return {**plain(job), "urls": {"get": nowhere, "cancel": nowhere}}

        monkeypatch.setattr(replicate, "_prediction", elsewhere)

        generation = await ran(studio, DRAFT)

        assert generation.phase is Phase.COMPLETED


class TestSubmitting:
    async def test_a_pinned_version_is_sent_in_the_body(self, transport, lab):
        pinned = SCHNELL.model_copy(update={"endpoint": "someone/model:abc123"})

        answer = await transport.submit(_call(pinned))

        job = lab.desk.jobs["replicate", answer.external_id]
        assert (job.endpoint, job.body["version"]) == ("abc123", "abc123")

    async def test_a_file_is_uploaded_with_the_key(self, transport, lab, tmp_path: Path):
        path = tmp_path / "a.png"
        path.write_bytes(image("png", 640, 480))
        size = path.stat().st_size
        file = InputFile(field="image", path=path, name="a.png", mime="image/png", size=size)

        url = await transport.upload(file, tenant_id="t")

        name = url.removeprefix(f"{lab.url}/replicate/v1/files/")
        assert lab.desk.files[f"replicate/{name}"] == (path.read_bytes(), "image/png")
        assert lab.book.count(Event.UPLOADED) == 1

    async def test_the_wait_that_is_asked_for_is_kept(self, transport, lab):
        lab.fault(Stage.SUBMIT, Kind.BUSY, retry_after=7)

        with pytest.raises(Busy) as busy:
            await transport.submit(_call(SCHNELL))

        assert busy.value.retry_after == 7

    @pytest.mark.parametrize(
        ("kind", "code"),
        [
            (Kind.AUTH, "Unauthenticated"),
            (Kind.QUOTA, "Insufficient credit"),
            (Kind.INPUT, "Input validation"),
            (Kind.NOT_FOUND, "404"),
        ],
    )
    async def test_the_title_of_a_problem_is_its_code(self, transport, lab, kind, code):
        lab.fault(Stage.SUBMIT, kind)

        with pytest.raises(Rejected) as refused:
            await transport.submit(_call(SCHNELL))

        assert (refused.value.billed, refused.value.provider_code) == (False, code)


class TestEnds:
    async def test_refused_content_is_known_by_its_code(self, transport, lab, replicate):
        job = _open(lab, replicate, Kind.FAILS, code="content_policy_violation")

        look = await transport.look(_job(job))

        assert look.state is PollState.FAILED
        assert type(look.error) is ContentRefused
        assert (look.error.billed, look.error.provider_code) == (False, "E005")

    async def test_any_other_failure_is_final(self, transport, lab, replicate):
        job = _open(lab, replicate, Kind.FAILS, code="out of memory")

        look = await transport.look(_job(job))

        assert type(look.error) is Rejected
        assert look.error.provider_code == "failed"
        assert "out of memory" in look.error.message

    async def test_a_failure_costs_its_time_where_time_is_billed(self, transport, lab, replicate):
        assert SCHNELL.price is not None
        counted = Counted.model_validate({"rates": {"seconds": "0.0023"}})
        by_time = SCHNELL.price.model_copy(update={"unit": Unit.SECOND, "counted": counted})
        declaration = SCHNELL.model_copy(update={"price": by_time})
        job = _open(lab, replicate, Kind.FAILS)

        look = await transport.look(_job(job, declaration))

        assert look.error.billed is True
        assert look.error.cost == Decimal("0.0023") * Decimal(str(lab.desk.seconds))

    @pytest.mark.parametrize(
        ("progress", "state"),
        [
            (Progress.QUEUED, PollState.QUEUED),
            (Progress.RUNNING, PollState.RUNNING),
            (Progress.DONE, PollState.DONE),
            (Progress.CANCELLED, PollState.CANCELLED),
        ],
    )
    async def test_states_are_told(self, transport, lab, replicate, progress, state):
        job = _open(lab, replicate, Kind.NEVER)
        job.progress = progress

        assert (await transport.look(_job(job))).state is state

    async def test_what_never_began_is_over(self, transport, lab, replicate, monkeypatch):
        monkeypatch.setattr(replicate, "_prediction", lambda _: {"status": "aborted"})

        look = await transport.look(_job(_open(lab, replicate)))

        assert look.state is PollState.FAILED
        assert (look.error.billed, look.error.provider_code) == (False, "aborted")

    async def test_a_state_that_means_nothing_is_no_verdict(
        self, transport, lab, replicate, monkeypatch
    ):
        monkeypatch.setattr(replicate, "_prediction", lambda _: {"status": "dreaming"})
        job = _job(_open(lab, replicate))

        with pytest.raises(Broken, match="dreaming"):
            await transport.look(job)
        with pytest.raises(Broken, match="dreaming"):
            await transport.fetch(job)

    async def test_a_deleted_output_was_paid_and_is_not_asked_for_again(
        self, studio, lab, replicate, monkeypatch
    ):
        plain = replicate._prediction
        removed = {"output": None, "data_removed": True}
        monkeypatch.setattr(replicate, "_prediction", lambda job: {**plain(job), **removed})

        generation = await ran(studio, DRAFT)

        assert generation.phase is Phase.FAILED
        assert generation.failure.provider_code == "data_removed"
        assert await studio.ledger(generation.id) == ["hold", "settle"]
        assert lab.book.accepted == 1


class TestTheBill:
    async def test_images_count_where_images_are_told(self, transport, lab, replicate):
        outcome = await transport.fetch(_job(_open(lab, replicate)))

        assert outcome.counts == {Count.OUTPUTS: Decimal(1)}

    async def test_seconds_count_where_no_images_are_told(
        self, transport, lab, replicate, monkeypatch
    ):
        plain = replicate._prediction
        timed = {"metrics": {"predict_time": 5.2}}
        monkeypatch.setattr(replicate, "_prediction", lambda job: {**plain(job), **timed})

        outcome = await transport.fetch(_job(_open(lab, replicate)))

        assert outcome.counts == {Count.SECONDS: Decimal("5.2")}

    async def test_a_count_without_a_price_settles_the_estimate(
        self, studio, lab, replicate, monkeypatch
    ):
        plain = replicate._prediction
        timed = {"metrics": {"predict_time": 5.2}}
        monkeypatch.setattr(replicate, "_prediction", lambda job: {**plain(job), **timed})

        generation = await ran(studio, DRAFT)

        assert (await studio.balance(generation.id)).spent == Decimal("0.003")


class TestCancelling:
    async def test_a_prediction_is_stopped_and_costs_nothing(self, studio, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        async with studio.process():
            job_id = await studio.ask(DRAFT.generator, **DRAFT.inputs)
            await eventually(lambda: lab.book.count(Event.LOOKED) > 1)
            await studio.jobs.cancel(studio.actor, job_id)
            view = await studio.ended(job_id)

        (generation,) = view.generations
        assert generation.phase is Phase.CANCELLED
        assert await studio.ledger(generation.id) == ["hold", "release"]
        assert lab.book.count(Event.CANCELLED) == 1

    async def test_what_is_done_is_not_stopped(self, transport, lab, replicate):
        job = _open(lab, replicate)

        assert await transport.cancel(_job(job)) is False
        assert (await transport.look(_job(job))).state is PollState.DONE


async def ran(studio: Studio, sample: Sample) -> Any:
    """Run a sample until it stands. Untyped: a test that reads a cost means that there is one."""
    return await settled(studio, sample)


def _open(lab: Lab, replicate: ReplicateLab, kind: Kind | None = None, **more) -> LabJob:
    """Take a prediction on at the lab."""
    fault = Fault(stage=Stage.SUBMIT, kind=kind, **more) if kind else None
    body: Any = {"input": {"prompt": "x", "num_outputs": 1}}
    return lab.desk.open_job(replicate, SCHNELL.endpoint, body, fault)


def _job(job: LabJob, declaration=SCHNELL) -> Job:
    return Job(tenant_id="t", declaration=declaration, external_id=job.id)


def _call(declaration) -> Call:
    inputs = declaration.model_construct()
    return Call(
        key="01a1f800-0000-7000-8000-000000000001",
        tenant_id="t",
        declaration=declaration,
        inputs=inputs,
        body={"prompt": "x"},
    )
