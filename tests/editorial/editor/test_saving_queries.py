"""Saving and publishing a page need few more queries than in stock Wagtail."""

from functools import partial

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, rich_text, streamfield

from portal.editorial.roles import Role
from tests.builders import make_article, make_event, make_person, make_recap, make_topic, newsroom_client
from tests.editorial.drafts import submit
from tests.editorial.editor.test_conflicting_edits import edit_path, opened
from tests.editorial.forms import article_form

TEXT = [{"type": "paragraph", "id": "un", "value": "<p>Un atelier des bois.</p>"}]
# The gate asks whether an approved release has the page.
FOR_A_RELEASE = 1
# The queries of stock Wagtail 8.0 for the same story with the newsroom's search, but without the gate, plus ten.
# Every request that may write looks whether the installation is read-only.
FOR_READ_ONLY = 1
MAX_TO_AUTOSAVE = 101 + 10 + FOR_READ_ONLY
# References are indexed again when the rows of lists are written (`portal/content/signals.py`).
TO_NOTE_REFERENCES = 8
# The audit log entry and its text, in the publication's transaction.
FOR_THE_AUDIT_LOG = 2
# The newsroom's search records that the page has changed.
FOR_THE_DRAFTS = 1
# The levels of the site's checklist; the page leaves the table of pages that sitemaps leave out; whether there are
# webhooks.
FOR_THE_RULES_OF_THE_SITE = 3
MAX_FROM_FORM = (
    185 + 10 + FOR_READ_ONLY + TO_NOTE_REFERENCES + FOR_THE_DRAFTS + FOR_THE_RULES_OF_THE_SITE + FOR_A_RELEASE
)
# Whether the event was proposed by somebody who gets a mail when it is published.
FOR_A_PROPOSAL = 1
# This is without a form, but with the gate, the lists and the readers' search.
MAX_TO_PUBLISH = (
    128
    + TO_NOTE_REFERENCES
    + FOR_THE_AUDIT_LOG
    + FOR_THE_DRAFTS
    + FOR_THE_RULES_OF_THE_SITE
    + FOR_A_RELEASE
    + FOR_A_PROPOSAL
)
MAX_TO_APPROVE = 232 + TO_NOTE_REFERENCES + FOR_THE_RULES_OF_THE_SITE + FOR_A_RELEASE


@pytest.fixture(autouse=True)
def searched(settings):
    """The newsroom's search index is updated too, unlike in other tests."""
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "search.admin_backend"}}


@pytest.fixture
def story(lorraine):
    facts = {"body": TEXT, "authors": [make_person()], "topics": [make_topic()]}
    return make_article(lorraine.section, "Un atelier", date=timezone.now().replace(second=0, microsecond=0), **facts)


def rewrite(page, author, title="Un atelier ferme"):
    page = type(page).objects.get(pk=page.pk)
    page.title = title
    return page.save_revision(user=author)


def rows(found, name):
    values = [{name: getattr(row, f"{name}_id"), "id": row.pk or ""} for row in found.all()]
    return inline_formset(values, initial=len([each for each in values if each["id"]]))


def form_of_draft(page, title, **facts):
    """The form data of the latest draft, with another title."""
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
    # The set of cached content types depends on earlier tests.
    ContentType.objects.get_for_models(*apps.get_models())
    with CaptureQueriesContext(connection) as queries:
        response = act()
    return len(queries), response


def autosave_queries(lorraine, user, page):
    """The number of queries of a window's second autosave, which overwrites the first."""
    client, headers = newsroom_client(lorraine, user), {"accept": "application/json"}
    version_fields = opened(client, page)
    first = client.post(edit_path(page), form_of_draft(page, "Un atelier ou") | version_fields, headers=headers).json()
    version_fields |= {"overwrite_revision_id": first["revision_id"], "loaded_revision_id": first["revision_id"]}
    version_fields |= {"loaded_revision_created_at": first["revision_created_at"]}
    form = form_of_draft(page, "Un atelier ouvre") | version_fields
    number, response = number_of_queries(lambda: client.post(edit_path(page), form, headers=headers))
    assert response.json()["success"]
    assert type(page).objects.get(pk=page.pk).get_latest_revision_as_object().title == "Un atelier ouvre"
    return number


@pytest.mark.parametrize("kind", [make_article, make_event, make_recap])
def test_publication_needs_few_queries(lorraine, newsroom, kind):
    page = kind(lorraine.section if kind is make_article else lorraine.calendar)
    first, revision = (rewrite(page, newsroom[Role.EDITOR], title) for title in ("Fermé", "Ouvert"))
    # The first publication fills the caches of the process, such as content types.
    first.publish(user=newsroom[Role.APPROVER])

    number, _none = number_of_queries(lambda: revision.publish(user=newsroom[Role.APPROVER]))

    page.refresh_from_db()
    assert page.title == "Ouvert"
    assert number <= MAX_TO_PUBLISH


def test_publication_from_the_form_needs_few_queries(lorraine, newsroom, story):
    # Rows are in the order in which the form sends them.
    autosave_queries(lorraine, newsroom[Role.EDITOR], story)
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    form = form_of_draft(story, "Un atelier ouvre", **{"action-publish": "1"}) | opened(client, story)

    number, _answer = number_of_queries(lambda: client.post(edit_path(story), form))

    story.refresh_from_db()
    assert story.title == "Un atelier ouvre"
    assert number <= MAX_FROM_FORM


def test_autosave_needs_few_queries(lorraine, newsroom, story):
    assert autosave_queries(lorraine, newsroom[Role.EDITOR], story) <= MAX_TO_AUTOSAVE


def test_approval_needs_few_queries(lorraine, newsroom, story):
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    # The first approval fills the caches of the process.
    for title in ("Un atelier ouvre", "Un atelier ferme"):
        rewrite(story, newsroom[Role.EDITOR], title)
        step = submit(story, newsroom[Role.EDITOR])
        address = reverse("wagtailadmin_pages:workflow_action", args=[story.pk, "approve", step.pk])
        number, _answer = number_of_queries(partial(client.post, address, {"comment": ""}))

    story.refresh_from_db()
    assert story.title == "Un atelier ferme"
    assert number <= MAX_TO_APPROVE
