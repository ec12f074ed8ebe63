"""The newsroom's own API lists pages, and the files that its user may choose; Wagtail's lists those of every site."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail 8.0 is not supported any more; 8.1 checks
# permissions itself.

from typing import Any

from django.db.models import QuerySet
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry

from portal.content.separation.tags import PERMISSIONS


class PagesWithoutActions(PagesAdminAPIViewSet):
    """None of the newsroom's screens acts through its API, so nobody does."""

    actions: dict[str, type] = {}


class PermittedFiles:
    def get_queryset(self) -> QuerySet[Any]:
        policy = policy_registry.get_by_type(self.model)  # type: ignore[attr-defined]
        own = policy.collections_user_has_any_permission_for(self.request.user, PERMISSIONS)  # type: ignore[attr-defined]
        # By collection, which the search knows as well.
        return super().get_queryset().filter(collection__in=own)  # type: ignore[misc]


class PermittedImages(PermittedFiles, ImagesAdminAPIViewSet):
    pass


class PermittedDocuments(PermittedFiles, DocumentsAdminAPIViewSet):
    pass


def register(router: WagtailAPIRouter) -> None:
    router.register_endpoint("pages", PagesWithoutActions)
    router.register_endpoint("images", PermittedImages)
    router.register_endpoint("documents", PermittedDocuments)
