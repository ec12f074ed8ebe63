"""The blocks of site settings and people: menu, wording, social accounts."""

import re
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from portal.platform.languages import language_choices

FEDIVERSE_ACCOUNT = re.compile(r"https://(?P<host>[\w.-]+)/(?:@|users/)(?P<name>\w+)/?", re.ASCII)


class MenuPageBlock(blocks.StructBlock):
    page = blocks.PageChooserBlock(label=_("Page"), help_text=_("In another language its translation is shown."))
    label = blocks.CharBlock(label=_("Label"), required=False, help_text=_("Empty: the page's title."))

    class Meta:
        icon = "doc-full"
        label = _("page")


class MenuLinkBlock(blocks.StructBlock):
    url = blocks.URLBlock(label=_("Address"))
    label = blocks.CharBlock(label=_("Label"))

    class Meta:
        icon = "link-external"
        label = _("address")


class MenuBlock(blocks.StreamBlock):
    page = MenuPageBlock()
    link = MenuLinkBlock()

    class Meta:
        icon = "list-ul"
        required = False


class WordingBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(label=_("Language"), choices=language_choices)
    tagline = blocks.CharBlock(label=_("Tagline"), required=False, max_length=120)
    footer = blocks.RichTextBlock(label=_("Footer text"), required=False, features=["bold", "italic", "link"])
    notice = blocks.CharBlock(
        label=_("Notice"), required=False, max_length=300, help_text=_("Shown above every page of the site.")
    )
    notice_link = blocks.URLBlock(label=_("Notice leads to"), required=False)
    not_found = blocks.CharBlock(
        label=_("Text for missing pages"),
        required=False,
        max_length=300,
        help_text=_("Shown when a page is not found; empty: the portal's default text."),
    )
    closed = blocks.CharBlock(
        label=_("Text shown while the site is closed"),
        required=False,
        max_length=300,
        help_text=_("Shown instead of every page while the site is closed for maintenance."),
    )
    legal_links = blocks.ListBlock(blocks.PageChooserBlock(label=_("Page")), label=_("Legal links"), default=[])

    class Meta:
        icon = "openquote"
        label = _("words in one language")


class NoticeBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(label=_("Language"), choices=language_choices)
    text = blocks.CharBlock(label=_("Notice"), max_length=300)
    link = blocks.URLBlock(label=_("Notice leads to"), required=False)

    class Meta:
        icon = "openquote"
        label = _("words in one language")


class SocialNetwork(models.TextChoices):
    LINKEDIN = "linkedin", "LinkedIn"
    FACEBOOK = "facebook", "Facebook"
    X = "x", "X"
    INSTAGRAM = "instagram", "Instagram"
    YOUTUBE = "youtube", "YouTube"
    MASTODON = "mastodon", "Mastodon"
    BLUESKY = "bluesky", "Bluesky"


class SocialAccountBlock(blocks.StructBlock):
    network = blocks.ChoiceBlock(label=_("Network"), choices=SocialNetwork.choices)
    url = blocks.URLBlock(label=_("Address"))

    class Meta:
        icon = "site"
        label = _("account")


def fediverse_name(accounts: Iterable[blocks.StreamValue.StreamChild]) -> str:
    """The first Mastodon account as `@name@host`; empty without one."""
    values = [block.value for block in accounts if block.block_type == "account"]
    addresses = [value["url"] for value in values if value["network"] == SocialNetwork.MASTODON]
    found = FEDIVERSE_ACCOUNT.fullmatch(addresses[0]) if addresses else None
    return f"@{found['name']}@{found['host']}" if found else ""


class PersonWordsBlock(blocks.StructBlock):
    language = blocks.ChoiceBlock(label=_("Language"), choices=language_choices)
    role = blocks.CharBlock(
        label=_("Role"), required=False, max_length=160, help_text=_("Empty: the role above, in its own language.")
    )
    text = blocks.TextBlock(
        label=_("Short text"), required=False, max_length=600, help_text=_("Who this is and what they write about.")
    )

    class Meta:
        icon = "openquote"
        label = _("words in one language")
