"""Saving, publishing and approving a page need few queries, however many rows it has; and nothing is left out for that."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ReferenceIndex
from wagtail.test.utils.form_data import inline_formset, rich_text, streamfield

from portal.content.records.people import Byline
from portal.editorial.roles import Role
from tests.builders import make_article, make_event, make_person, make_recap, make_topic, newsroom_client
from tests.editorial.drafts import draft, submit
from tests.editorial.forms import article_form
from tests.editorial.test_conflicting_edits import edit_path, opened

TEXT = [{"type": "paragraph", "id": "un", "value": "<p>Un atelier des bois.</p>"}]
# A publication by an approver, with the newsroom's search, the lists and the readers' search.
MOST_TO_PUBLISH = 71
MOST_FROM_THE_FORM = 78
# What the editor sends at each pause of one's typing. A draft that was never published is in the tree as it is, too.
MOST_TO_AUTOSAVE = 33
MOST_TO_AUTOSAVE_A_NEW_PAGE = 40
MOST_TO_APPROVE = 153


@pytest.fixture(autouse=True)
def searched(settings):
    """The newsroom's search is written as well, which the tests' network does without."""
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_backend"}}


@pytest.fixture
def story(lorraine):
    facts = {"body": TEXT, "authors": [make_person()], "topics": [make_topic()]}
    return make_article(lorraine.section, "Un atelier", date=timezone.now().replace(second=0, microsecond=0), **facts)


def rewritten(page, author, title="Un atelier ferme"):
    page = type(page).objects.get(pk=page.pk)
    page.title = title
    return page.save_revision(user=author)


def rows(found, name):
    values = [{name: getattr(row, f"{name}_id"), "id": row.pk or ""} for row in found.all()]
    return inline_formset(values, initial=len([each for each in values if each["id"]]))


def form_of_draft(page, title, **facts):
    """What the editor's form has of the latest draft, with another title."""
    shown = type(page).objects.get(pk=page.pk).get_latest_revision_as_object()
    names = ("slug", "standfirst", "lead_image_alt")
    form = article_form(
        title=title,
        lead_image=shown.lead_image_id,
        body=streamfield([("paragraph", rich_text(block.value.source)) for block in shown.body]),
        page_topics=rows(shown.page_topics, "topic"),
        bylines=rows(shown.bylines, "person"),
        **{name: getattr(shown, name) for name in names},
        **facts,
    )
    date = shown.publication_date
    form["publication_date"] = f"{timezone.localtime(date):%Y-%m-%d %H:%M}" if date else ""
    return form | {f"body-{number}-id": block.id for number, block in enumerate(shown.body)}


def number_of_queries(act):
    with CaptureQueriesContext(connection) as queries:
        answer = act()
    return len(queries), answer


def to_autosave(lorraine, user, page):
    """How many queries the second autosave of a window needs, which writes over the first."""
    client, headers = newsroom_client(lorraine, user), {"accept": "application/json"}
    mark = opened(client, page)
    first = client.post(edit_path(page), form_of_draft(page, "Un atelier ou") | mark, headers=headers).json()
    mark |= {"overwrite_revision_id": first["revision_id"], "loaded_revision_id": first["revision_id"]}
    mark |= {"loaded_revision_created_at": first["revision_created_at"]}
    form = form_of_draft(page, "Un atelier ouvre") | mark
    number, answer = number_of_queries(lambda: client.post(edit_path(page), form, headers=headers))
    assert answer.json()["success"]
    assert type(page).objects.get(pk=page.pk).get_latest_revision_as_object().title == "Un atelier ouvre"
    return number


@pytest.mark.parametrize("kind", [make_article, make_event, make_recap])
def test_publication_needs_few_queries(lorraine, newsroom, kind):
    page = kind(lorraine.section if kind is make_article else lorraine.calendar)
    first, revision = (rewritten(page, newsroom[Role.EDITOR], title) for title in ("Fermé", "Ouvert"))
    # What a process keeps, such as content types, is read by the first.
    first.publish(user=newsroom[Role.APPROVER])

    number, _none = number_of_queries(lambda: revision.publish(user=newsroom[Role.APPROVER]))

    page.refresh_from_db()
    assert page.title == "Ouvert"
    assert number <= MOST_TO_PUBLISH


def test_publication_from_the_form_needs_few_queries(lorraine, newsroom, story):
    # As the form sends them, the rows have their order.
    to_autosave(lorraine, newsroom[Role.EDITOR], story)
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    form = form_of_draft(story, "Un atelier ouvre", **{"action-publish": "1"}) | opened(client, story)

    number, _answer = number_of_queries(lambda: client.post(edit_path(story), form))

    story.refresh_from_db()
    assert story.title == "Un atelier ouvre"
    assert number <= MOST_FROM_THE_FORM


def test_autosave_needs_few_queries(lorraine, newsroom, story):
    assert to_autosave(lorraine, newsroom[Role.EDITOR], story) <= MOST_TO_AUTOSAVE


def test_autosave_of_a_page_that_was_never_published_needs_few_queries(lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR])
    assert to_autosave(lorraine, newsroom[Role.EDITOR], page) <= MOST_TO_AUTOSAVE_A_NEW_PAGE


def test_more_rows_need_no_more_queries_to_autosave(lorraine, newsroom, story):
    facts = {"authors": [make_person(f"Anne {each}") for each in range(4)]}
    more = make_article(lorraine.section, body=TEXT, topics=[make_topic(f"Bois {each}") for each in range(4)], **facts)

    numbers = [to_autosave(lorraine, newsroom[Role.EDITOR], page) for page in (story, more)]

    assert numbers[0] == numbers[1]


def test_approval_needs_few_queries(lorraine, newsroom, story):
    rewritten(story, newsroom[Role.EDITOR])
    step = submit(story, newsroom[Role.EDITOR])
    address = reverse("wagtailadmin_pages:workflow_action", args=[story.pk, "approve", step.pk])
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])

    number, _answer = number_of_queries(lambda: client.post(address, {"comment": ""}))

    story.refresh_from_db()
    assert story.title == "Un atelier ferme"
    assert number <= MOST_TO_APPROVE


def test_only_what_changed_in_a_list_is_published(lorraine, newsroom, reader):
    """One author left, one came, and those who stay changed places; the topics stay as they are."""
    anne, paul, jeanne = (make_person(name) for name in ("Anne Un", "Paul Deux", "Jeanne Trois"))
    page = make_article(lorraine.section, authors=[anne, paul])
    page.bylines = [Byline(person=jeanne, sort_order=0), Byline(pk=page.bylines.first().pk, person=anne, sort_order=1)]
    page.save_revision(user=newsroom[Role.EDITOR]).publish(user=newsroom[Role.APPROVER])

    text = reader.get(lorraine.address(page)).text

    names = [name for name in ("Jeanne Trois", "Anne Un", "Paul Deux") if name in text]
    assert names == ["Jeanne Trois", "Anne Un"]
    assert text.index("Jeanne Trois") < text.index("Anne Un")
    used = [ReferenceIndex.get_references_to(person).exists() for person in (anne, paul, jeanne)]
    assert used == [True, False, True]
    assert page.page_topics.count() == 1


def test_autosave_after_a_review_has_begun_moves_the_review(lorraine, newsroom, story):
    """What was known of the page before the draft was saved does not outlive it."""
    rewritten(story, newsroom[Role.EDITOR])
    step = submit(story, newsroom[Role.EDITOR])

    to_autosave(lorraine, newsroom[Role.APPROVER], story)

    review = type(story).objects.get(pk=story.pk).current_workflow_state
    assert review.current_task_state.pk != step.pk
    assert review.current_task_state.revision == review.content_object.latest_revision
