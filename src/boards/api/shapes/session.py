"""Signing in and out as answers show it, the requests about it, and how the server is set up."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from boards.api.shapes.base import Answer, Sent, Text
from boards.api.shapes.people import MeShape
from boards.services.accounts import LinkView
from boards.services.setup import SetupStatus

__all__ = [
    "LinkLook",
    "LinkUse",
    "LinkViewShape",
    "PasswordChange",
    "SessionShape",
    "SetupItem",
    "SetupShape",
    "SignInRequest",
    "link_view_shape",
    "setup_shape",
]


class SessionShape(Answer):
    """How people sign in here, and who has."""

    provider: str = Field(description="Who signs people in; `none`: nobody has to.")
    ways: list[Literal["password", "redirect"]] = Field(
        description="How a browser signs in: by a password here, or at an identity provider."
    )
    title: str | None = Field(description="What the identity provider is called.")
    is_set_up: bool = Field(description="Whether anybody administers this server.")
    can_register: bool = Field(description="Whether people may make tenants of their own.")
    is_signed_in: bool = Field(description="Whether the server knows who asks.")
    trouble: str | None = Field(description="Why they may not come in all the same.")
    me: MeShape | None = Field(description="Who asks.")


class SignInRequest(Sent):
    """An address and a password."""

    email: Text = Field(max_length=254, description="The address of the account.")
    password: Text = Field(max_length=200, description="Its password.")


class LinkLook(Sent):
    """A one-time link to look at."""

    link: Text = Field(max_length=200, description="What stands after `#link=` in it.")


class LinkViewShape(Answer):
    """What a link is for."""

    email: str | None = Field(description="Whose it is; null: whoever uses it says theirs.")
    expires_at: datetime = Field(description="When it ends.")


class LinkUse(Sent):
    """A one-time link to use, once."""

    link: Text = Field(max_length=200, description="What stands after `#link=` in it.")
    password: Text = Field(max_length=200, description="The new password, at least 12 characters.")
    email: Text | None = Field(
        default=None, max_length=254, description="Where the link does not know whose it is."
    )


class PasswordChange(Sent):
    """A new password for oneself."""

    current: Text = Field(max_length=200, description="The password of today.")
    new: Text = Field(max_length=200, description="The new one, at least 12 characters.")


class SetupItem(Answer):
    """One thing that is missing."""

    code: str = Field(description="A stable code to decide by.")
    message: str = Field(description="What to do.")


class SetupShape(Answer):
    """How far this server is set up."""

    is_done: bool = Field(description="Whether somebody can administer it.")
    provider: str = Field(description="Who signs people in.")
    tenants: int | None = Field(description="How many there are; null but for administrators.")
    missing: list[SetupItem] | None = Field(
        description="What is missing; null but for administrators of the server."
    )


def link_view_shape(view: LinkView) -> LinkViewShape:
    return LinkViewShape(email=view.email, expires_at=view.expires_at)


def setup_shape(status: SetupStatus) -> SetupShape:
    return SetupShape(
        is_done=status.is_done,
        provider=status.provider,
        tenants=status.tenants,
        missing=None
        if status.missing is None
        else [SetupItem(code=one.code, message=one.message) for one in status.missing],
    )
