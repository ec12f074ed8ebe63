"""The full list of the stories below a page: filtered by kind, topic and year, cut into pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal.core.kinds import StoryKind
from portal.core.lists.pagination import list_page
from portal.core.models import Placement, StoryCard
from portal.core.models.listing import PlacementQuerySet
from portal.core.serving.editions import Edition


def offer(form: forms.Form, name: str, everything: Any, choices: Iterable[tuple[Any, Any]]) -> None:
    """Give a filter its choices, after the one that filters nothing."""
    field = cast(forms.ChoiceField, form.fields[name])
    field.choices = [("", everything), *choices]


def name_of(list_name: str, page: Page, chosen: forms.Form) -> str:
    """A name for one list below one page with its filters."""
    return ":".join(str(part) for part in (list_name, page.pk, *chosen.cleaned_data.values()))


class StoryFilter(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, data: QueryDict, edition: Edition, years: list[int]):
        super().__init__(data)
        self.edition = edition
        offer(self, "kind", _("All kinds"), StoryKind.choices)
        offer(self, "topic", _("All topics"), ((topic.slug, topic.name) for topic in edition.topics))
        offer(self, "year", _("All years"), ((year, str(year)) for year in years))

    def applied(self, placements: PlacementQuerySet) -> PlacementQuerySet:
        """The placements that the reader asked for; Http404 for a filter that this list does not offer."""
        if not self.is_valid():
            raise Http404
        chosen = self.cleaned_data
        if chosen["kind"]:
            placements = placements.of_kind(chosen["kind"])
        if chosen["topic"]:
            placements = placements.about(t for t in self.edition.topics if t.slug == chosen["topic"])
        if chosen["year"]:
            try:
                placements = placements.in_year(chosen["year"], self.edition.zone)
            except ValueError as no_year:
                raise Http404 from no_year
        return placements


def story_list(page: Page, edition: Edition, params: QueryDict, now: datetime) -> dict[str, Any]:
    """The template context of the list: `filter`, `listing` and whether it is `filtered`."""
    placements = Placement.objects.in_lists_of(page.pk, now)
    story_filter = StoryFilter(params, edition, placements.years(edition.zone))
    wanted = story_filter.applied(placements).newest_first()
    listing = list_page(wanted, params, StoryCard.objects.placed, name_of("news", page, story_filter))
    return {"filter": story_filter, "listing": listing, "filtered": any(story_filter.cleaned_data.values())}
