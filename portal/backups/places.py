"""Where backups lie: a folder, or a bucket of an object storage; in both a backup is there wholly or not at all."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage, storages

from portal.backups.errors import BackupError
from portal.backups.locking import held, said_of_another_account
from portal.env import bucket_options

MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")


class BackupPlace(Protocol):
    """Keys are relative, with slashes; the first part of those of a backup is its name."""

    address: str
    """What `BACKUP_DIR` says of it: it may hold a secret, and `str()` does not."""

    def is_among_uploads(self) -> bool:
        """Whether uploaded files lie where backups would, so that a backup would contain itself or delete them."""

    def locked(self) -> AbstractContextManager[None]:
        """Within it, no other process writes a backup here; raise BackupError if one does."""

    def names(self) -> Iterator[str]:
        """What may be the name of a finished backup."""

    def begin(self, name: str) -> str:
        """The name that a backup has while it is written. What interrupted ones have left is deleted."""

    def finish(self, begun: str, name: str, manifest: bytes) -> None:
        """Write the manifest and give a backup its name, once all of it is stored."""

    def remove(self, name: str) -> None:
        """Delete a backup, without its media."""

    def size(self, name: str) -> int:
        """The bytes of a backup, without its media."""

    def media(self) -> Iterator[str]:
        """The keys of all contents of uploaded files."""

    def has(self, key: str) -> bool: ...

    def open(self, key: str) -> IO[bytes]:
        """Raise FileNotFoundError for what is not there."""

    def writing(self, key: str) -> AbstractContextManager[IO[bytes]]:
        """A file to write, and to read again, that has its key once it is written as a whole."""

    def delete(self, key: str) -> None: ...


class Folder:
    """A folder of this machine. What is in it is whole: all else has a name that ends in `.unfinished`."""

    def __init__(self, root: Path):
        self.root = root
        self.address = str(root)

    def __str__(self) -> str:
        return str(self.root)

    def is_among_uploads(self) -> bool:
        roots = [storage.location for storage in kept_storages().values() if isinstance(storage, FileSystemStorage)]
        own = (f"{self.root.resolve()}/", f"{self.root.resolve() / 'media'}/")
        return any(
            f"{root}/".startswith(own[1]) or own[0].startswith(f"{root}/") for root in map(os.path.realpath, roots)
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
                # Drafts' files are among them, and whoever has made the folder may have let others read it.
                media = self.root / "media"
                media.mkdir(exist_ok=True)
                media.chmod(0o700)
                stack.enter_context(held(self.root / "lock", f"Another backup is being written to {self.root}."))
            except PermissionError as error:
                there = self.root.exists()
                cure = said_of_another_account(self.root) if there else f"{self.root} may not be made by this account."
                raise BackupError(f"{self.root} takes no backup. {cure}") from error
            yield

    def names(self) -> Iterator[str]:
        if self.root.is_dir():
            yield from (each.name for each in self.root.iterdir())

    def begin(self, name: str) -> str:
        for left in self.root.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left)
        begun = f"{name}{UNFINISHED}"
        (self.root / begun).mkdir(mode=0o700)
        return begun

    def finish(self, begun: str, name: str, manifest: bytes) -> None:
        (self.root / begun / MANIFEST).write_bytes(manifest)
        # The media as well, which are many files.
        os.sync()
        (self.root / begun).rename(self.root / name)
        os.sync()

    def remove(self, name: str) -> None:
        left = self.root / f"{name}{UNFINISHED}"
        (self.root / name).rename(left)
        shutil.rmtree(left)

    def size(self, name: str) -> int:
        return sum(path.stat().st_size for path in (self.root / name).iterdir())

    def media(self) -> Iterator[str]:
        for path in self.root.glob("media/*/??/*"):
            yield str(path.relative_to(self.root))

    def has(self, key: str) -> bool:
        return (self.root / key).exists()

    def open(self, key: str) -> IO[bytes]:
        return (self.root / key).open("rb")

    @contextmanager
    def writing(self, key: str) -> Iterator[IO[bytes]]:
        final = self.root / key
        final.parent.mkdir(parents=True, exist_ok=True)
        # One name for all contents, so that an interrupted one is written over.
        part = self.root / "media" / f"content{UNFINISHED}" if key.startswith("media/") else final
        try:
            with part.open("w+b") as target:
                yield target
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
        part.replace(final)

    def delete(self, key: str) -> None:
        (self.root / key).unlink()


def place_at(address: Path | str) -> BackupPlace:
    """A folder, or a bucket as `s3://…`; raise BackupError for an address that is none."""
    if not str(address).startswith("s3:"):
        return Folder(Path(address).resolve())
    try:
        options = bucket_options("The place of the backups", str(address))
    except ImproperlyConfigured as error:
        raise BackupError(str(error)) from error
    # It needs an extra, which most installations do without.
    found: BackupPlace = import_module("portal.backups.bucket").Bucket(str(address), options)
    return found


def kept_storages() -> dict[str, Storage]:
    """Every storage but that of static files, which a command collects."""
    return {alias: storages[alias] for alias in settings.STORAGES if alias != "staticfiles"}


def overlap(one: str, other: str) -> bool:
    """Whether one of two prefixes lies below the other."""
    return one.startswith(other) or other.startswith(one)
