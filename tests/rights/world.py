"""An installation with people of every kind, and things of every kind for them to reach for.

In the tenant `default` there are a shared board and a public one, each with the same owner and
members; in the tenant `abroad` there is a board of somebody else. What is secret is marked, so that
an answer that holds it gives itself away.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from fastapi import FastAPI

from boards.api.credentials import SESSION_COOKIE
from boards.bootstrap.app import App
from boards.domain.access import Actor, TenantRole, TokenScope
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.boards import Board, BoardRole, Invitation, ShareLink
from boards.domain.budgets import Budget, BudgetScope, Period, Strictness
from boards.domain.costs import Confidence, Cost, Entry, LedgerKind, free
from boards.domain.generations import ExtraFile, Phase
from boards.domain.identities import LOCAL, Principal
from boards.domain.jobs import Job
from boards.domain.people import ApiToken, Session, Tenant, new_secret
from boards.domain.tags import Note, Tag
from boards.ids import new_id
from boards.services.ports import (
    SYSTEM,
    Delivery,
    Endpoint,
    Limits,
    MessageType,
    NewGeneration,
    Preview,
    Tx,
    UndoRecord,
)
from boards.services.uploads import UploadWords
from boards.testing.generators import tiny_png

T = TypeVar("T")

PICTURE = tiny_png(0x224466)
LONG = timedelta(days=1)
GENERATOR = "local-noop"


class Place(StrEnum):
    """Where a thing is."""

    SHARED = "shared"
    PUBLIC = "public"
    ABROAD = "abroad"


PROMPTS = {place: f"the-secret-prompt-of-the-{place}-board" for place in Place}
TITLES = {place: f"The title of the {place} board" for place in Place}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in one tenant, and what they send along to prove it."""

    name: str
    tenant_id: UUID
    user_id: UUID | None = None
    identity_id: UUID | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.name}@people.example"


ROLES = {
    "admin": BoardRole.ADMIN,
    "editor": BoardRole.EDITOR,
    "viewer": BoardRole.VIEWER,
    "disabled": BoardRole.ADMIN,
}
ADMINS = {"tenant admin", "other tenant"}


@dataclass(kw_only=True)
class World:
    """The installation. `people` are by the names that the columns of docs/rights.md have."""

    app: App
    api: FastAPI
    people: dict[str, Person] = field(default_factory=dict)
    tenants: dict[Place, UUID] = field(default_factory=dict)
    boards: dict[Place, UUID] = field(default_factory=dict)
    files: dict[Place, StoredFile] = field(default_factory=dict)
    tokens: dict[str, UUID] = field(default_factory=dict)
    shared: dict[str, UUID] = field(default_factory=dict)

    async def write(self, work: Callable[[Tx], T]) -> T:
        return await self.app.database.write(work, scope=SYSTEM)

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def settle(self) -> None:
        """Let everybody move in."""
        home = self.app.actor.tenant_id
        abroad = await self.tenant("abroad")
        self.tenants = {Place.SHARED: home, Place.PUBLIC: home, Place.ABROAD: abroad}
        for name in (
            *("owner", "admin", "editor", "viewer", "stranger", "disabled"),
            *("tenant admin", "platform admin"),
        ):
            self.people[name] = await self.person(name, home)
        self.people["other tenant"] = await self.person("other tenant", abroad)
        self.people["nobody"] = Person(name="nobody", tenant_id=home)
        self.people["read token"] = await self.reader(self.people["owner"])
        self.people["read token of an admin"] = await self.reader(self.people["tenant admin"])
        for place, title in TITLES.items():
            self.boards[place] = await self.board(place, title)
            self.files[place] = await self.file(place)
        gone = self.people["disabled"].user_id
        assert gone is not None
        await self.write(lambda tx: tx.people.disable(gone, at=self.now()))

    # People

    async def tenant(self, slug: str) -> UUID:
        now = self.now()
        tenant = Tenant(id=new_id(), slug=slug, name=slug, created_at=now, approved_at=now)
        await self.write(lambda tx: tx.people.add_tenant(tenant))
        return tenant.id

    async def person(self, name: str, tenant_id: UUID) -> Person:
        """Somebody who is signed in by a browser."""
        now, secret = self.now(), new_secret()
        plain = Person(name=name.replace(" ", "-"), tenant_id=tenant_id)
        role = TenantRole.ADMIN if name in ADMINS else TenantRole.MEMBER
        principal = Principal(provider=LOCAL, subject=str(new_id()), email=plain.email)

        def work(tx: Tx) -> Person:
            tenant = tx.people.tenant(tenant_id)
            assert tenant is not None
            identity = tx.people.ensure_identity(LOCAL, principal.subject, now=now)
            tx.people.update_identity(identity, principal)
            tx.people.set_platform_admin(identity, is_admin=name == "platform admin")
            member = tx.people.admit(tenant, identity, principal, role, now=now)
            session = Session(
                id=new_id(),
                identity_id=identity,
                created_at=now,
                expires_at=now + LONG,
                seen_at=now,
            )
            tx.people.add_session(session, secret.fingerprint)
            return replace(
                plain,
                user_id=member.user_id,
                identity_id=identity,
                headers={"cookie": f"{SESSION_COOKIE}={secret.text}"},
            )

        return await self.write(work)

    async def again(self, person: Person) -> Mapping[str, str]:
        """What the person sends along in one more session of theirs."""
        identity = person.identity_id
        if identity is None or "cookie" not in person.headers:
            return person.headers
        now, secret = self.now(), new_secret()
        session = Session(
            id=new_id(), identity_id=identity, created_at=now, expires_at=now + LONG, seen_at=now
        )
        await self.write(lambda tx: tx.people.add_session(session, secret.fingerprint))
        return {"cookie": f"{SESSION_COOKIE}={secret.text}"}

    async def reader(self, person: Person) -> Person:
        """The same person by a token that may only read."""
        token_id, text = await self.token(person, TokenScope.READ)
        self.tokens[f"Bearer {text}"] = token_id
        return replace(person, headers={"authorization": f"Bearer {text}"})

    async def token(self, person: Person, *scopes: TokenScope) -> tuple[UUID, str]:
        secret = new_secret("boards_")
        assert person.user_id is not None
        token = ApiToken(
            id=new_id(),
            tenant_id=person.tenant_id,
            user_id=person.user_id,
            name=f"token of {person.name}",
            hint=secret.hint,
            scopes=frozenset(scopes),
            created_at=self.now(),
            expires_at=None,
        )
        await self.write(lambda tx: tx.tokens.add(token, secret.fingerprint))
        return token.id, secret.text

    async def agent_session(self, person: Person) -> UUID:
        actor = Actor(tenant_id=person.tenant_id, user_id=person.user_id)
        return (await self.app.agents.open(actor, name="robot")).session.id

    def host(self, place: Place) -> Person:
        """Who owns the board of a place."""
        return self.people["other tenant" if place is Place.ABROAD else "owner"]

    # Boards and what is on them

    async def board(self, place: Place, title: str) -> UUID:
        now, host = self.now(), self.host(place)
        assert host.user_id is not None
        board = Board(
            id=new_id(),
            tenant_id=host.tenant_id,
            owner_id=host.user_id,
            title=title,
            description=None,
            is_public=place is Place.PUBLIC,
            created_at=now,
            updated_at=now,
        )

        def work(tx: Tx) -> UUID:
            tx.boards.insert(board)
            for name, role in ROLES.items():
                member = self.people[name].user_id
                if place is not Place.ABROAD and member is not None:
                    tx.boards.add_member(board.id, member, role, now=now)
            return board.id

        return await self.write(work)

    async def file(self, place: Place) -> StoredFile:
        key = self.app.storage.new_key(self.tenants[place], ArtifactType.IMAGE, "png")
        path = Path(self.app.settings.data_dir) / f"{place}.png"
        path.write_bytes(PICTURE)
        await self.app.storage.put(key, path, max_bytes=10_000)
        facts = MediaFacts(format="png", mime="image/png", width=4, height=4, has_alpha=False)
        digest = hashlib.sha256(PICTURE).hexdigest()
        return StoredFile(key=key, size=len(PICTURE), sha256=digest, facts=facts)

    def new(self, place: Place, by: Person | None, **changes: object) -> NewGeneration:
        host = self.host(place)
        maker = host if by is None or by.user_id is None or by.tenant_id != host.tenant_id else by
        assert maker.user_id is not None
        plain = NewGeneration(
            id=new_id(),
            tenant_id=host.tenant_id,
            board_id=self.boards[place],
            user_id=maker.user_id,
            job_id=None,
            generator_name=GENERATOR,
            provider="local",
            artifact_type=ArtifactType.IMAGE,
            phase=Phase.PENDING,
            input_params={"prompt": PROMPTS[place]},
            estimate=Cost(amount=Decimal("0.01"), confidence=Confidence.LISTED),
            repeatable=False,
            created_at=self.now(),
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    def done(self, place: Place, by: Person | None, **changes: object) -> NewGeneration:
        return self.new(
            place,
            by,
            phase=Phase.COMPLETED,
            estimate=free(),
            cost=free(),
            completed_at=self.now(),
            file=self.files[place],
            **changes,
        )

    async def generation(self, place: Place, by: Person | None, **changes: object) -> UUID:
        """One that has ended, with a file, an extra file and a small picture."""
        new, now, file = self.new(place, by, **changes), self.now(), self.files[place]
        mask = ExtraFile(role="mask", type=ArtifactType.IMAGE, file=file)

        def work(tx: Tx) -> UUID:
            token = self._claim(tx, new)
            tx.ledger.add(new, Entry(kind=LedgerKind.SETTLE, amount=Decimal("0.01")), now=now)
            moved = tx.generations.move(
                new.id,
                Phase.COMPLETED,
                now=now,
                token=token,
                completed_at=now,
                file=file,
                thumbnail_key=file.key,
                extra_files=(mask,),
                cost=new.estimate,
            )
            assert moved
            shown = Preview(
                generation_id=new.id,
                tenant_id=new.tenant_id,
                medium_key=file.key,
                waveform_key=file.key,
            )
            tx.previews.want(new.id, tenant_id=new.tenant_id, now=now)
            assert tx.previews.keep(shown, blurhash=None, now=now)
            return new.id

        return await self.write(work)

    async def running(self, place: Place, by: Person | None, job_id: UUID | None = None) -> UUID:
        """One under way, in the hands of a worker that does nothing."""
        new = self.new(place, by, job_id=job_id)

        def work(tx: Tx) -> UUID:
            self._claim(tx, new)
            return new.id

        return await self.write(work)

    def _claim(self, tx: Tx, new: NewGeneration) -> UUID:
        now = self.now()
        tx.generations.insert([new])
        tx.ledger.hold([new], token_id=None, session_id=None, now=now)
        tx.generations.admit(
            Limits(total=10**6, default_provider=10**6), now=now, at_most=1000, provider="local"
        )
        [claim] = tx.generations.claim([new.id], now=now, lease_until=now + LONG)
        return claim.run_token

    async def attention(self, place: Place, by: Person | None) -> UUID:
        """One about which somebody has to decide."""
        new = self.new(place, by)

        def work(tx: Tx) -> UUID:
            token = self._claim(tx, new)
            tx.generations.move(
                new.id, Phase.SUBMIT_UNKNOWN, now=self.now(), token=token, needs_attention=True
            )
            return new.id

        return await self.write(work)

    async def job(self, place: Place, by: Person | None, *, is_over: bool = True) -> UUID:
        host = self.host(place)
        maker = self.new(place, by).user_id
        job = Job(
            id=new_id(),
            tenant_id=host.tenant_id,
            board_id=self.boards[place],
            user_id=maker,
            generator_name=GENERATOR,
            takes=1,
            created_at=self.now(),
        )
        await self.write(lambda tx: tx.jobs.insert(job))
        if is_over:
            new = self.done(place, by, job_id=job.id)
            await self.write(lambda tx: tx.generations.insert([new]))
        else:
            await self.running(place, by, job.id)
        return job.id

    async def resumable(self, place: Place, by: Person | None) -> UUID:
        """A file of which nothing has come yet."""
        host = self.host(place)
        maker = self.new(place, by).user_id
        actor = Actor(tenant_id=host.tenant_id, user_id=maker)
        begun = await self.app.transfers.resumable.begin(actor, size=10, words=UploadWords())
        return begun.id

    async def spare_board(
        self, place: Place, *, title: str = "A spare board", in_trash: bool = False
    ) -> UUID:
        """One more board with the same people, to be given away or deleted."""
        board_id = await self.board(place, title)
        if in_trash:
            await self.write(lambda tx: tx.trash.delete_board(board_id, now=self.now()))
        return board_id

    async def covered_board(self, place: Place) -> UUID:
        """A board with one picture, which stands for it."""
        board_id = await self.spare_board(place)
        await self.generation(place, None, board_id=board_id)
        return board_id

    async def board_member(self, place: Place, by: Person | None, board_id: UUID) -> UUID:
        """Somebody on a board: the person themselves, whatever they are there, or a newcomer."""
        if by is not None and by.user_id is not None:
            return by.user_id
        member = await self.member(place)

        def work(tx: Tx) -> UUID:
            # A board of another tenant may be named in its place.
            if tx.boards.get(board_id) is not None:
                tx.boards.add_member(board_id, member, BoardRole.VIEWER, now=self.now())
            return member

        return await self.write(work)

    async def deleted_generation(self, place: Place, by: Person | None) -> UUID:
        generation_id = await self.generation(place, by)
        await self.write(lambda tx: tx.trash.delete([generation_id], now=self.now()))
        return generation_id

    async def note(self, place: Place, by: Person | None) -> UUID:
        """What the person wrote, or without one somebody whom nobody is."""
        host = self.host(place)
        own = by is not None and by.user_id is not None and by.tenant_id == host.tenant_id
        writer = by.user_id if own and by else await self.member(place)
        assert writer is not None
        note = Note(
            id=new_id(),
            tenant_id=host.tenant_id,
            generation_id=await self.generation(place, None),
            user_id=writer,
            text="A note",
            created_at=self.now(),
            updated_at=self.now(),
        )
        await self.write(lambda tx: tx.notes.add(note))
        return note.id

    async def invitation(self, place: Place) -> UUID:
        host = self.host(place)
        assert host.user_id is not None
        invitation = Invitation(
            id=new_id(),
            tenant_id=host.tenant_id,
            board_id=self.boards[place],
            email=f"{new_id().hex}@elsewhere.example",
            role=BoardRole.VIEWER,
            invited_by=host.user_id,
            created_at=self.now(),
            expires_at=self.now() + LONG,
        )
        await self.write(lambda tx: tx.invitations.add(invitation, new_secret().fingerprint))
        return invitation.id

    async def share_link(self, place: Place, board_id: UUID | None = None) -> UUID:
        return (await self._link(place, board_id or self.boards[place]))[0]

    async def share_text(self, place: Place) -> str:
        """What names a link to a board of its own, on which everything secret is as elsewhere."""
        board_id = await self.spare_board(place)
        _, text = await self._link(place, board_id)
        self.shared[text] = board_id
        return text

    async def shared_generation(self, place: Place, text: str) -> UUID:
        return await self.generation(place, None, board_id=self.shared[text])

    async def _link(self, place: Place, board_id: UUID) -> tuple[UUID, str]:
        host, secret = self.host(place), new_secret()
        assert host.user_id is not None
        link = ShareLink(
            id=new_id(),
            tenant_id=host.tenant_id,
            board_id=board_id,
            hint=secret.hint,
            created_by=host.user_id,
            created_at=self.now(),
            expires_at=None,
        )
        await self.write(lambda tx: tx.share_links.add(link, secret.fingerprint))
        return link.id, secret.text

    async def undo(self, place: Place, by: Person | None) -> UUID:
        """What the person may take back, wherever they are, or without one the host."""
        owner = by if by is not None and by.user_id is not None else self.host(place)
        assert owner.user_id is not None
        record = UndoRecord(
            id=new_id(),
            tenant_id=owner.tenant_id,
            user_id=owner.user_id,
            action="delete",
            changed=((await self.deleted_generation(place, None), None),),
            tag_id=None,
            created_at=self.now(),
            expires_at=self.now() + LONG,
        )
        await self.write(lambda tx: tx.undos.add(record))
        return record.id

    # What belongs to a tenant

    async def tag(self, place: Place, *, on: UUID | None = None) -> UUID:
        tenant_id, word = self.tenants[place], f"tag-{new_id().hex}"
        tag = Tag(
            id=new_id(),
            tenant_id=tenant_id,
            name=word,
            slug=word,
            description=None,
            created_at=self.now(),
            updated_at=self.now(),
        )

        def work(tx: Tx) -> UUID:
            tx.tags.add(tag)
            # What is named may be of another tenant, or not be there at all.
            found = {} if on is None else tx.generations.find_anywhere([on])
            for one in found.values():
                if one.tenant_id == tenant_id:
                    tx.tags.attach(tag.id, [one.id], tenant_id=tenant_id)
            return tag.id

        return await self.write(work)

    async def budget(self, place: Place) -> UUID:
        tenant = self.tenants[place]
        user = await self.person(f"spender-{new_id().hex[-8:]}", tenant)
        assert user.user_id is not None
        budget = Budget(
            id=new_id(),
            tenant_id=tenant,
            scope=BudgetScope.USER,
            subject_id=user.user_id,
            period=Period.TOTAL,
            strictness=Strictness.HARD,
            amount=Decimal(100),
            created_at=self.now(),
            updated_at=self.now(),
        )
        await self.write(lambda tx: tx.budgets.insert(budget))
        return budget.id

    async def endpoint(self, place: Place) -> UUID:
        endpoint_id, now = new_id(), self.now()
        host = self.host(place)
        assert host.user_id is not None
        endpoint = Endpoint(
            id=endpoint_id,
            tenant_id=host.tenant_id,
            created_by=host.user_id,
            # Nobody is called: the address is one of this machine.
            url="http://127.0.0.1:9/hook",
            description="",
            events=(MessageType.ATTENTION,),
            secret=self.sealed(endpoint_id),
            created_at=now,
            updated_at=now,
        )

        def work(tx: Tx) -> UUID:
            tx.webhooks.insert_endpoint(endpoint)
            return endpoint_id

        return await self.write(work)

    def sealed(self, endpoint_id: UUID) -> str:
        sealed: str = self.app.webhooks._sealed("whsec_" + "A" * 43 + "=", endpoint_id)
        return sealed

    async def delivery(self, place: Place, endpoint_id: UUID) -> UUID:
        delivery_id, now = new_id(), self.now()
        delivery = Delivery(
            id=delivery_id,
            tenant_id=self.tenants[place],
            endpoint_id=endpoint_id,
            type=MessageType.TEST,
            cause=f"test:{delivery_id}",
            due_at=now + LONG,
            created_at=now,
        )
        await self.write(lambda tx: tx.webhooks.add_deliveries([delivery]))
        return delivery_id

    async def newcomer(self, place: Place) -> Person:
        return await self.person(f"member-{new_id().hex[-8:]}", self.tenants[place])

    async def member(self, place: Place) -> UUID:
        person = await self.newcomer(place)
        assert person.user_id is not None
        return person.user_id
