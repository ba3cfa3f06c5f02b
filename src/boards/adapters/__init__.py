"""What connects Boards to the world: one family per folder, one vendor per file."""
