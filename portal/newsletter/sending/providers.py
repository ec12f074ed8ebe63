"""What a mail provider tells of the copies that it took (django-anymail): which came back, and who complained."""

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
from portal.newsletter.sending.bounces import delivery_of, hard_bounce
from portal.newsletter.subscribers.subscription import unsubscribe

# Why a provider sent nothing at all, where that is about the address.
OF_ADDRESS = {None, "bounced", "invalid"}
FOR_NOW = re.compile(r"^\D*4\d\d\b|\b4\.\d+\.\d+\b")


@csrf_exempt
@never_cache
@require_POST
def receive_events(request: HttpRequest, provider: str) -> HttpResponse:
    """A provider's call, known by the secret that it was given; Http404 where none was."""
    if not settings.NEWSLETTER_WEBHOOK_SECRET:
        raise Http404
    try:
        view = resolve(f"/{provider}/tracking/", "anymail.urls").func
        return view(request)
    except (ImportError, Resolver404, ImproperlyConfigured) as unknown:
        raise Http404 from unknown
    except (ValueError, KeyError, TypeError, AttributeError) as garbled:
        raise BadRequest("This is no message of the provider.") from garbled


def record_event(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Receives `anymail.signals.tracking`."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    key = delivery_of(str(metadata.get("delivery", "")))
    if key is None:
        return
    now, reply = timezone.now(), _reply_in(event)
    match event.event_type:
        case "bounced" | "rejected" if event.reject_reason in OF_ADDRESS and not FOR_NOW.search(reply):
            hard_bounce(key, now, reply)
        case "complained" | "unsubscribed":
            delivery = Delivery.objects.filter(pk=key).select_related("subscriber").first()
            if delivery and delivery.subscriber:
                unsubscribe(delivery.subscriber, now)


def _reply_in(event: Any) -> str:
    """Its words, without the address."""
    words = f"{event.mta_response or ''} {event.description or ''}"
    return re.sub(r"<?[^\s<>]+@[^\s<>]+>?", "…", " ".join(words.split()))[:200]
