"""The newsroom's list of hosts, where network administrators add and remove further ones."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.models import Site

from portal.content.records.hosts import FurtherHost
from portal.platform.newsroom_views import NewsroomView
from portal.sites.creation import checked_host
from portal.sites.further_hosts import add_host, refuse_taken_host, remove_host
from portal.sites.models import HostState
from portal.sites.views import may_create_sites

SITES_PER_PAGE = 50


class HostField(forms.CharField):
    """A host as browsers send it, which this installation may serve."""

    def clean(self, value: Any) -> str:
        try:
            return checked_host(super().clean(value))
        except ValidationError as error:
            raise ValidationError(getattr(error, "error_dict", {}).get("host", error)) from error


class FurtherHostForm(forms.Form):
    host = HostField(
        label=gettext_lazy("Further host"),
        max_length=253,
        help_text=gettext_lazy("Such as example.org beside www.example.org. It redirects to the same page."),
    )
    site = forms.ModelChoiceField(
        Site.objects.order_by("site_name", "hostname"), label=gettext_lazy("Site"), empty_label=None
    )

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"]
        refuse_taken_host(host)
        return host


@dataclass(frozen=True)
class HostRow:
    """A host with its last check; `key` is that of a further host."""

    host: str
    key: int | None
    state: HostState | None


@dataclass(frozen=True)
class SiteHostRows:
    site: Site
    rows: list[HostRow]


def hosts_of(sites: list[Site]) -> list[SiteHostRows]:
    further = FurtherHost.objects.filter(site__in=sites).order_by("site", "hostname")
    by_site = {key: list(rows) for key, rows in groupby(further, key=lambda row: row.site_id)}
    names = {site.hostname for site in sites} | {row.hostname for rows in by_site.values() for row in rows}
    states = {state.hostname: state for state in HostState.objects.filter(hostname__in=names)}
    return [
        SiteHostRows(
            site,
            [
                HostRow(site.hostname, None, states.get(site.hostname)),
                *(HostRow(row.hostname, row.pk, states.get(row.hostname)) for row in by_site.get(site.pk, ())),
            ],
        )
        for site in sites
    ]


class HostsView(NewsroomView, FormView):
    form_class = FurtherHostForm
    template_name = "sites/hosts.html"
    page_title = gettext_lazy("Hosts")
    header_icon = "site"

    def test_func(self) -> bool:
        return may_create_sites(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(Site.objects.order_by("site_name", "hostname", "pk"), SITES_PER_PAGE).get_page(
            self.request.GET.get("p")
        )
        context = {"sites": hosts_of(list(page)), "page": page, "are_checked": settings.HOST_CHECKS}
        return super().get_context_data(**kwargs) | context

    def form_valid(self, form: FurtherHostForm) -> HttpResponse:
        site, host = form.cleaned_data["site"], form.cleaned_data["host"]
        try:
            add_host(site, host, self.request.user)
        except ValidationError as error:
            form.add_error("host", error)
            return self.form_invalid(form)
        facts = {"host": host, "site": site.site_name}
        messages.success(self.request, _("%(host)s redirects to %(site)s.") % facts)
        return redirect("hosts")


@require_POST
def remove_further_host(request: HttpRequest, key: int) -> HttpResponse:
    if not may_create_sites(request.user):
        raise PermissionDenied
    row = get_object_or_404(FurtherHost.objects.select_related("site"), pk=key)
    remove_host(row, request.user)
    facts = {"host": row.hostname, "site": row.site.site_name}
    messages.success(request, _("%(host)s does not redirect to %(site)s any more.") % facts)
    return redirect("hosts")
