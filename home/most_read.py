"""The stories that the shelf “most read” of a home page shows: chosen anew each hour, and kept until then as rows.

Figures of readers change with every view. The shelf does not: it changes when these rows do, as everything readers see.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import models, transaction
from wagtail import hooks
from wagtail.models import Page

# As many as the largest shelf shows, and those that are on shelves above it already.
MOST = 40
BLOCK = "most_read"


class MostReadStory(models.Model):
    """The place of a story among the most read of a home page; 0 is the first."""

    home = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+", db_index=False)
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["home", "page"], name="home_most_read_once")]

    def __str__(self) -> str:
        return f"{self.place}: {self.page_id}"


def update_most_read(homes: Iterator[Page], now: datetime) -> None:
    """Ask the apps that count readers, by the hook `portal_most_read`, and write what differs from the hour before.

    A hook is given the home page, the moment and how many stories are wanted; it returns keys, the most read one first.
    """
    for home in homes:
        wanted: list[int] = []
        if home.live and any(shelf["type"] == BLOCK for shelf in home.shelves.raw_data):
            for most_read in hooks.get_hooks("portal_most_read"):
                wanted += most_read(home, now, MOST)
        _write(home, {key: place for place, key in enumerate(dict.fromkeys(wanted))})


def _write(home: Page, wanted: dict[int, int]) -> None:
    rows = MostReadStory.objects.filter(home=home.pk)
    if dict(rows.values_list("page", "place")) != wanted:
        with transaction.atomic():
            rows.delete()
            MostReadStory.objects.bulk_create(
                MostReadStory(home_id=home.pk, page_id=key, place=place) for key, place in wanted.items()
            )
