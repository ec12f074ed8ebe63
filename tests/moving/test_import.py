"""A WordPress export becomes drafts of the edition, without content of another site."""

import gc
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import override
from wagtail.models import Page, PageLogEntry, PageViewRestriction, TaskState, WorkflowState

from events.models import CalendarPage
from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.editorial.approval.authorship import authors_among
from portal.moving import running
from portal.moving.models import ImportedItem
from portal.moving.writing import drafts
from portal.moving.writing.drafts import IMPORTED, IMPORTED_LIVE
from portal.moving.writing.redirects import redirect_all
from tests.builders import SampleSite, make_person, make_topic
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import OLD, a_tag, attachment, author, category, item

pytestmark = pytest.mark.usefixtures("newsroom")
ACTIONS = ("wagtail.publish", IMPORTED_LIVE)
HALL = attachment(
    "Hall",
    f"{OLD}/wp-content/uploads/2024/05/hall.png",
    wp_id=50,
    excerpt="Le hall, en mai",
    meta={"_wp_attachment_image_alt": "Un hall vide", "credit": "Jean Weber"},
)


def test_post_becomes_a_story_with_its_texts(bring):
    bring(
        author("anna", "Anna Weiß"),
        a_tag("bois", "Bois"),
        item("Un atelier rouvre", "<p>Le texte.</p>", wp_id=1, excerpt="En bref.", tags=("bois",)),
    )

    page = page_of(1)

    assert (page.title, page.slug, page.standfirst) == ("Un atelier rouvre", "un-atelier-rouvre", "En bref.")
    assert page.body[0].value.source == "<p>Le texte.</p>"
    assert page.publication_date == datetime(2024, 5, 17, 7, 30, tzinfo=UTC)
    assert [row.topic.name for row in page.page_topics.all()] == ["Bois"]
    assert [row.person.name for row in page.bylines.all()] == ["Anna Weiß"]


def test_published_posts_wait_for_a_review_and_drafts_do_not(bring):
    bring(item("Publié", "Texte", wp_id=1), item("Brouillon", "Texte", wp_id=2, status="draft"))

    assert not page_of(1).live
    assert page_of(1).workflow_in_progress
    assert not page_of(2).workflow_in_progress


def test_nobody_is_an_author_of_an_imported_text(bring):
    bring(item("Publié", "Texte", wp_id=1))

    assert authors_among(page_of(1), None) == set()


def test_other_site_is_unchanged(bring, saar: SampleSite):
    before = Page.objects.descendant_of(saar.home).count()
    bring(author("anna", "Anna"), a_tag("bois", "Bois"), item("Publié", "Texte", wp_id=1, tags=("bois",)))

    assert Page.objects.descendant_of(saar.home).count() == before
    assert not Person.objects.available_at(saar.site).filter(name="Anna")
    assert not Topic.objects.available_at(saar.site).filter(name="Bois")


def test_only_topics_and_people_of_the_importing_site_are_used(bring, lorraine, saar):
    own, foreign = make_topic("Bois", slug="bois-1"), make_topic("Eau", slug="eau-1")
    own.site, foreign.site = lorraine.site, saar.site
    own.save()
    foreign.save()
    person = make_person("Anna", site=lorraine.site)

    bring(
        author("anna", "Anna"),
        a_tag("bois", "bois"),
        a_tag("eau", "Eau"),
        item("Un", "Texte", wp_id=1, tags=("bois", "eau")),
    )

    topics = {row.topic.pk for row in page_of(1).page_topics.all()}
    assert own.pk in topics
    assert foreign.pk not in topics
    assert [row.person.pk for row in page_of(1).bylines.all()] == [person.pk]


def test_large_category_is_a_section_and_a_small_one_a_topic(bring):
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco", "divers")[: 2 if n == 1 else 1]) for n in range(1, 5)]

    bring(category("eco", "Économie"), category("divers", "Divers"), *posts)

    assert page_of(1).get_parent().title == "Économie"
    assert [row.topic.name for row in page_of(1).page_topics.all()] == ["Divers"]


def test_post_that_cannot_be_stored_leaves_the_others_of_its_new_section(bring, monkeypatch):
    check = drafts.check_draft

    def refusing(page, *facts):
        if page.title == "N 2":
            raise ValidationError("not valid")
        check(page, *facts)

    monkeypatch.setattr(drafts, "check_draft", refusing)
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",)) for n in range(1, 5)]

    report = bring(category("eco", "Économie"), *posts)

    below = Page.objects.child_of(Page.objects.get(title="Économie"))
    assert sorted(below.values_list("title", flat=True)) == ["N 1", "N 3", "N 4"]
    assert "not valid" in report.problems[0]


def test_section_of_the_site_is_used(bring, lorraine: SampleSite):
    bring(category("rubrique", lorraine.section.title), *[
        item(f"N {n}", "Texte", wp_id=n, categories=("rubrique",)) for n in range(1, 5)
    ])  # fmt: skip

    assert page_of(1).get_parent().pk == lorraine.section.pk


def test_posts_of_a_category_of_briefs_become_briefs(bring, lorraine: SampleSite):
    bring(category("breves", "En bref"), item("Un bus", "Il part.", wp_id=1, categories=("breves",)))

    assert (page_of(1).kind.name, page_of(1).format) == ("article", "brief")


def test_portraits_and_recaps_are_recognised_by_category_and_title(bring, lorraine: SampleSite):
    bring(
        category("portraits", "Portraits"),
        item("Anna", "Texte", wp_id=1, categories=("portraits",)),
        item("Retour sur la fête", "Texte", wp_id=2),
        item("Autre", "Texte", wp_id=3),
    )

    assert [page_of(number).kind.name for number in (1, 2, 3)] == ["portrait", "recap", "article"]
    assert page_of(2).get_parent().specific_class is CalendarPage


def test_pages_keep_their_tree_in_any_order_of_import(bring, lorraine: SampleSite):
    bring(
        item("Équipe", "Texte", "page", wp_id=2, parent=1),
        item("Qui sommes-nous", "Texte", "page", wp_id=1),
        item("Emplois", "Texte", "page", wp_id=3, parent=2),
    )

    assert page_of(3).get_parent().pk == page_of(2).pk
    assert page_of(2).get_parent().pk == page_of(1).pk
    assert page_of(1).get_parent().pk == lorraine.home.pk


def test_pages_with_circular_parents_are_imported(bring):
    bring(item("A", "Texte", "page", wp_id=1, parent=2), item("B", "Texte", "page", wp_id=2, parent=1))

    assert page_of(1).title == "A"
    assert page_of(2).title == "B"


def test_pictures_are_imported_with_their_texts(bring):
    text = f'<p>Un.</p><p>Texte</p><img class="wp-image-50" src="{OLD}/wp-content/uploads/2024/05/hall-300x200.png" alt="">'
    bring(HALL, item("Un", text, wp_id=1, meta={"_thumbnail_id": "50"}))

    page = page_of(1)

    image = page.lead_image
    assert (image.description, image.credit, page.lead_image_alt) == ("Un hall vide", "Jean Weber", "Un hall vide")
    assert page.lead_image_caption == "Le hall, en mai"
    assert page.body[1].value["image"] == image
    assert page.body[1].value["alt"] == "Un hall vide"


def test_equal_pictures_are_stored_once(bring, uploads):
    (uploads / "2024/05/copy.png").write_bytes((uploads / "2024/05/hall.png").read_bytes())
    copy = attachment("Copie", f"{OLD}/wp-content/uploads/2024/05/copy.png", wp_id=51)
    bring(HALL, copy, item("Un", '[gallery ids="50,51"]', wp_id=1, meta={"_thumbnail_id": "50"}))

    images = [image["image"] for image in page_of(1).body[0].value["images"]]
    assert images[0] == images[1]


def test_picture_that_is_missing_is_named_and_its_caption_stays(bring):
    report = bring(item("Un", '<figure><img src="/x.png"><figcaption>Le pont</figcaption></figure>', wp_id=1))

    assert page_of(1).body[0].value.source == "<p>Le pont</p>"
    assert report.notes["picture missing"] == 1


def test_path_outside_the_upload_folder_is_refused(bring, tmp_path):
    (tmp_path / "secret.pdf").write_bytes(b"%PDF secret")
    bring(attachment("Secret", f"{OLD}/wp-content/uploads/../secret.pdf", wp_id=60), item("Un", "Texte", wp_id=1))

    assert not ImportedItem.objects.filter(kind="file").exists()


def test_file_in_an_internal_network_is_not_fetched_even_where_calendars_are(bring, settings):
    settings.CALENDAR_HOSTS = ["127.0.0.1"]
    inside = attachment("Interne", "http://127.0.0.1/wp-content/uploads/a.png", wp_id=61)

    bring(inside, item("Un", "Texte", wp_id=1, meta={"_thumbnail_id": "61"}), media="")

    notes = ImportedItem.objects.get(kind="page").notes
    assert [
        "picture missing",
        "http://127.0.0.1/wp-content/uploads/a.png: Cet hôte n’est pas accessible sur l’internet public.",
    ] in notes


def test_links_to_the_old_site_become_links_to_pages_and_documents(bring):
    guide = attachment("Guide", f"{OLD}/wp-content/uploads/2024/05/guide.pdf", wp_id=70)
    text = f'<p><a href="{OLD}/2024/05/deux/">deux</a> <a href="/?p=2">p</a> <a href="{OLD}/wp-content/uploads/2024/05/guide.pdf">guide</a> <a href="{OLD}/parti/">parti</a></p>'
    bring(guide, item("Un", text, wp_id=1), item("Deux", "Texte", wp_id=2))

    source = page_of(1).body[0].value.source
    document = ImportedItem.objects.get(kind="file").document_id

    assert f'<a linktype="page" id="{page_of(2).pk}">deux</a> <a linktype="page" id="{page_of(2).pk}">p</a>' in source
    assert f'<a linktype="document" id="{document}">guide</a>' in source
    assert f'<a href="{OLD}/parti/">parti</a>' in source


def test_private_posts_are_private(bring):
    bring(item("Protégé", "Texte", wp_id=1, password="sésame"), item("Interne", "Texte", wp_id=2, status="private"))

    password, login = PageViewRestriction.objects.filter(page__in=[page_of(1).pk, page_of(2).pk]).order_by("page_id")
    assert check_password("sésame", password.password)
    assert login.restriction_type == PageViewRestriction.LOGIN


def test_scheduled_post_is_a_draft_with_its_date(bring):
    bring(item("Demain", "Texte", wp_id=1, status="future", gmt="2031-05-17 07:30:00"))

    assert page_of(1).go_live_at == datetime(2031, 5, 17, 7, 30, tzinfo=UTC)
    assert not page_of(1).live


def test_several_authors_of_a_plugin_are_named_in_their_order(bring):
    more = '<category domain="author" nicename="cap-bea">x</category><category domain="author" nicename="cap-anna">x</category>'
    bring(author("anna", "Anna"), author("bea", "Béa"), item("Un", "Texte", wp_id=1, more=more))

    assert [row.person.name for row in page_of(1).bylines.all()] == ["Béa", "Anna"]


def test_texts_for_search_engines_have_no_plugin_variables(bring):
    bring(
        item(
            "Un", "Texte", wp_id=1, meta={"_yoast_wpseo_title": "%%title%% %%sep%%", "_yoast_wpseo_metadesc": "Résumé"}
        ),
        item("Deux", "Texte", wp_id=2, meta={"rank_math_title": "Un titre", "rank_math_description": "Deux"}),
    )

    assert (page_of(1).seo_title, page_of(1).search_description) == ("", "Résumé")
    assert (page_of(2).seo_title, page_of(2).search_description) == ("Un titre", "Deux")


def test_content_that_cannot_be_converted_is_in_the_draft_for_review(bring):
    bring(item("Un", '<p>Avant</p>[contact-form-7 id="3" title="Nous écrire"]', wp_id=1))

    block = page_of(1).body[0]
    assert block.block_type == "call_out"
    assert "Nous écrire" in str(block.value["text"])


def test_struck_words_are_in_the_draft_for_review(bring):
    bring(item("Un", "<p>Prix : <s>20 €</s> 15 €</p><p>Fin</p>", wp_id=1, excerpt="Bref"))

    assert [block.block_type for block in page_of(1).body] == ["paragraph", "call_out", "paragraph"]
    assert "20 €" in str(page_of(1).body[1].value["text"])


def test_struck_words_of_live_pages_are_only_in_the_report(bring):
    bring(item("Un", "<p>Prix : <s>20 €</s> 15 €</p>", wp_id=1, excerpt="Bref"), live=True)

    assert str(page_of(1).body).count("€") == 1
    assert "struck text: 20 €" in report_lines()


def test_items_with_one_number_are_both_imported(bring):
    bring(item("Un", "Texte", wp_id=1), item("Deux", "Texte", wp_id=1))

    titles = ImportedItem.objects.filter(kind="page").values_list("title", flat=True)
    assert sorted(titles) == ["Deux", "Un"]


def test_history_names_the_source(bring):
    bring(item("Un", "Texte", wp_id=1))

    entry = PageLogEntry.objects.get(page=page_of(1).pk, action=IMPORTED)
    with override("en"):
        assert entry.message == f"Imported from {OLD}/2024/05/un/: nobody here wrote it"


def test_live_is_published_and_logged_without_passages(bring, lorraine: SampleSite):
    bring(item("Un", "<p>Le texte.</p>[sitemap]", wp_id=1), item("Deux", "Texte", wp_id=2, status="draft"), live=True)

    html = lorraine.reader().get(lorraine.address(page_of(1))).content.decode()
    assert "Le texte." in html
    assert "sitemap]" not in html
    assert PageLogEntry.objects.filter(page=page_of(1).pk, action=IMPORTED_LIVE).exists()
    assert not page_of(2).live


def test_history_names_a_publication_without_review(bring):
    before = PageLogEntry.objects.order_by("pk").last()
    posts = [item(f"N {n}", "Texte", wp_id=n, categories=("eco",)) for n in range(1, 5)]

    # The stories, their section and the front page; then a text that changed there.
    bring(category("eco", "Économie"), *posts, live=True)
    bring(category("eco", "Économie"), item("N 1", "Nouveau", wp_id=1, categories=("eco",)), *posts[1:], live=True)

    entries = PageLogEntry.objects.filter(pk__gt=before.pk if before else 0)
    pages = [sorted(entries.filter(action=action).values_list("page", flat=True)) for action in ACTIONS]
    assert len(pages[0]) == 7
    assert pages[0] == pages[1]


def test_no_mail_is_sent_for_each_review(bring, mailoutbox):
    bring(*[item(f"N {n}", "Texte", wp_id=n) for n in range(1, 4)])

    assert WorkflowState.objects.count() >= 3
    assert mailoutbox == []


def test_reviews_that_have_begun_are_not_held_in_memory(bring, monkeypatch):
    """Each review has the whole text of its page."""
    held = []

    def counting(*facts: Any) -> Any:
        gc.collect()
        held.append(sum(type(each) is TaskState for each in gc.get_objects()))
        return redirect_all(*facts)

    monkeypatch.setattr(running, "redirect_all", counting)
    bring(*[item(f"N {n}", "Texte", wp_id=n) for n in range(1, 61)])

    assert TaskState.objects.count() >= 60
    assert held[0] < 20


@pytest.mark.parametrize("live", [False, True])
def test_page_without_text_stays_a_draft_with_a_note(bring, lorraine, live):
    empty = item("Vide", "<!-- wp:spacer --><div></div><!-- /wp:spacer -->", "page", wp_id=6)

    bring(empty, item("Léa", "Texte", "page", wp_id=7, parent=6), item("Chapeau", "", "page", excerpt="Un"), live=live)

    assert (page_of(6).live, page_of(6).workflow_in_progress) == (False, False)
    assert page_of(7).live == live
    assert lorraine.reader().get(page_of(7).url).status_code == (200 if live else 404)
    assert report_lines().count("empty page") == 1
