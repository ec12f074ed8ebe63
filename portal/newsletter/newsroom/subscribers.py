"""The admin views where a site's administrators list, import, export, unsubscribe and erase subscribers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from portal.content.readers.access_log import ERASED, EXPORTED, LOOKED_AT, SUBSCRIBERS, log_access
from portal.newsletter.importing.tasks import enqueue_import
from portal.newsletter.models import NewsletterPage, Subscriber
from portal.newsletter.newsroom.forms import ImportForm, SubscriberSearch
from portal.newsletter.newsroom.issues import NewsletterView
from portal.newsletter.newsroom.lists import rows_of
from portal.newsletter.permissions import may_manage, newsletters_of, sites_managed_by
from portal.newsletter.subscribers import subscription
from portal.platform.spreadsheets.files import KINDS, XLSX, as_csv, as_xlsx

PER_PAGE = 50


class SubscriberList(NewsletterView):
    template_name = "newsletter/newsroom/subscribers.html"
    page_title = gettext_lazy("Subscribers")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.sites = sites_managed_by(request.user)
        if not self.sites.exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def filtered(self) -> tuple[SubscriberSearch, Any]:
        """The search form, and the subscribers of the user's sites that match it."""
        subscribers = Subscriber.objects.filter(site__in=self.sites).select_related("site").order_by("-pk")
        form = SubscriberSearch(self.request.GET or None, sites=self.sites)
        if not form.is_bound or not form.is_valid():
            return form, subscribers
        cleaned = form.cleaned_data
        if cleaned["site"]:
            subscribers = subscribers.filter(site=cleaned["site"])
        if cleaned["state"]:
            subscribers = subscribers.filter(state=cleaned["state"])
        if cleaned["q"]:
            subscribers = subscribers.filter(address__icontains=cleaned["q"])
        return form, subscribers

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kind = request.GET.get("export", "")
        if kind not in KINDS:
            log_access(LOOKED_AT, self.sites, request.user, SUBSCRIBERS)
            return super().get(request, *args, **kwargs)
        _form, subscribers = self.filtered()
        log_access(EXPORTED, self.sites, request.user, SUBSCRIBERS)
        rows = rows_of(subscribers.iterator(1000))
        response: HttpResponseBase
        if kind == XLSX:
            response = HttpResponse(as_xlsx(rows), content_type=KINDS[kind])
        else:
            response = StreamingHttpResponse(as_csv(rows), content_type=KINDS[kind])
        response["Content-Disposition"] = f'attachment; filename="subscribers.{kind}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, subscribers = self.filtered()
        page = Paginator(subscribers, PER_PAGE).get_page(self.request.GET.get("p"))
        query = self.request.GET.copy()
        query.pop("p", None)
        return super().get_context_data(**kwargs) | {"form": form, "page": page, "query": query.urlencode()}


def _managed_subscriber(request: HttpRequest, key: int) -> Subscriber:
    subscriber = get_object_or_404(Subscriber.objects.select_related("site"), pk=key)
    if not may_manage(request.user, subscriber.site):
        raise PermissionDenied
    return subscriber


class SubscriberDetail(NewsletterView):
    template_name = "newsletter/newsroom/subscriber.html"
    page_title = gettext_lazy("Subscriber")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subscriber = _managed_subscriber(self.request, kwargs["key"])
        log_access(LOOKED_AT, [subscriber.site], self.request.user, SUBSCRIBERS)
        return super().get_context_data(**kwargs) | {"subscriber": subscriber, "steps": subscriber.steps.all()}


def export_subscriber(request: HttpRequest, key: int) -> HttpResponse:
    """All stored data of one subscriber, as a JSON file."""
    subscriber = _managed_subscriber(request, key)
    log_access(EXPORTED, [subscriber.site], request.user, SUBSCRIBERS)
    response = JsonResponse(subscription.data_of(subscriber), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="subscriber-{subscriber.pk}.json"'
    return response


@require_POST
def unsubscribe(request: HttpRequest, key: int) -> HttpResponse:
    subscriber = _managed_subscriber(request, key)
    subscription.unsubscribe(subscriber, timezone.now())
    messages.success(request, _("This person gets no more newsletters."))
    return redirect("newsletter_subscriber", key)


@require_POST
def erase(request: HttpRequest, key: int) -> HttpResponse:
    subscriber = _managed_subscriber(request, key)
    log_access(ERASED, [subscriber.site], request.user, SUBSCRIBERS)
    subscription.erase(subscriber)
    messages.success(request, _("Nothing is kept of this person any more."))
    return redirect("newsletter_subscribers")


class ImportView(NewsletterView):
    template_name = "newsletter/newsroom/import.html"
    page_title = gettext_lazy("Bring in a list")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        managed = [page.pk for page in newsletters_of(request.user) if self._may_import(request, page)]
        if not managed:
            raise PermissionDenied
        self.newsletters = NewsletterPage.objects.filter(pk__in=managed)
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def _may_import(request: HttpRequest, page: NewsletterPage) -> bool:
        sites = sites_managed_by(request.user).select_related("root_page")
        homes = [home for site in sites for home in site.root_page.get_translations(inclusive=True)]
        return any(page.path.startswith(home.path) for home in homes)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or ImportForm(newsletters=self.newsletters)
        return super().get_context_data(**kwargs) | {"form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES, newsletters=self.newsletters)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        cleaned = form.cleaned_data
        count = enqueue_import(
            cleaned["newsletter"], form.subscribers, cleaned["rhythm"], cleaned["proof"], request.user.get_username()
        )
        numbers = {"lines": count + len(form.rejected), "count": count, "rejected": len(form.rejected)}
        messages.success(
            request, _("Of %(lines)d lines, %(count)d are being brought in and %(rejected)d left out.") % numbers
        )
        for line in form.rejected[:20]:
            messages.warning(
                request, _("Line %(line)d was left out: %(reason)s.") % {"line": line.line, "reason": line.reason}
            )
        if len(form.rejected) > 20:
            messages.warning(request, _("%(count)d more lines were left out.") % {"count": len(form.rejected) - 20})
        return redirect("newsletter_subscribers")
