"""Completes URLs in texts and removes their tracking parameters."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from portal.platform.tracking import TRACKING

SCHEMES = ("http", "https", "mailto", "tel")
# The URLs of players, including Flash players, with the pages where people watch the same video.
_PLAYERS = (
    (
        r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/(?:videoseries)?\?(?:[^#]*&)?list=([\w-]+)",
        "https://www.youtube.com/playlist?list={}",
    ),
    (
        r"(?:(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/|youtu\.be/)([\w-]{6,20})",
        "https://www.youtube.com/watch?v={}",
    ),
    (r"player\.vimeo\.com/video/(\d+)", "https://vimeo.com/{}"),
    (r"(?:www\.)?vimeo\.com/moogaloop\.swf\?(?:[^#]*&)?clip_id=(\d+)", "https://vimeo.com/{}"),
    (
        r"(?:(?:www|geo)\.)?dailymotion\.com/(?:embed/video|swf/video|swf)/(\w+)",
        "https://www.dailymotion.com/video/{}",
    ),
    (r"(?:videopress\.com/embed|v\.wordpress\.com)/(\w+)", "https://videopress.com/v/{}"),
)
VIDEO_HOSTS = re.compile(
    r"(?:^|\.)(?:youtube\.com|youtu\.be|youtube-nocookie\.com|vimeo\.com|dailymotion\.com|dai\.ly|videopress\.com|"
    r"arte\.tv|wordpress\.tv|ted\.com)$"
)
# The names of these hosts, as people write them.
VIDEO_NAMES = {
    "youtube": "YouTube",
    "vimeo": "Vimeo",
    "dailymotion": "Dailymotion",
    "dai": "Dailymotion",
    "videopress": "VideoPress",
    "arte": "ARTE",
    "wordpress": "WordPress.tv",
    "ted": "TED",
}


def clean_address(address: str, base: str = "") -> str:
    """An absolute URL without tracking parameters; empty for one that leads nowhere, such as `#` or `javascript:`.

    `base` completes a URL that lacks a host.
    """
    address = "".join(letter for letter in address.strip() if letter > " ")
    if not address or address.startswith("#"):
        return ""
    try:
        parts = urlsplit(urljoin(f"{base}/", address) if base else address)
        if parts.scheme not in SCHEMES or (parts.scheme.startswith("http") and not parts.hostname):
            return ""
        # Raises ValueError for an invalid port.
        _port = parts.port
    except ValueError:
        return ""
    if not parts.query or not parts.scheme.startswith("http"):
        return urlunsplit(parts)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    others = [(name, value) for name, value in pairs if not TRACKING.fullmatch(name)]
    # The URL stays as it was written, unless a part is removed.
    return urlunsplit(parts if len(others) == len(pairs) else parts._replace(query=urlencode(others)))


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def video_address(address: str) -> str:
    """The address at which people watch a video; empty if the host shows no videos."""
    for player, page in _PLAYERS:
        if found := re.match(f"https?://{player}", address):
            return page.format(found[1])
    return address if VIDEO_HOSTS.search(host_of(address)) else ""


def video_host(address: str) -> str:
    """The name of a host of videos."""
    host = host_of(address)
    return VIDEO_NAMES.get(host.split(".")[-2] if "." in host else host, host)
