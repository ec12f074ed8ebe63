"""Runs the bench as an installation in production would run, whatever the environment of the one who asks for it."""

import logging
import os
import subprocess
import sys
from secrets import token_hex

from django.conf import settings
from django.core.management import call_command
from wagtail.models import Site


def run_again(arguments: list[str]) -> int:
    """Run a management command in a process with production settings, for plain http; its exit code."""
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
    """Name the static files by their content, unless that was done since they changed."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    sources = [path for folder in settings.STATICFILES_DIRS for path in folder.rglob("*")]
    if manifest.exists() and all(path.stat().st_mtime < manifest.stat().st_mtime for path in sources):
        return
    call_command("collectstatic", interactive=False, verbosity=0)


def keep_quiet() -> None:
    """Log no line for each page that is missing on purpose."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
