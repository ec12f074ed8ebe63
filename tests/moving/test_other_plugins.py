"""Events, forms, languages and focal points of further plugins, from the export to the page."""

import json
from typing import Any

import pytest
from wagtail.models import Locale, Page

from portal.media.models import Image
from portal.moving.models import ImportedItem
from portal.moving.running import Options, look_at, run
from portal.moving.sources.opening import records_of
from tests.moving.conftest import page_of, report_lines
from tests.moving.exports import OLD, attachment, cdata, export, item, written

pytestmark = pytest.mark.usefixtures("newsroom")


def a_term(taxonomy: str, slug: str, name: str, number: int) -> str:
    return (
        f"<wp:term><wp:term_id>{number}</wp:term_id><wp:term_taxonomy>{taxonomy}</wp:term_taxonomy>"
        f"<wp:term_slug>{slug}</wp:term_slug><wp:term_name>{cdata(name)}</wp:term_name></wp:term>"
    )


def of(taxonomy: str, slug: str) -> str:
    return f'<category domain="{taxonomy}" nicename="{slug}">{slug}</category>'


EVENTS_MANAGER = [
    item("Halle", "x", "location", wp_id=20, meta={"_location_id": "4", "_location_town": "Metz", "_location_address": "1, rue"}),
    item(
        "Bal", "On danse.", "event", wp_id=1,
        meta={"_event_start_date": "2026-12-05", "_event_start_time": "20:00:00", "_event_end_date": "2026-12-05",
              "_event_end_time": "23:00:00", "_event_timezone": "Europe/Paris", "_location_id": "4"},
    ),
]  # fmt: skip
MODERN = [
    a_term("mec_location", "halle", "Halle", 9),
    item(
        "Bal", "On danse.", "mec-events", wp_id=1, more=of("mec_location", "halle"),
        meta={"mec_start_date": "2026-12-05", "mec_start_day_seconds": "72000", "mec_end_date": "2026-12-05",
              "mec_end_day_seconds": "82800", "mec_location_id": "9", "mec_timezone": "global"},
    ),
]  # fmt: skip
EVENT_ON = [
    a_term("event_location", "halle", "Halle", 9),
    item(
        "Bal", "On danse.", "ajde_events", wp_id=1, more=of("event_location", "halle"),
        meta={"evcal_srow": "1796500800", "evcal_erow": "1796511600", "evcal_allday": "no"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("parts", [EVENTS_MANAGER, MODERN, EVENT_ON], ids=["Events Manager", "Modern", "EventON"])
def test_event_of_another_plugin_has_its_hours_and_venue(bring, parts):
    bring(*parts)

    event = page_of(1)
    start, end = (time.astimezone(event.zone) for time in (event.start, event.end))
    assert (f"{start:%Y-%m-%d %H:%M}", f"{end:%H:%M}") == ("2026-12-05 20:00", "23:00")
    assert event.venue.name == "Halle"


def test_form_becomes_a_draft_of_a_form(bring):
    bring(
        item(
            "Contact",
            "",
            "wpcf7_contact_form",
            wp_id=1,
            meta={
                "_form": "<label>Nom [text* a]</label><label>Nom [email b]</label>[file c]",
                "_mail": "bureau@ancien.example",
            },
        )
    )

    page = page_of(1)
    assert [(field.label, field.field_type, field.required) for field in page.form_fields.all()] == [
        ("Nom", "singleline", True),
        ("Nom (2)", "email", False),
    ]
    assert (page.to_address, page.live) == ("bureau@ancien.example", False)
    assert ImportedItem.objects.get(kind="page", key="1").notes == [["field left out", "C"]]


def test_texts_of_elementor_replace_the_text_of_the_post(bring):
    data = [{"elType": "widget", "widgetType": "heading", "settings": {"title": "Un titre"}}]
    meta = {"_elementor_edit_mode": "builder", "_elementor_data": json.dumps(data)}
    bring(item("Un", "Restes", wp_id=1, meta=meta))

    assert [block.block_type for block in page_of(1).body] == ["heading"]


def test_focal_point_of_a_picture_is_imported(bring):
    focus = 'a:2:{s:4:"left";s:5:"50.00";s:3:"top";s:5:"20.00";}'
    file = f"{OLD}/wp-content/uploads/2024/05/hall.png"
    bring(
        attachment("Hall", file, wp_id=50, meta={"_wpsmartcrop_image_focus": focus}),
        item("Un", "x", wp_id=1, meta={"_thumbnail_id": "50"}),
    )

    image = Image.objects.get(title="Hall")
    assert (image.focal_point_x, image.focal_point_y) == (image.width // 2, int(image.height * 0.2))


def polylang(language: str, group: str) -> dict[str, Any]:
    return {"more": of("language", language) + of("post_translations", group)}


def wpml(language: str, group: str) -> dict[str, Any]:
    return {"meta": {"_wpml_import_language_code": language, "_wpml_import_translation_group": group}}


@pytest.mark.parametrize("plugin", [polylang, wpml])
def test_languages_are_imported_one_by_one_and_linked(bring, lorraine, saar, tmp_path, plugin):
    parts = [
        item("Un", "Texte", wp_id=1, **plugin("fr", "group_1")),
        item("Eins", "Text", wp_id=2, **plugin("de", "group_1")),
        item("Zwei", "Text", wp_id=4, **plugin("de", "group_2")),
        item("Sans langue", "Texte", wp_id=3),
    ]
    report = bring(*parts)
    assert not Page.objects.filter(title="Eins").exists()
    assert ("language", 2, "de") in report.left_out

    german = Locale.objects.get(language_code="de")
    records = records_of(written(tmp_path, export(*parts)))
    survey, mapping = look_at(records, lorraine.site, german)
    run(records, lorraine.site, german, survey, mapping, Options())

    french, eins, zwei = (Page.objects.get(title=title) for title in ("Un", "Eins", "Zwei"))
    assert eins.locale == german
    assert eins.translation_key == french.translation_key
    assert not Page.objects.filter(translation_key=zwei.translation_key).exclude(pk=zwei.pk).exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("_yoast_wpseo_meta-robots-noindex", "1"),
        ("rank_math_robots", 'a:1:{i:0;s:7:"noindex";}'),
        ("_seopress_robots_index", "yes"),
        ("_aioseo_robots_noindex", "1"),
        ("_aioseop_noindex", "on"),
    ],
)
def test_report_names_pages_that_were_hidden_from_search_engines(bring, key, value):
    bring(item("Caché", "Texte", wp_id=1, meta={key: value}), item("Visible", "Texte", wp_id=2))

    lines = report_lines().splitlines()
    assert [("hidden from search engines there" in line) for line in lines] == [False, True, False]
    hidden, visible = (Page.objects.get(title=title).specific for title in ("Caché", "Visible"))
    assert (hidden.noindex, visible.noindex) == (True, False)


@pytest.mark.parametrize(
    "key", ["_yoast_wpseo_canonical", "rank_math_canonical_url", "_seopress_robots_canonical", "_aioseop_custom_link"]
)
def test_report_names_copies_of_other_addresses(bring, key):
    own = f"{OLD}/2024/05/original/"
    bring(
        item("Copie", "Texte", wp_id=1, meta={key: "https://ailleurs.example/un/"}),
        item("Original", "Texte", wp_id=2, link=own, meta={key: own}),
    )

    lines = report_lines().splitlines()
    assert "is a copy of another address: https://ailleurs.example/un/" in lines[1]
    assert "is a copy of another address" not in lines[2]
    copied, original = (Page.objects.get(title=title).specific for title in ("Copie", "Original"))
    assert (copied.canonical_link, original.canonical_link) == ("https://ailleurs.example/un/", "")
