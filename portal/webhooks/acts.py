"""Reports what readers do (registrations, sheet requests, subscriptions, forms) without saying who they are."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.content.extension_points import ReaderAct, ReaderActKind
from portal.platform.tasks.durable import durable
from portal.webhooks.comparing import public_page_values, sites_with_webhooks
from portal.webhooks.delivering import report
from portal.webhooks.models import EventType, Webhook

EVENTS = {
    ReaderActKind.REGISTRATION: EventType.REGISTERED,
    ReaderActKind.SHEET_REQUEST: EventType.SHEET_REQUESTED,
    ReaderActKind.SUBSCRIPTION: EventType.SUBSCRIBED,
    ReaderActKind.FORM: EventType.FORM_SENT,
}


def act_made(act: ReaderAct) -> None:
    if Webhook.objects.active_at(act.site).exists():
        report_act.enqueue(EVENTS[act.kind], act.site, act.page, act.facts)


@durable
def report_act(event: str, site_key: int, page_key: int | None, facts: dict[str, Any]) -> None:
    """Report an act, unless its page is unlisted or hidden from the site's readers."""
    now = timezone.now()
    site = sites_with_webhooks().filter(pk=site_key).first()
    if site is None:
        return
    data = dict(facts)
    if page_key is not None:
        values = public_page_values(page_key, site, now)
        if values is None:
            return
        data["page"] = values
    with transaction.atomic():
        report(site, event, data, now)
