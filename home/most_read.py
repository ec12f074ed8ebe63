"""The stories of a home page's shelf “most read”, updated hourly and stored as rows.

View counts change all the time. The shelf only changes with these rows, and they change the content version.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import models, transaction
from wagtail import hooks
from wagtail.models import Page

# This is enough for the largest shelf, even without the stories on the shelves above it.
MAX_STORIES = 40
BLOCK = "most_read"


class MostReadStory(models.Model):
    """A story's rank among a home page's most read; 0 is the first."""

    home = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False)
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["home", "page"], name="home_most_read_once")]

    def __str__(self) -> str:
        return f"{self.place}: {self.page_id}"


def update_most_read(homes: Iterator[Page], now: datetime) -> None:
    """Call the hook `portal_most_read(home, now, most)`, which returns story keys in order, and write changes."""
    for home in homes:
        keys: list[int] = []
        if home.live and any(shelf["type"] == BLOCK for shelf in home.shelves.raw_data):
            for most_read in hooks.get_hooks("portal_most_read"):
                keys += most_read(home, now, MAX_STORIES)
        places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        rows = MostReadStory.objects.filter(home=home.pk)
        if dict(rows.values_list("page", "place")) != places:
            with transaction.atomic():
                rows.delete()
                MostReadStory.objects.bulk_create(
                    MostReadStory(home_id=home.pk, page_id=key, place=place) for key, place in places.items()
                )
