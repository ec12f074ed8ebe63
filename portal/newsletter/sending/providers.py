"""Receives the webhook events of a mail provider (django-anymail): bounces, complaints and unsubscriptions."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.newsletter.models import Delivery
from portal.newsletter.sending.bounces import delivery_of, record_hard_bounce, without_addresses
from portal.newsletter.subscribers.subscription import unsubscribe

# The `reject_reason` values of anymail that concern the address.
ADDRESS_REASONS = {None, "bounced", "invalid"}
TEMPORARY_REPLY = re.compile(r"^\D*4\d\d\b|\b4\.\d+\.\d+\b")


@csrf_exempt
@never_cache
@require_POST
def receive_events(request: HttpRequest, provider: str) -> HttpResponse:
    """The webhook. Anymail checks the provider's secret; Http404 if NEWSLETTER_WEBHOOK_SECRET is empty."""
    if not settings.NEWSLETTER_WEBHOOK_SECRET:
        raise Http404
    try:
        view = resolve(f"/{provider}/tracking/", "anymail.urls").func
        return view(request)
    except (ImportError, Resolver404, ImproperlyConfigured) as error:
        raise Http404 from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRequest("This is not a message of the provider.") from error


def record_event(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Receiver of `anymail.signals.tracking`."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    key = delivery_of(str(metadata.get("delivery", "")))
    if key is None:
        return
    now, reply = timezone.now(), without_addresses(f"{event.mta_response or ''} {event.description or ''}")
    match event.event_type:
        case "bounced" | "rejected" if event.reject_reason in ADDRESS_REASONS and not TEMPORARY_REPLY.search(reply):
            record_hard_bounce(key, now, reply)
        case "complained" | "unsubscribed":
            delivery = Delivery.objects.filter(pk=key).select_related("subscriber").first()
            if delivery and delivery.subscriber:
                unsubscribe(delivery.subscriber, now)
