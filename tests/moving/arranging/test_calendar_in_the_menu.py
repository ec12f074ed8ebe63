"""Without a menu in the export, the menu of a site with events also leads to their calendar."""

import pytest
from wagtail.models import Page

from portal.content.records.settings import SiteSettings
from portal.moving.models import ImportSource
from portal.moving.undoing import undo
from tests.builders import SampleSite, make_settings
from tests.moving.conftest import page_of
from tests.moving.exports import item

pytestmark = pytest.mark.usefixtures("newsroom")
BAL = item("Bal", "Texte", "tribe_events", wp_id=5, meta={"_EventStartDate": "2031-12-10 18:00:00"})


def menu(ground: SampleSite, language: str = "fr") -> str:
    """The main menu of the front page."""
    page = ground.reader().get(f"/{language}/").content.decode()
    return page.partition('<nav class="masthead__sections"')[2].partition("</nav>")[0]


def test_menu_leads_to_the_sections_and_the_calendar(bring, lorraine, saar):
    Page.objects.filter(pk=lorraine.section.pk).update(show_in_menus=True)

    bring(item("Un", "Texte", wp_id=1), BAL, live=True)

    entries = SiteSettings.for_site(lorraine.site).navigation.raw_data
    pages = [entry["value"]["page"] for entry in entries]
    assert (pages[0], pages[-1]) == (lorraine.section.pk, page_of(5).get_parent().pk)
    assert f'href="{lorraine.address(page_of(5).get_parent())}"' in menu(lorraine)
    assert not SiteSettings.for_site(saar.site).navigation


def test_site_without_events_keeps_its_menu(bring, lorraine):
    bring(item("Un", "Texte", wp_id=1), live=True)

    assert not SiteSettings.for_site(lorraine.site).navigation


def test_menu_that_was_emptied_here_stays_empty(bring, lorraine):
    bring(BAL, live=True)
    make_settings(lorraine, navigation=[])

    bring(BAL, live=True)

    assert not SiteSettings.for_site(lorraine.site).navigation


def test_undo_empties_the_menu_again(bring, lorraine):
    bring(BAL, live=True)

    undo(ImportSource.objects.get())

    assert not SiteSettings.for_site(lorraine.site).navigation
