"""Messages are signed, retried, given up after a documented time, logged, and never sent to an internal host."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier, WebhookVerificationError

from portal.editorial.roles import Role
from portal.platform.tasks.durable import RETRY_DELAYS
from portal.platform.tasks.periodic import run_due
from portal.webhooks.delivering import BREAK, send_again, send_sample, send_webhook
from portal.webhooks.models import LOG_AGE, WebhookDelivery, new_secret
from tests.builders import make_article, work_off
from tests.webhooks.conftest import verified

State = WebhookDelivery.State


def test_library_accepts_the_signature(webhook, lorraine, receiver):
    make_article(lorraine.section, "Signé")
    work_off()

    assert verified(webhook, receiver.received[0])["data"]["page"]["title"] == "Signé"


def test_another_secret_does_not_verify_the_message(webhook, lorraine, receiver):
    make_article(lorraine.section)
    work_off()
    received = receiver.received[0]

    with pytest.raises(WebhookVerificationError):
        Verifier(new_secret()).verify(received.body, received.headers)


def test_message_is_retried_with_the_same_id_until_it_arrives(webhook, lorraine, receiver):
    receiver.status = 503
    make_article(lorraine.section)
    work_off()
    assert len(receiver.received) == 1

    receiver.status = 200
    work_off(pauses=True)

    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.status) == (State.DELIVERED, 2, 200)


def test_pauses_between_attempts_grow(webhook, lorraine, receiver):
    receiver.status = 500
    make_article(lorraine.section)
    work_off()

    work_off()

    assert len(receiver.received) == 1


def test_other_messages_wait_after_a_failure(webhook, lorraine, receiver):
    receiver.status = 500
    make_article(lorraine.section, "Première")
    work_off()

    make_article(lorraine.section, "Deuxième")
    work_off()

    assert len(receiver.received) == 1
    assert [each.tries for each in WebhookDelivery.objects.order_by("created_at")] == [1, 0]


def test_message_that_waited_for_another_arrives_later(webhook, lorraine, receiver):
    receiver.status = 500
    make_article(lorraine.section, "Première")
    work_off()
    make_article(lorraine.section, "Deuxième")
    work_off()

    receiver.status = 200
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        work_off()

    assert {each.state for each in WebhookDelivery.objects.all()} == {State.DELIVERED}


def test_oldest_message_is_retried_on_schedule(webhook, receiver):
    now = timezone.now()
    facts = {"webhook": webhook, "event": "form.sent", "body": "{}", "tries": 1}
    oldest = WebhookDelivery.objects.create(created_at=now - timedelta(hours=1), tried_at=now - BREAK, **facts)
    WebhookDelivery.objects.create(created_at=now, tried_at=now, **facts)

    send_webhook.enqueue(str(oldest.pk))
    work_off()

    assert len(receiver.received) == 1


def test_failure_of_one_webhook_delays_no_other(make_webhook, webhook, lorraine, saar, receiver):
    receiver.status = 500
    make_webhook(saar)
    make_article(lorraine.section)
    work_off()

    make_article(saar.section)
    work_off()

    assert len(receiver.received) == 2


def test_webhook_is_paused_after_the_last_attempt_and_its_administrators_are_warned(
    webhook, lorraine, receiver, newsroom
):
    receiver.status = 500
    make_article(lorraine.section)
    for _ in range(len(RETRY_DELAYS) + 3):
        work_off(pauses=True)

    webhook.refresh_from_db()
    assert len(receiver.received) == len(RETRY_DELAYS) + 1
    assert not webhook.is_active
    assert "500" in webhook.problem
    assert [each.to for each in mail.outbox] == [[newsroom[Role.SITE_ADMINISTRATOR].email]]


def test_receiver_that_is_gone_pauses_the_webhook_at_once(webhook, lorraine, receiver):
    receiver.status = 410
    make_article(lorraine.section)
    work_off()

    webhook.refresh_from_db()
    assert not webhook.is_active


def test_paused_webhook_gets_nothing(make_webhook, lorraine, receiver):
    make_webhook(lorraine, is_active=False)

    make_article(lorraine.section)

    assert receiver.messages() == []


def test_message_that_waits_when_the_webhook_is_paused_is_not_sent(webhook, lorraine, receiver):
    receiver.status = 500
    make_article(lorraine.section)
    work_off()
    type(webhook).objects.update(is_active=False)

    work_off(pauses=True)

    assert len(receiver.received) == 1
    assert WebhookDelivery.objects.get().state == State.GIVEN_UP


def test_only_chosen_messages_are_sent(make_webhook, lorraine, receiver):
    make_webhook(lorraine, events=["form.sent"])

    make_article(lorraine.section)

    assert receiver.messages() == []


def test_redirect_is_not_followed(webhook, lorraine, receiver):
    receiver.status = 302
    make_article(lorraine.section)
    work_off()

    assert len(receiver.received) == 1
    assert WebhookDelivery.objects.get().state == State.WAITING


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "https://10.0.0.5/hook", "http://169.254.169.254/latest"])
def test_internal_host_gets_nothing(make_webhook, lorraine, receiver, settings, url):
    settings.WEBHOOK_HOSTS = []
    delivery = send_sample(make_webhook(lorraine, url=url))

    assert delivery.state == State.GIVEN_UP
    assert delivery.status == 0
    assert receiver.received == []


def test_secret_of_another_installation_is_named_as_the_reason(webhook, receiver):
    webhook.secret = "from another installation"
    delivery = send_sample(webhook)

    assert delivery.state == State.GIVEN_UP
    assert "secret" in delivery.reason
    assert receiver.received == []


def test_message_is_sent_again_unchanged(webhook, lorraine, receiver):
    make_article(lorraine.section)
    work_off()

    send_again(WebhookDelivery.objects.get())
    work_off()

    first, second = receiver.received
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_old_log_entries_are_deleted(webhook):
    now = timezone.now()
    old, new = (
        WebhookDelivery.objects.create(webhook=webhook, event="form.sent", body="{}", created_at=now - age)
        for age in (LOG_AGE + timedelta(hours=1), LOG_AGE - timedelta(hours=1))
    )

    run_due(now)

    assert list(WebhookDelivery.objects.all()) == [new]
    assert old.pk != new.pk


def test_secret_is_not_stored_in_plain_text(webhook):
    assert webhook.plain_secret not in webhook.secret
