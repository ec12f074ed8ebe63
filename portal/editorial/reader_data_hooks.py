"""Wagtail hooks for data that readers sent: who sees form submissions, and the report on the data of one person."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from portal.editorial.personal_data_view import PersonalDataView
from portal.editorial.reader_data import in_sites, may_read_reader_data, reader_data_sites


@hooks.register("filter_form_submissions_for_user")
def limit_form_submissions(user: Any, forms: QuerySet[Page]) -> QuerySet[Page]:
    if user.is_superuser:
        # A condition for each of hundreds of sites would cost seconds, and leave nothing out.
        return forms
    if not may_read_reader_data(user):
        return forms.none()
    return forms.filter(in_sites(reader_data_sites(user)))


@hooks.register("register_admin_urls")
def personal_data_urls():
    return [path("personal-data/", PersonalDataView.as_view(), name="personal_data")]


class ReaderDataMenuItem(MenuItem):
    def is_shown(self, request):
        return may_read_reader_data(request.user)


@hooks.register("register_reports_menu_item")
def personal_data_menu_item():
    return ReaderDataMenuItem(
        _("Data of one person"), reverse("personal_data"), name="reader-data", icon_name="user", order=1200
    )
