"""Opening a page for a few seconds does not change it."""

import re

import pytest

from tests.journeys.newsroom import resume_session

# Pages with rows in a list of their own kind and in a stream: all are drafts of one editor.
PAGES = """
from datetime import timedelta
from uuid import uuid4
from django.contrib.auth import get_user_model
from django.utils import timezone
from events.models import Break, CalendarPage, ChangedDate, EventPage
owner = get_user_model().objects.get(username="organiser-lorraine")
calendar = next(page for page in CalendarPage.objects.all() if page.permissions_for_user(owner).can_add_subpage())
start = (timezone.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
facts = {"start": start, "end": start + timedelta(hours=2), "recurrence": "FREQ=WEEKLY;COUNT=9", "owner": owner}
speakers = [{"type": "speaker", "value": {"name": name, "role": "", "picture": None}} for name in ("Un", "Deux")]
texts = {"title": "Café des lignes", "slug": f"lignes-{uuid4().hex[:8]}", "locale": calendar.locale, "live": False}
event = EventPage(**facts, **texts, speakers=speakers)
day = start.date()
event.changed_dates = [ChangedDate(day=day + timedelta(days=7 * each), kind="cancelled") for each in (1, 2)]
event.breaks = [Break(first_day=day + timedelta(days=40 + each), last_day=day + timedelta(days=40 + each)) for each in (1, 2)]
calendar.add_child(instance=event)
event.save_revision(user=owner)
print(event.pk)
"""


@pytest.fixture
def event(run_on_server) -> str:
    return run_on_server(PAGES).split()[-1]


@pytest.mark.parametrize("kind", ["article", "event"])
def test_looking_at_a_page_in_the_first_seconds_changes_nothing(server, visit, event, draft, kind):
    person = visit()
    resume_session(person, server, "organiser-lorraine" if kind == "event" else "editor-lorraine")
    saved = []
    person.on("request", lambda request: saved.append(request.url) if is_autosave(request) else None)
    with person.expect_event("console", lambda message: message.text == "compared", timeout=30_000):
        person.add_init_script("addEventListener('w-unsaved:watch-edits', () => console.log('compared'), true)")
        person.goto(f"{server}/admin/pages/{event}/edit/" if kind == "event" else draft)
        person.locator("#id_title").click()
        person.keyboard.press("Tab")
    # Wagtail checks for changes twice a second.
    person.wait_for_function("performance.now() > 0 && new Promise(resolve => setTimeout(() => resolve(true), 1500))")

    assert saved == []


def is_autosave(request) -> bool:
    return request.method == "POST" and bool(re.search(r"/admin/pages/\d+/edit/$", request.url))
