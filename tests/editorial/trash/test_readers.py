"""What readers get of pages in the trash: 410, and none of them in lists, feeds, calendars, sitemaps and searches."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from events.models import CalendarEntry, Venue
from portal.content.records.removed_addresses import RemovedAddress
from portal.editorial.records.invitations import ReviewInvitation
from portal.editorial.roles import Role, media_collection
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore
from search.indexing.index import index_keys
from tests.builders import content_of, make_article, make_calendar, make_event, make_private, make_section, work_off
from tests.editorial.drafts import draft
from tests.editorial.trash.acts import row_of
from tests.events.registering import book, form_path, make_bookable


@pytest.fixture
def story(lorraine):
    story = make_article(lorraine.section, "La forge oubliée", slug="forge-oubliee")
    index_keys([story.pk])
    return story


@pytest.fixture
def decoy(saar):
    decoy = make_article(saar.sections["fr"], "La forge oubliée sarroise", slug="forge-oubliee")
    index_keys([decoy.pk])
    return decoy


def text_of(response) -> str:
    return content_of(response).decode()


def path_of(page) -> str:
    return page.get_url_parts()[2]


def test_address_in_the_trash_is_gone_and_comes_back(lorraine, story):
    path = path_of(story)
    reader = lorraine.reader()
    trashed = put_into_trash(story)
    gone = reader.get(path)
    restore(trashed)

    assert (gone.status_code, reader.get(path).status_code) == (410, 200)


def test_response_for_a_page_in_the_trash_is_not_cached_as_a_page(lorraine, story):
    reader = lorraine.reader()
    path = path_of(story)
    before = reader.get(path)
    trashed = put_into_trash(story)
    gone = reader.get(path, headers={"if-none-match": before["ETag"]})
    restore(trashed)
    back = reader.get(path, headers={"if-none-match": before["ETag"]})

    assert gone.status_code == 410
    assert gone["Cache-Control"] == reader.get("/fr/nulle-part/")["Cache-Control"]
    assert back.status_code in (200, 304)


def test_pages_below_are_gone_too(lorraine):
    section = make_section(lorraine.home, "Industrie", slug="industrie")
    story = make_article(section, "La forge", slug="forge")
    path = path_of(story)
    put_into_trash(section)

    assert lorraine.reader().get(path).status_code == 410


def test_page_that_was_never_published_is_not_found(lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR], "Jamais parue", parent=lorraine.section)
    path = path_of(page)
    put_into_trash(page)

    assert lorraine.reader().get(path).status_code == 404


def test_private_page_in_the_trash_is_not_found(lorraine, story):
    make_private(story)
    path = path_of(story)
    put_into_trash(story)

    assert lorraine.reader().get(path).status_code == 404


def test_address_that_was_gone_before_stays_gone(lorraine, story):
    path = path_of(story)
    RemovedAddress.objects.create(site=lorraine.site, key="k" * 32, path="/fr/ailleurs/")
    trashed = put_into_trash(story)
    assert RemovedAddress.objects.filter(site=lorraine.site, path=path).exists()
    restore(trashed)

    assert list(RemovedAddress.objects.filter(site=lorraine.site).values_list("path", flat=True)) == ["/fr/ailleurs/"]


def test_page_of_the_same_address_on_the_other_site_stays(saar, story, decoy):
    put_into_trash(story)

    assert saar.reader().get(path_of(decoy)).status_code == 200


def test_redirects_lead_there_again_after_restoring(lorraine, story):
    Redirect.objects.create(site=lorraine.site, old_path="/ancienne-forge", redirect_page=story)
    reader = lorraine.reader()
    trashed = put_into_trash(story)
    meanwhile = reader.get("/ancienne-forge/").status_code
    restore(trashed)

    assert meanwhile in (404, 410)
    assert reader.get("/ancienne-forge/")["Location"].endswith(path_of(row_of(story)))


PLACES = ["/fr/recherche/?q=oubliée", "/fr/feed.rss", "/sitemap-fr-1.xml", "/fr/rubrique/", "/api/v2/pages/?locale=fr"]


@pytest.mark.parametrize("place", PLACES)
def test_list_leaves_out_what_is_in_the_trash(lorraine, saar, story, decoy, place):
    def listed() -> tuple[bool, bool]:
        pages = zip((lorraine, saar), (story, decoy), strict=True)
        return tuple(page.slug in text_of(ground.reader().get(place)) for ground, page in pages)

    before = listed()
    trashed = put_into_trash(story)
    meanwhile = listed()
    restore(trashed)

    assert (before, meanwhile, listed()) == ((True, True), (False, True), (True, True))


def test_calendar_file_drops_an_event_in_the_trash(lorraine):
    calendar = make_calendar(lorraine.home, "Rendez-vous", slug="rendez-vous")
    event = make_event(calendar, "Portes ouvertes de la forge")
    make_event(calendar, "Un autre rendez-vous")
    reader = lorraine.reader()

    def file() -> str:
        return reader.get("/fr/rendez-vous.ics").content.decode()

    assert "Portes ouvertes" in file()
    trashed = put_into_trash(event)
    meanwhile = file()
    restore(trashed)

    assert "Portes ouvertes" not in meanwhile
    assert "Un autre rendez-vous" in meanwhile
    assert "Portes ouvertes" in file()


def test_restored_event_shows_its_venue_as_it_is_by_then(lorraine):
    venue = Venue.objects.create(name="Halle nord", collection=media_collection(lorraine.site))
    event = make_event(lorraine.calendar, "Portes ouvertes", venue=venue)
    trashed = put_into_trash(event)
    venue.name = "Halle sud"
    venue.save()
    restore(trashed)
    work_off()

    assert "Halle sud" in CalendarEntry.objects.get(event=event).text


def test_guest_does_not_read_a_draft_in_the_trash(lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR], parent=lorraine.section)
    invitation = ReviewInvitation.objects.create(
        page=page.page_ptr,
        name="Anna",
        email="anna@portal.example",
        language="fr",
        created_by=newsroom[Role.EDITOR],
        expires_at=timezone.now() + timedelta(days=3),
    )
    path = f"/fr/_review/{invitation.token}/"
    reader = lorraine.reader()
    assert reader.get(path).status_code == 200
    put_into_trash(page)

    assert reader.get(path).status_code in (404, 410)


def test_nobody_registers_for_an_event_in_the_trash(lorraine):
    event = make_bookable(lorraine.calendar)
    put_into_trash(event)

    assert lorraine.reader().get(form_path(lorraine, event)).status_code in (404, 410)


def test_registrations_are_there_again(lorraine, mailoutbox):
    event = make_bookable(lorraine.calendar)
    registration = book(event, "anna")
    work_off()
    mailoutbox.clear()
    trashed = put_into_trash(event)
    work_off()
    restore(trashed)
    work_off()
    registration.refresh_from_db()

    assert registration.event_id == event.pk
    assert mailoutbox == []


def test_lists_are_right_with_pages_in_the_trash(story, capsys):
    put_into_trash(story)
    call_command("check_lists")

    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {"0"}
