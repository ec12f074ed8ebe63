"""The content security policies by area; `portal.content.serving.middleware` chooses one per response."""

from typing import Any

from django.utils.csp import CSP

Policy = dict[str, Any]

# The few directives that public pages need.
READERS: Policy = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    # A video player is loaded only after a click on its poster.
    "frame-src": [CSP.SELF, "https://www.youtube-nocookie.com", "https://player.vimeo.com"],
}


def for_readers(reports: str) -> Policy:
    """The policy of public pages; browsers report violations to the URL `reports`, if there is one."""
    return READERS | ({"report-uri": [reports]} if reports else {})


def for_newsroom(readers: Policy) -> Policy:
    """The policy of the newsroom, which previews the site, and pictures before they are uploaded.

    Wagtail's inline scripts are replaced. Style attributes are allowed, and so are style elements with the nonce;
    docs/security.md gives the reasons.
    """
    return readers | {
        "style-src": [CSP.SELF, CSP.NONCE],
        "style-src-attr": [CSP.UNSAFE_INLINE],
        "img-src": [CSP.SELF, "data:", "blob:"],
        "frame-src": [CSP.SELF],
        "frame-ancestors": [CSP.SELF],
    }


def for_previews(readers: Policy) -> Policy:
    return readers | {"frame-ancestors": [CSP.SELF]}


def for_mails(readers: Policy) -> Policy:
    """The policy for previews of emails, which have inline styles, and neither scripts nor forms."""
    allowed = {name: readers[name] for name in ("default-src", "img-src", "report-uri") if name in readers}
    return allowed | {
        "style-src": [CSP.UNSAFE_INLINE],
        "frame-src": [CSP.SELF],
        "frame-ancestors": [CSP.SELF],
        "base-uri": [CSP.NONE],
        "form-action": [CSP.NONE],
    }
