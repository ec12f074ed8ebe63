"""Guards Wagtail's views that act on the record in their URL: they refuse records of other sites."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's views look records up by permission.

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Page, TaskState, Workflow
from wagtail.permissions import page_permission_policy, policy_registry

from portal.content.separation.records import ANY_PERMISSION, is_key
from portal.content.visibility import in_trash, is_in_trash, paths_to
from portal.overrides.requests.at_once import lock_with_parents, one_at_a_time

View = Callable[..., HttpResponse]
# The names under which Wagtail's page views take the key of their page.
PAGE_KEYS = ("page_id", "page_to_move_id", "parent_page_id")


def explorable_pages(user: Any) -> QuerySet[Page]:
    """The pages that the explorer opens for the user, without the trash, which Wagtail's policy ignores."""
    policy: Any = policy_registry.get_by_type(Page)
    pages: QuerySet[Page] = policy.explorable_instances(user)
    return pages


def require_permission(user: Any, *pages: int) -> None:
    """Raise PermissionDenied unless the user may explore all of these pages."""
    if explorable_pages(user).filter(pk__in=pages).count() < len(set(pages)):
        raise PermissionDenied


def require_review_permission(user: Any, page: Page) -> None:
    """Raise PermissionDenied unless the user may explore the page or is one of its current reviewers."""
    if is_in_trash(page):
        raise PermissionDenied
    task = page.current_workflow_task
    # A reviewer may have no permission for the page.
    if not (task and task.user_can_access_editor(page, user)):
        require_permission(user, page.pk)


def below_root(view: View) -> View:
    """Guard a view that acts on a page and its parent. The root page has no parent; a move names both pages."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = kwargs.get("page_to_move_id") or kwargs["page_id"]
        if Page.objects.filter(pk=key, depth=1).exists():
            raise PermissionDenied
        if (position := request.GET.get("position")) and not is_key(position):
            raise Http404
        if "destination_id" in kwargs:
            require_permission(request.user, key, kwargs["destination_id"])
        return view(request, *args, **kwargs)

    return guarded


def require_permitted_review(view: View) -> View:
    """Guard a view about a page's review. Wagtail's refusal shows the title of the page or task."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = get_object_or_404(Page, pk=kwargs["page_id"])
        require_review_permission(request.user, page)
        if "task_id" in kwargs:
            reviews = TaskState.objects.filter(task=kwargs["task_id"], revision__object_id=str(page.pk))
            if not reviews.exists():
                raise Http404
        return view(request, *args, **kwargs)

    return guarded


def leads_to_trash(view: View) -> View:
    """Redirect from a page's screens to its screen in the trash, if the user has a role there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied:
            key = next((kwargs[name] for name in PAGE_KEYS if name in kwargs), None)
            place = trashed_place(request.user, key) if request.method == "GET" else None
            if place is None:
                raise
            return redirect("trashed_page", place)

    return guarded


def trashed_place(user: Any, key: int | None) -> int | None:
    """The key of the page in the trash that contains this page, if the user has a role there."""
    page = Page.objects.filter(in_trash(), pk=key).first()
    if page is None:
        return None
    rights = page_permission_policy.get_cached_permissions_for_user(user)
    if not (user.is_superuser or any(page.path.startswith(right.page.path) for right in rights)):
        return None
    above = Page.objects.filter(path__in=paths_to(page.path), trashed__isnull=False)
    found: int | None = above.order_by("-path").values_list("pk", flat=True).first()
    return found


def below_root_one_at_a_time(view: View) -> View:
    return below_root(one_at_a_time(view))


# The keys are view names from Wagtail's `PageViewSet`.
PAGE_GUARDS: dict[str, Callable[[View], View]] = {
    "lock": below_root_one_at_a_time,
    "unlock": below_root_one_at_a_time,
    "set_page_position": below_root_one_at_a_time,
    "move_confirm": below_root_one_at_a_time,
    "copy": one_at_a_time,
    "delete": one_at_a_time,
    "convert_alias": one_at_a_time,
    "unpublish": one_at_a_time,
    "set_privacy": one_at_a_time,
    "confirm_workflow_cancellation": require_permitted_review,
    "collect_workflow_action_data": require_permitted_review,
    "workflow_preview": require_permitted_review,
}


def permitted_bulk_action(view: View) -> View:
    """Guard bulk actions: leave out other sites' records. Wagtail would list their titles as not permitted."""

    @wraps(view)
    def guarded(request: HttpRequest, app_label: str, model_name: str, action: str) -> HttpResponse:
        try:
            model = apps.get_model(app_label, model_name)
        except LookupError as error:
            raise Http404 from error
        # For superusers, only pages in the trash are left out.
        is_below = bool(request.GET.get("childOf")) or "all" not in request.GET.getlist("id")
        if not request.user.is_superuser or (model is Page and is_below):
            query = request.GET.copy()
            query.setlist("id", _permitted_keys(model, action, request))
            request.GET = query  # type: ignore[assignment]
        if request.method != "POST" or model is not Page:
            return view(request, app_label, model_name, action)
        # The first of two clicks may have changed the records already.
        with transaction.atomic():
            lock_with_parents(request, (int(key) for key in request.GET.getlist("id") if is_key(key)))
            return view(request, app_label, model_name, action)

    return guarded


def _permitted_keys(model: Any, action: str, request: HttpRequest) -> list[str]:
    """The permitted keys in the request; `all` means all keys in the list."""
    own = _permitted(model, request.user)
    keys: Iterable[Any] = [key for key in request.GET.getlist("id") if is_key(key)]
    if "all" in request.GET.getlist("id"):
        keys = _listed(model, action, request)
    return [str(key) for key in own.filter(pk__in=keys).values_list("pk", flat=True)]


def _listed(model: Any, action: str, request: HttpRequest) -> list[Any]:
    """The keys of all records in the list from which the bulk action was started."""
    found = bulk_action_registry.get_bulk_action_class(model._meta.app_label, model._meta.model_name, action)
    place = request.GET.get("childOf") or None
    if found is None or not (is_key(place) if place else model is not Page):
        raise Http404
    try:
        return list(found(request, model).get_all_objects_in_listing_query(place))
    except Page.DoesNotExist as error:
        raise Http404 from error


def _permitted(model: Any, user: Any) -> QuerySet[Any]:
    if model is Page:
        return explorable_pages(user)
    policy = policy_registry.get_by_type(model)
    if policy is None:
        raise Http404
    return policy.instances_user_has_any_permission_for(user, ANY_PERMISSION | {"choose"})


def require_workflow_editor(view: View) -> View:
    """Guard views of tasks, which belong to the network: admit only people who may edit workflows."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not policy_registry.get_by_type(Workflow).user_has_any_permission(request.user, {"add", "change"}):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def require_superuser(view: View) -> View:
    """Guard views that concern all sites."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def require_post(view: View) -> View:
    """Limit the sign-out to POST. Wagtail permits any method."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    return guarded
