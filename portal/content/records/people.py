"""People, who appear as authors in bylines."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from portal.content.blocks.site import (
    MenuLinkBlock,
    PersonWordsBlock,
    SocialAccountBlock,
    SocialNetwork,
    fediverse_name,
)
from portal.content.blocks.streams import PortalStreamField
from portal.content.panels import CROP_HELP
from portal.content.records.catalogue import AddressedRecord


class Person(index.Indexed, AddressedRecord):
    slug_is_taken = _("Another person has this word in the address of their page.")

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=160, blank=True, help_text=_("Shown below the name."))
    picture = models.ForeignKey(
        "media.Image", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    has_page = models.BooleanField(
        _("has a page of their own"),
        default=True,
        help_text=_("A page with their stories, at every site that has one; their name above a story links to it."),
    )
    words = PortalStreamField(
        [("words", PersonWordsBlock())],
        blank=True,
        verbose_name=_("words"),
        help_text=_("Role and a short text, once for each language."),
    )
    links = PortalStreamField(
        [("account", SocialAccountBlock()), ("link", MenuLinkBlock())], blank=True, verbose_name=_("links")
    )

    panels = [
        "name",
        "role",
        FieldPanel("picture", help_text=CROP_HELP),
        MultiFieldPanel(["has_page", "slug", "words", "links"], heading=_("Page of their own")),
        "site",
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("id")]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "slug"], name="core_person_slug_once_per_site"),
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(site=None), name="core_person_slug_once_in_the_network"
            ),
        ]

    def __str__(self):
        return self.name

    def role_in(self, language: str) -> str:
        return self._words_in(language, "role") or self.role

    def text_in(self, language: str) -> str:
        return self._words_in(language, "text")

    def _words_in(self, language: str, name: str) -> str:
        # The raw value of these plain text blocks is their text.
        blocks = (words["value"] for words in self.words.raw_data)
        return next((block[name] for block in blocks if block.get("language") == language and block.get(name)), "")

    @property
    def fediverse_name(self) -> str:
        return fediverse_name(self.links)

    @property
    def named_links(self) -> list[tuple[str, str, str]]:
        """Each link as label, URL and, for an account, the name of its icon."""
        return [
            (SocialNetwork(value["network"]).label, value["url"], value["network"])
            if kind == "account"
            else (value["label"], value["url"], "")
            for kind, value in ((block.block_type, block.value) for block in self.links)
        ]


class Byline(Orderable):
    """A person in a page's byline; the rows have the order of the names."""

    page = ParentalKey(Page, on_delete=models.CASCADE, related_name="bylines")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))

    panels = ["person"]

    class Meta(Orderable.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        constraints = [models.UniqueConstraint(fields=["page", "person"], name="core_byline_once_per_page")]

    def __str__(self):
        return str(self.person)
