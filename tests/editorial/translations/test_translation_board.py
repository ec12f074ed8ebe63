"""The translation board: the state of each page in another language, and bulk actions."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.editorial.records.translations import Basis
from portal.editorial.roles import Role
from portal.editorial.translations import actions, views
from tests.builders import (
    change,
    make_article,
    make_image,
    make_newsroom,
    make_section,
    make_site,
    make_topic,
    newsroom_client,
)
from tests.checkers.refusals import is_refused
from tests.editorial.actions import confirm_passages, reload

DUMMY = {"CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"}


@pytest.fixture
def facts():
    """The fields that a story needs to be submitted."""
    return {"lead_image": make_image(), "lead_image_alt": "Une scierie", "topics": [make_topic("Bois")]}


@pytest.fixture
def story(lorraine, facts):
    return make_article(lorraine.section, "La filière bois", standfirst="Cent postes.", **facts)


def board(ground, user, **query):
    response = newsroom_client(ground, user).get(reverse("translation_board"), query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def states(html) -> dict[str, str]:
    """The state of each page on the board, by its title."""
    return {
        row.select_one(".board__title").text: row.select_one("td .board-state").text
        for row in html.select(".board tbody tr")
    }


def do(ground, user, action, *pages, **more):
    data = {"pages": [page.pk for page in pages], action: "1", **more}
    response = newsroom_client(ground, user).post(reverse("translation_board"), data)
    assert response.status_code == 302
    return " ".join(str(message) for message in response.wsgi_request._messages)


def translate(page, user, title="Holz sucht Leute", **facts):
    """Translate the text of a page in its draft, and confirm its other passages."""
    draft = reload(page).get_latest_revision_as_object()
    draft.title, draft.standfirst, draft.lead_image_alt = title, "Hundert Stellen.", "Ein Sägewerk"
    for name, value in facts.items():
        setattr(draft, name, value)
    draft.save_revision(user=user)
    confirm_passages(page)
    return reload(page)


def publish_translation(page, user, approver, **facts):
    translate(page, user, **facts)
    reload(page).get_latest_revision().publish(user=approver)
    return reload(page)


def is_offered(ground, user, page) -> bool:
    html = newsroom_client(ground, user).get(reverse("translation_board")).content.decode()
    return f'name="pages" value="{page.pk}"' in html


def test_each_page_is_in_one_state(lorraine, editor, approver, german, facts):
    make = {name: make_article(lorraine.section, name, **facts) for name in ("Rien", "En cours", "Vieux", "Fini")}
    for name in ("En cours", "Vieux", "Fini"):
        actions.start(make[name], german, editor)
    for name in ("Vieux", "Fini"):
        publish_translation(make[name].get_translation(german), editor, approver)
    change(make["Vieux"], title="Vieux et changé")

    found = states(board(lorraine, editor))

    assert {name: found[name] for name in ("Rien", "En cours", "Vieux et changé", "Fini")} == {
        "Rien": "Missing",
        "En cours": "In progress",
        "Vieux et changé": "Outdated",
        "Fini": "Live",
    }
    for state, name in [("missing", "Rien"), ("work", "En cours"), ("outdated", "Vieux et changé"), ("live", "Fini")]:
        one = states(board(lorraine, editor, state=state))
        assert name in one
        assert not {"Rien", "En cours", "Vieux et changé", "Fini"} - {name} & one.keys()


def test_board_says_what_changed_in_the_original(lorraine, story, editor, german):
    actions.start(story, german, editor)
    change(story, standfirst="Deux cents postes.")

    row = board(lorraine, editor, state="outdated").select_one(".board tbody tr")

    assert row.select_one("dt").text == "Standfirst"
    assert row.select_one("del").text == "Cent postes."
    assert row.select_one("ins").text == "Deux cents postes."


def test_page_of_another_site_is_not_started(lorraine, saar, editor):
    foreign = make_article(saar.sections["fr"], "Article d’ailleurs")

    newsroom_client(lorraine, editor).post(
        reverse("translation_board") + f"?site={saar.site.pk}", {"pages": [foreign.pk], "start": "1"}
    )

    assert not foreign.get_translations().exists()


def test_board_shows_one_section_and_one_language(lorraine, editor, story):
    wood = make_section(lorraine.home, "Bois")
    inside = make_article(wood, "Dedans")
    german = make_article(lorraine.sections["de"], "Nur auf Deutsch")

    assert states(board(lorraine, editor, section=wood.pk)).keys() == {"Bois", inside.title}
    assert german.title not in states(board(lorraine, editor))
    assert states(board(lorraine, editor, original="de"))[german.title] == "Missing"


def test_translation_is_not_listed_as_an_original(lorraine, story, editor, approver, german):
    actions.start(story, german, editor)
    publish_translation(story.get_translation(german), editor, approver)

    assert "Holz sucht Leute" not in states(board(lorraine, editor, original="de"))


@pytest.mark.parametrize(
    "query",
    [
        {"site": "x"},
        {"site": "9" * 40},
        {"section": "0"},
        {"state": "new"},
        {"language": "xx"},
        {"language": "fr"},
        {"p": "many"},
        {"p": "999"},
    ],
)
def test_invalid_filter_is_ignored(lorraine, editor, story, query):
    assert board(lorraine, editor, **query).select(".board tbody tr")


def test_more_pages_cost_no_more_queries(lorraine, editor, german, facts, monkeypatch):
    for number in range(9):
        actions.start(make_article(lorraine.section, f"Histoire {number}", **facts), german, editor)
    for basis in Basis.objects.all():
        change(basis.source.specific, title=f"Autre {basis.source_id}")
    client = newsroom_client(lorraine, editor)
    client.get(reverse("translation_board"))
    counts = []

    for shown in (2, 8):
        monkeypatch.setattr(views, "PER_PAGE", shown)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(reverse("translation_board"))
        counts.append(len(queries))
        html = BeautifulSoup(response.content, "html.parser")
        assert len(html.select(".board tbody tr")) == shown
        assert html.select_one(".pagination a[href]")

    assert counts[0] == counts[1] <= 36


def test_several_pages_are_started_together_parents_first(lorraine, editor, german):
    wood = make_section(lorraine.home, "Bois")
    inside = make_article(wood, "Dedans")

    shown = do(lorraine, editor, "start", inside, wood)

    assert "2 translations started" in shown
    assert inside.get_translation(german).get_parent().pk == wood.get_translation(german).pk


def test_page_that_cannot_be_started_does_not_stop_the_others(lorraine, editor, story, german):
    inside = make_article(make_section(lorraine.home, "Bois"), "Dedans")

    shown = do(lorraine, editor, "start", inside, story)

    assert "1 translation started" in shown
    assert "Dedans" in shown
    assert "begin there" in shown


def test_editor_submits_and_approver_publishes(lorraine, editor, approver, story, german):
    actions.start(story, german, editor)
    translation = translate(story.get_translation(german), editor)

    do(lorraine, editor, "publish", story)
    assert states(board(lorraine, editor))[story.title] == "In review"
    assert not is_offered(lorraine, editor, story)
    assert is_offered(lorraine, approver, story)
    assert not reload(translation).live
    assert "in review already" in do(lorraine, editor, "publish", story)

    assert "1 translation published" in do(lorraine, approver, "publish", story)
    assert reload(translation).live
    assert reload(translation).title == "Holz sucht Leute"


def test_nobody_publishes_their_own_translation(lorraine, approver, story, german):
    actions.start(story, german, approver)
    translation = translate(story.get_translation(german), approver)

    assert "awaits review" in do(lorraine, approver, "publish", story)
    assert not reload(translation).live


def test_draft_that_changed_since_the_board_was_shown_is_not_approved(lorraine, editor, approver, story, german):
    actions.start(story, german, editor)
    translation = translate(story.get_translation(german), editor)
    html = board(lorraine, approver)
    seen = html.select_one(f"input[name=seen-{translation.pk}]")["value"]
    do(lorraine, editor, "publish", story)
    translate(translation, editor, title="Ganz anders")

    shown = do(lorraine, approver, "publish", story, **{f"seen-{translation.pk}": seen})

    assert "changed since you looked" in shown
    assert not reload(translation).live


def test_untranslated_page_is_not_submitted(lorraine, editor, story, german):
    assert "Nothing of it is translated" in do(lorraine, editor, "all", story)

    translation = story.get_translation(german)
    assert not reload(translation).workflow_in_progress


def test_incomplete_translation_is_named_and_does_not_stop_the_others(lorraine, editor, facts, german):
    whole, lacking = (make_article(lorraine.section, title, standfirst="Cent.", **facts) for title in ("Un", "Deux"))
    for page in (whole, lacking):
        actions.start(page, german, editor)
    translate(whole.get_translation(german), editor, body=[("paragraph", "<p>Holz.</p>")])
    translate(lacking.get_translation(german), editor, body=[("paragraph", "<p>Holz.</p>")], lead_image_alt="")

    shown = do(lorraine, editor, "publish", whole, lacking)

    assert "1 translation awaits review" in shown
    assert "Lead image: describe what it shows" in shown
    assert reload(whole.get_translation(german)).workflow_in_progress
    assert not reload(lacking.get_translation(german)).workflow_in_progress


def test_button_for_all_updates_and_submits(lorraine, editor, approver, story, german):
    actions.start(story, german, editor)
    translation = publish_translation(story.get_translation(german), editor, approver)
    change(story, standfirst="Deux cents postes.", lead_image_alt="Une grande scierie")

    shown = do(lorraine, editor, "all", story)

    assert "up to date" in shown
    assert "awaits review" in shown
    assert reload(translation).workflow_in_progress
    assert reload(translation).get_latest_revision_as_object().title == "Holz sucht Leute"


def step(html, title) -> tuple[str, str]:
    """The label of a row's button, and its action or address."""
    row = next(row for row in html.select(".board tbody tr") if row.select_one(".board__title").text == title)
    buttons = row.select(".board__step .button")
    assert len(buttons) <= 1
    return next(((button.contents[0].strip(), button.get("value") or button["href"]) for button in buttons), ("", ""))


def take_step(ground, user, value):
    newsroom_client(ground, user).post(reverse("translation_board"), {"step": value})


def test_button_of_a_row_is_its_next_step(lorraine, editor, approver, story, german):
    label, value = step(board(lorraine, editor), story.title)
    assert label == "Begin"

    take_step(lorraine, editor, value)
    translation = story.get_translation(german)
    beside = reverse("translate_page", args=[translation.pk])
    assert step(board(lorraine, editor), story.title) == ("Translate", beside)

    translate(translation, editor)
    label, value = step(board(lorraine, editor), story.title)
    assert label == "Send for review"
    assert step(board(lorraine, approver), story.title) == ("Read and publish", beside)

    take_step(lorraine, editor, value)
    assert step(board(lorraine, editor), story.title) == ("", "")
    waiting = reload(translation).current_workflow_task_state
    answer = reverse("editorial:answer", args=[waiting.pk])
    assert step(board(lorraine, approver), story.title) == ("Read and answer", answer)


def test_step_of_a_page_of_another_site_is_not_taken(lorraine, saar, editor):
    foreign = make_article(saar.sections["fr"], "Article d’ailleurs")

    take_step(lorraine, editor, f"start:{foreign.pk}")

    assert not foreign.get_translations().exists()


def test_settled_translation_is_up_to_date(lorraine, editor, approver, story, german):
    actions.start(story, german, editor)
    publish_translation(story.get_translation(german), editor, approver)
    change(story, standfirst="Cent  postes !")

    do(lorraine, editor, "settle", story)

    assert states(board(lorraine, editor))["La filière bois"] == "Live"


def test_board_is_for_translators(lorraine, newsroom):
    response = newsroom_client(lorraine, newsroom[Role.ORGANISER]).get(reverse("translation_board"))

    assert is_refused(response)


def test_site_of_one_language_has_nothing_to_translate(db):
    ground = make_site("solo.localhost")
    client = newsroom_client(ground, make_newsroom(ground)[Role.EDITOR])

    assert client.get(reverse("translation_board")).status_code == 200
    assert not BeautifulSoup(client.get(reverse("translation_board")).content, "html.parser").select(".board")


class TestMachine:
    def test_machine_translation_is_absent_by_default(self, lorraine, editor, story, german):
        assert not board(lorraine, editor).select("input[name=by_machine]")

        do(lorraine, editor, "start", story, by_machine="on")
        assert reload(story.get_translation(german)).get_latest_revision_as_object().title == "La filière bois"

    def test_machine_translates_a_new_translation(self, lorraine, editor, story, german, settings):
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = DUMMY
        assert board(lorraine, editor).select("input[name=by_machine]")

        do(lorraine, editor, "start", story, by_machine="on")

        draft = reload(story.get_translation(german)).get_latest_revision_as_object()
        assert (draft.title, draft.standfirst) == ("bois filière La", "postes. Cent")
        assert not draft.live

    def test_machine_translates_changed_texts_only(self, lorraine, editor, story, german, settings):
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = DUMMY
        actions.start(story, german, editor)
        translate(story.get_translation(german), editor)
        paragraph = {"type": "paragraph", "id": "11111111-1111-4111-8111-111111111111", "value": "<p>Un deux</p>"}
        change(story, standfirst="Deux cents postes.", body=[paragraph])

        do(lorraine, editor, "update", story, by_machine="on")

        draft = reload(story.get_translation(german)).get_latest_revision_as_object()
        assert (draft.title, draft.standfirst) == ("Holz sucht Leute", "postes. cents Deux")
        assert "deux Un" in str(draft.body[0].value)
