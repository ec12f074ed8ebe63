"""A registration that is held is not confirmed once readers cannot see its event any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.records.registrable import Confirmation
from tests.builders import fill_in, make_draft, make_private
from tests.events.registering import form_path, link_in, make_bookable, sent_mails, states


def expire_section(page):
    section = page.get_parent().get_parent().specific
    section.expire_at = timezone.now() - timedelta(minutes=1)
    section.save()


WAYS = [(make_draft, 410), (lambda page: make_private(page, password="sésame"), 404), (expire_section, 404)]


@pytest.mark.parametrize(("take_down", "status"), WAYS, ids=["unpublished", "private", "expired section"])
def test_held_registration_is_not_confirmed_after_its_event_was_taken_down(lorraine, take_down, status):
    event = make_bookable(lorraine.calendar, confirmation=Confirmation.BY_MAIL)
    path = form_path(lorraine, event)
    fill_in(lorraine.reader(), path, name="Anna", address="anna@portal.example", consent="on")
    link = link_in(sent_mails("anna")[0])
    take_down(event)
    assert lorraine.reader().get(path).status_code == status

    lorraine.reader().post(link, {"action": "confirm"})

    assert states() == {"anna": "held"}
    assert sent_mails("anna") == []
