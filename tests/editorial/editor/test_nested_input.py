"""JSON that is nested too deeply is refused with a message. Lone surrogates in it are left out."""

import json

import pytest
from django.urls import reverse
from wagtail.models import TaskState

from portal.editorial.roles import Role
from tests.builders import make_article, newsroom_client
from tests.editorial.actions import form_of, newest_title, reload
from tests.editorial.approval.test_review_steps import submit_article

pytestmark = pytest.mark.django_db
LISTS = "[" * 50_000 + "]" * 50_000
OBJECTS = '{"a":' * 50_000 + "1" + "}" * 50_000


def rich_text(nested: str) -> dict[str, str]:
    return {"thanks": nested}


def stream(nested: str) -> dict[str, str]:
    block = {"type": "paragraph", "value": nested, "order": "0", "deleted": "", "id": ""}
    return {"body-count": "1"} | {f"body-0-{name}": value for name, value in block.items()}


@pytest.mark.parametrize("nested", [LISTS, OBJECTS], ids=["lists", "objects"])
@pytest.mark.parametrize("fields", [rich_text, stream])
def test_too_deeply_nested_text_is_a_form_error(lorraine, newsroom, fields, nested):
    page = make_article(lorraine.section, "Vorher")
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    refused = client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, title="Nachher") | fields(nested)
    )

    assert refused.status_code == 400
    assert newest_title(page) == "Vorher"


def test_too_deeply_nested_comment_is_ignored_in_an_approval(lorraine, newsroom):
    page = submit_article(lorraine, newsroom[Role.EDITOR])
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    response = {"action-workflow-action": "1", "workflow-action-name": "approve", "workflow-action-extra-data": OBJECTS}

    client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, **response))

    assert reload(page).title == "Soumis"


@pytest.mark.parametrize("broken", ["\ud83d", "\0"], ids=["half an emoji", "NUL"])
@pytest.mark.parametrize("fields", [rich_text, stream])
def test_text_is_saved_without_what_no_database_stores(lorraine, newsroom, fields, broken):
    page = make_article(lorraine.section, "Vorher")
    line = {"key": "abcde", "text": f"Mer{broken}ci", "type": "unstyled", "depth": 0}
    line |= {"inlineStyleRanges": [], "entityRanges": [], "data": {}}
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])

    client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_of(page, title="Nachher") | fields(json.dumps({"blocks": [line], "entityMap": {}})),
    )

    draft = reload(page).get_latest_revision_as_object()
    assert "Merci" in f"{draft.thanks} {draft.body}"


def test_half_an_emoji_in_a_comment_is_left_out(lorraine, newsroom):
    page = submit_article(lorraine, newsroom[Role.EDITOR])
    client = newsroom_client(lorraine, newsroom[Role.APPROVER])
    comment = json.dumps({"comment": "Kür\ud83dzen"})
    response = {"action-workflow-action": "1", "workflow-action-name": "reject", "workflow-action-extra-data": comment}

    client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page, **response))

    assert TaskState.objects.get(comment="Kürzen").status == TaskState.STATUS_REJECTED
