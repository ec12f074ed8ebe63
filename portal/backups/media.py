"""Copies uploaded files between Django's storages and a store of contents by their hash."""

import json
from collections.abc import Set
from contextlib import suppress
from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

from portal.backups.encryption import Opening, Sealing, copy
from portal.backups.places import kept_storages
from portal.backups.store import DIGEST, BackupStore
from portal.media.stored import StoredFile, files_in

# By storage and name: the hash and the size of the content.
Names = dict[str, dict[str, list[Any]]]


class MediaCopy:
    """Copies what is new. A file of the same name, size and time of change as before is not read again."""

    def __init__(self, store: BackupStore, sealing: Sealing):
        self.store, self.sealing = store, sealing
        self.names: Names = {}
        self.added = self.added_bytes = 0
        self._seen_key = f"media/{sealing.name}/seen.json"
        self._seen: dict[str, list[Any]] = {}
        self._seen_now: dict[str, list[Any]] = {}
        # Only a memory: without it every file is read.
        with suppress(OSError, ValueError), store.place.open(self._seen_key) as file:
            self._seen = json.loads(file.read())

    def run(self) -> None:
        """May be called again for what has come meanwhile; what is gone meanwhile stays in the backup."""
        for alias, storage in kept_storages().items():
            known = self.names.setdefault(alias, {})
            for file in files_in(storage):
                with suppress(FileNotFoundError):
                    known[file.name] = self._kept(storage, alias, file)

    def remember(self) -> None:
        with self.store.place.writing(self._seen_key) as file:
            file.write(json.dumps(self._seen_now).encode())

    def _kept(self, storage: Storage, alias: str, file: StoredFile) -> list[Any]:
        # The names of files may be confidential, and this memory is not encrypted.
        key = sha256(f"{alias}/{file.name}".encode()).hexdigest()[:32]
        state = [file.size, file.modified.isoformat()]
        seen = self._seen_now.get(key) or self._seen.get(key)
        if seen and seen[:2] == state and self.store.place.has(self.store.blob(self.sealing.name, seen[2])):
            self._seen_now[key] = seen
            return [seen[2], seen[0]]
        digest, size = self._copied(storage, file.name)
        self._seen_now[key] = [*state, digest]
        return [digest, size]

    def _copied(self, storage: Storage, name: str) -> tuple[str, int]:
        digest = sha256()
        with storage.open(name) as source, TemporaryFile(dir=settings.DATA_DIR) as plain:
            # Hash and content are of one reading, whatever is written to the file meanwhile.
            copy(source, plain, digest)
            size = plain.tell()
            blob = self.store.blob(self.sealing.name, digest.hexdigest())
            if not self.store.place.has(blob):
                plain.seek(0)
                with self.store.place.writing(blob) as target:
                    self.sealing.write(plain, target)
                self.added, self.added_bytes = self.added + 1, self.added_bytes + size
        return digest.hexdigest(), size


class MediaRestore:
    """Puts the files of a backup into the storages."""

    def __init__(self, store: BackupStore, sealing: str, opening: Opening, names: Names):
        self.store, self.sealing, self.opening, self.names = store, sealing, opening, names

    def names_what_is_ours(self) -> bool:
        """Whether all lies below the storages that are backed up, and contents go by their hash."""
        named = [(name, kept[0]) for files in self.names.values() for name, kept in files.items()]
        is_ours = all(_is_below(name) and DIGEST.fullmatch(digest) for name, digest in named)
        return is_ours and self.names.keys() <= kept_storages().keys()

    def damaged(self) -> dict[str, str]:
        """Read every content; by the names of files, the keys in the store of those that are missing or damaged."""
        wrong = {digest for digest in self._digests() if not self._is_whole(digest)}
        found = {name: kept[0] for files in self.names.values() for name, kept in files.items() if kept[0] in wrong}
        return {name: self.store.blob(self.sealing, found[name]) for name in sorted(found)}

    def run(self, leave_out: Set[str], *, only_missing: bool = False) -> int:
        """Write the files that the storages have not, or have with another content; return how many."""
        written = 0
        for alias, files in self.names.items():
            storage = storages[alias]
            for name, (digest, size) in files.items():
                if name in leave_out or _is_there(storage, name, digest, size):
                    continue
                if only_missing and storage.exists(name):
                    continue
                with TemporaryFile(dir=settings.DATA_DIR) as plain:
                    with self.store.place.open(self.store.blob(self.sealing, digest)) as source:
                        self.opening.read(source, plain)
                    plain.seek(0)
                    storage.delete(name)
                    if storage.save(name, File(plain)) != name:
                        raise OSError(f"The storage does not take the name {name}.")
                written += 1
        return written

    def _digests(self) -> set[str]:
        return {kept[0] for files in self.names.values() for kept in files.values()}

    def _is_whole(self, digest: str) -> bool:
        found = _HashOnly()
        try:
            with self.store.place.open(self.store.blob(self.sealing, digest)) as source:
                self.opening.read(source, found)
        except OSError:
            return False
        return found.hash.hexdigest() == digest


class _HashOnly:
    def __init__(self) -> None:
        self.hash = sha256()

    def write(self, content: bytes) -> int:
        self.hash.update(content)
        return len(content)

    def flush(self) -> None:
        pass


def _is_below(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/") and "\\" not in name


def _is_there(storage: Storage, name: str, digest: str, size: int) -> bool:
    if not storage.exists(name) or storage.size(name) != size:
        return False
    found = sha256()
    with storage.open(name) as file:
        copy(file, found)
    return found.hexdigest() == digest
