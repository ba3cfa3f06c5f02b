"""Finds in a syntax tree what the guards forbid: one function per kind of breach.

Where a thing is allowed, and why it is forbidden elsewhere, stands in `tools.guards`.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "Check",
    "both",
    "connecting_calls",
    "floats",
    "no_import_of",
    "outside_domain",
    "prints",
    "provider_hosts",
    "queries",
    "status_writes",
]

Breach = tuple[int, str]
"""A line and what is wrong there."""
Check = Callable[[ast.Module], Iterable[Breach]]


def imports(tree: ast.Module) -> Iterator[Breach]:
    """Every imported name in full: `from urllib import request` gives `urllib.request`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant):
                    yield node.lineno, str(argument.value)


def _called(node: ast.Call) -> str:
    """The last part of the name that is called: `update` for `session.update(...)`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def no_import_of(*modules: str) -> Check:
    def check(tree: ast.Module) -> Iterator[Breach]:
        for line, name in imports(tree):
            if any(name == module or name.startswith(f"{module}.") for module in modules):
                yield line, f"imports {name!r}"

    return check


def both(*checks: Check) -> Check:
    def check(tree: ast.Module) -> Iterator[Breach]:
        for each in checks:
            yield from each(tree)

    return check


def outside_domain(tree: ast.Module) -> Iterator[Breach]:
    for line, name in imports(tree):
        root = name.partition(".")[0]
        if root not in sys.stdlib_module_names | {"boards", "pydantic"}:
            yield line, f"imports {name!r}"


PROVIDER_HOSTS = (
    "api.elevenlabs.io",
    "api.kie.ai",
    "api.lumalabs.ai",
    "api.openai.com",
    "api.replicate.com",
    "fal.ai",
    "fal.media",
    "fal.run",
    "generativelanguage.googleapis.com",
    "runwayml.com",
)
_HOST = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, PROVIDER_HOSTS))})(?![\w-])")


def provider_hosts(tree: ast.Module) -> Iterator[Breach]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in sorted(set(_HOST.findall(node.value))):
                yield node.lineno, f"names the provider host {found!r}"


CONNECTING_CALLS = {"open_connection", "create_connection", "urlopen", "urlretrieve"}


def connecting_calls(tree: ast.Module) -> Iterator[Breach]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in CONNECTING_CALLS:
            yield node.lineno, f"calls {_called(node)!r}"


STATUS_WORDS = {"status", "phase"}
WRITING_CALLS = {"execute", "model_copy", "replace", "setattr", "update", "values"}


def status_writes(tree: ast.Module) -> Iterator[Breach]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr in STATUS_WORDS:
                    yield node.lineno, f"assigns .{target.attr}"
        elif isinstance(node, ast.Call) and _called(node) in WRITING_CALLS:
            for word in sorted(_words_written(node) & STATUS_WORDS):
                yield node.lineno, f"writes {word!r} in {_called(node)}()"


def _words_written(call: ast.Call) -> set[str]:
    words = {keyword.arg for keyword in call.keywords if keyword.arg}
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        keys = argument.keys if isinstance(argument, ast.Dict) else [argument]
        words.update(str(key.value) for key in keys if isinstance(key, ast.Constant))
        if isinstance(argument, ast.Dict):
            words.update(key.attr for key in keys if isinstance(key, ast.Attribute))
    return words


QUERY_WORDS = {
    *("select", "insert", "update", "delete", "text", "table", "literal_column", "lambda_stmt"),
    *("union", "union_all", "intersect", "intersect_all", "except_", "except_all"),
    *("Query", "TextClause"),
}
SESSION_NAMES = {"session", "_session"}
SESSION_READS = {"query", "get", "get_one"}


def queries(tree: ast.Module) -> Iterator[Breach]:
    for line, name in imports(tree):
        root, _, last = name.partition(".")[0], *name.rpartition(".")[1:]
        if root == "sqlalchemy" and (last in QUERY_WORDS or name == "sqlalchemy"):
            yield line, f"imports {name!r}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"__table__", "exec_driver_sql"}:
            yield node.lineno, f"reaches for .{node.attr}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if name in SESSION_NAMES and node.func.attr in SESSION_READS:
                yield node.lineno, f"calls {name}.{node.func.attr}()"


FLOAT_EDGES = {"usd_from_float"}


def floats(tree: ast.AST) -> Iterator[Breach]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef) and node.name in FLOAT_EDGES:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"holds the float {node.value!r}"
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "names float"
        yield from floats(node)


def prints(tree: ast.Module) -> Iterator[Breach]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
        ):
            yield node.lineno, "calls print()"
