"""The types of files that readers may send, recognised by name and content."""

from collections.abc import Callable, Mapping
from typing import IO
from zipfile import BadZipFile, ZipFile

from portal.recordings.types import extension_of

HEAD = 64
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# The entry with the content of a Microsoft Office file, by file extension.
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MACROS = "vbaproject.bin"
# The limit of an archive's directory, which is read into memory.
MAX_LIST_BYTES = 1024 * 1024


def is_of_type(file: IO[bytes], name: str, extensions: frozenset[str]) -> bool:
    """Whether the file has one of the extensions and the content that belongs to it."""
    extension = extension_of(name)
    if extension not in extensions:
        return False
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return CHECKS[extension](file, head)


def _is_heic(file: IO[bytes], head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def _is_office(extension: str) -> Callable[[IO[bytes], bytes], bool]:
    def check(file: IO[bytes], head: bytes) -> bool:
        names = _parts_of(file)
        return OFFICE_PARTS[extension] in names and not any(name.lower().endswith(MACROS) for name in names)

    return check


def _is_open_document(kind: str) -> Callable[[IO[bytes], bytes], bool]:
    """Check the type at a fixed offset, in the archive's uncompressed first entry."""
    start = b"mimetype" + f"{OPEN_DOCUMENT}{kind}".encode()

    def check(file: IO[bytes], head: bytes) -> bool:
        file.seek(30)
        found = file.read(len(start) + 2)
        # A longer type, such as that of a template, begins with the same letters; the next entry begins with PK.
        return head.startswith(b"PK\x03\x04") and found.startswith(start) and found[len(start) :] == b"PK"

    return check


class _ShortReads:
    """Limits the reads of ZipFile, which reads an archive's directory at once and creates several objects per entry."""

    def __init__(self, file: IO[bytes]):
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MAX_LIST_BYTES:
            raise ValueError("The archive's list of its files is too long.")
        return self._read(size)


def _parts_of(file: IO[bytes]) -> set[str]:
    """The names of an archive's files, without unpacking them; empty if it is not an archive."""
    try:
        with ZipFile(_ShortReads(file)) as archive:
            return set(archive.namelist())
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return set()


def _begins(*starts: bytes) -> Callable[[IO[bytes], bytes], bool]:
    return lambda file, head: head.startswith(starts)


CHECKS: Mapping[str, Callable[[IO[bytes], bytes], bool]] = {
    "jpg": _begins(b"\xff\xd8\xff"),
    "jpeg": _begins(b"\xff\xd8\xff"),
    "png": _begins(b"\x89PNG\r\n\x1a\n"),
    "webp": lambda file, head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    "heic": _is_heic,
    "heif": _is_heic,
    "pdf": _begins(b"%PDF-"),
    "docx": _is_office("docx"),
    "xlsx": _is_office("xlsx"),
    "odt": _is_open_document("text"),
    "ods": _is_open_document("spreadsheet"),
}
PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "heic", "heif"})
DOCUMENTS = frozenset({"pdf", "docx", "odt", "xlsx", "ods"})
