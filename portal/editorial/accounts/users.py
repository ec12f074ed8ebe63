"""Wagtail's user and group pages, without the parts that Settings → People has."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy
from django.views.generic import RedirectView
from wagtail.models import GroupPagePermission
from wagtail.users.forms import GroupPagePermissionFormSet, UserEditForm
from wagtail.users.views.bulk_actions import AssignRoleBulkAction
from wagtail.users.views.groups import EditView, GroupViewSet
from wagtail.users.views.users import UserViewSet

from portal.editorial.accounts.proposals import would_publish
from portal.editorial.models import RoleGroup
from portal.editorial.roles import homes_of

# Labels and help text that replace Django's and Wagtail's.
FIELDS = {
    "username": (_("User name"), _("With this name and the password, the person signs in.")),
    "email": (_("E-mail"), _("Changed in Settings → People, where it is confirmed by mail.")),
    "is_active": (_("May sign in"), _("Without this the account is closed; what this person wrote stays.")),
    "is_superuser": (_("Administrator of the network"), _("May do everything on every site.")),
    "groups": (_("Roles"), _("Given in Settings → People, unless they belong to no site.")),
}


class AccountEditForm(UserEditForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True
        self.fields["email"].required = False
        for name, (label, help_text) in FIELDS.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].help_text = help_text


class NewsroomUserViewSet(UserViewSet):
    @property
    def add_view(self) -> Any:
        return RedirectView.as_view(pattern_name="site_accounts_add")

    def get_index_view_kwargs(self) -> dict[str, Any]:
        return {**super().get_index_view_kwargs(), "add_item_label": _("Invite…")}

    def get_form_class(self, for_update: bool = False) -> Any:
        return AccountEditForm if for_update else super().get_form_class()


class NewsroomGroupEditView(EditView):
    def is_valid(self, form: Any) -> bool:
        """Reject pages of another site for a role's group, because its members were confirmed on its own site.

        Reject permission to publish for a group with members, because each member needs a confirmation.
        """
        if not super().is_valid(form):
            return False
        if self._refuse_pages_of_another_site():
            self.produced_error_message = self.get_error_message()
            return False
        if self.object.user_set.exists() and self._pages_to_publish() - set(self._published_by(self.object)):
            self.produced_error_message = would_publish()
            return False
        return True

    def _refuse_pages_of_another_site(self) -> bool:
        role = RoleGroup.objects.filter(group=self.object).select_related("site__root_page").first()
        if role is None:
            return False
        homes = tuple(home.path for home in homes_of(role.site))
        rows = [row for row in self._rows() if not row.cleaned_data["page"].path.startswith(homes)]
        for row in rows:
            text = gettext("This page does not belong to %(site)s, the site of the group’s role.")
            row.add_error("page", text % {"site": role.site.site_name or role.site.hostname})
        return bool(rows)

    def _rows(self) -> Iterator[Any]:
        for panel in self.permission_panel_forms:
            if isinstance(panel, GroupPagePermissionFormSet):
                for form in panel.forms:
                    if form not in panel.deleted_forms and form.cleaned_data.get("page"):
                        yield form

    def _pages_to_publish(self) -> set[int]:
        return {
            row.cleaned_data["page"].pk
            for row in self._rows()
            if any(permission.codename == "publish_page" for permission in row.cleaned_data["permissions"])
        }

    def _published_by(self, group: Any) -> Any:
        granted = GroupPagePermission.objects.filter(group=group, permission__codename="publish_page")
        return granted.values_list("page", flat=True)


class NewsroomGroupViewSet(GroupViewSet):
    edit_view_class = NewsroomGroupEditView


class RoleField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(getattr(obj, "newsroom_role", obj))


class AssignRoleForm(forms.Form):
    """Wagtail's form in the newsroom's language."""

    role = RoleField(
        Group.objects.select_related("newsroom_role__site", "newsroom_role__section").order_by("newsroom_role", "name"),
        label=pgettext_lazy("in a newsroom", "Role"),
    )


class NewsroomAssignRole(AssignRoleBulkAction):
    form_class = AssignRoleForm

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """Count the people who now have the role. Others were rejected or are waiting for another administrator."""
        group = self.cleaned_form.cleaned_data["role"]
        count = group.user_set.filter(pk__in=[account.pk for account in self.actionable_objects]).count()
        return super().get_success_message(count, 0) if count else None
