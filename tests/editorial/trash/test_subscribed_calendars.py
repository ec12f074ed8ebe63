"""Nothing is imported into a calendar in the trash, and its subscriptions are not shown."""

import pytest
from django.urls import reverse
from django.utils import timezone

from events.importing import subscriptions
from events.records import Subscription
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore
from tests.builders import newsroom_client


def subscribe(ground, name: str) -> Subscription:
    url = "https://partner.example/agenda.ics"
    return Subscription.objects.create(calendar=ground.calendars["fr"], name=name, url=url)


@pytest.fixture
def subscription(lorraine):
    return subscribe(lorraine, "Office du bois")


@pytest.fixture
def decoy(saar):
    return subscribe(saar, "Office sarrois")


@pytest.fixture
def read(monkeypatch) -> list[int]:
    """The keys of the subscriptions that were read."""
    keys: list[int] = []
    monkeypatch.setattr(subscriptions, "refresh", lambda each, *args, **kwargs: keys.append(each.pk))
    return keys


def test_subscription_is_due_again_when_its_calendar_is_restored(subscription, decoy):
    trashed = put_into_trash(subscription.calendar)
    before = list(subscriptions.due_subscriptions(timezone.now()))
    restore(trashed)

    assert before == [decoy]
    assert set(subscriptions.due_subscriptions(timezone.now())) == {subscription, decoy}


@pytest.mark.parametrize("task", [subscriptions.refresh_if_due, subscriptions.refresh_at_request])
def test_task_that_waited_reads_nothing_into_the_trash(subscription, decoy, read, task):
    put_into_trash(subscription.calendar)
    task.call(subscription.pk)
    task.call(decoy.pk)

    assert read == [decoy.pk]


def test_newsroom_shows_no_subscription_of_a_calendar_in_the_trash(lorraine, newsroom, subscription, decoy):
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    address = reverse("subscribed_calendars:index")
    before = client.get(address).content.decode()
    put_into_trash(subscription.calendar)
    after = client.get(address).content.decode()

    assert ("Office du bois" in before, "Office du bois" in after) == (True, False)
    assert "Office sarrois" not in before + after
