"""Gives every event that is live already its one date, and its places in the lists."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone

STEP = 4
FIRST_LISTING_DEPTH = 2
BATCH = 500


def list_known_events(apps, schema_editor):
    Event = apps.get_model("events", "EventPage")
    Occurrence = apps.get_model("events", "Occurrence")
    Placement = apps.get_model("events", "OccurrencePlacement")
    Entry = apps.get_model("events", "CalendarEntry")
    Page = apps.get_model("wagtailcore", "Page")
    private = tuple(
        apps.get_model("wagtailcore", "PageViewRestriction").objects.values_list("page__path", flat=True)
    )
    now = timezone.now()
    for event in Event.objects.filter(live=True, start__isnull=False, end__isnull=False).iterator(BATCH):
        zone = ZoneInfo(event.time_zone)
        first = event.start.astimezone(zone).date()
        last = max(first, (event.end - timedelta(microseconds=1)).astimezone(zone).date())
        date = Occurrence.objects.create(
            event=event,
            key="single",
            original_start=event.start,
            start=event.start,
            end=event.end,
            first_day=first,
            last_day=last,
            is_all_day=event.is_all_day,
        )
        Entry.objects.create(event=event, modified_at=event.last_published_at or now)
        if event.path.startswith(private or ("-",)):
            continue
        paths = [event.path[:end] for end in range(FIRST_LISTING_DEPTH * STEP, len(event.path), STEP)]
        has_place = bool(event.place or event.address)
        attendance = ("mixed" if has_place else "online") if event.online_url else ("onsite" if has_place else "")
        Placement.objects.bulk_create(
            Placement(
                above_id=key,
                occurrence=date,
                event=event,
                start=event.start,
                end=event.end,
                first_day=first,
                last_day=last,
                is_long=last > first,
                over_at=event.end,
                is_over=event.end <= now,
                attendance=attendance,
                hidden_at=event.expire_at,
            )
            for key in Page.objects.filter(path__in=paths).values_list("pk", flat=True)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_store_occurrences"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(list_known_events, migrations.RunPython.noop)]
