"""No method of any repository shows a tenant's rows to another tenant, or changes them."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from boards.adapters.db import tables
from boards.adapters.db.door import Door
from boards.domain.access import TokenScope
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.boards import Board, BoardRole
from boards.domain.budgets import Budget, BudgetScope, Period, Spender, Strictness
from boards.domain.costs import Confidence, Cost, Entry, LedgerKind
from boards.domain.generations import Phase
from boards.domain.jobs import Job
from boards.domain.lineage import Edge
from boards.domain.people import ApiToken
from boards.domain.search import Order, terms_of
from boards.domain.spending import SpendBy
from boards.errors import Conflict, Forbidden
from boards.ids import new_id
from boards.services import ports
from boards.services.ports import (
    SYSTEM,
    AgentSession,
    AuditRecord,
    BlobUse,
    Claim,
    GenerationFilter,
    Limits,
    Scope,
    SealedKey,
    Tx,
    UploadRecord,
)
from tests.db import curating, telling
from tests.db.world import LEASE, NOW, World, door_of

REPOSITORIES = {
    "blobs": ports.Blobs,
    "generations": ports.Generations,
    "jobs": ports.Jobs,
    "lineage": ports.Lineage,
    "boards": ports.Boards,
    "lookups": ports.Lookups,
    "accounts": ports.Accounts,
    "ledger": ports.Ledger,
    "budgets": ports.Budgets,
    "spending": ports.Spending,
    "tokens": ports.Tokens,
    "agents": ports.Agents,
    "audit": ports.Audit,
    "events": ports.Events,
    "uploads": ports.Uploads,
    "previews": ports.Previews,
    "search": ports.Search,
    "waits": ports.InputWaits,
    "turns": ports.Turns,
    "keys": ports.Keys,
    "providers": ports.Providers,
    **curating.REPOSITORIES,
    **telling.REPOSITORIES,
}
METHODS = sorted(
    f"{name}.{method}"
    for name, protocol in REPOSITORIES.items()
    for method, _ in inspect.getmembers(protocol, inspect.isfunction)
    if not method.startswith("_")
)


@dataclass(frozen=True, kw_only=True)
class Secret:
    """What one tenant has: a little of everything."""

    tenant_id: UUID
    user_id: UUID
    board: Board
    budget: Budget
    job: Job
    waiting: UUID
    held_back: UUID
    admitted: UUID
    running: UUID
    token: UUID
    intended: UUID
    intended_token: UUID
    cancelled: UUID
    done: UUID
    attention: UUID
    parked: UUID
    api_token: ApiToken
    key: SealedKey
    curated: curating.Curated
    resumable: ports.Resumable


def edge_of(output: UUID, source: UUID) -> Edge:
    return Edge(
        output_id=output,
        input_id=source,
        role="image",
        position=0,
        artifact_type=ArtifactType.IMAGE,
    )


def blob_use(owner: UUID, name: str) -> BlobUse:
    return BlobUse(owner_id=owner, role="mask", key=f"abroad/{name}", size=1, sha256="ee" * 32)


def blob_file(name: str) -> StoredFile:
    facts = MediaFacts(format="png", mime="image/png")
    return StoredFile(key=f"abroad/{name}", size=1, sha256="ee" * 32, facts=facts)


def fill_storage(tx: Tx, tenant_id: UUID, *, kept: UUID, left: UUID) -> None:
    """An object that is used, one that is not, and one that is being removed."""
    going = new_id()
    uses = [blob_use(kept, "kept"), blob_use(left, "left"), blob_use(going, "doomed")]
    tx.blobs.claim(tenant_id, uses, now=NOW)
    tx.blobs.release([going], now=NOW - LEASE)
    tx.blobs.doom(before=NOW, now=NOW, limit=9)
    tx.blobs.release([left], now=NOW)
    tx.blobs.set_quota(tenant_id, 5000, now=NOW)


async def park(world: World, claim: Claim) -> UUID:
    """Leave a run until later, on the attention list."""
    one, token = claim.generation.id, claim.run_token
    await world.write(
        lambda tx: tx.generations.update(one, now=NOW, token=token, needs_attention=True)
    )
    await world.write(lambda tx: tx.generations.park(one, now=NOW, token=token, until=NOW + LEASE))
    return one


def agent_session_of(token: ApiToken) -> AgentSession:
    """A session with the id of the token by which it was opened, to find it by."""
    return AgentSession(
        id=token.id,
        tenant_id=token.tenant_id,
        user_id=token.user_id,
        token_id=token.id,
        name="robot",
        created_at=NOW,
    )


async def make_secret(world: World) -> Secret:
    """Fill the tenant abroad."""
    there = world.abroad
    job = await world.add_job(there)
    done, _ = await world.at(Phase.COMPLETED, home=there, job_id=job.id, cache_key="key of abroad")
    cancelled, _ = await world.at(Phase.CANCELLED, home=there)
    another, _ = await world.at(Phase.COMPLETED, home=there)
    claim = await world.running(home=there)
    intended = await world.running(home=there)
    await world.write(
        lambda tx: tx.generations.record_intent(
            intended.generation.id, now=NOW, token=intended.run_token
        )
    )
    attention = await world.running(home=there)
    await world.move(
        attention.generation.id,
        Phase.FAILED,
        token=attention.run_token,
        needs_attention=True,
        external_id="job of abroad",
    )
    parked = await park(world, await world.running(home=there))
    [admitted] = await world.add(there)
    await world.admit()
    [waiting] = await world.add(there)
    [held_back] = await world.add(there)
    generation = await world.get(done)

    budget = Budget(
        id=new_id(),
        tenant_id=there.tenant_id,
        scope=BudgetScope.TENANT,
        subject_id=there.tenant_id,
        period=Period.TOTAL,
        strictness=Strictness.HARD,
        amount=Decimal(100),
        created_at=NOW,
        updated_at=NOW,
    )

    def fill_money(tx: Tx) -> None:
        tx.budgets.insert(budget)
        tx.budgets.set_time_zone("Asia/Tokyo")

    api_token = ApiToken(
        id=new_id(),
        tenant_id=there.tenant_id,
        user_id=there.user_id,
        name="robot",
        hint="abcd",
        scopes=frozenset({TokenScope.READ}),
        created_at=NOW,
        expires_at=None,
    )

    def fill_people(tx: Tx) -> None:
        tx.tokens.add(api_token, "print of abroad")
        tx.agents.add(agent_session_of(api_token))
        tx.audit.add(audited(there.tenant_id))

    await world.write(fill_people, there.scope)
    await world.write(fill_money, there.scope)

    await world.write(lambda tx: fill_storage(tx, there.tenant_id, kept=done, left=cancelled))

    def fill(tx: Tx) -> None:
        tx.lineage.insert([edge_of(done, cancelled)], tenant_id=there.tenant_id)
        tx.waits.hold_back(
            held_back, tenant_id=there.tenant_id, inputs={}, edges=[edge_of(held_back, done)]
        )
        tx.ledger.add(generation, Entry(kind=LedgerKind.HOLD, amount=Decimal(3)), now=NOW)
        tx.ledger.add(generation, Entry(kind=LedgerKind.SETTLE, amount=Decimal(2)), now=NOW)
        tx.events.append(generation, "created", {"secret": "yes"}, now=NOW)
        tx.previews.want(done, tenant_id=there.tenant_id, now=NOW)

    await world.write(fill)
    await world.write(
        lambda tx: tx.generations.request_cancel(intended.generation.id, now=NOW), there.scope
    )
    await world.write(lambda tx: tx.providers.pause("runway", now=NOW, by=there.user_id))
    await world.write(lambda tx: put_key(tx, there.tenant_id, "fal"))
    await world.write(lambda tx: put_key(tx, there.tenant_id, "fal"))
    resumable = ports.Resumable(
        id=new_id(),
        tenant_id=there.tenant_id,
        user_id=there.user_id,
        board_id=None,
        parent_id=None,
        filename="a secret.png",
        artifact_type=None,
        size=10,
        received=0,
        parts=(),
        generation_id=None,
        created_at=NOW,
        expires_at=NOW + LEASE,
    )
    await world.write(lambda tx: tx.uploads.begin(resumable), there.scope)
    key, _ = await world.read(lambda tx: tx.keys.sealed(), there.scope)
    secret = Secret(
        tenant_id=there.tenant_id,
        user_id=there.user_id,
        board=there.board,
        budget=budget,
        job=job,
        waiting=waiting,
        held_back=held_back,
        admitted=admitted,
        running=claim.generation.id,
        token=claim.run_token,
        intended=intended.generation.id,
        intended_token=intended.run_token,
        cancelled=cancelled,
        done=done,
        attention=attention.generation.id,
        parked=parked,
        api_token=api_token,
        key=key,
        resumable=resumable,
        curated=await curating.make_curated(world, done, another),
    )
    await world.write(lambda tx: telling.fill_stories(tx, secret), there.scope)
    return secret


def audited(tenant_id: UUID) -> AuditRecord:
    return AuditRecord(
        tenant_id=tenant_id,
        user_id=None,
        token_id=None,
        action="keys.set",
        target_kind="key",
        target_id="fal",
        address="10.0.0.1",
        request_id=None,
        created_at=NOW,
    )


def len_of_pauses(tx: Tx) -> int:
    """A resume answers nothing and changes no tenant's row; the number of pauses shows it."""
    return len(tx.providers.pauses())


def put_key(tx: Tx, tenant_id: UUID, provider: str) -> None:
    """Set a tenant's key."""
    tx.keys.put(
        key_id=new_id(),
        tenant_id=tenant_id,
        provider=provider,
        sealed="sealed",
        secret_id="s1",
        ending="wxyz",
        set_by=None,
        now=NOW,
    )


LATER = NOW + LEASE + timedelta(days=1)
EVERYTHING = GenerationFilter()
HOLD = Entry(kind=LedgerKind.HOLD, amount=Decimal(1))
Call = Callable[[Tx, Secret, World], Any]


def _told(call: Callable[[Tx, Secret], Any]) -> Call:
    return lambda tx, secret, _: call(tx, secret)


def _curated(call: Callable[[Tx, curating.Curated, World], Any]) -> Call:
    return lambda tx, s, w: call(tx, s.curated, w)


CALLS: dict[str, Call] = {
    "generations.insert": lambda tx, s, w: tx.generations.insert([w.new(w.abroad)]),
    "generations.get": lambda tx, s, w: tx.generations.get(s.done),
    "generations.made_before": lambda tx, s, w: tx.generations.made_before("key of abroad"),
    "generations.find_external": lambda tx, s, w: tx.generations.find_external(
        "fal", ["job of abroad"]
    ),
    "generations.of_job": lambda tx, s, w: tx.generations.of_job(s.job.id),
    "generations.of_jobs": lambda tx, s, w: tx.generations.of_jobs([s.job.id])[s.job.id],
    "generations.list": lambda tx, s, w: (
        tx.generations.list(EVERYTHING, limit=99, cursor=None),
        tx.generations.list(
            replace(EVERYTHING, board_ids=frozenset({s.board.id})), limit=99, cursor=None
        ),
    ),
    "generations.count": lambda tx, s, w: (
        tx.generations.count(EVERYTHING),
        tx.generations.count(replace(EVERYTHING, board_ids=frozenset({s.board.id}))),
    ),
    "generations.among": lambda tx, s, w: tx.generations.among([s.done]),
    "waits.list": lambda tx, s, w: tx.waits.list(limit=9),
    "generations.ids": lambda tx, s, w: tx.generations.ids(
        replace(EVERYTHING, board_ids=frozenset({s.board.id}))
    ),
    "search.find": lambda tx, s, w: [
        tx.search.find(terms_of("lighthouse"), EVERYTHING, order=order, limit=9, cursor=None).items
        for order in Order
        if tx.search.find(
            terms_of("lighthouse"), EVERYTHING, order=order, limit=9, cursor=None
        ).items
    ],
    "waits.hold_back": lambda tx, s, w: tx.waits.hold_back(
        s.waiting, tenant_id=s.tenant_id, inputs={}, edges=[edge_of(s.waiting, s.done)]
    ),
    "waits.let_go": lambda tx, s, w: tx.waits.let_go(s.held_back, now=LATER),
    "search.refresh": lambda tx, s, w: tx.search.refresh([s.done]),
    "search.refresh_tag": lambda tx, s, w: tx.search.refresh_tag(s.done),
    "generations.move": lambda tx, s, w: (
        tx.generations.move(s.waiting, Phase.CANCELLED, now=LATER),
        tx.generations.move(s.running, Phase.COMPLETED, now=LATER, token=s.token),
    ),
    "generations.update": lambda tx, s, w: tx.generations.update(
        s.running, now=LATER, token=s.token, message="mine"
    ),
    "generations.record_intent": lambda tx, s, w: tx.generations.record_intent(
        s.running, now=LATER, token=s.token
    ),
    "generations.clear_intent": lambda tx, s, w: tx.generations.clear_intent(
        s.intended, now=LATER, token=s.intended_token
    ),
    "generations.attach_late": lambda tx, s, w: tx.generations.attach_late(
        s.cancelled, now=LATER, content="mine"
    ),
    "generations.recost": lambda tx, s, w: tx.generations.recost(
        replace(tx.generations.find_anywhere([s.done])[s.done]),
        Cost(amount=Decimal(7), confidence=Confidence.EXACT),
        now=NOW,
    ),
    "generations.remember_job": lambda tx, s, w: tx.generations.remember_job(
        s.cancelled, now=LATER, external_id="mine"
    ),
    "generations.clear_attention": lambda tx, s, w: tx.generations.clear_attention(
        s.attention, now=LATER
    ),
    "generations.resolve": lambda tx, s, w: tx.generations.resolve(s.attention, now=LATER),
    "generations.look_now": lambda tx, s, w: tx.generations.look_now(s.parked, now=LATER),
    "generations.unclaimed": lambda tx, s, w: tx.generations.unclaimed(
        admitted_before=LATER, now=LATER
    ),
    "generations.claim": lambda tx, s, w: tx.generations.claim(
        [s.admitted, s.running, s.waiting], now=LATER, lease_until=LATER + LEASE
    ),
    "generations.lapsed": lambda tx, s, w: tx.generations.lapsed(now=LATER, limit=99),
    "generations.release_leases": lambda tx, s, w: tx.generations.release_leases(now=NOW),
    "generations.renew": lambda tx, s, w: list(
        tx.generations.renew({s.running: s.token}, lease_until=LATER + LEASE).values()
    ),
    "generations.park": lambda tx, s, w: tx.generations.park(
        s.running, now=LATER, token=s.token, until=LATER
    ),
    "generations.request_cancel": lambda tx, s, w: tx.generations.request_cancel(
        s.running, now=LATER
    ),
    "generations.is_cancel_requested": lambda tx, s, w: tx.generations.is_cancel_requested(
        s.intended
    ),
    "generations.delete": lambda tx, s, w: tx.generations.delete(s.done, now=LATER),
    "blobs.place": lambda tx, s, w: (
        tx.blobs.place(s.tenant_id, blob_file("new")).key != "abroad/new"
    ),
    "blobs.claim": lambda tx, s, w: tx.blobs.claim(
        s.tenant_id, [blob_use(new_id(), "kept")], now=LATER
    ),
    "blobs.shelve": lambda tx, s, w: tx.blobs.shelve(
        s.tenant_id, blob_file("copy"), "abroad/kept", now=LATER
    ),
    "blobs.release": lambda tx, s, w: tx.blobs.release([s.done], now=LATER),
    "blobs.doom": lambda tx, s, w: tx.blobs.doom(before=LATER, now=LATER, limit=9),
    "blobs.tombstone": lambda tx, s, w: tx.blobs.tombstone(s.tenant_id, "abroad/spare", now=LATER),
    "blobs.spare": lambda tx, s, w: tx.blobs.spare(s.tenant_id, "abroad/left"),
    "blobs.forget": lambda tx, s, w: tx.blobs.forget(s.tenant_id, "abroad/doomed"),
    "blobs.adopt": lambda tx, s, w: tx.blobs.adopt(
        s.tenant_id, "abroad/found", size=1, sha256="00", now=LATER
    ),
    "blobs.find": lambda tx, s, w: tx.blobs.find(s.tenant_id, ["abroad/kept"]),
    "blobs.list": lambda tx, s, w: tx.blobs.list(after=None, limit=9),
    "blobs.copies": lambda tx, s, w: tx.blobs.copies(
        s.tenant_id,
        ports.Blob(
            tenant_id=s.tenant_id, key="abroad/new", size=1, sha256="ee" * 32, created_at=NOW
        ),
    ),
    "blobs.owners": lambda tx, s, w: tx.blobs.owners(s.tenant_id, "abroad/kept"),
    "blobs.held_elsewhere": lambda tx, s, w: tx.blobs.held_elsewhere(s.tenant_id),
    "blobs.totals": lambda tx, s, w: tx.blobs.totals(),
    "blobs.used": lambda tx, s, w: tx.blobs.used(s.tenant_id),
    "blobs.quota": lambda tx, s, w: tx.blobs.quota(s.tenant_id),
    "blobs.set_quota": lambda tx, s, w: tx.blobs.set_quota(s.tenant_id, 1, now=LATER),
    "jobs.insert": lambda tx, s, w: tx.jobs.insert(replace(s.job, id=new_id())),
    "jobs.get": lambda tx, s, w: tx.jobs.get(s.job.id),
    "jobs.list": lambda tx, s, w: (
        tx.jobs.list(board_ids=None, limit=9, cursor=None),
        tx.jobs.list(board_ids=frozenset({s.board.id}), limit=9, cursor=None),
    ),
    "jobs.count": lambda tx, s, w: tx.jobs.count(board_ids=frozenset({s.board.id})),
    "lookups.boards": lambda tx, s, w: tx.lookups.boards([s.board.id], user_id=s.user_id),
    "lookups.profiles": lambda tx, s, w: tx.lookups.profiles([s.user_id]),
    "lookups.members": lambda tx, s, w: tx.lookups.members([s.board.id]),
    "lookups.inputs": lambda tx, s, w: tx.lookups.inputs([s.done], user_id=s.user_id),
    "lookups.counts": lambda tx, s, w: tx.lookups.counts([s.board.id]),
    "lookups.newest": lambda tx, s, w: tx.lookups.newest([s.board.id], limit=9, offset=0),
    "lookups.share_a_board": lambda tx, s, w: tx.lookups.share_a_board(s.user_id, s.user_id),
    "lookups.list_boards": lambda tx, s, w: tx.lookups.list_boards(
        ports.BoardFilter(whose=ports.Whose.SEEN, user_id=s.user_id, text="o"),
        ports.BoardOrder.CREATED_ASC,
        limit=9,
        offset=0,
        cursor=None,
    ),
    "lookups.count_boards": lambda tx, s, w: tx.lookups.count_boards(
        ports.BoardFilter(whose=ports.Whose.SEEN, user_id=s.user_id)
    ),
    "lineage.insert": lambda tx, s, w: tx.lineage.insert(
        [edge_of(s.running, s.done)], tenant_id=s.tenant_id
    ),
    "lineage.inputs_of": lambda tx, s, w: tx.lineage.inputs_of([s.done]),
    "lineage.ancestors": lambda tx, s, w: tx.lineage.ancestors(s.done, max_depth=9),
    "lineage.descendants": lambda tx, s, w: tx.lineage.descendants(s.cancelled, max_depth=9),
    "boards.insert": lambda tx, s, w: tx.boards.insert(replace(s.board, id=new_id())),
    "boards.get": lambda tx, s, w: tx.boards.get(s.board.id),
    "boards.default_of": lambda tx, s, w: tx.boards.default_of(s.user_id),
    "boards.ensure_default": lambda tx, s, w: tx.boards.ensure_default(
        replace(s.board, id=new_id())
    ),
    "boards.role_of": lambda tx, s, w: tx.boards.role_of(s.board.id, w.home.user_id),
    "boards.roles_on": lambda tx, s, w: tx.boards.roles_on(s.board.id),
    "boards.add_member": lambda tx, s, w: tx.boards.add_member(
        s.board.id, w.home.user_id, BoardRole.ADMIN, now=NOW
    ),
    "boards.visible_to": lambda tx, s, w: tx.boards.visible_to(s.user_id, limit=9, cursor=None),
    "boards.ids_visible_to": lambda tx, s, w: tx.boards.ids_visible_to(s.user_id),
    "boards.ids_administered_by": lambda tx, s, w: tx.boards.ids_administered_by(s.user_id),
    "boards.generation_count": lambda tx, s, w: tx.boards.generation_count(s.board.id),
    "accounts.seed_default": lambda tx, s, w: tx.accounts.seed_default(
        slug="abroad", name="x", now=NOW
    ),
    "accounts.add_user": lambda tx, s, w: tx.accounts.add_user(
        tenant_id=s.tenant_id, user_id=new_id(), provider="x", subject="y", now=NOW
    ),
    "ledger.add": lambda tx, s, w: tx.ledger.add(
        replace(w.new(w.abroad), id=s.running), HOLD, now=NOW
    ),
    "ledger.hold": lambda tx, s, w: tx.ledger.hold(
        [replace(w.new(w.abroad), id=s.running)], token_id=None, session_id=None, now=NOW
    ),
    "ledger.list": lambda tx, s, w: tx.ledger.list(ports.LedgerFilter(), limit=9, cursor=None),
    "ledger.entries": lambda tx, s, w: tx.ledger.entries(s.done),
    "ledger.balance": lambda tx, s, w: tx.ledger.balance(s.done).spent,
    "ledger.totals": lambda tx, s, w: (tx.ledger.totals().held, tx.ledger.totals().spent),
    "budgets.insert": lambda tx, s, w: tx.budgets.insert(
        replace(s.budget, id=new_id(), period=Period.DAY)
    ),
    "budgets.get": lambda tx, s, w: tx.budgets.get(s.budget.id),
    "budgets.find": lambda tx, s, w: tx.budgets.find(
        s.budget.scope, s.budget.subject_id, s.budget.period, s.budget.strictness
    ),
    "budgets.list": lambda tx, s, w: tx.budgets.list(),
    "budgets.change": lambda tx, s, w: tx.budgets.change(s.budget.id, Decimal(9), now=NOW),
    "budgets.delete": lambda tx, s, w: tx.budgets.delete(s.budget.id),
    "budgets.standings": lambda tx, s, w: tx.budgets.standings(
        Spender(tenant_id=s.tenant_id), now=NOW, lock=False
    ),
    "budgets.standing": lambda tx, s, w: tx.budgets.standing(s.budget, now=NOW).spent,
    "budgets.miscounted": lambda tx, s, w: tx.budgets.miscounted(now=NOW),
    "budgets.has_user": lambda tx, s, w: tx.budgets.has_user(s.user_id),
    "budgets.time_zone": lambda tx, s, w: tx.budgets.time_zone() == "Asia/Tokyo",
    "budgets.set_time_zone": lambda tx, s, w: tx.budgets.set_time_zone("Africa/Cairo"),
    "spending.rows": lambda tx, s, w: tx.spending.rows(
        SpendBy.BOARD, since=NOW, until=LATER, user_id=None
    ),
    "spending.figures": lambda tx, s, w: (
        tx.spending.figures(since=NOW, until=LATER, user_id=None).spent
    ),
    "spending.accounts": lambda tx, s, w: [
        one.generation_id for one in tx.spending.accounts(after=None, limit=99) if one.entries
    ],
    "events.append": lambda tx, s, w: tx.events.append(
        replace(w.new(w.abroad), id=s.done), "phase", {}, now=NOW
    ),
    "events.after": lambda tx, s, w: (
        tx.events.after(last_id=0),
        tx.events.after(last_id=0, job_id=s.job.id),
        tx.events.after(last_id=0, board_id=s.board.id),
        tx.events.after(last_id=0, board_ids=frozenset({s.board.id})),
    ),
    "events.forget": lambda tx, s, w: tx.events.forget(before=LATER, limit=99),
    "uploads.insert": lambda tx, s, w: tx.uploads.insert(
        UploadRecord(
            generation_id=s.done,
            tenant_id=s.tenant_id,
            user_id=s.user_id,
            source="file",
            filename=None,
            size=1,
            sha256="00",
            created_at=NOW,
        )
    ),
    "uploads.begin": lambda tx, s, w: tx.uploads.begin(replace(s.resumable, id=new_id())),
    "uploads.resumable": lambda tx, s, w: tx.uploads.resumable(s.resumable.id),
    "uploads.count_unfinished": lambda tx, s, w: tx.uploads.count_unfinished(s.user_id),
    "uploads.add_part": lambda tx, s, w: tx.uploads.add_part(
        s.resumable, ports.Part(key="mine", size=1), expires_at=LATER
    ),
    "uploads.finish": lambda tx, s, w: tx.uploads.finish(s.resumable, s.done),
    "uploads.drop": lambda tx, s, w: tx.uploads.drop(s.resumable.id),
    "uploads.expired": lambda tx, s, w: tx.uploads.expired(
        before=LATER + timedelta(days=9), limit=9
    ),
    "tokens.add": lambda tx, s, w: tx.tokens.add(replace(s.api_token, id=new_id()), "new"),
    "tokens.by_fingerprint": lambda tx, s, w: tx.tokens.by_fingerprint("print of abroad"),
    "tokens.get": lambda tx, s, w: tx.tokens.get(s.api_token.id),
    "tokens.of_user": lambda tx, s, w: tx.tokens.of_user(s.user_id),
    "tokens.of_tenant": lambda tx, s, w: tx.tokens.of_tenant(),
    "tokens.revoke": lambda tx, s, w: tx.tokens.revoke(s.api_token.id, now=NOW),
    "tokens.used": lambda tx, s, w: tx.tokens.used(s.api_token.id, now=NOW),
    "agents.add": lambda tx, s, w: tx.agents.add(
        agent_session_of(replace(s.api_token, id=new_id()))
    ),
    "agents.get": lambda tx, s, w: tx.agents.get(s.api_token.id),
    "agents.of_user": lambda tx, s, w: tx.agents.of_user(s.user_id, at_most=9),
    "agents.end": lambda tx, s, w: tx.agents.end(s.api_token.id, now=NOW),
    "agents.forget": lambda tx, s, w: tx.agents.forget(before=LATER),
    "audit.add": lambda tx, s, w: tx.audit.add(audited(s.tenant_id)),
    "audit.list": lambda tx, s, w: tx.audit.list(limit=9, cursor=None),
    "audit.forget": lambda tx, s, w: tx.audit.forget(before=LATER),
    "previews.want": lambda tx, s, w: tx.previews.want(s.cancelled, tenant_id=s.tenant_id, now=NOW),
    "previews.get": lambda tx, s, w: tx.previews.get(s.done),
    "previews.take": lambda tx, s, w: tx.previews.take(now=LATER, until=LATER, limit=9),
    "previews.keep": lambda tx, s, w: tx.previews.keep(
        ports.Preview(generation_id=s.done, tenant_id=s.tenant_id, medium_key="mine"),
        blurhash="mine",
        now=NOW,
    ),
    "previews.put_off": lambda tx, s, w: tx.previews.put_off(s.done, until=LATER),
    "previews.waiting": lambda tx, s, w: tx.previews.waiting(),
    "turns.take": lambda tx, s, w: tx.turns.take("x", every=LEASE, now=NOW),
    "keys.list": lambda tx, s, w: tx.keys.list(),
    "keys.sealed": lambda tx, s, w: tx.keys.sealed(),
    "keys.put": lambda tx, s, w: put_key(tx, s.tenant_id, "kie"),
    "keys.remove": lambda tx, s, w: tx.keys.remove("fal"),
    "keys.reseal": lambda tx, s, w: tx.keys.reseal(
        replace(s.key, secret_id="s1"), sealed="mine", secret_id="s2"
    ),
    "keys.used_by": lambda tx, s, w: tx.keys.used_by(s.intended),
    "keys.forget_unused": lambda tx, s, w: tx.keys.forget_unused(),
    "providers.pauses": lambda tx, s, w: tx.providers.pauses(),
    "providers.pause": lambda tx, s, w: tx.providers.pause("fal", now=NOW, by=None),
    "providers.resume": lambda tx, s, w: [
        work(tx) for work in (lambda t: t.providers.resume("fal", now=NOW, by=None), len_of_pauses)
    ],
    "providers.is_paused": lambda tx, s, w: tx.providers.is_paused("runway"),
    "providers.queues": lambda tx, s, w: tuple(tx.providers.queues()),
    **{name: _curated(call) for name, call in curating.CALLS.items()},
    **{name: _told(call) for name, call in telling.CALLS.items()},
}
"""What somebody of the tenant at home may try, knowing all ids and tokens of the tenant abroad."""

OF_ALL_TENANTS = {
    "generations.find_anywhere": "tells a foreign input from a missing one; the service hides it",
    "generations.admit": "places are shared; it gives ids to dispatch and nothing to the caller",
    "events.last_id": "a number",
}


class TakenBack(Exception):
    """Rolls a transaction back that a test has seen enough of."""


def rows_of(tx: Tx, tenant_id: UUID) -> list[tuple[object, ...]]:
    """Every row of a tenant, in every table."""
    wire = door_of(tx).wire
    # From here on the door stands alone: PostgreSQL's own wall is tried in test_walls.
    wire.look_beyond()
    of_world = Door(wire, Scope(tenant_id=tenant_id))
    found: list[tuple[object, ...]] = []
    for table in tables.Base.__subclasses__():
        if "tenant_id" in table.__table__.columns:
            rows = of_world.run(_everything, {}, table)
            found += [(table.__tablename__, *row) for row in rows]
    return sorted(found, key=repr)


def _everything(door: Door, table: Any) -> Any:
    return door.select(table)


@dataclass
class Outcome:
    """What a call answered, and whether it changed a row of the tenant abroad."""

    answer: Any = None
    refusal: Exception | None = None
    changed: bool = False

    @property
    def shows_nothing(self) -> bool:
        return shows_nothing(self.answer)


async def attempt(world: World, secret: Secret, method: str, scope: Scope) -> Outcome:
    """Make a call, look at what it did, and take it back."""
    outcome = Outcome()

    def work(tx: Tx) -> None:
        before = rows_of(tx, secret.tenant_id)
        assert len(before) > 10
        try:
            outcome.answer = CALLS[method](tx, secret, world)
            tx.finish()  # type: ignore[attr-defined]
        except (Forbidden, Conflict) as refusal:
            outcome.refusal = refusal
        else:
            outcome.changed = rows_of(tx, secret.tenant_id) != before
        raise TakenBack

    with pytest.raises(TakenBack):
        await world.write(work, scope)
    return outcome


def test_every_method_is_tried() -> None:
    assert set(METHODS) == CALLS.keys() | OF_ALL_TENANTS.keys()


async def test_another_tenant_neither_sees_nor_changes_anything(world: World) -> None:
    secret = await make_secret(world)
    for method in sorted(CALLS):
        outcome = await attempt(world, secret, method, world.home.scope)
        assert not outcome.changed, method
        assert outcome.shows_nothing, f"{method} answered {outcome.answer!r}"
        assert str(secret.tenant_id) not in str(outcome.refusal), method


async def test_people_are_found_before_tenants_are(world: World) -> None:
    with pytest.raises(Forbidden, match="people"):
        await world.read(lambda tx: tx.people.tenants(), world.home.scope)


async def test_the_same_calls_do_something_for_their_own_tenant(world: World) -> None:
    # Without this the test above would also pass for calls that never do anything.
    secret = await make_secret(world)
    for method in sorted(CALLS.keys() - NOTHING_TO_SEE.keys()):
        scope = SYSTEM if method in FOR_SYSTEM else world.abroad.scope
        outcome = await attempt(world, secret, method, scope)
        assert outcome.refusal is None, method
        assert outcome.changed or not outcome.shows_nothing, method


FOR_SYSTEM = {
    *curating.FOR_SYSTEM,
    *telling.FOR_SYSTEM,
    "accounts.add_user",
    "accounts.seed_default",
    "agents.forget",
    "audit.forget",
    "events.forget",
    "generations.release_leases",
    "generations.unclaimed",
    "keys.forget_unused",
    "previews.take",
    "previews.waiting",
    "providers.is_paused",
    "providers.pause",
    "providers.pauses",
    "providers.resume",
    "tokens.by_fingerprint",
    "turns.take",
    "uploads.expired",
    "waits.list",
}
NOTHING_TO_SEE = {
    **curating.NOTHING_TO_SEE,
    "blobs.held_elsewhere": "nothing is on its way there",
    "trash.tenant_is_gone": "it was not deleted",
    "blobs.tombstone": "everything there is used, or has a tombstone",
    "budgets.miscounted": "nothing is, as long as nobody forces it",
    "budgets.set_time_zone": "it names no tenant: it is the scope's own",
    "boards.role_of": "the user at home has no role abroad, which is the point",
    "boards.roles_on": "nobody was made a member there",
    "lookups.members": "nobody was made a member there",
    "search.refresh": "it writes what is there already",
    "search.refresh_tag": "it writes what is there already",
    "boards.add_member": "the database refuses a member of another tenant even to SYSTEM",
}


def shows_nothing(answer: Any) -> bool:
    """Tell whether an answer is the one that a row which is not there gives."""
    if isinstance(answer, ports.Page):
        return not answer.items and answer.next is None
    if isinstance(answer, ports.Renewal):
        return not answer.held and not answer.cancel_requested
    if isinstance(answer, tuple | list | frozenset):
        return all(shows_nothing(one) for one in answer)
    return not answer


class TestAdmission:
    async def test_it_tells_a_tenant_nothing_but_ids(self, world: World) -> None:
        secret = await make_secret(world)
        found = await world.write(
            lambda tx: tx.generations.admit(Limits(default_provider=99), now=NOW, at_most=9),
            world.home.scope,
        )
        assert found == (secret.waiting,)


class TestDoor:
    async def door(self, world: World, use: Callable[[Door], Any], scope: Scope) -> Any:
        return await world.write(lambda tx: use(door_of(tx)), scope)

    async def test_a_row_of_another_tenant_is_not_inserted(self, world: World) -> None:
        row = {"tenant_id": world.abroad.tenant_id, "id": new_id()}
        with pytest.raises(Forbidden):
            await self.door(world, lambda door: door.insert(tables.Tag, [row]), world.home.scope)

    async def test_a_statement_without_the_tenant_is_not_run(self, world: World) -> None:
        with pytest.raises(Forbidden, match="_forgetful"):
            await self.door(world, lambda door: door.run(_forgetful), world.home.scope)

    @pytest.mark.parametrize(
        "table", [tables.Tenant, tables.Identity, tables.Turn, tables.ProviderState]
    )
    async def test_what_belongs_to_no_tenant_is_only_for_the_system(
        self, world: World, table: Any
    ) -> None:
        with pytest.raises(Forbidden):
            await self.door(world, lambda door: door.select_shared(table), world.home.scope)
        with pytest.raises(Forbidden):
            await self.door(world, lambda door: door.update_shared(table), world.home.scope)
        with pytest.raises(Forbidden):
            await self.door(world, lambda door: door.insert(table, [{}]), world.home.scope)
        with pytest.raises(TypeError):
            await self.door(world, lambda door: door.select(table), SYSTEM)

    async def test_a_tenant_s_table_is_not_shared(self, world: World) -> None:
        with pytest.raises(TypeError):
            await self.door(world, lambda door: door.select_shared(tables.Board), SYSTEM)

    async def test_reading_all_tenants_needs_a_reason(self, world: World) -> None:
        with pytest.raises(ValueError, match="why"):
            await self.door(world, lambda door: door.unscoped(""), world.home.scope)

    async def test_every_other_table_has_a_tenant(self, world: World) -> None:
        shared = {
            tables.Tenant,
            tables.Identity,
            tables.Password,
            tables.Session,
            tables.SignInLink,
            tables.Turn,
            tables.WebhookReceipt,
            tables.ProviderState,
        }
        for table in set(tables.Base.__subclasses__()) - shared:
            column = table.__table__.columns["tenant_id"]
            assert not column.nullable, table.__tablename__
            assert column.foreign_keys, table.__tablename__


def _forgetful(door: Door) -> Any:
    return door.derive(tables.Board.id)
