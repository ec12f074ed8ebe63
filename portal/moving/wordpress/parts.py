"""Opens an export: one file or several parts, plain, compressed by gzip, or in a zip or a folder."""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from portal.moving.wordpress.reading import read_wxr
from portal.moving.wordpress.records import Channel, ExportError, Record

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
ENDINGS = (".xml", ".xml.gz", ".wxr", ".wxr.gz")


def read_export(source: Path) -> Iterator[Record]:
    """Yield the records of all parts; the site once. Parts of different sites are refused by ExportError."""
    site: Channel | None = None
    for name, file in _opened(source):
        with closing(file):
            for record in read_wxr(file, name):
                if not isinstance(record, Channel):
                    yield record
                elif site is None:
                    site = record
                    yield site
                elif record.address != site.address:
                    raise ExportError(f"it is of {record.address}, the part before of {site.address}", part=name)
    if site is None:
        raise ExportError(f"there is no export in {source.name}")


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
        raise ExportError(f"it cannot be read: {error.strerror}", part=source.name) from error
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ExportError(f"the zip cannot be read: {error}", part=source.name) from error


def _plain(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_compressed = file.read(len(GZIP)) == GZIP
    return gzip.open(path) if is_compressed else path.open("rb")  # type: ignore[return-value]


def _in_order(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: _number_last(path.name))


def _number_last(name: str) -> tuple[str, int, str]:
    """Order parts by their number: part 10 after part 9."""
    letters = "".join(letter for letter in name if not letter.isdecimal())
    digits = "".join(letter for letter in name if letter.isdecimal())
    return letters, int(digits[-18:] or 0), name
