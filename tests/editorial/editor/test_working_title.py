"""An autosave without a title saves the draft under a provisional one."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text, streamfield

from articles.models import ArticlePage
from events.models import EventPage
from portal.editorial.roles import Role
from tests.builders import newsroom_client
from tests.editorial.forms import article_form
from tests.essentials import lead_image
from tests.events.forms import event_form

PHOTO = {"caption": "", "credit": ""}


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def autosave(client, address: str, **facts):
    form = article_form(**{"title": "", "slug": "", **facts})
    return client.post(address, form, headers={"accept": "application/json"}).json()


@pytest.fixture
def new(lorraine) -> str:
    return reverse("wagtailadmin_pages:add", args=["articles", "articlepage", lorraine.section.pk])


def test_pictures_added_before_the_title_are_saved(lorraine, client, new):
    photos = [
        ("figure", {"image": lead_image(lorraine.home).pk, "alt": f"Vue {number}", **PHOTO}) for number in range(2)
    ]

    response = autosave(client, new, body=streamfield(photos))

    draft = ArticlePage.objects.get(pk=response["pk"]).get_latest_revision_as_object()
    assert [block.value["alt"] for block in draft.body] == ["Vue 0", "Vue 1"]
    assert draft.title.startswith("Article without a title, ")
    assert f"Its title is “{draft.title}” until you write one." in response["note"]


def test_later_title_replaces_the_provisional_one(client, new):
    response = autosave(client, new, standfirst="Cent postes.")

    autosave(client, response["url"], standfirst="Cent postes.", title="Le bois recrute", slug="le-bois-recrute")
    autosave(client, response["url"], standfirst="Deux cents postes.")

    draft = ArticlePage.objects.get(pk=response["pk"]).get_latest_revision_as_object()
    assert (draft.title, draft.standfirst) == ("Le bois recrute", "Deux cents postes.")


def test_new_event_is_saved_from_its_start_on(lorraine, client):
    address = reverse("wagtailadmin_pages:add", args=["events", "eventpage", lorraine.calendar.pk])
    form = event_form(title="", slug="", start="2027-03-02 09:00", end="")

    response = client.post(address, form, headers={"accept": "application/json"})

    assert response.status_code == 200
    draft = EventPage.objects.get(pk=response.json()["pk"]).get_latest_revision_as_object()
    assert draft.title.startswith("Event without a title, ")
    assert f"{draft.start:%d/%m/%Y}" == "02/03/2027"


def test_lead_picture_chosen_before_the_title_is_saved(lorraine, client, new):
    picture = lead_image(lorraine.home)

    response = autosave(client, new, lead_image=picture.pk)

    draft = ArticlePage.objects.get(pk=response["pk"]).get_latest_revision_as_object()
    assert draft.lead_image == picture


def test_event_without_any_entry_is_not_created(lorraine, client):
    address = reverse("wagtailadmin_pages:add", args=["events", "eventpage", lorraine.calendar.pk])
    shown = client.get(address).context["form"]
    asked = {name: shown[name].value() or "" for name in ("time_zone", "status", "doubled_hour")}
    form = event_form(title="", slug="", start="", end="", **asked | {"doubled_hour": "first"})

    before = EventPage.objects.count()

    response = client.post(address, form, headers={"accept": "application/json"})

    assert not response.json()["success"]
    assert EventPage.objects.count() == before


def test_empty_form_creates_no_page(client, new):
    before = ArticlePage.objects.count()

    response = autosave(client, new, body=streamfield([("paragraph", rich_text("<p></p>"))]))

    assert not response["success"]
    assert ArticlePage.objects.count() == before


def test_manual_save_requires_a_title(client, new):
    response = client.post(new, article_form(title="", slug="", standfirst="Cent postes."))

    assert "title" in response.context["form"].errors
