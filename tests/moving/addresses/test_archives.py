"""Archives of the old site lead to their page here, or else to the list of all news, and the report counts these."""

from typing import Any

import pytest
from wagtail.contrib.redirects.models import Redirect

from portal.moving.models import ImportSource
from portal.moving.undoing import undo
from tests.builders import SampleSite
from tests.moving.conftest import page_of
from tests.moving.exports import OLD, a_tag, author, category, item

pytestmark = pytest.mark.usefixtures("newsroom")
NEWS = "/fr/actualites/"


def target(ground: SampleSite, path: str) -> str:
    response = ground.reader().get(path)
    return response["Location"].removeprefix(f"http://{ground.host}") if response.status_code == 301 else ""


def test_term_that_only_its_posts_name_by_its_slug_has_an_archive(bring, lorraine, saar):
    bring(item("Un", "Texte", wp_id=1, tags=("realurl",)), live=True)

    assert target(lorraine, "/tag/realurl/").endswith("/realurl/")
    assert lorraine.reader().get("/tag/realurl/", follow=True).status_code == 200
    assert saar.reader().get("/tag/realurl/").status_code == 404


def test_archive_without_a_page_here_leads_to_the_list_of_all_news(bring, lorraine, english):
    posts = [item(f"N {n}", "Texte", wp_id=n, tags=("bois",)) for n in (1, 2)]

    report = bring(author("anna", "Anna"), a_tag("bois", "Bois"), a_tag("fer", "Fer"), *posts, topics={}, live=True)

    assert [target(lorraine, path) for path in ("/tag/bois/", "/tag/fer/feed/", "/?tag=bois")] == [NEWS] * 3
    assert lorraine.reader().get(NEWS).status_code == 200
    assert "toutes les actualités (2)" in " ".join(report.count_lines())


def test_archive_of_a_post_format_leads_to_the_list_of_all_news(bring, lorraine, saar):
    aside = '<category domain="post_format" nicename="post-format-aside">Aside</category>'

    bring(item("Un", "Texte", wp_id=1, more=aside), live=True)

    assert target(lorraine, "/type/aside/") == NEWS
    assert saar.reader().get("/type/aside/").status_code == 404


@pytest.fixture
def fair(bring) -> Any:
    meta = {"_EventStartDate": "2019-10-05 18:00:00", "_EventEndDate": "2019-10-05 20:00:00"}
    bring(item("Foire", "Texte", "tribe_events", wp_id=5, link=f"{OLD}/event/foire/", meta=meta), live=True)
    return page_of(5)


@pytest.mark.parametrize(
    "path", ["/events/month/", "/events/list/", "/events/2019-10/", "/events/month/2019-10/", "/events/2019-10-05/"]
)
def test_views_of_the_calendar_lead_to_the_calendar(fair, lorraine, path):
    assert target(lorraine, path) == lorraine.address(fair.get_parent())


def test_date_of_an_event_leads_to_the_event(fair, lorraine):
    assert target(lorraine, "/event/foire/2019-10-05/") == lorraine.address(fair)


def test_undo_also_deletes_redirects_to_a_calendar_that_is_older(fair, lorraine):
    undo(ImportSource.objects.get())

    assert not Redirect.objects.exists()


@pytest.mark.parametrize("path", ["//greek/second/", "///greek/second/"])
def test_address_with_more_slashes_leads_to_the_same_page(bring, lorraine, path):
    bring(item("Deux", "Texte", "page", wp_id=9, link=f"{OLD}//greek/second/"), live=True)

    response = lorraine.reader().get(f"http://{lorraine.host}{path}")

    assert response.status_code == 301
    assert response["Location"].endswith(lorraine.address(page_of(9)))


@pytest.mark.parametrize("path", ["/veranstaltungen/", "/veranstaltungen/monat/2019-10/", "/veranstaltungen/liste/"])
def test_views_of_a_calendar_in_the_language_of_the_site_lead_to_the_calendar(fair, lorraine, saar, path):
    french = path.replace("veranstaltungen", "evenements").replace("monat", "mois")

    assert target(lorraine, french) == lorraine.address(fair.get_parent())
    # Nobody has a German address on a French site.
    assert lorraine.reader().get(path).status_code == 404
    assert saar.reader().get(french).status_code == 404


def test_short_address_of_a_category_leads_to_its_section(bring, lorraine):
    post = item("Un", "Texte", wp_id=1, categories=("eco",))

    bring(category("eco", "Affaires", number=7), post, sections={"eco": "Affaires"}, live=True)

    assert target(lorraine, "/?cat=7") == target(lorraine, "/category/eco/") == "/fr/affaires/"


def test_archive_leads_to_a_topic_created_by_a_later_import(bring, lorraine, english):
    posts = [item(f"N {n}", "Texte", wp_id=n, tags=("bois",)) for n in (1, 2)]
    bring(a_tag("bois", "Bois"), *posts, topics={}, live=True)

    more = item("N 3", "Texte", wp_id=3, tags=("bois",))
    report = bring(a_tag("bois", "Bois"), *posts, more, topics={"post_tag:bois": "Bois"}, live=True)

    assert target(lorraine, "/tag/bois/").endswith("/bois/")
    assert "toutes les actualités" not in " ".join(report.count_lines())


def test_archive_whose_redirect_was_edited_leads_where_the_editor_wants(bring, lorraine):
    posts = [item(f"N {n}", "Texte", wp_id=n, tags=("bois",)) for n in (1, 2)]
    bring(a_tag("bois", "Bois"), *posts, topics={}, live=True)
    Redirect.objects.filter(old_path="/tag/bois").update(redirect_link="/fr/")

    bring(a_tag("bois", "Bois"), *posts, live=True)

    assert target(lorraine, "/tag/bois/") == "/fr/"


def test_undo_leaves_a_redirect_created_by_an_editor(fair, lorraine):
    """The imported redirect was deleted together with its calendar."""
    lorraine.calendar.specific.delete()
    Redirect.objects.create(site=lorraine.site, old_path="/events/month", redirect_link="/fr/")

    undo(ImportSource.objects.get())

    assert target(lorraine, "/events/month/") == "/fr/"


def test_undo_leaves_an_edited_redirect(bring, lorraine):
    bring(item("Un", "Texte", wp_id=1, tags=("bois",)), topics={}, live=True)
    Redirect.objects.filter(old_path="/tag/bois").update(redirect_link=f"{NEWS}culture/")

    undo(ImportSource.objects.get())

    assert target(lorraine, "/tag/bois/") == f"{NEWS}culture/"
