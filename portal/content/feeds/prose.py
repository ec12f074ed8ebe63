"""A page body as plain HTML with absolute URLs, for feed readers and other programs."""

import re
from urllib.parse import urljoin

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "caption", "cite", "code", "dd", "details", "div", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "hr", "i", "img", "li", "ol", "p", "pre", "span", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "th", "thead", "time", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "hreflang", "lang"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "blockquote": {"lang"},
    "p": {"lang"},
    "span": {"lang"},
}

BLANK_LINES = re.compile(r"\s*\n\s*")
CODE = re.compile(r"(<(?:pre|code)>.*?</(?:pre|code)>)", re.S)


def plain_html(html: str, page_url: str) -> str:
    """Strip scripts, styles and classes from HTML, and resolve its URLs against the page's URL."""

    def full(tag: str, name: str, value: str) -> str:
        return urljoin(page_url, value) if name in ("href", "src") else value

    clean = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "svg", "button", "form", "iframe", "nav"},
        attributes=ATTRIBUTES,
        attribute_filter=full,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    pieces = CODE.split(clean)
    pieces[::2] = [BLANK_LINES.sub("\n", piece) for piece in pieces[::2]]
    return "".join(pieces).strip()
