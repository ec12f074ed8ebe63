"""The types of audio, video and captions: file extensions, media types, and the content that belongs to them."""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import IO

AUDIO, VIDEO, CAPTIONS = "audio", "video", "captions"
HEAD = 64
# Python's own table lacks some of them, or has other names for them, depending on its version.
MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "vtt": "text/vtt",
}
EXTENSIONS = {
    kind: tuple(extension for extension, media_type in MEDIA_TYPES.items() if media_type.startswith(start))
    for kind, start in ((AUDIO, "audio/"), (VIDEO, "video/"), (CAPTIONS, "text/"))
}
# Pictures have the same container as MP4 films.
PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
MP4_SOUND_BRANDS = (b"M4A ", b"M4B ", b"M4P ")


def kind_of(name: str) -> str:
    """AUDIO, VIDEO or CAPTIONS, by a file's extension; empty for other files."""
    extension = extension_of(name)
    return next((kind for kind, extensions in EXTENSIONS.items() if extension in extensions), "")


def extension_of(name: str) -> str:
    return PurePath(name).suffix.lower().removeprefix(".")


def has_content_of(file: IO[bytes], extension: str) -> bool:
    """Whether an audio or video file begins like one of its extension."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return CHECKS[extension](head)


def _is_mp3(head: bytes) -> bool:
    """Whether the file begins with an ID3 tag or the header of an MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3)."""
    if head.startswith(b"ID3"):
        return True
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, bit_rate, sample_rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    # Layer III, and no reserved value.
    return version != 1 and layer == 1 and bit_rate not in (0, 15) and sample_rate != 3


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] not in PICTURE_BRANDS


def _is_ogg(head: bytes) -> bool:
    return head.startswith(b"OggS") and head[28:35] != b"\x80theora"


CHECKS: Mapping[str, Callable[[bytes], bool]] = {
    "mp3": _is_mp3,
    "m4a": _is_mp4,
    "ogg": _is_ogg,
    "opus": lambda head: head.startswith(b"OggS") and head[28:36] == b"OpusHead",
    "wav": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WAVE",
    "mp4": lambda head: _is_mp4(head) and head[8:12] not in MP4_SOUND_BRANDS,
    "webm": lambda head: head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head,
}
