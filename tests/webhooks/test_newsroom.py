"""Only site administrators create webhooks, see their messages, and send samples."""

import re

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.editorial.roles import Role
from portal.webhooks.models import Webhook, WebhookDelivery
from tests.builders import make_article, newsroom_client, work_off


@pytest.fixture
def other(make_webhook, saar):
    return make_webhook(saar, name="Empfänger der Saar")


def form(ground, receiver, **changed):
    facts = {"site": ground.site.pk, "name": "Mattermost", "url": receiver.url, "format": "chat"}
    return {**facts, "events": ["page.published"], "is_active": "on", **changed}


def test_administrator_creates_a_webhook_and_sees_its_secret_once(administrator, lorraine, receiver):
    response = administrator.post(reverse("webhooks:add"), form(lorraine, receiver), follow=True)

    secret = Webhook.objects.get().plain_secret
    assert secret in response.content.decode().replace("&#x3D;", "=")
    again = administrator.get(reverse("webhooks:log", args=[Webhook.objects.get().pk])).content.decode()
    assert not re.search(r"whsec_", again)


def test_edited_webhook_keeps_its_secret(administrator, lorraine, receiver, webhook):
    before = webhook.secret

    administrator.post(reverse("webhooks:edit", args=[webhook.pk]), form(lorraine, receiver, name="Autre nom"))

    webhook.refresh_from_db()
    assert (webhook.name, webhook.secret) == ("Autre nom", before)


def test_new_secret_replaces_the_old_one_and_is_logged(administrator, webhook):
    before = webhook.plain_secret

    administrator.post(reverse("webhooks:secret", args=[webhook.pk]))

    webhook.refresh_from_db()
    assert webhook.plain_secret != before
    assert ModelLogEntry.objects.filter(action="portal.webhook.secret").exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "https://127.0.0.1/", "https://[::1]/x", "https://localhost:8080/", "ftp://a.example/"]
)
def test_internal_address_is_refused_with_a_reason(administrator, lorraine, receiver, settings, url):
    settings.WEBHOOK_HOSTS = []

    response = administrator.post(reverse("webhooks:add"), form(lorraine, receiver, url=url))

    assert response.context["form"].errors["url"]
    assert not Webhook.objects.exists()


def test_administrator_cannot_create_a_webhook_for_another_site(administrator, saar, receiver):
    administrator.post(reverse("webhooks:add"), form(saar, receiver))

    assert not Webhook.objects.exists()


def test_list_has_only_the_webhooks_of_the_users_sites(administrator, webhook, other):
    content = administrator.get(reverse("webhooks:index")).content.decode()

    assert webhook.name in content
    assert other.name not in content


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://chat.example/hooks/jeton-secret", "https://chat.example/hooks/…"),
        ("https://chat.example/jeton-secret", "https://chat.example/…"),
        ("https://chat.example/0123456789abcdef-jeton-secret/a", "https://chat.example/…"),
        ("https://chat.example/?key=jeton-secret", "https://chat.example/…"),
        ("https://anna:jeton-secret@chat.example", "https://chat.example"),
    ],
)
def test_lists_show_only_the_beginning_of_an_address(administrator, make_webhook, lorraine, url, shown):
    webhook = make_webhook(lorraine, url=url)

    for address in (reverse("webhooks:index"), reverse("webhooks:log", args=[webhook.pk])):
        content = administrator.get(address).content.decode()
        assert shown in content
        assert "jeton-secret" not in content


def test_whole_address_is_only_in_the_form(administrator, make_webhook, lorraine):
    webhook = make_webhook(lorraine, url="https://chat.example/hooks/jeton-secret")
    form_url = reverse("webhooks:edit", args=[webhook.pk])
    values = {
        "site": lorraine.site.pk,
        "name": "Nouveau",
        "url": webhook.url,
        "format": "chat",
        "events": ["form.sent"],
    }
    administrator.post(form_url, values)

    for name in ("history", "delete", "usage"):
        assert "jeton-secret" not in administrator.get(reverse(f"webhooks:{name}", args=[webhook.pk])).content.decode()
    for name in ("wagtailadmin_reports:site_history", "audit_log"):
        assert "jeton-secret" not in administrator.get(reverse(name)).content.decode()
    assert "jeton-secret" in administrator.get(form_url).content.decode()


@pytest.mark.parametrize("name", ["edit", "delete", "history", "log"])
def test_webhook_of_another_site_cannot_be_opened(administrator, other, name):
    response = administrator.get(reverse(f"webhooks:{name}", args=[other.pk]))

    assert response.status_code in (302, 403)


@pytest.mark.parametrize("name", ["sample", "secret"])
def test_buttons_of_another_site_do_nothing(administrator, other, receiver, name):
    before = other.secret

    administrator.post(reverse(f"webhooks:{name}", args=[other.pk]))

    other.refresh_from_db()
    assert other.secret == before
    assert receiver.received == []


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_other_roles_have_no_webhooks(lorraine, newsroom, webhook, role):
    client = newsroom_client(lorraine, newsroom[role])

    for url in (reverse("webhooks:index"), reverse("webhooks:log", args=[webhook.pk])):
        assert client.get(url).status_code in (302, 403)
    assert b"office/webhooks" not in client.get(reverse("wagtailadmin_home")).content


def test_sample_says_whether_it_has_arrived(administrator, webhook, receiver):
    url = reverse("webhooks:sample", args=[webhook.pk])

    assert "has arrived" in administrator.post(url, follow=True).content.decode()
    receiver.status = 404
    assert "404" in administrator.post(url, follow=True).content.decode()


def test_log_shows_what_was_sent(administrator, webhook, lorraine):
    make_article(lorraine.section, "Dans le journal")
    work_off()

    content = administrator.get(reverse("webhooks:log", args=[webhook.pk])).content.decode()

    assert "Dans le journal" in content
    assert "Delivered" in content


def test_message_is_sent_again_by_a_button(administrator, webhook, lorraine, receiver):
    make_article(lorraine.section)
    work_off()
    delivery = WebhookDelivery.objects.get()

    administrator.post(reverse("webhooks:again", args=[webhook.pk, delivery.pk]))
    work_off()

    assert len(receiver.received) == 2


def test_message_of_another_webhook_is_not_found(administrator, webhook, other):
    delivery = WebhookDelivery.objects.create(webhook=other, event="form.sent", body="{}", state="delivered")

    response = administrator.post(reverse("webhooks:again", args=[webhook.pk, delivery.pk]))

    assert response.status_code in (302, 404)
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def test_reactivated_webhook_has_no_problem(administrator, lorraine, receiver, webhook):
    Webhook.objects.update(is_active=False, problem="500")

    administrator.post(reverse("webhooks:edit", args=[webhook.pk]), form(lorraine, receiver))

    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.problem) == (True, "")
