"""A site's archive: a zip with a manifest, a file of rows per model, and files named by their hash.

Checksums are verified before anything is read. No name in the archive is used as a path.
"""

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings

from portal.backups.errors import noticing_full_disk
from portal.sites.data.errors import TransferError
from portal.sites.data.rows import Row
from portal.sites.transfer.encryption import decrypt

FORMAT = 1
KIND = "portal.site"
MANIFEST = "manifest.json"
ROWS = re.compile(r"rows/(\w+\.\w+)\.jsonl")
AGE = b"age-encryption.org/"


def checksum_of(manifest: dict[str, Any]) -> str:
    return sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _digest(file: IO[bytes]) -> str:
    return file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def as_line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n"


class ArchiveWriter:
    """Writes entries one after another. `finish` writes the manifest, without which the file is invalid."""

    def __init__(self, target: IO[bytes]):
        self._zip = ZipFile(target, "w", ZIP_DEFLATED)
        self.close = self._zip.close
        self.entries: dict[str, list[Any]] = {}

    def rows(self, label: str, lines: Iterable[bytes]) -> int:
        """Write a model's rows, if there are any; return their number."""
        found = iter(lines)
        first = next(found, None)
        if first is None:
            return 0
        name, digest, size, count = f"rows/{label}.jsonl", sha256(), 0, 0
        with self._zip.open(self._info(name, ZIP_DEFLATED), "w", force_zip64=True) as entry:
            for line in (first, *found):
                entry.write(line)
                digest.update(line)
                size, count = size + len(line), count + 1
        self.entries[name] = [digest.hexdigest(), size]
        return count

    def content(self, source: IO[bytes]) -> str:
        """Write the content of a file, unless the archive already has it; return its hash."""
        with TemporaryFile(dir=settings.DATA_DIR) as plain:
            copyfileobj(source, plain)
            plain.seek(0)
            digest = _digest(plain)
            name, size = f"files/{digest}", plain.tell()
            if name not in self.entries:
                plain.seek(0)
                # Most files are already compressed.
                with self._zip.open(self._info(name, ZIP_STORED), "w", force_zip64=True) as entry:
                    copyfileobj(plain, entry)
                self.entries[name] = [digest, size]
        return digest

    def finish(self, facts: dict[str, Any]) -> str:
        """Write the manifest and return its checksum, which covers everything in the file."""
        manifest = {"kind": KIND, "format": FORMAT, **facts, "entries": self.entries}
        checksum = checksum_of(manifest)
        text = json.dumps({**manifest, "seal": checksum}, ensure_ascii=False, indent=1)
        self._zip.writestr(self._info(MANIFEST, ZIP_DEFLATED), text)
        self.close()
        return checksum

    @staticmethod
    def _info(name: str, compression: int) -> ZipInfo:
        # There is no timestamp, so that an unchanged site yields the same file.
        info = ZipInfo(name)
        info.compress_type = compression
        return info


class Archive:
    """A file with a valid manifest and checksums. Raises TransferError for any other."""

    def __init__(self, file: IO[bytes]):
        try:
            self._zip = ZipFile(file)
            self.manifest = self._manifest()
            self.checksum: str = self.manifest.pop("seal")
            self._check_manifest()
            self._check_entries()
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise TransferError(f"The file is not an exported site, or is damaged: {error}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TransferError("The file is not an exported site, or its manifest is damaged.") from error

    def labels(self) -> list[str]:
        return [found[1] for name in self.entries if (found := ROWS.fullmatch(name))]

    @property
    def entries(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = self.manifest["entries"]
        return found

    def rows(self, label: str) -> Iterator[Row]:
        if f"rows/{label}.jsonl" not in self.entries:
            return
        with self._zip.open(f"rows/{label}.jsonl") as entry:
            yield from map(json.loads, entry)

    @contextmanager
    def content(self, digest: str) -> Iterator[IO[bytes]]:
        with self._zip.open(f"files/{digest}") as entry:
            yield entry

    def _manifest(self) -> dict[str, Any]:
        try:
            info = self._zip.getinfo(MANIFEST)
        except KeyError:
            raise TransferError("The file is not an exported site: it has no manifest.") from None
        found: dict[str, Any] = json.loads(self._zip.read(info))
        return found

    def _check_manifest(self) -> None:
        if self.manifest.get("kind") != KIND:
            raise TransferError("The file is not an exported site.")
        if self.manifest["format"] != FORMAT:
            raise TransferError(
                f"The file has format {self.manifest['format']}; this version of the portal reads format {FORMAT}."
            )
        if self.checksum != checksum_of(self.manifest):
            raise TransferError("The file was changed after its export: its checksum does not match.")

    def _check_entries(self) -> None:
        names = [info.filename for info in self._zip.infolist()]
        if len(names) != len(set(names)) or set(names) != {*self.entries, MANIFEST}:
            raise TransferError("The file was changed after its export: its entries differ from its manifest.")
        for name, (digest, size) in self.entries.items():
            with self._zip.open(name) as entry:
                is_whole = self._zip.getinfo(name).file_size == size and _digest(entry) == digest
            if not is_whole:
                raise TransferError(f"The file is damaged: {name} does not match its checksum.")


@contextmanager
def open_archive(path: Path, identity: str) -> Iterator[Archive]:
    """Open an exported site, decrypting it if necessary. Raises TransferError if that is not possible."""
    with ExitStack() as stack:
        try:
            file: IO[bytes] = stack.enter_context(path.open("rb"))
            plain = stack.enter_context(TemporaryFile(dir=settings.DATA_DIR))
            is_encrypted = file.read(len(AGE)) == AGE
            file.seek(0)
            with noticing_full_disk(str(settings.DATA_DIR)):
                if is_encrypted:
                    decrypt(identity, file, plain)
                else:
                    # This is a copy, so that the verified content is read even if somebody changes the file meanwhile.
                    copyfileobj(file, plain)
                plain.seek(0)
            archive = Archive(plain)
        except OSError as error:
            raise TransferError(f"{path} cannot be read: {error}") from error
        yield archive
