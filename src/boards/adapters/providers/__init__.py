"""Providers: how the work of generators is done, one vendor per file or folder."""
