"""The page search shows section, state, writer, time and the matching words, and filters by all of them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision

from portal.editorial.roles import Role
from tests.builders import make_article, make_draft, make_member, make_section, make_topic, newsroom_client
from tests.editorial.drafts import answer, draft as complete_draft, submit
from tests.search.newsroom.drafts import draft, index_pages, rewrite, with_topic
from tests.search.searching import paragraph

pytestmark = pytest.mark.django_db
SEARCH = "/admin/pages/search/"


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


@pytest.fixture
def client(lorraine, editor):
    return newsroom_client(lorraine, editor)


def page_of(client, **params):
    response = client.get(SEARCH, params)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def rows(client, **params):
    """The titles of the results."""
    page = page_of(client, **params)
    return [" ".join(cell.get_text().split()) for cell in page.select("#listing-results td.title span[id$=_title]")]


def test_row_says_section_state_writer_time_and_words(lorraine, client, editor):
    editor.first_name, editor.last_name = "Odile", "Trombe"
    editor.save()
    draft(lorraine.section, "Le carreau", "Le chevalement est rouillé.", owner=editor)
    [row] = page_of(client, q="chevalements").select("#listing-results tbody tr")
    text = " ".join(row.get_text(" ", strip=True).split())
    for shown in ("Le carreau", lorraine.section.title, "Draft", "Odile Trombe", "just now", "Article"):
        assert shown in text
    assert row.select_one(".page-search__extract mark").text == "chevalement"
    assert row.select_one("td.title a")["href"].startswith(reverse("wagtailadmin_pages:edit", args=[page_key(row)]))


def page_key(row):
    return row.select_one("span[id$=_title]")["id"].split("_")[1]


def test_correction_is_shown_and_links_to_the_corrected_words(lorraine, client):
    draft(lorraine.section, "Le carreau", "Le chevalement est rouillé.")
    page = page_of(client, q="chevalemnet")
    [link] = [each for each in page.select("#listing-results a") if each.text == "chevalement"]
    assert "q=chevalement" in link["href"]


@pytest.fixture
def states(lorraine, editor, newsroom):
    """One page in each state, named after the state; all titles contain the word quartz."""
    section = lorraine.section
    pages = {
        "draft": draft(section, "Quartz draft", owner=editor),
        "review": complete_draft(lorraine, editor, "Quartz review"),
        "back": complete_draft(lorraine, editor, "Quartz back"),
        "published": make_article(section, "Quartz published"),
        "changed": make_article(section, "Quartz changed"),
        "taken-down": make_draft(make_article(section, "Quartz taken-down")),
        "scheduled": draft(section, "Quartz scheduled", owner=editor),
    }
    pages["changed"] = rewrite(pages["changed"], title="Quartz changed", standfirst="Autre")
    submit(pages["review"], editor)
    answer(submit(pages["back"], editor), newsroom[Role.APPROVER], "reject")
    approved = Revision.objects.filter(pk=pages["scheduled"].latest_revision_id)
    approved.update(approved_go_live_at=timezone.now() + timedelta(days=2))
    index_pages(*pages.values())
    return pages


@pytest.mark.parametrize("state", ["draft", "review", "back", "scheduled", "changed", "taken-down"])
def test_state_filter_shows_the_pages_in_it(client, states, state):
    assert rows(client, q="quartz", state=state) == [f"Quartz {state}"]


def test_published_pages_are_those_that_readers_see(client, states):
    assert sorted(rows(client, q="quartz", state="published")) == ["Quartz changed", "Quartz published"]
    assert len(rows(client, q="quartz", state=["draft", "review"])) == 2
    assert "Changed since" in page_of(client, q="quartz", state="changed").select_one(".page-search__state").text


def test_filters_work_without_words_and_together(client, states):
    assert rows(client, state="review") == ["Quartz review"]
    assert rows(client, state="review", kind=states["review"].content_type_id) == ["Quartz review"]
    assert rows(client, state="review", language="de") == []


def test_kind_section_language_and_topic_filter(lorraine, client):
    topic = make_topic("Minéraux")
    below = make_section(lorraine.section, "Carrières")
    page = with_topic(draft(below, "Quartz rose").get_latest_revision_as_object(), topic)
    draft(lorraine.sections["de"], "Quartz grau")
    index_pages(below)
    kind = page.content_type_id
    assert rows(client, q="quartz", topic=topic.pk) == ["Quartz rose"]
    assert rows(client, q="quartz", language="de") == ["Quartz grau"]
    assert rows(client, q="quartz", section=lorraine.section.pk) == ["Quartz rose"]
    assert sorted(rows(client, q="quartz", kind=kind)) == ["Quartz grau", "Quartz rose"]
    assert rows(client, q="quartz", kind=lorraine.section.content_type_id) == []


def test_writer_filter_finds_what_a_person_began_or_wrote_last(lorraine, client, editor, newsroom):
    organiser = newsroom[Role.ORGANISER]
    begun = draft(lorraine.section, "Quartz begun", owner=organiser)
    rewrite(begun, user=editor)
    rewrite(draft(lorraine.section, "Quartz finished", owner=editor), user=organiser)
    draft(lorraine.section, "Quartz other", owner=editor)
    assert sorted(rows(client, q="quartz", writer=organiser.pk)) == ["Quartz begun", "Quartz finished"]


def test_spans_of_days_filter_by_publication_and_by_change(lorraine, client):
    now = timezone.now()
    old = make_article(lorraine.section, "Quartz old")
    type(old).objects.filter(pk=old.pk).update(
        first_published_at=now - timedelta(days=30), latest_revision_created_at=now - timedelta(days=20)
    )
    index_pages(old, make_article(lorraine.section, "Quartz new"))
    days = {number: f"{now - timedelta(days=number):%Y-%m-%d}" for number in (40, 25, 15)}
    assert rows(client, q="quartz", published_at_from=days[40], published_at_to=days[25]) == ["Quartz old"]
    assert rows(client, q="quartz", published_at_from=days[25]) == ["Quartz new"]
    assert rows(client, q="quartz", changed_from=days[25], changed_to=days[15]) == ["Quartz old"]
    assert rows(client, q="quartz", changed_to=days[25]) == []


def test_filters_offer_only_the_users_sections_topics_and_people(lorraine, saar, client, newsrooms):
    make_section(saar.homes["fr"], "Obsidiennes")
    stranger = newsrooms.saar[Role.EDITOR]
    stranger.last_name = "Nemo-Saar"
    stranger.save()
    html = client.get(SEARCH).content.decode()
    assert lorraine.section.title in html
    assert "Obsidiennes" not in html
    assert "Nemo-Saar" not in html


@pytest.mark.parametrize(
    "params",
    [
        {"state": "nothing"}, {"section": "x"}, {"kind": "0"}, {"writer": "99999999999999999999"}, {"topic": "-1"},
        {"published_at_from": "yesterday"}, {"changed_to": "2026-02-31"}, {"p": "abc"}, {"ordering": "x"}, {"q": '"'},
        {"q": "\0"}, {"q": "NEAR(* \""}, {"q": "-"}, {"q": "x" * 3000}, {"content_type": "x"},
    ],
)  # fmt: skip
def test_bad_parameters_cause_no_error(client, params):
    for address in (SEARCH, f"{SEARCH}results/"):
        assert client.get(address, params).status_code == 200


def test_common_word_lists_the_best_results_and_their_total(lorraine, client, monkeypatch):
    for name, value in (("MAX_RANKED", 3), ("MAX_RANKED_TITLES", 3)):
        monkeypatch.setattr(f"search.engines.base.{name}", value)
    pages = [draft(lorraine.section, f"Quartz {number}") for number in range(5)]
    index_pages(*pages)
    text = page_of(client, q="quartz").select_one(".page-search__summary").get_text(" ", strip=True)
    assert "5 results" in text


def test_dashboard_has_a_field_for_the_page_search(client):
    page = BeautifulSoup(client.get("/admin/").content, "html.parser")
    [form] = page.select(".w-dashboard form[role=search]")
    assert form["action"] == SEARCH


def test_person_of_another_site_sees_nothing_of_it(lorraine, saar, newsrooms, client):
    draft(lorraine.section, "Quartz lorrain")
    other = newsroom_client(saar, newsrooms.saar[Role.EDITOR])
    assert rows(client, q="quartz") == ["Quartz lorrain"]
    assert rows(other, q="quartz") == []
    assert make_member("nobody").pk


def test_list_of_many_results_needs_few_queries(lorraine, client, django_assert_max_num_queries):
    pages = [draft(lorraine.section, f"Quartz {number}", words="Du quartz") for number in range(20)]
    index_pages(*pages)
    rows(client, q="quartz")
    with django_assert_max_num_queries(41):
        assert len(rows(client, q="quartz")) == 20


def test_results_of_many_people_need_as_many_queries_as_those_of_one(lorraine, client, django_assert_max_num_queries):
    pages = [draft(lorraine.section, f"Quartz {number}", words="Du quartz") for number in range(5)]
    written = Page.objects.filter(pk__in=[page.pk for page in pages])
    written.update(owner=make_member("alone"))
    page_of(client, q="quartz")
    with django_assert_max_num_queries(41) as few:
        page_of(client, q="quartz")
    for number, page in enumerate(written):
        Page.objects.filter(pk=page.pk).update(owner=make_member(f"writer-{number}"))
    with django_assert_max_num_queries(len(few)):
        assert "writer-4" in page_of(client, q="quartz").select_one("#listing-results").text


def test_live_text_stays_with_readers_until_the_draft_is_published(lorraine, client):
    page = make_article(lorraine.section, "Quartz", body=paragraph("Version des lecteurs."))
    rewrite(page, body=paragraph("Version suivante."))
    assert rows(client, q="suivante") == ["Quartz"]
    assert lorraine.reader().get("/fr/recherche/", {"q": "suivante"}).text.count("<mark>") == 0
