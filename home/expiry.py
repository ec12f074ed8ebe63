"""The times at which pages with shelves change without a write: a shelf ends."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.dateparse import parse_datetime

from home.models import HomePage, StandardPage

# The key in the stored text. A shelf without an end has null, or lacks it.
HAS_END = '"ends_at"'


def expiry_of_shelves(now: datetime) -> Iterator[datetime]:
    pages = (
        model.objects.filter(live=True).annotate(text=Cast("shelves", TextField())).filter(text__contains=HAS_END)
        for model in (HomePage, StandardPage)
    )
    for text in chain(*(each.values_list("text", flat=True) for each in pages)):
        for shelf in json.loads(text):
            end = shelf["value"].get("ends_at")
            if end and (found := parse_datetime(end)):
                yield found
