"""A bucket of an object storage as a place for backups: `s3://key:secret@bucket/prefix?endpoint=…`.

It needs the extra `s3`, and is imported only for such an address.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import uuid4

from boto3.exceptions import Boto3Error
from botocore.exceptions import ClientError
from django.conf import settings
from django.utils import timezone

from portal.backups.errors import BackupError
from portal.backups.locking import held
from portal.backups.places import MANIFEST, NAME, kept_storages, overlap
from portal.media.object_storage import ObjectStorage
from portal.media.stored import StorageUnavailableError

LOCK = "lock"
# The backup of another machine that has not ended after so long has died.
LOCK_HOURS = 12
# Seconds for an answer: no reader waits for it, and what is written is large.
PATIENCE = 20.0


class Bucket:
    """A backup is finished once its manifest is there, its last object; each of them is stored wholly or not at all."""

    def __init__(self, address: str, options: dict[str, Any]):
        self.address = address
        self._storage = ObjectStorage(patience=PATIENCE, **options)
        self._client = self._storage.connection.meta.client
        self._bucket = options["bucket_name"]
        self._prefix = f"{options['location']}/" if options["location"] else ""
        self._media: set[str] | None = None

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def is_among_uploads(self) -> bool:
        return any(
            storage.bucket_name == self._bucket and overlap(self._prefix, f"{storage.location}/".lstrip("/"))
            for storage in kept_storages().values()
            if isinstance(storage, ObjectStorage)
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with held(settings.DATA_DIR / "backup.lock", "Another backup of this installation is being written.") as file:
            file.seek(0)
            if not (owner := file.read()):
                owner = uuid4().hex
                file.write(owner)
                file.flush()
            self._take(owner)
            try:
                yield
            finally:
                # Whoever cannot delete it has met the fault before, which is what is to be told.
                with suppress(StorageUnavailableError):
                    self.delete(LOCK)

    def _take(self, owner: str) -> None:
        """Raise BackupError unless the lock is free, this installation's from a killed backup, or old."""
        now = timezone.now()
        content = json.dumps({"owner": owner, "since": now.isoformat()}).encode()
        for _attempt in range(2):
            try:
                with self._storage.asking(LOCK):
                    self._client.put_object(Bucket=self._bucket, Key=self._key(LOCK), Body=content, IfNoneMatch="*")
                return
            except FileExistsError:
                with suppress(FileNotFoundError), self.open(LOCK) as held:
                    age = now - self._storage.get_modified_time(LOCK)
                    if json.loads(held.read())["owner"] != owner and age < timedelta(hours=LOCK_HOURS):
                        raise BackupError(
                            f"Another installation writes a backup to {self}, since {age.seconds // 60} minutes. If it "
                            f"was killed, delete the object “{LOCK}”; after {LOCK_HOURS} hours it counts as dead."
                        ) from None
                self.delete(LOCK)
        raise BackupError(f"Another backup is being written to {self}.")

    def names(self) -> Iterator[str]:
        yield from (name for name in self._begun() if self.has(f"{name}/{MANIFEST}"))

    def begin(self, name: str) -> str:
        for left in self._begun():
            if not self.has(f"{left}/{MANIFEST}"):
                self.remove(left)
        return name

    def finish(self, begun: str, name: str, manifest: bytes) -> None:
        self._put(f"{name}/{MANIFEST}", BytesIO(manifest))

    def remove(self, name: str) -> None:
        # The manifest first, or half a backup would count as one.
        self.delete(f"{name}/{MANIFEST}")
        for key, _size in list(self._files(f"{name}/")):
            self.delete(key)

    def size(self, name: str) -> int:
        return sum(size for _key, size in self._files(f"{name}/"))

    def media(self) -> Iterator[str]:
        for key, _size in self._files("media/"):
            if key.count("/") == 3:
                yield key

    def has(self, key: str) -> bool:
        if not key.startswith("media/"):
            return self._storage.exists(key)
        # Asked one by one, a hundred thousand pictures would take hours.
        if self._media is None:
            self._media = set(self.media())
        return key in self._media

    def open(self, key: str) -> IO[bytes]:
        return self._storage.fetched(key)

    @contextmanager
    def writing(self, key: str) -> Iterator[IO[bytes]]:
        with TemporaryFile(dir=settings.DATA_DIR) as target:
            yield target
            target.seek(0)
            self._put(key, target)
        if self._media is not None and key.startswith("media/"):
            self._media.add(key)

    def delete(self, key: str) -> None:
        self._storage.delete(key)
        if self._media is not None:
            self._media.discard(key)

    def _put(self, key: str, content: IO[bytes]) -> None:
        try:
            with self._storage.asking(key):
                # In parts, where it is large: no server takes more than five gigabytes at once.
                self._client.upload_fileobj(content, self._bucket, self._key(key))
        except Boto3Error as error:
            cause = error.__cause__ or error.__context__
            detail = f": {cause.response['Error'].get('Code')}" if isinstance(cause, ClientError) else ""
            raise StorageUnavailableError(f"{self} does not take {key}{detail}.") from error

    def _key(self, key: str) -> str:
        return f"{self._prefix}{key}"

    def _files(self, below: str) -> Iterator[tuple[str, int]]:
        with self._storage.asking(below):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._key(below)):
                for entry in page.get("Contents", ()):
                    yield entry["Key"][len(self._prefix) :], entry["Size"]

    def _begun(self) -> list[str]:
        """The names of all backups, finished or not."""
        found: list[str] = []
        with self._storage.asking(""):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix, Delimiter="/"):
                found += [each["Prefix"][len(self._prefix) :].rstrip("/") for each in page.get("CommonPrefixes", ())]
        return [name for name in found if NAME.fullmatch(name)]
