"""The rules of Boards: pure functions and values, without input or output."""
