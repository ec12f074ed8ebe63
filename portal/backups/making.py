"""Makes a backup: the database as it is at one moment, the uploaded files, and what else one must know to use them."""

import json
import os
from collections import defaultdict
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from socket import gethostname
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from portal.backups import databases
from portal.backups.encryption import Sealing, copy
from portal.backups.errors import BackupError, noticing_full_disk
from portal.backups.locking import scratch
from portal.backups.media import MediaCopy
from portal.backups.store import Backup, BackupStore
from portal.env import VARIABLES
from portal.platform.operation.keys import fingerprint_of_lasting_key
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status.installation import parts

NAMES = "names.json"
RUN = "backup"


def make_backup(store: BackupStore, now: datetime) -> Backup:
    """Write a backup, delete those that need not be kept, and note it for the status; raise BackupError."""
    if store.place.is_among_uploads():
        raise BackupError(f"{store.place} lies among the uploaded files: choose another place.")
    databases.check_tools()
    sealing = Sealing(settings.BACKUP_RECIPIENT)
    with (
        noticing_full_disk(f"{store.place} or {settings.DATA_DIR}"),
        # Not beside the backup, which may be on a disk that must not have the plain content.
        scratch("backup", "Another backup of this installation is being written.") as folder,
        store.place.locked(),
    ):
        begun = store.begin(now)
        media = MediaCopy(store, sealing)
        # Before the dump, or a file that is deleted after it would be lost; and again, for what came before it.
        media.run()
        database = _dumped(store, begun, sealing, folder)
        media.run()
        media.remember()
        names = BytesIO(json.dumps(media.names).encode())
        manifest = {
            "versions": parts(),
            "database": database,
            "migrations": applied_migrations(),
            "settings": sorted(name for name in VARIABLES if name in os.environ),
            "sealing": sealing.name,
            "lasting_key": fingerprint_of_lasting_key(),
            "names": {"file": NAMES, "sha256": _sealed(names, store, f"{begun}/{NAMES}", sealing)},
            # Without names, so that retention needs no key.
            "media": {digest: size for files in media.names.values() for digest, size in files.values()},
        }
        backup = store.finish(begun, manifest)
        store.expire(settings.BACKUP_KEEP)
    facts = {"name": backup.name, "bytes": store.size(backup), "added_bytes": media.added_bytes}
    facts |= {"files": files_of(media), "place": str(store.place), "machine": gethostname()}
    MaintenanceRun.note(RUN, True, **facts)
    return backup


def applied_migrations() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found[app].append(name)
    return dict(found)


def files_of(media: MediaCopy) -> int:
    return sum(len(files) for files in media.names.values())


def _dumped(store: BackupStore, begun: str, sealing: Sealing, folder: Path) -> dict[str, Any]:
    found = databases.description()
    plain = folder / found["file"]
    databases.dump(plain)
    with plain.open("rb") as source:
        found["sha256"] = _sealed(source, store, f"{begun}/{found['file']}", sealing)
    return found


def _sealed(source: IO[bytes], store: BackupStore, key: str, sealing: Sealing) -> str:
    """Write a file; the hash of what is written."""
    digest = sha256()
    with store.place.writing(key) as target:
        sealing.write(source, target)
        target.seek(0)
        copy(target, digest)
    return digest.hexdigest()
