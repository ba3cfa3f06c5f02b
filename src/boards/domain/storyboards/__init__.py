"""Storyboards: cards that get takes of which one is picked, under themes, as JSON in a file."""
