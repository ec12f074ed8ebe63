"""A user's settings offer the newsroom's languages, and European cities first."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.urls import reverse
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from tests.builders import newsroom_client


@pytest.fixture
def account(lorraine, newsroom):
    """Returns a function that opens the user's account page in a language."""
    user = newsroom[Role.EDITOR]

    def open_account(language: str) -> BeautifulSoup:
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
        response = newsroom_client(lorraine, user).get(reverse("wagtailadmin_account"))
        return BeautifulSoup(response.content, "html.parser")

    return open_account


def test_languages_offered_are_the_newsrooms(account):
    offered = account("fr").select("#id_locale-preferred_language option[value]")

    assert {option["value"] for option in offered} - {""} == set(dict(settings.WAGTAILADMIN_PERMITTED_LANGUAGES))


@pytest.mark.parametrize(("language", "athens"), [("fr", "Athènes"), ("de", "Athen")])
def test_european_cities_come_first_among_time_zones(account, language, athens):
    field = account(language).select_one("#id_locale-current_time_zone")

    first = field.select_one("optgroup")
    assert first["label"] in ("Europe", "Europa")
    assert first.select_one("option[value='Europe/Athens']").get_text() == athens


def test_chosen_time_zone_is_saved(lorraine, newsroom):
    user = newsroom[Role.EDITOR]
    look = {"theme": "system", "contrast": "system", "density": "default"}
    newsroom_client(lorraine, user).post(
        reverse("wagtailadmin_account"),
        {
            **{f"theme-{name}": value for name, value in look.items()},
            "name_email-first_name": "Anne",
            "name_email-last_name": "Petit",
            "locale-preferred_language": "de",
            "locale-current_time_zone": "Europe/Lisbon",
        },
    )

    assert UserProfile.objects.get(user=user).current_time_zone == "Europe/Lisbon"
