"""Mails of the newsroom: who is told what, in which language, once, and never who has no right on the page."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail import signals
from wagtail.models import Comment, PageSubscription, TaskState, WorkflowState
from wagtail.test.utils.form_data import inline_formset
from wagtail.users.models import UserProfile

from portal.editorial.mails.comments import comments_changed
from portal.editorial.mails.reminders import remind_reviewers
from portal.editorial.roles import Role, group_of, section_group
from tests.builders import make_article, make_member, newsroom_client, work_off
from tests.editorial.manuscripts import answer, draft, rewrite, step_of, submit, wait
from tests.editorial.test_approval import article_form


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


@pytest.fixture
def approver(newsroom):
    return newsroom[Role.APPROVER]


def sent() -> dict[str, mail.EmailMessage]:
    """What has left since the last look, by address; each person gets one letter at most."""
    work_off()
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert len(letters) == len(mail.outbox)
    mail.outbox.clear()
    return letters


def whole(letter: mail.EmailMessage) -> str:
    return letter.subject + letter.body + str(letter.alternatives[0].content)


def test_submission_asks_those_who_can_approve(lorraine, editor, approver):
    state = submit(draft(lorraine, editor), editor)

    assert mail.outbox == []
    letters = sent()
    assert set(letters) == {approver.email}
    letter = letters[approver.email]
    assert "Une usine" in letter.subject
    for text in (letter.body, str(letter.alternatives[0].content)):
        assert "Rubrique fr" in text
        assert editor.username in text
        assert reverse("editorial:answer", args=[state.pk]) in text


def test_nobody_of_another_site_hears_of_it(lorraine, newsrooms, editor):
    submit(draft(lorraine, editor), editor)

    assert not set(sent()) & {member.email for member in newsrooms.saar.values()}


def test_only_those_who_may_approve_are_asked(lorraine, approver):
    other = make_member("zweite", group_of(lorraine.site, Role.APPROVER))
    submit(draft(lorraine, approver), approver)

    assert other.email in (letters := sent())
    assert approver.email not in letters


def test_member_of_two_groups_gets_one_letter(lorraine, newsroom, editor):
    groups = [group_of(lorraine.site, role) for role in (Role.APPROVER, Role.SITE_ADMINISTRATOR)]
    both = make_member("beide", *groups)

    submit(draft(lorraine, editor), editor)

    assert both.email in sent()


def test_who_is_asked_but_has_no_right_on_the_page_is_not_told(lorraine, editor, approver):
    approver.groups.get().permissions.clear()

    submit(draft(lorraine, editor), editor)

    assert sent() == {}


def test_letter_speaks_the_language_of_its_reader(lorraine, editor, approver, settings):
    UserProfile.objects.create(user=approver, preferred_language="de")
    submit(draft(lorraine, editor), editor)

    assert '<html lang="de">' in whole(sent()[approver.email])


def test_letter_speaks_the_sites_language_where_nothing_was_chosen(lorraine, editor, approver):
    submit(draft(lorraine, editor), editor)

    assert '<html lang="fr">' in whole(sent()[approver.email])


def test_letter_says_by_when(lorraine, editor, approver):
    moment = timezone.now() + timedelta(days=4)
    submit(draft(lorraine, editor, go_live_at=moment), editor)

    assert str(moment.year) in sent()[approver.email].body


def test_letters_are_switched_off_in_the_account(lorraine, editor, approver):
    UserProfile.objects.create(user=approver, submitted_notifications=False)
    submit(draft(lorraine, editor), editor)

    assert approver.email not in sent()


def test_title_cannot_write_markup_into_a_letter(lorraine, editor, approver):
    submit(draft(lorraine, editor, "<b>Usine</b>\nBcc: x@example.org"), editor)

    letter = sent()[approver.email]
    assert "<b>Usine" not in str(letter.alternatives[0].content)
    assert "<b>Usine" in letter.body
    assert "\n" not in letter.subject


def test_author_reads_the_comment_of_what_comes_back(lorraine, editor, approver):
    page = draft(lorraine, editor)
    state = submit(page, editor)
    sent()

    answer(state, approver, "reject", "Le chiffre est faux.\nVoir l’Insee.")

    letters = sent()
    assert set(letters) == {editor.email}
    assert "> Le chiffre est faux.\n> Voir l’Insee." in letters[editor.email].body
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in letters[editor.email].body


def test_second_submission_leads_to_what_changed_since_the_first(lorraine, editor, approver):
    page = draft(lorraine, editor)
    state = submit(page, editor)
    answer(state, approver, "reject", "Le chiffre est faux.")
    page = rewrite(page, editor, standfirst="Le bon chiffre.")
    sent()

    submit(page, editor)

    compared = reverse(
        "wagtailadmin_pages:revisions_compare", args=[page.pk, state.revision_id, page.latest_revision_id]
    )
    assert compared in sent()[approver.email].body


def test_author_hears_that_the_page_is_published(lorraine, editor, approver):
    page = draft(lorraine, editor)
    state = submit(page, editor)
    sent()

    answer(state, approver, comment="Beau travail.")

    letters = sent()
    page.refresh_from_db()
    assert set(letters) == {editor.email}
    assert page.full_url in letters[editor.email].body
    assert "Beau travail." in letters[editor.email].body


def test_approval_for_later_says_when(lorraine, editor, approver):
    moment = timezone.now() + timedelta(days=4)
    state = submit(draft(lorraine, editor, go_live_at=moment), editor)
    sent()

    answer(state, approver)

    letters = sent()
    assert set(letters) == {editor.email}
    assert str(moment.year) in letters[editor.email].body


def test_publishing_past_a_review_is_told_once_and_as_publishing(lorraine, editor, approver):
    page = draft(lorraine, editor)
    submit(page, editor)
    sent()

    page.publish(page.latest_revision, user=approver)

    assert set(sent()) == {editor.email}


def test_withdrawal_is_told_to_those_who_were_asked(lorraine, editor, approver):
    page = draft(lorraine, editor)
    state = submit(page, editor)
    sent()

    state.workflow_state.cancel(user=editor)

    letters = sent()
    assert approver.email in letters
    assert editor.email not in letters


def test_second_step_asks_the_approvers_with_the_reviewers_word(lorraine, editor, approver):
    reviewer = make_member("relecteur", section_group(lorraine.site, Role.REVIEWER, lorraine.section))
    state = submit(draft(lorraine, editor), editor)
    assert set(sent()) == {reviewer.email}

    answer(state, reviewer, comment="Relu.")

    letters = sent()
    assert approver.email in letters
    assert {reviewer.email, editor.email} & set(letters) == set()
    assert "> Relu." in letters[approver.email].body


def test_nothing_is_sent_of_what_was_rolled_back(lorraine, editor):
    with transaction.atomic():
        submit(draft(lorraine, editor), editor)
        transaction.set_rollback(True)

    assert sent() == {}


def test_review_is_submitted_while_the_mail_server_is_away(lorraine, editor, approver, settings):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    page = draft(lorraine, editor)
    submit(page, editor)
    work_off()
    assert step_of(page).status == TaskState.STATUS_IN_PROGRESS

    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    work_off(pauses=True)

    assert [letter.to for letter in mail.outbox].count([approver.email]) == 1


def test_wagtail_sends_no_mail_of_its_own():
    """Its notifiers would send a second mail, within the request; they are connected under names that we hold."""
    for name in (
        "task_submitted",
        "workflow_submitted",
        "workflow_approved",
        "workflow_rejected",
        "workflow_cancelled",
    ):
        for sender in (TaskState, WorkflowState):
            live, *_async = getattr(signals, name)._live_receivers(sender)
            assert [
                each for each in live if getattr(each, "__module__", type(each).__module__).startswith("wagtail")
            ] == []


def test_reviewers_are_reminded_once_in_three_days(lorraine, newsrooms, editor, approver):
    now = timezone.now()
    state = submit(draft(lorraine, editor), editor)
    sent()

    remind_reviewers(now)
    assert sent() == {}

    wait(state, days=3, hours=1)
    remind_reviewers(now)
    letters = sent()
    assert approver.email in letters
    assert editor.email not in letters
    assert not set(letters) & {member.email for member in newsrooms.saar.values()}

    remind_reviewers(now + timedelta(days=1))
    assert sent() == {}
    remind_reviewers(now + timedelta(days=3))
    assert approver.email in sent()


def test_what_was_answered_is_no_longer_reminded_of(lorraine, editor, approver):
    state = submit(draft(lorraine, editor), editor)
    wait(state, days=9)
    answer(state, approver, "reject", "Non.")
    sent()

    remind_reviewers(timezone.now())

    assert sent() == {}


def remark(page, user, text: str) -> Comment:
    return Comment.objects.create(page=page, user=user, text=text, contentpath="title")


def changes(**facts) -> dict:
    names = ("new_comments", "deleted_comments", "resolved_comments", "edited_comments", "new_replies")
    return {name: facts.get(name, []) for name in names}


def test_remark_is_told_to_who_follows_the_page_and_who_is_named(lorraine, newsrooms, editor, approver):
    page = make_article(lorraine.section, "Une usine")
    follower = make_member("abonnee", group_of(lorraine.site, Role.EDITOR))
    PageSubscription.objects.create(page=page, user=follower, comment_notifications=True)
    stranger = newsrooms.saar[Role.EDITOR]
    text = f"Qu’en dit @{approver.username} ? Et @{stranger.username}, @{editor.username} ?"

    comments_changed(page, editor, changes(new_comments=[remark(page, editor, text)]))

    letters = sent()
    assert set(letters) == {follower.email, approver.email}
    assert "Qu’en dit" in letters[approver.email].body


def test_answer_is_told_to_who_asked(lorraine, editor, approver):
    page = make_article(lorraine.section, "Une usine")
    question = remark(page, editor, "Est-ce exact ?")
    reply = question.replies.create(user=approver, text="Oui.")

    comments_changed(page, approver, changes(new_replies=[(question, [reply])]))

    letters = sent()
    assert set(letters) == {editor.email}
    assert "> Oui." in letters[editor.email].body


def test_remark_in_the_form_is_told_through_the_queue(lorraine, editor, approver):
    page = draft(lorraine, editor)
    PageSubscription.objects.create(page=page, user=approver, comment_notifications=True)
    new = {"contentpath": "title", "text": "Titre trop long", "position": "", "resolved": False}
    comments = inline_formset([{**new, "replies": inline_formset([])}])
    form = article_form(title="Une usine", slug=page.slug, comments=comments)
    client = newsroom_client(lorraine, editor)

    response = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form)

    assert response.status_code == 302
    assert mail.outbox == []
    assert "> Titre trop long" in sent()[approver.email].body
