"""The art of local posters: palettes, wording, lettering, and one function per style."""
