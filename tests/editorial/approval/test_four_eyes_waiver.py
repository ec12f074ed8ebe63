"""A site that waives the four-eyes rule: permissions still apply, and self-publication is logged."""

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import PageLogEntry

from portal.content.records.settings import SiteSettings
from portal.editorial.approval.authorship import SELF_PUBLISHED
from portal.editorial.roles import Role, group_of
from tests.builders import make_article, make_member, newsroom_client
from tests.editorial.actions import edit_form, post, reload


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
    draft = reload(page)
    draft.title = title
    draft.save_revision(user=author)
    return reload(page)


@pytest.fixture
def alone(lorraine):
    """A site that has waived the rule."""
    SiteSettings.objects.filter(site=lorraine.site).update(four_eyes=False)


def test_self_publication_is_logged(alone, client, author, live):
    edit_form(client, live, title="Écrit seul", **{"action-publish": "1"})

    assert reload(live).title == "Écrit seul"
    entry = PageLogEntry.objects.get(action=SELF_PUBLISHED)
    assert (entry.user, entry.page_id) == (author, live.pk)
    assert "same person" in entry.message


def test_self_approval_is_logged(alone, lorraine, client, author, live):
    edit_form(client, live, title="Écrit seul", **{"action-submit": "1"})
    state = reload(live).current_workflow_task_state

    post(client, "workflow_action", live.pk, "approve", state.pk, comment="")

    assert reload(live).title == "Écrit seul"
    assert PageLogEntry.objects.filter(action=SELF_PUBLISHED, user=author).count() == 1


def test_waiver_does_not_apply_to_other_sites(alone, saar, author):
    foreign = written(make_article(saar.section, "En ligne", date=None), author)

    with pytest.raises(PermissionDenied):
        foreign.latest_revision.publish(user=author)


def test_permission_to_publish_is_needed_without_the_rule(alone, newsroom, live):
    editor = newsroom[Role.EDITOR]
    revision = written(live, editor).latest_revision

    for user in (editor, None):
        with pytest.raises(PermissionDenied):
            revision.publish(user=user)
    assert reload(live).title == "En ligne"
