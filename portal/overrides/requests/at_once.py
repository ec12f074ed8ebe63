"""Serialises simultaneous requests for a page, such as a double click."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's views lock the pages that they change.

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from wagtail.models import Page

from portal.content.publication import lock_pages
from portal.content.separation.records import is_key

PAGES = ("page_id", "page_to_move_id", "destination_id")
# The fields that name the destination of a copy or move.
DESTINATIONS = ("new_parent_page", "chooser")


def lock_with_parents(request: HttpRequest, keys: Iterable[int]) -> None:
    """Lock these pages, the destination in the form, and the parents, whose number of children changes."""
    destinations = [key for name in DESTINATIONS if is_key(key := request.POST.get(name, ""))]
    wanted = {*keys, *map(int, destinations)}
    paths = Page.objects.filter(pk__in=wanted).values_list("path", flat=True)
    parents = Page.objects.filter(path__in=[path[: -Page.steplen] for path in paths])
    lock_pages([*wanted, *parents.values_list("pk", flat=True)])


def one_at_a_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a page view: a POST locks the page before the view reads it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            lock_with_parents(request, [kwargs[name] for name in PAGES if name in kwargs])
            return view(request, *args, **kwargs)

    return guarded
