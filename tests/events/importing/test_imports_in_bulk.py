"""Many events stored together have the same rows as events stored one by one. An invalid event affects only itself."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.signals import post_save, pre_save
from django.test.utils import override_settings
from django.urls import reverse
from django.utils.text import slugify
from time_machine import travel
from wagtail.models import PageLogEntry, ReferenceIndex, Revision, TaskState, WorkflowState
from wagtail.search.models import IndexEntry
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.signals import task_submitted, workflow_submitted

from events.importing import apply
from events.importing.apply import import_events as store
from events.importing.values import values_from_source, write
from events.models import AddedDate, ChangedDate, EventPage, ImportedEvent, Subscription
from portal import settings as project
from portal.content.records.topics import PageTopic, Topic
from portal.editorial.mails.withheld import review_mails_withheld
from portal.editorial.roles import Role
from portal.platform.records.content_version import ContentChange
from tests.builders import make_topic, newsroom_client
from tests.events.forms import subscription_form
from tests.events.partners import NOW, basic, import_events, parsed

UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
# Nothing refers to the keys of these rows, whose order differs.
KEYS_DO_NOT_MATTER = (PageLogEntry, ReferenceIndex, IndexEntry)

EVENTS = (
    basic(LOCATION="Halle\\, 2 rue du Bois", DESCRIPTION="Une visite.", CATEGORIES="Bois,Vin,Inconnu"),
    basic("same@partner"),
    basic(
        "series@partner",
        RRULE="FREQ=WEEKLY;COUNT=6",
        RDATE="20260401T090000",
        EXDATE="20260317T090000",
        SUMMARY="Visite",
    ),
    basic("series@partner", **{"RECURRENCE-ID": "20260324T090000", "SUMMARY": "Visite du soir", "LOCATION": "Cour"}),
    basic("day@partner", **{"DTSTART;VALUE=DATE": "20260501", "DTEND;VALUE=DATE": "20260503", "SUMMARY": "Foire"}),
    basic("open@partner", DTEND=None, SUMMARY="Ça dure…", STATUS="CANCELLED", URL="https://partner.example/1"),
    basic(
        "online@partner",
        LOCATION="https://partner.example/room",
        DESCRIPTION="<p>Bonjour <b>à tous</b></p><script>alert(1)</script>",
        SUMMARY="En ligne",
    ),
    basic("away@partner", **{"DTSTART;TZID=Asia/Tokyo": "20260601T090000", "DTEND": None, "SUMMARY": "Loin"}),
)


@pytest.fixture(autouse=True)
def _frozen_time_and_the_search_of_the_newsroom(lorraine):
    with override_settings(WAGTAILSEARCH_BACKENDS=project.WAGTAILSEARCH_BACKENDS), travel(NOW, tick=False):
        yield


@pytest.fixture
def partner(lorraine, newsroom) -> Subscription:
    members = newsroom
    for name in ("Bois", "Vin"):
        make_topic(name)
    client = newsroom_client(lorraine, members[Role.SITE_ADMINISTRATOR])
    client.post(reverse("subscribed_calendars:add"), subscription_form(lorraine.calendar))
    return Subscription.objects.get()


@contextmanager
def undone() -> Iterator[None]:
    """Roll back the block's writes, including key sequences."""
    with connection.cursor() as cursor:
        sequences = []
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT quote_ident(sequencename), COALESCE(last_value, 1), last_value IS NOT NULL FROM pg_sequences"
            )
            sequences = cursor.fetchall()
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        for sequence in sequences:
            cursor.execute("SELECT setval(%s, %s, %s)", sequence)


def tables() -> dict[str, list[str]]:
    """All rows of the database, with random keys replaced, and without the random content version."""
    return {
        model._meta.label: sorted(_row(record) for record in model._base_manager.all())
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy and model is not ContentChange
    }


def _row(record: models.Model) -> str:
    fields = record._meta.local_concrete_fields
    if isinstance(record, KEYS_DO_NOT_MATTER):
        fields = [field for field in fields if not field.primary_key]
    row = {field.name: str(field.value_from_object(record)) for field in fields}
    return UUID.sub("(uuid)", json.dumps(row, sort_keys=True, ensure_ascii=False))


def store_as_wagtail_does(partner: Subscription, events) -> None:
    """Create the same drafts with Wagtail's methods for single pages."""
    slugs: set[str] = set()
    for incoming in events:
        values = values_from_source(incoming)
        base = slug = slugify(values["title"])
        for number in range(2, 9):
            slug = slug if slug not in slugs else f"{base}-{number}"
        slugs.add(slug)
        calendar = partner.calendar
        page = EventPage(live=False, locale=calendar.locale, owner=partner.author, slug=slug)
        page.uid, page.source = incoming.uid, partner.name
        write(page, values, values.keys())
        topics = Topic.objects.filter(locale=calendar.locale, name__in=incoming.categories)
        page.page_topics = [PageTopic(topic=topic) for topic in topics]
        with disable_reference_index_auto_update():
            calendar.add_child(instance=page)
            page.save_revision(user=partner.author)
        ReferenceIndex.create_or_update_for_object(page)
        ImportedEvent.objects.create(
            subscription=partner, uid=incoming.uid, event=page, imported_values=values, seen_at=NOW
        )
        state = calendar.get_workflow().start(page, None)
        state.requested_by = partner.requester
        state.save()


def test_new_events_have_the_rows_that_wagtail_writes_one_by_one(partner):
    file_ = parsed(*EVENTS)
    before = tables()
    with undone(), review_mails_withheld():
        store_as_wagtail_does(partner, file_.events)
        ImportedEvent.objects.update(content_hash="")
        expected = tables()
    assert len(expected["events.EventPage"]) == len(before["events.EventPage"]) + 7
    for together in (50, 1):
        with undone(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(apply, "STORED_TOGETHER", together)
            store(Subscription.objects.get(), file_, NOW)
            ImportedEvent.objects.update(content_hash="")
            found = tables()
        for table, rows in expected.items():
            assert found[table] == rows, (table, together)


def test_fifty_new_events_take_few_queries(partner, django_assert_max_num_queries):
    file_ = parsed(*(basic(f"{number}@partner", SUMMARY=f"Visite {number}") for number in range(50)))

    with django_assert_max_num_queries(110):
        store(partner, file_, NOW)
    assert ImportedEvent.objects.count() == 50


def test_event_that_cannot_be_stored_affects_only_itself(partner, monkeypatch):
    def values_of(incoming):
        # Another import creates one of the events in the meantime, and another event is too long for its field.
        ImportedEvent.objects.get_or_create(subscription=partner, uid="3@partner", defaults={"seen_at": NOW})
        return values_from_source(incoming) | ({"place": "x" * 201} if incoming.uid == "5@partner" else {})

    monkeypatch.setattr(apply, "values_from_source", values_of)
    report = import_events(partner, *(basic(f"{number}@partner", SUMMARY=f"Visite {number}") for number in range(8)))

    stored = ImportedEvent.objects.filter(event__isnull=False).order_by("event__path")
    assert [row.event.title for row in stored] == [f"Visite {number}" for number in (0, 1, 2, 4, 6, 7)]
    assert report.counts["created"] == 6
    assert len(report.problems) == 2


def test_import_that_runs_out_of_time_stores_its_events_and_continues(partner, monkeypatch):
    monkeypatch.setattr(apply, "STORED_TOGETHER", 2)
    events = [basic(f"{number}@partner", SUMMARY=f"Visite {number}") for number in range(5)]
    seconds = iter(range(100))
    monkeypatch.setattr(apply, "monotonic", lambda: next(seconds))
    first = store(partner, parsed(*events), NOW, seconds=3)
    after_first = ImportedEvent.objects.count()
    report = store(partner, parsed(*events), NOW)

    assert (first.counts["left"], after_first) == (2, 3)
    assert (report.counts["same"], report.counts["created"]) == (3, 2)
    assert WorkflowState.objects.filter(status="in_progress").count() == 5


def test_topic_of_another_site_is_not_used(saar, partner):
    Topic.objects.filter(name="Vin").update(site=saar.site)
    import_events(partner, EVENTS[0])

    page = ImportedEvent.objects.get().event
    assert [row.topic.name for row in page.page_topics.all()] == ["Bois"]


def test_receivers_of_rows_that_are_written_in_bulk_are_listed():
    """Receivers of these signals do not get imported events, so `insert_drafts` must do their work."""
    written = (EventPage, Revision, PageLogEntry, WorkflowState, TaskState, PageTopic, AddedDate, ChangedDate)
    found = {
        receiver.__name__
        for signal in (pre_save, post_save)
        for model in (*written, ImportedEvent, ReferenceIndex)
        for receiver in signal._live_receivers(model)[0]
    }
    assert found == {
        # Nothing to do: the language is set; drafts are not live, aliases, scheduled, translations or renamed; and
        # draft work is not audited.
        "set_locale_on_new_instance",
        "event_created",
        "page_created",
        "alias_converted",
        "alias_saved",
        "revision_saving",
        "revision_saved",
        "privacy_logged",
        "page_logged",
        "renaming_logged",
        # Done once for all of them.
        "page_saved",
        "draft_changed",
        "update_reference_index_on_save",
    }
    assert workflow_submitted.has_listeners(WorkflowState)
    assert task_submitted.has_listeners(TaskState)
