"""Messages about pages: what readers can see is reported, and nothing else."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page

from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore
from portal.webhooks import comparing
from portal.webhooks.comparing import compare_pages, record_public_pages
from portal.webhooks.models import Webhook
from portal.webhooks.signals import subtree_changed
from tests.builders import make_article, make_draft, make_private, make_section, make_settings, republish, work_off

pytestmark = pytest.mark.usefixtures("webhook")


def test_published_page_is_reported_with_its_address(lorraine, receiver):
    article = make_article(lorraine.section, "La péniche revient")

    message = receiver.messages()[0]

    assert message["type"] == "page.published"
    assert message["data"] == {
        "site": {"id": lorraine.site.pk, "name": lorraine.site.site_name, "url": "http://lorraine.localhost/"},
        "page": {
            "id": article.pk,
            "url": f"http://lorraine.localhost{lorraine.address(article)}",
            "title": "La péniche revient",
            "kind": "article",
            "language": "fr",
        },
    }


def test_change_without_a_correction_is_not_reported(lorraine, receiver):
    article = make_article(lorraine.section)
    receiver.messages()

    article.standfirst = "Un autre chapeau."
    republish(article)

    assert receiver.types() == ["page.published"]


def test_correction_is_reported_once_with_its_text(lorraine, receiver):
    article = make_article(lorraine.section)
    receiver.messages()

    article.corrected_at, article.correction = timezone.now(), "Le pont a trois arches."
    republish(article)
    receiver.messages()
    republish(article)

    assert receiver.types() == ["page.published", "page.corrected"]
    assert receiver.messages()[1]["data"]["correction"] == "Le pont a trois arches."


def test_page_taken_down_is_reported_as_readers_knew_it(lorraine, receiver):
    article = make_article(lorraine.section, "Bientôt retiré")
    receiver.messages()

    article.title = "Un brouillon secret"
    article.save_revision()
    article.unpublish()

    message = receiver.messages()[-1]
    assert message["type"] == "page.taken_down"
    assert message["data"]["page"]["title"] == "Bientôt retiré"


def test_page_in_the_trash_is_taken_down_and_published_when_restored(lorraine, receiver, newsroom):
    section = make_section(lorraine.home, "Ateliers")
    make_article(section, "Dessous")
    receiver.messages()
    receiver.received.clear()

    trashed = put_into_trash(section, newsroom[Role.EDITOR])

    assert receiver.types() == ["page.taken_down", "page.taken_down"]
    restore(trashed, newsroom[Role.SITE_ADMINISTRATOR])
    assert receiver.types()[2:] == ["page.published", "page.published"]


def test_draft_is_not_reported(lorraine, receiver):
    article = make_draft(make_article(lorraine.section))

    article.save_revision()

    assert receiver.messages() == []


def test_private_page_is_not_reported(lorraine, receiver):
    section = make_section(lorraine.home, "Interne")
    make_private(section, "secret")
    receiver.messages()
    receiver.received.clear()

    article = make_article(section)
    receiver.messages()
    article.unpublish()

    assert receiver.messages() == []


def test_alias_of_a_private_page_is_not_reported(saar, make_webhook, receiver):
    section = make_section(saar.home, "Intern")
    original = make_article(section)
    make_private(section, "secret")
    make_webhook(saar)

    alias = original.create_alias(parent=saar.section, update_slug="autre")
    subtree_changed(type(alias), alias)

    assert receiver.messages() == []


def test_page_that_becomes_private_is_no_longer_reported(lorraine, receiver):
    article = make_article(lorraine.section)
    receiver.messages()

    make_private(article, "secret")
    receiver.messages()
    article.unpublish()

    assert receiver.types() == ["page.published"]


def test_page_under_embargo_is_not_reported(lorraine, receiver):
    make_article(lorraine.section, embargo_until=timezone.now() + timedelta(hours=2))

    assert receiver.messages() == []


def test_expired_page_is_not_reported_as_published(lorraine, receiver):
    article = make_article(lorraine.section)
    type(article).objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(minutes=1))

    assert receiver.messages() == []


@pytest.mark.parametrize("reason", ["is_closed", "is_unlisted"])
def test_site_that_is_not_open_reports_nothing(lorraine, receiver, reason):
    make_settings(lorraine, **{reason: True})

    make_article(lorraine.section)

    assert receiver.messages() == []


@pytest.mark.parametrize("reason", ["is_closed", "is_unlisted"])
def test_page_published_before_the_site_opened_is_not_reported_as_new(lorraine, receiver, reason):
    make_settings(lorraine, **{reason: True})
    article = make_article(lorraine.section)
    work_off()
    make_settings(lorraine, **{reason: False})
    work_off()

    republish(article)
    assert receiver.messages() == []

    make_article(lorraine.section)
    assert receiver.types() == ["page.published"]


def test_page_that_is_not_in_lists_is_not_reported(lorraine, receiver):
    make_article(lorraine.section, is_unlisted=True)

    assert receiver.messages() == []


def test_page_that_leaves_the_lists_is_reported_as_taken_down(lorraine, receiver):
    article = make_article(lorraine.section)
    receiver.messages()

    article.is_unlisted = True
    republish(article)

    assert receiver.types() == ["page.published", "page.taken_down"]


def test_change_while_a_comparison_waits_for_the_page_is_reported(lorraine, receiver, monkeypatch):
    article = make_article(lorraine.section, "Avant")
    change = partial(Page.objects.filter(pk=article.pk).update, title="Pendant")
    monkeypatch.setattr(comparing, "lock_pages", lambda keys: change())

    assert receiver.messages()[0]["data"]["page"]["title"] == "Pendant"


def test_pages_of_a_site_without_webhooks_are_not_compared(saar):
    work_off()
    make_article(make_section(saar.home, "Ohne"))

    assert not DBTaskResult.objects.filter(task_path=compare_pages.module_path).exclude(finished_at__lt=timezone.now())


def test_staging_copy_sends_nothing(lorraine, receiver):
    make_settings(lorraine, is_staging=True)

    make_article(lorraine.section)

    assert receiver.messages() == []


def test_pages_of_another_site_are_not_reported(saar, receiver):
    make_article(saar.section)

    assert receiver.messages() == []


def test_page_published_before_the_webhook_existed_is_not_reported_as_new(lorraine, receiver):
    article = make_article(lorraine.section)
    Webhook.objects.update(is_active=False)
    work_off()
    Webhook.objects.update(is_active=True)
    record_public_pages.enqueue(lorraine.site.pk)
    work_off()

    republish(article)

    assert receiver.messages() == []


def test_chat_gets_a_line_of_text_without_mentions(lorraine, receiver):
    Webhook.objects.update(format="chat")
    article = make_article(lorraine.section, "Bonjour @channel [tous]")

    (message,) = receiver.messages()

    assert list(message) == ["text"]
    link = f"http://lorraine.localhost{lorraine.address(article)}"
    assert f"[Bonjour @\u200bchannel \\[tous\\]]({link})" in message["text"]
