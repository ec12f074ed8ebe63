"""A new story has its writer's byline, and the checklist recommends a byline for a story without one."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.content.records.people import Byline
from portal.editorial.approval.checklist import recommended
from portal.editorial.roles import Role
from tests.builders import make_article, make_event, make_person, newsroom_client


@pytest.fixture
def writer(newsroom):
    user = newsroom[Role.EDITOR]
    user.first_name, user.last_name = "Claire", "Humbert"
    user.save()
    return user


@pytest.fixture
def signed(lorraine, writer):
    """Returns a function that opens the form of a new page and returns the names in its byline."""

    def names(kind: str = "articles.articlepage") -> list[str]:
        place = lorraine.calendars["fr"] if kind.startswith("events") else lorraine.section
        response = newsroom_client(lorraine, writer).get(
            reverse("wagtailadmin_pages:add", args=[*kind.split("."), place.pk])
        )
        html = BeautifulSoup(response.content, "html.parser")
        return [title.get_text(strip=True) for title in html.select("#id_bylines-FORMS [data-chooser-title]")]

    return names


@pytest.mark.parametrize("kind", ["articles.articlepage", "articles.portraitpage", "events.recappage"])
def test_new_story_is_signed_by_its_writer(lorraine, signed, kind):
    make_person("Claire Humbert", site=lorraine.site)

    assert signed(kind) == ["Claire Humbert"]


def test_namesake_of_another_site_does_not_sign(saar, signed):
    make_person("Claire Humbert", site=saar.site)

    assert signed() == []


def test_person_of_the_site_signs_before_a_namesake_of_the_network(lorraine, signed, writer):
    make_person("Claire Humbert", slug="reseau")
    own = make_person("Claire Humbert", site=lorraine.site, slug="lorraine")
    response = newsroom_client(lorraine, writer).get(
        reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    )

    assert f'name="bylines-0-person" value="{own.pk}"' in response.content.decode()


def test_neither_of_two_namesakes_signs(lorraine, signed):
    make_person("Claire Humbert", site=lorraine.site, slug="une")
    make_person("Claire Humbert", site=lorraine.site, slug="autre")

    assert signed() == []


def test_saved_story_has_the_byline(lorraine, writer, signed):
    person = make_person("Claire Humbert", site=lorraine.site)
    address = reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])
    client = newsroom_client(lorraine, writer)
    form = BeautifulSoup(client.get(address).content, "html.parser").select_one("[data-edit-form]")
    sent = {
        field["name"]: field.get("value", "") for field in form.select("input[name]") if field["type"] != "checkbox"
    }
    sent |= {"title": "Une usine", "slug": "une-usine", "body-count": "0", "credits-count": "0", "standfirst": ""}

    client.post(address, sent)

    page = lorraine.section.get_children().get(slug="une-usine").specific.get_latest_revision_as_object()
    assert [byline.person for byline in page.bylines.all()] == [person]


def test_checklist_recommends_a_byline(lorraine):
    page = make_article(lorraine.section, "Une usine")

    assert [finding.where for finding in recommended(page)] == ["bylines"]


def test_checklist_of_a_signed_story_and_of_an_event_has_no_such_line(lorraine):
    page = make_article(lorraine.section, "Une usine")
    page.bylines = [Byline(person=make_person())]

    assert recommended(page) == []
    assert not [finding for finding in recommended(make_event(lorraine.calendar)) if finding.where == "bylines"]
