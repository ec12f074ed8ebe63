"""Limits the choices of filters and forms to the people, groups, workflows and tags of the user's sites.

Filtered lists and reports leave out pages in the trash.
"""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Drop when Wagtail's filters name permitted people and workflows
# only.

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import Form
from django_filters import FilterSet
from wagtail.admin.filters import BaseMediaFilterSet, WagtailFilterSet
from wagtail.admin.views.generic.history import HistoryFilterSet
from wagtail.admin.views.pages.history import PageHistoryFilterSet
from wagtail.models import Page, Site, Task, Workflow

from portal.content.separation.choices import home_paths
from portal.content.separation.tags import visible_tags
from portal.content.visibility import in_trash
from portal.platform.per_request import per_request

# A record's history shows its editors' names anyway.
OF_ONE_RECORD = (HistoryFilterSet, PageHistoryFilterSet)


def roles_held(user: Any) -> set[tuple[int, str]]:
    """The user's roles, as pairs of a site's key and a role."""
    # By name: this package may not import `portal.editorial`.
    roles = apps.get_model("editorial", "RoleGroup").objects
    return per_request(user, "roles", lambda: set(roles.filter(group__user=user).values_list("site", "role")))


def sites_worked_for(user: Any) -> set[int]:
    """The keys of the sites at which the user has a role. The user may see the other people who have a role there."""
    return {site for site, _role in roles_held(user)}


def permitted_choices(model: Any, user: Any) -> QuerySet[Any] | None:
    """The records of a model that the user may choose; None if the model is not separated by site."""
    if model is get_user_model():
        groups = Group.objects.filter(newsroom_role__site__in=sites_worked_for(user))
        return model.objects.filter(groups__in=groups)
    if model is Group:
        return model.objects.filter(newsroom_role__site__in=sites_worked_for(user))
    if model is Site:
        return model.objects.filter(pk__in=sites_worked_for(user))
    if model is Workflow:
        return model.objects.filter(workflow_pages__page__in=Page.objects.filter(path__in=home_paths(user)))
    if model is Task:
        workflows = permitted_choices(Workflow, user)
        return model.objects.filter(workflow_tasks__workflow__in=workflows.values("pk"))  # type: ignore[union-attr]
    return None


def narrow_choices(form: Form, user: Any) -> None:
    """Remove the records of other sites from the choices of a form, except for superusers."""
    if user.is_superuser:
        return
    for field in form.fields.values():
        choices = getattr(field, "queryset", None)
        own = permitted_choices(choices.model, user) if choices is not None else None
        if own is not None:
            field.queryset = choices.filter(pk__in=own.values("pk"))  # type: ignore[attr-defined, union-attr]


def narrow_filters() -> None:
    """Narrow the filters of all lists in the newsroom. Wagtail's filters offer people and workflows of every site.

    One of Wagtail's reports lists the pages that the user has locked, whatever the user's permissions.
    """
    WagtailFilterSet.form = property(_narrowed_form)
    WagtailFilterSet.filter_queryset = _without_trash


def _without_trash(filters: WagtailFilterSet, queryset: QuerySet[Any]) -> QuerySet[Any]:
    found: QuerySet[Any] = FilterSet.filter_queryset(filters, queryset)
    return found.exclude(in_trash()) if issubclass(found.model, Page) else found


def _narrowed_form(filters: WagtailFilterSet) -> Form:
    is_new = not hasattr(filters, "_form")
    form: Form = FilterSet.form.fget(filters)
    if is_new and type(filters) not in OF_ONE_RECORD:
        user = filters.request.user
        narrow_choices(form, user)
        if not user.is_superuser and len(sites_worked_for(user)) < 2:
            form.fields.pop("site", None)
        if isinstance(filters, BaseMediaFilterSet) and (tag := form.fields.get("tag")):
            own = set(visible_tags(user, filters._meta.model).values_list("name", flat=True))
            tag.choices = [choice for choice in tag.choices if choice[0] in own]  # type: ignore[attr-defined]
    return form
