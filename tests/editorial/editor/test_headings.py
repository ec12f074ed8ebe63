"""The newsroom's headings are in its language, down to their punctuation."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.admin.templatetags.wagtailadmin_tags import timesince_simple
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from tests.builders import newsroom_client


class Heading(WagtailAdminTemplateMixin):
    page_title = "Modification"
    page_subtitle = "Article"


@pytest.mark.parametrize(
    ("language", "shown"), [("fr", "Modification\u00a0: Article"), ("de", "Modification: Article")]
)
def test_colon_is_typeset_by_language(language, shown):
    with override(language):
        assert Heading().get_header_title() == shown


@pytest.mark.parametrize(("language", "shown"), [("fr", "Tous les sites"), ("de", "Alle Websites")])
def test_root_page_is_named_in_the_users_language(lorraine, language, shown):
    with override(language):
        assert Page.get_first_root_node().get_admin_display_title() == shown
    assert lorraine.home.get_admin_display_title() == lorraine.home.title


@pytest.mark.parametrize(("language", "shown"), [("fr", "à l’instant"), ("de", "gerade eben")])
def test_recent_time_is_formatted_without_a_number(language, shown):
    with override(language):
        assert timesince_simple(timezone.now()) == shown


@pytest.fixture
def administrator(lorraine, newsroom):
    """An administrator who works in French."""
    UserProfile.objects.create(user=newsroom[Role.SITE_ADMINISTRATOR], preferred_language="fr")
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


def test_state_of_a_person_follows_a_typeset_colon(newsroom, administrator):
    person = newsroom[Role.EDITOR]
    html = BeautifulSoup(administrator.get(reverse("site_accounts_edit", args=[person.pk])).content, "html.parser")

    assert html.select_one("#person-state").get_text().startswith(f"{person}\u00a0: ")


@pytest.mark.parametrize(("record", "title"), [("person", "Personnes"), ("topic", "Thèmes")])
def test_chooser_labels_have_no_article(administrator, record, title):
    response = administrator.get(reverse(f"wagtailsnippetchoosers_core_{record}:choose")).json()

    assert BeautifulSoup(response["html"], "html.parser").select_one("h1, h2").get_text(" ", strip=True) == title
