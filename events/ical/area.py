"""The parameters of a calendar feed that limit it to a radius around a place, or extend it to the network."""

from datetime import datetime

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from wagtail.models import Page

from events.distance import Point
from events.records import OccurrencePlacement, Venue
from events.records.dates import OccurrencePlacementQuerySet
from events.records.venues import DEFAULT_KM, MAX_KM
from portal.content.serving.editions import Edition

# Latitude and longitude with up to five decimals.
COORDINATES = r"^-?[0-9]{1,2}(\.[0-9]{1,5})?,-?[0-9]{1,3}(\.[0-9]{1,5})?\Z"


class FeedArea(forms.Form):
    """Reads `near` (such as `49.1893,6.8996`), `km` and `network`. A feed without them has the page's own events."""

    near = forms.CharField(required=False, validators=[RegexValidator(COORDINATES)])
    km = forms.IntegerField(required=False, min_value=1, max_value=MAX_KM)
    network = forms.ChoiceField(required=False, choices=[("", ""), ("1", "")])

    def clean_near(self) -> Point | None:
        if not (text := self.cleaned_data["near"]):
            return None
        latitude, longitude = map(float, text.split(","))
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise forms.ValidationError("No such place.")
        return Point(latitude, longitude)

    @property
    def km_around(self) -> int:
        return self.cleaned_data["km"] or DEFAULT_KM

    @property
    def words(self) -> list[str]:
        """The radius, for the feed's name."""
        return [_("within %(km)d km") % {"km": self.km_around}] if self.cleaned_data["near"] else []

    def placements(self, page: Page, edition: Edition, now: datetime) -> OccurrencePlacementQuerySet:
        found: OccurrencePlacementQuerySet = OccurrencePlacement.objects.all()
        homes = [home.pk for home in edition.network_homes] if self.cleaned_data["network"] else []
        found = found.in_network_lists_of(page.pk, homes, now) if homes else found.in_lists_of(page.pk, now)
        if near := self.cleaned_data["near"]:
            # An event is in the feed with all its dates if one of them is near.
            around = found.at_venues(Venue.objects.near(near, self.km_around))
            found = found.filter(event_id__in=around.values("event_id"))
        return found
