"""Structured data for addresses, offers, series and authors passes the checks of search engines."""

from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image as Canvas

from portal.content.structured_data import schema
from tests.builders import (
    content_of,
    make_article,
    make_event,
    make_image,
    make_person,
    make_recap,
    make_settings,
)
from tests.content.formats.test_structured_data import things


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "12, rue du Canal\n54000 Nancy",
            {"streetAddress": "12, rue du Canal", "postalCode": "54000", "addressLocality": "Nancy"},
        ),
        (
            "3, rue des Hauts-Fourneaux, L-4362 Esch-sur-Alzette",
            {
                "streetAddress": "3, rue des Hauts-Fourneaux",
                "postalCode": "4362",
                "addressLocality": "Esch-sur-Alzette",
                "addressCountry": "LU",
            },
        ),
        (
            "Am Markt 7, 66111 Saarbrücken",
            {"streetAddress": "Am Markt 7", "postalCode": "66111", "addressLocality": "Saarbrücken"},
        ),
        (
            "Am Markt 7, 66111 Saarbrücken, Allemagne",
            {
                "streetAddress": "Am Markt 7",
                "postalCode": "66111",
                "addressLocality": "Saarbrücken",
                "addressCountry": "DE",
            },
        ),
        ("Luxembourg", {"streetAddress": "Luxembourg"}),
        ("54000 Nancy", {"postalCode": "54000", "addressLocality": "Nancy"}),
        ("Rue du Quai, Épinal", {"streetAddress": "Rue du Quai, Épinal"}),
        ("Salle 12000", {"streetAddress": "Salle 12000"}),
    ],
)
def test_address_has_separate_parts(text, expected):
    assert schema.postal_address(text) == {"@type": "PostalAddress", **expected}


def test_country_of_the_publisher_follows_from_its_time_zone(lorraine):
    make_settings(lorraine, contact_address="1, place Stanislas\n54000 Nancy")

    assert things(lorraine, "/fr/")["Organization"]["address"]["addressCountry"] == "FR"


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_offer_links_to_the_registration(lorraine, where):
    elsewhere = {"registration_url": "https://tickets.example/7"} if where == "elsewhere" else {"price": "libre"}
    event = make_event(lorraine.calendar, **elsewhere)

    found = things(lorraine, lorraine.address(event))["Event"]

    assert found["offers"]["url"] == elsewhere.get("registration_url", found["url"])


def test_series_has_the_same_id_and_type_on_every_page(lorraine):
    event = make_event(lorraine.calendar, "Café", recurrence="FREQ=WEEKLY;COUNT=3", start=timezone.now())
    date = next(iter(event.occurrences.all()))
    recap = make_recap(lorraine.calendar, "Ce fut bon", event=event)

    series = things(lorraine, lorraine.address(event))["EventSeries"]
    of_date = things(lorraine, f"{lorraine.address(event)}{date.key}/")["Event"]
    about = things(lorraine, lorraine.address(recap))["NewsArticle"]["about"]

    assert [each["@type"] for each in series["subEvent"]] == ["Event"] * 3
    assert {(each["@type"], each["@id"]) for each in (series, of_date["superEvent"], about)} == {
        ("EventSeries", series["@id"])
    }


def test_picture_of_an_author_has_the_size_of_the_file(lorraine):
    person = make_person("Ida Klein", picture=make_image())
    make_article(lorraine.section, authors=[person])

    image = things(lorraine, "/fr/auteurs/ida-klein/")["ProfilePage"]["mainEntity"]["image"]

    response = lorraine.reader().get(image["url"].removeprefix("http://lorraine.localhost"))
    assert Canvas.open(BytesIO(content_of(response))).size == (image["width"], image["height"])
