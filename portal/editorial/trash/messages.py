"""The message after a deletion, with a button that undoes it, and the time when the trash ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone


def end_of_trash() -> datetime:
    """When something that is deleted now is deleted for ever."""
    return timezone.now() + timedelta(days=settings.TRASH_DAYS)


def undo_html(request: HttpRequest, text: str, keys: Sequence[int] = (), records: Sequence[int] = ()) -> str:
    """A message with a button that restores these pages and records."""
    context = {"text": text, "keys": keys, "records": records}
    return render_to_string("editorial/trash/undo.html", context, request)
