"""The newsroom sees its site's readership: most read, rising, by section, source and device."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from events.models import DateSeats, Registration
from portal.editorial.roles import Role, media_collection
from portal.readership.models import ClickDay, DownloadDay, PageDay, ReadershipChoices, SubjectDay
from tests.builders import (
    content_of,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_member,
    make_person,
    make_section,
    make_site,
    make_topic,
    newsroom_client,
)
from tests.checkers.refusals import is_refused
from tests.readership.watching import read, today

pytestmark = pytest.mark.django_db

MAX_QUERIES = 45


@pytest.fixture
def editor(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def report(client, ground, **query) -> BeautifulSoup:
    response = client.get(reverse("readership_site", args=[ground.site.pk]), query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def table(page: BeautifulSoup, title: str) -> list[list[str]]:
    heading = page.find("h2", string=title)
    rows = heading.find_parent("section").select("tbody tr")
    for language in page.select(".readership__language"):
        language.extract()
    return [[cell.get_text(strip=True) for cell in row.select("td")] for row in rows]


def test_most_read_pages_of_the_period_come_first_with_their_language(lorraine, editor):
    little, much = make_article(lorraine.section, "Scierie"), make_article(lorraine.section, "Fonderie")
    read(lorraine, little, 3)
    read(lorraine, much, 1200)
    read(lorraine, much, 34, days_ago=6)
    read(lorraine, much, 5, days_ago=7)

    page = report(editor, lorraine, days="7")

    assert {each.text for each in page.select(".readership__language")} == {"French"}
    assert table(page, "Most read") == [["Fonderie", "1,234"], ["Scierie", "3"]]


def test_rising_pages_gained_most_since_the_previous_week(lorraine, saar, editor):
    new, steady, rising = (make_article(lorraine.section, title) for title in ("Verrerie", "Scierie", "Fonderie"))
    read(lorraine, new, 34)
    read(saar, make_article(saar.sections["fr"], "Aciérie"), 50)
    for story, before, now in ((steady, 100, 100), (rising, 10, 40)):
        read(lorraine, story, before, days_ago=9)
        read(lorraine, story, now, days_ago=2)
    rows = table(report(editor, lorraine), "Rising this week")
    assert rows == [["Verrerie", "0", "34"], ["Fonderie", "10", "40"]]


def test_sections_sources_and_devices_are_shown_with_enough_views(lorraine, editor):
    below = make_section(lorraine.section, "Filières")
    story = make_article(below, "Fonderie")
    read(lorraine, story, 9, search=4, social=3, phone=6, tablet=1)
    page = report(editor, lorraine)
    assert table(page, "By section") == [["Rubrique fr", "9"], ["Filières", "9"]]
    for title in ("Where readers come from", "Device", "Views by hour of the day"):
        assert page.find("h2", string=title) is None, "few views could point to single readers"

    read(lorraine, story, 1, days_ago=1)

    page = report(editor, lorraine)
    assert page.find("h2", string="Views by hour of the day")
    assert table(page, "Where readers come from") == [
        ["Search engines", "40 %", "4"],
        ["Directly, or unknown", "30 %", "3"],
        ["Social networks", "30 %", "3"],
    ]
    assert table(page, "Device") == [["Phone", "60 %", "6"], ["Desktop", "30 %", "3"], ["Tablet", "10 %", "1"]]


def test_report_can_be_narrowed_to_a_language_and_a_section(lorraine, editor):
    other = make_section(lorraine.home, "Culture")
    read(lorraine, make_article(lorraine.section, "Fonderie"), 1)
    read(lorraine, make_article(other, "Concert"), 2)
    read(lorraine, make_article(lorraine.sections["de"], "Hütte"), 4)
    german = report(editor, lorraine, language="de")
    section = report(editor, lorraine, section=str(other.pk))
    assert table(german, "Most read") == [["Hütte", "4"]]
    assert table(section, "Most read") == [["Concert", "2"]]
    assert german.select_one(".readership__sum").text == "4"
    assert section.select_one(".readership__sum").text == "2"


def test_chart_is_drawn_without_script_or_style(lorraine, editor):
    read(lorraine, make_article(lorraine.section, "Fonderie"), 12, days_ago=3)
    chart = report(editor, lorraine).select_one("svg.chart")
    bars = chart.select("rect")
    assert len(bars) == 30
    assert [bar.title.text for bar in bars if float(bar["height"])] == [f"{_day(3)}: 12"]
    assert chart["aria-label"] == "Views by day"
    assert not chart.select("script, style, [style], [onclick]")


def _day(days_ago: int) -> str:
    return date.fromordinal(today().toordinal() - days_ago).strftime("%d/%m/%Y")


def test_readership_of_another_site_never_shows(lorraine, saar, editor):
    decoy = make_article(saar.section, "Geheimnis")
    read(saar, decoy, 999)
    click(saar, decoy, "www.decoy.example", 9)
    read(lorraine, make_article(lorraine.section, "Fonderie"), 1)
    for page in (report(editor, lorraine), report(editor, lorraine, section=str(saar.sections["fr"].pk))):
        assert not [words for words in ("Geheimnis", "999", "decoy") if words in page.text]
        assert page.select_one(".readership__sum").text == "1"
    for name, key in (("site", saar.site.pk), ("page", decoy.pk), ("month", saar.site.pk)):
        address = reverse(f"readership_{name}", args=[key])
        assert editor.get(address, {"month": "2026-10"}).status_code == 404


def test_records_that_were_moved_to_another_site_are_not_shown(lorraine, saar, editor):
    story, section = make_article(lorraine.section, "Geheimnis"), make_section(lorraine.home, "Verlegt")
    read(lorraine, story, 99, days_ago=2)
    read(lorraine, section, 98)
    for page in (story, section):
        Page.objects.get(pk=page.pk).move(Page.objects.get(pk=saar.homes["fr"].pk), pos="last-child")
    document = make_document("Vertraulich")
    document.collection = media_collection(saar.site)
    document.save()
    DownloadDay.objects.create(site=lorraine.site, document=document, day=today().toordinal(), views=97)
    text = report(editor, lorraine).text
    assert not [title for title in ("Geheimnis", "Verlegt", "Vertraulich") if title in text]


def test_network_administrators_compare_all_sites(lorraine, saar):
    read(lorraine, make_article(lorraine.section), 10, days_ago=1)
    read(saar, make_article(saar.section), 20, days_ago=8)
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))
    page = BeautifulSoup(client.get(reverse("readership")).content, "html.parser")
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in page.select("table.listing tbody tr")]
    assert rows[0] == ["Lorraine", "10", "0"]
    assert ["Saar", "0", "20"] in rows


def test_user_without_a_site_sees_no_figures(lorraine):
    member = make_member("nobody")
    member.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = newsroom_client(lorraine, member)
    assert is_refused(client.get(reverse("readership")))
    assert is_refused(client.get(reverse("readership_site", args=[lorraine.site.pk])))


def test_list_is_exported_with_all_its_pages(lorraine, saar, editor):
    read(lorraine, make_article(lorraine.section, "=Fonderie"), 7)
    read(saar, make_article(saar.section, "Geheimnis"), 9)
    response = editor.get(reverse("readership_site", args=[lorraine.site.pk]), {"export": "csv"})
    text = content_of(response).decode("utf-8-sig")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert text.splitlines()[0] == '"Title","Address","Language","Views"'
    assert '"\'=Fonderie"' in text
    assert text.splitlines()[1].endswith('"fr","7"')
    assert "Geheimnis" not in text
    spreadsheet = editor.get(reverse("readership_site", args=[lorraine.site.pk]), {"export": "xlsx"})
    assert spreadsheet.content.startswith(b"PK")


def test_story_links_to_its_figures(lorraine, editor):
    story, draft = make_article(lorraine.section, "Fonderie"), make_draft(make_article(lorraine.section, "Scierie"))
    Page.objects.filter(pk=story.pk).update(first_published_at=timezone.now() - timedelta(days=300))
    Page.objects.filter(pk=draft.pk).update(first_published_at=None)
    for days_ago, views in ((0, 3), (20, 5), (200, 7)):
        read(lorraine, story, views, days_ago=days_ago)
    address = reverse("readership_page", args=[story.pk])
    assert address in editor.get(reverse("wagtailadmin_explore", args=[lorraine.section.pk])).content.decode()
    for page, is_offered in ((story, True), (draft, False)):
        edit = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert (reverse("readership_page", args=[page.pk]) in edit) is is_offered
    page = BeautifulSoup(editor.get(address).content, "html.parser")
    assert [each.text for each in page.select(".readership__sum")] == ["3", "8", "15"]


@pytest.mark.parametrize(("views", "is_shown"), [(9, False), (10, True)])
def test_few_views_of_a_page_have_no_source_device_or_hour(lorraine, editor, views, is_shown):
    story = make_article(lorraine.section, "Fonderie")
    read(lorraine, story, views, phone=1)
    text = editor.get(reverse("readership_page", args=[story.pk])).content.decode()
    titles = ("<h2>Where readers come from</h2>", "<h2>Device</h2>", "Views by hour of the day")
    assert [title in text for title in titles] == [is_shown] * 3


def test_monthly_report_is_printable(lorraine, editor):
    story = make_article(lorraine.section, "Fonderie")
    read(lorraine, story, 5, days_ago=(today() - date(2026, 10, 31)).days)
    read(lorraine, story, 9, days_ago=(today() - date(2026, 9, 30)).days)
    address = reverse("readership_month", args=[lorraine.site.pk])
    page = BeautifulSoup(editor.get(address, {"month": "2026-10"}).content, "html.parser")
    assert [each.text for each in page.select(".readership__sum")] == ["5", "9"]
    assert table(page, "Most read") == [["Fonderie", "5"]]
    assert len(page.select("svg.chart rect")) == 31
    for month in ("", "2026-13", "x", "1999-01", "2026-1"):
        assert editor.get(address, {"month": month}).status_code == 404


@pytest.mark.parametrize("query", [{"days": "x"}, {"language": "xx"}, {"section": "abc"}, {"export": "exe"}])
def test_invalid_parameters_give_the_usual_report(lorraine, editor, query):
    assert report(editor, lorraine, **query).select_one("[name=days] [selected]")["value"] == "30"


def test_administrators_decide_whether_their_site_counts(lorraine, saar, newsroom):
    people = newsroom
    administrator = newsroom_client(lorraine, people[Role.SITE_ADMINISTRATOR])
    editor = newsroom_client(lorraine, people[Role.EDITOR])
    own, foreign = (reverse("readership_choices", args=[ground.site.pk]) for ground in (lorraine, saar))
    assert administrator.post(own, {"sends_month": "on"}).status_code == 302
    assert is_refused(editor.post(own, {"is_counting": "on"}))
    assert administrator.post(foreign, {}).status_code == 404
    found = ReadershipChoices.objects.values_list("site", "is_counting", "sends_month")
    assert list(found) == [(lorraine.site.pk, False, True)]


def test_report_needs_few_queries_for_many_views(lorraine, editor):
    sections = [make_section(lorraine.home, f"Section {number}") for number in range(6)]
    for number in range(30):
        story = make_article(sections[number % 6], f"Filière {number}")
        for days_ago in range(3):
            read(lorraine, story, number + 1, days_ago=days_ago)
    address = reverse("readership_site", args=[lorraine.site.pk])
    editor.get(address)
    with CaptureQueriesContext(connection) as queries:
        editor.get(address)
    assert len(queries) <= MAX_QUERIES


def test_query_count_does_not_grow_with_the_sites(lorraine, saar):
    client = newsroom_client(lorraine, make_member("network", is_superuser=True))

    def count_queries() -> int:
        client.get(reverse("readership"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("readership"))
        return len(queries)

    before = count_queries()
    for number in range(4):
        make_site(f"ville-{number}.localhost")
    assert count_queries() == before


def click(ground, page, host: str, times: int) -> None:
    ClickDay.objects.create(site=ground.site, page=page.page_ptr, day=today().toordinal(), host=host, views=times)


def test_topics_authors_and_the_search_have_a_table(lorraine, saar, editor):
    topic, person = make_topic(), make_person()
    facts = [("topic", topic.pk, 3), ("author", person.pk, 2), ("search", 0, 7), ("topic", 10**9, 5)]
    for kind, key, views in facts:
        SubjectDay.objects.create(site=lorraine.site, day=today().toordinal(), kind=kind, key=key, views=views)
    SubjectDay.objects.create(site=saar.site, day=today().toordinal(), kind="topic", key=topic.pk, views=50)
    rows = table(report(editor, lorraine), "Topics, authors and search")
    assert rows == [[f"Topic: {topic.name}", "3"], [f"Author: {person.name}", "2"], ["Search", "7"]]


def test_report_of_an_event_has_opened_forms_and_registrations(lorraine, newsroom):
    event = make_event(lorraine.calendar, "Matinée", takes_registrations=True)
    click(lorraine, event, "", 6)
    Registration.objects.create(
        site=lorraine.site,
        event=event,
        date=DateSeats.objects.create(site=lorraine.site, event_key=event.event_key, date_key="single"),
        language="fr",
        state=Registration.State.CONFIRMED,
        delete_at=timezone.now() + timedelta(days=30),
    )
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    html = client.get(reverse("readership_page", args=[event.pk])).content.decode()
    figures = BeautifulSoup(html, "html.parser").select(".readership__sums div")
    found = {each.dt.get_text(strip=True): each.dd.get_text(strip=True) for each in figures}
    assert found["Registration forms opened in the last thirty days"] == "6"
    assert found["Registrations in the last thirty days"] == "1"


def test_page_list_has_the_views_on_the_users_sites(lorraine, saar, editor):
    story, draft = make_article(lorraine.section, "Fonderie"), make_draft(make_article(lorraine.section, "Scierie"))
    read(lorraine, story, 1200)
    read(lorraine, story, 34, days_ago=29)
    read(lorraine, story, 500, days_ago=40)
    PageDay.objects.create(site=saar.site, page=story.page_ptr, day=today().toordinal(), views=7000)
    figures = column(editor, lorraine)
    assert (figures["Fonderie"], figures[draft.title]) == ("1,234", "")


def column(client, ground) -> dict[str, str]:
    """The number of views in each row of the newsroom's section list."""
    html = client.get(reverse("wagtailadmin_explore", args=[ground.section.pk])).content
    table = BeautifulSoup(html, "html.parser").select_one("table.listing")
    place = [head.get_text(strip=True) for head in table.select("thead th")].index("Views, 30 days")
    rows = [row for row in table.select("tbody tr") if row.select_one(".title-wrapper")]
    return {
        row.select_one(".title-wrapper").get_text(" ", strip=True): row.select("td")[place].get_text(strip=True)
        for row in rows
    }
