"""Formats the times in Wagtail's messages and history as everywhere else: `1er mars 2027 à minuit`."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail formats them with a template filter.

from datetime import datetime

from django.utils.timezone import is_aware, localtime
from wagtail import locks, wagtail_hooks
from wagtail.admin.views.generic import mixins
from wagtail.admin.views.pages import edit, revisions

from portal.formats.words import date_and_time


def word_times() -> None:
    for module in (wagtail_hooks, locks, mixins, edit, revisions):
        module.render_timestamp = _in_words


def _in_words(at: datetime) -> str:
    return date_and_time(localtime(at) if is_aware(at) else at)
