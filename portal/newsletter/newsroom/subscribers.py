"""The admin views where a site's administrators list, export, unsubscribe and erase subscribers."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.models import Page

from portal.content.readers.access_log import ERASED, EXPORTED, LOOKED_AT, SUBSCRIBERS, log_access
from portal.content.readers.downloads import spreadsheet_response
from portal.editorial.reader_data import reader_data_sites
from portal.newsletter.models import ChosenSection, ConsentStep, Subscriber
from portal.newsletter.newsroom.forms import SubscriberSearch
from portal.newsletter.newsroom.issues import NewsletterView
from portal.newsletter.permissions import may_manage
from portal.newsletter.subscribers import subscription
from portal.platform.spreadsheets.files import KINDS

PER_PAGE = 50
COLUMNS = (
    *("email", "site", "language", "rhythm", "state", "asked_at", "confirmed_at", "left_at"),
    *("sections", "consent_source", "consent_version"),
)
SECTION_COLUMNS = ("translation_key", "locale__language_code", "title")
# The steps that record the wording of a consent.
CONSENTS = (ConsentStep.Kind.ASKED, ConsentStep.Kind.IMPORTED)


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
        return spreadsheet_response(_rows_of(subscribers), kind, "subscribers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, subscribers = self.filtered()
        page = Paginator(subscribers, PER_PAGE).get_page(self.request.GET.get("p"))
        query = self.request.GET.copy()
        query.pop("p", None)
        return super().get_context_data(**kwargs) | {"form": form, "page": page, "query": query.urlencode()}


def _rows_of(subscribers: QuerySet[Subscriber]) -> Iterator[list[Any]]:
    """The subscribers with the proof of their consent, in columns that the list import recognises."""
    yield list(COLUMNS)
    keys = ChosenSection.objects.filter(subscriber__in=subscribers.order_by()).values("section_key")
    sections = Page.objects.filter(translation_key__in=keys)
    titles = {(key, language): title for key, language, title in sections.values_list(*SECTION_COLUMNS)}
    for each in subscribers.prefetch_related("chosen_sections", "steps").iterator(1000):
        times = [time.isoformat() if time else "" for time in (each.asked_at, each.confirmed_at, each.left_at)]
        chosen = sorted(titles.get((key, each.language), str(key)) for key in each.section_keys)
        consent = next((step for step in reversed(each.steps.all()) if step.kind in CONSENTS), None)
        # The text is on one line, because programs that read such files treat a line break as the end of a row.
        proof = [" · ".join(consent.details.splitlines()), consent.version] if consent else ["", ""]
        yield [each.address, each.site.site_name, each.language, each.rhythm, each.state, *times, chosen, *proof]


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
