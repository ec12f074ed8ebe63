"""An autosave updates the header of the page editor without closing the menu of actions in it."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import TIMEOUT, autosaved

STORY = """
from uuid import uuid4
from django.contrib.auth import get_user_model
from articles.models import ArticlePage
model = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
texts = {"slug": f"menu-{uuid4().hex[:8]}", "owner": get_user_model().objects.get(username="editor-lorraine")}
print(model.copy(update_attrs=texts, keep_live=False, copy_revisions=False).pk)
"""


@pytest.fixture
def editor(open_story) -> Page:
    return open_story(STORY)


def rename(page: Page) -> None:
    page.locator("#id_title").fill("Four électrique, suite")


def test_menu_of_actions_stays_open_during_an_autosave(editor):
    menu = editor.locator("header").get_by_role("button", name="Actions", exact=True)
    rename(editor)
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")

    autosaved(editor)

    expect(menu).to_have_attribute("aria-expanded", "true")


def test_breadcrumb_shows_the_new_title_after_an_autosave(editor):
    rename(editor)
    autosaved(editor)

    last = editor.locator("header [data-w-breadcrumbs] li").last
    expect(last).to_have_text("Four électrique, suite", timeout=TIMEOUT)
