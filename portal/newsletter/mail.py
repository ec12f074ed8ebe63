"""Turns a bulletin into a mail: HTML by MJML that old mail programs show as well, and a text that reads well alone."""

import re
import textwrap
from dataclasses import dataclass
from html import unescape

import mrml
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from portal.core.contrast import luminance, readable
from portal.core.serving.editions import Edition
from portal.newsletter.bulletins import LEAN, Bulletin, Passage

# They stand for the addresses that differ from copy to copy.
LEAVE, PREFERENCES = "@@leave@@", "@@preferences@@"
# Gmail cuts a mail off at 102 kB; the personal addresses need some of it.
MOST_BYTES = 98_000
LINE = 72


@dataclass(frozen=True)
class Mail:
    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Look:
    """What a site gives to each of its mails. `base` begins every address: the site's own, or nothing in a preview."""

    name: str
    language: str
    base: str
    home: str
    archive: str
    ground: str
    on_ground: str
    organisation: str
    address: str


def look_of(edition: Edition, archive: str, base: str | None = None) -> Look:
    """`archive` is the address of the newsletter's page."""
    brand = edition.settings.brand_colour
    on_ground = "#ffffff" if luminance(brand) < 0.18 else "#14161a"
    return Look(
        name=edition.name,
        language=edition.language,
        base=edition.site.root_url if base is None else base,
        home=edition.home_url,
        archive=archive,
        ground=readable(brand, on_ground),
        on_ground=on_ground,
        organisation=edition.settings.contact_organisation,
        address=edition.settings.contact_address,
    )


def mail_of(bulletin: Bulletin, look: Look) -> Mail:
    """The mail of a bulletin, made leaner until Gmail shows it whole."""
    with translation.override(look.language):
        html = ""
        for level in range(len(LEAN)):
            html = html_of(bulletin.leaner(level), look)
            if len(html.encode()) <= MOST_BYTES:
                break
        return Mail(" ".join(bulletin.title.split()), html, text_of(bulletin, look))


def html_of(bulletin: Bulletin, look: Look) -> str:
    context = {"bulletin": bulletin, "look": look, "leave": LEAVE, "preferences": PREFERENCES}
    mjml = render_to_string("newsletter/mail/bulletin.mjml", context)
    html = mrml.to_html(mjml, None, mrml.RenderOptions(disable_comments=False, fonts={})).content
    # Links of rich texts are paths on the site.
    return re.sub(r'href="/(?!/)', f'href="{look.base}/', html)


def text_of(bulletin: Bulletin, look: Look) -> str:
    context = {"bulletin": bulletin, "look": look, "leave": LEAVE, "preferences": PREFERENCES}
    text = render_to_string("newsletter/mail/bulletin.txt", context)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def plain(passage: Passage, base: str) -> str:
    """Words of the newsroom as text: links with their addresses behind them, items with a dash."""
    html = re.sub(
        r'<a href="([^"]*)"[^>]*>(.*?)</a>',
        lambda link: f"{link[2]} ({base if link[1].startswith('/') else ''}{link[1]})",
        passage.text,
    )
    html = re.sub(r"<li>\s*", "\n- ", html)
    html = re.sub(r"</(p|ul|ol)>", "\n\n", re.sub(r"<br\s*/?>", "\n", html))
    lines = unescape(strip_tags(html)).split("\n")
    return "\n".join(wrapped(line) for line in lines).strip()


def wrapped(text: str, indent: str = "") -> str:
    """Text in lines of at most 72 characters; an address is never cut."""
    return textwrap.fill(
        " ".join(text.split(" ")).strip(),
        LINE,
        initial_indent=indent,
        subsequent_indent="  " if text.startswith("- ") else indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
