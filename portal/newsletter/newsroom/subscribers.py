"""The admin views where a site's administrators list, import, export, unsubscribe and erase subscribers."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from portal.content.readers.access_log import ERASED, EXPORTED, LOOKED_AT, SUBSCRIBERS, log_access
from portal.content.readers.downloads import spreadsheet_response
from portal.editorial.reader_data import reader_data_sites
from portal.newsletter.importing.tasks import enqueue_import
from portal.newsletter.models import Subscriber
from portal.newsletter.newsroom.forms import ImportForm, SubscriberSearch
from portal.newsletter.newsroom.issues import NewsletterView
from portal.newsletter.permissions import may_manage, newsletters_managed_by
from portal.newsletter.subscribers import subscription
from portal.platform.spreadsheets.files import KINDS

PER_PAGE = 50
MOST_NAMED = 20
COLUMNS = ("email", "site", "language", "rhythm", "state", "asked_at", "confirmed_at", "left_at")


class SubscriberList(NewsletterView):
    template_name = "newsletter/newsroom/subscribers.html"
    page_title = gettext_lazy("Subscribers")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.sites = reader_data_sites(request.user)
        if not self.sites.exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def filtered(self) -> tuple[SubscriberSearch, Any]:
        """The search form, and the subscribers of the user's sites that match it."""
        subscribers = Subscriber.objects.filter(site__in=self.sites).select_related("site").order_by("-pk")
        form = SubscriberSearch(self.request.GET or None, sites=self.sites)
        if form.is_valid():
            lookups = {"site": "site", "state": "state", "q": "address__icontains"}
            chosen = {lookup: form.cleaned_data[name] for name, lookup in lookups.items() if form.cleaned_data[name]}
            subscribers = subscribers.filter(**chosen)
        return form, subscribers

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kind = request.GET.get("export", "")
        if kind not in KINDS:
            log_access(LOOKED_AT, self.sites, request.user, SUBSCRIBERS)
            return super().get(request, *args, **kwargs)
        _form, subscribers = self.filtered()
        log_access(EXPORTED, self.sites, request.user, SUBSCRIBERS)
        return spreadsheet_response(_rows_of(subscribers.iterator(1000)), kind, "subscribers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, subscribers = self.filtered()
        page = Paginator(subscribers, PER_PAGE).get_page(self.request.GET.get("p"))
        query = self.request.GET.copy()
        query.pop("p", None)
        return super().get_context_data(**kwargs) | {"form": form, "page": page, "query": query.urlencode()}


def _rows_of(subscribers: Iterable[Subscriber]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for each in subscribers:
        times = [time.isoformat() if time else "" for time in (each.asked_at, each.confirmed_at, each.left_at)]
        yield [each.address, each.site.site_name, each.language, each.rhythm, each.state, *times]


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
    subscriber = _managed_subscriber(request, key)
    log_access(EXPORTED, [subscriber.site], request.user, SUBSCRIBERS)
    response = JsonResponse(subscription.data_of(subscriber), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="subscriber-{subscriber.pk}.json"'
    return response


@require_POST
def unsubscribe(request: HttpRequest, key: int) -> HttpResponse:
    subscription.unsubscribe(_managed_subscriber(request, key), timezone.now())
    messages.success(request, _("This person gets no more newsletters."))
    return redirect("newsletter_subscriber", key)


@require_POST
def erase(request: HttpRequest, key: int) -> HttpResponse:
    subscriber = _managed_subscriber(request, key)
    log_access(ERASED, [subscriber.site], request.user, SUBSCRIBERS)
    subscriber.delete()
    messages.success(request, _("All data of this person is erased."))
    return redirect("newsletter_subscribers")


class ImportView(NewsletterView):
    template_name = "newsletter/newsroom/import.html"
    page_title = gettext_lazy("Import a list")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.newsletters = newsletters_managed_by(request.user)
        if not self.newsletters.exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form") or ImportForm(newsletters=self.newsletters)
        return super().get_context_data(**kwargs) | {"form": form}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES, newsletters=self.newsletters)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        cleaned, rejected = form.cleaned_data, form.rejected
        count = enqueue_import(
            cleaned["newsletter"], form.subscribers, cleaned["rhythm"], cleaned["proof"], request.user.get_username()
        )
        numbers = {"lines": count + len(rejected), "count": count, "rejected": len(rejected)}
        messages.success(
            request, _("Of %(lines)d lines, %(count)d are being imported and %(rejected)d left out.") % numbers
        )
        for each in rejected[:MOST_NAMED]:
            messages.warning(
                request, _("Line %(line)d was left out: %(reason)s.") % {"line": each.line, "reason": each.reason}
            )
        if more := len(rejected[MOST_NAMED:]):
            messages.warning(request, _("%(count)d more lines were left out.") % {"count": more})
        return redirect("newsletter_subscribers")
