"""The newsroom's form of a menu that changes with a release, with the fields and the rules of the site's settings."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import ObjectList

from portal.content.publication import PublicationRefusedError
from portal.content.records.settings import SiteSettings
from portal.editorial.approval.refusals import show_refusal
from portal.editorial.records.releases import Release
from portal.editorial.releases.acting import acting
from portal.editorial.releases.menus import prepare_menu, remove_menu, sites_with_menus_of
from portal.editorial.releases.views import OneReleaseView
from portal.platform.newsroom_views import crumb


@cache
def _panel() -> Any:
    return ObjectList(["navigation"], base_form_class=SiteSettings.base_form_class).bind_to_model(SiteSettings)


class MenuOfReleaseView(OneReleaseView):
    template_name = "editorial/releases/menu.html"
    page_title = gettext_lazy("Menu in the release")
    http_method_names = ["get", "head", "options", "post"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.site = get_object_or_404(sites_with_menus_of(request.user), pk=kwargs["site"])
        self.page_subtitle = self.site.site_name or self.site.hostname

    def test_func(self) -> bool:
        return super().test_func() and self.release.is_open

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(self.page_title)]

    def form(self, data: Any) -> Any:
        site_settings = SiteSettings.objects.get(pk=SiteSettings.for_site(self.site).pk)
        if prepared := self.release.menus.get(str(self.site.pk)):
            site_settings.navigation = prepared["after"]
        return _panel().get_form_class()(data, instance=site_settings, for_user=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or self.form(None)
        panel = _panel().get_bound_panel(instance=form.instance, request=self.request, form=form)
        context = super().get_context_data(**kwargs)
        return context | {"panel": panel, "media": panel.media + form.media, "release_url": self.url}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            prepare_menu(self.release, self.site, form.instance.navigation.get_prep_value(), request.user)
        except PublicationRefusedError as refusal:
            show_refusal(request, refusal)
            return self.render_to_response(self.get_context_data(form=form))
        messages.success(request, _("The release changes the menu of “%(site)s”.") % {"site": self.page_subtitle})
        return redirect(self.url)


@acting
def remove_menu_view(request: HttpRequest, release: Release, site: int) -> None:
    found = get_object_or_404(sites_with_menus_of(request.user), pk=site)
    remove_menu(release, found, request.user)
    messages.success(request, _("The release leaves the menu of “%(site)s” as it is.") % {"site": found.site_name})
