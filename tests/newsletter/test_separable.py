"""Without the folder and its line in the settings, the rest of the portal runs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[:2] == ["portal", "newsletter"]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from portal.settings import *
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "portal.newsletter"]
"""
SCRIPT = """
import django
django.setup()
from django.core.management import call_command
call_command("check")
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


def test_rest_of_the_portal_runs_without_it(tmp_path):
    (tmp_path / "settings_without.py").write_text(WITHOUT)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
        "DJANGO_SETTINGS_MODULE": "settings_without",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "a-key-for-the-tests-that-signs-nothing-of-value",
        "HTTPS": "no",
    }
    environment.pop("DATABASE_URL", None)

    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert found.stdout.strip().endswith("runs"), found.stderr[-2000:]
