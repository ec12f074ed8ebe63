"""The trash is emptied by site administrators, and by the scheduler after TRASH_DAYS."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from portal.content.records.removed_addresses import RemovedAddress
from portal.content.records.trash import TrashedPage
from portal.editorial.periodic import empty_trash
from portal.editorial.trash.deleting import put_into_trash
from tests.builders import make_article
from tests.editorial.actions import messages_of
from tests.editorial.trash.acts import delete


def exists(page) -> bool:
    return Page.objects.filter(pk=page.pk).exists()


def test_pages_are_deleted_for_ever_after_their_time(lorraine, section, settings):
    settings.TRASH_DAYS = 60
    story = make_article(lorraine.section, "Plus récente")
    now = timezone.now()
    put_into_trash(section)
    put_into_trash(story)
    TrashedPage.objects.filter(page=section.pk).update(deleted_at=now - timedelta(days=60))
    TrashedPage.objects.filter(page=story.pk).update(deleted_at=now - timedelta(days=59))
    empty_trash(now)

    assert (exists(section), exists(story)) == (False, True)


def test_page_that_cannot_be_deleted_does_not_stop_the_others(lorraine, section, monkeypatch, caplog):
    stuck = make_article(lorraine.section, "Retenue")
    for page in (stuck, section):
        put_into_trash(page)
    now = timezone.now() + timedelta(days=100)

    def refuse(page, *args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(type(stuck), "delete", refuse)
    empty_trash(now)

    assert (exists(stuck), exists(section)) == (True, False)
    assert f"Page {stuck.pk} in the trash could not be deleted" in caplog.text


def test_address_stays_gone_after_emptying(lorraine, chief, section):
    delete(chief, section)
    chief.post(reverse("delete_for_ever", args=[section.pk]))

    assert not exists(section)
    assert lorraine.reader().get("/fr/industrie/forge/").status_code == 410
    assert not RemovedAddress.objects.filter(path__contains="~").exists()


def test_confirmation_names_what_goes_for_ever(chief, section):
    delete(chief, section)
    page = chief.get(reverse("delete_for_ever", args=[section.pk])).content.decode()

    assert "“Industrie” is deleted for ever" in page
    assert "The 1 page below it is deleted, too." in page


def test_administrator_empties_the_trash_of_one_site(lorraine, saar, chief, section):
    decoy = make_article(saar.sections["fr"], "Article sarrois")
    put_into_trash(decoy)
    story = make_article(lorraine.section, "La mine")
    for page in (section, story):
        delete(chief, page)
    assert b"Industrie" in chief.get(reverse("empty_trash", args=[lorraine.site.pk])).content
    response = chief.post(reverse("empty_trash", args=[lorraine.site.pk]))

    assert (exists(section), exists(story), exists(decoy)) == (False, False, True)
    assert "The trash is empty." in messages_of(response)


def test_page_inside_another_is_emptied_with_it(lorraine, chief, section):
    story = section.get_children().get()
    delete(chief, story)
    delete(chief, section)
    chief.post(reverse("empty_trash", args=[lorraine.site.pk]))

    assert not TrashedPage.objects.exists()
    assert not exists(story)
