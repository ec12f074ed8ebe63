"""Makes a backup: a snapshot of the database, the uploaded files, and the data needed to restore them."""

import json
import os
from datetime import datetime, timedelta
from socket import gethostname

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from portal.backups import databases
from portal.backups.errors import noticing_full_disk
from portal.backups.locking import scratch
from portal.backups.media import local_folders
from portal.backups.repositories import FORMAT, MANIFEST, STAMP, Backup, Repository, made_at
from portal.content.extension_points import in_backups
from portal.env import VARIABLES
from portal.platform.operation.keys import fingerprint_of_lasting_key
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status.installation import parts

RUN = "backup"


def make_backup(repository: Repository, now: datetime) -> Backup:
    """Write a backup, delete expired ones, and record the run for `status`. Raises BackupError."""
    with (
        noticing_full_disk(f"{repository} or {settings.DATA_DIR}"),
        scratch("backup", "Another backup of this installation is being written.") as folder,
    ):
        if names := repository.names():
            now = max(now, made_at(names[0]) + timedelta(seconds=1))
        name = now.strftime(STAMP)
        # Read before the database is dumped, so that they are not newer than the dump.
        added_by_apps = {name: read() for name, read in in_backups.items()}
        # The database comes first: a file uploaded in the meantime then has no row. The reverse order could leave a row
        # without a file.
        database, media = databases.dump(folder), local_folders()
        manifest = {
            "format": FORMAT,
            "versions": parts(),
            "database": database,
            "migrations": [f"{app}.{name}" for app, name in sorted(MigrationRecorder(connection).applied_migrations())],
            "settings": sorted(each for each in VARIABLES if each in os.environ),
            "lasting_key": fingerprint_of_lasting_key(),
            **added_by_apps,
            "media": {alias: str(path) for alias, path in media.items() if path.exists()},
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1))
        added = repository.save(name, folder, media)
        repository.expire(settings.BACKUP_KEEP)
    MaintenanceRun.note(RUN, True, name=name, added_bytes=added, place=str(repository), machine=gethostname())
    return Backup(name, manifest)
