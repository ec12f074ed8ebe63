"""The screen on which site administrators choose their checklist."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.models import Site

from portal.editorial.records.site_checklist import SiteChecklist
from portal.editorial.site_admin.scope import administers_any, sites_administered
from portal.editorial.site_checklist.forms import SiteChecklistForm
from portal.editorial.site_checklist.network import network_checklist
from portal.platform.newsroom_views import NewsroomView, crumb


class SiteChecklistView(NewsroomView, TemplateView):
    template_name = "editorial/site_checklist/form.html"
    page_title = gettext_lazy("Checklist")
    header_icon = "list-ul"
    http_method_names = ["get", "head", "options", "post"]
    form: SiteChecklistForm

    def test_func(self) -> bool:
        return administers_any(self.request.user)

    @cached_property
    def sites(self) -> list[Site]:
        return list(sites_administered(self.request.user).order_by("site_name", "hostname"))

    @cached_property
    def site(self) -> Site:
        key = self.kwargs.get("site") or self.sites[0].pk
        return get_object_or_404(sites_administered(self.request.user), pk=key)

    def build_form(self, data: Any) -> SiteChecklistForm:
        chosen = SiteChecklist.objects.filter(site=self.site).first() or SiteChecklist(site=self.site)
        return SiteChecklistForm(data, instance=chosen, site=self.site, network=network_checklist())

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [crumb(self.page_title, sublabel=self.page_subtitle)]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = self.build_form(request.POST)
        if self.form.is_valid():
            self.form.save()
            messages.success(request, _("The checklist is saved. It counts for every page that is not published yet."))
            return redirect("site_checklist", self.site.pk)
        messages.error(request, _("The checklist is not saved. Please correct the fields below."))
        return self.render_to_response(self.get_context_data(), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.page_subtitle = self.site.site_name or self.site.hostname
        form = getattr(self, "form", None) or self.build_form(None)
        others = [(site, reverse("site_checklist", args=[site.pk])) for site in self.sites if site != self.site]
        return super().get_context_data(**kwargs) | {"form": form, "other_sites": others, "site_shown": self.site}
