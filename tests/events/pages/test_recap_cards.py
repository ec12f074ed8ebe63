"""A recap in a list links to its event, if readers may see the event."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import change, make_article, make_draft, make_event, make_private, make_recap
from tests.events.reading import read

TITLE = "Retour sur la matinée"


@pytest.fixture
def event(lorraine):
    return make_event(lorraine.calendar, "Matinée chez l’imprimeur", start=timezone.now() - timedelta(days=3))


@pytest.fixture
def recap(lorraine, event):
    return make_recap(lorraine.calendar, TITLE, event=event)


def occasion(ground, path="actualites/"):
    """The link below the recap's title in the section's story list, if there is one."""
    card = next(
        card for card in read(ground, ground.address(ground.section, path)).select(".card") if TITLE in card.text
    )
    return card.select_one(".card__subject a")


def test_card_of_a_recap_leads_to_its_event(lorraine, event, recap):
    make_article(lorraine.section, "Sans rendez-vous")

    for path in ("", "actualites/"):
        link = occasion(lorraine, path)
        assert (link["href"], link.text) == (lorraine.address(event), "Matinée chez l’imprimeur")
    html = read(lorraine, lorraine.section)
    assert not [card for card in html.select(".card:has(.card__subject)") if "Sans rendez-vous" in card.text]


def test_card_follows_the_event(lorraine, event, recap):
    occasion(lorraine)
    change(event, title="Matinée chez la relieuse", slug="relieuse")

    link = occasion(lorraine)
    assert link.text == "Matinée chez la relieuse"
    assert link["href"].endswith("/relieuse/")


@pytest.mark.parametrize("hide", [make_draft, make_private, lambda event: event.delete()])
def test_card_does_not_name_an_event_that_readers_may_not_see(lorraine, event, recap, hide):
    assert occasion(lorraine)
    hide(event)
    assert occasion(lorraine) is None


def test_card_does_not_name_an_event_that_has_expired(lorraine, event, recap):
    change(event, expire_at=timezone.now() + timedelta(seconds=30))
    assert occasion(lorraine)
    type(event).objects.filter(pk=event.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    assert occasion(lorraine) is None


def test_card_names_no_event_of_another_site(lorraine, saar, recap):
    elsewhere = make_event(saar.calendars["fr"], "Matinée d’ailleurs", start=timezone.now() - timedelta(days=3))
    type(recap).objects.filter(pk=recap.pk).update(event=elsewhere)
    change(recap, standfirst="Encore")
    assert occasion(lorraine) is None
