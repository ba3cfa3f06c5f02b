"""A generator for Boards that paints the colours of a mood."""

from boards_example_plugin.generator import Palette

__all__ = ["Palette"]
