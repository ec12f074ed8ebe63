"""A place of backups, and how a backup is found in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

from portal.backups.errors import BackupError
from portal.backups.locking import cure_for_another_account
from portal.backups.media import folder_of, uploads

FORMAT = 2
CONTENT = {"versions": dict, "database": dict, "migrations": list, "lasting_key": str, "media": dict}
MANIFEST = "manifest.json"
STAMP = "%Y-%m-%dT%H%M%SZ"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


@dataclass(frozen=True)
class Backup:
    name: str
    manifest: dict[str, Any]

    @property
    def made_at(self) -> datetime:
        return made_at(self.name)


class Repository(Protocol):
    """Backups have names that sort by time. `str()` is the location without secrets, which `address` may contain.

    `names` has the newest first, `sizes` are in bytes. `save` stores the files of a folder and the uploaded files,
    completely or not at all, and returns how many bytes are new. `restore_media` writes the files that the folder lacks
    or has with another content, and returns how many, and which are damaged.
    """

    address: str

    def names(self) -> list[str]: ...
    def sizes(self) -> Mapping[str, int]: ...
    def save(self, name: str, folder: Path, media: Mapping[str, Path]) -> int: ...
    def expire(self, keep: Mapping[str, int]) -> None: ...
    def read(self, name: str, file: str, target: IO[bytes]) -> None: ...
    def restore_media(
        self, backup: Backup, alias: str, target: Path, *, only_missing: bool
    ) -> tuple[int, list[str]]: ...


def made_at(name: str) -> datetime:
    return datetime.strptime(name, STAMP).replace(tzinfo=UTC)


def find(repository: Repository, name: str = "") -> Backup:
    """A backup, by default the newest; raise BackupError if it is not there or not readable."""
    names = repository.names()
    if not names:
        raise BackupError(f"{repository} holds no backup.")
    if name and name not in names:
        raise BackupError(f"{repository} holds no backup {name}; there are: {', '.join(names)}")
    name = name or names[0]
    try:
        with TemporaryFile() as file:
            repository.read(name, MANIFEST, file)
            file.seek(0)
            manifest = json.load(file)
        if manifest["format"] != FORMAT:
            raise BackupError(f"{name} is of format {manifest['format']}; this version reads {FORMAT}.")
        if not all(isinstance(manifest[name], kind) for name, kind in CONTENT.items()):
            raise ValueError("it is incomplete")
        manifest["database"]["vendor"], manifest["database"]["sha256"]
    except PermissionError as error:
        raise BackupError(f"{name} may not be read. {cure_for_another_account(repository)}") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise BackupError(f"The manifest of {name} is damaged: {error}") from error
    return Backup(name, manifest)


def check_folder(root: Path) -> None:
    """Raise BackupError if uploaded files lie in this folder, or this folder among them."""
    for folder in filter(None, map(folder_of, uploads().values())):
        if folder.is_relative_to(root) or root.is_relative_to(folder):
            raise BackupError(f"{root} lies among the uploaded files or holds them: choose another place.")
