"""The full list of the stories below a page, filtered by kind, topic and year, and paginated."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal.content.kinds import format_named, story_choices
from portal.content.lists.joined_choices import JoinedChoiceField, joined_values, set_choices
from portal.content.lists.pagination import list_page
from portal.content.records.listing import Placement, PlacementQuerySet, StoryCard, years_below
from portal.content.serving.editions import Edition


def chosen_words(chosen: forms.Form) -> str:
    """The labels of the chosen values: `Portrait, Énergie, 2026`."""
    words = []
    for name, value in chosen.cleaned_data.items():
        offered = dict(getattr(chosen.fields[name], "choices", ()))
        values = value if isinstance(value, list) else [value]
        present = [each for each in values if each not in ("", None)]
        words += [str(offered.get(each, date_format(each) if isinstance(each, date) else each)) for each in present]
    return ", ".join(words)


def list_cache_key(list_name: str, page: Page, chosen: forms.Form) -> str:
    return ":".join(str(part) for part in (list_name, page.pk, *chosen.cleaned_data.values()))


class StoryFilter(forms.Form):
    """The filter of a story list. A story matches a field if it has any of the field's chosen values."""

    kind = JoinedChoiceField(label=_("Kind"), required=False)
    topic = JoinedChoiceField(label=_("Topic"), required=False)
    year = JoinedChoiceField(label=_("Year"), required=False, coerce=int)

    def __init__(self, data: QueryDict, edition: Edition, years: list[int]):
        super().__init__(data)
        self.edition = edition
        set_choices(self, "kind", _("All kinds"), story_choices())
        set_choices(self, "topic", _("All topics"), ((topic.slug, topic.name) for topic in edition.topics))
        set_choices(self, "year", _("All years"), ((year, str(year)) for year in years))

    def apply(self, placements: PlacementQuerySet) -> PlacementQuerySet:
        """Return the placements that match the filter. Raises Http404 for a value that this list does not offer."""
        if not self.is_valid():
            raise Http404
        chosen = self.cleaned_data
        if chosen["kind"]:
            placements = placements.of_kind(*chosen["kind"])
        if chosen["topic"]:
            placements = placements.about(t for t in self.edition.topics if t.slug in chosen["topic"])
        if chosen["year"]:
            try:
                placements = placements.in_years(chosen["year"], self.edition.zone)
            except ValueError as error:
                raise Http404 from error
        return placements


def topic_page_url(edition: Edition, params: QueryDict) -> str:
    """The topic page's URL, if the list of the site's stories is only filtered by one topic.

    A submitted form also sends its empty fields, so it is not redirected.
    """
    topics = set(params.getlist("topic"))
    topic = edition.topic_at(topics.pop()) if len(topics) == 1 else None
    if topic is None or StoryFilter.base_fields.keys() & params.keys() != {"topic"}:
        return ""
    page = params.get("page", "")
    return edition.topic_url(topic) + (f"?page={page}" if page.isascii() and page.isdigit() else "")


def story_list(page: Page, edition: Edition, params: QueryDict, now: datetime, list_url: str) -> dict[str, Any]:
    """Return the list's template context: `filter`, `listing` (a ListPage), the Booleans `filtered` and `is_wire`."""
    placements = Placement.objects.in_lists_of(page.pk, now)
    story_filter = StoryFilter(params, edition, years_below(page.pk, now, edition.zone))
    wanted = story_filter.apply(placements).newest_first()
    listing = list_page(wanted, params, StoryCard.objects.cards_of, list_cache_key("news", page, story_filter))
    kinds = [format_named(name) for name in story_filter.cleaned_data["kind"]]
    return {
        "filter": story_filter,
        "listing": listing,
        "is_wire": bool(kinds) and all(each is not None and each.is_wire for each in kinds),
        "chosen": chosen_words(story_filter),
        "joined": joined_values(story_filter, params, list_url),
        "filtered": any(story_filter.cleaned_data.values()),
    }
