"""Who may do what: one pure table that every surface asks.

An actor is somebody acting within one tenant. Rights on a board follow from the actor's standing
there; rights on a generation follow from its board and from who made it. What belongs to no board,
such as budgets or tenants, asks for a rank. docs/rights.md shows what comes of it on every surface.
"""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from uuid import UUID

__all__ = [
    "Action",
    "Actor",
    "Duty",
    "Origin",
    "Rank",
    "Standing",
    "TenantRole",
    "TokenScope",
    "may",
    "may_here",
    "rank_for",
    "scope_for",
]


class TenantRole(StrEnum):
    """A user's role in the tenant."""

    MEMBER = "member"
    ADMIN = "admin"


class TokenScope(StrEnum):
    """What an API token may be used for; never more than its owner may do."""

    READ = "read"
    """See boards, generations, files and costs. Every other scope includes it."""
    GENERATE = "generate"
    """Spend: generate, upload, cancel."""
    MANAGE = "manage"
    """Make, change and delete boards, members and generations; decide about lost runs."""
    ADMIN = "admin"
    """Administer the tenant, as far as its owner may."""


class Standing(StrEnum):
    """What an actor is to one board, strongest first."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"
    GUEST = "guest"
    """A visitor of a board whose owner shares how things were made."""
    PUBLIC = "public"
    """A visitor of a public board, or one with a link to it."""
    NONE = "none"


class Action(StrEnum):
    """Everything that rights are asked for."""

    VIEW = "view"
    VIEW_RECIPES = "view_recipes"
    FAVOURITE = "favourite"
    WRITE_NOTES = "write_notes"
    ARRANGE = "arrange"
    """Give titles and tags to what is on a board."""
    GENERATE = "generate"
    UPLOAD = "upload"
    CANCEL = "cancel"
    DELETE_GENERATION = "delete_generation"
    MOVE_GENERATION = "move_generation"
    RESOLVE_ATTENTION = "resolve_attention"
    UPDATE_BOARD = "update_board"
    MANAGE_MEMBERS = "manage_members"
    SHARE_LINKS = "share_links"
    RESTORE_BOARD = "restore_board"
    SHARE_RECIPES = "share_recipes"
    TRANSFER_BOARD = "transfer_board"
    DELETE_BOARD = "delete_board"


class Rank(IntEnum):
    """What an actor is to the tenant and to the installation, weakest first."""

    VISITOR = 0
    """Anybody, signed in or not."""
    MEMBER = 1
    """Somebody of the tenant."""
    TENANT_ADMIN = 2
    PLATFORM_ADMIN = 3


class Duty(StrEnum):
    """Everything that rights are asked for outside of any one board."""

    SEE_SELF = "see who you are"
    SEE_OWN = "list what is yours"
    SEE_GENERATORS = "see the generators"
    SEE_PROVIDERS = "see how providers stand"
    SEE_SPENDING = "see what was spent"
    SEE_TENANT = "see the tenant"
    SEE_TAGS = "see the tags"
    CHANGE_TAGS = "make and change tags"
    JOIN_BOARD = "accept an invitation"
    ESTIMATE = "ask for a price"
    GENERATE = "generate"
    UPLOAD = "upload"
    CREATE_BOARD = "make a board"
    END_TOKEN = "revoke a token"  # noqa: S105 - what is done, and no secret
    SEE_MEMBERS = "see its members"
    SEE_AUDIT = "read its audit log"
    SEE_DRIFT = "see how prices drift"
    SEE_STORAGE = "see what it keeps"
    SET_BUDGETS = "set budgets"
    SET_COSTS = "put costs right"
    EXAMINE_LEDGER = "examine the ledger"
    MANAGE_KEYS = "see and set its keys"
    MANAGE_WEBHOOKS = "see and change its webhooks"
    MANAGE_TOKENS = "list everybody's tokens"
    CHANGE_TENANT = "change the tenant"
    CHANGE_MEMBERS = "change its members"
    RUN_PROVIDERS = "pause and resume providers"
    ROTATE_KEYS = "encrypt its keys anew"
    SEE_COUNTS = "read what the server has counted"
    RUN_STORAGE = "check the storage and set quotas"
    RUN_TENANTS = "make, approve, delete and restore tenants"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a request came from."""

    address: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody acting in a tenant. `user_id` None is an anonymous visitor.

    `token_id` and `session_id` name the API token and the agent's session by which they act, if
    they do: what is spent is put down to these, too. `linked_board_id` is the one board that a
    visitor came to by a link.
    """

    tenant_id: UUID
    user_id: UUID | None
    tenant_role: TenantRole = TenantRole.MEMBER
    platform_admin: bool = False
    scopes: frozenset[TokenScope] | None = None
    token_id: UUID | None = None
    session_id: UUID | None = None
    linked_board_id: UUID | None = None
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def rank(self) -> Rank:
        """What they are here, whatever they act by; see `may_here`."""
        if self.platform_admin:
            return Rank.PLATFORM_ADMIN
        if self.tenant_role is TenantRole.ADMIN:
            return Rank.TENANT_ADMIN
        return Rank.VISITOR if self.user_id is None else Rank.MEMBER

    @property
    def is_tenant_admin(self) -> bool:
        """Whether they may administer the tenant, by what they act by as well."""
        return self.rank >= Rank.TENANT_ADMIN and self.allows(TokenScope.ADMIN)

    @property
    def is_platform_admin(self) -> bool:
        """Whether they may administer the whole installation, by what they act by as well."""
        return self.platform_admin and self.allows(TokenScope.ADMIN)

    def allows(self, scope: TokenScope) -> bool:
        """Tell whether what they act by reaches so far; a person themselves reaches everywhere."""
        if self.scopes is None:
            return True
        return scope in self.scopes or (scope is TokenScope.READ and bool(self.scopes))


_VISITOR = frozenset({Action.VIEW, Action.FAVOURITE})
_VIEWER = _VISITOR | {Action.VIEW_RECIPES, Action.WRITE_NOTES}
_EDITOR = _VIEWER | {Action.GENERATE, Action.UPLOAD, Action.ARRANGE}
_ADMIN = _EDITOR | {
    Action.CANCEL,
    Action.DELETE_GENERATION,
    Action.MOVE_GENERATION,
    Action.RESOLVE_ATTENTION,
    Action.UPDATE_BOARD,
    Action.MANAGE_MEMBERS,
    Action.SHARE_LINKS,
    Action.RESTORE_BOARD,
}
_OWNER = _ADMIN | {Action.DELETE_BOARD, Action.TRANSFER_BOARD, Action.SHARE_RECIPES}
_RIGHTS: dict[Standing, frozenset[Action]] = {
    Standing.OWNER: _OWNER,
    Standing.ADMIN: _ADMIN,
    Standing.EDITOR: _EDITOR,
    Standing.VIEWER: _VIEWER,
    Standing.GUEST: _VISITOR,
    Standing.PUBLIC: _VISITOR,
    Standing.NONE: frozenset(),
}
_OWN = frozenset({Action.CANCEL, Action.DELETE_GENERATION, Action.MOVE_GENERATION})
"""What an editor or better may also do to a generation of their own."""


_SCOPES: dict[Action, TokenScope] = {
    Action.VIEW: TokenScope.READ,
    Action.VIEW_RECIPES: TokenScope.READ,
    Action.FAVOURITE: TokenScope.MANAGE,
    Action.WRITE_NOTES: TokenScope.MANAGE,
    Action.ARRANGE: TokenScope.MANAGE,
    Action.GENERATE: TokenScope.GENERATE,
    Action.UPLOAD: TokenScope.GENERATE,
    Action.CANCEL: TokenScope.GENERATE,
    Action.DELETE_GENERATION: TokenScope.MANAGE,
    Action.MOVE_GENERATION: TokenScope.MANAGE,
    Action.RESOLVE_ATTENTION: TokenScope.MANAGE,
    Action.UPDATE_BOARD: TokenScope.MANAGE,
    Action.MANAGE_MEMBERS: TokenScope.MANAGE,
    Action.SHARE_LINKS: TokenScope.MANAGE,
    Action.RESTORE_BOARD: TokenScope.MANAGE,
    Action.SHARE_RECIPES: TokenScope.MANAGE,
    Action.TRANSFER_BOARD: TokenScope.MANAGE,
    Action.DELETE_BOARD: TokenScope.MANAGE,
}


def may(actor: Actor, action: Action, standing: Standing, *, own: bool = False) -> bool:
    """Tell whether `actor` may do `action` on a board where they have `standing`.

    `own` says that the thing acted on was made by the actor. A tenant admin may resolve the
    attention list of every board of the tenant, and sees what is on it. Who is nobody in particular
    may only look.
    """
    if not actor.allows(_SCOPES[action]):
        return False
    if actor.user_id is None and action is not Action.VIEW:
        return False
    if action in _RIGHTS[standing]:
        return True
    if own and action in _OWN and Action.GENERATE in _RIGHTS[standing]:
        return True
    return action is Action.RESOLVE_ATTENTION and actor.is_tenant_admin


_DUTIES: dict[Duty, tuple[Rank, TokenScope]] = {
    Duty.SEE_SELF: (Rank.VISITOR, TokenScope.READ),
    Duty.SEE_OWN: (Rank.MEMBER, TokenScope.READ),
    Duty.SEE_GENERATORS: (Rank.MEMBER, TokenScope.READ),
    Duty.SEE_PROVIDERS: (Rank.MEMBER, TokenScope.READ),
    Duty.SEE_SPENDING: (Rank.MEMBER, TokenScope.READ),
    Duty.SEE_TENANT: (Rank.MEMBER, TokenScope.READ),
    Duty.SEE_TAGS: (Rank.MEMBER, TokenScope.READ),
    Duty.CHANGE_TAGS: (Rank.MEMBER, TokenScope.MANAGE),
    Duty.JOIN_BOARD: (Rank.MEMBER, TokenScope.MANAGE),
    Duty.END_TOKEN: (Rank.MEMBER, TokenScope.READ),
    Duty.ESTIMATE: (Rank.MEMBER, TokenScope.GENERATE),
    Duty.GENERATE: (Rank.MEMBER, TokenScope.GENERATE),
    Duty.UPLOAD: (Rank.MEMBER, TokenScope.GENERATE),
    Duty.CREATE_BOARD: (Rank.MEMBER, TokenScope.MANAGE),
    Duty.SEE_MEMBERS: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.SEE_AUDIT: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.SEE_DRIFT: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.SEE_STORAGE: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.SET_BUDGETS: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.SET_COSTS: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.EXAMINE_LEDGER: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.MANAGE_KEYS: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.MANAGE_WEBHOOKS: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.MANAGE_TOKENS: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.CHANGE_TENANT: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.CHANGE_MEMBERS: (Rank.TENANT_ADMIN, TokenScope.ADMIN),
    Duty.RUN_PROVIDERS: (Rank.PLATFORM_ADMIN, TokenScope.ADMIN),
    Duty.ROTATE_KEYS: (Rank.PLATFORM_ADMIN, TokenScope.ADMIN),
    Duty.SEE_COUNTS: (Rank.PLATFORM_ADMIN, TokenScope.ADMIN),
    Duty.RUN_STORAGE: (Rank.PLATFORM_ADMIN, TokenScope.ADMIN),
    Duty.RUN_TENANTS: (Rank.PLATFORM_ADMIN, TokenScope.ADMIN),
}


def may_here(actor: Actor, duty: Duty) -> bool:
    """Tell whether `actor` may do `duty` in their tenant, by what they act by as well."""
    return actor.rank >= rank_for(duty) and actor.allows(scope_for(duty))


def rank_for(duty: Duty) -> Rank:
    """The least that somebody must be for it."""
    return _DUTIES[duty][0]


def scope_for(asked: Action | Duty) -> TokenScope:
    """What a token must be for, to do this."""
    return _SCOPES[asked] if isinstance(asked, Action) else _DUTIES[asked][1]
