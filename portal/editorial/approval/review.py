"""What a reviewer has looked at, and what is said when it is not what there is now."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.forms import TaskStateCommentForm
from wagtail.models import Page, Revision

from portal.core.publication import PublicationRefusedError


class ReviewForm(TaskStateCommentForm):
    """A reviewer's word, with the mark of the text that it is about."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class StaleReviewError(PublicationRefusedError):
    """An approval of something else than what is there; `compare_url` shows the difference."""

    def __init__(self, url: str):
        super().__init__(gettext("The page has changed since you looked. Look at what changed, then approve."))
        self.compare_url = url


def content_hash_of(revision: Revision) -> str:
    """Names a text as it is now; autosave changes a revision without giving it another key.

    It goes into the links and forms that lead to an approval, as `seen`.
    """
    return f"{revision.pk}.{round(revision.created_at.timestamp() * 1_000_000)}"


def compare_url(page: Page, old: Revision, new: Revision | None) -> str:
    """Where the newsroom shows how two texts of a page differ."""
    newer: Any = new.pk if new else "latest"
    if new and old.pk == new.pk:
        older: Any = "live" if page.live else "earliest"
        return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, older, newer])
    return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, old.pk, newer])
