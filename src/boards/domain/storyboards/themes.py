"""Themes: the look that the takes of a story have in common. Which there are is configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from boards.errors import Refused

__all__ = ["Shelf", "Theme", "ThemeUse"]


class ThemeUse(StrEnum):
    """What a theme is for; each has a default."""

    ARTICLE = "article"
    REEL = "reel"
    PORTRAIT = "portrait"


class Theme(BaseModel):
    """A look: the words that end every prompt, and the shape of the pictures."""

    model_config = ConfigDict(extra="allow", frozen=True)

    style: Annotated[str, Field(min_length=1, max_length=5000)]
    aspect: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$")]
    use: ThemeUse = ThemeUse.REEL
    title: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The themes to choose from: those of the installation, and over them a story's own."""

    themes: Mapping[str, Theme] = field(default_factory=dict)
    defaults: Mapping[ThemeUse, str] = field(default_factory=dict)

    def with_own(self, own: Mapping[str, Theme]) -> "Shelf":
        """The same with a story's own; one of the same name takes the other's place."""
        return Shelf(themes={**self.themes, **own}, defaults=self.defaults)

    def default_for(self, use: ThemeUse) -> str:
        """The name of the theme for a use when nobody chose one."""
        return self.defaults[use]

    def get(self, name: str) -> Theme:
        """Give a theme. Refused when there is none of that name."""
        found = self.themes.get(name)
        if found is None:
            known = ", ".join(sorted(self.themes))
            raise Refused(f"There is no theme {name!r:.80}; use one of {known}, or add it.")
        return found
