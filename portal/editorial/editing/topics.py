"""Finds topics for a page while the user types, and creates new ones for permitted users."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import modelform_factory
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.coreutils import string_to_ascii
from wagtail.log_actions import log
from wagtail.models import Page, Site
from wagtail.permissions import policy_registry

from portal.content.records.topics import Topic
from portal.content.separation.forms import CatalogueForm
from portal.content.separation.records import is_key

MAX_TOPICS = 10
NewTopicForm = modelform_factory(Topic, form=CatalogueForm, fields=["name", "site"])


@never_cache
@require_http_methods(["GET", "POST"])
def find_topics(request: HttpRequest) -> JsonResponse:
    """The topics whose names contain `q`, for the page with primary key `page`, or for a new one below it.

    A POST creates a topic with the name `q` unless it exists.
    """
    sent = request.POST if request.method == "POST" else request.GET
    page, site = _page_and_site(request.user, sent.get("page", ""))
    words = " ".join(sent.get("q", "").replace("\0", "").split())
    available = Topic.objects.available_at(site).filter(locale=page.locale_id)
    may_create = policy_registry.get_by_type(Topic).user_has_permission_for_instance(
        request.user, "add", Topic(site=site, locale_id=page.locale_id)
    )
    if request.method == "POST":
        if not may_create:
            raise PermissionDenied
        return _created(request.user, available, Topic(site=site, locale_id=page.locale_id), words)
    names = available.values_list("pk", "name").order_by("name")
    ranked = sorted((rank, name, key) for key, name in names if (rank := _rank(words, name)) is not None)
    is_known = any(_folded(name) == _folded(words) for _key, name in names)
    found = [{"id": str(key), "title": name, "string": name} for _rank, name, key in ranked[:MAX_TOPICS]]
    return JsonResponse({"topics": found, "may_create": bool(may_create and words and not is_known)})


def _page_and_site(user: Any, key: str) -> tuple[Page, Site]:
    page = Page.objects.filter(pk=key).select_related("locale").first() if is_key(key) else None
    site = page.specific_deferred.get_site() if page else None
    if page is None or site is None:
        raise Http404
    rights = page.specific_deferred.permissions_for_user(user)
    if not (rights.can_edit() or rights.can_add_subpage()):
        raise PermissionDenied
    return page, site


def _created(user: Any, available: Any, topic: Topic, name: str) -> JsonResponse:
    known = next((each for each in available if _folded(each.name) == _folded(name)), None)
    if known is None:
        form = NewTopicForm({"name": name, "site": topic.site_id}, instance=topic, for_user=user)  # type: ignore[call-arg]
        if not form.is_valid():
            reasons = " ".join(str(reason) for errors in form.errors.values() for reason in errors)
            return JsonResponse({"error": reasons}, status=422)
        known = form.save()
        log(known, "wagtail.create", user=user)
    return JsonResponse({"topic": {"id": str(known.pk), "title": known.name, "string": known.name}})


def _folded(text: str) -> str:
    return string_to_ascii(text).casefold()


def _rank(words: str, name: str) -> int | None:
    """How well a name matches: at its beginning, at the beginning of a word, or anywhere; None if not at all."""
    wanted, given = _folded(words), _folded(name)
    if wanted not in given:
        return None
    return 0 if given.startswith(wanted) else 1 if f" {wanted}" in given else 2
