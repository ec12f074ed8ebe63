"""Cleans addresses in texts: without tracking parameters, and complete."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|piwik_\w+|hsa_\w+|_hs\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|"
    r"li_fat_id|igsh|igshid|mc_cid|mc_eid|mkt_tok|oly_\w+|vero_\w+|wickedid|_ga|_gl|at_\w+|xtor|"
    r"ref_src|ref_url|__hstc|__hssc|__hsfp|hsctatracking|srsltid",
    re.I,
)
SCHEMES = ("http", "https", "mailto", "tel")
_YOUTUBE = re.compile(r"https?://(?:www\.)?(?:youtube(?:-nocookie)?\.com/(?:embed|v)/|youtu\.be/)([\w-]{6,20})")
_VIMEO = re.compile(r"https?://player\.vimeo\.com/video/(\d+)")
VIDEO_HOSTS = re.compile(
    r"(?:^|\.)(?:youtube\.com|youtu\.be|youtube-nocookie\.com|vimeo\.com|dailymotion\.com|dai\.ly|videopress\.com|"
    r"arte\.tv|wordpress\.tv|ted\.com)$"
)


def clean_address(address: str, base: str = "") -> str:
    """A complete address without tracking parameters; empty for one that leads nowhere, such as `#` or `javascript:`.

    `base` completes an address that begins at the host.
    """
    address = "".join(letter for letter in address.strip() if letter > " ")
    if not address or address.startswith("#"):
        return ""
    try:
        parts = urlsplit(urljoin(f"{base}/", address) if base else address)
        if parts.scheme not in SCHEMES or (parts.scheme.startswith("http") and not parts.hostname):
            return ""
        # Raises ValueError for a port that is none.
        _port = parts.port
    except ValueError:
        return ""
    if not parts.query or not parts.scheme.startswith("http"):
        return urlunsplit(parts)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    others = [(name, value) for name, value in pairs if not TRACKING.fullmatch(name)]
    # As it was written, unless something goes.
    return urlunsplit(parts if len(others) == len(pairs) else parts._replace(query=urlencode(others)))


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def video_address(address: str) -> str:
    """The address at which people watch a video; empty if the host shows no videos."""
    if found := _YOUTUBE.match(address):
        return f"https://www.youtube.com/watch?v={found[1]}"
    if found := _VIMEO.match(address):
        return f"https://vimeo.com/{found[1]}"
    return address if VIDEO_HOSTS.search(host_of(address)) else ""
