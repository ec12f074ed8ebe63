"""Picture licences that end: checklist items and report."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Min, QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn, UsageCountColumn
from wagtail.admin.views.reports import ReportView
from wagtail.images.views.images import ImagePreviewColumn
from wagtail.models import ReferenceIndex
from wagtail.permissions import policy_registry

from portal.content.shown import cached_while_shown
from portal.content.upstream import references_in
from portal.editorial.approval.checklist import Finding
from portal.formats.words import in_words
from portal.media.models import Image

SOON = timedelta(days=30)


def _ending_pictures(page: Any, until: date) -> Iterator[tuple[str, Image]]:
    """A version's pictures whose licence ends before `until`, each with its first content path."""
    first = cached_while_shown(page, "first end of a licence", _first_end)
    if first is None or first >= until:
        return
    over = Image.objects.filter(licence_ends__lt=until)
    images = ContentType.objects.get_for_model(Image).pk
    places: dict[str, str] = {}
    for content_type, key, _model_path, content_path in references_in(page):
        if content_type == images:
            places.setdefault(key, content_path)
    if places:
        for image in over.filter(pk__in=list(places)).order_by("licence_ends", "pk"):
            yield places[str(image.pk)], image


def _first_end() -> date | None:
    first: date | None = Image.objects.aggregate(first=Min("licence_ends"))["first"]
    return first


def licences_over(page: Any, live_at: datetime) -> Iterator[Finding]:
    """Pictures whose licence will have ended when the page goes live."""
    for place, image in _ending_pictures(page, timezone.localdate(live_at)):
        message = _("The licence of the picture “%(title)s” ends on %(day)s: choose another picture, or renew it.")
        yield Finding("licence", message % _facts(image), place)


def licences_ending_soon(page: Any) -> Iterator[Finding]:
    """Pictures whose licence ends soon, but which may still be shown."""
    today = timezone.localdate()
    for place, image in _ending_pictures(page, today + SOON):
        if image.licence_ends and image.licence_ends >= today:
            message = _("A picture with a longer licence: that of “%(title)s” ends on %(day)s.")
            yield Finding("licence_soon", message % _facts(image), place)


def _facts(image: Image) -> dict[str, str]:
    return {"title": image.title, "day": _last_day(image)}


def _last_day(image: Image) -> str:
    return in_words(image.licence_ends) if image.licence_ends else ""


class LicencesReport(ReportView):
    """Pictures whose licence ends, restricted to those that the user may change or choose; the earliest end first."""

    model = Image
    page_title = gettext_lazy("Pictures whose licence ends")
    header_icon = "image"
    index_url_name = "licences_report"
    index_results_url_name = "licences_report_results"
    any_permission_required = ["add", "change", "choose"]
    list_export = ["title", "credit", "licence", "licence_ends"]

    def get_queryset(self) -> QuerySet[Image]:
        policy = policy_registry.get_by_type(Image)
        seen = policy.instances_user_has_any_permission_for(self.request.user, ["change", "choose"])
        return seen.exclude(licence_ends=None).order_by("licence_ends", "pk").prefetch_renditions("max-165x165")

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        uses = ReferenceIndex.get_count_references_to_in_bulk(list(object_list))
        for image in object_list:
            image.usage_count = uses.get(image, 0)
        return object_list

    @cached_property
    def columns(self) -> list[Column]:
        return [
            ImagePreviewColumn("preview", label=_("Preview"), accessor="image", classname="image-preview"),
            TitleColumn("title", label=_("Title"), url_name="wagtailimages:edit"),
            Column("credit", label=_("Credit")),
            Column("licence", label=_("Licence")),
            Column("licence_ends", label=_("Last day"), accessor=_last_day),
            Column("is_over", label=_("Over"), accessor=_is_over),
            UsageCountColumn("usage_count", label=_("Used")),
        ]


def _is_over(image: Image) -> str:
    return _("yes") if image.licence_ends and image.licence_ends < timezone.localdate() else _("no")


URLS = [
    path("reports/licences/", LicencesReport.as_view(), name="licences_report"),
    path("reports/licences/results/", LicencesReport.as_view(results_only=True), name="licences_report_results"),
]
