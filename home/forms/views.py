"""The public views that save a form's message and thank the reader."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from home.forms.answers import answers_of
from home.forms.building import ReaderForm
from home.forms.pages import FormPage
from home.forms.records import FormRecord
from portal.content.extension_points import ReaderActKind, report_reader_act
from portal.content.mail import compose, enqueue
from portal.content.readers.form_guard import Verdict
from portal.content.readers.sources import hash_of_source
from portal.content.serving.admittance import page_for_reader
from portal.content.serving.editions import Edition, edition_of
from portal.platform.addresses import address_key
from portal.platform.rate_limits import may_ask_for_mail, may_send_mail_to


# A public form has no session and no cookie for Django's CSRF check; see `portal.content.readers.form_guard`.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, page_key: int) -> HttpResponse:
    """Save a message. All valid messages get the same response."""
    edition = edition_of(request)
    page = visible_form(request, page_key)
    if request.method != "POST":
        return HttpResponseRedirect(edition.url_of(page))
    form = page.bound_form(request)
    if not form.is_sent:
        form.move()
        context = page.get_context(request) | {"form": form}
        return render(request, page.template, context, status=422 if form.errors else 200)
    if form.is_valid():
        if form.verdict is Verdict.NEW:
            try:
                save_message(page, form, edition)
            except Exception:
                form.guard.free()
                raise
        return HttpResponseRedirect(reverse("forms:sent", args=[page_key]), status=303)
    return render(request, page.template, page.get_context(request) | {"form": form}, status=422)


@require_safe
def sent(request: HttpRequest, page_key: int) -> HttpResponse:
    page = visible_form(request, page_key)
    return render(request, page.landing_page_template, {"form_page": page})


def visible_form(request: HttpRequest, page_key: int) -> FormPage:
    """A form page that this reader may see. Raises Http404 otherwise."""
    page = page_for_reader(request, page_key, timezone.now())
    if not isinstance(page, FormPage):
        raise Http404
    return page


@transaction.atomic
def save_message(page: FormPage, form: ReaderForm, edition: Edition) -> None:
    record = FormRecord.objects.create(
        page=page,
        site=edition.site,
        language=edition.language,
        form_data=form.answers,
        labels={name: str(field.label) for name, field in form.fields.items()},
        same_address=address_key(form.address) if form.address else "",
        delete_at=timezone.now() + timedelta(days=page.days_kept),
    )
    for file in form.sent_files:
        file.attach(record)
    staff = [address.strip() for address in page.to_address.split(",") if address.strip()]
    copy = {"title": page.title, "rows": [(answer.label, answer.text) for answer in answers_of(page, record)]}
    options: dict[str, Any] = {"language": edition.language, "site": edition.site}
    messages = [compose("form_copy", copy, to=address, reply_to=form.address, **options) for address in staff]
    # The confirmation may go to a stranger, so it does not repeat the form's input.
    may_ask = page.confirmation and form.address and may_ask_for_mail(hash_of_source(form.guard.request))
    if may_ask and may_send_mail_to(form.address):
        confirmation = {"title": page.title, "text": page.confirmation}
        messages.append(compose("form_confirmation", confirmation, to=form.address, **options))
    enqueue(messages)
    report_reader_act(ReaderActKind.FORM, edition.site.pk, page.pk, id=str(record.pk))
