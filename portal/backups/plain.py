"""Plain copies in a folder: they are not encrypted, and nothing deletes old ones."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from portal.backups.errors import BackupError
from portal.backups.locking import cure_for_another_account, held
from portal.backups.media import copy_new
from portal.backups.repositories import NAME, Backup, check_folder

UNFINISHED = ".unfinished"


class PlainFolder:
    """A folder for each backup; an uploaded file that does not change is one file on the disk for all of them."""

    def __init__(self, root: Path):
        self.root = root
        self.address = str(root)

    def __str__(self) -> str:
        return self.address

    def sizes(self) -> dict[str, int]:
        return {
            name: sum(path.stat().st_size for path in (self.root / name).rglob("*") if path.is_file())
            for name in self.names()
        }

    def names(self) -> list[str]:
        found = (path.name for path in self.root.iterdir()) if self.root.is_dir() else ()
        return sorted(filter(NAME.fullmatch, found), reverse=True)

    def save(self, name: str, folder: Path, media: Mapping[str, Path]) -> int:
        if settings.BACKUP_PASSWORD:
            raise BackupError(f"{self} holds plain copies: with BACKUP_PASSWORD choose an empty folder.")
        check_folder(self.root)
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with held(self.root / "lock", f"Another backup is being written to {self}."):
                return self._saved(name, folder, media)
        except PermissionError as error:
            cure = cure_for_another_account(self) if self.root.exists() else f"{self} may not be made by this account."
            raise BackupError(f"{self} takes no backup. {cure}") from error

    def _saved(self, name: str, folder: Path, media: Mapping[str, Path]) -> int:
        for left in self.root.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left)
        begun = self.root / f"{name}{UNFINISHED}"
        begun.mkdir(mode=0o700)
        shutil.copytree(folder, begun, dirs_exist_ok=True)
        before, added = self.root / next(iter(self.names()), "none") / "media", 0
        for alias, source in media.items():
            for path in filter(Path.is_file, source.rglob("*")):
                file = Path(alias, path.relative_to(source))
                added += _copy_or_link(path, begun / "media" / file, before / file)
        os.sync()
        begun.rename(self.root / name)
        os.sync()
        return added

    def expire(self, keep: Mapping[str, int]) -> None:
        """Old folders are deleted by hand."""

    def read(self, name: str, file: str, target: IO[bytes]) -> None:
        with (self.root / name / file).open("rb") as source:
            shutil.copyfileobj(source, target)

    def restore_media(self, backup: Backup, alias: str, target: Path, *, only_missing: bool) -> tuple[int, list[str]]:
        source = self.root / backup.name / "media" / alias
        # A backup from elsewhere could lead to a file that readers must not get.
        if source.resolve() != source or any(path.is_symlink() for path in source.rglob("*")):
            raise BackupError(f"{source} holds links to other files; nothing is changed.")
        return copy_new(FileSystemStorage(source), FileSystemStorage(target), only_missing=only_missing), []


def _copy_or_link(source: Path, target: Path, before: Path) -> int:
    """Copy a file, or link to the previous copy if it has not changed; return how many bytes are new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        found = source.stat()
        # The file is new, or the disk has no links.
        with suppress(OSError):
            if (found.st_size, found.st_mtime_ns) == (before.stat().st_size, before.stat().st_mtime_ns):
                os.link(before, target)
                return 0
        shutil.copy2(source, target)
        return found.st_size
    # It was deleted meanwhile.
    return 0
