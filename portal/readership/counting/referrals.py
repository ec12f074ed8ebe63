"""Where a reader came from, told from the referring host and from the words that a link carries. Plain values."""

from urllib.parse import parse_qsl, urlsplit

DIRECT, SEARCH, SOCIAL, NEWSLETTER, NETWORK, INSIDE, OTHER = (
    "direct",
    "search",
    "social",
    "newsletter",
    "network",
    "inside",
    "other",
)
# Search engines have a name of many countries; what stands before the last dots decides.
SEARCH_NAMES = frozenset(
    [
        "google",
        "bing",
        "duckduckgo",
        "qwant",
        "ecosia",
        "yahoo",
        "startpage",
        "lilo",
        "yandex",
        "baidu",
        "brave",
        "seznam",
        "swisscows",
        "metager",
    ]
)
SOCIAL_HOSTS = (
    "facebook.com",
    "fb.me",
    "instagram.com",
    "threads.net",
    "linkedin.com",
    "lnkd.in",
    "twitter.com",
    "t.co",
    "x.com",
    "bsky.app",
    "mastodon.social",
    "youtube.com",
    "tiktok.com",
    "pinterest.com",
    "reddit.com",
    "xing.com",
    "whatsapp.com",
    "t.me",
    "telegram.org",
)
# What links of one's own say in `utm_medium` or `utm_source`.
MARKED = {
    "email": NEWSLETTER,
    "e-mail": NEWSLETTER,
    "mail": NEWSLETTER,
    "newsletter": NEWSLETTER,
    "infolettre": NEWSLETTER,
    "social": SOCIAL,
    "social-media": SOCIAL,
    "organic": SEARCH,
    "cpc": SEARCH,
}
LONGEST_HOST = 253
MARKS = ("utm_medium", "utm_source")


def referral_of(referrer: str, query: str, host: str) -> tuple[str, str]:
    """The source of a view of a page at `host`, and the referring host where that alone does not tell.

    A link's own words go before the referrer, since mail programs and apps send none.
    """
    if "utm_" in query and (marked := _marked(query)):
        return marked, ""
    if not referrer:
        return DIRECT, ""
    try:
        parts = urlsplit(referrer)
        name = parts.hostname or ""
    except ValueError:
        return DIRECT, ""
    if parts.netloc.lower() == host:
        return INSIDE, ""
    if not name or parts.scheme not in ("http", "https"):
        return DIRECT, ""
    known = _known(name)
    if known:
        return known, ""
    # No longer name is a host's; each that waits takes memory.
    return OTHER, name if len(name) <= LONGEST_HOST else ""


def _known(name: str) -> str:
    """The source of a host that is known to everybody; else nothing."""
    if name.endswith(SOCIAL_HOSTS) and any(name == host or name.endswith(f".{host}") for host in SOCIAL_HOSTS):
        return SOCIAL
    labels = name.split(".")
    # www.google.fr and fr.search.yahoo.com, or google.co.uk
    end = -3 if labels[-2:-1] in (["co"], ["com"]) else -2
    return SEARCH if len(labels) >= -end and labels[end] in SEARCH_NAMES else ""


def _marked(query: str) -> str:
    words = dict(parse_qsl(query[:2000], max_num_fields=50, strict_parsing=False)) if query.count("&") < 50 else {}
    return next((MARKED[word] for mark in MARKS if (word := words.get(mark, "").lower()) in MARKED), "")
