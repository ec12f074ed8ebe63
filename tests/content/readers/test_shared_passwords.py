"""The password of a private page or folder is stored as a hash, and the newsroom never shows it."""

import pytest
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from portal.editorial.roles import Role
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_member,
    make_private,
    make_section,
    newsroom_client,
)

WORD = "sésame ouvre-toi"


@pytest.fixture
def page(lorraine):
    return make_article(make_section(lorraine.home, "Comité"), "Interne")


@pytest.fixture
def rule(page):
    return make_private(page, password=WORD)


@pytest.fixture
def approver(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.APPROVER])


def can_read(ground, page, word: str) -> bool:
    reader, rule = ground.reader(), page.view_restrictions.get()
    action = reverse("wagtailcore_authenticate_with_password", args=[rule.pk, page.pk])
    reader.post(action, {"password": word, "return_url": ground.address(page)})
    return 'type="password"' not in reader.get(ground.address(page)).content.decode()


def set_privacy(client, page, **facts) -> None:
    data = {"restriction_type": "password", "password": "", **facts}
    assert client.post(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), data).status_code == 200


def test_database_holds_no_password(rule):
    assert WORD not in PageViewRestriction.objects.get().password


def test_password_opens_the_page_and_its_hash_does_not(lorraine, page, rule):
    assert can_read(lorraine, page, WORD)
    assert not can_read(lorraine, page, "devinette")
    assert not can_read(lorraine, page, PageViewRestriction.objects.get().password)


def test_newsroom_shows_neither_the_password_nor_its_hash(approver, page, rule):
    shown = approver.get(reverse("wagtailadmin_pages:set_privacy", args=[page.pk])).json()["html"]

    assert WORD not in shown
    assert PageViewRestriction.objects.get().password not in shown
    assert "Leave it empty to keep" in shown


def test_empty_field_does_not_change_the_password(lorraine, approver, page, rule):
    set_privacy(approver, page)

    assert can_read(lorraine, page, WORD)


def test_new_password_replaces_the_old_one(lorraine, approver, page, rule):
    set_privacy(approver, page, password="autre mot")

    assert can_read(lorraine, page, "autre mot")
    assert not can_read(lorraine, page, WORD)


def test_page_without_a_password_needs_one(approver, page):
    set_privacy(approver, page)

    assert not page.view_restrictions.exists()


def test_password_is_deleted_when_accounts_are_required(approver, page, rule):
    set_privacy(approver, page, restriction_type="login")

    assert PageViewRestriction.objects.get().password == ""


def test_password_of_a_folder_is_stored_as_a_hash(lorraine, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    folder = Collection.get_first_root_node().add_child(instance=Collection(name="Comité"))
    document = make_document()
    document.collection = folder
    document.save()
    address = reverse("wagtailadmin_collections:set_privacy", args=[folder.pk])
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    client.post(address, {"restriction_type": "password", "password": WORD})
    rule = CollectionViewRestriction.objects.get()

    assert WORD not in rule.password
    assert rule.password not in client.get(address).json()["html"]
    client.post(address, {"restriction_type": "password", "password": ""})
    reader = lorraine.reader()
    action = reverse("wagtaildocs_authenticate_with_password", args=[rule.pk])
    assert reader.post(action, {"password": WORD, "return_url": document.url}).status_code == 302
    assert content_of(reader.get(document.url)).startswith(b"%PDF")
