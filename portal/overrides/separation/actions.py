"""Wagtail's views that act on the records that their address names: here they know those of the own sites only."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's views look records up by permission.

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.views.bulk_action import index as bulk_action
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.admin.views.pages.lock import LockView, UnlockView
from wagtail.admin.views.pages.move import MoveConfirmView
from wagtail.admin.views.pages.ordering import SetPagePositionView
from wagtail.admin.views.pages.workflow import (
    CollectWorkflowActionDataView,
    ConfirmWorkflowCancellationView,
    PreviewRevisionForTaskView,
)
from wagtail.models import Page, TaskState, Workflow
from wagtail.permissions import page_permission_policy, policy_registry

from portal.content.separation.records import ANY_PERMISSION


def require_permission(user: Any, *pages: int) -> None:
    """PermissionDenied unless all of these pages lie where somebody works, or on the way there."""
    if page_permission_policy.explorable_instances(user).filter(pk__in=pages).count() < len(set(pages)):
        raise PermissionDenied


class RequiresParent:
    """Before a view that acts on a page below another: the root of the tree has none, over which Wagtail's fail."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = kwargs["page_to_move_id"] if "page_to_move_id" in kwargs else kwargs["page_id"]
        if Page.objects.filter(pk=key, depth=1).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class BelowRootLockView(RequiresParent, LockView):
    pass


class BelowRootUnlockView(RequiresParent, UnlockView):
    pass


class BelowRootPositionView(RequiresParent, SetPagePositionView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (position := request.GET.get("position")) and not _is_key(position):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class PermittedMoveView(RequiresParent, MoveConfirmView):
    def dispatch(
        self, request: HttpRequest, page_to_move_id: int, destination_id: int, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        require_permission(request.user, page_to_move_id, destination_id)
        return super().dispatch(
            request, *args, page_to_move_id=page_to_move_id, destination_id=destination_id, **kwargs
        )


class RequiresReviewPermission:
    """Before a view of a page's review: Wagtail's name the page, or its task, before they refuse."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page: Page = self.object  # type: ignore[attr-defined]
        task = page.current_workflow_task
        # A reviewer may have no right but to answer.
        if not (task and task.user_can_access_editor(page, request.user)):
            require_permission(request.user, page.pk)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class PermittedCancellationView(RequiresReviewPermission, ConfirmWorkflowCancellationView):
    pass


class PermittedActionDataView(RequiresReviewPermission, CollectWorkflowActionDataView):
    pass


class PermittedTaskPreviewView(RequiresReviewPermission, PreviewRevisionForTaskView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not TaskState.objects.filter(task=self.task, revision__object_id=str(self.object.pk)).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


def permitted_bulk_action(request: HttpRequest, app_label: str, model_name: str, action: str) -> HttpResponse:
    """Leave out what is no business of the user: Wagtail would name it, as what it cannot act on."""
    try:
        model = apps.get_model(app_label, model_name)
    except LookupError as error:
        raise Http404 from error
    if not request.user.is_superuser:
        query = request.GET.copy()
        query.setlist("id", _permitted_keys(model, action, request))
        request.GET = query  # type: ignore[assignment]
    return bulk_action(request, app_label, model_name, action)


def _permitted_keys(model: Any, action: str, request: HttpRequest) -> list[str]:
    """Those that are asked for; in place of `all`, what is in the list, of which Wagtail's has every site's records."""
    own = _permitted(model, request.user)
    keys: Iterable[Any] = [key for key in request.GET.getlist("id") if _is_key(key)]
    if "all" in request.GET.getlist("id"):
        keys = _listed(model, action, request)
    return [str(key) for key in own.filter(pk__in=keys).values_list("pk", flat=True)]


def _listed(model: Any, action: str, request: HttpRequest) -> list[Any]:
    """The keys of all that is in the list from which a bulk action is asked for."""
    found = bulk_action_registry.get_bulk_action_class(model._meta.app_label, model._meta.model_name, action)
    place = request.GET.get("childOf") or None
    if found is None or not (_is_key(place) if place else model is not Page):
        raise Http404
    try:
        return list(found(request, model).get_all_objects_in_listing_query(place))
    except Page.DoesNotExist as error:
        raise Http404 from error


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _permitted(model: Any, user: Any) -> QuerySet[Any]:
    if model is Page:
        return page_permission_policy.explorable_instances(user)
    policy = policy_registry.get_by_type(model)
    if policy is None:
        raise Http404
    return policy.instances_user_has_any_permission_for(user, ANY_PERMISSION | {"choose"})


def for_editors_of_workflows(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Tasks and workflows are the network's; whoever may not edit them has nothing to choose."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not policy_registry.get_by_type(Workflow).user_has_any_permission(request.user, {"add", "change"}):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return asked
