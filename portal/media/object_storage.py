"""Uploaded files in an object storage with the S3 protocol. Nothing in it is public.

Needs the extra `s3`; imported only if `STORAGE_URL` is set.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from hashlib import md5
from mimetypes import guess_type
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile, TemporaryFile
from threading import Condition
from time import monotonic
from typing import IO, Any
from urllib.parse import urljoin

from boto3 import client
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from django.conf import settings
from django.core.files import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from portal.media.stored import StorageUnavailableError, StoredFile

# A fetched file of up to this size is held in memory. A larger one is in a temporary file.
IN_MEMORY = 1024 * 1024
# Seconds without requests after a failed one, so that requests for pictures do not block all threads.
BACKOFF = 5.0
# The number of concurrent requests for readers per process, and the seconds to wait for a slot: an unresponsive storage
# must not block the threads that serve pages.
MAX_CONCURRENT, SLOT_TIMEOUT = 2, 2.0
# In seconds.
READ_TIMEOUT = 10.0
NO_RESPONSE = (ConnectTimeoutError, ReadTimeoutError, EndpointConnectionError, ConnectionClosedError)
NOT_FOUND, CONFLICT = ("404", "NoSuchKey"), ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class FetchedFile(File):
    """A completely fetched file. Reopening it after closing fetches it again."""

    def __init__(self, storage: "ObjectStorage", name: str):
        self._fetch = partial(storage.fetch, name)
        super().__init__(self._fetch(), name)

    def open(self, mode: str | None = None, *args: Any, **kwargs: Any) -> "FetchedFile":
        if self.closed:
            self.file = self._fetch()
        self.seek(0)
        return self


class ObjectStorage(S3Storage):
    """Behaves like a folder: no name is used twice, and a missing file raises FileNotFoundError.

    Any other error raises StorageUnavailableError. URLs are those of our own view, as for a folder.
    """

    def __init__(self, **options: Any):
        """`read_timeout` replaces READ_TIMEOUT; the other options are those of django-storages."""
        read_timeout = options.pop("read_timeout", READ_TIMEOUT)
        endpoint = options.get("endpoint_url")
        config = Config(
            connect_timeout=2,
            read_timeout=read_timeout,
            retries={"total_max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path" if endpoint else "auto"},
            signature_version="s3v4",
            # Some servers lack the newer checksums; all have `Content-MD5`.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, file_overwrite=False, default_acl=None, **options)
        self._paused_until = 0.0
        # The number of pending requests, and whether the last request got no response.
        self._pending, self._is_suspect, self._slots = 0, False, Condition()

    def fetch(self, name: str, part: range | None = None) -> IO[bytes]:
        """The content or part of it, fetched before the response, so that a broken connection raises an error."""
        target: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller closes it
        only = {} if part is None else {"Range": f"bytes={part.start}-{part.stop - 1}"}
        try:
            with self.requesting_in_slot(name) as release:
                found = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=self._key(name), **only)
                release()
                copyfileobj(found["Body"], target)
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return target

    def files(self) -> Iterator[StoredFile]:
        with self.requesting(""):
            pages = self.connection.meta.client.get_paginator("list_objects_v2")
            prefix = f"{self.location}/" if self.location else ""
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=prefix):
                for entry in page.get("Contents", ()):
                    if not entry["Key"].endswith("/"):
                        yield StoredFile(entry["Key"][len(prefix) :], entry["Size"], entry["LastModified"])

    def fingerprint(self, name: str) -> str:
        """The MD5 of the content, if the server has it; otherwise an empty string."""
        with self.requesting(name):
            tag = self.connection.meta.client.head_object(Bucket=self.bucket_name, Key=self._key(name))["ETag"]
        tag = tag.strip('"')
        return tag if len(tag) == 32 else ""

    def check(self) -> None:
        """Raise StorageUnavailableError if the storage does not respond."""
        try:
            with self.requesting_in_slot(""):
                self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
        except FileNotFoundError as error:
            raise StorageUnavailableError(f"There is no bucket {self.bucket_name}.") from error

    def is_public(self) -> bool:
        """Whether a file can be read without credentials; False if there is no file."""
        prefix = f"{self.location}/" if self.location else ""
        with self.requesting(""):
            found = self.connection.meta.client.list_objects_v2(Bucket=self.bucket_name, Prefix=prefix, MaxKeys=1)
            for entry in found.get("Contents", ()):
                try:
                    self._without_key().head_object(Bucket=self.bucket_name, Key=entry["Key"])
                except ClientError:
                    return False
                return True
        return False

    def _without_key(self) -> Any:
        options = {"endpoint_url": self.endpoint_url, "region_name": self.region_name, "verify": self.verify}
        return client("s3", config=self.client_config.merge(Config(signature_version=UNSIGNED)), **options)

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name).lstrip("/"))

    def exists(self, name: str) -> bool:
        with self.requesting_in_slot(name):
            return super().exists(name)

    def size(self, name: str) -> int:
        with self.requesting_in_slot(name):
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        with self.requesting_in_slot(name):
            return super().get_modified_time(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with self.requesting(name):
            return super().listdir(name)

    def delete(self, name: str) -> None:
        with self.requesting(name):
            super().delete(name)

    def _open(self, name: str, mode: str = "rb") -> FetchedFile:
        if mode != "rb":
            raise ValueError("A file in an object storage can only be read as bytes, and written as a whole.")
        return FetchedFile(self, name)

    def _save(self, name: str, content: File) -> str:
        kind = getattr(content, "content_type", None) or guess_type(name)[0] or self.default_content_type
        with TemporaryFile() as whole:
            digest = md5(usedforsecurity=False)
            for chunk in content.chunks():
                piece = chunk.encode() if isinstance(chunk, str) else chunk
                digest.update(piece)
                whole.write(piece)
            while True:
                whole.seek(0)
                try:
                    with self.requesting(name):
                        # The server rejects a name that was taken meanwhile.
                        self.connection.meta.client.put_object(
                            Bucket=self.bucket_name,
                            Key=self._key(name),
                            Body=whole,
                            ContentType=kind,
                            ContentMD5=b64encode(digest.digest()).decode(),
                            IfNoneMatch="*",
                        )
                    return clean_name(name)
                except FileExistsError:
                    name = self.get_available_name(name)

    def _key(self, name: str) -> str:
        return self._normalize_name(clean_name(name))

    @contextmanager
    def requesting_in_slot(self, name: str) -> Iterator[Callable[[], None]]:
        """Like `requesting`, but takes a slot, for readers' requests.

        Yields a function that releases the slot early.
        """
        # Each thread opens its own connection, which takes a while, before it takes a slot.
        self.connection.meta  # noqa: B018
        self._take_slot()
        is_released = False

        def release(is_suspect: bool = False) -> None:
            nonlocal is_released
            if not is_released:
                is_released = True
                with self._slots:
                    self._pending -= 1
                    self._is_suspect = is_suspect
                    self._slots.notify_all()

        try:
            with self.requesting(name):
                yield release
        finally:
            release(is_suspect=self._is_paused())

    def _take_slot(self) -> None:
        with self._slots:
            # A single request tests whether a suspect storage responds again.
            has_slot = not (self._is_suspect and self._pending) and self._slots.wait_for(
                lambda: self._pending < MAX_CONCURRENT or self._is_paused(), timeout=SLOT_TIMEOUT
            )
            if not has_slot and not self._is_suspect:
                self._pause()
            if not has_slot or self._is_paused():
                raise StorageUnavailableError("The object storage does not respond.")
            self._pending += 1

    def _is_paused(self) -> bool:
        return monotonic() < self._paused_until

    def _pause(self) -> None:
        with self._slots:
            self._paused_until, self._is_suspect = monotonic() + BACKOFF, True

    @contextmanager
    def requesting(self, name: str) -> Iterator[None]:
        """Turn a request's errors into FileNotFoundError, FileExistsError or StorageUnavailableError."""
        if self._is_paused():
            raise StorageUnavailableError("The object storage does not respond.")
        try:
            yield
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in NOT_FOUND:
                raise FileNotFoundError(f"The object storage has no file {name}.") from error
            if code in CONFLICT:
                raise FileExistsError(name) from error
            raise StorageUnavailableError(f"The object storage refused the request: {code}.") from error
        except BotoCoreError as error:
            if isinstance(error, NO_RESPONSE):
                self._pause()
            raise StorageUnavailableError(f"The object storage does not respond: {type(error).__name__}.") from error
