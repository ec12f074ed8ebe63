"""Only one process imports a partner's calendar at a time: others skip it, wait, or get an error."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from events.importing import apply, bounded, subscriptions
from events.importing.drafts import NewDrafts
from events.importing.fetch import Fetched
from events.models import ImportedEvent, Subscription
from events.newsroom.viewsets import SubscriptionViewSet
from portal.editorial.roles import Role
from tests.builders import newsroom_client, work_off
from tests.events.forms import subscription_form
from tests.events.partners import LATE, basic, complete, file, uploaded

EDIT = "subscribed_calendars:edit"


class Source:
    """A partner's server. `meanwhile` runs during the first request, `while_storing` when drafts are first stored."""

    def __init__(self):
        self.requests: list[tuple[str, str]] = []
        self.events = [complete(**LATE)]
        self.meanwhile = self.while_storing = lambda: None
        self.stored = 0

    def fetch(self, url: str, etag: str = "", _last_modified: str = "") -> Fetched:
        self.requests.append((url, etag))
        if len(self.requests) == 1:
            self.meanwhile()
        return Fetched(file(*self.events), '"1"')

    def store(self, create: Callable[..., int]) -> Callable[..., int]:
        def stored(*args) -> int:
            self.stored += 1
            if self.stored == 1:
                self.while_storing()
            return create(*args)

        return stored


@pytest.fixture
def source(monkeypatch):
    source = Source()
    monkeypatch.setattr(subscriptions, "fetch_in_time", source.fetch)
    monkeypatch.setattr(NewDrafts, "create", source.store(NewDrafts.create))
    return source


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


@pytest.fixture
def partner(lorraine, newsroom) -> Subscription:
    person = newsroom[Role.SITE_ADMINISTRATOR]
    return Subscription.objects.create(
        calendar=lorraine.calendar, name="Halle", url="https://partner.example/a.ics", owner=person, changed_by=person
    )


def due(partner: Subscription) -> None:
    subscriptions.refresh_if_due.call(partner.pk)


def test_second_import_skips_the_calendar(partner, source):
    source.meanwhile = lambda: due(partner)
    due(partner)

    assert len(source.requests) == 1


def test_two_imports_request_each_review_once(partner, source, monkeypatch):
    """The second import begins when the drafts of the first are stored, before their reviews are requested."""
    update_seen = apply._Import.update_seen

    def come_between(work) -> None:
        monkeypatch.setattr(apply._Import, "update_seen", update_seen)
        due(partner)
        update_seen(work)

    monkeypatch.setattr(apply._Import, "update_seen", come_between)
    due(partner)
    work_off()

    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) > 0


def test_second_import_does_not_overwrite_the_report(partner, source):
    source.while_storing = lambda: due(partner)
    due(partner)

    partner.refresh_from_db()
    assert partner.report.count("\n") == 0
    assert ImportedEvent.objects.count() == 1


def test_calendar_of_another_site_is_imported_meanwhile(partner, saar, source):
    other = Subscription.objects.create(calendar=saar.calendar, name="Halle", url="https://partner.example/b.ics")
    source.meanwhile = lambda: due(other)
    due(partner)

    assert sorted(url for url, _etag in source.requests) == [partner.url, other.url]
    assert ImportedEvent.objects.filter(subscription=other).exists()


def test_claim_is_released_after_each_import(partner, source):
    due(partner)
    with travel(timezone.now() + subscriptions.REFRESH_INTERVAL, tick=False):
        due(partner)

    assert [etag for _url, etag in source.requests] == ["", '"1"']


def test_claim_is_released_after_a_failed_import(partner, source, monkeypatch):
    def fail() -> None:
        raise AttributeError("no such thing")

    source.meanwhile = fail
    due(partner)
    due(partner)
    subscriptions.refresh_at_request.call(partner.pk)

    assert len(source.requests) == 2


def test_claim_of_a_killed_process_expires(partner, source):
    Subscription.objects.filter(pk=partner.pk).update(reading_until=timezone.now() + subscriptions.CLAIM)
    due(partner)
    assert source.requests == []

    with travel(timezone.now() + subscriptions.CLAIM, tick=True):
        due(partner)
    assert len(source.requests) == 1


def test_import_with_an_expired_claim_overwrites_nothing(partner, source):
    def next_reader() -> None:
        with travel(timezone.now() + 2 * subscriptions.CLAIM, tick=True):
            source.events = [complete(**LATE), complete("b@partner", **LATE)]
            due(partner)
        Subscription.objects.filter(pk=partner.pk).update(report="of the next one")

    source.meanwhile = next_reader
    due(partner)

    partner.refresh_from_db()
    assert partner.report == "of the next one"


def test_saving_the_form_during_an_import_starts_another(lorraine, client, partner, source):
    address = reverse(EDIT, args=[partner.pk])
    source.meanwhile = lambda: client.post(
        address, subscription_form(lorraine.calendar, url="https://partner.example/new.ics")
    )
    due(partner)
    work_off()

    # The request has no ETag or date of the former source.
    assert source.requests == [(partner.url, ""), ("https://partner.example/new.ics", "")]


def test_request_during_an_import_is_done_afterwards(partner, source):
    Subscription.objects.update(etag='"0"')
    source.meanwhile = lambda: subscriptions.refresh_at_request.call(partner.pk)
    due(partner)
    work_off(pauses=True)

    # The second time it requests the whole file, because the form may have changed how it is read.
    assert [etag for _url, etag in source.requests] == ['"0"', ""]


def test_saving_the_form_during_an_import_keeps_the_claim(lorraine, client, partner, source):
    loaded = Subscription.objects.get()

    def save_what_was_loaded_before() -> None:
        filled_in = form_of(lorraine, loaded)
        assert filled_in.is_valid()
        filled_in.save()
        due(partner)

    source.meanwhile = save_what_was_loaded_before
    due(partner)

    assert len(source.requests) == 1
    assert Subscription.objects.get().name == "Office du bois"


def form_of(lorraine, subscription: Subscription):
    """The filled-in form for a previously loaded row."""
    edit_handler = SubscriptionViewSet.edit_handler.bind_to_model(Subscription)
    return edit_handler.get_form_class()(
        subscription_form(lorraine.calendar), instance=subscription, for_user=subscription.owner
    )


def test_upload_during_an_import_is_refused_with_a_message(lorraine, client, partner):
    Subscription.objects.filter(pk=partner.pk).update(
        url="", report="as it was", reading_until=timezone.now() + subscriptions.CLAIM
    )
    content = uploaded(file(basic(**LATE)))

    shown = client.post(
        reverse(EDIT, args=[partner.pk]), subscription_form(lorraine.calendar, url="", file=content), follow=True
    )

    assert "please upload the file again in a minute" in shown.content.decode()
    assert not ImportedEvent.objects.exists()
    assert Subscription.objects.get().report == "as it was"


def test_command_skips_a_calendar_that_is_being_imported(lorraine, partner, tmp_path):
    path = tmp_path / "agenda.ics"
    path.write_bytes(file(basic(**LATE)))
    Subscription.objects.filter(pk=partner.pk).update(url="", reading_until=timezone.now() + subscriptions.CLAIM)

    with pytest.raises(CommandError, match="reading this source"):
        call_command("import_ical", str(path), calendar=lorraine.calendar.pk, name=partner.name)


def test_upload_occupies_a_web_worker_for_half_a_minute_at_most(lorraine, client, monkeypatch):
    granted = []

    def run(function, *args, seconds, **_limits):
        granted.append(seconds)
        return function(*args)

    monkeypatch.setattr(bounded, "run_bounded", run)
    content = uploaded(file(basic(**LATE)))
    client.post(reverse("subscribed_calendars:add"), subscription_form(lorraine.calendar, url="", file=content))

    assert 0 < sum(granted) + subscriptions.UPLOAD_STORE_SECONDS <= 30
