"""Subscribers as rows of a spreadsheet."""

from collections.abc import Iterable, Iterator

from portal.newsletter.models import Subscriber

COLUMNS = ("email", "site", "language", "rhythm", "state", "asked_at", "confirmed_at", "left_at")


def rows_of(subscribers: Iterable[Subscriber]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for each in subscribers:
        moments = [moment.isoformat() if moment else "" for moment in (each.asked_at, each.confirmed_at, each.left_at)]
        yield [each.address, each.site.site_name, each.language, each.rhythm, each.state, *moments]
