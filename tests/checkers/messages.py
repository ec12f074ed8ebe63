"""Collects every string marked for translation, in Python and in all kinds of templates, including emails."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

SKIPPED = {".venv", "var", "tests", "node_modules"}
# The context, if there is one, and the string (the singular if there is a plural).
Key = tuple[str | None, str]
# The functions of `django.utils.translation`, and the positions of the string among their arguments.
CALLS = {
    "gettext": 0,
    "gettext_lazy": 0,
    "gettext_noop": 0,
    "ngettext": 0,
    "ngettext_lazy": 0,
    "pgettext": 1,
    "pgettext_lazy": 1,
    "npgettext": 1,
    "npgettext_lazy": 1,
}
# The rest of a template after Django prepares it for xgettext.
LITERAL = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(
    rf"\b(?P<name>_|gettext|ngettext|pgettext|npgettext)\(\s*(?P<first>{LITERAL})(?:\s*,\s*(?P<second>{LITERAL}))?",
    re.S,
)


def messages_of_code() -> Iterator[tuple[Key, Path]]:
    for path in _files("*.py"):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        names = _imported(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (name := names.get(_called(node.func))):
                place = CALLS[name]
                strings = [each.value for each in node.args[: place + 1] if isinstance(each, ast.Constant)]
                if len(strings) == place + 1:
                    yield (strings[0] if place else None, strings[place]), path


def messages_of_templates() -> Iterator[tuple[Key, Path]]:
    for folder in settings.BASE_DIR.glob("**/templates"):
        if SKIPPED & set(folder.relative_to(settings.BASE_DIR).parts):
            continue
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                for key in _in_template(path.read_text()):
                    yield key, path


def _in_template(text: str) -> Iterator[Key]:
    for found in IN_TEMPLATE.finditer(templatize(text)):
        first = ast.literal_eval(found["first"])
        if found["name"] in ("pgettext", "npgettext"):
            yield first, ast.literal_eval(found["second"])
        else:
            yield None, first


def _files(pattern: str) -> Iterator[Path]:
    for path in sorted(settings.BASE_DIR.rglob(pattern)):
        if not SKIPPED & set(path.relative_to(settings.BASE_DIR).parts):
            yield path


def _imported(tree: ast.AST) -> dict[str, str]:
    """The names under which a module imports functions of gettext."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in CALLS
    }


def _called(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""
