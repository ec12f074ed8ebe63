"""An empty front page gets shelves with the imported content. Undoing the import removes them."""

import pytest
from wagtail.models import Page

from portal.moving.models import ImportSource
from portal.moving.undoing import undo
from tests.moving.conftest import page_of
from tests.moving.exports import OLD, item

pytestmark = pytest.mark.usefixtures("newsroom")
EVENT = {"_EventStartDate": "2031-12-10 18:00:00", "_EventEndDate": "2031-12-10 20:00:00"}


def a_page(title: str, number: int, text: str = "Texte", **facts) -> str:
    return item(title, text, "page", wp_id=number, **{"link": f"{OLD}/{title.lower()}/", **facts})


def shelves(home) -> list:
    page = home.get_latest_revision_as_object()
    return [(block["type"], block["value"].get("story")) for block in page.shelves.raw_data]


def test_empty_front_page_shows_the_sticky_story_and_the_newest(bring, lorraine, saar):
    bring(item("Un", "Texte", wp_id=1), item("Épinglé", "Texte", wp_id=2, sticky=True))

    assert shelves(lorraine.home) == [("lead", page_of(2).pk), ("latest", None)]
    assert shelves(saar.home) == []


def test_live_front_page_shows_the_imported_pages(bring):
    bring(item("Contact", "Texte", "page", wp_id=9), item("Un", "Texte", wp_id=1), live=True)

    # With a wrong number of pages below it, undoing the import would hide its other pages.
    assert Page.find_problems() == ([], [], [], [], [])


def test_arranged_front_page_is_unchanged(bring, lorraine):
    lorraine.home.shelves = [{"type": "latest", "value": {"title": "Ici", "count": 3}}]
    lorraine.home.save_revision().publish()

    bring(item("Épinglé", "Texte", wp_id=2, sticky=True))

    assert shelves(lorraine.home) == [("latest", None)]


def test_site_of_pages_shows_them_on_its_front_page_the_old_front_page_first(bring, lorraine, saar):
    bring(
        a_page("Contact", 9, "Écrivez-nous. Nous répondons.", order=1),
        a_page("Accueil", 8, "Bienvenue chez nous.", order=2, link=f"{OLD}/"),
        a_page("Équipe", 10, parent=9),
        live=True,
    )

    front = lorraine.reader().get("/fr/").content.decode()

    assert 0 < front.index("Bienvenue chez nous.") < front.index(">Contact<") < front.index("Écrivez-nous.")
    assert "Équipe" not in front.partition('class="shelves')[2].partition("</main>")[0]
    assert shelves(saar.home) == []


def test_front_page_shows_no_page_that_waits_for_its_review(bring, lorraine):
    bring(a_page("Contact", 9), a_page("Mentions", 10))
    page_of(9).latest_revision.publish()

    Page.objects.get(pk=lorraine.home.pk).specific.latest_revision.publish()

    front = lorraine.reader().get("/fr/").content.decode()
    assert "Contact" in front
    assert "Mentions" not in front


def test_site_of_events_shows_them_on_its_front_page(bring, lorraine):
    bring(item("Bal", "Texte", "tribe_events", wp_id=5, meta=EVENT), live=True)

    assert "Bal" in lorraine.reader().get("/fr/").content.decode().partition("shelf--events")[2]


@pytest.mark.parametrize("live", [False, True], ids=["draft", "live"])
def test_undo_empties_the_front_page_again(bring, lorraine, live):
    bring(item("Un", "Texte", wp_id=1), live=live)

    counts, stay = undo(ImportSource.objects.get())

    home = Page.objects.get(pk=lorraine.home.pk)
    assert shelves(home.specific) == []
    assert list(home.specific.shelves) == []
    assert (home.has_unpublished_changes, home.workflow_in_progress, stay) == (False, False, [])
    assert not ImportSource.objects.exists()
    assert counts["pages"]


def test_undo_leaves_a_front_page_that_somebody_has_edited(bring, lorraine):
    bring(item("Un", "Texte", wp_id=1))
    home = Page.objects.get(pk=lorraine.home.pk).specific.get_latest_revision_as_object()
    home.introduction = "Nos nouvelles"
    home.save_revision()

    _counts, stay = undo(ImportSource.objects.get())

    assert shelves(home) == [("lead", None), ("latest", None)]
    assert stay == [home.title]


def test_undo_does_not_change_the_front_page_of_another_site(bring, lorraine, saar):
    saar.home.shelves = [{"type": "latest", "value": {"title": "Ici", "count": 3}}]
    saar.home.save_revision().publish()
    bring(item("Un", "Texte", wp_id=1), live=True)

    undo(ImportSource.objects.get())

    assert shelves(Page.objects.get(pk=saar.home.pk).specific) == [("latest", None)]


def test_front_page_of_a_site_with_stories_also_shows_upcoming_events(bring, lorraine, saar):
    bring(item("Un", "Texte", wp_id=1), item("Bal", "Texte", "tribe_events", wp_id=5, meta=EVENT), live=True)

    assert [name for name, _story in shelves(lorraine.home)] == ["lead", "latest", "events"]
    assert "Bal" in lorraine.reader().get("/fr/").content.decode().partition("shelf--events")[2]
    assert shelves(saar.home) == []


def test_events_that_are_over_get_no_shelf_beside_stories(bring, lorraine):
    over = {"_EventStartDate": "2019-12-10 18:00:00", "_EventEndDate": "2019-12-10 20:00:00"}

    bring(item("Un", "Texte", wp_id=1), item("Bal", "Texte", "tribe_events", wp_id=5, meta=over))

    assert [name for name, _story in shelves(lorraine.home)] == ["lead", "latest"]
