"""What tests of generators and of Boards itself need: a run in a folder, and fakes that count."""

from boards.testing.plugin_run import StoredOutput, TestRun, run

__all__ = ["StoredOutput", "TestRun", "run"]
