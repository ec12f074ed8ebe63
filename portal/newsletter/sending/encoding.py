"""Encodes a text once for thousands of copies that differ in a few placeholders (quoted-printable, RFC 2045)."""

import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SOFT_BREAK = b"=\r\n"


def encode(text: str) -> bytes:
    """UTF-8 text as quoted-printable lines that end in CRLF."""
    lines = binascii.b2a_qp(text.replace("\r\n", "\n").encode(), istext=True, quotetabs=False)
    return lines.replace(b"\n", b"\r\n")


@dataclass(frozen=True)
class EncodedTemplate:
    """Encoded pieces with a placeholder between each two of them: one more piece than placeholders."""

    pieces: tuple[bytes, ...]
    placeholders: tuple[str, ...]

    @classmethod
    def of(cls, text: str, placeholders: Sequence[str]) -> "EncodedTemplate":
        parts = re.split("(" + "|".join(re.escape(placeholder) for placeholder in placeholders) + ")", text)
        return cls(tuple(encode(part) for part in parts[::2]), tuple(parts[1::2]))

    def render(self, values: Mapping[str, bytes]) -> bytes:
        """The encoded text with encoded values for its placeholders; soft breaks keep lines within 76 characters."""
        result = [self.pieces[0]]
        for placeholder, piece in zip(self.placeholders, self.pieces[1:], strict=True):
            result += [SOFT_BREAK, values[placeholder], SOFT_BREAK, piece]
        return b"".join(result)
