"""Form definitions of four plugins become the fields of our forms."""

import json

import pytest

from portal.moving.converting.form_definitions import FormDefinition, form_of
from portal.moving.wordpress.records import Item

CONTACT_FORM_7 = """<label> Votre nom (obligatoire)
    [text* your-name autocomplete:name] </label>
<label> Courriel [email* your-email] </label>
<p>Rubrique</p> [select theme "Bois" "Eau"]
<label> Message [textarea your-message] </label>
[file cv limit:2mb]
[acceptance rgpd] J’accepte [/acceptance]
[submit "Envoyer"]"""
FIELDS = [("text", "Votre nom", True), ("email", "Courriel", True), ("select", "Rubrique", False)]
FIELDS += [("textarea", "Message", False), ("file-upload", "cv", False)]
WPFORMS = {
    "fields": {
        str(number): {"type": kind, "label": label, "required": "1" if needed else "", "choices": {"1": {"label": "Bois"}, "2": {"label": "Eau"}}}
        for number, (kind, label, needed) in enumerate(FIELDS)
    },
    "settings": {"submit_text": "Envoyer", "notifications": {"1": {"email": "bureau@ancien.example"}}},
}  # fmt: skip
GRAVITY = {
    "title": "Contact",
    "fields": [
        {"type": kind.replace("-", ""), "label": label, "isRequired": needed, "choices": [{"text": "Bois"}, {"text": "Eau"}]}
        for kind, label, needed in FIELDS
    ],
    "button": {"text": "Envoyer"},
    "notifications": {"a": {"to": "bureau@ancien.example"}},
}  # fmt: skip
NINJA = {
    "settings": {"title": "Contact"},
    "fields": [
        {"type": {"text": "textbox", "select": "listselect", "file-upload": "file_upload"}.get(kind, kind), "label": label,
         "required": int(needed), "order": number, "options": [{"label": "Bois"}, {"label": "Eau"}]}
        for number, (kind, label, needed) in enumerate(FIELDS)
    ] + [{"type": "submit", "label": "Envoyer", "order": 99}],
    "actions": [{"type": "email", "to": "bureau@ancien.example"}],
}  # fmt: skip
ITEMS = {
    "wpcf7_contact_form": Item(meta={"_form": [CONTACT_FORM_7], "_mail": ['a:1:{s:9:"recipient";s:21:"bureau@ancien.example";}']}),
    "wpforms": Item(content=json.dumps(WPFORMS)),
    "gravity_form": Item(content=json.dumps(GRAVITY)),
    "ninja_form": Item(content=json.dumps(NINJA)),
}  # fmt: skip


@pytest.fixture(params=ITEMS)
def form(request) -> FormDefinition:
    item = ITEMS[request.param]
    item.kind = request.param
    found = form_of(item)
    assert found
    return found


def test_questions_have_their_label_kind_and_choices(form):
    questions = [(question.label, question.kind) for question in form.questions]

    expected = [("Votre nom", "singleline"), ("Courriel", "email"), ("Rubrique", "dropdown"), ("Message", "multiline")]
    assert questions[:4] == expected
    assert form.questions[2].choices == ["Bois", "Eau"]


def test_required_fields_are_required(form):
    assert [question.is_required for question in form.questions[:4]] == [True, True, False, False]


def test_button_and_recipient_are_imported(form):
    assert (form.button, form.to) == ("Envoyer", "bureau@ancien.example")


def test_field_for_files_is_named(form):
    assert [name.casefold() for name in form.left_out] == ["cv"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"fields": 3}', '{"fields": [{}]}', "nothing"])
@pytest.mark.parametrize("kind", ITEMS)
def test_unreadable_definition_yields_none(kind, content):
    assert form_of(Item(kind=kind, content=content, meta={"_form": [content]})) is None


def test_words_of_a_form_are_not_escaped_twice():
    texts = {"label": "Bois &amp; Eau", "description": "Ici &amp; <b>là</b>"}
    field = {"type": "select", **texts, "choices": {"1": {"label": "A &amp; B"}}}
    facts = {"fields": {"1": field}, "settings": {"submit_text": "Lire &amp; signer"}}

    form = form_of(Item(kind="wpforms", content=json.dumps(facts)))

    (question,) = form.questions
    assert (question.label, question.help, question.choices) == ("Bois & Eau", "Ici & là", ["A & B"])
    assert form.button == "Lire & signer"
