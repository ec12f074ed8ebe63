"""The venues of events."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import CollectionMember
from wagtail.search import index

from events.distance import Point, box_around, kilometres
from portal.maps.coordinates import WRONG_COORDINATES

DEGREE = Decimal("0.00001")
# If there are more venues, only the nearest ones count.
MAX_VENUES_NEAR = 500
LONGEST_NAME_IN_ADDRESS = 80
# The radius around a venue.
DEFAULT_KM, MAX_KM = 30, 200


class VenueQuerySet(models.QuerySet["Venue"]):
    def near(self, centre: Point, km: int) -> list[int]:
        """The keys of the venues at most `km` away, nearest first. Venues without coordinates are left out."""
        box = box_around(centre, km)
        longitudes = (models.Q(longitude__range=_outwards(*each)) for each in box.longitudes)
        found = self.filter(reduce(or_, longitudes), latitude__range=_outwards(*box.latitudes)).order_by()
        distances = sorted(
            (kilometres(centre, Point(float(latitude), float(longitude))), key)
            for key, latitude, longitude in found.values_list("pk", "latitude", "longitude")
        )
        return [key for distance, key in distances if distance <= km][:MAX_VENUES_NEAR]


def _outwards(low: float, high: float) -> tuple[Decimal, Decimal]:
    """A range of degrees with the precision of the columns, rounded so that it loses nothing."""
    return Decimal(low).quantize(DEGREE, ROUND_FLOOR), Decimal(high).quantize(DEGREE, ROUND_CEILING)


class Venue(CollectionMember, index.Indexed, models.Model):  # type: ignore[django-manager-missing]
    """A reusable place.

    Snippets belong to no site. So a venue belongs to a collection, like images and documents. Each site has a
    collection, and its newsroom's permissions are limited to that collection.
    """

    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-90)), MaxValueValidator(Decimal(90))],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-180)), MaxValueValidator(Decimal(180))],
    )
    accessibility = models.TextField(
        _("accessibility"), max_length=1000, blank=True, help_text=_("Step-free ways, lifts, hearing loops, toilets.")
    )
    website = models.URLField(_("website"), blank=True)
    map_image = models.ForeignKey(
        "media.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("map"),
        help_text=_("A picture of the way there: no map is fetched from elsewhere."),
    )
    map_alt = models.CharField(_("alternative text of the map"), max_length=255, blank=True)

    objects = VenueQuerySet.as_manager()

    panels = [
        FieldPanel("name"),
        FieldPanel("address"),
        FieldPanel("collection"),
        FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
        FieldPanel("accessibility"),
        FieldPanel("website"),
        MultiFieldPanel([FieldPanel("map_image"), FieldPanel("map_alt")], heading=_("Map")),
    ]
    search_fields = [
        *CollectionMember.search_fields,
        index.FilterField("name"),
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.SearchField("address"),
        index.FilterField("id"),
    ]

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name", "pk"]
        permissions = [("choose_venue", "Can choose venue")]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": WRONG_COORDINATES})

    @property
    def address_step(self) -> str:
        """The last step of the address of its pages. Names are not unique, so the key is at the end."""
        return "-".join(filter(None, (slugify(self.name)[:LONGEST_NAME_IN_ADDRESS].strip("-"), str(self.pk))))

    @property
    def has_coordinates(self) -> bool:
        return self.latitude is not None and self.longitude is not None

    @property
    def point(self) -> Point | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Point(float(self.latitude), float(self.longitude))

    @property
    def map_url(self) -> str:
        """The place on OpenStreetMap. It is only a link, because pages make no third-party requests."""
        if not self.has_coordinates:
            return ""
        return f"https://www.openstreetmap.org/?mlat={self.latitude}&mlon={self.longitude}#map=17/{self.latitude}/{self.longitude}"
