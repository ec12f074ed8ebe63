"""Many photos are added to a recap at once, from files and from the library, each with an alternative text."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from events.models import RecapPage
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.roles import Role, media_collection
from portal.media.models import Image
from tests.builders import make_draft, make_image, make_recap, newsroom_client, picture

pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def recap(lorraine, newsroom) -> RecapPage:
    return make_draft(make_recap(lorraine.calendar, "Retour", owner=newsroom[Role.ORGANISER]))


def file(name: str, width: int = 60) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(width, 40), content_type="image/png")


def draft(recap) -> RecapPage:
    return RecapPage.objects.get(pk=recap.pk).get_latest_revision_as_object()


def alts(recap) -> list[str]:
    return [block.value["alt"] for block in draft(recap).photos]


def send(ground, user, recap, **data):
    """Submit the form as a browser does, with `data` filled in."""
    client = newsroom_client(ground, user)
    path = reverse("recap_photos", args=[recap.pk])
    html = BeautifulSoup(client.get(path).content, "html.parser")
    sent = {
        field["name"]: field.get("value", "")
        for field in html.select("main form input[type=hidden], main form input[type=text]")
        if field["name"] != "csrfmiddlewaretoken"
    }
    return client.post(path, {**sent, **data}, follow=True)


def test_organiser_adds_many_photos_at_once(lorraine, newsroom, recap):
    response = send(
        lorraine, newsroom[Role.ORGANISER], recap, uploads=[file("a.png", 50), file("b.png", 60), file("c.png", 70)]
    )

    assert response.redirect_chain[-1][0] == reverse("recap_photos", args=[recap.pk])
    assert [block.value["image"].title for block in draft(recap).photos] == ["a", "b", "c"]
    images = Image.objects.filter(title__in="abc")
    assert {image.uploaded_by_user for image in images} == {newsroom[Role.ORGANISER]}
    assert {image.collection for image in images} == {media_collection(lorraine.site)}
    assert not RecapPage.objects.get(pk=recap.pk).live


def test_each_photo_gets_its_own_alternative_text(lorraine, newsroom, recap):
    organiser = newsroom[Role.ORGANISER]
    send(lorraine, organiser, recap, uploads=[file("a.png", 50), file("b.png", 60)])
    assert (
        len([finding for finding in missing_findings(draft(recap), recap.first_published_at) if finding.code == "alt"])
        == 2
    )

    words = {"photos-0-alt": "Un four", "photos-1-alt": "Une coulée", "photos-1-caption": "Minuit"}
    response = send(lorraine, organiser, recap, **words)

    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[recap.pk])
    assert alts(recap) == ["Un four", "Une coulée"]
    assert draft(recap).photos[1].value["caption"] == "Minuit"
    assert not [
        finding for finding in missing_findings(draft(recap), recap.first_published_at) if finding.code == "alt"
    ]


def test_photos_of_the_library_are_chosen_together(lorraine, saar, newsroom, recap):
    own = [
        make_image(f"Photo {number}", media_collection(lorraine.site), description=f"Vue {number}") for number in (1, 2)
    ]
    foreign = make_image("Fremd", media_collection(saar.site))

    send(lorraine, newsroom[Role.ORGANISER], recap, chosen=[image.pk for image in own])
    assert sorted(alts(recap)) == ["Vue 1", "Vue 2"]

    send(lorraine, newsroom[Role.ORGANISER], recap, chosen=[foreign.pk])
    assert len(alts(recap)) == 2


def test_invalid_file_is_named_and_the_others_are_saved(lorraine, newsroom, recap):
    broken = SimpleUploadedFile("casse.png", b"not a picture", content_type="image/png")

    response = send(lorraine, newsroom[Role.ORGANISER], recap, uploads=[file("a.png"), broken])

    assert "casse.png" in response.content.decode()
    assert [block.value["image"].title for block in draft(recap).photos] == ["a"]


def test_removed_photo_stays_in_the_library(lorraine, newsroom, recap):
    organiser = newsroom[Role.ORGANISER]
    send(lorraine, organiser, recap, uploads=[file("a.png", 50), file("b.png", 60)])

    send(lorraine, organiser, recap, **{"photos-0-remove": "on"})

    assert [block.value["image"].title for block in draft(recap).photos] == ["b"]
    assert Image.objects.filter(title="a").exists()


def test_too_many_files_are_refused_and_none_is_saved(lorraine, newsroom, recap):
    content = BytesIO(picture(10, 10)).getvalue()
    files = [SimpleUploadedFile(f"{number}.png", content, content_type="image/png") for number in range(41)]

    response = send(lorraine, newsroom[Role.ORGANISER], recap, uploads=files)

    assert "At most 40 files at a time" in response.content.decode()
    assert alts(recap) == []


def test_people_without_permission_add_no_photos(lorraine, newsrooms, newsroom, recap):
    path = reverse("recap_photos", args=[recap.pk])
    for person in (newsrooms.saar[Role.EDITOR], newsrooms.saar[Role.ORGANISER]):
        client = newsroom_client(lorraine, person)
        client.post(path, {"photos-TOTAL_FORMS": 0, "photos-INITIAL_FORMS": 0, "uploads": [file("x.png")]})
    assert alts(recap) == []
    assert not Image.objects.filter(title="x").exists()


def test_recap_in_review_is_locked_for_its_author(lorraine, newsroom, recap):
    organiser = newsroom[Role.ORGANISER]
    recap.get_workflow().start(RecapPage.objects.get(pk=recap.pk), organiser)

    client = newsroom_client(lorraine, organiser)
    client.post(
        reverse("recap_photos", args=[recap.pk]),
        {"photos-TOTAL_FORMS": 0, "photos-INITIAL_FORMS": 0, "uploads": [file("x.png")]},
    )

    assert alts(recap) == []


def test_form_of_a_recap_links_to_its_photos(lorraine, newsroom, recap):
    client = newsroom_client(lorraine, newsroom[Role.ORGANISER])

    html = client.get(reverse("wagtailadmin_pages:edit", args=[recap.pk])).content.decode()

    assert reverse("recap_photos", args=[recap.pk]) in html
