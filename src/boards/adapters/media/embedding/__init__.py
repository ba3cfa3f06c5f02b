"""Putting recipes into files and getting them out again, one file format at a time."""
