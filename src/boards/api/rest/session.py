"""Signing in and out by a browser: passwords, one-time links, and identity providers."""

from typing import Annotated, Literal
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from boards.api.cookies import (
    KEEPSAKE_COOKIE,
    clear_keepsake,
    clear_session,
    keep,
    set_session,
)
from boards.api.credentials import credentials_of
from boards.api.envelope import origin_of
from boards.api.links import API, links_for
from boards.api.people import PeopleServices, people_of
from boards.api.rest.people import me_shape
from boards.api.routing import Caller, answered, errors, lay
from boards.api.services import Services
from boards.api.shapes.base import Asked, Text
from boards.api.shapes.session import (
    LinkLook,
    LinkUse,
    LinkViewShape,
    PasswordChange,
    SessionShape,
    SetupShape,
    SignInRequest,
    link_view_shape,
    setup_shape,
)
from boards.domain.access import Actor
from boards.errors import BoardsError, Forbidden, Unauthenticated
from boards.services.browser_sign_in import HOME, KEPT_SECONDS, CameBack
from boards.services.sessions import NewSession, Visitor

__all__ = ["router"]

log = structlog.get_logger(__name__)

router = APIRouter(prefix=API, tags=["session"])

People = Annotated[PeopleServices, Depends(people_of)]
CALLBACK = "/session/oidc/callback"


@router.get(
    "/session",
    operation_id="get_session",
    summary="Tell how people sign in here, and whether you have",
    responses=answered(SessionShape, "Also for who has not signed in."),
)
async def get_session(request: Request, people: People) -> Response:
    credentials = credentials_of(request)
    services: Services = request.app.state.services
    actor: Actor | None = None
    trouble, is_over = None, False
    try:
        actor = await services.actor_for(request)
    except Unauthenticated:
        if credentials.bearer is not None:
            raise
        is_over = credentials.session is not None
    except Forbidden as error:
        if credentials.bearer is None and credentials.session is None:
            raise
        trouble = error.message
    knows = actor is not None and actor.user_id is not None
    is_set_up = not await people.setup.needs_administrator()
    ways: list[Literal["password", "redirect"]] = []
    if people.accounts.is_used:
        ways.append("password")
    if people.browser.title is not None:
        ways.append("redirect")
    answer = lay(
        SessionShape(
            provider=people.setup.facts.provider,
            ways=ways,
            title=people.browser.title,
            is_set_up=is_set_up,
            can_register=people.tenants.registration.is_open,
            is_signed_in=knows or trouble is not None,
            trouble=trouble,
            me=await me_shape(people, actor) if actor is not None and knows else None,
        )
    )
    if is_over:
        clear_session(answer, request)
    return answer


@router.post(
    "/session",
    operation_id="sign_in",
    summary="Sign in by a password",
    status_code=204,
    responses={
        **errors(403, 413, 415, 429),
        204: {"description": "The answer sets the session's cookie."},
    },
)
async def sign_in(request: Request, people: People, body: SignInRequest) -> Response:
    session = await people.accounts.sign_in(body.email, body.password, _visitor(request))
    return _signed_in(request, people, session)


@router.delete(
    "/session",
    operation_id="sign_out",
    summary="Sign out",
    status_code=204,
    responses={**errors(), 204: {"description": "The session has ended."}},
)
async def sign_out(request: Request, people: People) -> Response:
    credentials = credentials_of(request)
    if credentials.session is not None:
        await people.sessions.end(credentials.session)
    answer = Response(status_code=204)
    clear_session(answer, request)
    return answer


@router.post(
    "/session/password",
    operation_id="change_password",
    summary="Change your own password; your other sessions end",
    status_code=204,
    responses={
        **errors(409, 413, 415, 429),
        204: {"description": "The new password counts from now on."},
    },
)
async def change_password(request: Request, people: People, body: PasswordChange) -> Response:
    credentials = credentials_of(request)
    if credentials.bearer is not None:
        raise Forbidden("A token cannot change a password; sign in by a browser.")
    if credentials.session is None:
        raise Unauthenticated
    await people.accounts.change_password(credentials.session, body.current, body.new)
    return Response(status_code=204)


@router.post(
    "/session/link",
    operation_id="look_at_link",
    summary="Tell what a one-time link is for, without using it",
    responses=answered(LinkViewShape, "It is still good.", also=(404, 413, 415)),
)
async def look_at_link(people: People, body: LinkLook) -> Response:
    return lay(link_view_shape(await people.accounts.look(body.link)))


@router.post(
    "/session/link/use",
    operation_id="use_link",
    summary="Use a one-time link, once: set a password and sign in",
    status_code=204,
    responses={
        **errors(404, 409, 413, 415),
        204: {"description": "The answer sets the session's cookie."},
    },
)
async def use_link(request: Request, people: People, body: LinkUse) -> Response:
    session = await people.accounts.take(
        body.link, body.password, _visitor(request), email=body.email
    )
    return _signed_in(request, people, session)


class Beginning(Asked):
    """Where to go on afterwards."""

    next: Text | None = Field(
        default=None, max_length=2000, description="A path of this server, such as `/?board=…`."
    )


@router.get(
    "/session/oidc",
    operation_id="begin_sign_in",
    summary="For browsers: go and sign in at the identity provider",
    status_code=303,
    response_class=RedirectResponse,
    responses={
        **errors(502, 503, 504),
        303: {"description": "On to the identity provider."},
    },
)
async def begin_sign_in(
    request: Request, people: People, asked: Annotated[Beginning, Query()]
) -> Response:
    base = links_for(request, request.app.state.public_url).base
    begun = await people.browser.begin(callback=f"{base}{API}{CALLBACK}", next=asked.next)
    answer = RedirectResponse(begun.address, status_code=303)
    keep(answer, request, begun.keepsake, seconds=KEPT_SECONDS)
    return answer


@router.get(
    CALLBACK,
    operation_id="finish_sign_in",
    summary="For browsers: come back from the identity provider",
    status_code=303,
    response_class=RedirectResponse,
    responses={
        **errors(),
        303: {"description": "On to the page; with `?sign_in=` and a reason if it failed."},
    },
)
async def finish_sign_in(request: Request, people: People) -> Response:
    # Providers may add what they like to the query; only these are looked at.
    asked = request.query_params
    back = CameBack(
        state=asked.get("state"),
        code=asked.get("code"),
        error=asked.get("error"),
        issuer=asked.get("iss"),
        keepsake=request.cookies.get(KEEPSAKE_COOKIE),
    )
    home = links_for(request, request.app.state.public_url).path + HOME
    try:
        done = await people.browser.finish(back, _visitor(request))
    except BoardsError as error:
        # Somebody looks at a browser: the page tells them, in the words for the reason.
        log.info("sign_in_failed", reason=error.code, said=error.message, detail=error.detail)
        reason = {"unauthenticated": "again", "forbidden": "refused"}.get(error.code, "failed")
        answer = RedirectResponse(f"{home}?{urlencode({'sign_in': reason})}", status_code=303)
    else:
        answer = RedirectResponse(home if done.next == HOME else done.next, status_code=303)
        set_session(answer, request, done.session.text, lasts=people.sessions.lasts)
    clear_keepsake(answer, request)
    return answer


@router.get(
    "/setup",
    tags=["setup"],
    operation_id="get_setup",
    summary="Tell how far this server is set up",
    responses=answered(SetupShape, "What is missing is for administrators of the server."),
)
async def get_setup(call: Caller, people: People) -> Response:
    return lay(setup_shape(await people.setup.status(call.actor)))


def _visitor(request: Request) -> Visitor:
    return Visitor(origin=origin_of(request.scope), agent=request.headers.get("user-agent") or None)


def _signed_in(request: Request, people: PeopleServices, session: NewSession) -> Response:
    answer = Response(status_code=204)
    set_session(answer, request, session.text, lasts=people.sessions.lasts)
    return answer
