"""Taking what readers send by a form, and thanking them."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from home.form_building import ReaderForm
from home.form_pages import FormPage, FormRecord
from home.form_records import answers_of
from portal.core.mail import compose, enqueue
from portal.core.readers.addresses import address_key
from portal.core.readers.form_guard import Verdict
from portal.core.readers.rate_limits import may_send_mail_to
from portal.core.serving.admittance import page_for_reader
from portal.core.serving.editions import Edition, edition_of


# A public form has no session, and so no cookie for Django's check; see `portal.core.readers.form_guard`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, page_key: int) -> HttpResponse:
    """Keep a valid message; whatever happens to it, the answer is the same."""
    edition = edition_of(request)
    page = open_form(request, page_key)
    if request.method != "POST":
        return HttpResponseRedirect(edition.url_of(page))
    form = page.bound_form(request)
    if form.is_valid():
        if form.verdict is Verdict.NEW:
            keep(page, form, edition)
        return HttpResponseRedirect(reverse("forms:sent", args=[page_key]), status=303)
    return render(request, page.template, page.get_context(request) | {"form": form}, status=422)


@require_safe
def sent(request: HttpRequest, page_key: int) -> HttpResponse:
    page = open_form(request, page_key)
    return render(request, page.landing_page_template, {"form_page": page})


def open_form(request: HttpRequest, page_key: int) -> FormPage:
    """A form that this reader may see; Http404 for any other."""
    page = page_for_reader(request, page_key, timezone.now())
    if not isinstance(page, FormPage):
        raise Http404
    return page


@transaction.atomic
def keep(page: FormPage, form: ReaderForm, edition: Edition) -> None:
    """Keep the message, and queue the letters about it."""
    now = timezone.now()
    record = FormRecord.objects.create(
        page=page,
        site=edition.site,
        language=edition.language,
        form_data=form.cleaned_data,
        same_address=address_key(form.address) if form.address else "",
        delete_at=FormRecord.end_of(page, now),
    )
    staff = [address.strip() for address in page.to_address.split(",") if address.strip()]
    copy = {"title": page.title, "rows": answers_of(page, record)}
    facts: dict[str, Any] = {"language": edition.language, "site": edition.site}
    letters = [compose("form_copy", copy, to=address, reply_to=form.address, **facts) for address in staff]
    # Nothing that the form was given goes into it: it may reach someone who never wrote to us.
    if page.confirmation and form.address and may_send_mail_to(form.address):
        confirmation = {"title": page.title, "text": page.confirmation}
        letters.append(compose("form_confirmation", confirmation, to=form.address, **facts))
    enqueue(letters)
