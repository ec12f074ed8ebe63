"""Wagtail's pages of users and groups: accounts, addresses and the right to publish belong to Settings → People."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy as _
from django.views.generic import RedirectView
from wagtail.models import GroupPagePermission
from wagtail.users.forms import GroupPagePermissionFormSet, UserEditForm
from wagtail.users.views.bulk_actions import AssignRoleBulkAction
from wagtail.users.views.groups import EditView, GroupViewSet
from wagtail.users.views.users import UserViewSet


class AccountEditForm(UserEditForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = True
        self.fields["email"].required = False
        self.fields["email"].help_text = _("Changed in Settings → People, where it is confirmed by mail.")


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
        """Refuse to give all members of a group the right to publish: another administrator confirms that of each."""
        if not super().is_valid(form):
            return False
        if self.object.user_set.exists() and self._pages_to_publish() - set(self._published_by(self.object)):
            self.produced_error_message = gettext(
                "The group has members, and would give all of them the right to publish. Give them the role of an "
                "approver in Settings → People."
            )
            return False
        return True

    def _pages_to_publish(self) -> set[int]:
        tables = [panel for panel in self.permission_panel_forms if isinstance(panel, GroupPagePermissionFormSet)]
        return {
            form.cleaned_data["page"].pk
            for table in tables
            for form in table.forms
            if form not in table.deleted_forms and form.cleaned_data.get("page")
            if any(permission.codename == "publish_page" for permission in form.cleaned_data["permissions"])
        }

    def _published_by(self, group: Any) -> Any:
        granted = GroupPagePermission.objects.filter(group=group, permission__codename="publish_page")
        return granted.values_list("page", flat=True)


class NewsroomGroupViewSet(GroupViewSet):
    edit_view_class = NewsroomGroupEditView


class NewsroomAssignRole(AssignRoleBulkAction):
    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """Count those who have the role now: others were refused, or wait for another administrator."""
        group = self.cleaned_form.cleaned_data["role"]
        count = group.user_set.filter(pk__in=[account.pk for account in self.actionable_objects]).count()
        return super().get_success_message(count, 0) if count else None
