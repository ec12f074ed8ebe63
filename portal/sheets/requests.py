"""What a reader is asked for a document, and what happens when they have answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _, gettext_lazy, override

from portal.core.mail import compose, enqueue
from portal.core.models import PortalPage, SiteSettings
from portal.core.readers.addresses import address_key
from portal.core.readers.form_fields import ReaderAddressField, answer_field
from portal.core.readers.form_guard import FormGuard, GuardedForm, Verdict
from portal.core.readers.rate_limits import may_send_mail_to
from portal.core.serving.admittance import page_for_reader
from portal.core.serving.editions import Edition, edition_of
from portal.sheets.records import LINK_LIFE, ConsentText, SheetRequest

if TYPE_CHECKING:
    from portal.sheets.models import SheetPage

KEEPING_AT_LEAST = 30
signer = signing.Signer(salt="portal.sheets.link", sep=".")


@dataclass(frozen=True)
class Offer:
    """A document by mail that stands on a page; `value` is that of its block."""

    page: PortalPage
    block: UUID
    value: Any

    @property
    def address(self) -> str:
        return reverse("sheets:ask", args=[self.page.pk or 0, self.block])

    @property
    def keeping(self) -> timedelta:
        return timedelta(days=int(self.value["keeping"] or KEEPING_AT_LEAST))

    @property
    def questions(self) -> list[Any]:
        return [question for question in self.value["questions"] if question["label"]]


class RequestForm(GuardedForm):
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
    """What every reader agrees to who asks for the document."""
    return _(
        "I agree that my answers are kept to send me this document and to know who asked for it. "
        "They are deleted after %(days)d days."
    ) % {"days": offer.keeping.days}


def offer_of(page: PortalPage, block: str) -> Offer:
    """The offer with this block's identity; Http404 where the page has none."""
    # A page of its own has the one sheet, a story has them in its text.
    stream = getattr(page, "sheet", None) or getattr(page, "body", None)
    for place, raw in enumerate(stream.raw_data if stream else ()):
        if raw["type"] == "sheet" and raw.get("id") == str(block):
            value = stream[place].value  # type: ignore[index]
            if value["document"] and value["title"] and _may_hand_out(page, value["document"]):
                return Offer(page, UUID(str(block)), value)
    raise Http404


def _may_hand_out(page: PortalPage, document: Any) -> bool:
    """Not what another site keeps among its own media: an editor may have guessed its number.

    An alias hands out what the page may that it shows.
    """
    site = (page.alias_of or page).get_site()
    others = SiteSettings.objects.exclude(site=site).exclude(media_collection=None)
    paths = tuple(others.values_list("media_collection__path", flat=True))
    return not document.collection.path.startswith(paths)


def open_offer(request: HttpRequest, page_key: int, block: UUID, now: datetime) -> Offer:
    """An offer on a page that this reader may see; Http404 for any other."""
    return offer_of(page_for_reader(request, page_key, now), str(block))


def own_offer(page: "SheetPage") -> Offer | None:
    """What a page offers as a whole; that of a preview has no identity yet."""
    for sheet in page.sheet:
        value = sheet.value
        if value["document"] and value["title"] and _may_hand_out(page, value["document"]):
            return Offer(page, UUID(sheet.id) if sheet.id else UUID(int=0), value)
    return None


def form_for(request: HttpRequest, offer: Offer) -> RequestForm:
    guard = FormGuard(request, edition_of(request).site, f"sheet:{offer.page.pk}:{offer.block}")
    return RequestForm(request.POST if request.method == "POST" else None, guard=guard, offer=offer)


def answer(form: RequestForm, edition: Edition, now: datetime) -> None:
    """Send the document that a valid form asks for, unless a robot asks, or the mailbox has had enough."""
    if form.verdict is Verdict.NEW and may_send_mail_to(form.cleaned_data["address"]):
        _send(_keep(form, edition, now), form.offer, edition)


@transaction.atomic
def _keep(form: RequestForm, edition: Edition, now: datetime) -> SheetRequest:
    offer, facts = form.offer, form.cleaned_data
    further = offer.value["marketing"]
    return SheetRequest.objects.create(
        site=edition.site,
        page=offer.page,
        block=offer.block,
        title=offer.value["title"],
        document=offer.value["document"],
        language=edition.language,
        address=facts["address"],
        same_address=address_key(facts["address"]),
        answers=form.answers,
        asked_at=now,
        purpose=ConsentText.version(edition.site, edition.language, purpose_text(offer)),
        marketing=ConsentText.version(edition.site, edition.language, further) if further else None,
        marketing_agreed_at=now if facts.get("marketing") else None,
        link_expires_at=now + LINK_LIFE,
        delete_at=now + offer.keeping,
    )


def _send(request: SheetRequest, offer: Offer, edition: Edition) -> None:
    with override(edition.language):
        link = edition.full(reverse("sheets:fetch", args=[link_token(request)]))
        label = _("Open the document")
    # Nothing that the form was given goes into the letter: it may reach someone who never asked.
    letter = compose(
        "sheet",
        {"title": offer.value["title"], "link": link, "link_label": label, "expires_at": request.link_expires_at},
        to=request.address,
        language=edition.language,
        site=edition.site,
    )
    enqueue([letter])


def link_token(request: SheetRequest) -> str:
    """Names a request, and all that it is bound to: one document, one site, one address.

    The address is in it as a keyed hash only: links end up in the logs of servers and proxies.
    """
    return signer.sign_object([request.pk.hex, request.document_id, request.site_id, _told_of(request.same_address)])


def request_behind(token: str, edition: Edition) -> SheetRequest:
    """The request that a link was made for; Http404 for a link that was never made, or for another site."""
    try:
        key, document, site, told = signer.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError) as error:
        raise Http404 from error
    found = SheetRequest.objects.filter(pk=UUID(key), site=edition.site, site_id=site, document_id=document)
    request = found.select_related("document", "page").first()
    if request is None or _told_of(request.same_address) != told:
        raise Http404
    return request


def _told_of(address: str) -> str:
    return salted_hmac("portal.sheets.address", address, algorithm="sha256").hexdigest()[:16]
