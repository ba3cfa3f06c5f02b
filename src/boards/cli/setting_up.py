"""Appoints who administers this server, in its database and beside it, if it runs."""

from typing import TypedDict

from boards.adapters.datadir import hold_data_dir
from boards.adapters.telemetry.logging import configure_logging
from boards.bootstrap import SetUp, has_workers, open_setup, upgrade_database
from boards.cli.naming import address_of_link
from boards.cli.server_file import announced_address
from boards.errors import Conflict
from boards.services.accounts import Added
from boards.settings import Settings, load_settings

__all__ = ["SetUpJson", "set_up"]


class SetUpJson(TypedDict):
    """What came of it."""

    provider: str
    email: str | None
    url: str | None
    expires_at: str | None


async def set_up(who: str | None) -> SetUpJson:
    """Make an administrator. Conflict, NotFound and InvalidInput as the services raise them."""
    settings = load_settings()
    configure_logging("debug" if settings.log_level == "debug" else "warning", settings.log_format)
    done = SetUpJson(provider=settings.auth_provider, email=None, url=None, expires_at=None)
    if settings.auth_provider == "none":
        return done
    await _upgrade(settings)
    async with open_setup(settings) as parts:
        if settings.auth_provider == "local":
            return await _by_link(parts, settings, who, done)
        if who is None:
            raise Conflict(
                "People are signed in by an identity provider: have the first administrator sign "
                "in once, then name them: boards setup --email ADDRESS"
            )
        member = await parts.setup.appoint(who)
        return SetUpJson(
            provider=settings.auth_provider,
            email=member.email or member.display_name or str(member.user_id),
            url=None,
            expires_at=None,
        )


async def _by_link(parts: SetUp, settings: Settings, who: str | None, done: SetUpJson) -> SetUpJson:
    made = await parts.accounts.set_up(who)
    link = made.link if isinstance(made, Added) else made
    if isinstance(made, Added):
        done["email"] = made.member.email
    if link is not None:
        running_at = announced_address(settings.data_dir)
        done["url"] = address_of_link(settings, running_at, link.text)
        done["expires_at"] = link.expires_at.isoformat()
    return done


async def _upgrade(settings: Settings) -> None:
    """Bring the tables up to date, unless a server runs, which has done so."""
    if has_workers(settings):
        await upgrade_database(settings.database_url)
        return
    try:
        with hold_data_dir(settings.data_dir):
            await upgrade_database(settings.database_url)
    except Conflict:
        return
