"""Images and documents that only pages under embargo use are withheld from readers until it ends."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from time_machine import travel

from portal.core.tasks.periodic import run_due
from portal.editorial.guests.files import has_guest_token
from portal.editorial.roles import Role, media_collection
from portal.editorial.schedule.scheduling import run_schedule
from portal.media.embargo_access import access_grants
from portal.media.models import Document, Image
from portal.media.picture import sources
from tests.builders import (
    change,
    content_of,
    make_article,
    make_document,
    make_event,
    make_image,
    make_person,
    make_private,
    make_settings,
    newsroom_client,
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def until():
    return timezone.now() + timedelta(hours=3)


@pytest.fixture
def image(lorraine):
    return make_image("Secret", collection=media_collection(lorraine.site))


@pytest.fixture
def document(lorraine):
    document = make_document("Plan")
    Document.objects.filter(pk=document.pk).update(collection=media_collection(lorraine.site))
    return Document.objects.get(pk=document.pk)


def using(image=None, document=None) -> list[dict]:
    body = []
    if image:
        facts = {"image": image.pk, "alt": "Un atelier", "caption": "", "credit": "", "wide": False}
        body.append({"type": "figure", "value": facts})
    if document:
        body.append({"type": "paragraph", "value": f'<p><a linktype="document" id="{document.pk}">Le plan</a></p>'})
    return body


def held(ground, until, **files):
    return make_article(ground.section, "Sous embargo", body=using(**files), embargo_until=until)


def addresses(image, document) -> list[str]:
    return [sources(image, "text").src, image.get_rendition("width-100").url, document.url]


def fetch(client, path):
    response = client.get(path)
    if response.streaming:
        content_of(response)
    return response


def statuses(client, paths) -> set[int]:
    return {fetch(client, path).status_code for path in paths}


def test_anonymous_readers_get_an_uncached_404_before_the_embargo_ends(lorraine, until, image, document):
    paths = addresses(image, document)
    held(lorraine, until, image=image, document=document)

    for path in paths:
        response = fetch(lorraine.reader(), path)
        assert response.status_code == 404
        assert response["Cache-Control"] == "no-store"


def test_lead_image_and_social_card_wait_as_well(lorraine, until, image):
    make_event(lorraine.calendar, "Inauguration", lead_image=image, embargo_until=until)

    for place in ("lead", "social", "card"):
        assert fetch(lorraine.reader(), sources(image, place).src).status_code == 404


def test_everybody_gets_them_when_the_embargo_ends(lorraine, until, image, document):
    paths = addresses(image, document)
    held(lorraine, until, image=image, document=document)

    with travel(until, tick=False):
        assert statuses(lorraine.reader(), paths) == {200}
        assert "immutable" in fetch(lorraine.reader(), paths[0])["Cache-Control"]
        run_schedule(timezone.now())
        assert statuses(lorraine.reader(), paths) == {200}
        assert not Image.objects.get(pk=image.pk).is_embargoed(timezone.now())


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.SITE_ADMINISTRATOR])
def test_newsroom_of_the_site_sees_them_uncached(lorraine, newsroom, until, image, document, role):
    paths = addresses(image, document)
    held(lorraine, until, image=image, document=document)
    client = newsroom_client(lorraine, newsroom[role])

    for path in paths:
        response = fetch(client, path)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert "public" not in response["Cache-Control"]


def test_newsroom_of_another_site_does_not(saar, lorraine, newsrooms, until, image, document):
    paths = addresses(image, document)
    held(lorraine, until, image=image, document=document)

    assert statuses(newsroom_client(lorraine, newsrooms.saar[Role.APPROVER]), paths) == {404}


def test_registered_access_check_lets_outsiders_see_them(lorraine, until, image, document, monkeypatch):
    paths = addresses(image, document)
    held(lorraine, until, image=image, document=document)
    monkeypatch.setattr("portal.media.embargo_access.access_grants", [lambda request, file: "pass" in request.GET])

    assert statuses(lorraine.reader(), [path + ("&" if "?" in path else "?") + "pass" for path in paths]) == {200}
    assert statuses(lorraine.reader(), paths) == {404}
    # The portal itself registers the token of guests only.
    assert access_grants == [has_guest_token]


def test_draft_under_embargo_is_enough(lorraine, until, image, document):
    page = make_article(lorraine.section, "Brouillon")
    page.body, page.embargo_until = using(image, document), until
    page.save_revision()

    assert statuses(lorraine.reader(), addresses(image, document)) == {404}


def test_draft_without_embargo_withholds_nothing(lorraine, image, document):
    page = make_article(lorraine.section, "Brouillon")
    page.body = using(image, document)
    page.save_revision()

    assert statuses(lorraine.reader(), addresses(image, document)) == {200}


def test_file_that_a_public_page_uses_stays_public(lorraine, saar, until, image, document):
    make_article(saar.section, "Offen", body=using(image, document))
    held(lorraine, until, image=image, document=document)

    assert statuses(lorraine.reader(), addresses(image, document)) == {200}


def test_file_is_withheld_while_the_public_page_is_unpublished(lorraine, until, image, document):
    paths = addresses(image, document)
    public = make_article(lorraine.section, "Offen", body=using(image, document))
    held(lorraine, until, image=image, document=document)

    public.unpublish()
    assert statuses(lorraine.reader(), paths) == {404}
    change(public)
    assert statuses(lorraine.reader(), paths) == {200}
    change(public, body=[])
    assert statuses(lorraine.reader(), paths) == {404}


def test_private_page_makes_nothing_public(lorraine, until, image, document):
    private = make_article(lorraine.section, "Interne", body=using(image, document))
    restriction = make_private(private)
    held(lorraine, until, image=image, document=document)

    assert statuses(lorraine.reader(), addresses(image, document)) == {404}
    restriction.delete()
    assert statuses(lorraine.reader(), addresses(image, document)) == {200}


def test_expired_page_makes_nothing_public_even_before_a_scheduler_takes_it_down(lorraine, until, image):
    make_article(lorraine.section, "Bref", body=using(image), expire_at=until - timedelta(hours=1))
    held(lorraine, until, image=image)
    path = sources(image, "text").src
    assert fetch(lorraine.reader(), path).status_code == 200

    with travel(until - timedelta(minutes=50), tick=False):
        run_due(timezone.now())
        assert fetch(lorraine.reader(), path).status_code == 404


def test_logo_and_face_are_public(lorraine, until, image):
    other = make_image("Visage")
    make_settings(lorraine, logo=image)
    make_person(picture=other)
    held(lorraine, until, image=image)
    held(lorraine, until, image=other)

    assert statuses(lorraine.reader(), [sources(image, "logo").src, sources(other, "face").src]) == {200}


def test_two_embargoes_hold_until_the_first_of_the_pages_is_out(lorraine, until, image):
    path = sources(image, "text").src
    held(lorraine, until, image=image)
    held(lorraine, until + timedelta(hours=1), image=image)

    with travel(until + timedelta(minutes=1), tick=False):
        assert fetch(lorraine.reader(), path).status_code == 404
        run_schedule(timezone.now())
        assert fetch(lorraine.reader(), path).status_code == 200


def test_moved_embargo_moves_the_files(lorraine, until, image):
    page = held(lorraine, until, image=image)
    page = page.get_latest_revision().as_object()
    page.embargo_until = until + timedelta(days=1)
    page.save_revision().publish()

    with travel(until + timedelta(hours=1), tick=False):
        assert fetch(lorraine.reader(), sources(image, "text").src).status_code == 404


def test_lifted_embargo_and_deleted_page_release_the_files(lorraine, until, image, document):
    draft, other = make_article(lorraine.section), held(lorraine, until, document=document)
    draft.body, draft.embargo_until = using(image), until
    draft.save_revision()
    paths = addresses(image, document)
    assert statuses(lorraine.reader(), paths) == {404}

    draft.embargo_until = None
    draft.save_revision()
    other.delete()

    assert statuses(lorraine.reader(), paths) == {200}


def test_draft_without_embargo_does_not_release_files_of_the_scheduled_version(lorraine, until, image):
    page = held(lorraine, until, image=image).get_latest_revision().as_object()
    page.embargo_until = None
    page.save_revision()

    assert fetch(lorraine.reader(), sources(image, "text").src).status_code == 404


def test_public_files_exclude_embargoed_ones(lorraine, until, image, document):
    now = timezone.now()
    held(lorraine, until, image=image, document=document)
    decoy = make_image("Ouvert")

    assert set(Image.objects.public(now)) & {image, decoy} == {decoy}
    assert document not in Document.objects.public(now)
    assert {image, decoy} <= set(Image.objects.public(until))


def test_public_picture_needs_no_session_and_one_more_query(lorraine, until, image, django_assert_max_num_queries):
    held(lorraine, until, image=make_image("Autre"))
    path = sources(image, "text").src
    fetch(lorraine.reader(), path)

    client = lorraine.reader()
    with django_assert_max_num_queries(4):
        response = fetch(client, path)
    assert "Cookie" not in response.get("Vary", "")
    assert django_settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize("path", ["/documents/999999999999999999999999/x.pdf", "/documents/1/%00", "/media/images/%00"])
def test_invalid_file_address_is_not_found(lorraine, path):
    assert fetch(lorraine.reader(), path).status_code == 404


def test_saving_a_page_without_embargo_costs_one_query(lorraine, until, django_assert_max_num_queries):
    page = make_article(lorraine.section, "Ordinaire")
    revision = page.save_revision()

    with django_assert_max_num_queries(3):
        revision.save(update_fields=["object_str"])
