"""A broken link is marked in the editor where it stands, until it is replaced."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.newsroom import TIMEOUT
from tests.journeys.pages import accessibility_violations

BROKEN = "https://parti.example/dossier"
STORY = """
from uuid import uuid4
from django.contrib.auth import get_user_model
from django.utils import timezone
from articles.models import ArticlePage
from portal.links.models import CheckedLink
CheckedLink.objects.update_or_create(
    url="https://parti.example/dossier", defaults={"host": "parti.example", "broken_since": timezone.now(), "status": 404}
)
model = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
owner = get_user_model().objects.get(username="editor-lorraine")
name = f"lien-{uuid4().hex[:8]}"
page = model.copy(update_attrs={"slug": name, "owner": owner}, keep_live=False, copy_revisions=False)
text = '<p>Voir <a href="https://parti.example/dossier#page2">le dossier</a> et <a href="https://reste.example/">la carte</a>.</p>'
page.body = [{"type": "paragraph", "value": "<p>Au début.</p>"}, {"type": "paragraph", "value": text}]
page.save_revision(user=owner)
print(page.pk)
"""


@pytest.fixture
def editor(open_story) -> Page:
    """The editor of a story whose second paragraph has a broken link and one that works."""
    return open_story(STORY)


def line_below(link: Locator) -> str:
    return link.evaluate("link => getComputedStyle(link).textDecorationStyle")


def test_broken_link_is_marked_in_its_paragraph(editor):
    note = editor.locator(".checklist__passage")
    expect(note).to_contain_text(BROKEN, timeout=TIMEOUT)
    expect(note).to_contain_text("broken since")

    body = editor.locator("[data-contentpath=body]")
    expect(body.locator("[data-streamfield-child]").filter(has=note)).to_contain_text("le dossier")
    links = body.locator("[contenteditable=true] a")
    assert line_below(links.filter(has_text="le dossier")) == "wavy"
    assert line_below(links.filter(has_text="la carte")) == "solid"
    assert accessibility_violations(editor, "color-contrast", within=".checklist__passage") == []


def test_mark_is_gone_once_the_link_is(editor):
    expect(editor.locator(".checklist__passage")).to_be_visible(timeout=TIMEOUT)

    text = editor.locator("[data-contentpath=body] [contenteditable=true]").filter(has_text="le dossier")
    text.click()
    editor.keyboard.press("Control+a")
    editor.keyboard.type("Le dossier est parti.")

    expect(editor.locator(".checklist__passage")).to_have_count(0, timeout=TIMEOUT)
