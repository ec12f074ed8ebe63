import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.demo.loading import PASSWORD, has_content, load_demo, set_ports
from portal.demo.ports import problem_with
from portal.demo.schema import start_from_release


class Command(BaseCommand):
    help = "Migrate the database, load the demo network if the database is empty, and serve it."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="The port to serve the sites on.")
        parser.add_argument("--prepare-only", action="store_true", help="Prepare everything, but do not serve.")

    def handle(self, *args, port, prepare_only, **options):
        self.started = time.monotonic()
        if not prepare_only and (message := problem_with(port)):
            raise CommandError(message)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        collecting = self.collect_static()
        self.report("Database …")
        self.migrate()
        if has_content():
            self.report("The database already has content, which is not changed.")
        else:
            self.report("Demo network (nothing is downloaded) …")
            load_demo(report=self.report, port=port)
        addresses = set_ports(port)
        if collecting and collecting.wait() == 0:
            self.signature_file.write_text(self.signature())
        instructions = self.instructions(addresses, port)
        if prepare_only:
            self.stdout.write(instructions)
        else:
            os.environ["PORT"] = str(port)
            # Browsers open connections in advance, and the demo has no proxy to accept them.
            os.environ.setdefault("WEB_THREADS", "32")
            # The web server prints them when it is ready.
            os.environ["PORTAL_SAYS_WHEN_READY"] = instructions
            # After the exec below, the scheduler is a child of the web server, and ends with it.
            manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
            subprocess.Popen([*manage, "scheduler", "--until-orphaned"])
            config = settings.BASE_DIR / "portal" / "server.py"
            os.execv(
                sys.executable, [sys.executable, "-m", "gunicorn", "--config", str(config), "--log-level", "warning"]
            )

    def migrate(self) -> None:
        """Migrate the database; a new embedded one starts from the schema of the last release."""
        is_empty = not connection.introspection.table_names()
        if not (connection.vendor == "sqlite" and is_empty and start_from_release(connection)):
            call_command("migrate", verbosity=0, interactive=False)

    def report(self, text: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.started:4.0f} s] {text}")
        self.stdout.flush()

    @property
    def signature_file(self) -> Path:
        return settings.STATIC_ROOT / ".signature"

    def signature(self) -> str:
        """A hash that changes with the project's static files and the package versions."""
        patterns = ("**/static/**/*", "portal/styles/**/*.css", "docs/screenshots/*")
        files = sorted(path for each in patterns for path in settings.BASE_DIR.glob(each) if ".venv" not in path.parts)
        facts = [f"{path} {path.stat().st_mtime_ns}" for path in files if settings.DATA_DIR not in path.parents]
        facts.append((settings.BASE_DIR / "uv.lock").read_text())
        return sha256("\n".join(facts).encode()).hexdigest()

    def collect_static(self) -> subprocess.Popen[bytes] | None:
        """Start collectstatic in the background, unless nothing has changed."""
        if self.signature_file.exists() and self.signature_file.read_text() == self.signature():
            return None
        self.report("Static files …")
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        return subprocess.Popen([*manage, "collectstatic", "--noinput", "--clear", "-v0"])

    def instructions(self, addresses: list[str], port: int) -> str:
        names = "editor-, approver-, organiser- or siteadmin- followed by lorraine, saar or lux; or admin"
        lines = ["", *addresses, "", f"Newsroom: http://localhost:{port}/admin/", f"Accounts: {names}"]
        return "\n".join([*lines, f"Password: {PASSWORD}", "", "Stop with Ctrl+C."])
