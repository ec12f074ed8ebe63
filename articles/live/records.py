"""The entries of a live coverage, and every text that each of them has had."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.fields import RichTextField
from wagtail.rich_text import expand_db_html, get_text_for_indexing

FEATURES = ["bold", "italic", "ul", "link"]
NAME_LENGTH = 60


class LiveEntryQuerySet(models.QuerySet["LiveEntry"]):
    def for_newsroom(self) -> Self:
        """Those that wait for approval first, then in the order of readers."""
        waiting = LiveText.objects.filter(entry=OuterRef("pk"), state=LiveText.State.WAITING)
        found = self.annotate(waits=Exists(waiting), since=Coalesce("published_at", "created_at"))
        return found.order_by("-waits", "-is_pinned", "-since", "-pk").with_texts()

    def with_texts(self) -> Self:
        texts = LiveText.objects.select_related("written_by", "approved_by").order_by("-pk")
        return self.prefetch_related(Prefetch("texts", texts))


class LiveEntry(models.Model):
    """The place of an entry: readers see its text with the state `SHOWN`, if there is one."""

    page = models.ForeignKey("articles.LivePage", on_delete=models.CASCADE, related_name="entries")
    is_pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # The first approval, and that of the last correction.
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)

    objects = LiveEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a live coverage")
        verbose_name_plural = _("entries of live coverages")

    def __str__(self):
        text = self.shown or self.waiting
        return text.name if text else str(self.pk)

    @property
    def shown(self) -> "LiveText | None":
        return self._text_in(LiveText.State.SHOWN)

    @property
    def waiting(self) -> "LiveText | None":
        return self._text_in(LiveText.State.WAITING)

    @property
    def last(self) -> "LiveText | None":
        """The text that an editor continues with."""
        return max(self.texts.all(), key=lambda text: text.pk, default=None)

    @property
    def authors(self) -> set[int | None]:
        """Whoever wrote since the text that readers see; None for a deleted account."""
        base = self.shown.pk if self.shown else 0
        return {text.written_by_id for text in self.texts.all() if text.pk > base}

    def _text_in(self, state: str) -> "LiveText | None":
        return next((text for text in self.texts.all() if text.state == state), None)


class LiveTextQuerySet(models.QuerySet["LiveText"]):
    def shown_on(self, page: int) -> Self:
        """The texts that readers of a page see: pinned ones first, then the newest first."""
        shown = self.filter(state=LiveText.State.SHOWN, entry__page=page).select_related("entry")
        return shown.order_by("-entry__is_pinned", "-entry__published_at", "-entry")


def _person() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")


class LiveText(models.Model):
    """One text of an entry. It never changes: a correction is a new text, which waits beside the one shown."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("an entry", "waits for approval")
        SHOWN = "shown", pgettext_lazy("an entry", "published")
        PAST = "past", pgettext_lazy("an entry", "withdrawn")

    entry = models.ForeignKey(LiveEntry, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(pgettext_lazy("of an entry", "title"), max_length=150, blank=True)
    text = RichTextField(pgettext_lazy("of an entry", "text"), features=FEATURES)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    written_by = _person()
    written_at = models.DateTimeField(default=timezone.now)
    approved_by = _person()
    approved_at = models.DateTimeField(null=True)

    objects = LiveTextQuerySet.as_manager()

    # Set by `with_html`.
    html: SafeString = SafeString()

    class Meta:
        verbose_name = _("text of a live entry")
        verbose_name_plural = _("texts of live entries")
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(state=state), name=f"one_{state}_text")
            for state in ("waiting", "shown")
        ]

    def __str__(self):
        return self.name

    @property
    def words(self) -> str:
        return " ".join(get_text_for_indexing(self.text).split())

    @property
    def name(self) -> str:
        return self.title or Truncator(self.words).chars(NAME_LENGTH)

    @property
    def changed_at(self) -> datetime:
        """The last time at which readers got another text. Only for a text that they see."""
        return self.entry.updated_at or self.entry.published_at or self.written_at

    @property
    def anchor(self) -> str:
        return f"entry-{self.entry_id}"


def with_html(texts: Iterable[Any]) -> list[Any]:
    """The texts, each with its `html`. The pages that they link to are read together."""
    found = list(texts)
    # No text contains this character.
    expanded = str(expand_db_html("\0".join(text.text for text in found))).split("\0")
    for text, html in zip(found, expanded, strict=False):
        text.html = mark_safe(html)
    return found


def words_of(texts: Iterable[Any]) -> str:
    return "\n".join(part for text in texts for part in (text.title, text.words) if part)
