"""The log of a webhook's messages, and its buttons: send a sample, send again, make a new secret."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.log_actions import log

from portal.platform.newsroom_views import NewsroomView, crumb
from portal.webhooks.delivering import send_again, send_sample
from portal.webhooks.models import LOG_AGE, Webhook, WebhookDelivery
from portal.webhooks.policies import webhook_policy

ON_A_PAGE = 50
RENEWED = "portal.webhook.secret"


def permitted_webhook(user: Any, key: int) -> Webhook:
    """Raises Http404, or PermissionDenied for a user who does not administer the webhook's site."""
    webhook = get_object_or_404(Webhook.objects.select_related("site"), pk=key)
    if not webhook_policy.user_has_permission_for_instance(user, "change", webhook):
        raise PermissionDenied
    return webhook


def show_secret(request: Any, secret: str) -> None:
    """Show a new secret in a message. It is never shown again."""
    text = _("The secret, which is only shown now: copy it into the other program.")
    messages.warning(request, format_html("{} <code>{}</code>", text, secret))


class WebhookLogView(NewsroomView, TemplateView):
    template_name = "webhooks/log.html"
    header_icon = "link-external"
    page_title = gettext_lazy("Messages")

    @cached_property
    def webhook(self) -> Webhook:
        return permitted_webhook(self.request.user, self.kwargs["key"])

    def breadcrumbs(self) -> list[dict[str, Any]]:
        edit = reverse("webhooks:edit", args=[self.webhook.pk])
        own = crumb(self.page_title, sublabel=str(self.webhook))
        return [crumb(_("Webhooks"), reverse("webhooks:index")), crumb(str(self.webhook), edit), own]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.page_subtitle = str(self.webhook)
        page = Paginator(self.webhook.deliveries.all(), ON_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs) | {
            "webhook": self.webhook,
            "page_obj": page,
            "days": LOG_AGE.days,
        }


@require_POST
def sample(request: HttpRequest, key: int) -> HttpResponse:
    webhook = permitted_webhook(request.user, key)
    delivery = send_sample(webhook)
    if delivery.state == WebhookDelivery.State.DELIVERED:
        messages.success(request, _("The sample has arrived."))
    else:
        messages.error(request, _("The sample has not arrived: %(reason)s") % {"reason": delivery.reason})
    return redirect("webhooks:log", key)


@require_POST
def again(request: HttpRequest, key: int, delivery: Any) -> HttpResponse:
    webhook = permitted_webhook(request.user, key)
    found = get_object_or_404(WebhookDelivery, pk=delivery, webhook=webhook)
    if not webhook.is_active:
        messages.error(request, _("The webhook is paused. Switch it on, then send the message again."))
    elif found.state == WebhookDelivery.State.WAITING:
        messages.warning(request, _("This message is waiting to be sent."))
    else:
        send_again(found)
        messages.success(request, _("The message will be sent again within a minute."))
    return redirect("webhooks:log", key)


@require_POST
def secret(request: HttpRequest, key: int) -> HttpResponse:
    webhook = permitted_webhook(request.user, key)
    renewed = webhook.renew_secret()
    webhook.save(update_fields=["secret"])
    log(webhook, RENEWED, user=request.user)
    show_secret(request, renewed)
    return redirect("webhooks:log", key)
