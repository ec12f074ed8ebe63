"""Renders a bulletin as a mail: HTML from MJML, which works in old mail programs, too, and plain text."""

import re
import textwrap
from dataclasses import dataclass
from html import unescape

import mrml
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from portal.content.serving.editions import Edition
from portal.newsletter.bulletins import DENSITIES, Bulletin, Passage
from portal.platform.contrast import luminance, readable_tint

# Placeholders for links that differ in each copy.
UNSUBSCRIBE_PLACEHOLDER, PREFERENCES_PLACEHOLDER = "@@leave@@", "@@preferences@@"
# Gmail clips a mail at 102 kB. The links of each recipient need a part of that.
MAX_BYTES = 98_000
LINE_LENGTH = 72


@dataclass(frozen=True)
class Mail:
    subject: str
    html: str
    text: str

    def with_links(self, unsubscribe: str, preferences: str) -> "Mail":
        """The mail with its links in place of the placeholders."""
        html, text = (
            part.replace(UNSUBSCRIBE_PLACEHOLDER, unsubscribe).replace(PREFERENCES_PLACEHOLDER, preferences)
            for part in (self.html, self.text)
        )
        return Mail(self.subject, html, text)


@dataclass(frozen=True)
class MailBranding:
    """The parts that all of a site's mails share. `base` precedes every path: the root URL, or nothing in a preview."""

    name: str
    language: str
    base: str
    home_url: str
    archive_url: str
    brand_colour: str
    on_brand_colour: str
    organisation: str
    postal_address: str


def branding_of(edition: Edition, archive_url: str, base: str | None = None) -> MailBranding:
    """The branding of an edition's mails; `archive_url` is the newsletter page."""
    brand = edition.settings.brand_colour
    on_brand_colour = "#ffffff" if luminance(brand) < 0.18 else "#14161a"
    return MailBranding(
        name=edition.name,
        language=edition.language,
        base=edition.site.root_url if base is None else base,
        home_url=edition.home_url,
        archive_url=archive_url,
        brand_colour=readable_tint(brand, on_brand_colour),
        on_brand_colour=on_brand_colour,
        organisation=edition.settings.contact_organisation,
        postal_address=edition.settings.contact_address,
    )


def mail_of(bulletin: Bulletin, branding: MailBranding) -> Mail:
    """Render a bulletin, condensed level by level until Gmail does not clip it."""
    with translation.override(branding.language):
        html = ""
        for level in range(len(DENSITIES)):
            html = html_of(bulletin.condensed(level), branding)
            if len(html.encode()) <= MAX_BYTES:
                break
        return Mail(" ".join(bulletin.title.split()), html, text_of(bulletin, branding))


def _render(template: str, bulletin: Bulletin, branding: MailBranding) -> str:
    context = {
        "bulletin": bulletin,
        "branding": branding,
        "unsubscribe_link": UNSUBSCRIBE_PLACEHOLDER,
        "preferences_link": PREFERENCES_PLACEHOLDER,
    }
    return render_to_string(f"newsletter/mail/{template}", context)


def html_of(bulletin: Bulletin, branding: MailBranding) -> str:
    mjml = _render("bulletin.mjml", bulletin, branding)
    html = mrml.to_html(mjml, None, mrml.RenderOptions(disable_comments=False, fonts={})).content
    # Links of rich texts are paths on the site.
    return re.sub(r'href="/(?!/)', f'href="{branding.base}/', html)


def text_of(bulletin: Bulletin, branding: MailBranding) -> str:
    return re.sub(r"\n{3,}", "\n\n", _render("bulletin.txt", bulletin, branding)).strip() + "\n"


def as_plain_text(passage: Passage, base: str) -> str:
    """A passage as plain text: URLs in brackets behind their links, a dash before list items."""
    html = re.sub(
        r'<a href="([^"]*)"[^>]*>(.*?)</a>',
        lambda link: f"{link[2]} ({base if link[1].startswith('/') else ''}{link[1]})",
        passage.text,
    )
    html = re.sub(r"<li>\s*", "\n- ", html)
    html = re.sub(r"</(p|ul|ol)>", "\n\n", re.sub(r"<br\s*/?>", "\n", html))
    lines = unescape(strip_tags(html)).split("\n")
    return "\n".join(wrap(line) for line in lines).strip()


def wrap(text: str, indent: str = "") -> str:
    """Text in lines of at most 72 characters. A longer word, such as a URL, is not split."""
    return textwrap.fill(
        " ".join(text.split(" ")).strip(),
        LINE_LENGTH,
        initial_indent=indent,
        subsequent_indent="  " if text.startswith("- ") else indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
