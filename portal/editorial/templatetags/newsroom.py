"""The newsroom's template filters and tags."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.contrib import messages
from django.middleware.csp import get_nonce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext
from wagtail.models import Page

from portal.accounts.names import name_of
from portal.editorial.records.planning import PlannedItem
from portal.editorial.schedule.changing import schedule_of
from portal.editorial.sharing.originals import about_original
from portal.editorial.system.scheduler_notice import current_notice
from portal.editorial.translations.together_views import languages_behind
from portal.editorial.trash.messages import offer_undo_again

register = template.Library()


@register.filter
def quote_lines(text: Any) -> str:
    """Prefix each line with `>`, like quotes in plain-text emails."""
    return "\n".join(f"> {line}".rstrip() for line in str(text).strip().splitlines())


@register.inclusion_tag("editorial/schedule/box.html")
def schedule_box(page: Page, user: Any) -> dict[str, Any]:
    return {"schedule": schedule_of(page, user), "page": page}


@register.inclusion_tag("editorial/planning/box.html")
def plan_box(page: Page, user: Any) -> dict[str, Any]:
    """The plan of a draft that was never published."""
    if page.live or page.first_published_at:
        return {"item": None}
    item = PlannedItem.objects.select_related("person").filter(page=page.pk, day__isnull=False).first()
    is_open = item is not None and page.permissions_for_user(user).can_edit() and not page.scheduled_revision
    return {"item": item, "url": reverse("planning_item", args=[page.pk]) if is_open else ""}


register.simple_tag(languages_behind)


@register.filter
def lookup(values: dict[str, str], key: str) -> str:
    return values.get(key, "")


@register.filter
def person(user: Any) -> str:
    """The account's name, or “Somebody” for a deleted one."""
    return name_of(user) or gettext("Somebody")


@register.filter
def ago(time: datetime) -> str:
    """The time elapsed, in its largest unit: “3 hours ago”."""
    if timezone.now() - time < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(time_period)s ago") % {"time_period": timesince(time, depth=1)}


@register.filter
def in_sentence(name: Any) -> str:
    """A model's name within a sentence: in lower case, except for German nouns."""
    return str(name) if (get_language() or "").startswith("de") else str(name).lower()


@register.simple_tag
def alias_state(record: Any) -> str:
    return about_original(record) if isinstance(record, Page) and record.alias_of_id else ""


@register.simple_tag
def network_name() -> str:
    return settings.WAGTAIL_SITE_NAME


@register.simple_tag(takes_context=True)
def nonce_of_page(context: Any) -> str:
    """The nonce in this response's content security policy."""
    nonce = get_nonce(context.get("request"))
    # The lazy nonce is false until it is used.
    return "" if nonce is None else str(nonce)


@register.simple_tag(takes_context=True)
def scheduler_notice(context: Any) -> str:
    """Add a message to every newsroom page while the scheduler is not running."""
    request = context.get("request")
    if request and request.user.is_authenticated and (text := current_notice(timezone.now())):
        messages.warning(request, format_html('<span role="alert">{}</span>', text))
    return ""


@register.simple_tag(takes_context=True)
def undo_of_deletion(context: Any) -> str:
    """Show the message of a deletion for a minute."""
    request = context.get("request")
    if request and request.user.is_authenticated:
        offer_undo_again(request)
    return ""
