"""The offer of a document on a page, the form to request it, and the link in the email."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, override

from portal.content.extension_points import ReaderActKind, report_reader_act
from portal.content.mail import compose, enqueue
from portal.content.pages.pages import PortalPage
from portal.content.readers.form_fields import ReaderAddressField, answer_field
from portal.content.readers.form_guard import FormGuard, GuardedForm, Verdict
from portal.content.records.settings import SiteSettings
from portal.content.serving.admittance import page_for_reader
from portal.content.serving.editions import Edition, edition_of
from portal.platform.addresses import address_key
from portal.platform.operation.keys import lasting_hash, lasting_signer
from portal.platform.rate_limits import may_send_mail_to
from portal.sheets.records import LINK_LIFETIME, ConsentText, SheetRequest

DEFAULT_RETENTION_DAYS = 30
signer = lasting_signer("portal.sheets.link", sep=".")


@dataclass(frozen=True)
class Offer:
    """A document by email on a page. `block` is the id of its block, `value` the block's value."""

    page: PortalPage
    block: UUID
    value: Any

    @property
    def url(self) -> str:
        return reverse("sheets:ask", args=[self.page.pk or 0, self.block])

    @property
    def retention(self) -> timedelta:
        return timedelta(days=int(self.value["keeping"] or DEFAULT_RETENTION_DAYS))

    @property
    def questions(self) -> list[Any]:
        return [question for question in self.value["questions"] if question["label"]]


class RequestForm(GuardedForm):
    asks_for_mail = True
    address = ReaderAddressField()

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offer = offer
        for number, question in enumerate(offer.questions):
            self.fields[f"answer-{number}"] = answer_field(question)
        self.fields["purpose"] = forms.BooleanField(
            label=purpose_text(offer), error_messages={"required": gettext_lazy("Without this, nothing can be sent.")}
        )
        if offer.value["marketing"]:
            self.fields["marketing"] = forms.BooleanField(label=offer.value["marketing"], required=False)

    @property
    def answers(self) -> list[list[str]]:
        questions = enumerate(self.offer.questions)
        return [[question["label"], self.cleaned_data[f"answer-{number}"]] for number, question in questions]


def purpose_text(offer: Offer) -> str:
    """The text that every requester of the document agrees to."""
    return _(
        "I have noted that my answers are kept to send me this document and to know who asked for it. "
        "They are deleted after %(days)d days."
    ) % {"days": offer.retention.days}


def offer_of_block(page: PortalPage, block: str) -> Offer:
    """The offer of the block with this id; Http404 if the page has none."""
    # A sheet page has one sheet; a story has sheets in its body.
    stream = getattr(page, "sheet", None) or getattr(page, "body", None)
    for index, raw in enumerate(stream.raw_data if stream else ()):
        is_block = raw["type"] == "sheet" and raw.get("id") == str(block)
        if is_block and (offer := _offer_of(page, stream[index])):  # type: ignore[index]
            return offer
    raise Http404


def offer_of_page(page: Any) -> Offer | None:
    """The offer of a sheet page, if its document may be sent."""
    return next((offer for sheet in page.sheet if (offer := _offer_of(page, sheet))), None)


def _offer_of(page: PortalPage, sheet: Any) -> Offer | None:
    value = sheet.value
    if not (value["document"] and value["title"] and _may_send(page, value["document"])):
        return None
    # In a preview, the block may have no id yet.
    return Offer(page, UUID(sheet.id) if sheet.id else UUID(int=0), value)


def _may_send(page: PortalPage, document: Any) -> bool:
    """False if the document is in another site's media collection: an editor can guess a document's key.

    An alias may send the documents of its original's site.
    """
    site = (page.alias_of or page).get_site()
    other_sites = SiteSettings.objects.exclude(site=site).exclude(media_collection=None)
    paths = tuple(other_sites.values_list("media_collection__path", flat=True))
    return not document.collection.path.startswith(paths)


def visible_offer(request: HttpRequest, page_key: int, block: UUID, now: datetime) -> Offer:
    """The offer on a page, if this reader may see it; otherwise raises Http404."""
    return offer_of_block(page_for_reader(request, page_key, now), str(block))


def form_for(request: HttpRequest, offer: Offer) -> RequestForm:
    guard = FormGuard(request, edition_of(request).site, f"sheet:{offer.page.pk}:{offer.block}")
    return RequestForm(request.POST if request.method == "POST" else None, guard=guard, offer=offer)


def send_document(form: RequestForm, edition: Edition, now: datetime) -> None:
    """Save the request of a valid form and email the link; do nothing for a robot or above the mailbox's rate limit."""
    if form.verdict is Verdict.NEW and may_send_mail_to(form.cleaned_data["address"]):
        _send_link(_save_request(form, edition, now), form.offer, edition)


@transaction.atomic
def _save_request(form: RequestForm, edition: Edition, now: datetime) -> SheetRequest:
    offer, cleaned = form.offer, form.cleaned_data
    marketing = offer.value["marketing"]
    request = SheetRequest.objects.create(
        site=edition.site,
        page=offer.page,
        block=offer.block,
        title=offer.value["title"],
        document=offer.value["document"],
        language=edition.language,
        address=cleaned["address"],
        same_address=address_key(cleaned["address"]),
        answers=form.answers,
        asked_at=now,
        purpose=ConsentText.version(edition.site, edition.language, purpose_text(offer)),
        marketing=ConsentText.version(edition.site, edition.language, marketing) if marketing else None,
        marketing_agreed_at=now if cleaned.get("marketing") else None,
        link_expires_at=now + LINK_LIFETIME,
        delete_at=now + offer.retention,
    )
    facts = {"id": str(request.pk), "sheet": request.title}
    report_reader_act(ReaderActKind.SHEET_REQUEST, edition.site.pk, offer.page.pk, **facts)
    return request


def _send_link(request: SheetRequest, offer: Offer, edition: Edition) -> None:
    with override(edition.language):
        link = edition.full(reverse("sheets:fetch", args=[link_token(request)]))
        label = _("Open the document")
    # The message repeats no form input, because it may go to a stranger.
    context = {"title": offer.value["title"], "link": link, "link_label": label, "expires_at": request.link_expires_at}
    enqueue([compose("sheet", context, to=request.address, language=edition.language, site=edition.site)])


def link_token(request: SheetRequest) -> str:
    """A signed token for a request and its document, site and address.

    It contains the address only as a keyed hash, because links appear in the logs of servers and proxies.
    """
    parts = [request.pk.hex, request.document_id, request.site_id, _address_hash(request.same_address)]
    return signer.sign_object(parts)


def request_from_token(token: str, edition: Edition) -> SheetRequest:
    """The request of a token; Http404 if the token is not ours or is for another site."""
    try:
        key, document, site, address_hash = signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError) as error:
        raise Http404 from error
    requests = SheetRequest.objects.filter(pk=UUID(key), site=edition.site, site_id=site, document_id=document)
    request = requests.select_related("document", "page").first()
    if request is None or _address_hash(request.same_address) != address_hash:
        raise Http404
    return request


def _address_hash(address: str) -> str:
    return lasting_hash("portal.sheets.address", address)[:16]
