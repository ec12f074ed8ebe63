"""The rules of CONTRIBUTING.md that can be checked automatically."""

import re
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import TemplateSyntaxError
from django.template.loader import get_template
from wagtail import hooks

from portal.env import BASE_DIR

LONGEST_FILE = 400
PACKAGES = ("portal", "home", "articles", "events", "search", "tests")
NAMELESS = {"utils.py", "helpers.py", "common.py", "mixins.py"}


def python_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((BASE_DIR / package).rglob("*.py"))]


# They show an email in the newsroom unchanged, without a surrounding page.
PREVIEWS = ("newsletter/newsroom/phone_preview.html", "newsletter/newsroom/text_preview.html")


def templates() -> list[str]:
    folders = [BASE_DIR / "portal" / "templates"]
    folders += [Path(app.path) / "templates" for app in apps.get_app_configs() if BASE_DIR in Path(app.path).parents]
    return sorted(
        {
            str(path.relative_to(folder))
            for folder in folders
            for path in folder.rglob("*")
            if path.is_file() and "site-packages" not in path.parts
        }
    )


def test_no_python_file_is_longer_than_four_hundred_lines():
    long = {
        str(path.relative_to(BASE_DIR)): lines
        for path in python_files()
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_no_file_has_a_generic_name():
    assert [str(path) for path in python_files() if path.name in NAMELESS] == []


def test_every_module_with_hooks_is_imported():
    """Wagtail imports an app's `wagtail_hooks`; hooks in other modules have no effect unless something imports them."""
    hooks.search_for_hooks()
    registering = re.compile(r"^(@|\s+)?hooks\.register", re.MULTILINE)
    modules = {
        ".".join(path.relative_to(BASE_DIR).with_suffix("").parts)
        for path in python_files()
        if path.parts[len(BASE_DIR.parts)] != "tests" and registering.search(path.read_text())
    }

    assert modules
    assert modules - set(sys.modules) == set()


def test_every_template_compiles():
    errors = {}
    for name in templates():
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            errors[name] = str(error)

    assert errors == {}


def test_no_template_has_inline_scripts_or_styles():
    """The content policy would block them, and a nonce would prevent shared caching; emails need inline styles."""
    telling = ("<style", " style=", " onclick=", " onload=", " onerror=", " onsubmit=", "javascript:", "csp_nonce")
    found = []
    for name in [name for name in templates() if not name.startswith(("emails/", "newsletter/mail/", *PREVIEWS))]:
        source = Path(get_template(name).template.origin.name).read_text()
        found += [(name, mark) for mark in telling if mark in source]
        found += [(name, tag) for tag in source.split("<script")[1:] if "src=" not in tag.split(">")[0]]

    assert found == []


def test_no_template_loads_from_a_third_party():
    """Links may lead anywhere; a page's resources come from its own host."""
    found = [
        (name, attribute)
        for name in templates()
        for attribute in ('src="http', 'src="//', "@import", 'rel="stylesheet" href="http', 'rel="preconnect"')
        if attribute in Path(get_template(name).template.origin.name).read_text()
    ]

    assert found == []


def test_style_sheets_load_nothing_from_a_third_party():
    sheets = sorted((settings.BASE_DIR / "portal").glob("st*/**/*.css"))

    assert sheets
    assert [sheet.name for sheet in sheets if "http://" in sheet.read_text() or "https://" in sheet.read_text()] == []


# The checks query the database's features.
@pytest.mark.django_db
def test_installation_passes_its_own_checks():
    call_command("check", fail_level="WARNING")


def test_no_part_of_a_style_sheet_is_longer_than_four_hundred_lines():
    parts = sorted((settings.BASE_DIR / "portal" / "styles").rglob("*.css"))

    assert parts
    assert [part.name for part in parts if len(part.read_text().splitlines()) > LONGEST_FILE] == []


def test_style_sheet_is_served_as_one_file():
    parts = sorted((settings.BASE_DIR / "portal" / "styles" / "portal").glob("*.css"))
    served = _without_spaces(Path(finders.find("css/portal.css")).read_text())
    written = {
        part.name: _without_spaces(re.sub(r"/\*.*?\*/", "", part.read_text(), flags=re.DOTALL)) for part in parts
    }

    assert [name for name, text in written.items() if text not in served] == []


def _without_spaces(text: str) -> str:
    return " ".join(text.split())
