"""A published issue is sent once to its subscribers only."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from time_machine import travel

from portal.newsletter.models import Delivery, IssuePage, Rhythm, Sending, Subscriber
from portal.newsletter.newsroom.issues import progress_of
from portal.newsletter.periodic import DELIVERY_RETENTION, delete_expired_data, resume_abandoned_sendings
from portal.newsletter.sending import actions
from portal.newsletter.sending.batches import CHUNK_SIZE, send_batch
from portal.newsletter.subscribers.links import unsubscribe_link
from tests.builders import change, make_article, make_draft, make_private, make_section, work_off
from tests.newsletter.makers import group, html_of, make_issue, make_subscriber, recipients, sent_mails

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def module_story(module_network):
    return make_article(module_network.lorraine.section, "Le four rallumé")


@pytest.fixture
def story(module_story, network):
    return deepcopy(module_story)


def test_issue_is_sent_to_its_subscribers_only(lorraine, saar, newsletter, story):
    wanted = [make_subscriber(lorraine).address for _ in range(3)]
    make_subscriber(saar, language="fr")
    make_subscriber(lorraine, language="de")
    make_subscriber(lorraine, rhythm=Rhythm.WEEKLY)
    make_subscriber(lorraine, rhythm=Rhythm.ALERTS)
    for state in (Subscriber.State.PENDING, Subscriber.State.LEFT, Subscriber.State.STOPPED):
        make_subscriber(lorraine, state=state)

    make_issue(newsletter, [group("Tout", [story])], "La lettre")

    assert recipients() == sorted(wanted)
    assert Sending.objects.get().state == Sending.State.DONE
    assert {message.subject for message in sent_mails()} == {"La lettre"}


def test_issue_is_sent_as_first_published_and_not_again(lorraine, newsletter, story):
    make_subscriber(lorraine)
    issue = make_issue(newsletter, [group("Tout", [story])], "Avant")
    change(issue, title="Corrigé")
    assert [message.subject for message in sent_mails()] == ["Avant"]

    change(make_draft(issue), title="Remis")
    issue.create_alias(parent=newsletter, update_slug="copie")

    assert len(sent_mails()) == 1
    assert Sending.objects.count() == 1


def test_drafts_web_issues_and_private_issues_are_not_sent(lorraine, newsletter, story):
    make_subscriber(lorraine)
    draft = IssuePage(title="Brouillon", slug="brouillon", locale=newsletter.locale, live=False)
    newsletter.add_child(instance=draft)
    draft.save_revision()
    make_issue(newsletter, [group("Tout", [story])], is_mailed=False)
    make_private(newsletter, password="nous")
    make_issue(newsletter, [group("Tout", [story])])

    assert sent_mails() == []


def test_scheduled_issue_is_sent_at_its_time(lorraine, newsletter, story):
    make_subscriber(lorraine)
    soon = timezone.now() + timedelta(hours=1)
    issue = IssuePage(title="Demain", slug="demain", locale=newsletter.locale, live=False, go_live_at=soon)
    issue.content = [group("Tout", [story])]
    newsletter.add_child(instance=issue)
    issue.save_revision().publish()
    assert sent_mails() == []

    with travel(soon + timedelta(minutes=1), tick=False):
        call_command("publish_scheduled")
        assert len(sent_mails()) == 1


def test_person_who_subscribes_after_the_publication_does_not_get_it(lorraine, newsletter, story):
    early = make_subscriber(lorraine)
    make_issue(newsletter, [group("Tout", [story])])
    make_subscriber(lorraine, confirmed_at=timezone.now())

    assert recipients() == [early.address]


def test_subscriber_gets_the_chosen_sections(lorraine, newsletter, story):
    other = make_section(lorraine.home, "Transitions")
    there = make_article(other, "Le soleil au toit")
    both = make_subscriber(lorraine)
    one = make_subscriber(lorraine, sections=[other])
    none = make_subscriber(lorraine, sections=[make_section(lorraine.home, "Talents")])

    make_issue(newsletter, [group("Un", [story], section=lorraine.section), group("Deux", [there], section=other)])

    mails = {message.to[0]: message for message in sent_mails()}
    assert set(mails) == {both.address, one.address}
    assert none.address not in mails
    for part in (mails[one.address].body, html_of(mails[one.address])):
        assert "Le soleil au toit" in part
        assert "Le four rallumé" not in part
    assert "Le four rallumé" in mails[both.address].body
    assert Sending.objects.get().skipped == 1


def test_unsubscribing_before_deliveries_exist_prevents_the_copy(lorraine, newsletter, story):
    stays, leaves = make_subscriber(lorraine), make_subscriber(lorraine)
    make_issue(newsletter, [group("Tout", [story])])
    lorraine.reader().post("/" + unsubscribe_link(leaves.pk, lorraine.site, "fr").split("/", 3)[3])

    assert recipients() == [stays.address]


def test_unsubscribing_or_erasure_drops_an_existing_delivery(lorraine, newsletter, story):
    stays, leaves, erased = (make_subscriber(lorraine) for _ in range(3))
    sending = create_sending(newsletter, story)
    create_deliveries(sending, stays, leaves, erased)
    Subscriber.objects.filter(pk=leaves.pk).update(state=Subscriber.State.LEFT)
    erased.delete()

    assert recipients() == [stays.address]
    assert {each.state for each in sending.deliveries.exclude(subscriber=stays)} == {Delivery.State.DROPPED}


def create_sending(newsletter, story):
    make_issue(newsletter, [group("Tout", [story])])
    return Sending.objects.get()


def create_deliveries(sending, *subscribers):
    for subscriber in subscribers:
        Delivery.objects.create(sending=sending, subscriber=subscriber, variant="0")
    Sending.objects.filter(pk=sending.pk).update(prepared_to=max(subscriber.pk for subscriber in subscribers))


def test_batch_that_is_called_twice_sends_nothing_twice(lorraine, newsletter, story):
    make_subscriber(lorraine)
    sending = create_sending(newsletter, story)

    send_batch.enqueue(sending.pk)
    send_batch.enqueue(sending.pk)

    assert len(sent_mails()) == 1


def test_claimed_deliveries_of_a_dead_worker_are_uncertain(lorraine, newsletter, story):
    people = [make_subscriber(lorraine) for _ in range(2 * CHUNK_SIZE)]
    sending = create_sending(newsletter, story)
    create_deliveries(sending, *people)
    claimed = Delivery.objects.filter(subscriber__in=people[:CHUNK_SIZE])
    claimed.update(state=Delivery.State.CLAIMED, lease="dead")
    long_ago = timezone.now() - timedelta(hours=1)
    Sending.objects.filter(pk=sending.pk).update(lease="dead", leased_until=long_ago, state=Sending.State.UNDER_WAY)

    resume_abandoned_sendings(timezone.now())

    assert recipients() == sorted(person.address for person in people[CHUNK_SIZE:])
    assert {delivery.state for delivery in claimed.all()} == {Delivery.State.UNCERTAIN}
    sending.refresh_from_db()
    assert sending.state == Sending.State.DONE

    assert actions.resend_uncertain(sending) == CHUNK_SIZE
    assert recipients() == sorted(person.address for person in people)


def test_sending_with_a_valid_lease_is_not_resumed(lorraine, newsletter, story):
    make_subscriber(lorraine)
    sending = create_sending(newsletter, story)
    in_a_minute = timezone.now() + timedelta(minutes=1)
    Sending.objects.filter(pk=sending.pk).update(lease="alive", leased_until=in_a_minute)

    resume_abandoned_sendings(timezone.now())

    assert sent_mails() == []


def test_sending_whose_task_was_lost_is_queued_again(lorraine, newsletter, story):
    make_subscriber(lorraine)
    create_sending(newsletter, story)
    DBTaskResult.objects.all().delete()
    resume_abandoned_sendings(timezone.now())
    assert sent_mails() == []

    resume_abandoned_sendings(timezone.now() + timedelta(hours=1))

    assert len(sent_mails()) == 1


def test_paused_sending_continues_and_a_stopped_one_does_not(lorraine, newsletter, story):
    person = make_subscriber(lorraine)
    sending = create_sending(newsletter, story)

    assert actions.pause(sending)
    assert sent_mails() == []
    assert not actions.pause(sending)

    assert actions.resume(sending)
    assert actions.stop(sending)
    assert not actions.resume(sending)
    assert sent_mails() == []

    Sending.objects.update(state=Sending.State.PAUSED)
    assert actions.resume(sending)
    assert recipients() == [person.address]


def test_unpublishing_an_issue_pauses_its_sending(lorraine, newsletter, story):
    make_subscriber(lorraine)
    sending = create_sending(newsletter, story)
    make_draft(sending.issue)

    assert sent_mails() == []
    sending.refresh_from_db()
    assert sending.state == Sending.State.PAUSED


def test_old_deliveries_are_counted_and_deleted(lorraine, newsletter, story):
    make_subscriber(lorraine)
    sending = create_sending(newsletter, story)
    work_off()

    delete_expired_data(timezone.now() + DELIVERY_RETENTION + timedelta(days=1))

    sending.refresh_from_db()
    assert Delivery.objects.count() == 0
    assert (progress_of(sending).sent, progress_of(sending).total) == (1, 1)
