"""The state of a site, which shows whether a request changed anything in it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Revision, TaskState, WorkflowPage, WorkflowState
from wagtail_localize.models import StringTranslation, Translation

from portal.content.records.outlines import MapOutline
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from portal.content.records.sharing import Share
from portal.content.records.topics import Topic
from portal.editorial.models import PlannedItem, ReleaseItem, ReviewInvitation, RoleGroup
from portal.media.models import Document, Image
from search.models import SearchSettings
from tests.separation.planting import Planted

# These fields change when a person opens the newsroom, not when somebody edits the person.
PASSING = {"last_login", "last_seen_at"}
# A member of both sites is signed out when either of them removes a role.
OF_BOTH = {"session_generation"}


def state_of(site: Planted) -> dict[str, Any]:
    """Every planted record, field by field, and the number of records of each kind."""
    return dict(_records(site)) | dict(_counts(site))


def _records(site: Planted) -> Iterator[tuple[str, Any]]:
    for kind, thing in site.things.items():
        if isinstance(thing, Model):
            row = type(thing)._base_manager.filter(pk=thing.pk).first()
            passing = PASSING | OF_BOTH if kind == "both" else PASSING
            fields = [field for field in type(thing)._meta.concrete_fields if field.name not in passing]
            # This is the stored value, because rendered text differs between two renderings.
            yield kind, row and {field.attname: field.value_to_string(row) for field in fields}


def _counts(site: Planted) -> Iterator[tuple[str, Any]]:
    ground = site.ground
    below = Q()
    for root in ground.roots.values():
        below |= Q(path__startswith=root)
    pages = Page.objects.filter(below)
    keys = [str(key) for key in pages.values_list("pk", flat=True)]
    collection = site["collection"].pk
    groups = RoleGroup.objects.filter(site=ground.site).order_by("pk")
    # Pages offered by another site wait for this site's decision.
    decided = Q(page__in=keys) | Q(site=ground.site) & ~Q(status=Share.Status.OFFERED)
    querysets = {
        "pages": pages.order_by("pk").values_list("pk", "path", "title", "live", "locked", "alias_of", "slug"),
        "revisions": Revision.objects.filter(object_id__in=keys).order_by("pk").values_list("pk", "content"),
        "rules": PageViewRestriction.objects.filter(page__in=keys).values_list("pk", "page"),
        "reviews": WorkflowState.objects.filter(object_id__in=keys).values_list("pk", "status"),
        "steps": TaskState.objects.filter(workflow_state__object_id__in=keys).values_list("pk", "status", "comment"),
        "workflows": WorkflowPage.objects.filter(page__in=keys).values_list("page", "workflow"),
        "images": Image.objects.filter(collection=collection).values_list("pk", "title"),
        "documents": Document.objects.filter(collection=collection).values_list("pk", "title"),
        "topics": Topic.objects.filter(site=ground.site).values_list("pk", "name"),
        "outlines": MapOutline.objects.filter(site=ground.site).values_list("pk", "name", "geojson"),
        "persons": Person.objects.filter(site=ground.site).values_list("pk", "name"),
        "redirects": Redirect.objects.filter(site=ground.site).values_list("pk", "old_path"),
        "members": groups.values_list("pk", "group__name", "group__user"),
        "settings": SiteSettings.objects.filter(site=ground.site).values_list(),
        "search": SearchSettings.objects.filter(site=ground.site).values_list(),
        "shares": Share.objects.filter(decided).values_list("pk", "status"),
        "plans": PlannedItem.objects.filter(page__in=keys).values_list("pk", "day", "person", "note"),
        "releases": ReleaseItem.objects.filter(page__in=keys).values_list(
            "page", "action", "revision", "release__title", "release__at", "release__state"
        ),
        "guests": ReviewInvitation.objects.filter(page__in=keys).values_list("pk", "revoked_at"),
        "translations": Translation.objects.filter(source=site["source"]).values_list("pk", "enabled"),
        "strings": StringTranslation.objects.filter(context__object=site["source"].object).values_list("pk", "data"),
    }
    for name, rows in querysets.items():
        yield name, [tuple(map(str, row)) for row in rows]
