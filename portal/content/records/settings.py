"""Site settings: look, wording, menu, contacts, operation."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import PreviewableMixin

from portal.content import extension_points
from portal.content.blocks.site import MenuBlock, SocialAccountBlock, SocialNetwork, WordingBlock, fediverse_name
from portal.content.blocks.streams import PortalStreamField
from portal.content.panels import ColourInput
from portal.content.separation.references import SameSiteForm
from portal.formats.words import language_name
from portal.platform import contrast
from portal.platform.languages import language_choices
from portal.platform.zones import time_zones

X_ACCOUNT = re.compile(r"https://(?:www\.)?(?:x|twitter)\.com/(\w{1,15})/?")


def analytics_services() -> list[tuple[str, str]]:
    return [
        (origin, f"{kind.title()} ({origin.removeprefix('https://')})") for origin, kind in settings.ANALYTICS.items()
    ]


class TypeScale(models.TextChoices):
    COMPACT = "compact", pgettext_lazy("size of the type", "Compact")
    STANDARD = "standard", pgettext_lazy("size of the type", "Standard")
    LARGE = "large", pgettext_lazy("size of the type", "Large")


class Typefaces(models.TextChoices):
    NEWSPAPER = "newspaper", _("Newspaper: Newsreader, with Libre Franklin")
    GAZETTE = "gazette", _("Gazette: Roboto Serif, with Public Sans")
    POSTER = "poster", _("Poster: Bricolage Grotesque, with Literata for texts")
    MAGAZINE = "magazine", _("Magazine: Fraunces, with Figtree for texts")


class Corners(models.TextChoices):
    SQUARE = "square", pgettext_lazy("corners of pictures", "Square")
    SOFT = "soft", pgettext_lazy("corners of pictures", "Slightly rounded")
    ROUND = "round", pgettext_lazy("corners of pictures", "Round")


class PodcastCategory(models.TextChoices):
    """Apple's categories of podcasts, which other directories read as well."""

    ARTS = "Arts", _("Arts")
    BUSINESS = "Business", pgettext_lazy("category of a podcast", "Business")
    EDUCATION = "Education", pgettext_lazy("category of a podcast", "Education")
    GOVERNMENT = "Government", _("Government")
    HISTORY = "History", pgettext_lazy("category of a podcast", "History")
    NEWS = "News", pgettext_lazy("category of a podcast", "News")
    SCIENCE = "Science", _("Science")
    SOCIETY = "Society & Culture", _("Society and culture")
    TECHNOLOGY = "Technology", pgettext_lazy("category of a podcast", "Technology")


colour = RegexValidator(contrast.HEX.pattern + "$", _("Write the colour as #rrggbb."))

plain_key = RegexValidator(r"^[\w.-]+$", _("Letters, digits, dots and hyphens only."))


@register_setting(icon="site", name="site-settings")
class SiteSettings(PreviewableMixin, BaseSiteSetting):
    logo = models.ForeignKey(
        "media.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )
    brand_colour = models.CharField(_("brand colour"), max_length=7, default="#7a1f2b", validators=[colour])
    accent_colour = models.CharField(
        _("accent colour"), max_length=7, default="#8a4b00", validators=[colour], help_text=_("Links and focus.")
    )
    type_scale = models.CharField(
        _("size of the type"), max_length=10, choices=TypeScale.choices, default=TypeScale.STANDARD
    )
    typefaces = models.CharField(
        _("typefaces"),
        max_length=10,
        choices=Typefaces.choices,
        default=Typefaces.NEWSPAPER,
        db_default=Typefaces.NEWSPAPER,
    )
    corners = models.CharField(
        _("corners of pictures and fields"),
        max_length=10,
        choices=Corners.choices,
        default=Corners.SOFT,
        db_default=Corners.SOFT,
    )
    default_language = models.CharField(
        _("default language"),
        max_length=12,
        choices=language_choices,
        blank=True,
        help_text=_("For readers whose own language is not available. Empty: the language of the site's root page."),
    )
    shows_untranslated = models.BooleanField(
        _("untranslated pages in other languages"),
        default=False,
        help_text=_(
            "A page that is published appears in each further language of its section with the words of the original, "
            "until it is translated."
        ),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris", choices=time_zones)
    four_eyes = models.BooleanField(
        _("four eyes"),
        default=True,
        help_text=_(
            "Nobody approves or publishes what they wrote themselves. Where this is off, the history of a page says "
            "that one person did both."
        ),
    )
    navigation = PortalStreamField(
        MenuBlock(),
        blank=True,
        verbose_name=_("navigation"),
        help_text=_("Empty: the pages below the home page that are shown in menus."),
    )
    wording = PortalStreamField(
        [("edition", WordingBlock())],
        blank=True,
        verbose_name=_("words"),
        help_text=_("Tagline, footer, notice and legal links, once for each language."),
    )
    social_accounts = PortalStreamField(
        [("account", SocialAccountBlock())], blank=True, verbose_name=_("social accounts")
    )
    feeds_in_full = models.BooleanField(
        _("whole texts in feeds"),
        default=False,
        help_text=_("Off: feed readers show title, standfirst and picture, and lead to the story for its text."),
    )
    podcast_cover = models.ForeignKey(
        "media.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cover of the podcast"),
        help_text=_("Square, at least 1400 pixels wide. Podcast directories require it."),
    )
    podcast_category = models.CharField(
        _("category of the podcast"),
        max_length=20,
        choices=PodcastCategory,
        default=PodcastCategory.NEWS,
        db_default=PodcastCategory.NEWS,
    )
    podcast_is_explicit = models.BooleanField(
        _("podcast with explicit language"),
        default=False,
        db_default=False,
        help_text=_("Podcast apps hide it from children."),
    )
    announces_pages = models.BooleanField(
        _("announce pages to search engines"),
        default=False,
        help_text=_("Tells search engines by IndexNow when a page is published, changed or taken down."),
    )
    offers_its_pages = models.BooleanField(
        _("offer pages to other sites for links"),
        default=False,
        help_text=_("Editors of other sites may choose the pages that every reader may see, to link to them."),
    )
    contact_organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    contact_address = models.TextField(_("address"), blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    sender_address = models.EmailField(
        _("sender of mails"),
        blank=True,
        help_text=_("Where the site's mails come from; empty: the installation's address."),
    )
    is_closed = models.BooleanField(
        _("closed for maintenance"),
        default=False,
        help_text=_("Readers see a notice instead of every page; the newsroom works on."),
    )
    is_unlisted = models.BooleanField(
        _("not open yet"),
        default=False,
        help_text=_(
            "Hidden from search engines and from the other sites of the network; anybody with the address can read it."
        ),
    )
    is_staging = models.BooleanField(
        _("staging copy"),
        default=False,
        # During an upgrade, the previous version still runs and does not set this column.
        db_default=False,
        help_text=_("A copy for trying things out: it sends no mails."),
    )
    analytics = models.CharField(
        _("audience measurement"),
        max_length=200,
        blank=True,
        choices=analytics_services,
        help_text=_("Only services that this installation allows; empty: readers are not counted."),
    )
    analytics_key = models.CharField(
        _("site's name or number there"), max_length=80, blank=True, validators=[plain_key]
    )

    map_outline = models.ForeignKey(
        "core.MapOutline",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("outline of the maps"),
        help_text=_("For the map of the network on the home page, and the map of events. Empty: no such maps."),
    )
    map_region = models.CharField(
        _("region of this site"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text=_("The name of a region in the outline: the maps show it in the site’s colour."),
    )

    media_collection = models.OneToOneField(
        "wagtailcore.Collection", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    base_form_class = SameSiteForm
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    "logo",
                    FieldPanel("brand_colour", widget=ColourInput),
                    FieldPanel("accent_colour", widget=ColourInput),
                    "typefaces",
                    "type_scale",
                    "corners",
                    MultiFieldPanel(["map_outline", "map_region"], heading=_("Maps")),
                    HelpPanel(
                        _("The administrator of the network manages the name and the host of a site, under Sites.")
                    ),
                ],
                heading=_("Look"),
            ),
            ObjectList(["navigation", "default_language", "shows_untranslated", "time_zone"], heading=_("Navigation")),
            ObjectList(
                [
                    "feeds_in_full",
                    MultiFieldPanel(["podcast_cover", "podcast_category", "podcast_is_explicit"], heading=_("Podcast")),
                    "announces_pages",
                    # No site role has this permission: it is the network's decision.
                    FieldPanel("offers_its_pages", permission="core.offer_pages_to_the_network"),
                ],
                heading=_("Reach"),
            ),
            # No site role has this permission: people must not decide on a rule that applies to them.
            ObjectList([FieldPanel("four_eyes", permission="core.decide_on_four_eyes")], heading=_("Approval")),
            ObjectList(["wording"], heading=pgettext_lazy("what a site says of itself", "Words")),
            ObjectList(
                [
                    "social_accounts",
                    MultiFieldPanel(
                        ["contact_organisation", "contact_address", "contact_email", "contact_phone"],
                        heading=_("Contact"),
                    ),
                    "sender_address",
                ],
                heading=_("Contact"),
            ),
            ObjectList(
                [
                    "is_closed",
                    "is_unlisted",
                    # No site role has this permission: a copy's emails would reach the original's readers.
                    FieldPanel("is_staging", permission="core.run_as_staging_copy"),
                    MultiFieldPanel(["analytics", "analytics_key"], heading=_("Audience measurement")),
                ],
                heading=_("Operation"),
            ),
        ]
    )

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        permissions = [
            ("decide_on_four_eyes", _("Can switch the four-eyes rule of a site")),
            ("offer_pages_to_the_network", _("Can offer the pages of a site to other sites for links")),
            ("run_as_staging_copy", _("Can say whether a site is a staging copy")),
        ]

    def __str__(self):
        return str(self.site)

    @classmethod
    def undisclosed_sites(cls) -> models.QuerySet[Any, Any]:
        """The primary keys of sites that are closed or not yet open. Other sites do not mention them."""
        return cls.objects.filter(models.Q(is_closed=True) | models.Q(is_unlisted=True)).values("site")

    def clean(self):
        super().clean()
        errors: dict[str, Any] = {}
        for name in ("brand_colour", "accent_colour"):
            value = getattr(self, name)
            if contrast.HEX.fullmatch(value or "") and contrast.ratio(value, contrast.PAPER) < contrast.READABLE:
                errors[name] = _(
                    "This colour has a contrast of %(ratio)s : 1 on the page; text needs %(needed)s : 1. "
                    "The nearest readable colour is %(nearest)s."
                ) % {
                    "ratio": number_format(contrast.ratio(value, contrast.PAPER), 1),
                    "needed": number_format(contrast.READABLE, 1),
                    "nearest": contrast.readable_tint(value, contrast.PAPER),
                }
        if self.analytics and not self.analytics_key:
            errors["analytics_key"] = _("The service needs to know which site it counts.")
        if errors:
            raise ValidationError(errors)

    def get_full_url(self) -> str:
        return f"{self.site.root_url}/"

    full_url = property(get_full_url)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """The home page in each of the site's languages."""
        homes = self.site.root_page.get_translations(inclusive=True).select_related("locale")
        codes = [home.locale.language_code for home in homes.order_by("path")]
        return [(code, language_name(code)) for code in codes]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return extension_points.preview_of_settings[0](self, request, mode_name)

    @property
    def x_name(self) -> str:
        """The site's account on X as X's card markup expects it: `@name`."""
        addresses = [block.value["url"] for block in self.social_accounts if block.value["network"] == SocialNetwork.X]
        found = X_ACCOUNT.fullmatch(addresses[0]) if addresses else None
        return f"@{found[1]}" if found else ""

    @property
    def fediverse_name(self) -> str:
        return fediverse_name(self.social_accounts)

    @property
    def social_links(self) -> list[dict[str, str]]:
        return [
            {
                "url": block.value["url"],
                "icon": block.value["network"],
                "label": SocialNetwork(block.value["network"]).label,
            }
            for block in self.social_accounts
        ]
