"""Where a site waives the four-eyes rule, the right still counts, and the history says that one person did both."""

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import PageLogEntry

from portal.core.models import SiteSettings
from portal.editorial.approval.permissions import ONE_PAIR
from portal.editorial.roles import Role, group_of
from tests.builders import make_article, make_member, newsroom_client
from tests.editorial.actions import again, edit_form, post


@pytest.fixture(params=["approver", "administrator"])
def author(request, lorraine, newsroom):
    if request.param == "approver":
        return make_member("author", group_of(lorraine.site, Role.APPROVER))
    return make_member("author", is_superuser=True)


@pytest.fixture
def client(lorraine, author):
    return newsroom_client(lorraine, author)


@pytest.fixture
def live(lorraine):
    return make_article(lorraine.section, "En ligne", date=None)


def written(page, author, title: str = "Écrit seul"):
    draft = again(page)
    draft.title = title
    draft.save_revision(user=author)
    return again(page)


@pytest.fixture
def alone(lorraine):
    """A site that has waived the rule."""
    SiteSettings.objects.filter(site=lorraine.site).update(four_eyes=False)


def test_log_says_where_one_person_did_both(alone, client, author, live):
    edit_form(client, live, title="Écrit seul", **{"action-publish": "1"})

    assert again(live).title == "Écrit seul"
    entry = PageLogEntry.objects.get(action=ONE_PAIR)
    assert (entry.user, entry.page_id) == (author, live.pk)
    assert "same person" in entry.message


def test_log_says_so_of_an_approval_too(alone, lorraine, client, author, live):
    edit_form(client, live, title="Écrit seul", **{"action-submit": "1"})
    state = again(live).current_workflow_task_state

    post(client, "workflow_action", live.pk, "approve", state.pk, comment="")

    assert again(live).title == "Écrit seul"
    assert PageLogEntry.objects.filter(action=ONE_PAIR, user=author).count() == 1


def test_waiver_of_one_site_is_none_for_the_other(alone, saar, author):
    foreign = written(make_article(saar.section, "En ligne", date=None), author)

    with pytest.raises(PermissionDenied):
        foreign.latest_revision.publish(user=author)


def test_without_the_rule_the_right_still_counts(alone, newsroom, live):
    editor = newsroom[Role.EDITOR]
    revision = written(live, editor).latest_revision

    for user in (editor, None):
        with pytest.raises(PermissionDenied):
            revision.publish(user=user)
    assert again(live).title == "En ligne"
