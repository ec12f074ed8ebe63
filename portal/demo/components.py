"""Shows engineers every component and block with sample data: pages of the requested site, and preview values."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.blocks import Block
from wagtail.fields import StreamField

from articles.dossiers import DossierPart
from articles.story_list import story_list
from events.records.dates import upcoming_dates
from home.front.links import PublicLink
from portal.content.lists.pagination import ListPage
from portal.content.readers.form_guard import FormGuard, GuardedForm
from portal.content.records.listing import newest_cards
from portal.content.serving.editions import Analytics, MenuLink, edition_of
from portal.content.serving.language_links import language_links_of
from portal.content.serving.routing import page_at

# A component begins with a comment that lists its variables.
HEAD = re.compile(r"\A(?:\{#.*?#\}\s*)+")
# Sample values for plain variables.
PLAIN: dict[str, Any] = {
    **dict.fromkeys(("priority", "form_action", "form_note", "site_search_url", "kicker", "teaser"), ""),
    **dict.fromkeys(("within", "criteria", "recap", "month", "chips"), None),
    **dict.fromkeys(("with_picture", "is_large", "with_text"), True),
    **dict.fromkeys(("title", "label", "form_label"), "Label"),
    "size": "standard",
    "place": "card",
    "loading": "lazy",
    "name": "recent",
    "field_id": "sample-address",
    "is_front": False,
}


# These blocks show nothing, and would send requests to another server.
SHOWN_AS_SOURCE = {"components/analytics.html"}


class SampleForm(GuardedForm):
    name = forms.CharField(label="Name", help_text="As on your badge.")
    answer = forms.ChoiceField(label="Answer", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect)


def components() -> list[str]:
    """The names of all our templates in folders named `components`."""
    folders = [settings.BASE_DIR / "portal", *(Path(app.path) for app in apps.get_app_configs())]
    ours = [each for each in folders if settings.BASE_DIR in each.parents and "site-packages" not in each.parts]
    templates = [folder / "templates" for folder in ours]
    return sorted({str(file.relative_to(each)) for each in templates for file in each.glob("**/components/*.html")})


def variables_of(source: str) -> set[str]:
    """The names of the variables that a component takes, from the source of its template."""
    head = HEAD.match(source)
    plain = re.sub(r"\([^()]*\)", "", head[0].partition("Takes:")[2]) if head else ""
    return {name for name in re.split(r"[,;:]|#\}|\{#", plain) for name in [name.strip()] if name.isidentifier()}


def samples(request: HttpRequest) -> dict[str, Any]:
    """A value for every variable that a component takes."""
    edition, now = edition_of(request), timezone.now()
    card, start = newest_cards(edition.home.pk, now, 1)[0], len(edition.home.url_path)
    story, _rest = page_at(edition, card.page.url_path[start:], now)
    section, _rest = page_at(edition, story.trail[-2].url_path[start:], now)
    list_url = edition.list_url(section, "news")
    form = SampleForm({"name": ""}, guard=FormGuard(request, edition.site, "sample"))
    listing = story_list(section, edition, QueryDict("year=" + str(story.published_at.year)), now, list_url)
    events = upcoming_dates(edition.home.pk, now, 3)
    context = section.get_context(request) | story.get_context(request) | listing
    return context | {
        "request": request,
        "edition": edition,
        "now": now,
        "page": story,
        "card": card,
        "listing": ListPage(Paginator(range(3), 1).page(2), [], ""),
        "events": events,
        "event": next(iter(events), None),
        "headings": [("first", "First heading"), ("second", "Second heading")],
        "parts": [DossierPart(card, card)],
        "points": ["One short sentence.", "Another one."],
        "figures": [{"value": "42", "label": "jobs"}, {"value": "3", "label": "years"}],
        "form": form,
        "field": form["name"],
        "notice": edition.statutory.get("privacy") or MenuLink("Privacy", edition.home_url),
        "service": Analytics("plausible", "https://analytics.example", edition.site.hostname),
        "list_url": list_url,
        "links": [PublicLink("Label", edition.home_url, "calendar")],
        "events_url": edition.list_url(section, "events"),
        "newsletter_url": list_url,
        "languages": language_links_of(story, edition),
        "LANGUAGE_CODE": edition.language,
        "description": story.summary,
        **PLAIN,
    }


def blocks() -> list[Block]:
    """One block of every class that has a template and that editors can insert into a stream."""
    found: dict[type[Block], Block] = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, StreamField):
                for block in field.stream_block.child_blocks.values():
                    if getattr(block.meta, "template", None):
                        found.setdefault(type(block), block)
    return sorted(found.values(), key=lambda block: type(block).__name__)


def render_all(request: HttpRequest) -> Iterator[tuple[str, SafeString]]:
    """Yield the name and the HTML of each component, then of each block."""
    context = samples(request)
    for name in components():
        html = render_to_string(name, context, request)
        yield name, format_html("<pre><code>{}</code></pre>", html.strip()) if name in SHOWN_AS_SOURCE else html
    for block in blocks():
        value = block.get_preview_value()
        base = {"request": request, "edition": edition_of(request), "bound_block": block.bind(value)}
        preview = base | dict(block.get_preview_context(value, base) or {})
        yield type(block).__name__, preview["bound_block"].render_as_block(preview)


def catalogue(request: HttpRequest) -> HttpResponse:
    if not request.user.is_superuser:
        raise PermissionDenied
    return TemplateResponse(request, "demo/components.html", {"parts": render_all(request)})
