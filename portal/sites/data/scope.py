"""The rows that belong to a site: its pages, file folders and groups, and everything that depends on them."""

from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Model, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    GroupSitePermission,
    Page,
    Site,
    Task,
    Workflow,
    WorkflowState,
)

from portal.content.records.settings import SiteSettings
from portal.content.visibility import below

# A group's permissions that are not limited to a site: entering the newsroom, and translating.
GENERAL_PERMISSIONS = {("wagtailadmin", "access_admin"), ("wagtail_localize", "submit_translation")}
MEDIA_ROOTS = SiteSettings.objects.exclude(media_collection=None)


class Scope:
    """The rows of one site, as lazy querysets."""

    def __init__(self, site: Site):
        self.site = site
        homes = site.root_page.get_translations(inclusive=True).select_related("locale").order_by("path")
        self.homes: list[Page] = list(homes)
        found = SiteSettings.objects.filter(site=site).select_related("media_collection").first()
        self.media_root: Collection | None = found.media_collection if found else None
        self._owned: dict[int, bool] = {}

    @cached_property
    def below_homes(self) -> Q:
        return below(home.path for home in self.homes)

    @property
    def pages(self) -> QuerySet[Any]:
        return Page.objects.filter(self.below_homes).order_by().values("pk")

    @property
    def page_keys(self) -> QuerySet[Any]:
        """The primary keys of the pages as strings, as stored in generic references."""
        return Page.objects.filter(self.below_homes).order_by().values_list(Cast("pk", CharField()))

    @property
    def translation_keys(self) -> QuerySet[Any]:
        return Page.objects.filter(self.below_homes).order_by().values("translation_key")

    @property
    def collections(self) -> QuerySet[Any]:
        if self.media_root is None:
            return Collection.objects.none().values("pk")
        return Collection.objects.filter(path__startswith=self.media_root.path).order_by().values("pk")

    def is_other_sites(self, collection: int) -> bool:
        """Whether the folder with this key belongs to another site, not to the network."""
        if collection not in self._owned:
            path = Collection.objects.values_list("path", flat=True).get(pk=collection)
            roots = MEDIA_ROOTS.exclude(site=self.site).values_list("media_collection__path", flat=True)
            self._owned[collection] = path.startswith(tuple(roots))
        return self._owned[collection]

    @property
    def groups(self) -> QuerySet[Any]:
        """The newsroom's groups, and others with a permission for this site."""
        permitted = (
            GroupPagePermission.objects.filter(page__in=self.pages),
            GroupCollectionPermission.objects.filter(collection__in=self.collections),
            GroupSitePermission.objects.filter(site=self.site),
        )
        found = Q(pk__in=Group.objects.filter(newsroom_role__site=self.site).values("pk"))
        for permissions in permitted:
            found |= Q(pk__in=permissions.values("group"))
        return Group.objects.filter(found).order_by().values("pk")

    @property
    def workflow_states(self) -> QuerySet[Any]:
        base = ContentType.objects.get_for_model(Page)
        states = WorkflowState.objects.filter(base_content_type=base, object_id__in=Subquery(self.page_keys))
        return states.order_by().values("pk")

    @property
    def workflows(self) -> QuerySet[Any]:
        used = Q(workflow_pages__page__in=self.pages) | Q(workflow_states__in=self.workflow_states)
        return Workflow.objects.filter(pk__in=Workflow.objects.filter(used).values("pk")).order_by().values("pk")

    @property
    def tasks(self) -> QuerySet[Any]:
        used = Q(workflow_tasks__workflow__in=self.workflows) | Q(task_states__workflow_state__in=self.workflow_states)
        return Task.objects.filter(pk__in=Task.objects.filter(used).values("pk")).order_by().values("pk")


def rows_of(model: type[Model], **conditions: Any) -> QuerySet[Any]:
    """A model's rows, including those that its manager hides."""
    return model._base_manager.filter(**conditions)
