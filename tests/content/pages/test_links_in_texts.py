"""Buttons, lists of links and rich text link to a page only while it is public."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_article, make_draft, make_private


@pytest.fixture
def goal(lorraine):
    return make_article(lorraine.section, "Le but du lien")


def story_with(lorraine, page):
    link = {"label": "", "page": page.pk, "url": ""}
    body = [
        {"type": "button", "value": link},
        {"type": "related_links", "value": {"title": "À lire", "links": [link]}},
    ]
    return make_article(lorraine.section, "Avec un lien", body=body)


def text_of(lorraine, story):
    html = lorraine.reader().get(lorraine.address(story)).content.decode()
    return html.split('class="prose"')[1].split("story__foot")[0]


def test_draft_reveals_neither_title_nor_url(lorraine, saar):
    draft = make_draft(make_article(saar.section, "Geheimer Entwurf"))
    assert "Geheimer" not in text_of(lorraine, story_with(lorraine, draft))


def test_page_made_private_later_is_not_linked(lorraine, goal):
    story = story_with(lorraine, goal)
    assert "Le but du lien" in text_of(lorraine, story)
    make_private(goal)
    assert "Le but du lien" not in text_of(lorraine, story)


def linked(lorraine, page) -> bool:
    """Whether a rich text links to a page; the linked words are shown in any case."""
    text = f'<p>On le lit <a linktype="page" id="{page.pk}">ailleurs</a>.</p>'
    story = make_article(lorraine.section, "Un mot", body=[{"type": "paragraph", "value": text}])
    html = text_of(lorraine, story)
    assert "ailleurs" in html
    return page.slug in html


def test_rich_text_links_to_a_public_page(lorraine, saar, goal):
    assert linked(lorraine, goal)
    assert linked(lorraine, make_article(saar.section, "Ziel"))


def test_rich_text_reveals_no_url_of_a_hidden_page(lorraine, saar, goal):
    hidden = [
        make_draft(make_article(saar.section, "Geheimer Entwurf")),
        make_article(lorraine.section, "Plus tard", embargo_until=timezone.now() + timedelta(hours=3)),
        make_article(lorraine.section, "Passé", expire_at=timezone.now() - timedelta(minutes=1)),
    ]
    make_private(goal)

    assert not any(linked(lorraine, page) for page in [*hidden, goal])


def test_rich_text_links_as_soon_as_a_page_is_published(lorraine):
    page = make_article(lorraine.section, "Plus tard", date=None)
    page.unpublish()
    text = f'<p><a linktype="page" id="{page.pk}">ailleurs</a></p>'
    story = make_article(lorraine.section, "Un mot", body=[{"type": "paragraph", "value": text}])
    assert page.slug not in text_of(lorraine, story)

    page.get_latest_revision().publish()

    assert page.slug in text_of(lorraine, story)
