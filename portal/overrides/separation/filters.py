"""The colleagues, groups and workflows that somebody's filters and forms may name: those of the sites they work for."""

# For Wagtail 8.0 and 8.1, without an upstream ticket. Goes when Wagtail's filters name permitted people and workflows
# only.

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import Form
from wagtail.models import Page, Site, Task, Workflow

from portal.content.separation.choices import home_paths
from portal.platform.per_request import per_request


def roles_held(user: Any) -> set[tuple[int, str]]:
    """The keys of sites and the role that somebody has there."""
    # By name, since the newsroom stands above.
    held = apps.get_model("editorial", "RoleGroup").objects.filter(group__user=user).values_list("site", "role")
    return per_request(user, "roles", lambda: set(held))


def sites_worked_for(user: Any) -> set[int]:
    """The keys of the sites where somebody has a role; they see who else has one there."""
    return {site for site, _role in roles_held(user)}


def permitted_choices(model: Any, user: Any) -> QuerySet[Any] | None:
    """Which records of a kind one may know the names of; None where that is no question of sites."""
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
    """Take from the choices of a form what is no business of this person's."""
    if user.is_superuser:
        return
    for field in form.fields.values():
        choices = getattr(field, "queryset", None)
        own = permitted_choices(choices.model, user) if choices is not None else None
        if own is not None:
            field.queryset = choices.filter(pk__in=own.values("pk"))  # type: ignore[attr-defined, union-attr]


class PermittedFilterChoices:
    """Before a filter of a list: Wagtail's name the people and workflows of every site."""

    @property
    def form(self) -> Form:
        is_new = not hasattr(self, "_form")
        form = super().form  # type: ignore[misc]
        if is_new:
            user = self.request.user  # type: ignore[attr-defined]
            narrow_choices(form, user)
            if not user.is_superuser and len(sites_worked_for(user)) < 2:
                form.fields.pop("site", None)
        return form
