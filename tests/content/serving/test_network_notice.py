"""The notice on all sites: set by network administrators, above every page until it ends."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.test.utils.form_data import nested_form_data, streamfield

from portal.content.records.network_notice import NetworkNotice
from portal.editorial.roles import Role
from portal.platform.caching.expiry import next_expiry
from portal.platform.operation.changes import content_version
from tests.builders import make_article, make_member, make_settings, newsroom_client
from tests.checkers.refusals import is_refused
from tests.content.pages.test_site_settings import words as words_of_site

LABEL = "Notice of the network"


@pytest.fixture
def end():
    return timezone.now() + timedelta(hours=1)


def words(code: str, text: str, link: str = "") -> dict:
    return {"type": "edition", "value": {"language": code, "text": text, "link": link}}


@pytest.fixture
def notice(end):
    return NetworkNotice.objects.create(
        words=[words("fr", "Panne de courant", "https://example.org/panne"), words("de", "Stromausfall")], ends_at=end
    )


def shown(ground, path: str = "/fr/") -> list[str]:
    html = BeautifulSoup(ground.reader().get(path).content, "html.parser")
    return [each.get_text(strip=True) for each in html.select("section.notice")]


def test_every_site_shows_it_in_its_languages(lorraine, saar, notice):
    for ground in (lorraine, saar):
        assert shown(ground, "/fr/") == ["Panne de courant"]
        assert shown(ground, "/de/") == ["Stromausfall"]


def test_every_kind_of_page_shows_it(lorraine, notice):
    story = make_article(lorraine.section, "Une usine")

    for path in (lorraine.address(story), lorraine.address(lorraine.calendar), "/fr/rien/", "/fr/recherche/"):
        assert shown(lorraine, path) == ["Panne de courant"]


def test_it_is_above_the_notice_of_the_site(lorraine, saar, notice):
    make_settings(lorraine, wording=[words_of_site("fr", notice="Nous déménageons")])

    assert shown(lorraine) == ["Panne de courant", "Nous déménageons"]
    assert shown(saar, "/fr/") == ["Panne de courant"]


def test_language_without_words_of_its_own_gets_the_first_ones(lorraine, end):
    NetworkNotice.objects.create(words=[words("fr", "Panne de courant")], ends_at=end)

    html = BeautifulSoup(lorraine.reader().get("/de/").content, "html.parser")

    assert html.select_one("section.notice [lang=fr]").get_text(strip=True) == "Panne de courant"


def test_words_are_escaped(lorraine, end):
    NetworkNotice.objects.create(words=[words("fr", "<script>alert(1)</script>")], ends_at=end)

    assert "<script>alert(1)" not in lorraine.reader().get("/fr/").content.decode()


def test_nobody_gets_it_after_its_end(lorraine, notice, end):
    assert shown(lorraine) == ["Panne de courant"]

    with travel(end, tick=False):
        assert shown(lorraine) == []


def test_cached_responses_expire_at_its_end(lorraine, end):
    soon = timezone.now() + timedelta(seconds=2)
    NetworkNotice.objects.create(words=[words("fr", "Bientôt fini")], ends_at=soon)

    assert next_expiry(content_version(), timezone.now()) == soon


def test_pages_without_it_are_not_served_after_it_is_set(lorraine, end):
    assert shown(lorraine) == []

    NetworkNotice.objects.create(words=[words("fr", "Panne de courant")], ends_at=end)

    assert shown(lorraine) == ["Panne de courant"]


def send(client, **facts):
    address = client.get(reverse("wagtailsettings:edit", args=["core", "networknotice"])).get("Location")
    return client.post(address, nested_form_data({"words": streamfield([]), "ends_at": "", **facts}))


@pytest.fixture
def root(lorraine):
    return newsroom_client(lorraine, make_member("root", is_superuser=True))


def test_network_administrator_sets_and_removes_it(lorraine, saar, root):
    value = {"language": "fr", "text": "Panne de courant", "link": ""}
    until = timezone.localtime() + timedelta(days=1)

    send(root, words=streamfield([("edition", value)]), ends_at=f"{until:%Y-%m-%d %H:%M}")
    assert shown(lorraine) == shown(saar, "/fr/") == ["Panne de courant"]

    send(root)
    assert shown(lorraine) == []


def test_notice_needs_an_end(lorraine, root):
    value = {"language": "fr", "text": "Panne de courant", "link": ""}

    response = send(root, words=streamfield([("edition", value)]))

    assert "Enter the day and the time at which the notice ends." in response.content.decode()
    assert shown(lorraine) == []


def test_end_in_the_past_is_refused_with_the_words_that_were_typed(lorraine, root):
    value = {"language": "fr", "text": "Panne de courant", "link": ""}
    past = timezone.localtime() - timedelta(hours=1)

    html = send(root, words=streamfield([("edition", value)]), ends_at=f"{past:%Y-%m-%d %H:%M}").content.decode()

    assert "This end is in the past" in html
    assert "Panne de courant" in html
    assert not NetworkNotice.objects.exclude(ends_at=None).exists()


def test_words_of_an_ended_notice_can_be_removed(lorraine, root):
    NetworkNotice.objects.create(words=[words("fr", "Panne")], ends_at=timezone.now() - timedelta(days=1))

    send(root, ends_at=f"{timezone.localtime() - timedelta(days=1):%Y-%m-%d %H:%M}")

    assert not NetworkNotice.objects.get().words


def test_link_is_a_web_address(lorraine, root):
    value = {"language": "fr", "text": "Panne", "link": "javascript:alert(1)"}
    until = timezone.localtime() + timedelta(days=1)

    send(root, words=streamfield([("edition", value)]), ends_at=f"{until:%Y-%m-%d %H:%M}")

    assert shown(lorraine) == []


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR])
def test_no_role_of_a_site_sets_it(lorraine, newsroom, notice, role):
    client = newsroom_client(lorraine, newsroom[role])
    address = reverse("wagtailsettings:edit", args=["core", "networknotice", notice.pk])

    assert is_refused(client.get(address))
    assert is_refused(client.post(address, nested_form_data({"words": streamfield([]), "ends_at": ""})))
    assert shown(lorraine) == ["Panne de courant"]
