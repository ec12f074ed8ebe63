"""A folder of backups: each has a folder of its own with a manifest; all share the media, stored by content hash."""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from portal.backups.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
STAMP = "%Y-%m-%dT%H%M%SZ"
DIGEST = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


@dataclass(frozen=True)
class Backup:
    """A finished backup."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def made_at(self) -> datetime:
        return _moment(self.name)


class BackupStore:
    """The folder that `BACKUP_DIR` names. What is in it is whole: all else has a name that ends in `.unfinished`."""

    def __init__(self, root: Path):
        self.root = root

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Within it, no other process writes a backup here; raise BackupError if one does."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Drafts' files are among them, and the folder itself may have been made by somebody who lets others read it.
        media = self.root / "media"
        media.mkdir(exist_ok=True)
        media.chmod(0o700)
        with (self.root / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupError(f"Another backup is being written to {self.root}.") from error
            yield

    def names(self) -> list[str]:
        """The names of the finished backups, the newest first."""
        if not self.root.is_dir():
            return []
        return sorted((each.name for each in self.root.iterdir() if NAME.fullmatch(each.name)), reverse=True)

    def read(self, name: str = "") -> Backup:
        """A backup, by default the newest; raise BackupError if it is not there or its manifest is damaged."""
        names = self.names()
        if not names or (name and name not in names):
            there = f"there are: {', '.join(names)}" if names else "there is none"
            raise BackupError(
                f"{self.root} holds no backup {name}; {there}." if name else f"{self.root} holds no backup."
            )
        folder = self.root / (name or names[0])
        try:
            manifest = json.loads((folder / MANIFEST).read_bytes())
            seal = manifest.pop("seal")
        except (OSError, ValueError, AttributeError, KeyError) as error:
            raise BackupError(f"The manifest of {folder.name} cannot be read: {error}") from error
        if seal != _seal_of(manifest):
            raise BackupError(f"The manifest of {folder.name} is damaged.")
        if manifest["format"] != FORMAT:
            raise BackupError(f"{folder.name} is of format {manifest['format']}; this version reads {FORMAT}.")
        # What it names is read and written below folders of ours.
        parts = (manifest["database"]["file"], manifest["names"]["file"], manifest["sealing"])
        if any(Path(part).name != part for part in parts) or not all(map(DIGEST.fullmatch, manifest["media"])):
            raise BackupError(f"The manifest of {folder.name} is damaged.")
        return Backup(folder, manifest)

    def begin(self, now: datetime) -> Path:
        """A folder to write a backup into. What an interrupted one has left is deleted."""
        for left in self.root.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left)
        # Later than all others, also than one of the same second, or retention would take it for an older one.
        if names := self.names():
            now = max(now, _moment(names[0]) + timedelta(seconds=1))
        folder = self.root / f"{now.strftime(STAMP)}{UNFINISHED}"
        folder.mkdir(mode=0o700)
        return folder

    def finish(self, folder: Path, manifest: dict[str, Any]) -> Backup:
        """Give a backup its name, once all of it is on the disk."""
        sealed = {"format": FORMAT, **manifest}
        (folder / MANIFEST).write_text(json.dumps({**sealed, "seal": _seal_of(sealed)}, indent=1), encoding="utf-8")
        # The media as well, which are many files.
        os.sync()
        final = folder.with_name(folder.name.removesuffix(UNFINISHED))
        folder.rename(final)
        os.sync()
        return Backup(final, sealed)

    def blob(self, sealing: str, digest: str) -> Path:
        """Where the content with this hash is kept, encrypted for one key or for none."""
        return self.root / "media" / sealing / digest[:2] / digest

    def expire(self, keep: dict[str, int]) -> list[str]:
        """Delete the backups that need not be kept, then the media that no other backup has; return their names."""
        names = self.names()
        kept = to_keep(names, keep)
        gone = [name for name in names if name not in kept]
        for name in gone:
            left = self.root / f"{name}{UNFINISHED}"
            (self.root / name).rename(left)
            shutil.rmtree(left)
        # A manifest that cannot be read raises BackupError: what it needs is not known, so nothing is deleted.
        needed = {
            self.blob(backup.manifest["sealing"], digest)
            for backup in map(self.read, kept)
            for digest in backup.manifest["media"]
        }
        for path in self.root.glob("media/*/??/*"):
            if path not in needed:
                path.unlink()
        return gone


def to_keep(names: list[str], keep: dict[str, int]) -> set[str]:
    """Of names with the newest first: those of a day, and the last of each of so many days, weeks and months.

    So a backup that is made before an upgrade is not deleted by the next one.
    """
    kept = {name for name in names if _moment(names[0]) - _moment(name) < timedelta(days=1)}
    for unit, form in (("days", "%Y-%m-%d"), ("weeks", "%G-%V"), ("months", "%Y-%m")):
        periods: dict[str, str] = {}
        for name in names:
            periods.setdefault(_moment(name).strftime(form), name)
        kept.update(list(periods.values())[: keep[unit]])
    return kept


def _moment(name: str) -> datetime:
    return datetime.strptime(name, STAMP).replace(tzinfo=UTC)


def _seal_of(manifest: dict[str, Any]) -> str:
    return sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
