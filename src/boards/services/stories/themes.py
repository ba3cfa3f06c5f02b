"""Themes: those of the installation, read from TOML, and what a story adds or changes."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from boards.domain.access import Actor
from boards.domain.storyboards.edits import with_theme, without_theme
from boards.domain.storyboards.themes import Shelf, Theme, ThemeUse
from boards.errors import ConfigError, InvalidInput, Problem
from boards.services.stories.workspaces import Story, WorkspaceService

__all__ = ["ThemeService", "read_shelf"]

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    defaults: dict[ThemeUse, str] = {}
    themes: dict[str, Theme] = {}


@dataclass(frozen=True, kw_only=True)
class ThemeService:
    """Shows the themes that a story can choose from, and keeps its own."""

    workspaces: WorkspaceService

    async def list(self, actor: Actor, slug: str) -> tuple[Story, Shelf]:
        """Give the themes with the story that chooses among them."""
        story = await self.workspaces.get(actor, slug)
        return story, self.workspaces.themes_of(story.storyboard)

    async def put(self, actor: Actor, slug: str, name: str, theme: Theme) -> Story:
        """Add a theme to a story, or change one, for that story alone."""
        if _NAME.fullmatch(name) is None:
            message = f"{name!r:.80} is no name for a theme: use small letters, digits and hyphens."
            raise InvalidInput(message, problems=(Problem(at="name", message=message),))
        return await self.workspaces.change(
            actor, slug, lambda board: with_theme(board, name, theme), message=f"Theme {name}"
        )

    async def remove(self, actor: Actor, slug: str, name: str) -> Story:
        """Remove a theme of the story's own. NotFound when it is none; Conflict while it is in use
        and no theme of the installation has its name."""
        is_shipped = name in self.workspaces.shelf.themes
        return await self.workspaces.change(
            actor,
            slug,
            lambda board: without_theme(board, name, is_shipped=is_shipped),
            message=f"Remove the theme {name}",
        )


def read_shelf(own: Path | None = None) -> Shelf:
    """Read the themes that are shipped and, over them, those of a file. Blocks.

    ConfigError for a file that is not as it should be, and for a default that no theme has.
    """
    shipped = _read(files("boards.services.stories").joinpath("themes.toml").read_text("utf-8"), "")
    if own is None:
        more = _File()
    else:
        try:
            more = _read(own.read_text("utf-8"), str(own))
        except OSError as error:
            raise ConfigError(faults=(f"{own}: {error.strerror}.",)) from None
    themes = {**shipped.themes, **more.themes}
    defaults = {**shipped.defaults, **more.defaults}
    missing = [
        f"{own}: {use}: no theme {name!r}." for use, name in defaults.items() if name not in themes
    ]
    if missing:
        raise ConfigError(faults=tuple(missing))
    return Shelf(themes=themes, defaults=defaults)


def _read(text: str, where: str) -> _File:
    try:
        return _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(faults=(f"{where}: {error}.",)) from None
    except ValidationError as error:
        raise ConfigError(
            faults=tuple(
                f"{where}: {'.'.join(map(str, one['loc']))}: {one['msg']}."
                for one in error.errors(include_url=False)
            )
        ) from None
