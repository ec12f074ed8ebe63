"""The topic field offers the topics of the page's own site and language, and new ones to users who may add them."""

import pytest
from django.urls import reverse

from portal.content.records.topics import Topic
from portal.editorial.roles import Role
from tests.builders import make_article, make_topic, newsroom_client

# Wagtail redirects others who lack a permission.
BY_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture
def page(lorraine):
    return make_article(lorraine.section, "Une usine", topics=[])


@pytest.fixture
def find(lorraine, newsroom, page):
    """Returns a function that types into the field as a person with a role."""

    def ask(words: str, role: Role = Role.EDITOR, **facts):
        client = newsroom_client(lorraine, newsroom[role])
        return client.get(reverse("find_topics"), {"page": page.pk, "q": words, **facts}, headers=BY_SCRIPT)

    return ask


@pytest.fixture
def create(lorraine, newsroom, page):
    def send(name: str, role: Role = Role.SITE_ADMINISTRATOR, below=page):
        client = newsroom_client(lorraine, newsroom[role])
        return client.post(reverse("find_topics"), {"page": below.pk, "q": name}, headers=BY_SCRIPT)

    return send


def titles(response) -> list[str]:
    return [topic["title"] for topic in response.json()["topics"]]


def test_prefix_matches_come_first_and_accents_are_ignored(find):
    for name in ("Économie", "Vie économique", "Macroéconomie", "Transport"):
        make_topic(name)

    assert titles(find("econo")) == ["Économie", "Vie économique", "Macroéconomie"]


def test_topics_of_another_site_or_language_are_not_offered(find, lorraine, saar):
    Topic.objects.filter(pk=make_topic("Énergie sarroise").pk).update(site=saar.site)
    make_topic("Énergie allemande", code="de")
    Topic.objects.filter(pk=make_topic("Énergie lorraine").pk).update(site=lorraine.site)
    make_topic("Énergie")

    assert titles(find("énergie")) == ["Énergie", "Énergie lorraine"]


def test_topics_of_a_page_of_another_site_are_refused(find, saar):
    other = make_article(saar.section, "Une autre")

    assert find("", page=other.pk).status_code == 403


@pytest.mark.parametrize("key", ["", "abc", "99999999", "9" * 40])
def test_page_that_does_not_exist_is_not_found(find, key):
    assert find("", page=key).status_code == 404


def test_new_page_is_offered_the_topics_of_its_section(find, lorraine):
    make_topic("Énergie")

    assert titles(find("éner", page=lorraine.section.pk)) == ["Énergie"]


@pytest.mark.parametrize(("role", "is_offered"), [(Role.SITE_ADMINISTRATOR, True), (Role.ORGANISER, False)])
def test_new_topic_is_offered_to_those_who_may_add_one(find, lorraine, role, is_offered):
    answer = find("Hydrogène", role, page=lorraine.calendars["fr"].pk)

    assert answer.json()["may_create"] is is_offered


def test_known_topic_is_not_offered_as_a_new_one(find):
    make_topic("Hydrogène")

    assert find("hydrogene", Role.SITE_ADMINISTRATOR).json()["may_create"] is False


def test_new_topic_belongs_to_the_pages_site_and_language(create, lorraine, page):
    key = create("  Hydrogène   vert ").json()["topic"]["id"]

    topic = Topic.objects.get(pk=key)
    assert (topic.name, topic.site, topic.locale) == ("Hydrogène vert", lorraine.site, page.locale)


def test_topic_that_exists_is_not_created_again(create):
    known = make_topic("Hydrogène")

    assert create("hydrogène").json()["topic"]["id"] == str(known.pk)
    assert Topic.objects.filter(name__iexact="hydrogène").count() == 1


def test_organiser_cannot_create_a_topic(create, lorraine):
    assert create("Hydrogène", Role.ORGANISER, lorraine.calendars["fr"]).status_code == 403
    assert not Topic.objects.filter(name="Hydrogène").exists()


def test_name_that_is_too_long_is_refused_with_the_reason(create):
    response = create("H" * 100)

    assert response.status_code == 422
    assert "80" in response.json()["error"]
