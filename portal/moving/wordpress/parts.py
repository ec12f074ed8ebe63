"""Opens an export: one file or several parts, which may be plain, compressed with gzip, in a zip or in a folder."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from portal.moving.wordpress.reading import read_wxr
from portal.moving.wordpress.records import Channel, ExportError, Record, unreadable

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
# The total of all parts, unpacked.
MOST_BYTES = 8_000_000_000
ENDINGS = (".xml", ".xml.gz", ".wxr", ".wxr.gz")


def read_export(source: Path, beat: Callable[[], object] = int) -> Iterator[Record]:
    """Yield the site once, then the records of all parts. Parts of different sites raise ExportError.

    `beat` is called before each chunk is read, because a forged file may be long without any record.
    """
    site: Channel | None = None
    left = MOST_BYTES
    for name, file in _opened(source):
        with closing(file):
            part = _Limited(file, left, beat)
            for record in read_wxr(part, name):
                if not isinstance(record, Channel):
                    yield record
                elif site is None:
                    site = record
                    yield site
                elif record.address != site.address:
                    facts = {"address": record.address, "other": site.address}
                    raise ExportError(_("it is of %(address)s, the part before of %(other)s") % facts, part=name)
            left = part.left
    if site is None:
        raise ExportError(_("there is no export in %(name)s") % {"name": source.name})


class _Limited:
    """A file that cannot be read beyond `left` bytes."""

    def __init__(self, file: IO[bytes], left: int, beat: Callable[[], object]):
        self.file, self.left, self.beat = file, left, beat

    def read(self, size: int) -> bytes:
        self.beat()
        content = self.file.read(size)
        self.left -= len(content)
        if self.left < 0:
            raise ExportError(_("unpacked, it is larger than %(most)d GB") % {"most": MOST_BYTES // 1_000_000_000})
        return content


def _opened(source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    try:
        if source.is_dir():
            for path in _in_order(path for path in source.iterdir() if path.name.endswith(ENDINGS)):
                yield path.name, _plain(path)
            return
        with source.open("rb") as file:
            is_zip = file.read(len(ZIP)) == ZIP
        if not is_zip:
            yield source.name, _plain(source)
            return
        with ZipFile(source) as archive:
            names = [name for name in archive.namelist() if name.endswith(ENDINGS) and "__MACOSX" not in name]
            for name in sorted(names, key=_number_last):
                yield name, archive.open(name)
    except OSError as error:
        raise ExportError(unreadable(error.strerror), part=source.name) from error
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ExportError(_("the zip cannot be read: %(error)s") % {"error": error}, part=source.name) from error


def _plain(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_compressed = file.read(len(GZIP)) == GZIP
    return gzip.open(path) if is_compressed else path.open("rb")  # type: ignore[return-value]


def _in_order(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: _number_last(path.name))


def _number_last(name: str) -> tuple[str, int, str]:
    """A sort key for parts by number: part 10 comes after part 9."""
    letters = "".join(letter for letter in name if not letter.isdecimal())
    digits = "".join(letter for letter in name if letter.isdecimal())
    return letters, int(digits[-18:] or 0), name
