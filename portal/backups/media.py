"""The folders from which uploaded files are backed up; restores files into any storage."""

import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages

from portal.media.moving import content_hash, copy_file
from portal.media.stored import files_in


def uploads() -> dict[str, Storage]:
    """Every storage except that of static files."""
    return {alias: storages[alias] for alias in settings.STORAGES if alias != "staticfiles"}


def folder_of(storage: Storage) -> Path | None:
    return Path(storage.location).resolve() if isinstance(storage, FileSystemStorage) else None


def local_folders() -> dict[str, Path]:
    """Mirror object storages, and return a folder with the files of each storage, by storage name."""
    return {alias: folder_of(storage) or _mirror(alias, storage) for alias, storage in uploads().items()}


def copy_new(source: Storage, target: Storage, *, only_missing: bool) -> int:
    """Copy the files that the target lacks or has with different content; return their number."""
    there, written = {file.name for file in files_in(target)}, 0
    for file in files_in(source):
        is_there = file.name in there
        if not is_there or not (only_missing or content_hash(source, file.name) == content_hash(target, file.name)):
            copy_file(source, target, file.name)
            written += 1
    return written


def _mirror(alias: str, storage: Storage) -> Path:
    """Fetch the files whose size or modification time differs, and delete those that the storage no longer has."""
    folder: Path = settings.DATA_DIR / "mirror" / alias
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mirror = FileSystemStorage(folder)
    there = {file.name: file for file in files_in(mirror)}
    for file in files_in(storage):
        found = there.pop(file.name, None)
        if found is None or (found.size, found.modified) != (file.size, file.modified):
            # It may have been deleted in the meantime.
            with suppress(FileNotFoundError):
                copy_file(storage, mirror, file.name)
                os.utime(folder / file.name, (file.modified.timestamp(), file.modified.timestamp()))
    for name in there:
        mirror.delete(name)
    return folder
