"""Who may do what: one pure table that every surface asks.

An actor is somebody acting within one tenant. Rights on a board follow from the actor's standing
there; rights on a generation follow from its board and from who made it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

__all__ = [
    "Action",
    "Actor",
    "Origin",
    "Standing",
    "TenantRole",
    "TokenScope",
    "may",
]


class TenantRole(StrEnum):
    """A user's role in the tenant."""

    MEMBER = "member"
    ADMIN = "admin"


class TokenScope(StrEnum):
    """What an API token may be used for; never more than its owner may do."""

    READ = "read"
    """See boards, generations and files."""
    GENERATE = "generate"
    """Spend: generate, upload, cancel."""
    MANAGE = "manage"
    """Make, change and delete boards, members and generations."""
    ADMIN = "admin"
    """Administer the tenant, as far as its owner may."""


class Standing(StrEnum):
    """What an actor is to one board, strongest first."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"
    PUBLIC = "public"
    NONE = "none"


class Action(StrEnum):
    """Everything that rights are asked for."""

    VIEW = "view"
    VIEW_RECIPES = "view_recipes"
    GENERATE = "generate"
    UPLOAD = "upload"
    CANCEL = "cancel"
    DELETE_GENERATION = "delete_generation"
    RESOLVE_ATTENTION = "resolve_attention"
    UPDATE_BOARD = "update_board"
    MANAGE_MEMBERS = "manage_members"
    DELETE_BOARD = "delete_board"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a request came from."""

    address: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody acting in a tenant. `user_id` None is an anonymous visitor.

    `token_id` and `session_id` name the API token and the agent's session by which they act, if
    they do: what is spent is put down to these, too.
    """

    tenant_id: UUID
    user_id: UUID | None
    tenant_role: TenantRole = TenantRole.MEMBER
    platform_admin: bool = False
    scopes: frozenset[TokenScope] | None = None
    token_id: UUID | None = None
    session_id: UUID | None = None
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def is_tenant_admin(self) -> bool:
        """Whether they may administer the tenant, by what they act by as well."""
        is_admin = self.platform_admin or self.tenant_role is TenantRole.ADMIN
        return is_admin and self.allows(TokenScope.ADMIN)

    @property
    def is_platform_admin(self) -> bool:
        """Whether they may administer the whole installation, by what they act by as well."""
        return self.platform_admin and self.allows(TokenScope.ADMIN)

    def allows(self, scope: TokenScope) -> bool:
        """Tell whether what they act by reaches so far; a person themselves reaches everywhere."""
        return self.scopes is None or scope in self.scopes


_EVERYONE = frozenset({Action.VIEW})
_VIEWER = _EVERYONE | {Action.VIEW_RECIPES}
_EDITOR = _VIEWER | {Action.GENERATE, Action.UPLOAD}
_ADMIN = _EDITOR | {
    Action.CANCEL,
    Action.DELETE_GENERATION,
    Action.RESOLVE_ATTENTION,
    Action.UPDATE_BOARD,
    Action.MANAGE_MEMBERS,
}
_RIGHTS: dict[Standing, frozenset[Action]] = {
    Standing.OWNER: _ADMIN | {Action.DELETE_BOARD},
    Standing.ADMIN: _ADMIN,
    Standing.EDITOR: _EDITOR,
    Standing.VIEWER: _VIEWER,
    Standing.PUBLIC: _EVERYONE,
    Standing.NONE: frozenset(),
}
_OWN = frozenset({Action.CANCEL, Action.DELETE_GENERATION})
"""What an editor or better may also do to a generation of their own."""


_SCOPES: dict[Action, TokenScope] = {
    Action.VIEW: TokenScope.READ,
    Action.VIEW_RECIPES: TokenScope.READ,
    Action.GENERATE: TokenScope.GENERATE,
    Action.UPLOAD: TokenScope.GENERATE,
    Action.CANCEL: TokenScope.GENERATE,
    Action.DELETE_GENERATION: TokenScope.MANAGE,
    Action.RESOLVE_ATTENTION: TokenScope.MANAGE,
    Action.UPDATE_BOARD: TokenScope.MANAGE,
    Action.MANAGE_MEMBERS: TokenScope.MANAGE,
    Action.DELETE_BOARD: TokenScope.MANAGE,
}


def may(actor: Actor, action: Action, standing: Standing, *, own: bool = False) -> bool:
    """Tell whether `actor` may do `action` on a board where they have `standing`.

    `own` says that the thing acted on was made by the actor. A tenant admin may resolve the
    attention list of every board of the tenant, and sees what is on it.
    """
    if not actor.allows(_SCOPES[action]):
        return False
    if action in _RIGHTS[standing]:
        return True
    if own and action in _OWN and Action.GENERATE in _RIGHTS[standing]:
        return True
    return action is Action.RESOLVE_ATTENTION and actor.is_tenant_admin
