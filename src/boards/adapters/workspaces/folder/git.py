"""Commits a workspace's files to the git repository that its folder is.

A repository can hold programs: hooks, filters, a file system monitor, a signing program. None of
them is run. So a commit is made of git's plumbing: exactly the named files are taken, as their
bytes are, on top of HEAD; whatever else somebody has staged or changed stays as it is.
"""

import os
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which

__all__ = ["CommitFailed", "Repository"]

SECONDS = 30.0
_NO_PROGRAMS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false"),
    *("-c", "commit.gpgSign=false", "-c", "core.untrackedCache=false", "-c", "gc.auto=0"),
    *("-c", f"core.attributesFile={os.devnull}", "-c", "core.autocrlf=false"),
)


class CommitFailed(Exception):
    """git did not commit; the text is git's own first line."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """The repository in a folder. All methods block."""

    folder: Path

    @property
    def is_there(self) -> bool:
        """Whether the folder itself is a repository; one that it lies in is somebody else's."""
        return (self.folder / ".git").exists()

    @staticmethod
    def can_be_made() -> bool:
        return which("git") is not None

    def init(self) -> None:
        """Make one. CommitFailed when git cannot."""
        self._git("init", "--quiet", "--initial-branch=main", "--template=")

    def commit(self, paths: Sequence[str], message: str) -> str | None:
        """Commit these files as they are now, one that is gone as removed; gives the commit's
        name, None when nothing has changed. CommitFailed when git cannot."""
        index = self.folder / ".git" / f"boards-index-{uuid.uuid4().hex}"
        if not (self.folder / ".git").is_dir():
            index = Path(self._git("rev-parse", "--absolute-git-dir")) / index.name
        own = {"GIT_INDEX_FILE": str(index)}
        try:
            head = self._git("rev-parse", "--verify", "--quiet", "HEAD^{commit}", may_fail=True)
            if head:
                self._git("read-tree", head, more=own)
            entries = self._entries(paths)
            self._git("update-index", "--index-info", more=own, sent=entries)
            tree = self._git("write-tree", more=own)
            if head and tree == self._git("rev-parse", f"{head}^{{tree}}"):
                return None
            parent = ("-p", head) if head else ()
            commit = self._git("commit-tree", tree, *parent, "-m", message)
            self._git("update-ref", "-m", "boards: save", "HEAD", commit, head or "0" * 40)
            # So that `git status` finds them committed and not staged for removal.
            self._git("update-index", "--index-info", sent=entries)
            return commit
        finally:
            index.unlink(missing_ok=True)
            index.with_name(f"{index.name}.lock").unlink(missing_ok=True)

    def _entries(self, paths: Sequence[str]) -> str:
        lines = []
        for path in dict.fromkeys(paths):
            file = self.folder / path
            if file.is_file() and not file.is_symlink():
                blob = self._git("hash-object", "-w", "--no-filters", "--", path)
                lines.append(f"100644 {blob} 0\t{path}\n")
            else:
                lines.append(f"0 {'0' * 40}\t{path}\n")
        return "".join(lines)

    def _git(
        self,
        *words: str,
        more: Mapping[str, str] | None = None,
        sent: str | None = None,
        may_fail: bool = False,
    ) -> str:
        # Nothing of the server's own environment, which may hold keys.
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CEILING_DIRECTORIES": str(self.folder.parent),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Boards",
            "GIT_AUTHOR_EMAIL": "boards@localhost",
            "GIT_COMMITTER_NAME": "Boards",
            "GIT_COMMITTER_EMAIL": "boards@localhost",
            **(more or {}),
        }
        try:
            done = subprocess.run(  # noqa: S603 - fixed words, paths that were checked
                ["git", *_NO_PROGRAMS, *words],  # noqa: S607 - as the PATH says
                cwd=self.folder,
                env=environment,
                input=sent,
                stdin=subprocess.DEVNULL if sent is None else None,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise CommitFailed(f"git could not be run: {error}") from error
        if done.returncode != 0 and not may_fail:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise CommitFailed(said[0] if said else f"git ended with {done.returncode}")
        return done.stdout.strip() if done.returncode == 0 else ""
