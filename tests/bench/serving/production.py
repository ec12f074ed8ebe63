"""Runs the bench with production settings in any environment."""

import logging
import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.management import call_command
from wagtail.models import Site

from portal.content.serving.styles import FOLDERS


def run_in_production(arguments: list[str]) -> int:
    """Run a management command in a new process with production settings and without HTTPS; return its exit code."""
    hosts = {"localhost", ".localhost", *Site.objects.values_list("hostname", flat=True)}
    environment = os.environ | {
        "DEBUG": "no",
        "HTTPS": "no",
        "SECRET_KEY": token_hex(32),
        "ALLOWED_HOSTS": ",".join(sorted(hosts)),
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def collect_static() -> None:
    """Run collectstatic, unless the manifest is newer than all static files."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    folders = [Path(str(folder)) for _prefix, folder in FileSystemFinder().locations]
    folders += [settings.BASE_DIR / folder for folder in FOLDERS.values()]
    sources = [path for folder in folders for path in folder.rglob("*")]
    if manifest.exists() and all(path.stat().st_mtime < manifest.stat().st_mtime for path in sources):
        return
    call_command("collectstatic", interactive=False, verbosity=0)


def silence_request_log() -> None:
    """Suppress the warning that Django logs for each 404."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
