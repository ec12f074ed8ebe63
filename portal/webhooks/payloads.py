"""The bodies of messages: Standard Webhooks, or a line of text for a chat. docs/webhooks.md describes both."""

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _, override
from wagtail.models import Page, Site

from portal.webhooks.models import SAMPLE, EventType, MessageFormat, Webhook

type Values = dict[str, Any]


def site_values(site: Site) -> Values:
    return {"id": site.pk, "name": site.site_name, "url": f"{site.root_url}/"}


def page_values(page: Page, site: Site, path: str) -> Values:
    """What messages say about a public page. `page` is specific; `path` is its path on the site."""
    kind = getattr(page, "listed_as", None)
    return {
        "id": page.pk,
        "url": f"{site.root_url}{path}",
        "title": page.title,
        "kind": kind.name if kind else page._meta.model_name,
        "language": path.split("/")[1],
    }


def body_of(webhook: Webhook, event: str, data: Values, now: datetime) -> str:
    if webhook.format == MessageFormat.CHAT:
        return json.dumps({"text": text_of(event, data)}, ensure_ascii=False)
    timestamp = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"type": event, "timestamp": timestamp, "data": data}, ensure_ascii=False)


def text_of(event: str, data: Values) -> str:
    """A message as one line of Markdown, in the language of the page."""
    page, site = data.get("page"), data["site"]
    language = page["language"] if page else data.get("language")
    with override(language) if language else override(None, deactivate=True):
        link = f"[{_plain(page['title'])}]({page['url']})" if page else ""
        words = {"page": link, "site": _plain(site["name"] or site["url"])}
        match event:
            case EventType.PUBLISHED:
                text = _("%(site)s – published: %(page)s")
            case EventType.CORRECTED:
                words["correction"] = _plain(data["correction"])
                text = _("%(site)s – corrected: %(page)s. %(correction)s")
            case EventType.TAKEN_DOWN:
                text = _("%(site)s – taken down: %(page)s")
            case EventType.REGISTERED:
                text = _("%(site)s – a registration for %(page)s")
            case EventType.SHEET_REQUESTED:
                text = _("%(site)s – a sheet was requested: %(page)s")
            case EventType.SUBSCRIBED:
                text = _("%(site)s – a new subscriber to the newsletter")
            case EventType.FORM_SENT:
                text = _("%(site)s – a form was sent: %(page)s")
            case _other:
                text = _("%(site)s – this is a sample. The webhook works.")
        return (text % words).strip()


def sample_of(webhook: Webhook, now: datetime) -> str:
    return body_of(webhook, SAMPLE, {"site": site_values(webhook.site)}, now)


def _plain(text: str) -> str:
    """Escape the text, so that a chat shows no link, no formatting and no mention of everybody."""
    for mark in "\\[]()*_`~<>":
        text = text.replace(mark, f"\\{mark}")
    # A zero-width space.
    return " ".join(text.replace("@", "@\u200b").split())
