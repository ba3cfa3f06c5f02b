"""What the surfaces of people need: who is asking, how they came in, tenants, and the audit log."""

from dataclasses import dataclass

from starlette.requests import Request

from boards.services.accounts import AccountService
from boards.services.audit import AuditService
from boards.services.browser_sign_in import BrowserSignInService
from boards.services.sessions import SessionService
from boards.services.setup import SetupService
from boards.services.sign_in import SignInService
from boards.services.tenants import TenantService
from boards.services.tokens import TokenService

__all__ = ["PeopleServices", "people_of"]


@dataclass(frozen=True, kw_only=True)
class PeopleServices:
    """The services behind the routes of people."""

    sign_in: SignInService
    sessions: SessionService
    accounts: AccountService
    browser: BrowserSignInService
    setup: SetupService
    tokens: TokenService
    tenants: TenantService
    audit: AuditService


def people_of(request: Request) -> PeopleServices:
    """The services of the app that a request came to."""
    people: PeopleServices = request.app.state.services.people
    return people
