"""The message after a deletion, with a button that undoes it, and the time when the trash ends.

For a minute the message is on the next pages of the newsroom, too.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

SECONDS = 60
IN_SESSION = "undo of a deletion"
# A message that has it is about a deletion.
ATTRIBUTE = "data-undo-seconds"


def end_of_trash() -> datetime:
    """When something that is deleted now is deleted for ever."""
    return timezone.now() + timedelta(days=settings.TRASH_DAYS)


def undo_html(request: HttpRequest, text: str, keys: Sequence[int] = (), records: Sequence[int] = ()) -> str:
    """A message with a button that restores these pages and records."""
    offered = {"text": str(text), "keys": list(keys), "records": list(records), "until": time.time() + SECONDS}
    request.session[IN_SESSION] = offered
    return _html(request, offered, is_new=True)


def _html(request: HttpRequest, offered: dict[str, object], *, is_new: bool) -> str:
    seconds = ceil(float(str(offered["until"])) - time.time())
    return render_to_string("editorial/trash/undo.html", offered | {"seconds": seconds, "is_new": is_new}, request)


def offer_undo_again(request: HttpRequest) -> None:
    """Show the message of the last deletion on this page, too, if it is less than a minute old."""
    offered = request.session.get(IN_SESSION)
    if offered is None:
        return
    if offered["until"] <= time.time():
        forget_undo(request)
    elif not any(ATTRIBUTE in str(message) for message in messages.get_messages(request)):
        messages.success(request, _html(request, offered, is_new=False))


def forget_undo(request: HttpRequest) -> None:
    """Show the message no longer, because something was restored or deleted for ever."""
    request.session.pop(IN_SESSION, None)
