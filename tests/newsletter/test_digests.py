"""The weekly digest and the alerts are sent automatically, once, to those who chose them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import ngettext

from events.models import EventPage
from portal.newsletter import digests
from portal.newsletter.models import NewsletterPage, Rhythm, Sending
from portal.newsletter.periodic import send_alerts, send_weekly_digests
from tests.builders import change, make_article, make_draft, make_event, make_portrait, make_private, make_section
from tests.newsletter.makers import ago, edition_of, in_french, make_newsletter, make_subscriber, recipients, sent_mails

pytestmark = pytest.mark.django_db
# A Friday, at seven in Paris.
FRIDAY = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)


@pytest.fixture
def newsletter(lorraine):
    page = make_newsletter(lorraine, weekly_day=4, weekly_hour=7)
    NewsletterPage.objects.filter(pk=page.pk).update(first_published_at=ago(days=400))
    page.refresh_from_db()
    return page


@pytest.fixture
def at_seven():
    with time_machine.travel(FRIDAY + timedelta(minutes=3), tick=False):
        yield timezone.now()


def test_digest_of_the_week_goes_to_weekly_subscribers_once(lorraine, saar, newsletter, at_seven):
    weekly = make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    make_subscriber(lorraine, rhythm=Rhythm.ISSUES)
    make_subscriber(saar, rhythm=Rhythm.WEEKLY, language="fr")
    make_article(lorraine.section, "De la semaine", date=FRIDAY - timedelta(days=2))
    make_article(lorraine.section, "De la semaine d’avant", date=FRIDAY - timedelta(days=9))
    make_article(saar.sections["fr"], "D’à côté", date=FRIDAY - timedelta(days=2))
    make_private(make_article(lorraine.section, "Réservé", date=FRIDAY - timedelta(days=2)))
    make_event(lorraine.calendar, "Bientôt", FRIDAY + timedelta(days=5))

    for _ in range(3):
        send_weekly_digests(timezone.now())

    assert recipients() == [weekly.address]
    text = sent_mails()[0].body
    assert "De la semaine\n" in text
    assert "Bientôt" in text
    for absent in ("De la semaine d’avant", "D’à côté", "Réservé"):
        assert absent not in text
    assert Sending.objects.get().slot == "weekly:2026-11-27"


def test_digest_waits_for_its_hour_on_the_clock_of_the_site(lorraine, newsletter):
    make_article(lorraine.section, date=FRIDAY - timedelta(days=2))
    edition = edition_of(lorraine)

    early = digests.last_digest_time(newsletter, edition, FRIDAY - timedelta(minutes=1))
    assert early == FRIDAY - timedelta(days=7)
    assert digests.last_digest_time(newsletter, edition, FRIDAY) == FRIDAY
    in_summer = datetime(2026, 7, 31, 5, 0, tzinfo=UTC)
    assert digests.last_digest_time(newsletter, edition, in_summer) == in_summer


@pytest.mark.parametrize(("days", "sent"), [(2.5, 1), (3.5, 0)])
def test_digest_is_sent_late_after_an_outage_unless_the_next_one_is_near(lorraine, newsletter, days, sent):
    make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    with time_machine.travel(FRIDAY + timedelta(days=days), tick=False):
        make_article(lorraine.section, date=FRIDAY - timedelta(days=2))
        send_weekly_digests(timezone.now())

    assert Sending.objects.count() == sent


def test_changed_weekday_sends_no_second_digest_for_the_same_days(lorraine, newsletter, at_seven):
    make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    make_article(lorraine.section, date=FRIDAY - timedelta(days=2))
    send_weekly_digests(timezone.now())
    change(newsletter, weekly_day=6)

    with time_machine.travel(FRIDAY + timedelta(days=2, hours=1), tick=False):
        send_weekly_digests(timezone.now())

    assert Sending.objects.count() == 1


def offers_none(newsletter):
    change(newsletter, offers_weekly=False, offers_alerts=False)


def is_new(newsletter):
    NewsletterPage.objects.filter(pk=newsletter.pk).update(first_published_at=timezone.now())


@pytest.mark.parametrize("state", [offers_none, is_new, make_draft])
def test_newsletter_that_is_new_hidden_or_without_digests_sends_none(lorraine, newsletter, at_seven, state):
    announce_existing(lorraine, newsletter)
    make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    make_article(lorraine.section, date=FRIDAY - timedelta(days=1))
    state(newsletter)

    send_weekly_digests(timezone.now())
    send_alerts(timezone.now())

    assert not Sending.objects.exists()


def test_failure_of_one_newsletter_stops_no_other(lorraine, saar, newsletter, monkeypatch):
    make_newsletter(saar, "de")
    called = []

    def fail_first(page, edition, now):
        called.append(page)
        if len(called) == 1:
            raise ValueError("broken")

    monkeypatch.setattr(digests, "send_alert", fail_first)
    with pytest.raises(ExceptionGroup):
        send_alerts(timezone.now())
    assert len(called) == 2


def test_story_is_announced_once_to_those_who_want_alerts(lorraine, saar, newsletter):
    alerted = make_subscriber(lorraine, rhythm=Rhythm.ALERTS)
    make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    make_subscriber(saar, rhythm=Rhythm.ALERTS, language="fr")
    announce_existing(lorraine, newsletter)
    make_article(saar.sections["fr"], "D’à côté", date=ago(minutes=1))
    story = make_article(lorraine.section, "Tout neuf", date=ago(minutes=1))

    for _ in range(3):
        send_alerts(timezone.now())
    change(story, title="Tout neuf, corrigé")
    send_alerts(timezone.now())

    assert recipients() == [alerted.address]
    message = sent_mails()[0]
    assert "Tout neuf" in message.body
    assert "D’à côté" not in message.body


def test_alert_has_the_title_of_one_story_or_the_number_of_several(lorraine, newsletter):
    announce_existing(lorraine, newsletter)
    make_subscriber(lorraine, rhythm=Rhythm.ALERTS)
    make_article(lorraine.section, "Un seul", date=ago(minutes=1))
    send_alerts(timezone.now())
    assert sent_mails()[0].subject == "Un seul"

    for title in ("Deux", "Trois"):
        make_portrait(lorraine.section, title, date=ago(minutes=1))
    send_alerts(timezone.now())
    assert "2" in sent_mails()[1].subject


def announce_existing(ground, newsletter):
    """Announce the existing stories."""
    send_alerts(timezone.now())
    Sending.objects.all().delete()


def test_old_private_and_unpublished_stories_are_not_announced(lorraine, newsletter):
    announce_existing(lorraine, newsletter)
    make_article(lorraine.section, "Importé", date=ago(days=900))
    make_draft(make_article(lorraine.section, "Repris", date=ago(minutes=2)))
    make_private(make_article(lorraine.section, "Réservé", date=ago(minutes=2)))
    make_article(lorraine.section, "À venir", date=timezone.now() + timedelta(hours=3))

    send_alerts(timezone.now())
    assert not Sending.objects.exists()

    send_alerts(timezone.now() + timedelta(hours=4))
    assert Sending.objects.get().subject == "À venir"


@pytest.mark.parametrize("is_event", [True, False])
def test_alert_goes_to_those_who_chose_the_section(lorraine, newsletter, is_event):
    announce_existing(lorraine, newsletter)
    other = make_section(lorraine.home, "Transitions")
    here = make_subscriber(lorraine, rhythm=Rhythm.ALERTS, sections=[lorraine.section])
    make_subscriber(lorraine, rhythm=Rhythm.ALERTS, sections=[other])
    if is_event:
        make_event(lorraine.calendar)
    else:
        make_article(lorraine.section, "Soleil", date=ago(minutes=1))

    send_alerts(timezone.now())

    assert recipients() == [here.address]


# A Friday long after all publications of the test network.
QUIET_FRIDAY = FRIDAY + timedelta(days=364)


@pytest.fixture
def quiet_week():
    with time_machine.travel(QUIET_FRIDAY + timedelta(minutes=3), tick=False):
        yield


def test_week_with_events_only_has_a_digest(lorraine, saar, newsletter, quiet_week):
    weekly = make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    make_event(lorraine.calendar, "Portes ouvertes", QUIET_FRIDAY + timedelta(days=3))
    make_event(saar.calendars["fr"], "D’à côté", QUIET_FRIDAY + timedelta(days=3))

    send_weekly_digests(timezone.now())

    assert recipients() == [weekly.address]
    assert "Portes ouvertes" in sent_mails()[0].body
    assert "D’à côté" not in sent_mails()[0].body


def test_week_without_news_has_no_digest(lorraine, newsletter, quiet_week):
    far = make_event(lorraine.calendar, "Dans trois mois", QUIET_FRIDAY + timedelta(days=90))
    EventPage.objects.filter(pk=far.pk).update(first_published_at=QUIET_FRIDAY - timedelta(days=30))

    send_weekly_digests(timezone.now())

    assert not Sending.objects.exists()


def test_event_is_announced_once_with_its_date(lorraine, saar, newsletter):
    alerted = make_subscriber(lorraine, rhythm=Rhythm.ALERTS)
    make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    announce_existing(lorraine, newsletter)
    make_event(saar.calendars["fr"], "D’à côté")
    make_private(make_event(lorraine.calendar, "Réservé"))
    event = make_event(lorraine.calendar, "Portes ouvertes", place="Metz")

    for _ in range(3):
        send_alerts(timezone.now())
    change(event, title="Portes ouvertes, corrigé")
    send_alerts(timezone.now())

    assert recipients() == [alerted.address]
    message = sent_mails()[0]
    assert message.subject == "Portes ouvertes"
    assert "Metz" in message.body
    assert "D’à côté" not in message.body
    assert "Réservé" not in message.body


def test_hundred_events_at_once_make_one_alert_with_their_number(lorraine, newsletter):
    announce_existing(lorraine, newsletter)
    make_article(lorraine.section, date=ago(minutes=1))
    for _ in range(digests.MAX_ALERT_EVENTS + 2):
        make_event(lorraine.calendar)

    for _ in range(2):
        send_alerts(timezone.now())

    with in_french():
        words = ngettext("%(count)d new event", "%(count)d new events", 2) % {"count": digests.MAX_ALERT_EVENTS}
    assert Sending.objects.get().subject.endswith(words)
