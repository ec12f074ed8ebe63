"""An autosave saves each valid block of a text, and nothing that belongs to another site."""

import pytest
from wagtail.test.utils.form_data import rich_text, streamfield

from portal.editorial.roles import Role, media_collection
from tests.builders import make_article, make_draft, make_image, newsroom_client
from tests.editorial.editor.test_autosave_in_part import autosave, latest
from tests.editorial.editor.test_conflicting_edits import edit_path, opened
from tests.editorial.forms import article_form


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


@pytest.fixture
def foreign(saar):
    """A picture of another site."""
    return make_image("Geheim", collection=media_collection(saar.site))


BUTTON = {"label": "Déposer un dossier", "page": None, "url": "https://example.org/un"}


def test_valid_blocks_are_saved(lorraine, client):
    """Three blocks: the first exists already, and the second is new."""
    story = make_article(lorraine.section, slug="une-usine", body=[{"type": "button", "id": "un", "value": BUTTON}])
    wrong = {**BUTTON, "page": "", "url": "example"}
    blocks = [("button", wrong), ("button", wrong), ("paragraph", rich_text("<p>Une usine ouvre.</p>"))]
    form = article_form(standfirst="Cent postes.", body=streamfield(blocks))

    response = autosave(client, story, form | {"body-0-id": "un", "body-1-id": "deux", "body-2-id": "trois"})

    draft = latest(story)
    assert [(block.id, block.block_type) for block in draft.body] == [("un", "button"), ("trois", "paragraph")]
    assert (draft.body[0].value["url"], draft.standfirst) == (BUTTON["url"], "Cent postes.")
    assert response["note"] == "Not saved: Text: Button."
    assert [each["path"] for each in response["not_saved"]] == [["body", "un", "url"], ["body", "deux", "url"]]


WRONG = {**BUTTON, "page": "", "url": "example"}
TEXT = ("paragraph", rich_text("<p>Une usine ouvre.</p>"))


def blocks(*typed) -> dict:
    """The form of an article with blocks whose keys are `un`, `deux`, `trois`."""
    keys = {f"body-{number}-id": key for number, key in enumerate(("un", "deux", "trois")[: len(typed)])}
    return article_form(standfirst="Cent postes.", body=streamfield(typed)) | keys


def figure(key) -> tuple:
    return ("figure", {"image": str(key), "alt": "Une usine", "caption": "", "credit": ""})


def test_already_invalid_block_does_not_prevent_saving_others(lorraine, client):
    story = make_article(lorraine.section, body=[{"type": "button", "id": "un", "value": WRONG | {"page": None}}])

    response = autosave(client, story, blocks(("button", WRONG), TEXT))

    button, paragraph = latest(story).body
    assert (button.value["url"], "Une usine ouvre." in paragraph.value.source) == ("example", True)
    assert "note" not in response


def test_block_with_a_deleted_page_accepts_no_page_of_another_site(lorraine, saar, client):
    """The restored value is itself invalid; that does not make the submitted value valid."""
    secret, target = make_draft(make_article(saar.section)), make_article(lorraine.section)
    button = {"label": "Lire", "page": target.pk, "url": ""}
    story = make_article(lorraine.section, body=[{"type": "button", "id": "un", "value": button}])
    target.delete()

    response = autosave(client, story, blocks(("button", button | {"page": str(secret.pk)}), TEXT))

    stored, text = latest(story).body
    assert (stored.value["page"], text.block_type) == (None, "paragraph")
    assert [each["path"] for each in response["not_saved"]] == [["body", "un", "page"]]


def test_picture_of_another_site_is_refused_beside_an_invalid_value(lorraine, client, foreign):
    body = [{"type": "button", "id": "zero", "value": WRONG | {"page": None}}]
    story = make_article(lorraine.section, body=body)

    response = autosave(client, story, blocks(figure(foreign.pk), TEXT))

    assert [block.block_type for block in latest(story).body] == ["paragraph"]
    assert response["note"] == "Not saved: Text: Image."


def test_picture_of_another_site_in_an_empty_field_is_named(lorraine, client, foreign):
    story = make_article(lorraine.section, lead_image=None)

    response = autosave(client, story, article_form(standfirst="Cent postes.", lead_image=str(foreign.pk)))

    draft = latest(story)
    assert (draft.standfirst, draft.lead_image) == ("Cent postes.", None)
    assert response["note"] == "Not saved: Lead image."


def test_removing_a_picture_keeps_the_order_of_blocks(client, lorraine, foreign):
    """The position of a block may equal the key of the picture."""
    story = make_article(lorraine.section)
    form = blocks(TEXT, figure(foreign.pk)) | {"body-1-order": str(foreign.pk)}

    shown = client.post(edit_path(story), form | opened(client, story)).context["form"]["body"].value()

    assert [block.block_type for block in shown] == ["paragraph", "figure"]
    assert shown[1].value["image"] is None


def test_part_of_a_list_is_named_by_its_key(lorraine, client):
    figures = [{"type": "item", "id": key, "value": {"value": "1", "label": "usine"}} for key in ("a", "b")]
    value = {"title": "", "figures": figures}
    story = make_article(lorraine.section, body=[{"type": "key_figures", "id": "un", "value": value}])
    typed = {"title": "", "figures": streamfield([("item", each["value"]) for each in figures])}
    form = blocks(("key_figures", typed))
    form |= {f"body-0-value-figures-{number}-id": key for number, key in enumerate("ab")}

    response = autosave(client, story, form | {"body-0-value-figures-1-value-value": "1" * 50})

    assert [each["path"] for each in response["not_saved"]] == [["body", "un", "figures", "b", "value"]]


def test_list_that_is_too_long_says_so(lorraine, client):
    story = make_article(lorraine.section)
    figures = streamfield([("item", {"value": "1", "label": "usine"})] * 5)

    response = autosave(client, story, blocks(("key_figures", {"title": "", "figures": figures})))

    assert [each["reason"] for each in response["not_saved"]] == ["The maximum number of items is 4"]
