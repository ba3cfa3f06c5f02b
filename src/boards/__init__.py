"""Boards: a self-hosted creative studio and toolkit for AI media."""

__all__ = ["__version__"]

__version__ = "0.1.0"
