"""The public views: sign up, confirm, set preferences, unsubscribe. They need neither a cookie nor a script."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.content.readers.form_guard import FormGuard, Verdict
from portal.content.readers.sources import hash_of_source
from portal.content.serving.editions import Edition, edition_of
from portal.newsletter.issuing import newsletter_of
from portal.newsletter.models import NewsletterPage, Subscriber
from portal.newsletter.subscribers import subscription
from portal.newsletter.subscribers.forms import PreferencesForm, SignUpForm
from portal.newsletter.subscribers.links import subscriber_from_token, subscriber_to_confirm, unsubscribe_link
from portal.platform.rate_limits import mail_was_followed

type View = Callable[..., HttpResponse]


def in_edition(view: View) -> View:
    """Pass the edition to a public view.

    The view needs no CSRF cookie: a signed link, or the mail that follows, proves the request.
    """

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, edition_of(request), *args, **kwargs)

    return guarded


def _newsletter_or_404(edition: Edition) -> NewsletterPage:
    newsletter = newsletter_of(edition)
    if newsletter is None:
        raise Http404
    return newsletter


@in_edition
def sign_up(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The sign-up form. The boxes on other, cached pages have no form token, so they post the address here first."""
    newsletter = _newsletter_or_404(edition)
    guard = FormGuard(request, edition.site, "newsletter")
    if request.method != "POST" or "begin" in request.POST:
        initial: dict[str, Any] = {"address": request.POST.get("address", "")[:254]}
        if section := request.POST.get("section", ""):
            initial["sections"] = [section]
        form = SignUpForm(initial=initial, guard=guard, newsletter=newsletter, edition=edition)
        return _sign_up_page(request, newsletter, form)
    form = SignUpForm(request.POST, guard=guard, newsletter=newsletter, edition=edition)
    if not form.is_valid():
        return _sign_up_page(request, newsletter, form, status=422)
    if form.verdict is Verdict.NEW:
        subscription.request_subscription(
            newsletter, edition.site, form.cleaned_data["address"], form.choice, timezone.now()
        )
    return HttpResponseRedirect(reverse("newsletter:thanks"), status=303)


def _sign_up_page(
    request: HttpRequest, newsletter: NewsletterPage, form: SignUpForm, status: int = 200
) -> HttpResponse:
    context = {"newsletter": newsletter, "form": form}
    return TemplateResponse(request, "newsletter/public/sign_up.html", context, status=status)


@in_edition
def thanks(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The page after sign-up, the same for every address."""
    return TemplateResponse(request, "newsletter/public/thanks.html", {"newsletter": _newsletter_or_404(edition)})


@in_edition
def confirm(request: HttpRequest, edition: Edition, token: str) -> HttpResponse:
    """The page behind the link in the mail. Only its button confirms, because mail programs prefetch links."""
    subscriber = subscriber_to_confirm(token, edition.site)
    newsletter = _newsletter_or_404(edition)
    if request.method == "POST":
        if subscription.confirm(subscriber, timezone.now()):
            mail_was_followed(hash_of_source(request))
        subscriber.refresh_from_db()
        if subscriber.state != Subscriber.State.ACTIVE:
            raise Http404
    done = subscriber.state == Subscriber.State.ACTIVE
    context = {"subscriber": subscriber, "done": done, "newsletter": newsletter}
    return TemplateResponse(request, "newsletter/public/confirm.html", context)


@in_edition
def preferences(request: HttpRequest, edition: Edition, token: str) -> HttpResponse:
    subscriber = subscriber_from_token(token, "preferences", edition.site)
    if subscriber.state != Subscriber.State.ACTIVE:
        context = {"newsletter": newsletter_of(edition)}
        return TemplateResponse(request, "newsletter/public/not_subscribed.html", context)
    action = request.POST.get("action", "")
    if action == "data":
        subscription.send_data(subscriber)
        return _preferences_page(request, edition, subscriber, token, note="data")
    if action == "erase":
        subscriber.delete()
        return TemplateResponse(request, "newsletter/public/erased.html", {})
    if request.method != "POST":
        return _preferences_page(request, edition, subscriber, token)
    form = _preferences_form(edition, subscriber, request.POST)
    if not form.is_valid():
        return _preferences_page(request, edition, subscriber, token, form=form, status=422)
    subscription.save_choice(subscriber, form.choice, timezone.now())
    subscriber.refresh_from_db()
    return _preferences_page(request, edition, subscriber, token, note="saved")


def _preferences_form(edition: Edition, subscriber: Subscriber, data: Any = None) -> PreferencesForm:
    """The form in the language of the page, which may differ from the language of the mails."""
    newsletter = _newsletter_or_404(edition)
    newsletters = NewsletterPage.objects.live().filter(
        translation_key=newsletter.translation_key, locale__language_code__in=edition.languages
    )
    languages = sorted(newsletters.values_list("locale__language_code", flat=True), key=edition.languages.index)
    return PreferencesForm(data, newsletter=newsletter, edition=edition, subscriber=subscriber, languages=languages)


def _preferences_page(
    request: HttpRequest,
    edition: Edition,
    subscriber: Subscriber,
    token: str,
    *,
    form: PreferencesForm | None = None,
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "subscriber": subscriber,
        "form": form or _preferences_form(edition, subscriber),
        "unsubscribe_url": unsubscribe_link(subscriber.pk, edition.site, edition.language),
        "note": note,
    }
    return TemplateResponse(request, "newsletter/public/preferences.html", context, status=status)


@in_edition
def unsubscribe(request: HttpRequest, edition: Edition, token: str) -> HttpResponse:
    """Unsubscribe on POST, which includes one click in a mail program (RFC 8058); GET shows a button."""
    subscriber = subscriber_from_token(token, "unsubscribe", edition.site)
    if request.method == "POST":
        subscription.unsubscribe(subscriber, timezone.now())
    done = request.method == "POST" or subscriber.state == Subscriber.State.LEFT
    context = {"subscriber": subscriber, "done": done, "newsletter": newsletter_of(edition)}
    return TemplateResponse(request, "newsletter/public/unsubscribe.html", context)
