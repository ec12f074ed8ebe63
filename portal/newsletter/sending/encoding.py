"""Encodes a text once for thousands of copies that differ in a few marked places (quoted-printable, RFC 2045)."""

import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SOFT_BREAK = b"=\r\n"


def encoded(text: str) -> bytes:
    """UTF-8 text as quoted-printable lines that end in CRLF."""
    lines = binascii.b2a_qp(text.replace("\r\n", "\n").encode(), istext=True, quotetabs=False)
    return lines.replace(b"\n", b"\r\n")


@dataclass(frozen=True)
class EncodedTemplate:
    """Encoded pieces with the name of a mark between each two of them."""

    pieces: tuple[bytes, ...]
    marks: tuple[str, ...]

    @classmethod
    def of(cls, text: str, marks: Sequence[str]) -> "EncodedTemplate":
        parts = re.split("(" + "|".join(re.escape(mark) for mark in marks) + ")", text)
        return cls(tuple(encoded(part) for part in parts[::2]), tuple(parts[1::2]))

    def cast(self, values: Mapping[str, bytes]) -> bytes:
        """The text with its marks filled in by encoded values; soft breaks keep each line within 76 characters."""
        result = [self.pieces[0]]
        for mark, piece in zip(self.marks, self.pieces[1:], strict=True):
            result += [SOFT_BREAK, values[mark], SOFT_BREAK, piece]
        return b"".join(result)
