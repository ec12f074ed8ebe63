"""Every change of a page updates the listings."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from articles.listing import update_listings_below
from articles.models import ArticlePage
from portal.content.records import listing
from portal.content.records.listing import Placement, StoryCard
from tests.builders import (
    change,
    make_article,
    make_draft,
    make_image,
    make_portrait,
    make_recap,
    make_section,
)


def listed(page: Page, now: datetime | None = None) -> list[str]:
    """The titles in a page's list, newest first."""
    placements = Placement.objects.in_lists_of(page.pk, now or timezone.now()).newest_first()
    return [card.title for card in StoryCard.objects.cards_of(placements)]


def test_each_kind_of_story_is_listed_at_every_page_above(lorraine):
    sub = make_section(lorraine.section, "Artisanat")
    make_article(sub, "Article profond")

    for page in (sub, lorraine.section, lorraine.home):
        assert "Article profond" in listed(page)
    for title in ("Article lorrain fr", "Portrait lorrain fr", "Retour lorrain fr"):
        assert title in listed(lorraine.section)
        assert title in listed(lorraine.home)
        assert title not in listed(sub)


def test_draft_of_a_listed_story_does_not_change_lists(lorraine):
    article = make_article(lorraine.section, "Publié")
    article.title, article.publication_date = "En préparation", timezone.now() - timedelta(days=900)
    article.save_revision()

    assert listed(lorraine.home)[0] == "Publié"


def test_publishing_an_edit_changes_the_card(lorraine):
    picture = make_image()
    article = make_article(lorraine.section, "Avant")

    change(article, title="Après", standfirst="Nouveau chapeau", lead_image=picture)

    card = StoryCard.objects.get(pk=article.pk)
    assert (card.title, card.standfirst, card.image) == ("Après", "Nouveau chapeau", picture)
    assert "Avant" not in listed(lorraine.home)


def test_story_published_again_is_listed_again(lorraine):
    article = make_draft(make_article(lorraine.section, "Revenue"))

    article.save_revision().publish()

    assert "Revenue" in listed(lorraine.home)


def test_section_unpublished_with_all_below_empties_the_lists(lorraine):
    sub = make_section(lorraine.section, "Artisanat")
    make_article(sub, "Article profond")

    for page in (*sub.get_descendants().specific(), sub):
        page.unpublish()

    assert "Article profond" not in listed(lorraine.home)


def test_moved_story_changes_its_lists(lorraine):
    wood = make_section(lorraine.home, "Bois")
    article = make_article(lorraine.section, "Déménage")

    article.move(wood, pos="last-child")

    assert "Déménage" in listed(wood)
    assert "Déménage" in listed(lorraine.home)
    assert "Déménage" not in listed(lorraine.section)


def test_moved_section_moves_its_stories(lorraine):
    wood, craft = make_section(lorraine.home, "Bois"), make_section(lorraine.section, "Artisanat")
    make_article(craft, "Article artisanal")

    craft.move(wood, pos="first-child")

    assert "Article artisanal" in listed(wood)
    assert "Article artisanal" not in listed(lorraine.section)


def test_story_moved_to_another_site_leaves_the_first(lorraine, saar):
    article = make_article(lorraine.section, "Change de camp")

    article.move(saar.sections["fr"], pos="last-child")

    assert "Change de camp" in listed(saar.homes["fr"])
    assert "Change de camp" not in listed(lorraine.home)


def test_deleted_story_is_not_listed(lorraine):
    article = make_article(lorraine.section, "Effacée")

    article.delete()

    assert "Effacée" not in listed(lorraine.home)
    assert not StoryCard.objects.filter(title="Effacée").exists()


def test_copy_is_listed_at_its_place(lorraine):
    wood = make_section(lorraine.home, "Bois")
    article = make_article(lorraine.section, "Copié")

    article.copy(to=wood, update_attrs={"slug": "copie", "title": "La copie"}, keep_live=True)

    assert "La copie" in listed(wood)
    assert "La copie" not in listed(lorraine.section)


def test_alias_is_listed_at_its_place_and_follows_its_original(lorraine):
    wood = make_section(lorraine.home, "Bois")
    article = make_article(lorraine.section, "Original")
    article.create_alias(parent=wood, update_slug="copie")
    assert "Original" in listed(wood)

    change(article, title="Corrigé")
    assert "Corrigé" in listed(wood)

    make_draft(ArticlePage.objects.get(pk=article.pk))
    assert "Corrigé" not in listed(wood)


def test_publication_date_orders_the_list_or_else_the_first_publication(lorraine):
    now = timezone.now()
    wood = make_section(lorraine.home, "Bois")
    make_article(wood, "Ancien", date=now - timedelta(days=3))
    make_portrait(wood, "Sans date", date=None)
    make_article(wood, "Récent", date=now - timedelta(days=1))

    assert listed(wood) == ["Sans date", "Récent", "Ancien"]

    change(ArticlePage.objects.get(title="Ancien"), publication_date=now - timedelta(hours=1))

    assert listed(wood, timezone.now()) == ["Sans date", "Ancien", "Récent"]


def test_card_remains_when_its_image_is_deleted(lorraine):
    article = make_article(lorraine.section, "Illustré", lead_image=make_image())
    picture = article.lead_image
    change(article, lead_image=None)

    picture.delete()

    assert "Illustré" in listed(lorraine.home)


def test_stale_card_of_a_draft_is_not_shown(lorraine):
    """A page that is unpublished by SQL or by another tool keeps its card, so lists check the page as well."""
    article = make_article(lorraine.section, "Oubliée")
    Page.objects.filter(pk=article.pk).update(live=False)

    assert "Oubliée" not in listed(lorraine.home)


def test_listings_can_be_rebuilt(lorraine):
    recap = make_recap(lorraine.calendar, "Retour")
    before = listed(lorraine.home)
    StoryCard.objects.all().delete()

    count = update_listings_below(lorraine.home)

    assert listed(lorraine.home) == before
    assert count >= len(before)
    assert StoryCard.objects.get(pk=recap.pk).kind == "recap"


def test_rebuilding_needs_no_more_queries_for_more_stories(lorraine):
    with CaptureQueriesContext(connection) as few:
        update_listings_below(lorraine.home)
    for _ in range(10):
        make_article(lorraine.section)

    with CaptureQueriesContext(connection) as many:
        update_listings_below(lorraine.home)

    assert len(many) <= len(few) + 2


def test_list_whose_only_story_goes_while_it_is_read(lorraine, monkeypatch):
    """The years come from two queries, between which another process unpublishes the story."""
    make_article(lorraine.section, "Fonderie")
    answers = iter([[timezone.now()], []])
    monkeypatch.setattr(listing, "_end_of_list", lambda *args, **kwargs: next(answers, []))

    assert lorraine.reader().get("/fr/rubrique/actualites/").status_code == 200
