"""Ways to hear, in one process, of what has happened in another."""
