"""Reads the project's own files for the tests of the house."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS = (
    "accounts",
    "audit",
    "patients",
    "treatments",
    "followup",
    "interop",
    "demo",
    "reports",
)
PACKAGES = ("mrtrack", *APPLICATIONS, "guidelines")

# Not the project's own text: runtime data, tools' caches, version control.
OUTSIDE = {"var", "node_modules", "htmlcov", "test-results", "build", "dist"}


def project_files() -> Iterator[Path]:
    """Every file of the project, also those that are not yet under version control."""
    yield from _walk(ROOT)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            hidden = path.name.startswith((".", "__")) and path.name != ".ci"
            if not hidden and path.name not in OUTSIDE:
                yield from _walk(path)
        elif path.name not in {".env", ".coverage", ".git"} and not path.name.endswith(".pyc"):
            yield path


def named(path: Path) -> str:
    """A file's path inside the project."""
    return path.relative_to(ROOT).as_posix()


def python_files(*packages: str, migrations: bool = False) -> list[Path]:
    """The Python files of some packages (all of them by default)."""
    return [
        path
        for package in packages or PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if migrations or "migrations" not in path.parts
    ]


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls_of(path: Path, *methods: str) -> Iterator[ast.Call]:
    """The calls `something.method(…)` in a file."""
    for node in ast.walk(tree(path)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in methods:
            assert isinstance(node, ast.Call)
            yield node


def receiver_chain(call: ast.Call) -> list[str]:
    """The names before a call's dot, outermost first: `Echo.objects.filter()` → Echo, objects, …"""
    names: list[str] = []
    node: ast.expr = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            break
    if isinstance(node, ast.Name):
        names.append(node.id)
    return names[::-1]


def imported_modules(path: Path) -> Iterator[str]:
    """The dotted names that a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
