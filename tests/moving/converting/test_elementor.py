"""Text that Elementor and Advanced Custom Fields store outside the post is imported in order."""

import json
from typing import Any

import pytest

from portal.moving.converting.bodies import convert_body
from portal.moving.converting.elementor import elementor_html, fields_html


def widget(kind: str, **settings: Any) -> dict[str, Any]:
    return {"elType": "widget", "widgetType": kind, "settings": settings, "elements": []}


def converted(*widgets: dict[str, Any]) -> list[tuple[str, Any]]:
    column = {"elType": "column", "settings": {}, "elements": list(widgets)}
    html = elementor_html(json.dumps([{"elType": "section", "settings": [], "elements": [column]}]))
    return [(block.kind, block.value) for block in convert_body(html or "").blocks]


LINK = {"url": "https://ancien.example/plus/"}
IMAGE = {"url": "https://ancien.example/a.jpg", "id": 7, "alt": "Un hall"}
WIDGETS = [
    (widget("heading", title="Titre", header_size="h3"), "heading", "Titre"),
    (widget("text-editor", editor="<p>Un <b>mot</b></p>"), "paragraph", "<p>Un <b>mot</b></p>"),
    (widget("html", html="<p>Brut</p>"), "paragraph", "<p>Brut</p>"),
    (widget("image", image=IMAGE, caption="Dessous", caption_source="custom"), "figure", "Dessous"),
    (widget("image-carousel", carousel=[IMAGE, {**IMAGE, "id": 8}]), "gallery", "wp_id=8"),
    (widget("button", text="Lire", link=LINK), "button", "https://ancien.example/plus/"),
    (widget("video", youtube_url="https://www.youtube.com/watch?v=abcdefghijk"), "video", "abcdefghijk"),
    (widget("icon-list", icon_list=[{"text": "Un"}, {"text": "Deux"}]), "paragraph", "<li>Deux</li>"),
    (widget("toggle", tabs=[{"tab_title": "Question", "tab_content": "<p>Oui</p>"}]), "accordion", "Question"),
    (widget("testimonial", testimonial_content="Bravo", testimonial_name="Anna"), "quote", "Anna"),
    (widget("icon-box", title_text="Boîte", description_text="Dedans"), "heading", "Boîte"),
    (widget("call-to-action", title="Venez", description="Demain", button="Ici", link=LINK), "button", "Ici"),
    (widget("form", form_name="x"), "passage", "form"),
]


@pytest.mark.parametrize(
    ("found", "kind", "text"), WIDGETS, ids=[found["widgetType"] for found, _kind, _text in WIDGETS]
)
def test_widget(found, kind, text):
    assert [value for name, value in converted(found) if name == kind and text in str(value)]


def test_widgets_keep_their_order():
    kinds = [kind for kind, _value in converted(*(found for found, _kind, _text in WIDGETS[:4]))]

    assert kinds == ["heading", "paragraph", "figure"]


NAME, STORED = "Decor & Florists", "Decor &amp; <b>Florists</b>"
STORING = [
    (widget("heading", title=STORED), lambda value: value["text"]),
    (widget("icon-box", title_text=STORED), lambda value: value["text"]),
    (widget("image", image=IMAGE, caption=STORED, caption_source="custom"), lambda value: value["caption"]),
    (widget("image", image={**IMAGE, "alt": STORED}), lambda value: value["alt"]),
    (widget("button", text=STORED, link=LINK), lambda value: value["label"]),
    (widget("call-to-action", button=STORED, link=LINK), lambda value: value["label"]),
    (widget("toggle", tabs=[{"tab_title": STORED, "tab_content": "x"}]), lambda value: value["items"][0]["question"]),
    (widget("testimonial", testimonial_content="Bravo", testimonial_name=STORED), lambda value: value["source"]),
    (widget("testimonial", testimonial_content=STORED), lambda value: value["text"]),
]


@pytest.mark.parametrize(("found", "shown"), STORING)
def test_name_is_not_escaped_twice(found, shown):
    ((_kind, value),) = converted(found)

    assert shown(value) == NAME


def test_description_in_a_box_keeps_its_marks():
    found = converted(widget("icon-box", title_text="Boîte", description_text="Decor &amp; <b>Florists</b>"))

    assert found[1] == ("paragraph", "<p>Decor &amp; <b>Florists</b></p>")


@pytest.mark.parametrize("data", ["", "no json", "{}", "[1, null]", '[{"elements": 3, "settings": "x"}]', "[" * 5000])
def test_data_that_cannot_be_read_loses_nothing(data):
    assert not elementor_html(data)


def test_fields_are_texts_and_pictures_without_single_words():
    meta = {
        "accroche": ["Deux mots"],
        "_accroche": ["field_1"],
        "couleur": ["rouge"],
        "_couleur": ["field_2"],
        "photo": ["7"],
        "_photo": ["field_3"],
        "_edit_last": ["1"],
        "autre": ["Pas un champ"],
    }

    html = fields_html(meta, {7: object()})

    assert "Deux mots" in html
    assert 'data-id="7"' in html
    assert "rouge" not in html
    assert "Pas un champ" not in html
