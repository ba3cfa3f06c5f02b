"""Stories about what stands around the paid call: prices, looks, restarts, cancels and streams.

The numbers are those of docs/reliability.md, as in `test_stories.py`.
"""

import asyncio
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from boards.adapters.providers.declared import make_transport
from boards.adapters.providers.wire import ConfiguredKeys, Connection
from boards.api.shapes.costs import cost_shape
from boards.bootstrap import asgi, open_app
from boards.catalog import load_declarations
from boards.domain.boards import BoardRole
from boards.domain.generations import Phase
from boards.errors import Conflict, Forbidden
from boards.generators.declared import DeclaredGenerator
from boards.generators.declared.declaration import Declaration
from boards.generators.declared.prices import quote
from boards.generators.declared.schema import input_model
from boards.ids import new_id
from boards.services.ports import SYSTEM, Limits
from boards.services.streams import End, Ending, Snapshot, StreamService, Watch
from boards.services.tail import Tail
from boards.settings import load_settings
from boards.testing.lab import Event, Kind, Lab, Stage
from tests.api.doubles import client_of
from tests.catalog.words import AUDIO, IMAGE, VIDEO
from tests.providers.conftest import SECRETS
from tests.providers.parts import cost_of
from tests.providers.samples import SAMPLES
from tests.providers.test_faults import settled
from tests.services.studio import Studio, eventually

FAL = SAMPLES[0]
ARTIFACTS = {"image": IMAGE, "video": VIDEO, "audio": AUDIO}


async def test_f9_looking_fifty_times_costs_what_one_job_costs(studio: Studio, lab: Lab, queued):
    """LiteLLM #25015: every GET of a poll added the cost once more."""
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    async with studio.process():
        job_id = await studio.ask(queued.generator, **queued.inputs)
        await eventually(lambda: lab.book.count(Event.LOOKED) >= 50)
        for _ in range(50):
            await studio.jobs.get(studio.actor, job_id)
        lab.desk.end_job(*lab.desk.jobs.values())
        (generation,) = (await studio.ended(job_id)).generations

    balance = await studio.balance(generation.id)
    assert balance.held == 0
    assert balance.spent == cost_of(generation).amount
    assert await studio.ledger(generation.id) == ["hold", "settle"]
    assert lab.book.billed == 1


async def test_f10_a_model_without_a_price_is_shown_as_unpriced_and_never_as_0(
    studio: Studio, lab: Lab, client
):
    """LiteLLM #26863, #21907: an unknown model was logged at 0 dollars and passed the budget."""
    declared = next(each for each in load_declarations("fal") if each.name == FAL.generator)
    keys = ConfiguredKeys({"fal": "FAL_KEY"}, SECRETS)
    address = next(each for each in lab.providers if each.name == "fal").addresses(lab.url)
    transport = make_transport(
        "fal",
        Connection(
            client=client,
            keys=keys,
            base_url=address["base_url"],
            upload_url=address["upload_url"],
        ),
    )
    unpriced = declared.model_copy(update={"price": None, "name": "fal-unpriced"})
    studio.registry.register(DeclaredGenerator(unpriced, transport))

    generation = await settled(studio, replace(FAL, generator="fal-unpriced"))

    assert generation.phase is Phase.COMPLETED
    for cost in (generation.estimate, cost_of(generation)):
        shown = cost_shape(cost)
        assert (shown.amount, shown.known) == (None, False)
    entries = await studio.database.read(lambda tx: tx.ledger.entries(generation.id), scope=SYSTEM)
    assert [(one.kind.value, one.cause) for one in entries if one.kind.value == "settle"] == [
        ("settle", "unpriced")
    ]


PRICED = [
    declared
    for provider in {each.provider for each in SAMPLES}
    for declared in load_declarations(provider)
    if declared.price is not None and declared.examples
]
GROWING = re.compile(
    r"^(quality|resolution|size|image_size|duration|seconds|n|num_images|.*_count)$"
)
GRADES = ("draft", "low", "standard", "medium", "auto", "high", "hd", "ultra")


@given(data=st.data())
def test_f11_more_is_never_cheaper(data: st.DataObject):
    """LiteLLM #37738: a flat price for a model whose price goes by size and quality."""
    declared = data.draw(st.sampled_from(PRICED))
    example = data.draw(st.sampled_from(declared.examples))
    growing = [name for name in declared.inputs if _ladder(declared, name)]
    if not growing:
        return
    name = data.draw(st.sampled_from(growing))
    ladder = _ladder(declared, name)
    lower = data.draw(st.integers(0, len(ladder) - 2))
    higher = data.draw(st.integers(lower + 1, len(ladder) - 1))

    less = _price(declared, {**example.inputs, name: ladder[lower]})
    more = _price(declared, {**example.inputs, name: ladder[higher]})

    if less is not None and more is not None:
        assert less <= more, f"{declared.name}: {name}={ladder[higher]!r} for {more}, not {less}"


def test_f11_what_a_price_goes_by_makes_it_dearer():
    """So that the property is about something: nothing that counts is left out of a price."""
    seen = set()
    for declared in PRICED:
        assert declared.price is not None
        for name in declared.inputs:
            ladder = _ladder(declared, name)
            weights = declared.price.factors.get(name, {})
            by_factor = len({weights.get(str(value), Decimal(1)) for value in ladder}) > 1
            if not ladder or not (by_factor or declared.price.units == name):
                continue
            inputs = declared.examples[0].inputs
            known = [_price(declared, {**inputs, name: value}) for value in ladder]
            prices = [price for price in known if price is not None]
            if len(prices) > 1:
                assert prices[0] < max(prices), f"{declared.name}: {name} does not count"
                seen.add((declared.name, name, by_factor))
    assert len({name for name, _, by_factor in seen if by_factor}) >= 3
    assert len({name for name, _, by_factor in seen if not by_factor}) >= 10


def _ladder(declared: Declaration, name: str) -> list[JsonValue]:
    """The values of an input from little to much; empty where they have no such order."""
    said = declared.inputs[name]
    counted = declared.price is not None and declared.price.units == name
    if not counted and not GROWING.match(name):
        return []
    if said.type in {"integer", "number"} and not said.many:
        first = int(said.min or 1)
        return [*range(first, int(min(said.max or first + 8, first + 8)) + 1)]
    if said.choices is None or said.many:
        return []
    ranked = {value: _rank(value) for value in said.choices}
    known = {value: rank for value, rank in ranked.items() if rank is not None}
    if len(known) < 2 or len(set(known.values())) < len(known):
        return []
    return [value for value, _ in sorted(known.items(), key=lambda one: one[1])]


def _rank(value: str | int) -> float | None:
    if isinstance(value, int):
        return value
    if value in GRADES:
        return None if value == "auto" else GRADES.index(value)
    if area := re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", value):
        return int(area[1]) * int(area[2])
    if short := re.fullmatch(r"(\d+(?:\.\d+)?)\s*(k|K|p|s|MP)?", value):
        return float(short[1]) * (540 if short[2] in {"k", "K"} else 1)
    return None


def _price(declared: Declaration, inputs: dict[str, JsonValue]) -> Decimal | None:
    """None where such inputs are refused, or their price is not known."""
    given_ones: dict[str, object] = {}
    for name, value in inputs.items():
        many = isinstance(value, list)
        items = [ARTIFACTS.get(str(each), each) for each in (value if many else [value])]  # type: ignore[union-attr]
        given_ones[name] = items if many else items[0]
    try:
        return quote(declared, input_model(declared)(**given_ones)).amount
    except ValidationError:
        return None


async def test_f17_an_unknown_id_is_unknown_and_never_done(tmp_path: Path):
    """comfyui-mcp #2507: after a restart the status of any id was "done"."""
    settings = load_settings({"BOARDS_DATA_DIR": str(tmp_path / "data")}, cwd=tmp_path)
    for _ in range(2):
        async with open_app(settings) as app, client_of(asgi(app)) as http:
            for kind in ("jobs", "generations"):
                answer = await http.get(f"/api/v1/{kind}/{new_id()}")
                assert answer.status_code == 404, answer.text
                assert answer.json()["code"] == "not_found"


async def test_f18_a_job_whose_worker_always_dies_is_kept_and_not_started_for_ever(
    studio: Studio, lab: Lab, queued
):
    """InvokeAI #6333, ComfyUI #859: an item that crashed the process did so at every start."""
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    job_id = await studio.ask(queued.generator, **queued.inputs)
    for _ in range(studio.run_limits.max_starts):
        await studio.lapse()
        seen = lab.book.count(Event.LOOKED)
        async with studio.process():
            await eventually(lambda before=seen: lab.book.count(Event.LOOKED) > before)
    await studio.lapse()
    seen = lab.book.count(Event.LOOKED)
    async with studio.process() as worker:
        await worker.sweep()
        await eventually(lambda: worker.running == 0)
        (generation,) = (await studio.jobs.get(studio.actor, job_id)).generations

    assert lab.book.count(Event.LOOKED) == seen, "it was not started once more"
    assert generation.needs_attention
    assert "never came to an end" in generation.message
    assert await studio.ledger(generation.id) == ["hold"], "what may be paid for is not given up"
    assert lab.book.accepted == 1


async def test_f18_what_is_paused_at_the_start_does_not_run(studio: Studio, lab: Lab, sample):
    """openweights #59, OpenViking #4303: rows of a crash came back to life by themselves."""
    before = await studio.ask(sample.generator, **sample.inputs)
    await studio.lapse()
    studio.limits = Limits(paused=frozenset({"*"}))
    later = await studio.ask(sample.generator, **sample.inputs)
    async with studio.process() as worker:
        for _ in range(5):
            await studio.lapse()
            await worker.sweep()
        for one in (before, later):
            (waiting,) = (await studio.jobs.get(studio.actor, one)).generations
            assert waiting.phase is Phase.PENDING
    assert lab.book.accepted == 0
    studio.limits = Limits()
    await studio.lapse()
    async with studio.process():
        for one in (before, later):
            assert (await studio.ended(one)).generations[0].phase is Phase.COMPLETED


async def test_f19_what_is_cancelled_before_it_starts_is_never_submitted(studio, lab, sample):
    """The cancel of a pending run did nothing, and the run was paid for."""
    job_id = await studio.ask(sample.generator, **sample.inputs)
    view = await studio.jobs.cancel(studio.actor, job_id)
    await studio.lapse()
    async with studio.process() as worker:
        await worker.sweep()

    assert view.generations[0].phase is Phase.CANCELLED
    assert lab.book.accepted == 0
    assert await studio.ledger(view.generations[0].id) == ["hold", "release"]


async def test_f19_what_still_comes_after_a_cancel_is_kept_and_settled(studio, lab, queued):
    """A cancelled row was set to completed later, or its result thrown away."""
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    lab.fault(Stage.CANCEL, Kind.DROP_BEFORE, times=None)
    async with studio.process() as worker:
        job_id = await studio.ask(queued.generator, **queued.inputs)
        await eventually(lambda: lab.book.count(Event.LOOKED) > 0)
        await studio.jobs.cancel(studio.actor, job_id)
        (generation,) = (await studio.ended(job_id)).generations
        assert generation.phase is Phase.CANCELLED
        assert (await studio.balance(generation.id)).held == generation.estimate.amount
        lab.desk.end_job(*lab.desk.jobs.values())
        await eventually(lambda: worker.running == 0)

    row = await studio.row(generation.id)
    assert row.phase is Phase.CANCELLED
    assert row.file is not None
    assert await studio.storage.verify(row.file.key, row.file.sha256)
    assert not row.needs_attention
    assert await studio.ledger(row.id) == ["hold", "settle"]
    assert lab.book.billed == 1


async def test_f20_whoever_comes_after_the_end_is_told_the_end_at_once(studio, lab):
    """Progress was published before anybody listened, and nothing was told again."""
    tail = Tail(database=studio.database, look_every=60.0)
    studio.database.listen(tail.wake)
    await tail.start()
    streams = StreamService(database=studio.database, tail=tail, still_after=30.0)
    generation = await settled(studio, FAL)
    watch = Watch(job_id=generation.job_id)

    late = await _told(streams, studio, watch)
    first = await studio.database.read(
        lambda tx: tx.events.after(last_id=0, job_id=generation.job_id, limit=1), scope=SYSTEM
    )
    resumed = await _told(streams, studio, watch, last_id=first[0].id)
    await tail.stop()

    assert isinstance(late[0], Snapshot)
    assert late[0].job is not None
    assert late[0].job.state.is_final
    ends = [told[-1] for told in (late, resumed)]
    assert all(isinstance(end, End) and end.why is Ending.FINISHED for end in ends)
    replayed = [one.data.get("phase") for one in resumed if not isinstance(one, (Snapshot, End))]
    assert replayed[-1] == Phase.COMPLETED, "what was missed is told again"


async def _told(streams, studio, watch, *, last_id=None) -> list:
    async with asyncio.timeout(5):
        return [one async for one in streams.follow(studio.actor, watch, last_id=last_id)]


async def test_f22_two_who_find_the_same_result_settle_it_once(studio, lab, queued):
    """gumroad #6193 and others: a call back raced the answer, and both wrote the money."""
    lab.fault(Stage.SUBMIT, Kind.NEVER)
    lab.fault(Stage.CANCEL, Kind.DROP_BEFORE, times=None)
    async with studio.process():
        job_id = await studio.ask(queued.generator, **queued.inputs)
        await eventually(lambda: lab.book.count(Event.LOOKED) > 0)
        await studio.jobs.cancel(studio.actor, job_id)
        (generation,) = (await studio.ended(job_id)).generations
    lab.desk.end_job(*lab.desk.jobs.values())
    row = await studio.row(generation.id)

    found = await asyncio.gather(
        *(studio.reconciler.check(row, by=None) for _ in range(4)), return_exceptions=True
    )

    assert not [
        one for one in found if isinstance(one, Exception) and not isinstance(one, Conflict)
    ]
    assert await studio.ledger(row.id) == ["hold", "settle"]
    after = await studio.row(row.id)
    assert after.file is not None
    assert await studio.storage.verify(after.file.key, after.file.sha256)


async def test_f23_every_name_of_a_job_is_kept(studio, lab):
    """fal #703: a request that was tried again inside goes by another id."""
    lab.fault(Stage.SUBMIT, Kind.OTHER_ID)
    hold = lab.hold(Stage.POLL, Kind.HOLD_BEFORE)
    job_id = await studio.ask(FAL.generator, **FAL.inputs)
    (generation,) = (await studio.jobs.get(studio.actor, job_id)).generations
    await studio.lapse()
    async with studio.process():
        await eventually(hold.reached.is_set)
    await studio.lapse()
    now = studio.clock.now()
    (claim,) = await studio.database.write(
        lambda tx: tx.generations.claim([generation.id], now=now, lease_until=now), scope=SYSTEM
    )
    hold.release()
    await studio.lapse()
    async with studio.process():
        (generation,) = (await studio.ended(job_id)).generations

    (job,) = lab.desk.jobs.values()
    assert claim.other_ids == (f"gw-{job.id}",)
    assert generation.external_id == job.id, "the id of the submit goes on to be asked"
    assert generation.phase is Phase.COMPLETED


async def test_f27_nobody_deletes_what_somebody_else_has_made(studio, lab):
    """InvokeAI's shared boards: an editor removed the media of others."""
    board = await studio.boards.create(studio.actor, "Shared")
    async with studio.process():
        view = await studio.make(FAL.generator, board_id=board.id, **FAL.inputs)
    (made,) = view.generations
    editor = await studio.colleague()
    assert editor.user_id is not None
    now, user_id = studio.clock.now(), editor.user_id
    await studio.database.write(
        lambda tx: tx.boards.add_member(board.id, user_id, BoardRole.EDITOR, now=now), scope=SYSTEM
    )

    with pytest.raises(Forbidden):
        await studio.generations.delete(editor, made.id)

    assert await studio.generations.get(studio.actor, made.id) == made
    assert made.file is not None
    assert await studio.storage.verify(made.file.key, made.file.sha256)
