"""A site gets a new host: the old one redirects, and everything that contains the name is updated."""

from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from articles.models import ArticlePage
from portal.editorial.roles import Role, group_of
from portal.sites.ports import addresses
from tests.builders import make_article, make_event, make_newsroom, reader_of

OWN, FOREIGN = "http://lorraine.localhost/fr/rubrique/", "http://lorraine.localhost.example/fr/"
TEXT = [{"type": "paragraph", "value": f'<p><a href="{OWN}">soi</a> <a href="{FOREIGN}">autre</a></p>'}]


def rename(old: str = "lorraine.localhost", new: str = "vosges.localhost", **options: int) -> str:
    out = StringIO()
    call_command("rename_site", old, new, stdout=out, **options)
    return out.getvalue()


def test_old_host_redirects_to_the_same_path(lorraine):
    rename()

    led = reader_of("lorraine.localhost").get("/fr/rubrique/?page=2")

    assert (led.status_code, led.headers["Location"]) == (301, "http://vosges.localhost/fr/rubrique/?page=2")
    assert reader_of("vosges.localhost").get("/fr/rubrique/").status_code == 200


def test_one_click_unsubscription_is_redirected_as_a_post(lorraine):
    rename()

    assert reader_of("lorraine.localhost").post("/fr/_newsletter/leave/x/").status_code == 308


def test_every_former_host_redirects(lorraine):
    rename()
    rename("vosges.localhost", "meuse.localhost")

    for old in ("lorraine.localhost", "vosges.localhost"):
        assert reader_of(old).get("/fr/").headers["Location"] == "http://meuse.localhost/fr/"


def test_site_may_return_to_a_former_host(lorraine):
    rename()
    rename("vosges.localhost", "lorraine.localhost")

    assert reader_of("lorraine.localhost").get("/fr/").status_code == 200
    assert reader_of("vosges.localhost").get("/fr/").headers["Location"] == "http://lorraine.localhost/fr/"


def test_groups_are_named_for_the_new_host(lorraine, saar):
    for ground in (lorraine, saar):
        make_newsroom(ground)

    rename()

    assert group_of(lorraine.site, Role.EDITOR).name == "vosges.localhost editor"
    assert group_of(saar.site, Role.EDITOR).name == "saar.localhost editor"


def test_feeds_and_calendar_files_have_the_new_host(lorraine):
    make_article(lorraine.section, "Une scierie")
    make_event(lorraine.calendar, "Portes ouvertes")

    rename()

    reader = reader_of("vosges.localhost")
    for address in ("/fr/rubrique/feed.rss", "/calendar.ics"):
        response = reader.get(address, follow=True)
        text = b"".join(response.streaming_content) if response.streaming else response.content
        text = text.replace(b"\r\n ", b"")
        assert response.status_code == 200
        assert b"vosges.localhost/fr/" in text
        assert b"lorraine.localhost" not in text


def test_links_of_the_site_to_itself_are_updated(lorraine, saar):
    article = make_article(lorraine.section, "Une scierie", body=TEXT)
    neighbour = make_article(saar.section, "Eine Säge", body=TEXT)
    redirect = Redirect.objects.create(old_path="/scierie", site=lorraine.site, redirect_link=OWN)

    rename()

    def links(page: ArticlePage) -> list[bool]:
        text = str(ArticlePage.objects.get(pk=page.pk).body.raw_data[0]["value"])
        return [address in text for address in (OWN, OWN.replace("lorraine", "vosges"), FOREIGN)]

    assert links(article) == [False, True, True]
    assert links(neighbour) == [True, False, True]
    redirect.refresh_from_db()
    assert redirect.redirect_link == OWN.replace("lorraine", "vosges")
    assert OWN not in str(article.get_latest_revision().content)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        ("saar.localhost", "Another site has the host"),
        ("lorraine.localhost", "already"),
        ("https://vosges.localhost/", "without https"),
        ("*", "without a wildcard"),
    ],
)
def test_invalid_host_is_refused_with_a_reason(lorraine, saar, new, sentence):
    with pytest.raises(CommandError, match=sentence):
        rename(new=new)

    assert reader_of("lorraine.localhost").get("/fr/").status_code == 200


def test_former_host_of_a_site_is_reserved(lorraine, saar):
    rename()

    with pytest.raises(CommandError, match="still reached by it"):
        rename("saar.localhost", "lorraine.localhost")


def test_port_of_the_web_server_can_be_removed_from_urls(lorraine, saar):
    Site.objects.filter(pk__in=[lorraine.site.pk, saar.site.pk]).update(port=8000)
    linked = TEXT[0]["value"].replace("localhost/", "localhost:8000/")
    story = make_article(lorraine.section, "Une scierie", body=[{"type": "paragraph", "value": linked}])

    output = rename("lorraine.localhost", "lorraine.localhost", port=443)

    assert "https://lorraine.localhost/" in output
    path = story.get_url_parts()[2]
    page = reader_of("lorraine.localhost").get(path).content.decode()
    assert f'<link rel="canonical" href="https://lorraine.localhost{path}">' in page
    assert 'href="https://lorraine.localhost/fr/rubrique/"' in page
    assert "http://lorraine.localhost:8000" not in page
    assert Site.objects.get(pk=saar.site.pk).port == 8000


def test_host_and_port_of_an_existing_site_are_refused(lorraine):
    with pytest.raises(CommandError, match="already"):
        rename("lorraine.localhost", "lorraine.localhost", port=80)


def test_status_reports_unreachable_site_urls(lorraine, saar, settings):
    def line() -> str:
        out = StringIO()
        with suppress(CommandError):
            call_command("status", stdout=out)
        return next(line for line in out.getvalue().splitlines() if line[8:].startswith("sites "))

    settings.HTTPS = True
    Site.objects.filter(pk=saar.site.pk).update(port=443)
    Site.objects.filter(pk=lorraine.site.pk).update(port=8000)

    assert line().startswith("LOOK")
    assert "rename_site lorraine.localhost:8000 lorraine.localhost --port 443" in line()

    rename("lorraine.localhost:8000", "lorraine.localhost", port=443)
    assert line().startswith("ok")


def test_status_reports_a_host_of_two_sites(lorraine, settings):
    settings.HTTPS = True
    Site.objects.create(hostname="lorraine.localhost", port=443, root_page=lorraine.site.root_page)

    with translation.override("en"):
        found = addresses(timezone.now())

    assert not found.is_well
    assert "lorraine.localhost is the host of two sites" in found.text
