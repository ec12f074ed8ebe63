"""An event with registered people, a decoy on another site, and the people who write and approve letters."""

import pytest

from events.models import EventLetter
from portal.editorial.roles import Role
from tests.builders import newsroom_client
from tests.events.registering import WEEKLY, book, make_bookable, sent_mails


@pytest.fixture
def event(lorraine, newsroom):
    """A series for which Anna is registered twice, Berta for the second date, and Carla is on its waiting list."""
    facts = {"capacity": 2, "has_waiting_list": True, "recurrence": WEEKLY, "contact_email": "orga@portal.example"}
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], **facts)
    for who, number in (("anna", 0), ("anna", 1), ("berta", 1), ("carla", 1)):
        book(event, who, number)
    sent_mails()
    return event


@pytest.fixture
def decoy(saar):
    foreign = make_bookable(saar.calendars["de"])
    book(foreign, "decoy", language="de")
    sent_mails()
    return EventLetter.objects.create(site=saar.site, event=foreign, subject="Der Saal", text="Oben.", state="waiting")


@pytest.fixture
def organiser(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.ORGANISER])


@pytest.fixture
def approver(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.APPROVER])
