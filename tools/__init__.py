"""Checks of this repository itself; nothing here ships to users."""
