"""Readers get files that something public uses; other files are for their site's newsroom."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from time_machine import travel
from wagtail.models import Collection, CollectionViewRestriction

from articles.models import ArticlePage
from events.models import Venue
from portal.content.files.access import access_grants
from portal.content.files.public_use import public_use
from portal.editorial.guests.files import has_guest_token
from portal.editorial.roles import Role, media_collection
from portal.editorial.schedule.scheduling import run_schedule
from portal.media.models import Document, Image
from portal.media.picture import sources
from tests.builders import (
    change,
    content_of,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_image,
    make_person,
    make_private,
    make_section,
    make_settings,
    newsroom_client,
    unsaved,
)


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


def draft(ground, image=None, document=None, **facts) -> ArticlePage:
    page = unsaved(ArticlePage, ground.section, "Brouillon", body=using(image, document), live=False, **facts)
    ground.section.add_child(instance=page)
    page.save_revision()
    return page


def addresses(image, document=None) -> list[str]:
    return [sources(image, "text").src, *([document.url] if document else [])]


def fetch(client, path):
    response = client.get(path)
    content_of(response)
    return response


def statuses(client, paths) -> set[int]:
    return {fetch(client, path).status_code for path in paths}


def test_files_of_a_draft_are_not_found(lorraine, saar, reader, image, document):
    draft(lorraine, image, document)
    decoy = make_image("Offen", collection=media_collection(saar.site))
    make_article(saar.section, lead_image=decoy)

    for path in addresses(image, document):
        response = fetch(reader, path)
        assert response.status_code == 404
        assert response["Cache-Control"] == "no-store"
        assert "Cookie" not in response.get("Vary", "")
    assert fetch(reader, reverse("wagtail_serve", args=["missing/"])).status_code == 404
    assert statuses(reader, addresses(decoy)) == {200}


def test_files_are_public_while_their_page_is_live(lorraine, reader, image, document):
    paths = addresses(image, document)
    assert statuses(reader, paths) == {404}, "nothing uses them"
    page = make_article(lorraine.section, "Ouvert", body=using(image, document))
    assert statuses(reader, paths) == {200}
    assert fetch(reader, document.url)["Cache-Control"] == "public, no-cache"

    page.unpublish()
    assert statuses(reader, paths) == {404}
    change(page)
    assert statuses(reader, paths) == {200}
    change(page, body=[])
    page.body = using(image, document)
    page.save_revision()
    assert statuses(reader, paths) == {404}, "only a draft uses them"
    page = change(page, body=using(image, document))
    assert statuses(reader, paths) == {200}
    page.delete()
    assert statuses(reader, paths) == {404}


def test_file_that_another_public_page_uses_stays_public(lorraine, saar, reader, image, document):
    make_article(saar.section, "Offen", body=using(image, document))
    make_draft(make_article(lorraine.section, "Retiré", body=using(image, document)))

    assert statuses(reader, addresses(image, document)) == {200}


def test_picture_of_a_shared_page_is_as_private_as_the_page(lorraine, saar, image):
    page = make_article(lorraine.section, "Partagé", lead_image=image)
    page.create_alias(parent=saar.sections["fr"])
    assert statuses(saar.reader(), addresses(image)) == {200}

    make_private(lorraine.home)

    assert statuses(saar.reader(), addresses(image)) == {404}


def test_files_below_a_section_made_private_are_private_at_once(lorraine, reader, image, document):
    section = make_section(lorraine.home, "Interne")
    make_article(section, "Interne", body=using(image, document))
    paths = addresses(image, document)
    assert statuses(reader, paths) == {200}

    restriction = make_private(section)
    assert statuses(reader, paths) == {404}
    restriction.delete()
    assert statuses(reader, paths) == {200}


def test_reader_with_the_password_of_the_page_gets_its_files_and_no_others(lorraine, saar, image, document):
    section = make_section(lorraine.home, "Interne")
    page = make_article(section, "Interne", body=using(image, document))
    restriction = make_private(section, password="sésame")
    other = make_image("Ailleurs")
    elsewhere = make_article(make_section(lorraine.home, "Comité"), "Comité", lead_image=other)
    make_private(elsewhere, password="autre")
    client = lorraine.reader()
    action = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk])

    client.post(action, {"password": "sésame", "return_url": lorraine.address(page)})

    for path in addresses(image, document):
        response = fetch(client, path)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
    assert statuses(client, addresses(other)) == {404}


@pytest.mark.parametrize("expiring", ["page", "section"])
def test_files_of_an_expired_page_are_private_before_the_scheduler_runs(lorraine, reader, until, image, expiring):
    expiry = {"expire_at": until}
    section = make_section(lorraine.home, "Saison", **expiry if expiring == "section" else {})
    make_article(section, "Bref", lead_image=image, **expiry if expiring == "page" else {})
    assert statuses(reader, addresses(image)) == {200}

    with travel(until + timedelta(minutes=1), tick=False):
        assert statuses(reader, addresses(image)) == {404}


def test_files_under_embargo_become_public_with_their_page(lorraine, reader, until, image, document):
    make_article(lorraine.section, "Embargo", body=using(image, document), embargo_until=until)
    assert statuses(reader, addresses(image, document)) == {404}

    with travel(until, tick=False):
        run_schedule(timezone.now())
        assert statuses(reader, addresses(image, document)) == {200}


def test_pictures_of_records_are_public_when_something_public_shows_them(lorraine, reader, image):
    logo, map_image = (make_image(name, collection=media_collection(lorraine.site)) for name in ("Logo", "Carte"))
    person = make_person(picture=image)
    venue = Venue.objects.create(name="Halle", collection=media_collection(lorraine.site), map_image=map_image)
    paths = [addresses(each)[0] for each in (image, logo, map_image)]
    assert statuses(reader, paths) == {404}

    page = make_article(lorraine.section, authors=[person])
    make_settings(lorraine, logo=logo)
    make_event(lorraine.calendar, venue=venue)
    assert statuses(reader, paths) == {200}

    page.unpublish()
    assert [fetch(reader, path).status_code for path in paths] == [404, 200, 200]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR])
def test_newsroom_of_the_site_sees_files_of_drafts(lorraine, image, document, role, newsroom):
    draft(lorraine, image, document)
    client = newsroom_client(lorraine, newsroom[role])

    for path in [*addresses(image, document), image.get_rendition("max-165x165").url, image.file.url]:
        response = fetch(client, path)
        assert response.status_code == 200, path
        assert "private" in response["Cache-Control"]
        assert "public" not in response["Cache-Control"]


def test_newsroom_of_another_site_does_not_see_files_of_drafts(lorraine, saar, image, document, newsrooms):
    paths = [*addresses(image, document), image.get_rendition("max-165x165").url, image.file.url, document.file.url]
    for member in newsrooms.saar.values():
        assert statuses(newsroom_client(lorraine, member), paths) == {404}


def test_thumbnails_and_originals_are_for_the_newsroom(lorraine, reader, image, document):
    make_article(lorraine.section, body=using(image, document))

    for path in (image.get_rendition("max-165x165").url, image.file.url, document.file.url):
        assert path.startswith("/admin/")
        response = reader.get(path)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/admin/login/")
        assert reader.get(path.replace("/admin/files/", "/media/")).status_code == 404


def test_registered_access_check_admits_outsiders(lorraine, reader, image, document, monkeypatch):
    monkeypatch.setattr("portal.content.files.access.access_grants", [lambda request, file: "pass" in request.GET])
    paths = addresses(image, document)

    assert statuses(reader, [path + ("&" if "?" in path else "?") + "pass" for path in paths]) == {200}
    assert statuses(reader, paths) == {404}
    # The portal registers only the check for guests' tokens.
    assert access_grants == [has_guest_token]


def test_documents_of_a_private_collection_need_its_password(lorraine, reader, document):
    private = Collection.get_first_root_node().add_child(instance=Collection(name="Comité"))
    CollectionViewRestriction.objects.create(collection=private, restriction_type="password", password="sésame")
    Document.objects.filter(pk=document.pk).update(collection=private)
    make_article(lorraine.section, body=using(document=document))

    response = reader.get(document.url)

    assert 'type="password"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("has_focus", [True, False])
def test_public_picture_is_cached_and_revalidated(lorraine, reader, image, has_focus):
    if has_focus:
        image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 20, 20, 10, 10
        image.save()
    page = make_article(lorraine.section, lead_image=image)
    path = sources(image, "card").src
    first = fetch(reader, path)
    assert "s-maxage=0" in first["Cache-Control"]

    validator = {"if-none-match": first["ETag"]}
    assert reader.get(path, headers=validator).status_code == 304
    page.unpublish()
    assert reader.get(path, headers=validator).status_code == 404


def test_public_picture_needs_no_session_and_two_queries(lorraine, image, django_assert_num_queries):
    make_article(lorraine.section, lead_image=image)
    path = sources(image, "text").src
    fetch(lorraine.reader(), path)

    client = lorraine.reader()
    # Queries: the content version; the picture with its public uses. The rendition is cached.
    with django_assert_num_queries(2):
        response = fetch(client, path)
    assert "Cookie" not in response.get("Vary", "")
    assert django_settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize(
    "path", ["/documents/999999999999999999999999/x.pdf", "/documents/1/%00", "/admin/files/images/%00"]
)
def test_invalid_file_address_is_not_found(lorraine, path, newsroom):
    member = newsroom[Role.EDITOR]

    assert fetch(newsroom_client(lorraine, member), path).status_code == 404


def test_public_use_of_a_file_is_found_by_indexes(image):
    images = Image.objects.filter(pk=image.pk).annotate(public=public_use(Image, image.pk, timezone.now(), ["0001"]))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A sequential scan would be faster for so few rows.
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert not re.search("SCAN|Seq Scan", images.explain().replace("SCALAR SUBQUERY", ""))
