"""Reads request headers: browser or robot, kind of device, and source of the view. Plain values."""

import re
from urllib.parse import parse_qsl, urlsplit

DESKTOP, PHONE, TABLET = "desktop", "phone", "tablet"
# Words in the user agents of robots. Nearly all contain a URL (`+http://…`), which no browser does. “Cubot” makes
# phones.
ROBOT = re.compile(
    "(?<!cu)bot|http|crawl|spider|slurp|headless|lighthouse|preview|monitor|scan|archive|phantomjs|electron|validator"
)
DIRECT, SEARCH, SOCIAL, NEWSLETTER = "direct", "search", "social", "newsletter"
NETWORK, INSIDE, OTHER = "network", "inside", "other"
# Search engines have hosts in many countries, so the label before the country decides.
SEARCH_ENGINE = re.compile(
    "google|bing|duckduckgo|qwant|ecosia|yahoo|startpage|lilo|yandex|baidu|brave|seznam|swisscows|metager"
)
SOCIAL_HOST = re.compile(
    r"(?:^|\.)(?:facebook\.com|fb\.me|instagram\.com|threads\.net|linkedin\.com|lnkd\.in|twitter\.com|t\.co|x\.com"
    r"|bsky\.app|mastodon\.social|youtube\.com|tiktok\.com|pinterest\.com|reddit\.com|xing\.com|whatsapp\.com|t\.me"
    r"|telegram\.org)$"
)
# The values of `utm_medium` or `utm_source` in links.
CAMPAIGN_SOURCES = {
    **dict.fromkeys(("email", "e-mail", "mail", "newsletter", "infolettre"), NEWSLETTER),
    **dict.fromkeys(("social", "social-media"), SOCIAL),
    **dict.fromkeys(("organic", "cpc"), SEARCH),
}
LONGEST_HOST = 253


def is_robot(agent: str, accept: str, languages: str) -> bool:
    """Whether the headers of a request are not those of a browser.

    Every browser's user agent begins with `Mozilla/` (or `Opera/`); browsers send languages and accept HTML.
    """
    if not languages or "text/html" not in accept or not agent.startswith(("Mozilla/", "Opera/")):
        return True
    return ROBOT.search(agent.lower()) is not None


def device_of(agent: str) -> str:
    """A phone, tablet or desktop. A newer iPad counts as a desktop, because it identifies itself as a Mac."""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return TABLET
    return PHONE if "Mobi" in agent or "iPhone" in agent else DESKTOP


def referral_of(referrer: str, query: str, host: str) -> tuple[str, str]:
    """The source of a page view at `host`, and the referring host if it may belong to the network.

    Link parameters take precedence over the referrer, because mail programs and apps send none.
    """
    if "utm_" in query and (source := _source_in(query)):
        return source, ""
    try:
        parts = urlsplit(referrer)
        name = parts.hostname or ""
    except ValueError:
        return DIRECT, ""
    if referrer and parts.netloc.lower() == host:
        return INSIDE, ""
    if not name or parts.scheme not in ("http", "https"):
        return DIRECT, ""
    if source := _source_of_host(name):
        return source, ""
    # A longer name is not a valid host and would only waste memory.
    return OTHER, name if len(name) <= LONGEST_HOST else ""


def _source_of_host(name: str) -> str:
    """The source of a well-known host; empty for any other."""
    if SOCIAL_HOST.search(name):
        return SOCIAL
    labels = name.split(".")
    # www.google.fr and fr.search.yahoo.com, or google.co.uk
    end = -3 if labels[-2:-1] in (["co"], ["com"]) else -2
    return SEARCH if len(labels) >= -end and SEARCH_ENGINE.fullmatch(labels[end]) else ""


def _source_in(query: str) -> str:
    parameters = dict(parse_qsl(query[:2000], max_num_fields=50)) if query.count("&") < 50 else {}
    values = (parameters.get(name, "").lower() for name in ("utm_medium", "utm_source"))
    return next((CAMPAIGN_SOURCES[value] for value in values if value in CAMPAIGN_SOURCES), "")
