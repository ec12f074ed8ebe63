"""The chapters of a dossier and their entries."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.models import Page

from home.dossiers.entries import plan_of, shown_chapters
from portal.content.blocks.links import DownloadBlock, StoryChooserBlock
from portal.content.kinds import Listed, models_of
from portal.content.serving.editions import edition_of

LINK = {
    "title": "Le plan régional des friches",
    "url": "https://example.org/",
    "text": "Le texte voté en mars, avec ses cartes.",
}


class StoryOrEventBlock(StoryChooserBlock):
    # Readers see an entry as soon as it is public, so the checklist accepts drafts.
    shows_public_only = True

    @cached_property
    def target_models(self) -> list[type[Page]]:
        return [*models_of(Listed.STORIES), *models_of(Listed.EVENTS)]


class DossierLinkBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=160)
    url = blocks.URLBlock(label=_("Address"))
    text = blocks.TextBlock(label=_("Text"), required=False, max_length=300, help_text=_("One or two sentences."))

    class Meta:
        icon = "link"
        label = _("Link")
        description = _("A page elsewhere on the web.")
        template = "home/dossiers/link.html"
        preview_value = LINK


class EntriesBlock(blocks.StreamBlock):
    page = StoryOrEventBlock(label=_("Story or event"), icon="doc-full")
    document = DownloadBlock(group=None)
    link = DossierLinkBlock()


class ChapterBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=120)
    introduction = blocks.TextBlock(
        label=_("Introduction"), required=False, max_length=400, help_text=_("One or two sentences.")
    )
    entries = EntriesBlock(label=pgettext_lazy("of a dossier", "Entries"))

    class Meta:
        icon = "list-ul"
        label = pgettext_lazy("of a dossier", "Chapter")
        label_format = "{title}"
        description = _("Stories, events, documents and links in your order.")
        template = "home/dossiers/chapter.html"
        # Readers do not see the words of a chapter whose entries are not public.
        not_searched = ("title", "introduction")
        preview_value = {
            "title": "Pour aller plus loin",
            "introduction": "Les textes de référence et les chiffres.",
            "entries": [("link", LINK)],
        }

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        # A dossier fills all its chapters together; only a preview renders a single one.
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        if "request" in context:
            edition = edition_of(context["request"])
            context["edition"] = edition
            context["chapter"] = next(iter(shown_chapters(plan_of([value], edition), edition, timezone.now())), None)
        return context


class Chapters(blocks.StreamBlock):
    chapter = ChapterBlock()

    class Meta:
        required = False

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        seen: set[int] = set()
        errors = {}
        for place, chapter in enumerate(cleaned):
            pages = [entry.value for entry in chapter.value["entries"] if entry.block_type == "page" and entry.value]
            for page in pages:
                if page.pk in seen:
                    message = _("“%(title)s” is in this dossier twice.") % {"title": page.title}
                    errors[place] = ValidationError(message)
                seen.add(page.pk)
        if errors:
            raise StreamBlockValidationError(block_errors=errors)
        return cleaned
