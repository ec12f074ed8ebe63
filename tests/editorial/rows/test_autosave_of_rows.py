"""After each autosave of slowly filled inline rows, each row is the same in draft and form, or is incomplete."""

from collections.abc import Callable
from copy import copy
from functools import cache
from itertools import product

import pytest
from wagtail.models import Page

from articles.models import ArticlePage
from portal.content.forms import DistinctRows
from portal.content.records.people import Person
from portal.editorial.roles import Role
from tests.builders import (
    make_article,
    make_draft,
    make_event,
    make_person,
    make_topic,
    newsroom_client,
)
from tests.editorial.rows.forms import PAGES, page_lists, record_of
from tests.editorial.rows.window import Window

KINDS = [model for model in PAGES if page_lists(model)]
# One kind for each set of lists.
KINDS_BY_LISTS = {frozenset(page_lists(model)): model for model in reversed(KINDS)}
STATES = ["live", "draft"]


def name_of(kind: tuple[type[Page], str]) -> str:
    model, state = kind
    return f"{model.__name__}-{state}"


@pytest.fixture(scope="module")
def windows(module_network, module_newsrooms) -> Callable[[type[Page], str], Window]:
    """Opens the form of a published page, or of a draft; once in each state."""
    lorraine = module_network.lorraine
    for number in range(4):
        make_person(f"Personne {number}")
        make_topic(f"Sujet {number}")
    client = newsroom_client(lorraine, module_newsrooms.lorraine[Role.EDITOR])

    @cache
    def opened(model: type[Page], state: str) -> Window:
        page = record_of(model, lorraine)
        # Newer stories, which the form can choose as related ones.
        for _story in range(4):
            make_article(lorraine.section)
        return Window(client, page if state == "live" else make_draft(page))

    return opened


@pytest.fixture(scope="module", params=product(KINDS_BY_LISTS.values(), STATES), ids=name_of)
def module_window(request, windows):
    return windows(*request.param)


def copied(window: Window) -> Window:
    window = copy(window)
    window.data = {**window.data}
    return window


@pytest.fixture
def window(module_window, newsrooms):
    """A window for each set of lists that pages have."""
    return copied(module_window)


def fill_slowly(window: Window) -> dict[str, list[str]]:
    """Add a row to each list and autosave after each of its fields; return the resulting lists."""
    numbers = {name: window.add_row(name) for name in window.lists}
    window.autosave()
    for step in range(max(len(window.required(name)) for name in window.lists)):
        for name, number in numbers.items():
            for key in window.required(name)[step : step + 1]:
                window.fill(name, number, key)
        window.autosave()
    return {name: [window.typed(name, number) for number in range(numbers[name] + 1)] for name in window.lists}


def in_draft(window: Window) -> dict[str, list[str]]:
    draft = window.draft()
    return {name: window.rows_of(draft, name) for name in window.lists}


def test_slowly_filled_row_is_published_once(window):
    filled = fill_slowly(window)
    assert window.send().status_code == 302
    window.draft().save_revision().publish()

    assert {name: window.published(name) for name in window.lists} == filled


def test_slowly_filled_row_does_not_prevent_submission(window):
    fill_slowly(window)

    window.send("action-submit")

    assert type(window.page).objects.get(pk=window.page.pk).workflow_in_progress


def test_rows_beside_an_incomplete_one_are_saved_once(window):
    before = in_draft(window)
    incomplete = {name: window.add_row(name) for name in window.lists}
    window.autosave()
    finished = {name: window.add_row(name) for name in window.lists}
    for name, number in finished.items():
        window.finish(name, number)
    for _time in range(3):
        window.autosave()

    assert in_draft(window) == {name: [*before[name], window.typed(name, finished[name])] for name in window.lists}
    for name, number in incomplete.items():
        window.finish(name, number)
    window.autosave()
    window.autosave()
    both = {name: [window.typed(name, number) for number in (incomplete[name], finished[name])] for name in before}
    assert in_draft(window) == {name: [*before[name], *both[name]] for name in before}


def test_rows_beside_an_empty_one_are_saved(window):
    before = in_draft(window)
    first = {name: window.add_row(name) for name in window.lists}
    for name, number in first.items():
        window.finish(name, number)
    window.autosave()
    for name in window.lists:
        window.add_row(name)
    last = {name: window.add_row(name) for name in window.lists}
    for name, number in last.items():
        window.finish(name, number)
    window.autosave()

    new = {name: [window.typed(name, first[name]), window.typed(name, last[name])] for name in window.lists}
    assert in_draft(window) == {name: [*before[name], *new[name]] for name in window.lists}


def test_date_is_in_the_draft_before_anything_is_changed_on_it(lorraine, newsroom):
    event = make_event(lorraine.calendar, recurrence="FREQ=WEEKLY;COUNT=5")
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), event)
    row = f"changed_dates-{window.add_row('changed_dates')}"
    window.data[f"{row}-day"] = "2027-04-01"
    assert "note" not in window.autosave()
    assert window.stored("changed_dates") == ["2027-04-01"]

    for kind in ("cancelled", "changed"):
        window.data[f"{row}-kind"] = kind
        for _time in range(2):
            window.autosave()
            assert [(str(row.day), row.kind) for row in window.draft().changed_dates.all()] == [("2027-04-01", kind)]
    window.send()

    assert window.stored("changed_dates") == ["2027-04-01"]


def test_rows_of_an_autosave_without_a_response_are_saved_once(window):
    before = in_draft(window)
    numbers = {name: window.add_row(name) for name in window.lists}
    for name, number in numbers.items():
        window.finish(name, number)
    for _time in range(2):
        unanswered = {**window.data}
        window.autosave()
        window.data = unanswered
    window.autosave()

    assert in_draft(window) == {name: [*before[name], window.typed(name, numbers[name])] for name in window.lists}


def test_topic_that_is_sent_again_without_its_key_stays_once(lorraine, newsroom):
    draft = make_draft(make_article(lorraine.section))
    topic = make_topic("Industrie")
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), draft)
    window.data["editing_window"] = ""
    number = window.add_row("page_topics")
    window.data[f"page_topics-{number}-topic"] = str(topic.pk)
    unanswered = {**window.data}
    window.autosave()
    window.data = unanswered | {"overwrite_revision_id": str(draft.revisions.latest("pk").pk)}
    window.autosave()

    assert len(window.stored("page_topics")) == number + 1


def test_row_of_a_live_page_keeps_a_required_value(lorraine, newsroom):
    event = make_event(lorraine.calendar, recurrence="FREQ=WEEKLY;COUNT=5")
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), event)
    for number, day in enumerate(("2027-04-01", "2027-04-08")):
        row = f"changed_dates-{window.add_row('changed_dates')}"
        window.data |= {f"{row}-day": day, f"{row}-kind": "cancelled", f"{row}-reason": f"Raison {number}"}
    window.autosave()

    window.data["changed_dates-0-day"] = ""
    window.data["changed_dates-1-reason"] = "Fours éteints"
    assert [each["path"] for each in window.autosave()["not_saved"]] == [["changed_dates-0-day"]]

    rows = sorted(window.draft().changed_dates.all(), key=lambda row: row.day)
    assert [(str(row.day), row.reason) for row in rows] == [("2027-04-01", "Raison 0"), ("2027-04-08", "Fours éteints")]


def distinct_lists(window: Window) -> list[str]:
    """The lists in which a record or label may occur only once."""
    formsets = window.form.formsets
    return [name for name in window.lists if isinstance(formsets[name], DistinctRows)]


@pytest.mark.parametrize("model", KINDS)
def test_list_with_a_unique_constraint_names_the_duplicate(model):
    formsets = model.get_edit_handler().get_form_class().formsets
    constrained = {name for name, formset in formsets.items() if formset.model._meta.total_unique_constraints}

    assert constrained - {"comments"} == {
        name for name in constrained - {"comments"} if issubclass(formsets[name], DistinctRows)
    }


def test_duplicate_row_alone_is_not_saved_and_explained(window):
    before = in_draft(window)
    rows = {name: [window.add_row(name) for _row in range(3)] for name in distinct_lists(window)}
    for name, (first, twice, third) in rows.items():
        for number in (first, twice, third):
            window.finish(name, number)
        key = window.required(name)[0]
        window.data[f"{name}-{twice}-{key}"] = window.data[f"{name}-{first}-{key}"]
    refused = {f"{name}-{numbers[1]}-{window.required(name)[0]}" for name, numbers in rows.items()}
    for _time in range(2):
        response = window.autosave()
        assert {each["path"][0] for each in response["not_saved"]} == refused

    saved = {
        name: [window.typed(name, first), window.typed(name, third)] for name, (first, _twice, third) in rows.items()
    }
    assert {name: window.stored(name) for name in rows} == {name: [*before[name], *saved[name]] for name in rows}


def test_row_changed_into_a_duplicate_keeps_its_value_and_is_explained(window):
    rows = {name: [window.add_row(name) for _row in range(2)] for name in distinct_lists(window)}
    for name, numbers in rows.items():
        for number in numbers:
            window.finish(name, number)
    window.autosave()
    saved = in_draft(window)
    window.open()
    for name, (first, second) in rows.items():
        key = window.required(name)[0]
        window.data[f"{name}-{first}-{key}"] = window.data[f"{name}-{second}-{key}"]
    response = window.autosave()

    refused = [each["path"][0].rsplit("-", 2)[:2] for each in response["not_saved"]]
    assert sorted(name for name, _number in refused) == sorted(rows)
    assert all(int(number) in rows[name] for name, number in refused)
    assert {name: sorted(values) for name, values in in_draft(window).items()} == {
        name: sorted(values) for name, values in saved.items()
    }


def test_duplicate_author_is_named(lorraine, newsroom):
    window = Window(newsroom_client(lorraine, newsroom[Role.EDITOR]), make_article(lorraine.section))
    claire = make_person("Claire Humbert")
    for _time in range(2):
        window.data[f"bylines-{window.add_row('bylines')}-person"] = str(claire.pk)

    assert [each["reason"] for each in window.autosave()["not_saved"]] == ["Claire Humbert is in the list twice."]
    assert "Claire Humbert is in the list twice." in window.send().content.decode()


def choose_authors(window: Window, *names: str) -> None:
    for number, name in enumerate(names):
        window.data[f"bylines-{number}-person"] = str(Person.objects.get(name=name).pk)


def authors(page: Page) -> list[str]:
    return [byline.person.name for byline in sorted(page.bylines.all(), key=lambda byline: byline.sort_order)]


@pytest.fixture(params=["live", "draft"])
def signed(request, lorraine, newsroom):
    """A window with a story by two authors, who are published if the story is live."""
    story = make_article(lorraine.section)
    window = Window(
        newsroom_client(lorraine, newsroom[Role.EDITOR]), story if request.param == "live" else make_draft(story)
    )
    for name in ("Claire", "Jean", "Paul"):
        make_person(name)
    for name in ("Claire", "Jean"):
        window.data[f"bylines-{window.add_row('bylines')}-person"] = str(Person.objects.get(name=name).pk)
    window.autosave()
    if request.param == "live":
        window.draft().save_revision().publish()
    window.open()
    return window


def test_swapped_authors_are_saved_and_published(signed):
    choose_authors(signed, "Jean", "Claire")
    for _time in range(2):
        signed.autosave()
        assert authors(signed.draft()) == ["Jean", "Claire"]
    signed.draft().save_revision().publish()

    assert authors(ArticlePage.objects.get(pk=signed.page.pk)) == ["Jean", "Claire"]


def test_author_replacing_another_is_saved_and_published(signed):
    choose_authors(signed, "Claire", "Paul")
    signed.autosave()
    choose_authors(signed, "Jean", "Paul")
    signed.data[f"bylines-{signed.add_row('bylines')}-person"] = str(Person.objects.get(name="Claire").pk)
    signed.data |= {"bylines-0-ORDER": "3", "bylines-2-ORDER": "1"}
    for _time in range(2):
        signed.autosave()
        assert authors(signed.draft()) == ["Claire", "Paul", "Jean"]
    signed.draft().save_revision().publish()

    assert authors(ArticlePage.objects.get(pk=signed.page.pk)) == ["Claire", "Paul", "Jean"]
