"""The page types that may be created below each page type. Roles and lists rely on these rules."""

import pytest
from wagtail.models import Page

from articles.models import ArticlePage, LivePage, PortraitPage
from events.models import CalendarPage, EventPage, RecapPage
from home.models import (
    AccessibilityStatementPage,
    DossierPage,
    FormPage,
    HomePage,
    LegalNoticePage,
    PrivacyNoticePage,
    SectionPage,
    SiteMapPage,
    StandardPage,
)
from portal.newsletter.models import IssuePage, NewsletterPage
from portal.sheets.models import SheetPage
from tests.builders import make_article, make_event, make_section, make_standard_page

STATUTORY = (AccessibilityStatementPage, LegalNoticePage, PrivacyNoticePage, SiteMapPage)
RULES = {
    **{model: set() for model in STATUTORY},
    HomePage: {SectionPage, StandardPage, FormPage, SheetPage, NewsletterPage, *STATUTORY},
    SectionPage: {
        *(SectionPage, StandardPage, FormPage, SheetPage, CalendarPage),
        *(ArticlePage, PortraitPage, DossierPage, LivePage),
    },
    CalendarPage: {EventPage, RecapPage},
    StandardPage: {StandardPage, FormPage, SheetPage},
    FormPage: set(),
    SheetPage: set(),
    ArticlePage: set(),
    PortraitPage: set(),
    LivePage: set(),
    DossierPage: set(),
    EventPage: set(),
    RecapPage: set(),
    NewsletterPage: {IssuePage},
    IssuePage: set(),
}


@pytest.mark.parametrize("model", RULES, ids=lambda model: model.__name__)
def test_page_type_takes_only_its_own_children_and_is_described(model):
    assert set(model.creatable_subpage_models()) == RULES[model]
    assert str(model.page_description)
    assert model._meta.verbose_name


def test_home_pages_are_created_at_the_root_only(db):
    assert HomePage.allowed_parent_page_models() == [Page]
    assert HomePage in Page.creatable_subpage_models()


def test_section_has_one_calendar(lorraine):
    assert not CalendarPage.can_create_at(lorraine.section)
    assert CalendarPage.can_create_at(make_section(lorraine.home, "Bois"))


def test_story_cannot_be_moved_below_a_wrong_parent(lorraine):
    article = make_article(lorraine.section)
    event = make_event(lorraine.calendar)

    assert not article.can_move_to(lorraine.calendar)
    assert not article.can_move_to(lorraine.home)
    assert not event.can_move_to(lorraine.section)
    assert article.can_move_to(make_section(lorraine.home, "Bois"))


def test_standard_pages_may_be_nested(lorraine):
    about = make_standard_page(lorraine.home, "À propos", slug="a-propos")
    team = make_standard_page(about, "Équipe", slug="equipe", introduction="Qui écrit ici.")

    response = lorraine.reader().get("/fr/a-propos/equipe/")

    assert response.status_code == 200
    assert "Qui écrit ici." in response.content.decode()
    assert StandardPage.can_create_at(team)
