"""A staging copy sends nothing after any action of its users. Other sites are not affected."""

from django.core import mail

from portal.content.mail import compose, enqueue
from portal.newsletter.models import Sending
from tests.builders import make_settings, work_off
from tests.newsletter.makers import make_issue, make_newsletter, make_subscriber


def test_mails_of_a_staging_copy_are_dropped(lorraine, saar):
    make_settings(lorraine, is_staging=True)
    for ground in (lorraine, saar):
        letter = {"title": "Bonjour", "text": "Merci"}
        enqueue(
            [compose("form_confirmation", letter, to=f"{ground.host}@reader.example", language="fr", site=ground.site)]
        )

    work_off()

    assert [each.to for each in mail.outbox] == [["saar.localhost@reader.example"]]


def test_issue_of_a_staging_copy_is_paused_at_once(lorraine):
    make_settings(lorraine, is_staging=True)
    newsletter = make_newsletter(lorraine)
    make_subscriber(lorraine)
    make_issue(newsletter)

    work_off()

    assert mail.outbox == []
    assert Sending.objects.get().state == Sending.State.PAUSED
