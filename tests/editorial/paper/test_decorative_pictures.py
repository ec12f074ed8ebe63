"""A picture has an alternative text or is marked decorative; the library's text is offered where a picture is used."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, streamfield

from events.models import EventPage, RecapPage
from portal.editorial.approval.checklist import findings
from portal.editorial.roles import Role, media_collection
from tests.builders import (
    make_article,
    make_draft,
    make_event,
    make_image,
    make_recap,
    newsroom_client,
)
from tests.editorial.forms import write

pytestmark = pytest.mark.usefixtures("media")


def alt_gaps(page) -> list[str]:
    return [finding.where for finding in findings(page, timezone.now()) if finding.code == "alt"]


def picture_block(**facts):
    return {"image": make_image().pk, "alt": "", "decorative": False, "caption": "", **facts}


@pytest.mark.parametrize("make", [make_article, make_event])
def test_decorative_lead_image_needs_no_alternative_text(lorraine, make):
    place = lorraine.calendar if make is make_event else lorraine.section
    page = make(place, lead_image=make_image(), lead_image_alt="")
    assert alt_gaps(page) == ["lead_image_alt"]

    page.lead_image_decorative = True

    assert alt_gaps(page) == []


@pytest.mark.parametrize("kind", ["figure", "gallery"])
def test_decorative_block_needs_no_alternative_text(lorraine, kind):
    def body(**facts):
        one = picture_block(**facts)
        return [{"type": kind, "value": one if kind == "figure" else {"images": [one, picture_block(alt="Vue")]}}]

    assert len(alt_gaps(make_article(lorraine.section, body=body()))) == 1
    assert alt_gaps(make_article(lorraine.section, body=body(decorative=True))) == []


def test_decorative_photo_of_a_recap_needs_no_alternative_text(lorraine):
    recap = make_recap(lorraine.calendar, "Retour")
    recap.photos = [{"type": "photo", "value": picture_block()}]
    assert len(alt_gaps(recap)) == 1

    recap.photos = [{"type": "photo", "value": picture_block(decorative=True)}]

    assert alt_gaps(recap) == []


def test_page_with_decorative_pictures_is_submitted(lorraine, newsroom):
    figure = {"image": str(make_image("Motif", media_collection(lorraine.site)).pk), "decorative": "on"}
    # The form has no alternative text, because its field is then disabled.
    figure |= {"caption": "", "credit": ""}

    page = write(
        lorraine,
        newsroom[Role.EDITOR],
        **{
            "lead_image_alt": "un ornement",
            "lead_image_decorative": "on",
            "action-submit": "1",
            **nested_form_data({"body": streamfield([("figure", figure)])}),
        },
    )

    draft = page.get_latest_revision_as_object()
    assert page.workflow_in_progress
    assert draft.lead_image_alt == ""
    assert draft.body[0].value["decorative"]


def test_reader_gets_an_empty_alternative_text(lorraine):
    body = [{"type": "figure", "value": picture_block(decorative=True)}]
    page = make_article(lorraine.section, body=body, lead_image=make_image("DSC 0042"), lead_image_decorative=True)
    page.lead_image_alt = "x"
    page.full_clean()
    page.save_revision().publish()

    html = BeautifulSoup(lorraine.reader().get(lorraine.address(page)).content, "html.parser")

    assert [image["alt"] for image in html.select("article.story figure img")] == ["", ""]


def test_recap_copies_that_the_picture_of_its_event_is_decorative(lorraine, newsroom):
    event = make_event(lorraine.calendar, "Portes ouvertes", lead_image=make_image(), lead_image_decorative=True)
    EventPage.objects.filter(pk=event.pk).update(owner=newsroom[Role.ORGANISER])
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])

    client.post(reverse("event_recap", args=[event.pk]))

    for recap in RecapPage.objects.filter(event=event):
        assert recap.lead_image_decorative


def test_gallery_of_a_recap_takes_decorative_photos(lorraine, newsroom):
    recap = make_recap(lorraine.calendar, "Retour", owner=newsroom[Role.ORGANISER])
    recap.photos = [{"type": "photo", "id": "p", "value": picture_block(alt="Un motif")}]
    make_draft(recap)
    recap.save_revision()
    client = newsroom_client(lorraine, newsroom[Role.ORGANISER])
    data = {"photos-TOTAL_FORMS": 1, "photos-INITIAL_FORMS": 1, "photos-0-block": "p"}

    client.post(reverse("recap_photos", args=[recap.pk]), {**data, "photos-0-alt": "x", "photos-0-decorative": "on"})

    value = RecapPage.objects.get(pk=recap.pk).get_latest_revision_as_object().photos[0].value
    assert (value["alt"], value["decorative"]) == ("", True)


def test_chooser_offers_the_description_of_the_library_and_never_a_title(lorraine, newsroom):
    collection = media_collection(lorraine.site)
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    def offered(image):
        response = client.get(reverse("wagtailimages_chooser:chosen", args=[image.pk])).json()
        return response["result"]["default_alt_text"]

    assert offered(make_image("DSC_0042", collection, description="Un four")) == "Un four"
    assert offered(make_image("DSC_0043", collection)) == ""
