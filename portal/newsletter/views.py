"""What readers do with a newsletter: sign up, confirm, choose, leave. Nothing here needs a cookie or a script."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.core.readers.form_guard import FormGuard, Verdict
from portal.core.serving.editions import Edition, edition_of
from portal.newsletter.issuing import newsletter_of
from portal.newsletter.models import NewsletterPage, Subscriber
from portal.newsletter.subscribers import subscription
from portal.newsletter.subscribers.forms import PreferencesForm, SignUpForm
from portal.newsletter.subscribers.links import holder_of, leave_link, subscriber_behind

View = Callable[..., HttpResponse]


def in_edition(view: View) -> View:
    """A view of readers' forms: outside of the languages of the site there is none. A signed link is proof enough, or
    the mail that follows, so no form asks for the cookie that guards those of the newsroom.
    """

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        edition = edition_of(request)
        if edition.language != get_language():
            raise Http404
        return view(request, edition, *args, **kwargs)

    return guarded


def _newsletter(edition: Edition) -> NewsletterPage:
    newsletter = newsletter_of(edition)
    if newsletter is None:
        raise Http404
    return newsletter


@in_edition
def sign_up(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The form; the boxes on other pages, which caches may keep, lead here with the address filled in."""
    newsletter = _newsletter(edition)
    guard = FormGuard(request, edition.site, "newsletter")
    if request.method != "POST" or "begin" in request.POST:
        initial = {"address": request.POST.get("address", "")[:254]}
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
    """The same for everybody, whatever became of the request."""
    return TemplateResponse(request, "newsletter/public/thanks.html", {"newsletter": _newsletter(edition)})


@in_edition
def confirm(request: HttpRequest, edition: Edition, token: str) -> HttpResponse:
    """A button, since mail programs open links by themselves."""
    subscriber = subscriber_behind(token, edition.site)
    done = subscriber.state == Subscriber.State.ACTIVE
    if request.method == "POST":
        subscription.confirm(subscriber, timezone.now())
        subscriber.refresh_from_db()
        done = subscriber.state == Subscriber.State.ACTIVE
        if not done:
            raise Http404
    context = {"subscriber": subscriber, "done": done, "newsletter": newsletter_of(edition)}
    return TemplateResponse(request, "newsletter/public/confirm.html", context)


@in_edition
def preferences(request: HttpRequest, edition: Edition, token: str) -> HttpResponse:
    subscriber = holder_of(token, "preferences", edition.site)
    if subscriber.state != Subscriber.State.ACTIVE:
        context = {"newsletter": newsletter_of(edition)}
        return TemplateResponse(request, "newsletter/public/not_subscribed.html", context)
    wish = request.POST.get("wish", "") if request.method == "POST" else ""
    if wish == "data":
        subscription.send_data(subscriber)
        return _preferences_page(request, edition, subscriber, token, note="data")
    if wish == "erase":
        subscription.erase(subscriber)
        return TemplateResponse(request, "newsletter/public/erased.html", {})
    if request.method != "POST":
        return _preferences_page(request, edition, subscriber, token)
    form = _preferences_form(edition, subscriber, request.POST)
    if not form.is_valid():
        return _preferences_page(request, edition, subscriber, token, form=form, status=422)
    subscription.change_choice(subscriber, form.choice, timezone.now())
    subscriber.refresh_from_db()
    return _preferences_page(request, edition, subscriber, token, note="saved")


def _preferences_form(edition: Edition, subscriber: Subscriber, data: Any = None) -> PreferencesForm:
    """In the language of the page, whichever the mails come in."""
    newsletters = NewsletterPage.objects.live().filter(
        translation_key=_newsletter(edition).translation_key, locale__language_code__in=edition.languages
    )
    languages = sorted(newsletters.values_list("locale__language_code", flat=True), key=edition.languages.index)
    return PreferencesForm(
        data, newsletter=_newsletter(edition), edition=edition, subscriber=subscriber, languages=languages
    )


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
        "leave_url": leave_link(subscriber.pk, edition.site, edition.language),
        "note": note,
    }
    return TemplateResponse(request, "newsletter/public/preferences.html", context, status=status)


@in_edition
def leave(request: HttpRequest, edition: Edition, token: str) -> HttpResponse:
    """One click in a mail program (RFC 8058) is a POST and is enough; opening the link changes nothing."""
    subscriber = holder_of(token, "leave", edition.site)
    if request.method == "POST":
        subscription.unsubscribe(subscriber, timezone.now())
    done = request.method == "POST" or subscriber.state == Subscriber.State.LEFT
    context = {"subscriber": subscriber, "done": done, "newsletter": newsletter_of(edition)}
    return TemplateResponse(request, "newsletter/public/leave.html", context)
