"""The run: what becomes of outputs, errors, crashes and lost answers, and of the money."""

import asyncio
import contextlib
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from boards.domain.artifacts import ArtifactType
from boards.domain.costs import ZERO
from boards.domain.generations import Phase, Status
from boards.domain.jobs import JobState
from boards.errors import Broken, Busy, ContentRefused, ProviderError, Rejected, StorageError
from boards.generators.base import Submitted
from boards.generators.context import GeneratorContext
from boards.services.blobs import BlobSweep, release
from boards.services.ports import SYSTEM, Storage
from boards.testing.generators import (
    FakeInput,
    FakePaid,
    FakeProvider,
    FakeProviderGenerator,
    tiny_png,
)
from tests.services.samples import Waits
from tests.services.studio import Studio, eventually


class TestOutputs:
    async def test_an_output_is_stored_and_described(self, studio: Studio) -> None:
        async with studio.process():
            view = await studio.make("sample")
        assert view.state is JobState.DONE
        [made] = view.generations
        assert made.status is Status.COMPLETED
        assert made.file is not None
        assert (made.file.facts.width, made.file.facts.format) == (4, "png")
        assert await studio.storage.read(made.file.key, max_bytes=1000) == tiny_png()
        assert await studio.ledger(made.id) == ["hold", "settle"]

    async def test_a_batch_has_siblings_extras_and_metadata(self, studio: Studio) -> None:
        async with studio.process():
            view = await studio.make("many")
        assert [one.batch_index for one in view.generations] == [0, 1, 2]
        assert {one.batch_size for one in view.generations} == {3}
        assert len({one.batch_id for one in view.generations}) == 1
        first = view.generations[0]
        assert [(extra.role, extra.type) for extra in first.extra_files] == [
            ("preview", ArtifactType.IMAGE),
            ("caption", ArtifactType.TEXT),
            ("details", ArtifactType.TEXT),
        ]
        assert first.output_metadata == {"seed": 7, "generation_time": 1.5}
        assert [await studio.ledger(one.id) for one in view.generations] == [
            ["hold", "settle"],
            [],
            [],
        ]

    async def test_siblings_keep_the_lineage(self, studio: Studio) -> None:
        upload = await studio.uploads.upload(
            studio.actor, source=tiny_png(), filename="a.png", declared_type=ArtifactType.IMAGE
        )
        async with studio.process():
            view = await studio.make("fake-paid", n=2, image_source=str(upload.id))
        for one in view.generations:
            lineage = await studio.generations.lineage(studio.actor, one.id)
            assert [node.generation_id for node in lineage.ancestors.branches] == [upload.id]

    async def test_a_generator_written_as_the_specification_has_it_runs(
        self, studio: Studio
    ) -> None:
        async with studio.process():
            view = await studio.make("spec-style")
        [made] = view.generations
        assert made.file is not None
        assert (made.file.facts.width, made.file.facts.height) == (4, 4)

    async def test_an_input_is_read_from_storage(self, studio: Studio) -> None:
        upload = await studio.uploads.upload(studio.actor, source=tiny_png(), filename="a.png")
        async with studio.process():
            view = await studio.make("uses", image=str(upload.id), others=[str(upload.id)])
        assert view.generations[0].output_metadata == {"size": len(tiny_png()), "others": 1}

    async def test_an_input_handed_through_outlives_the_input(self, studio: Studio) -> None:
        upload = await studio.uploads.upload(studio.actor, source=tiny_png(), filename="a.png")
        async with studio.process():
            view = await studio.make("hands-through", image=str(upload.id))
        made = view.generations[0].file
        assert made is not None
        assert upload.file is not None
        assert made.sha256 == upload.file.sha256
        # The same bytes of one tenant are kept once, for as long as anybody has them.
        await studio.database.write(
            lambda tx: release(tx, [upload.id], now=studio.clock.now()), scope=SYSTEM
        )
        studio.clock.advance(2 * 24 * 3600)
        await BlobSweep(
            database=studio.database, storage=studio.storage, clock=studio.clock
        ).sweep()
        assert await studio.storage.verify(made.key, made.sha256)

    async def test_the_temporary_files_of_a_run_go(self, studio: Studio) -> None:
        upload = await studio.uploads.upload(studio.actor, source=tiny_png(), filename="a.png")
        async with studio.process():
            await studio.make("uses", image=str(upload.id))
        left = [path.name for path in studio.folder.iterdir() if "db" not in path.name]
        assert left == []

    async def test_siblings_show_a_share_and_the_first_settles_the_call(
        self, studio: Studio
    ) -> None:
        async with studio.process():
            view = await studio.make("fake-paid", n=4)
        shares = [one.cost.amount for one in view.generations if one.cost]
        assert shares == [Decimal("0.25")] * 4
        assert view.estimate.amount == view.actual.amount == Decimal(1)
        spent = [(await studio.balance(one.id)).spent for one in view.generations]
        assert spent == [Decimal(1), ZERO, ZERO, ZERO]

    async def test_shares_that_do_not_come_out_even_are_not_summed(self, studio: Studio) -> None:
        studio.registry.register(FakePaid(name="paid", price=Decimal("0.1") / 7))
        async with studio.process():
            view = await studio.make("paid", n=7)
        [spent] = {(await studio.balance(view.generations[0].id)).spent}
        shares = [one.cost.amount for one in view.generations if one.cost and one.cost.amount]
        assert view.actual.amount == spent
        assert sum(shares, ZERO) != spent


class TestErrors:
    async def test_a_private_text_stays_private(self, studio: Studio) -> None:
        async with studio.process():
            view = await studio.make("crashes")
        [failed] = view.generations
        assert view.state is JobState.FAILED
        assert failed.failure is not None
        assert "hunter2" not in failed.failure.message
        assert failed.failure.error_id is not None
        assert failed.failure.error_id in failed.failure.message

    async def test_a_result_of_another_type_is_the_generators_fault(self, studio: Studio) -> None:
        async with studio.process():
            view = await studio.make("wrong")
        failure = view.generations[0].failure
        assert failure is not None
        assert "makes image but returned text" in failure.message

    @pytest.mark.parametrize(
        ("error", "ledger", "attention"),
        [
            (ValueError("no key"), ["hold", "release"], False),
            (ContentRefused("no", billed=False), ["hold", "release"], False),
            (ProviderError("charged", billed=True), ["hold", "settle"], False),
            (RuntimeError("boom"), ["hold"], True),
            (Broken("half an answer"), ["hold"], True),
        ],
    )
    async def test_what_an_error_of_a_paid_call_means_for_its_hold(
        self, studio: Studio, error: Exception, ledger: list[str], attention: bool
    ) -> None:
        paid = FakePaid(error, name="paid")
        studio.registry.register(paid)
        async with studio.process():
            view = await studio.make("paid")
        [failed] = view.generations
        assert failed.status is Status.FAILED
        assert await studio.ledger(failed.id) == ledger
        assert failed.needs_attention is attention
        assert paid.calls == 1

    async def test_one_take_of_two_that_fails_leaves_the_job_partial(self, studio: Studio) -> None:
        studio.registry.register(FakePaid(ValueError("first fails"), name="paid"))
        async with studio.process():
            view = await studio.make("paid", takes=2)
        assert view.state is JobState.DONE
        assert view.partial
        assert sorted(one.status.value for one in view.generations) == ["completed", "failed"]


class TestCrashes:
    async def test_repeatable_work_is_simply_run_again(self, studio: Studio) -> None:
        waits = studio.registry.get("waits")
        assert isinstance(waits, Waits)
        async with studio.process():
            job_id = await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
        await studio.lapse()
        waits.go.set()
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert waits.started == 2

    async def test_an_opaque_paid_call_is_never_made_again(self, studio: Studio) -> None:
        paid = FakePaid(gate=asyncio.Event(), name="paid")
        studio.registry.register(paid)
        async with studio.process():
            job_id = await studio.ask("paid")
            await eventually(lambda: paid.running == 1)
        await studio.lapse()
        async with studio.process():
            view = await studio.ended(job_id)
        [lost] = view.generations
        assert lost.phase is Phase.SUBMIT_UNKNOWN
        assert lost.status is Status.PROCESSING
        assert view.state is JobState.RUNNING
        assert view.needs_attention
        assert paid.calls == 1
        assert (await studio.balance(lost.id)).held == Decimal("0.25")

    async def test_a_submitted_job_is_resumed_by_its_id(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.looks = None
        async with studio.process():
            job_id = await studio.ask("fake-provider")
            await eventually(lambda: provider.polls > 2)
        provider.finish("fake-1")
        await studio.lapse()
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert provider.submits == 1
        assert view.generations[0].external_id == "fake-1"
        assert await studio.ledger(view.generations[0].id) == ["hold", "settle"]

    async def test_a_run_that_never_ends_stops_as_poison(self, studio: Studio) -> None:
        waits = studio.registry.get("waits")
        assert isinstance(waits, Waits)
        job_id = await studio.ask("waits")
        await studio.lapse()  # its message came before anybody listened
        for start in range(1, 4):
            async with studio.process():
                await eventually(lambda n=start: waits.started == n)
            await studio.lapse()
        async with studio.process():
            view = await studio.ended(job_id)
        failure = view.generations[0].failure
        assert failure is not None
        assert failure.code == "poison"
        assert waits.started == 3


class TestLostAnswers:
    async def test_a_lost_answer_is_never_sent_again(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.drop_answers = 1
        async with studio.process():
            view = await studio.make("fake-provider")
        [lost] = view.generations
        assert lost.phase is Phase.SUBMIT_UNKNOWN
        assert lost.needs_attention
        assert (provider.submits, provider.paid) == (1, 1)
        assert (await studio.balance(lost.id)).held == Decimal("0.10")

    @pytest.mark.parametrize("way", ["header", "lookup"])
    async def test_a_provider_that_can_tell_is_asked_after_a_crash(
        self, studio: Studio, way: str
    ) -> None:
        provider = FakeProvider()
        generator = FakeProviderGenerator(provider, idempotency=way, name="telling")  # type: ignore[arg-type]
        studio.registry.register(generator)
        job_id = await studio.ask("telling")
        generation_id = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
        # A worker that wrote its intent, reached the provider, and died.
        worker = studio.worker()
        await _claim_and_die(studio, generation_id)
        provider.submit(str(generation_id))
        await studio.lapse()
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert provider.paid == 1
        assert worker.running == 0

    async def test_a_certain_refusal_releases_the_hold(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.refuse = [Rejected("bad size", billed=False)]
        async with studio.process():
            view = await studio.make("fake-provider")
        [failed] = view.generations
        assert failed.status is Status.FAILED
        assert failed.failure is not None
        assert failed.failure.message == "bad size"
        assert await studio.ledger(failed.id) == ["hold", "release"]

    async def test_a_busy_provider_is_asked_again_later(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.refuse = [Busy("slow down", retry_after=0) for _ in range(5)]
        async with studio.process():
            view = await studio.make("fake-provider")
        assert view.state is JobState.DONE
        assert (provider.submits, provider.paid) == (6, 1)

    async def test_a_failed_look_is_no_verdict(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.broken_polls = 3
        async with studio.process():
            view = await studio.make("fake-provider")
        assert view.state is JobState.DONE
        assert provider.submits == 1

    async def test_the_deadline_is_no_verdict_and_a_late_result_settles_once(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.looks = None
        generator = studio.registry.get("fake-provider")
        assert generator is not None
        generator.longest_run = 60
        async with studio.process():
            job_id = await studio.ask("fake-provider")
            await eventually(lambda: provider.polls > 1)
            studio.clock.advance(61)
            generation_id = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
            for _ in range(1000):
                if (await studio.row(generation_id)).needs_attention:
                    break
                await asyncio.sleep(0.005)
            row = await studio.row(generation_id)
            assert row.phase is Phase.SUBMITTED
            assert "do not run it a second time" in row.message
            assert (await studio.balance(generation_id)).held == Decimal("0.10")
            provider.finish("fake-1")
            studio.clock.advance(studio.run_limits.late_look_every + 1)
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert provider.submits == 1
        assert await studio.ledger(generation_id) == ["hold", "settle"]


class SlowSubmit(FakeProviderGenerator):
    """A provider whose answer to the submit takes as long as the test wants."""

    def __init__(self, provider: FakeProvider) -> None:
        super().__init__(provider, name="slow-submit")
        self.accepted = asyncio.Event()
        self.answer = asyncio.Event()

    async def submit(self, inputs: FakeInput, context: GeneratorContext) -> Submitted:
        submitted = await super().submit(inputs, context)
        self.accepted.set()
        await self.answer.wait()
        return submitted


class TestARunThatWasTakenForDead:
    async def test_an_answer_that_still_comes_is_not_forgotten(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        slow = SlowSubmit(provider)
        studio.registry.register(slow)
        async with studio.process() as paused:
            job_id = await studio.ask("slow-submit")
            await slow.accepted.wait()
            await studio.lapse()
            async with studio.process():
                view = await studio.ended(job_id)
                assert view.generations[0].phase is Phase.SUBMIT_UNKNOWN
                slow.answer.set()
                await eventually(lambda: paused.running == 0)
                view = await studio.ended(job_id)
        [made] = view.generations
        assert view.state is JobState.DONE
        assert not made.needs_attention
        assert (provider.submits, made.external_id) == (1, "fake-1")
        assert await studio.ledger(made.id) == ["hold", "settle"]

    async def test_a_late_result_of_free_work_changes_nothing(self, studio: Studio) -> None:
        waits = studio.registry.get("waits")
        assert isinstance(waits, Waits)
        async with studio.process() as paused:
            job_id = await studio.ask("waits")
            await eventually(lambda: waits.started == 1)
            await studio.lapse()
            async with studio.process():
                await eventually(lambda: waits.started == 2)
                waits.go.set()
                view = await studio.ended(job_id)
                await eventually(lambda: paused.running == 0)
        [made] = view.generations
        assert await studio.ledger(made.id) == ["hold", "settle"]
        assert (await studio.row(made.id)).file == made.file

    async def test_a_known_job_is_never_given_up_as_poison(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        provider.looks = None
        job_id = await studio.ask("fake-provider")
        generation_id = (await studio.jobs.get(studio.actor, job_id)).generations[0].id
        for _ in range(5):
            await studio.lapse()
            async with studio.process():
                before = provider.polls
                with contextlib.suppress(AssertionError):
                    await eventually(lambda b=before: provider.polls > b, tries=30)
        row = await studio.row(generation_id)
        assert row.phase is Phase.SUBMITTED
        assert row.needs_attention
        provider.finish("fake-1")
        studio.clock.advance(studio.run_limits.late_look_every + 1)
        async with studio.process():
            view = await studio.ended(job_id)
        assert view.state is JobState.DONE
        assert provider.submits == 1


async def _claim_and_die(studio: Studio, generation_id: UUID) -> None:
    """Claim, write the intent, and do nothing more."""
    now = studio.clock.now()
    [claim] = await studio.database.write(
        lambda tx: tx.generations.claim(
            [generation_id],
            now=now,
            lease_until=now + timedelta(seconds=30),
        ),
        scope=SYSTEM,
    )
    assert await studio.database.write(
        lambda tx: tx.generations.record_intent(
            claim.generation.id, now=now, token=claim.run_token
        ),
        scope=SYSTEM,
    )


class FailingStorage:
    """A storage whose first writes fail."""

    def __init__(self, storage: Storage, failures: int) -> None:
        self._storage = storage
        self.failures = failures

    def __getattr__(self, name: str) -> object:
        return getattr(self._storage, name)

    async def put(self, *args: object, **options: object) -> object:
        if self.failures:
            self.failures -= 1
            raise StorageError("The disk is full; make room.")
        return await self._storage.put(*args, **options)  # type: ignore[arg-type]


class TestStoringAPaidResult:
    async def test_a_failed_write_is_tried_again_and_never_buys_again(
        self, studio: Studio, provider: FakeProvider
    ) -> None:
        storage = FailingStorage(studio.storage, failures=3)
        async with studio.process(storage=storage):  # type: ignore[arg-type]
            view = await studio.make("fake-provider")
        assert view.state is JobState.DONE
        assert provider.submits == 1
        assert storage.failures == 0

    async def test_a_full_disk_fails_free_work_with_a_clear_reason(self, studio: Studio) -> None:
        storage = FailingStorage(studio.storage, failures=1000)
        async with studio.process(storage=storage):  # type: ignore[arg-type]
            view = await studio.make("sample")
        failure = view.generations[0].failure
        assert failure is not None
        assert (failure.code, failure.message) == ("storage_error", "The disk is full; make room.")
