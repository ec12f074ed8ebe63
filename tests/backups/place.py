"""An installation with content and a backup of it, for the tests of this folder."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from portal.backups import databases
from portal.backups.making import make_backup
from portal.backups.repositories import Backup, Repository
from portal.content.mail import Message, enqueue
from portal.media.models import Document
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.tasks.pause import RESTORED
from tests.builders import make_article, make_document, make_image, make_site
from tests.database_copies import Installation, installed
from tests.events.registering import book, make_bookable
from tests.newsletter.makers import group, make_issue, make_newsletter, make_subscriber

TEXT = b"%PDF-1.4 the plan of the foundry"


@dataclass
class Place:
    installation: Installation
    repository: Repository
    backup: Backup

    def media(self) -> Path:
        return self.installation.folder / "media"

    def reset(self) -> None:
        """Restore the backed-up content, as a restore does, without restic."""
        name = databases.FILES[connection.vendor]
        shutil.rmtree(self.media(), ignore_errors=True)
        shutil.copytree(self.installation.folder / "first" / "media", self.media())
        with TemporaryDirectory() as folder:
            databases.restore(Path(shutil.copy(self.installation.folder / "first" / name, folder)))
        MaintenanceRun.note(RESTORED, True, name=self.backup.name, lasting_key=self.backup.manifest["lasting_key"])


def fill_with_content() -> None:
    ground = make_site("lorraine.localhost")
    story = make_article(ground.section, "La fonderie", lead_image=make_image("Fonderie"))
    make_document("Plan", "plan.pdf", TEXT)
    book(make_bookable(ground.calendar), "anna")
    make_subscriber(ground, "lectrice@reader.example")
    make_issue(make_newsletter(ground), [group("Tout", [story])])
    enqueue([Message("anna@example.org", "Lettre", "Bonjour.")])


def build(folder: Path) -> Iterator[Place]:
    own = {"DATA_DIR": folder, "MEDIA_ROOT": folder / "media", "BACKUP_DIR": folder / "backups"}
    with ExitStack() as stack:
        stack.enter_context(override_settings(**own))
        found = stack.enter_context(installed(folder))
        with found.here():
            fill_with_content()
            repository = Repository(folder / "backups")
            backup = make_backup(repository, timezone.now())
            (folder / "first").mkdir()
            databases.dump(folder / "first")
            shutil.copytree(folder / "media", folder / "first" / "media")
        yield Place(found, repository, backup)


def content(title: str = "Plan") -> bytes:
    with Document.objects.get(title=title).file.open() as file:
        return file.read()


def command(name: str, *arguments: str, **options: object) -> str:
    written = StringIO()
    call_command(name, *arguments, stdout=written, **options)
    return written.getvalue()


def copied(place: Place, folder: Path) -> Repository:
    """A copy of the backup, to be damaged."""
    shutil.copytree(place.repository.address, folder)
    return Repository(folder)
