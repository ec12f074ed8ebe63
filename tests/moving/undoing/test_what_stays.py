"""Undoing an import deletes nothing that readers or editors need."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from events.records import DateSeats
from events.records.registrations import Registration
from portal.media.models import Image
from portal.moving.models import ImportedItem, ImportSource
from portal.moving.undoing import undo
from tests.builders import SampleSite, make_article
from tests.moving.conftest import page_of
from tests.moving.exports import OLD, attachment, item

pytestmark = pytest.mark.usefixtures("newsroom", "media")
HALL = f"{OLD}/wp-content/uploads/2024/05/hall.png"


def test_event_with_registrations_stays(bring, lorraine: SampleSite):
    facts = {"_EventStartDate": "2031-05-17 09:30:00"}
    bring(*(item(title, "Texte", "tribe_events", wp_id=n, meta=facts) for n, title in ((1, "Bal"), (2, "Foire"))))
    event = page_of(1)
    registration = Registration.objects.create(
        site=lorraine.site,
        event=event,
        date=DateSeats.objects.create(site=lorraine.site, event_key=event.event_key, date_key="single"),
        language="fr",
        state=Registration.State.CONFIRMED,
        delete_at=timezone.now() + timedelta(days=30),
    )

    _counts, stay = undo(ImportSource.objects.get())

    assert "Bal" in stay
    registration.refresh_from_db()
    assert registration.event_id == event.pk
    assert not Page.objects.filter(title="Foire").exists()


def test_picture_shown_by_a_draft_stays(bring, lorraine: SampleSite):
    bring(attachment("Hall", HALL, wp_id=9), item("Un", f'<img class="wp-image-9" src="{HALL}">', wp_id=1))
    image = Image.objects.get(pk=ImportedItem.objects.exclude(image=None).get().image_id)
    ours = make_article(lorraine.section, "Le nôtre")
    ours.lead_image = image
    ours.save_revision()

    undo(ImportSource.objects.get())

    assert Image.objects.filter(pk=image.pk).exists()
