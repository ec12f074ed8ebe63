"""The content hash of a revision in review, and the error for approving an outdated version."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.forms import TaskStateCommentForm
from wagtail.models import Page, Revision

from portal.content.publication import PublicationRefusedError


class ReviewForm(TaskStateCommentForm):
    """A reviewer's comment, with the content hash of the text they saw."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class StaleReviewError(PublicationRefusedError):
    """The page has changed since the reviewer saw it. `compare_url` shows the changes."""

    def __init__(self, url: str):
        super().__init__(gettext("The page has changed since you looked. Look at what changed, then approve."))
        self.compare_url = url


def content_hash_of(revision: Revision) -> str:
    """A hash of the revision's content. Its primary key is not enough, because autosaves overwrite revisions.

    Approval links and forms send this value as `seen`.
    """
    return f"{revision.pk}.{round(revision.created_at.timestamp() * 1_000_000)}"


def compare_url(page: Page, old: Revision, new: Revision | None) -> str:
    """The URL that compares two revisions.

    If they are the same, it compares the revision with the live version or, if there is none, shows the revision.
    """
    newer: Any = new.pk if new else "latest"
    if new and old.pk == new.pk:
        if not page.live:
            return reverse("wagtailadmin_pages:revisions_view", args=[page.pk, new.pk])
        return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", newer])
    return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, old.pk, newer])
