"""The preview of a release: the sites as readers will see them, for whoever may see the release."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.models import Page, Site

from portal.content.publication import PublicationRefusedError
from portal.content.visibility import HOME_LENGTH
from portal.editorial.approval.refusals import SeveralRefusedError
from portal.editorial.records.releases import WAITING
from portal.editorial.releases.access import OwnItems, covers
from portal.editorial.releases.preview_pages import html_within, link_within, page_response, sites_by_root
from portal.editorial.releases.previewing import PreviewBusyError, Previewed, carried_out_for_preview
from portal.editorial.releases.views import OneReleaseView
from portal.platform.newsroom_views import crumb

SECONDS_UNTIL_RETRY = 3


class ReleasePreviewView(OneReleaseView):
    template_name = "editorial/releases/preview_refused.html"
    page_title = gettext_lazy("Preview of the release")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.own = OwnItems.of(self.items, request.user)
        if self.release.state not in WAITING or not self.own.items:
            raise Http404

    def breadcrumbs(self) -> list[dict[str, Any]]:
        return [*super().breadcrumbs(), crumb(self.page_title)]

    def address(self, site: Site, path: str) -> str:
        return f"{reverse('release_preview', args=[self.release.pk])}{site.pk}{path}"


class PreviewStartView(ReleasePreviewView):
    """Redirects to the home page above the first page of the release."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        home = get_object_or_404(Page, path=self.own.items[0].page.path[:HOME_LENGTH])
        parts = home.get_url_parts(request)
        if parts is None:
            raise Http404
        return HttpResponseRedirect(self.address(Site.objects.get(pk=parts[0]), parts[2]))


class PreviewView(ReleasePreviewView):
    """A page of a site as it will be; `path` is its path there, without the first slash."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        site = get_object_or_404(Site.objects.select_related("root_page"), pk=kwargs["site"])
        try:
            with carried_out_for_preview(self.release, request.user, timezone.now()) as previewed:
                sites = sites_by_root()
                response = page_response(
                    request,
                    site,
                    f"/{kwargs['path']}",
                    self.bar(previewed),
                    opens_closed=covers(request.user, site.root_page),
                )
        except PreviewBusyError:
            text = _("Somebody is publishing at the moment, or a release is about to appear. Try again in a moment.")
            return self.refused([text], 503)
        except SeveralRefusedError as refusal:
            return self.refused([f"{title}: {each}" for title, each in refusal.refusals], 409)
        except PublicationRefusedError as refusal:
            return self.refused(refusal.reasons, 409)
        return self.within(response, site, sites)

    def bar(self, previewed: Previewed) -> Any:
        context = {"release": self.release, "elsewhere": previewed.elsewhere, "release_url": self.url}
        return render_to_string("editorial/releases/preview_bar.html", context)

    def within(self, response: HttpResponse, site: Site, sites: dict[str, Site]) -> HttpResponse:
        """The response without its headers; its links lead to the preview."""
        content_type = response.headers.get("Content-Type", "text/plain")
        content: Any = response.content
        if content_type.startswith("text/html"):
            content = html_within(content.decode(), site, sites, self.address)
        found = HttpResponse(content, content_type=content_type, status=response.status_code)
        if location := response.headers.get("Location"):
            found.headers["Location"] = link_within(location, site, sites, self.address)
        return _private(found)

    def refused(self, reasons: Any, status: int) -> HttpResponse:
        context = self.get_context_data(reasons=reasons, release=self.release, is_busy=status == 503)
        response: Any = self.render_to_response(context, status=status)
        if status == 503:
            response.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
        return _private(response.render())

    def refuse_to_send(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.refused([_("Nothing can be sent in a preview.")], 405)
        response.headers["Allow"] = "GET, HEAD"
        return response

    post = put = patch = delete = refuse_to_send


def _private(response: Any) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response  # type: ignore[no-any-return]
