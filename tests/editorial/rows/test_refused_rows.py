"""Rows that a list of the form refuses, each with its reason."""

from portal.editorial.roles import Role
from tests.builders import make_article, make_event, make_form_page, newsroom_client
from tests.editorial.rows.window import Window


def test_duplicate_label_is_reported_at_its_field(lorraine, newsroom):
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), make_form_page(lorraine.home))
    number = window.add_row("form_fields")
    window.finish("form_fields", number)
    window.data[f"form_fields-{number}-label"] = window.data["form_fields-0-label"]
    response = window.autosave()

    assert response["note"] == "Not saved: Field (the whole new row; first fill in or correct: Label)."
    reason = "Another field has this label, or had it originally. Choose a different label."
    assert response["not_saved"] == [{"path": [f"form_fields-{number}-label"], "reason": reason}]


def test_story_is_not_related_to_itself(lorraine, newsroom):
    story, other = make_article(lorraine.section), make_article(lorraine.section)
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), story)
    for page in (story, other):
        window.data[f"related_stories-{window.add_row('related_stories')}-story"] = str(page.pk)
    response = window.autosave()

    reason = "This is the page that you are editing. Choose another one."
    assert response["not_saved"] == [{"path": ["related_stories-0-story"], "reason": reason}]
    assert window.stored("related_stories") == [str(other.pk)]


def test_list_with_too_many_entries_does_not_prevent_saving_the_rest(lorraine, newsroom):
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), make_article(lorraine.section))
    for _row in range(4):
        number = window.add_row("related_stories")
        window.data[f"related_stories-{number}-story"] = str(make_article(lorraine.section).pk)
    window.data["title"] = "Titre neuf"
    response = window.autosave()

    assert response["not_saved"] == [{"path": ["related_stories"], "reason": "This list has room for 3 entries."}]
    assert window.draft().title == "Titre neuf"


def test_submitting_a_form_without_fields_is_explained(lorraine, newsroom):
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), make_form_page(lorraine.home))
    for number in range(int(window.data["form_fields-TOTAL_FORMS"])):
        window.data[f"form_fields-{number}-DELETE"] = "1"

    assert "This list needs at least 1 entry." in window.send("action-submit").content.decode()


def test_new_field_with_a_too_long_label_is_not_saved(lorraine, newsroom):
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), make_form_page(lorraine.home))
    before = window.stored("form_fields")
    number = window.add_row("form_fields")
    window.finish("form_fields", number)
    window.data[f"form_fields-{number}-label"] = "Nom " * 100
    window.autosave()

    assert window.stored("form_fields") == before


def test_new_field_without_a_type_is_named_as_a_whole(lorraine, newsroom):
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), make_form_page(lorraine.home))
    before = window.stored("form_fields")
    window.data[f"form_fields-{window.add_row('form_fields')}-label"] = "Prénom"

    assert window.autosave()["note"] == "Not saved: Field (the whole new row; first fill in or correct: Field type)."
    assert window.stored("form_fields") == before


def test_invalid_value_of_a_saved_row_is_named_alone(lorraine, newsroom):
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), make_form_page(lorraine.home))
    window.data["form_fields-0-label"] = window.data["form_fields-1-label"]
    window.data["form_fields-0-help_text"] = "Comme au passeport"

    assert window.autosave()["note"] == "Not saved: Field: Label."
    assert window.draft().form_fields.first().help_text == "Comme au passeport"


def test_new_row_is_named_once_with_all_that_is_wrong(lorraine, newsroom):
    event = make_event(lorraine.calendar, recurrence="FREQ=WEEKLY;COUNT=5")
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), event)
    row = f"changed_dates-{window.add_row('changed_dates')}"
    window.data |= {f"{row}-reason": "Fours éteints", f"{row}-online_url": "ici"}
    response = window.autosave()

    assert (
        response["note"]
        == "Not saved: Changed date (the whole new row; first fill in or correct: Date, Other address online)."
    )
    assert [each["path"] for each in response["not_saved"]] == [[f"{row}-day"], [f"{row}-online_url"]]
