import sqlite3
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.demo.schema import write


class Command(BaseCommand):
    help = "For a release: store the schema that the migrations create on SQLite, for the demo and the tests."

    def handle(self, *args, **options):
        if connection.vendor != "sqlite":
            raise CommandError("The schema is stored for SQLite: run this without DATABASE_URL.")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "portal.sqlite3"
            before = connection.settings_dict["NAME"]
            connection.close()
            connection.settings_dict["NAME"] = str(path)
            try:
                call_command("migrate", verbosity=0, interactive=False)
            finally:
                connection.close()
                connection.settings_dict["NAME"] = before
            with sqlite3.connect(path) as database:
                path = write(database)
            database.close()
        self.stdout.write(f"{path.name}: {path.stat().st_size // 1024} KiB")
