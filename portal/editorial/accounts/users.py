"""Wagtail's pages of users, without creating accounts and changing addresses, which Settings → People does."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView
from wagtail.users.forms import UserEditForm
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
