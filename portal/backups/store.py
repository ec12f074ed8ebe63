"""Backups: each has files of its own with a manifest; all share the media, stored by content hash."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from portal.backups.encryption import SEALING
from portal.backups.errors import BackupError
from portal.backups.locking import said_of_another_account
from portal.backups.places import MANIFEST, NAME, UNFINISHED, BackupPlace, Folder

FORMAT = 1
STAMP = "%Y-%m-%dT%H%M%SZ"
DIGEST = re.compile(r"[0-9a-f]{64}")
FILE = re.compile(r"[a-z][a-z0-9._-]*")


@dataclass(frozen=True)
class Backup:
    """A finished backup."""

    name: str
    manifest: dict[str, Any]

    @property
    def made_at(self) -> datetime:
        return moment_of(self.name)


class BackupStore:
    """What lies in the place that `BACKUP_DIR` names."""

    def __init__(self, place: BackupPlace | Path):
        self.place: BackupPlace = Folder(place) if isinstance(place, Path) else place

    def names(self) -> list[str]:
        """The names of the finished backups, the newest first."""
        return sorted((name for name in self.place.names() if NAME.fullmatch(name)), reverse=True)

    def read(self, name: str = "") -> Backup:
        """A backup, by default the newest; raise BackupError if it is not there or its manifest is damaged."""
        names = self.names()
        if not names or (name and name not in names):
            there = f"there are: {', '.join(names)}" if names else "there is none"
            raise BackupError(
                f"{self.place} holds no backup {name}; {there}." if name else f"{self.place} holds no backup."
            )
        name = name or names[0]
        try:
            with self.place.open(f"{name}/{MANIFEST}") as file:
                manifest = json.loads(file.read())
            seal = manifest.pop("seal")
        except PermissionError as error:
            cure = said_of_another_account(self.place)
            raise BackupError(f"The manifest of {name} may not be read. {cure}") from error
        except (OSError, ValueError, AttributeError, KeyError) as error:
            raise BackupError(f"The manifest of {name} cannot be read: {error}") from error
        if seal != _seal_of(manifest):
            raise BackupError(f"The manifest of {name} is damaged.")
        if manifest["format"] != FORMAT:
            raise BackupError(f"{name} is of format {manifest['format']}; this version reads {FORMAT}.")
        if not _names_what_is_ours(manifest):
            raise BackupError(f"The manifest of {name} is damaged.")
        return Backup(name, manifest)

    def begin(self, now: datetime) -> str:
        """The name that a new backup has while it is written."""
        # Later than all others, also than one of the same second, or retention would take it for an older one.
        if names := self.names():
            now = max(now, moment_of(names[0]) + timedelta(seconds=1))
        return self.place.begin(now.strftime(STAMP))

    def finish(self, begun: str, manifest: dict[str, Any]) -> Backup:
        """Give a backup its name, once all of it is stored."""
        sealed = {"format": FORMAT, **manifest}
        content = json.dumps({**sealed, "seal": _seal_of(sealed)}, indent=1)
        name = begun.removesuffix(UNFINISHED)
        self.place.finish(begun, name, content.encode())
        return Backup(name, sealed)

    def size(self, backup: Backup) -> int:
        """Its database and all its media, whether other backups share them or not."""
        return self.place.size(backup.name) + sum(backup.manifest["media"].values())

    @staticmethod
    def blob(sealing: str, digest: str) -> str:
        """The key of the content with this hash, encrypted for one key or for none."""
        return f"media/{sealing}/{digest[:2]}/{digest}"

    def expire(self, keep: dict[str, int]) -> list[str]:
        """Delete the backups that need not be kept, then the media that no other backup has; return their names."""
        names = self.names()
        kept = to_keep(names, keep)
        gone = [name for name in names if name not in kept]
        for name in gone:
            self.place.remove(name)
        # A manifest that cannot be read raises BackupError: what it needs is not known, so nothing is deleted.
        needed = {
            self.blob(backup.manifest["sealing"], digest)
            for backup in map(self.read, kept)
            for digest in backup.manifest["media"]
        }
        for key in list(self.place.media()):
            if key not in needed:
                self.place.delete(key)
        return gone


def _names_what_is_ours(manifest: dict[str, Any]) -> bool:
    """Whether all that it names lies below folders of ours; who brings a backup from elsewhere can write anything."""
    files = (manifest["database"]["file"], manifest["names"]["file"])
    return bool(
        SEALING.fullmatch(manifest["sealing"])
        and all(map(FILE.fullmatch, files))
        and all(map(DIGEST.fullmatch, manifest["media"]))
    )


def to_keep(names: list[str], keep: dict[str, int]) -> set[str]:
    """Of names with the newest first: those of a day, and the last of each of so many days, weeks and months.

    So a backup that is made before an upgrade is not deleted by the next one.
    """
    kept = {name for name in names if moment_of(names[0]) - moment_of(name) < timedelta(days=1)}
    for unit, form in (("days", "%Y-%m-%d"), ("weeks", "%G-%V"), ("months", "%Y-%m")):
        periods: dict[str, str] = {}
        for name in names:
            periods.setdefault(moment_of(name).strftime(form), name)
        kept.update(list(periods.values())[: keep[unit]])
    return kept


def moment_of(name: str) -> datetime:
    return datetime.strptime(name, STAMP).replace(tzinfo=UTC)


def _seal_of(manifest: dict[str, Any]) -> str:
    return sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
