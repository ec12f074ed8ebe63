"""Blocks and list items without ids, as code writes them, form passages like any others."""

import json

import pytest
from django.utils import timezone

from articles.models import ArticlePage
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.translations import actions
from tests.builders import change, make_article, make_image, newsroom_client
from tests.editorial.actions import reload
from tests.editorial.side_by_side import Window, draft_of

TEXTS = {
    "Un atelier",
    "Une grue",
    "Le port le soir",
    "Pour aller plus loin",
    "La filière en bref",
    "Deux chiffres",
    "emplois",
    "Qui embauche ?",
    "Les scieries.",
    "Trois étapes",
    "L’atelier",
    "mars",
    "Surfaces par zone",
    "Zone",
    "Hectares",
    "Les Sables",
}


def blocks() -> list[dict]:
    """One block of each kind that contains a list, as an import writes them."""
    return [
        {
            "type": "gallery",
            "value": {"images": [{"image": make_image().pk, "alt": "Une grue", "caption": "Le port le soir"}]},
        },
        {
            "type": "related_links",
            "value": {
                "title": "Pour aller plus loin",
                "links": [{"label": "La filière en bref", "url": "https://bois.example/"}],
            },
        },
        {"type": "key_figures", "value": {"title": "Deux chiffres", "figures": [{"value": "42", "label": "emplois"}]}},
        {"type": "accordion", "value": {"items": [{"question": "Qui embauche ?", "answer": "<p>Les scieries.</p>"}]}},
        {
            "type": "timeline",
            "value": {"title": "Trois étapes", "entries": [{"date": "mars", "title": "L’atelier", "text": ""}]},
        },
        {
            "type": "table",
            "value": {
                "caption": "Surfaces par zone",
                "table": {
                    "columns": [{"type": "text", "heading": "Zone"}, {"type": "text", "heading": "Hectares"}],
                    "rows": [{"values": ["Les Sables", "12"]}],
                    "caption": "",
                },
            },
        },
    ]


@pytest.fixture(params=["made by code", "stored long ago"])
def story(request, lorraine):
    raw = blocks()
    page = make_article(lorraine.section, "Le bois", standfirst="", body=raw)
    if request.param == "stored long ago":
        ArticlePage.objects.filter(pk=page.pk).update(body=json.dumps(raw))
        revision = page.live_revision
        revision.content = {**revision.content, "body": json.dumps(raw)}
        revision.save(update_fields=["content"])
    return page


def test_every_text_is_a_passage(lorraine, german, editor, story):
    window = Window(newsroom_client(lorraine, editor), actions.start(story, german, editor))

    shown = {" ".join(row.text.split()) for row in window.html.select(".passage__source .passage__text")}

    assert shown - {"Le bois"} == TEXTS
    assert window.count == f"{len(TEXTS) + 1} of {len(TEXTS) + 1} passages to translate"


def test_translated_passages_are_in_the_draft_and_others_are_missing(lorraine, german, editor, story):
    page = actions.start(story, german, editor)
    window = Window(newsroom_client(lorraine, editor), page)
    for number in range(len(TEXTS) + 1):
        row = window.html.select_one(f"#passage-{number}")
        if row.select_one(".passage__source .passage__text").text not in ("Les scieries.", "Les Sables"):
            window.fields[f"passage-{number}-text"] = f"Deutsch {number}"
    window.send()

    draft = draft_of(page)

    assert draft.body[0].value["images"][0]["caption"].startswith("Deutsch")
    assert draft.body[5].value["table"].columns[1]["heading"].startswith("Deutsch")
    messages = [finding.message for finding in missing_findings(draft, timezone.now())]
    assert "2 passages are not translated yet." in messages


def test_translated_cells_stay_when_another_cell_changes(lorraine, german, editor, story):
    page = actions.start(story, german, editor)
    window = Window(newsroom_client(lorraine, editor), page)
    window.write("Table · heading of column 2", "Hektar")
    window.send()
    raw = reload(story).body.get_prep_value()
    raw[5]["value"]["table"]["rows"][0]["values"][1] = "13"
    change(reload(story), body=raw)
    actions.update(reload(page), editor)

    table = draft_of(page).body[5].value["table"]

    assert table.columns[1]["heading"] == "Hektar"
    assert table.row_data[0]["values"] == ["Les Sables", "13"]


def test_copied_text_counts_as_untranslated(lorraine, german, editor):
    story = make_article(lorraine.section, "Le bois", standfirst="", body=[("paragraph", "<p>Le bois recrute.</p>")])
    page = actions.start(story, german, editor)
    draft = draft_of(page)
    draft.title = "Holz"
    draft.body = draft.body.stream_block.to_python([{"type": "paragraph", "value": "<p>Le bois recrute.</p>"}])
    draft.save_revision(user=editor)

    assert ("Paragraph", "missing") in Window(newsroom_client(lorraine, editor), page).states()
