"""View mixins for site-specific records: they check permissions per record. Wagtail checks them per model."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin import messages
from wagtail.permissions import policy_registry

ANY_PERMISSION = {"add", "change", "delete", "view"}


class RequiresObjectPermission:
    """Mixin for a view of one record, which checks `required_permission` for that record."""

    required_permission = "change"

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(*args, **kwargs)  # type: ignore[misc]
        policy = policy_registry.get_by_type(type(found))
        if not policy.user_has_permission_for_instance(self.request.user, self.required_permission, found):  # type: ignore[attr-defined]
            find_reason = getattr(policy, "reason_against_change", None)
            if find_reason and (reason := find_reason(self.request.user, found)):  # type: ignore[attr-defined]
                messages.error(self.request, reason)  # type: ignore[attr-defined]
            raise PermissionDenied
        return found


class PermittedList:
    """Mixin for a list: shows the records for which the user has any permission, with the permitted actions."""

    def get_base_queryset(self) -> Any:
        policy = policy_registry.get_by_type(self.model)  # type: ignore[attr-defined]
        permitted = policy.instances_user_has_any_permission_for(self.request.user, ANY_PERMISSION)  # type: ignore[attr-defined]
        return super().get_base_queryset().filter(pk__in=permitted.values("pk"))  # type: ignore[misc]

    def get_edit_url(self, instance: Any) -> Any:
        return super().get_edit_url(instance) if self._is_permitted("change", instance) else None  # type: ignore[misc]

    def get_copy_url(self, instance: Any) -> Any:
        return super().get_copy_url(instance) if self._is_permitted("add", instance) else None  # type: ignore[misc]

    def get_delete_url(self, instance: Any) -> Any:
        return super().get_delete_url(instance) if self._is_permitted("delete", instance) else None  # type: ignore[misc]

    def _is_permitted(self, action: str, instance: Any) -> bool:
        return self.user_has_permission_for_instance(action, instance)  # type: ignore[attr-defined]


def is_key(text: str) -> bool:
    """Whether a string from a URL is a valid primary key."""
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) < 2**63


class PermittedCreation:
    """Mixin for a chooser's creation form. Users who may not add records get no form."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.get_creation_form() is None:  # type: ignore[attr-defined]
            raise PermissionDenied
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class OffersToCreate:
    """Mixin for a chooser: a search without results offers the creation form, if there is one."""

    results_template_name = "core/chooser_results.html"


class PermittedChoices:
    """Mixin for a chooser: offers the records for which the user has `required_permission`."""

    required_permission = "choose"

    def permitted_records(self) -> Any:
        policy = policy_registry.get_by_type(self.model_class)  # type: ignore[attr-defined]
        return policy.instances_user_has_any_permission_for(self.request.user, [self.required_permission])  # type: ignore[attr-defined]

    def get_object_list(self) -> Any:
        return super().get_object_list().filter(pk__in=self.permitted_records().values("pk"))  # type: ignore[misc]

    def get_object(self, pk: str) -> Any:
        if not is_key(pk):
            raise Http404
        found = super().get_object(pk)  # type: ignore[misc]
        if not self.permitted_records().filter(pk=found.pk).exists():
            raise Http404
        return found

    def get_objects(self, pks: list[str]) -> Any:
        found = super().get_objects([pk for pk in pks if is_key(pk)])  # type: ignore[misc]
        return found.filter(pk__in=self.permitted_records().values("pk"))
