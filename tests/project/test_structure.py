"""No import cycles, unique class names, packages of limited size, and lists of tests that exist."""

import ast
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from portal.env import BASE_DIR
from tests import order, selection

PACKAGES = ("portal", "home", "articles", "events", "search")
MAX_FILES = 18
# Names that Django expects.
CONVENTIONAL = {"Command"}
PROJECT = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]
# Modules without I/O: the list of import-linter's contract.
PURE = next(c for c in PROJECT["importlinter"]["contracts"] if c["type"] == "forbidden")["source_modules"]


def dotted(path: Path) -> str:
    parts = path.relative_to(BASE_DIR).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, tuple[Path, ast.Module]]:
    paths = [path for package in PACKAGES for path in sorted((BASE_DIR / package).rglob("*.py"))]
    return {dotted(path): (path, ast.parse(path.read_text())) for path in paths if "migrations" not in path.parts}


def known(name: str) -> str | None:
    """The module that an imported name is, or belongs to."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name or None


def runtime_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes outside `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from runtime_nodes(node)


def imports_of(module: str) -> set[str]:
    """Imports within functions count as well."""
    found: set[str | None] = set()
    for node in runtime_nodes(modules()[module][1]):
        if isinstance(node, ast.Import):
            found |= {known(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {known(f"{node.module}.{alias.name}") for alias in node.names}
    return {name for name in found if name} - {module}


def test_files_have_no_circular_imports():
    needs = {module: imports_of(module) for module in modules()}
    # A module without remaining imports, or without remaining importers, is in no cycle.
    while free := {m for m, ms in needs.items() if not ms & needs.keys()}:
        needs = {module: found - free for module, found in needs.items() if module not in free}

    assert sorted(needs) == []


def test_class_names_are_unique():
    places = defaultdict(list)
    for module, (_path, tree) in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name not in CONVENTIONAL:
                places[node.name].append(module)

    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_folders_have_a_limited_number_of_files():
    sizes = Counter(str(path.parent.relative_to(BASE_DIR)) for path, _tree in modules().values())

    assert {folder: size for folder, size in sizes.items() if size > MAX_FILES} == {}


def test_import_inside_a_function_has_a_reason():
    """Imports in an app's `ready` need no reason: models cannot be imported earlier."""
    silent = []
    for module, (path, tree) in modules().items():
        lines = path.read_text().splitlines()
        for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name != "ready"]:
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    beside = lines[function.lineno - 1 : node.end_lineno]
                    if not any("#" in line for line in beside):
                        silent.append(f"{module}:{node.lineno}")

    assert silent == []


def test_pure_modules_use_neither_database_nor_request():
    forbidden = ("django.db", "django.http", "wagtail")
    guilty = [
        (module, node.module)
        for module in PURE
        for node in ast.walk(modules()[module][1])
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(forbidden)
    ]

    assert guilty == []


def test_pure_modules_are_type_checked_strictly():
    strict = [each["module"] for each in PROJECT["mypy"]["overrides"] if each.get("disallow_untyped_defs")]
    prefixes = [name.removesuffix("*") for names in strict for name in names]

    assert [module for module in PURE if not any(module.startswith(prefix) for prefix in prefixes)] == []


def has_a_test(name: str) -> bool:
    path, _, function = name.partition("::")
    files = (BASE_DIR / path).rglob("test_*.py") if path.endswith("/") else BASE_DIR.glob(f"{path}*")
    return any(re.search(rf"^ *def {function or 'test_'}", file.read_text(), re.MULTILINE) for file in files)


def test_listed_tests_exist():
    """A renamed test would run in `make test` again, or on only one database."""
    listed = {*selection.LONG, *selection.SAMPLES, *selection.BY_TURNS, *selection.ON_POSTGRESQL, *order.LONGEST}

    assert [name for name in sorted(listed) if not has_a_test(name)] == []


def test_no_form_is_included_without_its_csrf_token():
    """`only` hides the token from the included template, whose form could then not be sent."""
    texts = {str(path): path.read_text() for package in PACKAGES for path in (BASE_DIR / package).rglob("*.html")}
    forms = [path for path, text in texts.items() if "{% csrf_token %}" in text]
    without = [
        f"{path}: {name}"
        for path, text in texts.items()
        for name, values in re.findall(r'{% include "([^"]+)"([^%]*) only %}', text)
        if "csrf_token" not in values and any(form.endswith(f"/templates/{name}") for form in forms)
    ]

    assert without == []
