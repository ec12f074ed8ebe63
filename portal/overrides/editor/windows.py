"""Gives each browser window of the editor a key, to identify its autosaves."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's conflict check covers two windows of one
# person.

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from wagtail.log_actions import LogContext
from wagtail.models import Page, PageLogEntry

from portal.content.forms import WINDOW


def window_of(request: HttpRequest) -> UUID | None:
    """The key of the window that posts a form; None if it is missing or malformed."""
    try:
        return UUID(request.POST.get(WINDOW, ""))
    except ValueError:
        return None


def autosaved_in(window: UUID, page: Page, user: Any) -> set[int]:
    """The keys of the revisions that this window of a person has autosaved."""
    entries = PageLogEntry.objects.filter(page=page.pk, user=user, uuid=window, revision__isnull=False)
    return set(entries.values_list("revision", flat=True))


class EditingWindowMixin:
    """Mix-in for page editor views: gives each window a key, and stores it in the log entries of its autosaves.

    The log entry for a page's creation has the key too, so that a double click is recognised. A manual save has no key.
    It ends the window's autosaves: those that arrive later are refused.
    """

    makes_pages = False

    request: HttpRequest
    expects_json_response: bool

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_signed = request.method == "POST" and (self.expects_json_response or self.makes_pages)
        window = window_of(request) if is_signed else None
        with LogContext(user=request.user) as context:
            context.uuid = window or context.uuid
            response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        # A form that is shown again with errors has the same key, because an autosave may still be under way.
        context["editing_window"] = window_of(self.request) or uuid4()
        return context
