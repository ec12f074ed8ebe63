"""The portal runs without each removable package: its folder and its settings lines."""

import os
import subprocess
import sys

import pytest

from portal.env import BASE_DIR

WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if f"{{name}}.".startswith("{package}."):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from portal.settings import *
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "{package}"]
"""
START = """
import django
django.setup()
from django.core.management import call_command, get_commands
call_command("check")
"""
NEWSLETTER = """
from django.urls import NoReverseMatch, reverse
from home.models import HomePage
assert not any("newsletter" in model._meta.label for model in HomePage.allowed_subpage_models())
from portal.content.extension_points import hooked_html
assert hooked_html("footer", {}) == ""
try:
    reverse("newsletter:sign_up")
except NoReverseMatch:
    print("runs")
"""
MOVING = """
assert not {"import_wordpress", "undo_import", "check_old_addresses"} & get_commands().keys()
from portal.content.extension_points import site_export_formats
assert list(site_export_formats) == ["archive"]
import home.models, portal.sites.creation
print("runs")
"""
WEBHOOKS = """
from portal.content.extension_points import after_reader_act
assert after_reader_act == []
print("runs")
"""
LINKS = """
from portal.editorial.approval import checklist
assert "broken_link" not in {line.code for line in checklist.lines}
print("runs")
"""
TRANSFER = """
from portal.sites import creation, deletion, opening, renaming
assert deletion.export is None
assert {"create_site", "rename_site", "delete_site", "export_site"} <= get_commands().keys()
assert "import_site" not in get_commands()
from portal.content.extension_points import site_export_formats
assert sorted(site_export_formats) == ["json", "static", "wxr"]
from importlib import import_module
for name in ("create_site", "rename_site", "delete_site", "export_site"):
    import_module(f"portal.sites.management.commands.{name}")
print("runs")
"""


@pytest.mark.parametrize(
    ("package", "script"),
    [
        ("portal.newsletter", NEWSLETTER),
        ("portal.moving", MOVING),
        ("portal.webhooks", WEBHOOKS),
        ("portal.links", LINKS),
        ("portal.sites.transfer", TRANSFER),
    ],
)
def test_rest_of_the_portal_runs_without_it(tmp_path, package, script):
    (tmp_path / "settings_without.py").write_text(WITHOUT.format(package=package))
    environment = {
        **os.environ,
        "PYTHONPATH": f"{BASE_DIR}{os.pathsep}{tmp_path}",
        "DJANGO_SETTINGS_MODULE": "settings_without",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "a-key-for-the-tests-that-signs-nothing-of-value",
        "HTTPS": "no",
    }
    environment.pop("DATABASE_URL", None)

    found = subprocess.run(
        [sys.executable, "-c", START + script],
        cwd=BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout.strip().endswith("runs"), found.stderr[-2000:]
