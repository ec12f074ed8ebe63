"""Signs and sends messages, retries them at growing intervals, and pauses a webhook whose receiver stays away."""

from datetime import datetime, timedelta
from time import monotonic

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, override
from standardwebhooks.webhooks import Webhook as Signer
from wagtail.models import Site

from events.importing.fetch import FetchError, is_permitted_host, response_to
from portal.content.mail import compose, enqueue
from portal.content.records.settings import SiteSettings
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.models import Role
from portal.editorial.people import holders_of, language_of, one_per_mailbox
from portal.platform.tasks.durable import RETRY_DELAYS, durable
from portal.webhooks.models import SAMPLE, Webhook, WebhookDelivery
from portal.webhooks.payloads import Values, body_of, sample_of, site_values

SECONDS = 10.0
# How long the webhook's other messages wait after a failure.
BREAK = timedelta(minutes=1)
# Mails are sent first.
PRIORITY = -20
GONE = 410
State = WebhookDelivery.State


def report(site: Site, event: str, data: Values, now: datetime) -> None:
    """Queue a message for each active webhook of the site that wants it."""
    for webhook in Webhook.objects.active_at(site.pk):
        if event in webhook.events:
            body = body_of(webhook, event, {"site": site_values(site), **data}, now)
            delivery = WebhookDelivery.objects.create(webhook=webhook, event=event, body=body, created_at=now)
            send_webhook.using(priority=PRIORITY).enqueue(str(delivery.pk))


@durable
def send_webhook(key: str) -> None:
    delivery = WebhookDelivery.objects.select_related("webhook__site").filter(pk=key, state=State.WAITING).first()
    if delivery is None:
        return
    webhook = delivery.webhook
    if not webhook.is_active:
        _finish(delivery, State.GIVEN_UP, reason=_paused(webhook))
    elif _must_wait(delivery):
        _send_later(key, BREAK)
    elif attempt(delivery):
        _finish(delivery, State.DELIVERED)
    elif delivery.tries > len(RETRY_DELAYS) or delivery.status == GONE:
        give_up(delivery)
    else:
        delivery.save()
        _send_later(key, RETRY_DELAYS[delivery.tries - 1])


def _send_later(key: str, pause: timedelta) -> None:
    send_webhook.using(run_after=timezone.now() + pause, priority=PRIORITY).enqueue(key)


def _must_wait(delivery: WebhookDelivery) -> bool:
    """Whether another message to the webhook has just failed. The oldest message is always retried on schedule."""
    messages = delivery.webhook.deliveries.exclude(state=State.DELIVERED)
    lately = messages.filter(tries__gt=0, tried_at__gt=timezone.now() - BREAK)
    if not lately.exclude(pk=delivery.pk).exists():
        return False
    return messages.filter(state=State.WAITING).order_by("created_at", "pk").first() != delivery


def attempt(delivery: WebhookDelivery) -> bool:
    """Send the message once, and set the result on the unsaved record."""
    now = timezone.now()
    delivery.tries, delivery.tried_at, delivery.status = delivery.tries + 1, now, 0
    with override(site_language(delivery.webhook.site)):
        try:
            delivery.status = _send(delivery, now)
        except InvalidToken:
            delivery.reason = _("Its secret comes from another installation: make a new one.")
            return False
        except FetchError as error:
            delivery.reason = str(error)[:300]
            return False
        is_delivered = 200 <= delivery.status < 300
        words = _("The receiver responded with status %(status)d.") % {"status": delivery.status}
    delivery.reason = "" if is_delivered else words
    return is_delivered


def _send(delivery: WebhookDelivery, now: datetime) -> int:
    """Send a signed request; return the status of the response, whose body is not read."""
    webhook, key = delivery.webhook, f"msg_{delivery.pk.hex}"
    if SiteSettings.objects.filter(site=webhook.site, is_staging=True).exists():
        # A staging copy must not write to the original's receivers.
        raise FetchError(_("This is a staging copy: it sends nothing."))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(webhook.plain_secret).sign(key, now, delivery.body),
    }
    with response_to(
        "POST",
        webhook.url,
        headers,
        body=delivery.body.encode(),
        deadline=monotonic() + SECONDS,
        is_permitted=is_permitted_host(webhook.url, settings.WEBHOOK_HOSTS),
    ) as response:
        return int(response.status)


def _finish(delivery: WebhookDelivery, state: str, reason: str = "") -> None:
    delivery.state, delivery.reason = state, reason or delivery.reason
    delivery.save()


@transaction.atomic
def give_up(delivery: WebhookDelivery) -> None:
    """Stop retrying, pause the webhook, and warn the site's administrators."""
    _finish(delivery, State.GIVEN_UP)
    webhook = delivery.webhook
    if Webhook.objects.filter(pk=webhook.pk, is_active=True).update(is_active=False, problem=delivery.reason):
        _warn(webhook, delivery.reason)


def _warn(webhook: Webhook, reason: str) -> None:
    people = one_per_mailbox(holders_of(webhook.site, Role.SITE_ADMINISTRATOR))
    network = get_user_model().objects.filter(is_active=True, is_superuser=True)
    link = admin_url(reverse("webhooks:log", args=[webhook.pk]))
    mails = []
    for user in people or one_per_mailbox(network):
        language = language_of(user, webhook.site)
        with override(language):
            context = {"webhook": webhook, "reason": reason, "link": link, "link_label": _("See the messages")}
            mails.append(compose("webhook_paused", context, to=user.email, language=language, site=webhook.site))
    enqueue(mails)


def send_sample(webhook: Webhook) -> WebhookDelivery:
    """Send a sample immediately, without retries. A paused webhook gets it too."""
    now = timezone.now()
    delivery = WebhookDelivery(webhook=webhook, event=SAMPLE, body=sample_of(webhook, now), created_at=now)
    delivery.state = State.DELIVERED if attempt(delivery) else State.GIVEN_UP
    delivery.save()
    return delivery


@transaction.atomic
def send_again(delivery: WebhookDelivery) -> None:
    """Queue the same message again, as if it had never been tried."""
    delivery.state, delivery.tries, delivery.status, delivery.reason = State.WAITING, 0, 0, ""
    delivery.save()
    send_webhook.using(priority=PRIORITY).enqueue(str(delivery.pk))


def _paused(webhook: Webhook) -> str:
    with override(site_language(webhook.site)):
        return _("The webhook was paused before this was sent.")


def site_language(site: Site) -> str:
    return str(site.root_page.locale.language_code)
