"""Response compression: the encodings that a client accepts (RFC 9110, section 12.5.3), and their use."""

import gzip
from functools import lru_cache

import brotli

# Shorter bodies fit into one packet uncompressed.
SHORTEST = 600
# A reader waits for the result. Quality 11 takes a hundred times as long, and saves only another tenth.
BROTLI_QUALITY, GZIP_LEVEL = 5, 6
COMPRESSIBLE_TYPES = (
    "text/",
    "application/json",
    "application/feed+json",
    "application/xml",
    "application/rss+xml",
    "application/atom+xml",
    "application/manifest+json",
    "application/opensearchdescription+xml",
    "image/svg+xml",
)
LONGEST_HEADER = 200


@lru_cache(maxsize=256)
def accepted_encoding(header: str) -> str:
    """The best encoding that `Accept-Encoding` allows: `br`, `gzip`, or an empty string."""
    if len(header) > LONGEST_HEADER:
        return ""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _semicolon, parameter = part.partition(";")
        key, _equals, value = parameter.strip().partition("=")
        try:
            weights[name.strip()] = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    return next((name for name in ("br", "gzip") if weights.get(name, 0) > 0), "")


def is_compressible(content_type: str, length: int) -> bool:
    return length >= SHORTEST and content_type.startswith(COMPRESSIBLE_TYPES)


def compress(body: bytes, encoding: str) -> bytes:
    """Compress a body. The result is the same in every process."""
    if encoding == "br":
        return brotli.compress(body, quality=BROTLI_QUALITY)
    return gzip.compress(body, GZIP_LEVEL, mtime=0)
