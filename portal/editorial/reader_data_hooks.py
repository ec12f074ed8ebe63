"""Who sees what readers sent, and where."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from portal.editorial.personal_data_view import PersonalDataView
from portal.editorial.reader_data import keeps_any, pages_of, sites_kept_by


@hooks.register("filter_form_submissions_for_user")
def only_of_sites_that_they_keep(user: Any, forms: QuerySet[Page]) -> QuerySet[Page]:
    if user.is_superuser:
        # A condition for each of hundreds of sites would cost seconds, and leave nothing out.
        return forms
    if not keeps_any(user):
        return forms.none()
    return forms.filter(pk__in=pages_of(sites_kept_by(user)).values("pk"))


@hooks.register("register_admin_urls")
def address_of_personal_data():
    return [path("personal-data/", PersonalDataView.as_view(), name="personal_data")]


class KeepersItem(MenuItem):
    def is_shown(self, request):
        return keeps_any(request.user)


@hooks.register("register_reports_menu_item")
def personal_data_item():
    return KeepersItem(_("Data of one person"), reverse("personal_data"), icon_name="user", order=1200)
