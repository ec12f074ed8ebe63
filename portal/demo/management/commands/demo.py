import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.demo.loading import PASSWORD, at_home_on, has_content, load_demo


class Command(BaseCommand):
    help = "Prepare the embedded database, load the demo network where there is nothing, and serve it."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare-only", action="store_true", help="Do everything but serve.")

    def handle(self, *args, port, prepare_only, **options):
        self.started = time.monotonic()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        collecting = self.collect_static()
        self.say("Database …")
        call_command("migrate", verbosity=0, interactive=False)
        if has_content():
            self.say("There is content already: it stays as it is.")
        else:
            self.say("Demo network (nothing is fetched) …")
            load_demo(report=self.say, port=port)
        addresses = at_home_on(port)
        if collecting and collecting.wait() == 0:
            self.signature_file.write_text(self.signature())
        self.announce(addresses, port)
        if not prepare_only:
            os.environ["PORT"] = str(port)
            # It becomes the web server's child below, and ends with it.
            manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
            subprocess.Popen([*manage, "scheduler", "--until-orphaned"])
            config = settings.BASE_DIR / "portal" / "server.py"
            os.execv(
                sys.executable, [sys.executable, "-m", "gunicorn", "--config", str(config), "--log-level", "warning"]
            )

    def say(self, text: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.started:4.0f} s] {text}")
        self.stdout.flush()

    @property
    def signature_file(self) -> Path:
        return settings.STATIC_ROOT / ".signature"

    def signature(self) -> str:
        """Changes when a static file of ours or the version of a package does."""
        files = sorted(path for path in settings.BASE_DIR.glob("**/static/**/*") if ".venv" not in path.parts)
        facts = [f"{path} {path.stat().st_mtime_ns}" for path in files if settings.DATA_DIR not in path.parents]
        facts.append((settings.BASE_DIR / "uv.lock").read_text())
        return sha256("\n".join(facts).encode()).hexdigest()

    def collect_static(self) -> subprocess.Popen[bytes] | None:
        """Start compressing the static files beside everything else, where they have changed."""
        if self.signature_file.exists() and self.signature_file.read_text() == self.signature():
            return None
        self.say("Static files …")
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        return subprocess.Popen([*manage, "collectstatic", "--noinput", "--clear", "-v0"])

    def announce(self, addresses: list[str], port: int) -> None:
        names = "editor-, approver-, organiser- or siteadmin- followed by lorraine, saar or lux; or admin"
        lines = ["", *addresses, "", f"Newsroom: http://localhost:{port}/admin/", f"Accounts: {names}"]
        lines += [f"Password: {PASSWORD}", "", "Stop with Ctrl+C."]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
