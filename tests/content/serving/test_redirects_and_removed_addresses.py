"""A moved page redirects to its new URL, and a page that was taken down responds with 410."""

import pytest
from wagtail.contrib.redirects.models import Redirect

from articles.models import ArticlePage
from tests.builders import (
    change,
    make_article,
    make_draft,
    make_private,
    make_section,
)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Wagtail creates redirects when the transaction ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def path_of(location: str) -> str:
    return location.removeprefix("http://lorraine.localhost")


@pytest.mark.parametrize("code", ["fr", "de"])
def test_renamed_page_is_found_at_its_old_address_in_each_language(lorraine, reader, committed, code):
    article = make_article(lorraine.sections[code], slug="avant")
    before = lorraine.address(article)

    with committed():
        article = change(article, slug="apres")

    response = reader.get(before)
    assert (response.status_code, path_of(response["Location"])) == (301, lorraine.address(article))


def test_moved_page_is_found_from_its_old_section(lorraine, reader, committed):
    other = make_section(lorraine.home, "Bois")
    article = make_article(lorraine.section)
    before = lorraine.address(article)

    with committed():
        article.move(other, pos="last-child")

    article.refresh_from_db()
    assert path_of(reader.get(before)["Location"]) == lorraine.address(article)


def test_stories_and_lists_of_a_renamed_section_are_found(lorraine, reader, committed):
    section = make_section(lorraine.home, "Avant", slug="avant")
    make_article(section, slug="histoire")

    with committed():
        change(section, slug="apres")

    for rest in ("", "histoire/", "actualites/", "calendrier/"):
        response = reader.get(f"/fr/avant/{rest}")
        assert (response.status_code, path_of(response["Location"])) == (301, f"/fr/apres/{rest}")


def test_many_moves_need_one_redirect(lorraine, reader, committed):
    article = make_article(lorraine.section, slug="un")
    first = lorraine.address(article)
    for slug in ("deux", "trois", "quatre"):
        with committed():
            article = change(article, slug=slug)

    assert path_of(reader.get(first)["Location"]) == lorraine.address(article)


def test_page_that_moved_back_is_served_without_a_redirect_loop(lorraine, reader, committed):
    article = make_article(lorraine.section, slug="un")
    for slug in ("deux", "un"):
        with committed():
            article = change(article, slug=slug)
    assert reader.get(lorraine.address(article)).status_code == 200

    make_draft(article)

    assert reader.get(lorraine.address(article)).status_code == 410
    assert reader.get(lorraine.address(article).replace("/un/", "/deux/")).status_code == 404


def test_manual_redirect_loop_is_ignored(lorraine, reader):
    for here, there in (
        ("/fr/a", "/fr/b/"),
        ("/fr/b", "/fr/c/"),
        ("/fr/c", "/fr/a/"),
        ("/fr/d", "/fr/d/"),
        ("/fr/e", "/fr/e/#e"),
    ):
        Redirect.objects.create(old_path=here, redirect_link=there, site=lorraine.site)

    for path in "abcde":
        assert reader.get(f"/fr/{path}/").status_code == 404


def test_manual_redirect_takes_precedence_over_410(lorraine, reader):
    article = make_draft(make_article(lorraine.section))
    Redirect.add_redirect(lorraine.address(article), "https://example.org/", site=lorraine.site, is_permanent=False)

    response = reader.get(lorraine.address(article) + "?utm_source=mail")

    assert (response.status_code, response["Location"]) == (302, "https://example.org/")


def test_redirect_applies_to_its_site_only(lorraine, saar, committed):
    article = make_article(lorraine.section, slug="avant")
    before = lorraine.address(article)
    with committed():
        change(article, slug="apres")

    assert saar.reader().get(before).status_code == 404


def test_unpublished_page_gets_a_410_page_of_the_site(lorraine, reader):
    article = make_article(lorraine.section, "Retiré")
    make_draft(article)

    response = reader.get(lorraine.address(article))

    assert response.status_code == 410
    assert b"noindex" in response.content
    assert "Retiré" not in response.content.decode()
    assert 'class="masthead' in response.content.decode()
    assert response.cookies == {}


def test_page_published_again_is_served(lorraine, reader):
    article = make_draft(make_article(lorraine.section))

    article.save_revision().publish()

    assert reader.get(lorraine.address(article)).status_code == 200


def test_page_that_was_never_public_is_not_found(lorraine, reader):
    draft = ArticlePage(title="Jamais", slug="jamais", live=False, locale=lorraine.home.locale)
    lorraine.section.add_child(instance=draft)
    draft.save_revision()
    assert reader.get(lorraine.address(draft)).status_code == 404

    draft.delete()

    assert reader.get(lorraine.address(draft)).status_code == 404


@pytest.mark.parametrize("how", ["taken down", "deleted"])
def test_restricted_page_that_is_gone_is_not_found(lorraine, reader, how):
    section = make_section(lorraine.home, "Membres")
    make_private(section)
    article = make_article(section)

    if how == "deleted":
        article.delete()
    else:
        make_draft(article)

    assert reader.get(lorraine.address(article)).status_code == 404


def test_deleted_page_is_gone_with_all_below_it(lorraine, saar, reader):
    section = make_section(lorraine.home, "Dossier", slug="dossier")
    article = make_article(section, slug="histoire")
    section.delete()

    assert reader.get("/fr/dossier/").status_code == 410
    assert reader.get(lorraine.address(article)).status_code == 410
    assert reader.get("/de/dossier/").status_code == 404
    assert saar.reader().get("/fr/dossier/").status_code == 404


def test_new_page_where_one_was_deleted_is_served(lorraine, reader):
    make_article(lorraine.section, slug="encore").delete()

    article = make_article(lorraine.section, slug="encore")

    assert reader.get(lorraine.address(article)).status_code == 200


def test_alias_of_a_page_taken_down_is_gone_with_it(lorraine, saar, reader):
    article = make_article(saar.sections["fr"])
    alias = article.create_alias(parent=lorraine.section, update_slug="partage")
    assert reader.get(lorraine.address(alias)).status_code == 200

    make_draft(article)

    assert reader.get(lorraine.address(alias)).status_code == 410
