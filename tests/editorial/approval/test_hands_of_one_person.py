"""Tied accounts count as one person: none of them approves for the person who created the first."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import PageLogEntry, Workflow

from events.models import ImportedEvent, Subscription
from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.authorship import TIED_PUBLISHED
from portal.editorial.guests import answers
from portal.editorial.models import AccountChange, AddressChange, GuestRemark, ReviewInvitation
from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions as translations
from tests.builders import (
    make_article,
    make_member,
    make_topic,
    newsroom_client,
    work_off,
)
from tests.editorial.actions import confirm_passages, edit_form, messages_of, publish, publish_in_bulk, reload, schedule
from tests.editorial.drafts import answer, draft, rewrite, submit
from tests.events.partners import basic, import_events

USERS = get_user_model().objects
WEEK = timedelta(days=7)


@pytest.fixture
def boss(newsroom):
    """A site administrator who also owns every mailbox of the domain evil.example."""
    return newsroom[Role.SITE_ADMINISTRATOR]


def invite(ground, actor, name, role):
    data = {"first_name": name, "last_name": "X", "email": f"{name}@evil.example"}
    roles = [f"{ground.site.pk}.{role.value}."]
    newsroom_client(ground, actor).post(reverse("site_accounts_add"), {**data, "roles": roles})
    account = USERS.get(username=f"{name}.x")
    # The person who would have to confirm the role is deceived.
    account.groups.add(*account.role_proposals.values_list("group", flat=True))
    return account


def test_account_created_through_another_account_cannot_approve(lorraine, boss):
    helper = invite(lorraine, boss, "helper", Role.SITE_ADMINISTRATOR)
    second = invite(lorraine, helper, "second", Role.APPROVER)
    step = submit(draft(lorraine, boss), boss)

    with pytest.raises(PublicationRefusedError):
        answer(step, second)


def test_creator_of_the_requesting_account_cannot_confirm(lorraine, newsroom, boss):
    """The opposite direction of `reason_against_confirming`: the confirming person created the requester."""
    helper, approver = invite(lorraine, boss, "helper", Role.SITE_ADMINISTRATOR), newsroom[Role.APPROVER]
    path = reverse("site_accounts_edit", args=[approver.pk])
    roles = [f"{lorraine.site.pk}.{Role.APPROVER.value}."]
    data = {"first_name": "A", "last_name": "B", "is_active": "on", "email": "voleur@evil.example", "roles": roles}
    newsroom_client(lorraine, helper).post(path, data)
    assert AddressChange.objects.get().account == approver

    newsroom_client(lorraine, boss).post(path, {"confirm_address": "yes"})

    assert USERS.get(pk=approver.pk).email == approver.email


# One administrator has two mailboxes. The inviter cannot publish text of the invited account.


def approve(client, page, place):
    state = reload(page).current_workflow_task_state or submit(page, page.get_latest_revision().user)
    client.post(reverse("editorial:answer", args=[state.pk]), {"approve": "yes"})
    return reload(page).live


WAYS = {"form": publish, "bulk action": publish_in_bulk, "schedule": schedule, "answer": approve}


def goes_live(ground, user, page, door="form") -> bool:
    return WAYS[door](newsroom_client(ground, user), reload(page), ground.section)


@pytest.fixture
def boss_approves(lorraine, boss):
    """As in small newsrooms, the administrator approves as well."""
    boss.groups.add(group_of(lorraine.site, Role.APPROVER))


@pytest.fixture
def invited(lorraine, boss, boss_approves):
    """An editor at one of the administrator's mailboxes."""
    return invite(lorraine, boss, "zweites", Role.EDITOR)


@pytest.mark.parametrize("door", WAYS)
def test_inviter_cannot_publish_texts_of_an_invited_account(lorraine, newsroom, boss, invited, door):
    page = draft(lorraine, invited)

    assert not goes_live(lorraine, boss, page, door)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page, door)


@pytest.mark.parametrize("kind", ["address", "password", "link", "roles"])
def test_administrator_cannot_publish_texts_of_an_account_they_changed(lorraine, newsroom, boss, kind):
    page = draft(lorraine, newsroom[Role.EDITOR])
    AccountChange.objects.create(account=newsroom[Role.EDITOR], actor=boss, kind=kind)

    assert not goes_live(lorraine, boss, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


def test_inviter_of_a_subscriber_cannot_publish_imported_events(lorraine, newsroom, boss):
    make_topic("Bois")
    organiser = invite(lorraine, boss, "kalender", Role.SITE_ADMINISTRATOR)
    subscription = Subscription.objects.create(
        name="Partner", calendar=lorraine.calendar, owner=organiser, changed_by=organiser
    )
    import_events(subscription, basic(LOCATION="Halle", DESCRIPTION="Une visite.", CATEGORIES="Bois"))
    state = ImportedEvent.objects.get().event.current_workflow_task_state
    boss.groups.add(group_of(lorraine.site, Role.APPROVER))

    with pytest.raises(PublicationRefusedError, match="you made the account of kalender"):
        answer(state, boss)
    answer(state, newsroom[Role.APPROVER])
    assert ImportedEvent.objects.get().event.live


def test_inviter_of_a_translator_cannot_publish_the_translation(lorraine, newsroom, boss, invited):
    story = make_article(lorraine.section, "La filière bois")
    german = translations.start(story, lorraine.homes["de"].locale, invited)
    rewrite(german, invited, title="Die Holzbranche", standfirst="Hundert Stellen.")
    confirm_passages(german)

    assert not goes_live(lorraine, boss, german, "bulk action")
    assert goes_live(lorraine, newsroom[Role.APPROVER], german, "bulk action")


def test_agreement_of_a_guest_does_not_count_as_approval(lorraine, newsroom, boss, invited):
    page = draft(lorraine, invited)
    guest = ReviewInvitation.objects.create(
        page=page, created_by=boss, name="Marie", email="marie@evil.example", expires_at=timezone.now() + WEEK
    )
    facts = {"content_hash": answers.content_hash_of_draft(page), "now": timezone.now()}
    answers.record_remark(guest, GuestRemark.Kind.AGREED, name="Marie", text="Parfait", **facts)

    assert not goes_live(lorraine, boss, page)
    assert goes_live(lorraine, newsroom[Role.APPROVER], page)


def test_tie_between_accounts_expires(lorraine, boss, invited, settings):
    page = draft(lorraine, invited)
    AccountChange.objects.update(at=timezone.now() - timedelta(days=settings.TIED_ACCOUNTS_DAYS, minutes=1))

    assert goes_live(lorraine, boss, page)


# The refusal


def refusal(ground, user, page) -> str:
    return messages_of(edit_form(newsroom_client(ground, user), page, **{"action-publish": "1"}))


def test_refusal_names_other_approvers_of_the_site(lorraine, newsroom, boss, invited):
    message = refusal(lorraine, boss, draft(lorraine, invited))

    assert "you made the account of zweites X" in message
    assert f"It can be approved by: {newsroom[Role.APPROVER].username}." in message


def test_refusal_names_helpers_if_nobody_else_can_approve(lorraine, newsroom, boss, invited):
    make_member("netz", is_superuser=True)
    newsroom[Role.APPROVER].groups.clear()

    message = refusal(lorraine, boss, draft(lorraine, invited))

    assert "Nobody else here can approve it. An administrator of the network can help: netz." in message


# Two accounts of one creator


@pytest.fixture
def other(lorraine, boss, invited):
    """An approver and an editor, both invited by the same administrator."""
    return invite(lorraine, boss, "drittes", Role.APPROVER)


def test_accounts_of_one_creator_cannot_approve_if_another_approver_could(lorraine, newsroom, invited, other):
    page = draft(lorraine, invited)

    message = refusal(lorraine, other, page)

    assert not reload(page).live
    assert f"It can be approved by: {newsroom[Role.APPROVER].username}." in message


@pytest.mark.parametrize("door", WAYS)
def test_history_marks_approval_between_accounts_of_one_creator(lorraine, newsroom, boss, invited, other, door):
    newsroom[Role.APPROVER].groups.clear()
    page = draft(lorraine, invited)
    goes_live(lorraine, other, page, door)

    history = newsroom_client(lorraine, boss).get(reverse("wagtailadmin_pages:history", args=[page.pk]))

    words = f"Nobody else could approve it: {boss} made or changed the accounts of the publisher and of zweites X"
    assert history.content.decode().count(words) == 1


def test_history_does_not_mark_independent_approval(lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR])
    goes_live(lorraine, newsroom[Role.APPROVER], page)

    assert not PageLogEntry.objects.filter(action=TIED_PUBLISHED).exists()


def test_editor_sees_who_can_help_if_no_reviewer_may_approve(lorraine, newsroom, boss, invited, other):
    second = make_member("zwei", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    newsroom[Role.APPROVER].groups.clear()
    page = draft(lorraine, invited)

    sent = messages_of(edit_form(newsroom_client(lorraine, invited), page, **{"action-submit": "1"}))

    assert f"is with {second.username} for review" in sent


def test_second_administrator_can_approve_if_nobody_else_can(lorraine, newsroom, boss, invited, other):
    second = make_member("zwei", group_of(lorraine.site, Role.SITE_ADMINISTRATOR))
    newsroom[Role.APPROVER].groups.clear()
    page = draft(lorraine, invited)
    submit(page, invited)
    work_off()
    [message] = [each for each in mail.outbox if each.to == [second.email]]

    [link] = re.findall(r"http://localhost:8000(/\S+seen=\S+)", message.body)
    newsroom_client(lorraine, second).post(link, {"approve": "yes"})

    assert reload(page).live


def test_creator_from_another_site_is_never_named(lorraine, newsrooms, newsroom, boss, invited, other):
    chief = newsrooms.saar[Role.SITE_ADMINISTRATOR]
    for account in (invited, other):
        AccountChange.objects.create(account=account, actor=chief, kind="created")
    AccountChange.objects.exclude(actor=chief).delete()
    page = draft(lorraine, invited)
    words = "somebody of another site made or changed"

    assert words in refusal(lorraine, other, page)
    newsroom[Role.APPROVER].groups.clear()
    boss.groups.clear()
    assert goes_live(lorraine, other, page)
    history = newsroom_client(lorraine, other).get(reverse("wagtailadmin_pages:history", args=[page.pk]))
    assert words in history.content.decode()
    assert str(chief) not in history.content.decode()


def test_bulk_publication_explains_each_refusal(lorraine, newsroom, boss, invited, other):
    pages = [draft(lorraine, invited, "Eins"), draft(lorraine, other, "Zwei")]
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    query = "&".join(f"id={page.pk}" for page in pages)
    client = newsroom_client(lorraine, other)

    shown = html.unescape(client.get(f"{path}?{query}").content.decode())
    message = messages_of(client.post(f"{path}?{query}"))

    for words in (shown, message):
        assert re.search(
            rf"Eins: Your approval does not count .* approved by: {newsroom[Role.APPROVER]}\.", words, re.DOTALL
        )
        assert re.search(r"Zwei: Someone else must publish .* approved by: ", words, re.DOTALL)
    assert "0 pages" not in message


@pytest.mark.parametrize("door", ["bulk action", "form", "translation"])
def test_editor_who_tries_to_publish_sees_who_can(lorraine, newsroom, door):
    editor = newsroom[Role.EDITOR]
    client, page = newsroom_client(lorraine, editor), draft(lorraine, editor)
    if door == "translation":
        Workflow.objects.update(active=False)
        with override("en"), pytest.raises(PublicationRefusedError) as refusal:
            translations.publish_or_submit(page, editor)
        message = str(refusal.value)
    elif door == "form":
        message = messages_of(edit_form(client, page, **{"action-publish": "1"}))
    else:
        path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        message = messages_of(client.post(f"{path}?id={page.pk}"))

    assert re.search(rf"You may not publish here\..* It can be approved by: .*{newsroom[Role.APPROVER]}", message)


@pytest.mark.parametrize("door", ["answer", "action"])
def test_publisher_who_is_not_a_reviewer_sees_who_can_approve(lorraine, newsroom, door):
    boss, page = newsroom[Role.SITE_ADMINISTRATOR], draft(lorraine, newsroom[Role.EDITOR])
    state, client = submit(page, newsroom[Role.EDITOR]), newsroom_client(lorraine, boss)
    if door == "answer":
        response = client.post(reverse("editorial:answer", args=[state.pk]), {"approve": "yes"})
    else:
        response = client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]))

    assert f"You are not a reviewer of this page. It can be approved by: {newsroom[Role.APPROVER]}." in messages_of(
        response
    )
    assert not reload(page).live
