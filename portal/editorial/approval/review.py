"""The content hash of what a reviewer has seen, and the error for an approval of something else."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.forms import TaskStateCommentForm
from wagtail.models import Page, Revision

from portal.content.publication import PublicationRefusedError


class ReviewForm(TaskStateCommentForm):
    """A reviewer's comment, with the content hash of the text that was reviewed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class StaleReviewError(PublicationRefusedError):
    """The approved content is not the current one; `compare_url` shows the difference."""

    def __init__(self, url: str):
        super().__init__(gettext("The page has changed since you looked. Look at what changed, then approve."))
        self.compare_url = url


def content_hash_of(revision: Revision) -> str:
    """Identify the current content of a revision: autosave overwrites a revision but sets `created_at`.

    Links and forms that lead to an approval carry it as `seen`.
    """
    return f"{revision.pk}.{round(revision.created_at.timestamp() * 1_000_000)}"


def compare_url(page: Page, old: Revision, new: Revision | None) -> str:
    """Return the address of the comparison of `old` and `new`, or of the live version and `new` if they are equal.

    What readers and reviewers never saw has nothing to be compared with: the address is that of `new` itself.
    """
    newer: Any = new.pk if new else "latest"
    if new and old.pk == new.pk:
        if not page.live:
            return reverse("wagtailadmin_pages:revisions_view", args=[page.pk, new.pk])
        return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", newer])
    return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, old.pk, newer])
