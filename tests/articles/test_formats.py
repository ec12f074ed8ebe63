"""Each format of a story has its own opening, card, feed entry, structured data and checklist."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from django.utils.translation import override

from articles.formats import FORMATS
from articles.models import ArticlePage
from portal.editorial.approval.checklist import findings
from tests.builders import change, make_article, make_image, make_person
from tests.search.searching import titles

URL = "https://ailleurs.example/article"


def exchange(question: str, answer: str, speaker: str = "") -> dict:
    return {"type": "exchange", "value": {"question": question, "answer": f"<p>{answer}</p>", "speaker": speaker}}


def gallery(count: int = 3) -> dict:
    images = [{"image": make_image(f"Vue {n}").pk, "alt": f"Vue {n}", "caption": f"Lieu {n}"} for n in range(count)]
    return {"type": "gallery", "value": {"images": images}}


def page_at(ground, path: str, **query: str) -> BeautifulSoup:
    response = ground.reader().get(path, query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def read(ground, page) -> BeautifulSoup:
    return page_at(ground, ground.address(page))


def things(html: BeautifulSoup) -> dict[str, dict]:
    graph = json.loads(html.select_one('script[type="application/ld+json"]').text)["@graph"]
    return {thing["@type"]: thing for thing in graph}


def card_in_list(ground, title: str) -> BeautifulSoup:
    cards = page_at(ground, "/fr/actualites/").select(".list__stories .card")
    return next(card for card in cards if title in card.get_text())


def missing(page: ArticlePage) -> set[str]:
    return {finding.code for finding in findings(page, timezone.now())}


@pytest.fixture
def author():
    return make_person("Anne Zeller", role="Ingénieure", picture=make_image("Anne Zeller"))


@pytest.fixture
def opinion(lorraine, author):
    return make_article(lorraine.section, "Prenons le train", format="opinion", authors=[author], lead_image=None)


@pytest.fixture
def interview(lorraine):
    return make_article(
        lorraine.section,
        "L’écluse",
        format="interview",
        interviewee="Delphine Arnould",
        interviewee_role="éclusière",
        body=[exchange("Pourquoi ?", "Pour l’eau."), exchange("Et après ?", "La nuit.")],
    )


@pytest.fixture
def link(lorraine):
    return make_article(lorraine.section, "La carte", format="link", link=URL, lead_image=None)


def test_story_without_a_format_opens_as_before(lorraine):
    html = read(lorraine, make_article(lorraine.section, "Une fonderie"))

    assert "NewsArticle" in things(html)
    assert html.select(".story__label span") == []


# Opinion


def test_opinion_names_its_author_above_the_title(lorraine, opinion):
    head = read(lorraine, opinion).select_one(".story__head")

    names = [each.get_text(strip=True) for each in head.select(".voice__name, h1")]
    assert names == ["Anne Zeller", "Prenons le train"]
    assert head.select_one(".voice__face img") is not None


def test_opinion_says_that_it_is_one(lorraine, opinion):
    with override("en"):
        assert FORMATS[0].label == "Opinion"
    html = read(lorraine, opinion)
    assert html.select_one(".story__label span").get_text(strip=True) == FORMATS[0].label
    assert html.select_one(".story__notice") is not None


def test_opinion_is_an_opinion_to_search_engines(lorraine, opinion):
    found = things(read(lorraine, opinion))["OpinionNewsArticle"]

    assert found["author"][0]["name"] == "Anne Zeller"


def test_opinion_needs_an_author_and_no_picture(lorraine):
    draft = ArticlePage(title="Prenons le train", format="opinion", standfirst="Il passe.")

    assert "author" in missing(draft)
    assert "lead_image" not in missing(draft)


def test_card_of_an_opinion_shows_name_and_face(lorraine, opinion):
    card = card_in_list(lorraine, "Prenons le train")

    assert card.select_one(".card__name").get_text(strip=True) == "Anne Zeller"
    assert card.select_one(".card__face img") is not None
    assert card.select_one(".card__label span").get_text(strip=True) == FORMATS[0].label


def test_card_of_an_opinion_follows_its_author(lorraine, opinion, author):
    author.name, author.picture = "Anne Zeller-Roth", None
    author.save()

    card = card_in_list(lorraine, "Prenons le train")
    assert card.select_one(".card__name").get_text(strip=True) == "Anne Zeller-Roth"
    assert card.select_one(".card__face") is None


def test_card_does_not_name_a_person_who_was_deleted(lorraine, opinion, author):
    author.delete()

    assert card_in_list(lorraine, "Prenons le train").select_one(".card__name") is None


# Interview


def test_interview_shows_questions_with_their_answers(lorraine, interview):
    html = read(lorraine, interview)

    pairs = [
        (each.select_one(".exchange__question").get_text(strip=True), each.select_one("p:last-child").get_text())
        for each in html.select(".exchange")
    ]
    assert pairs == [("Pourquoi\u202f?", "Pour l’eau."), ("Et après\u202f?", "La nuit.")]
    assert "Delphine Arnould" in html.select_one(".story__head").get_text()


def test_speaker_is_named_once_until_another_answers(lorraine):
    body = [
        exchange("Un ?", "A.", "Zoé"),
        exchange("Deux ?", "B.", "Zoé"),
        exchange("Trois ?", "C.", "Paul"),
        exchange("Quatre ?", "D.", "Zoé"),
    ]
    html = read(lorraine, make_article(lorraine.section, "À deux voix", format="interview", body=body))

    assert [each.get_text() for each in html.select(".exchange__speaker")] == ["Zoé", "Paul", "Zoé"]


def test_questions_of_an_interview_are_parts_of_the_article(lorraine, interview):
    found = things(read(lorraine, interview))

    parts = found["NewsArticle"]["hasPart"]
    assert [part["name"] for part in parts] == ["Pourquoi ?", "Et après ?"]
    assert parts[0]["acceptedAnswer"]["text"] == "Pour l’eau."
    assert parts[0]["acceptedAnswer"]["author"]["name"] == "Delphine Arnould"
    assert "FAQPage" not in found


def test_interview_needs_a_question(lorraine):
    assert "exchange" in missing(ArticlePage(title="L’écluse", format="interview"))


def test_search_finds_the_text_of_an_interview(lorraine, interview):
    assert titles(lorraine, "éclusière") == ["L’écluse"]
    assert titles(lorraine, "nuit") == ["L’écluse"]


# Brief


def brief(ground, title: str, **facts) -> ArticlePage:
    return make_article(ground.section, title, format="brief", lead_image=None, **facts)


def test_brief_shows_its_hour(lorraine):
    day = timezone.now().replace(year=2026, month=3, day=3, hour=8, minute=5)

    html = read(lorraine, brief(lorraine, "Un bus", date=day))

    assert html.select_one(".story__hour").get_text(strip=True) == "9\u00a0h\u00a005"


def test_list_of_briefs_is_grouped_by_day_with_hours(lorraine, saar):
    now = timezone.now()
    brief(saar, "Un bus en Sarre")
    make_article(lorraine.section, "Un reportage")
    today, before = brief(lorraine, "Un bus", date=now), brief(lorraine, "Un four", date=now - timedelta(days=2))

    html = page_at(lorraine, "/fr/actualites/", kind="brief")

    days = [[each.get_text(strip=True) for each in day.select("h3")] for day in html.select(".wire__day")]
    assert days == [[today.title], [before.title]]
    assert len(html.select(".wire__hour")) == 2


def test_briefs_have_a_feed(lorraine, saar):
    brief(lorraine, "Un bus")
    make_article(lorraine.section, "Un reportage")
    brief(saar, "Un bus en Sarre")

    feed = lorraine.reader().get("/fr/feed.rss", {"kind": "brief"}).content.decode()

    assert feed.count("<item>") == 1
    assert "Un bus" in feed


def test_long_brief_is_refused_by_the_checklist(lorraine):
    draft = ArticlePage(title="Un bus", format="brief", standfirst="Il part. Il passe. Il revient.")
    draft.body = [{"type": "paragraph", "value": f"<p>{'Encore. ' * 61}</p>"}]

    assert {"short", "brief_text"} <= missing(draft)


def test_two_sentences_without_a_picture_are_enough_for_a_brief(lorraine):
    draft = ArticlePage(title="Un bus", format="brief", standfirst="Il part à 4 h 35. Le premier mois est gratuit.")

    assert missing(draft) == {"topic"}


# Long read


def test_long_read_opens_with_a_wide_picture_and_its_chapters(lorraine):
    headings = [{"type": "heading", "value": {"text": text, "level": "h2"}} for text in ("Un", "Deux", "Trois")]
    html = read(lorraine, make_article(lorraine.section, "Le bois", format="longread", body=headings))

    assert html.select_one(".story--longread .story__lead img")["sizes"] == "100vw"
    assert [each.get_text(strip=True) for each in html.select(".contents a")] == ["Un", "Deux", "Trois"]
    assert html.select_one(".progress")["aria-hidden"] == "true"


def test_figure_can_be_as_wide_as_the_window(lorraine):
    value = {"image": make_image().pk, "alt": "Un arbre", "wide": False, "full": True}
    page = make_article(lorraine.section, "Le bois", format="longread", body=[{"type": "figure", "value": value}])

    assert read(lorraine, page).select_one(".figure--full img")["alt"] == "Un arbre"


# Picture story


def test_picture_story_shows_its_gallery_large(lorraine):
    page = make_article(lorraine.section, "La vallée", format="pictures", body=[gallery()])
    plain = make_article(lorraine.section, "Une autre", body=[gallery()])

    def widths(page):
        return read(lorraine, page).select_one(".gallery img")["sizes"]

    assert widths(page) != widths(plain)


def test_pictures_are_a_gallery_to_search_engines(lorraine):
    page = make_article(lorraine.section, "La vallée", format="pictures", body=[gallery(2)])

    found = things(read(lorraine, page))
    assert [each["caption"] for each in found["ImageGallery"]["associatedMedia"]] == ["Lieu 0", "Lieu 1"]
    assert found["NewsArticle"]["hasPart"] == {"@id": found["ImageGallery"]["@id"]}


def test_picture_story_begins_with_its_gallery(lorraine):
    text = {"type": "paragraph", "value": "<p>Avant.</p>"}
    draft = ArticlePage(title="La vallée", format="pictures", body=[text, gallery(1)])

    assert "gallery" in missing(draft)


# A story on another site


def test_card_leads_to_the_other_site_and_names_it(lorraine, link):
    card = card_in_list(lorraine, "La carte")

    assert card.select_one(".card__title a")["href"] == URL
    assert "ailleurs.example" in card.select_one(".card__host").get_text()


def test_own_page_says_where_the_text_is(lorraine, link):
    html = read(lorraine, link)

    assert html.select_one(".elsewhere a")["href"] == URL
    assert "ailleurs.example" in html.select_one(".elsewhere__note").get_text()
    assert things(html)["SocialMediaPosting"]["sharedContent"]["url"] == URL


def test_feed_has_the_storys_address_and_the_external_one(lorraine, link):
    (item,) = lorraine.reader().get("/fr/feed.json", {"kind": "link"}).json()["items"]

    assert item["url"].endswith(lorraine.address(link))
    assert item["external_url"] == URL


def test_card_of_a_former_link_leads_to_the_story_again(lorraine, link):
    change(link, format="report", lead_image=make_image())

    assert card_in_list(lorraine, "La carte").select_one(".card__title a")["href"] == lorraine.address(link)


def test_link_needs_its_address(lorraine):
    assert "target" in missing(ArticlePage(title="La carte", format="link"))


# The essential


def test_essential_is_above_the_text_in_search_and_in_the_api(lorraine):
    page = make_article(lorraine.section, "L’été", key_points="Il dure.\nIl coûte de l’eau.\n")

    assert [each.get_text() for each in read(lorraine, page).select(".points li")] == ["Il dure.", "Il coûte de l’eau."]
    assert titles(lorraine, "coûte") == ["L’été"]
    assert lorraine.reader().get(f"/api/v2/pages/{page.pk}/").json()["key_points"] == ["Il dure.", "Il coûte de l’eau."]


def test_essential_stands_beside_its_translation(lorraine):
    page = make_article(lorraine.section, "L’été", key_points="Il dure.")
    copy = page.copy_for_translation(lorraine.homes["de"].locale, copy_parents=True)
    change(copy, title="Der Sommer", key_points="Er dauert.", live=True)

    html = page_at(lorraine, lorraine.address(page), beside="de")

    assert [each.get_text() for each in html.select(".beside .points li")] == ["Il dure.", "Er dauert."]


def test_fourth_sentence_is_refused(lorraine):
    page = make_article(lorraine.section, "L’été")
    page.key_points = "Un.\nDeux.\nTrois.\nQuatre."

    with pytest.raises(Exception, match="key_points"):
        page.full_clean()


# All formats


def test_translation_keeps_the_format(lorraine, opinion):
    copy = opinion.copy_for_translation(lorraine.homes["de"].locale, copy_parents=True)
    change(copy, title="Nehmen wir den Zug", live=True)

    html = page_at(lorraine, lorraine.address(copy))
    assert html.select_one(".voice__name").get_text(strip=True) == "Anne Zeller"


def test_filter_offers_each_format(lorraine):
    offered = {each["value"] for each in page_at(lorraine, "/fr/actualites/").select("[name=kind] option")}

    assert {each.name for each in FORMATS} <= offered
