"""Views of records that belong to a site: they ask for the right to the very record, where Wagtail's ask for any."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from wagtail.permissions import policy_registry

ANY = {"add", "change", "delete", "view"}


class RequiresObjectPermission:
    """Before a view of one record; `needs` is the right to it."""

    needs = "change"

    def get_object(self, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(*args, **kwargs)  # type: ignore[misc]
        policy = policy_registry.get_by_type(type(found))
        if not policy.user_has_permission_for_instance(self.request.user, self.needs, found):  # type: ignore[attr-defined]
            raise PermissionDenied
        return found


class PermittedList:
    """Before a list: what its reader may do anything with, and a way to what they may do with each."""

    def get_base_queryset(self) -> Any:
        own = policy_registry.get_by_type(self.model).instances_user_has_any_permission_for(self.request.user, ANY)  # type: ignore[attr-defined]
        return super().get_base_queryset().filter(pk__in=own.values("pk"))  # type: ignore[misc]

    def get_edit_url(self, instance: Any) -> Any:
        return super().get_edit_url(instance) if self._may("change", instance) else None  # type: ignore[misc]

    def get_copy_url(self, instance: Any) -> Any:
        return super().get_copy_url(instance) if self._may("add", instance) else None  # type: ignore[misc]

    def get_delete_url(self, instance: Any) -> Any:
        return super().get_delete_url(instance) if self._may("delete", instance) else None  # type: ignore[misc]

    def _may(self, action: str, instance: Any) -> bool:
        return self.user_has_permission_for_instance(action, instance)  # type: ignore[attr-defined]


class PermittedChoices:
    """Before a chooser: what its reader may choose; `needs` is the right to choose."""

    needs = "choose"

    def offered(self) -> Any:
        policy = policy_registry.get_by_type(self.model_class)  # type: ignore[attr-defined]
        return policy.instances_user_has_any_permission_for(self.request.user, [self.needs])  # type: ignore[attr-defined]

    def get_object_list(self) -> Any:
        return super().get_object_list().filter(pk__in=self.offered().values("pk"))  # type: ignore[misc]

    def get_object(self, pk: str) -> Any:
        found = super().get_object(pk)  # type: ignore[misc]
        if not self.offered().filter(pk=found.pk).exists():
            raise Http404
        return found

    def get_objects(self, pks: list[str]) -> Any:
        return super().get_objects(pks).filter(pk__in=self.offered().values("pk"))  # type: ignore[misc]
