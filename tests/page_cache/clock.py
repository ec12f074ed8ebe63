"""The times at which content changes without a write, read from the tables, independently of the cache's expiry."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import DateTimeField, Min
from django.utils import timezone
from time_machine import Traveller

from articles.story_context import RELATED_MAX_AGE
from events.occurrences import extend_horizon
from portal.content.records.settings import SiteSettings
from portal.content.sitemaps.pages import NEWS_AGE
from portal.editorial.schedule.scheduling import run_schedule
from portal.platform.zones import zone
from tests.page_cache.world import World

SECOND = timedelta(seconds=1)
# The time for which content may still be shown after a stored time.
WINDOWS = [timedelta(0), NEWS_AGE, timedelta(days=31), RELATED_MAX_AGE, timedelta(days=365)]


@cache
def _columns() -> list[tuple[Any, str]]:
    silent = {"sessions", "django_tasks_database", "contenttypes", "auth", "accounts"}
    return [
        (model, field.name)
        for model in apps.get_models()
        if model._meta.app_label not in silent and not model._meta.proxy
        for field in model._meta.concrete_fields
        if isinstance(field, DateTimeField) and field.model is model
    ]


def coming(now: datetime) -> Iterator[datetime]:
    for model, name in _columns():
        for window in WINDOWS:
            rows = model._default_manager.filter(**{f"{name}__gt": now - window})
            if found := rows.aggregate(least=Min(name))["least"]:
                yield found + window
    zones = [zone(code) for code in SiteSettings.objects.values_list("time_zone", flat=True)]
    for each in [UTC, *zones]:
        day = now.astimezone(each).date()
        yield datetime.combine(day + timedelta(days=1), time(), each)
        yield datetime.combine(
            day.replace(day=1) + timedelta(days=32 - day.day if day.day > 28 else 31), time(), each
        ).replace(day=1)
        yield datetime(day.year + 1, 1, 1, tzinfo=each)


def step(world: World, clock: Traveller) -> str:
    """Move the clock to just before, at or after one of the next times; the scheduler may run or not."""
    now = timezone.now()
    times = sorted({each.astimezone(UTC) for each in coming(now) if each > now})
    to = world.chance.choice(times[:6] if world.chance.random() < 0.9 else times)
    to = max(to + world.chance.choice([-SECOND, timedelta(0), timedelta(0), SECOND]), now)
    clock.move_to(to, tick=False)
    message = f"clock at {to.isoformat()}"
    if world.chance.random() < 0.3:
        run_schedule(to)
        extend_horizon(to)
        message += ", scheduler"
    return message
