"""An event in two languages has the same dates, and a place in each language."""

from datetime import UTC, date, datetime

from django.urls import reverse
from wagtail_localize.models import Translation, TranslationSource

from events.models import Break, ChangedDate, EventPage, RecapPage
from portal.editorial.roles import Role
from tests.builders import change, make_event, make_recap, newsroom_client

NOW = FROZEN_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
START = datetime(2026, 3, 3, 9, tzinfo=UTC)


def translate(page, german) -> EventPage:
    """The German page after its translation was updated."""
    source, _created = TranslationSource.update_or_create_from_instance(page)
    translation, _created = Translation.objects.get_or_create(source=source, target_locale=german)
    translation.save_target(publish=False)
    translated = page.get_translation(german).get_latest_revision_as_object()
    translated.get_latest_revision().publish()
    return type(page).objects.get(pk=translated.pk)


def dates(page) -> list[tuple]:
    rows = page.occurrences.not_withdrawn().order_by("original_start")
    return [(row.key, row.start, row.status) for row in rows]


def test_translation_follows_dates_and_keeps_its_texts(lorraine):
    german = lorraine.calendars["de"].locale
    french = make_event(
        lorraine.calendar,
        "Café",
        start=START,
        recurrence="FREQ=WEEKLY;COUNT=3",
        place="Gare",
        changed_dates=[ChangedDate(day=date(2026, 3, 10), kind="cancelled", reason="Grève")],
    )
    translated = translate(french, german)
    assert dates(translated) == dates(french)

    translated = change(translated, place="Bahnhof")
    french = change(
        french,
        start=START.replace(hour=10),
        end=START.replace(hour=12),
        recurrence="FREQ=WEEKLY;COUNT=4",
        changed_dates=[
            ChangedDate(day=date(2026, 3, 10), kind="cancelled", reason="Grève"),
            ChangedDate(day=date(2026, 3, 17), new_day=date(2026, 3, 18)),
        ],
    )
    translated = translate(french, german)

    assert len(dates(french)) == 4
    assert dates(translated) == dates(french)
    assert translated.calendar_uid == french.calendar_uid


def test_place_is_in_each_language(lorraine):
    french = make_event(lorraine.calendar, "Café", start=START, place="Gare de Nancy")
    german = make_event(
        lorraine.calendars["de"], "Kaffee", start=START, place="Bahnhof", translation_key=french.translation_key
    )
    for page, place in ((french, "Gare de Nancy"), (german, "Bahnhof")):
        assert place in lorraine.reader().get(lorraine.address(page)).content.decode()


def test_recap_links_to_the_event_in_its_language(lorraine):
    french = make_event(lorraine.calendar, "Café", start=datetime(2026, 2, 3, 9, tzinfo=UTC))
    german = make_event(lorraine.calendars["de"], "Kaffee", start=french.start, translation_key=french.translation_key)
    recap = make_recap(lorraine.calendar, "Retour", event=french, event_date=date(2026, 2, 3))
    translated = translate(recap, lorraine.calendars["de"].locale)

    assert isinstance(translated, RecapPage)
    assert (translated.event_id, translated.occurrence.event_id) == (german.pk, german.pk)
    assert RecapPage.objects.get(pk=recap.pk).event_id == french.pk
    assert lorraine.address(german) in lorraine.reader().get(lorraine.address(translated)).content.decode()


def test_reason_in_the_words_of_the_original_is_named(lorraine, newsroom):
    rows = [ChangedDate(day=date(2026, 3, 10), kind="cancelled", reason="Grève")]
    breaks = [Break(first_day=date(2026, 3, 16), last_day=date(2026, 3, 18), reason="Congés")]
    weekly = {"start": START, "recurrence": "FREQ=WEEKLY;COUNT=4"}
    french = make_event(lorraine.calendar, "Café", **weekly, changed_dates=rows, breaks=breaks)
    translated = translate(french, lorraine.calendars["de"].locale)
    editor = newsroom_client(lorraine, newsroom[Role.EDITOR])

    def advice(event) -> str:
        return editor.get(reverse("wagtailadmin_pages:edit", args=[event.pk])).content.decode()

    advice_end = ", in the exceptions to the series, is not translated"
    assert f"“Grève”{advice_end}" in advice(translated)
    assert f"“Congés”{advice_end}" in advice(translated)
    assert advice_end not in advice(french)
    rows = [ChangedDate(day=date(2026, 3, 10), kind="cancelled", reason="Streik")]
    assert advice_end not in advice(change(translated, changed_dates=rows, breaks=[]))
