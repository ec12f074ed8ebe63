"""Reports → Sites of the network: state, editions, publications, reviews, views, failures and disk, by site."""

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision, Site

from portal.content.records.hosts import FurtherHost
from portal.content.records.settings import SiteSettings
from portal.editorial.roles import Role, media_collection
from portal.links.models import CheckedLink, LinkPlace
from portal.readership.models import PlaceDay, ReadershipChoices
from portal.sites.models import HostProblem, HostState
from tests.bench.bulk.network import create_sites
from tests.builders import make_article, make_draft, make_event, make_image, make_member, newsroom_client
from tests.checkers.refusals import is_refused
from tests.editorial.drafts import backdate, submit

REPORT = "/admin/reports/sites/"


@pytest.fixture
def everything(lorraine):
    """As a network administrator."""
    return newsroom_client(lorraine, make_member("root", is_superuser=True))


def table(client, **query) -> list[dict[str, str]]:
    """The cells of each row as text, by heading."""
    html = BeautifulSoup(client.get(REPORT, query).content, "html.parser")
    headings = [cell.get_text(" ", strip=True) for cell in html.select("table.listing thead th")]
    rows = html.select("table.listing tbody tr")
    return [dict(zip(headings, [c.get_text(" ", strip=True) for c in row.select("td")], strict=True)) for row in rows]


def sites_in(client, **query) -> list[str]:
    return [row["Site"] for row in table(client, **query)]


def row_of(client, ground) -> dict[str, str]:
    return next(row for row in table(client) if row["Site"] == ground.site.site_name)


def draft_in_review(ground, people, title):
    page = make_draft(make_article(ground.section, title, owner=people[Role.EDITOR]))
    page.save_revision(user=people[Role.EDITOR])
    return submit(page, people[Role.EDITOR])


def view(ground, views, days_ago=1):
    day = (timezone.localdate() - timedelta(days=days_ago)).toordinal()
    PlaceDay.objects.create(site=ground.site, place=ground.home.page_ptr, day=day, views=views)


def test_network_administrator_sees_every_site(lorraine, saar, everything):
    assert {lorraine.site.site_name, saar.site.site_name} <= set(sites_in(everything))


def test_administrator_of_a_site_sees_nothing_of_another(lorraine, saar, newsrooms, administrator):
    make_article(saar.section, "Geheimnis")
    FurtherHost.objects.create(hostname="saar.example", site=saar.site)
    draft_in_review(saar, newsrooms.saar, "Entwurf")
    view(saar, 4321)

    content = administrator.get(REPORT).content.decode()

    assert sites_in(administrator) == [lorraine.site.site_name]
    assert row_of(administrator, lorraine)["In review"] == "0"
    assert not any(word in content for word in ("Geheimnis", "saar.example", "4,321", saar.site.hostname))


def test_export_of_a_site_administrator_has_no_other_site(lorraine, saar, administrator):
    response = administrator.get(REPORT, {"export": "csv"})

    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [lorraine.site.site_name]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_others_do_not_get_the_report(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    assert is_refused(client.get(REPORT))
    assert REPORT not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_menu_leads_to_the_report(administrator):
    assert REPORT in administrator.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "open"),
        ({"is_closed": True}, "closed for maintenance"),
        ({"is_unlisted": True, "is_staging": True}, "not open yet, staging copy"),
    ],
)
def test_state(lorraine, everything, facts, state):
    SiteSettings.objects.filter(site=lorraine.site).update(**facts)

    assert row_of(everything, lorraine)["State"] == state


def test_filter_by_state(lorraine, saar, everything):
    SiteSettings.objects.filter(site=lorraine.site).update(is_closed=True)

    assert sites_in(everything, state="is_closed") == [lorraine.site.site_name]
    assert lorraine.site.site_name not in sites_in(everything, state="open")


def test_search_by_name_and_host(lorraine, saar, everything):
    assert sites_in(everything, q="lorr") == [lorraine.site.site_name]
    assert sites_in(everything, q="saar.local") == [saar.site.site_name]


def test_editions_and_hosts(lorraine, everything):
    FurtherHost.objects.create(hostname="www.lorraine.example", site=lorraine.site)

    row = row_of(everything, lorraine)

    assert row["Languages"] == "French, German"
    assert row["Hosts"] == "lorraine.localhost www.lorraine.example"


def test_network_administrator_sees_which_host_does_not_answer(lorraine, everything, administrator, settings):
    settings.HOST_CHECKS = True
    HostState.objects.create(hostname=lorraine.site.hostname, checked_at=timezone.now(), problem=HostProblem.CONNECTION)

    assert row_of(everything, lorraine)["Hosts"] == "lorraine.localhost (does not answer)"
    assert row_of(administrator, lorraine)["Hosts"] == "lorraine.localhost"


def test_last_publication_is_the_newest_of_all_languages(lorraine, saar, everything):
    first_published_at = timezone.now()
    make_article(lorraine.sections["de"], "Die neueste Meldung", first_published_at=first_published_at)
    make_draft(make_article(lorraine.section, "Ein Entwurf"))
    make_article(saar.section, "Noch neuer, anderswo", first_published_at=first_published_at)

    assert row_of(everything, lorraine)["Last publication"].endswith("Die neueste Meldung")


def test_event_counts_as_a_publication(lorraine, everything):
    make_event(lorraine.calendar, "Le salon")

    assert row_of(everything, lorraine)["Last publication"].endswith("Le salon")


def test_pages_in_review_with_overdue_ones(lorraine, saar, newsrooms, everything):
    draft_in_review(lorraine, newsrooms.lorraine, "Un projet")
    backdate(draft_in_review(lorraine, newsrooms.lorraine, "Un vieux projet"), days=4)
    draft_in_review(saar, newsrooms.saar, "Ein Entwurf")

    assert row_of(everything, lorraine)["In review"] == "2 (1 overdue)"
    assert row_of(everything, saar)["In review"] == "1"


def test_views_of_thirty_days(lorraine, saar, everything):
    view(lorraine, 1200)
    view(lorraine, 34, days_ago=30)
    view(lorraine, 5000, days_ago=31)
    view(saar, 7)

    assert row_of(everything, lorraine)["Views, 30 days"] == "1,234"


def test_site_that_does_not_count_its_readers_has_no_number_of_views(lorraine, everything):
    ReadershipChoices.objects.create(site=lorraine.site, is_counting=False)

    assert row_of(everything, lorraine)["Views, 30 days"] == "–"


def test_broken_link_on_two_pages_of_a_site_counts_once(lorraine, saar, everything):
    link, other = (
        CheckedLink.objects.create(url=f"https://{name}.example/", host=name, broken_since=since)
        for name, since in (("gone", timezone.now()), ("fine", None))
    )
    pages = [make_article(section, "Liens") for section in lorraine.sections.values()]
    LinkPlace.objects.bulk_create(LinkPlace(link=link, page=page.page_ptr, path="body") for page in pages)
    LinkPlace.objects.create(link=other, page=pages[0].page_ptr, path="body")

    assert row_of(everything, lorraine)["Broken links"] == "1"
    assert row_of(everything, saar)["Broken links"] == "0"


def late(ground):
    revision = make_article(ground.section, "En retard").save_revision()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() - timedelta(hours=1))


def test_late_publication_counts_as_a_failure(lorraine, saar, everything):
    late(lorraine)

    assert row_of(everything, lorraine)["Failures"] == "1"
    assert row_of(everything, saar)["Failures"] == "0"


@pytest.mark.usefixtures("media")
def test_size_of_a_sites_files(lorraine, saar, newsrooms, everything):
    def size() -> int:
        response = everything.get(REPORT, {"export": "csv", "q": "lorr"})
        rows = csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
        return int(dict(zip(*rows, strict=True))["Files (bytes)"])

    before = size()
    folder = media_collection(lorraine.site).add_child(name="Photos")
    own = [make_image(collection=each) for each in (media_collection(lorraine.site), folder)]
    make_image(collection=media_collection(saar.site))

    assert size() - before == sum(image.file_size for image in own)


def test_sorted_by_figures(lorraine, saar, everything):
    view(lorraine, 10)
    view(saar, 20)
    names = [saar.site.site_name, lorraine.site.site_name]

    assert sites_in(everything, ordering="-views")[:2] == names
    assert [name for name in sites_in(everything, ordering="views") if name in names] == names[::-1]
    assert everything.get(REPORT, {"ordering": "password"}).status_code == 200


def test_report_offers_its_exports(everything):
    content = everything.get(REPORT).content.decode()

    assert all(f"?export={kind}" in content for kind in ("csv", "xlsx"))


def test_spreadsheet_for_excel(everything):
    response = everything.get(REPORT, {"export": "xlsx"})

    assert response.content.startswith(b"PK")


def test_names_are_escaped(lorraine, everything):
    Site.objects.filter(pk=lorraine.site.pk).update(site_name="<b>Lorraine</b>")
    make_article(lorraine.section, "<i>Une</i> usine")

    content = everything.get(REPORT).content.decode()

    assert "<b>Lorraine" not in content
    assert "<i>Une" not in content


def test_query_count_does_not_grow_with_the_number_of_sites(lorraine, saar, newsrooms, everything):
    def queries() -> int:
        everything.get(REPORT)
        with CaptureQueriesContext(connection) as captured:
            everything.get(REPORT)
        return len(captured)

    late(lorraine)
    draft_in_review(lorraine, newsrooms.lorraine, "Un projet")
    create_sites(3, "fr")
    few = queries()
    create_sites(30, "fr")

    assert len(sites_in(everything)) >= 30
    assert queries() <= few
