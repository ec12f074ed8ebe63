"""Newsroom emails: recipients, language and content; one each, and only to people with permission on the page."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Comment, PageSubscription, TaskState
from wagtail.test.utils.form_data import inline_formset
from wagtail.users.models import UserProfile

from portal.editorial.mails.comments import notify_of_comments
from portal.editorial.mails.reminders import remind_reviewers
from portal.editorial.roles import Role, group_of, section_group
from tests.builders import make_article, make_member, newsroom_client, work_off
from tests.editorial.drafts import answer, backdate, draft, rewrite, step_of, submit
from tests.editorial.forms import article_form


def sent() -> dict[str, mail.EmailMessage]:
    """The emails sent since the last call by recipient; checks that each person got at most one."""
    work_off()
    messages = {message.to[0]: message for message in mail.outbox}
    assert len(messages) == len(mail.outbox)
    mail.outbox.clear()
    return messages


def full_text(message: mail.EmailMessage) -> str:
    return message.subject + message.body + str(message.alternatives[0].content)


def test_submission_is_mailed_to_those_who_can_approve(lorraine, editor, approver):
    state = submit(draft(lorraine, editor), editor)

    assert mail.outbox == []
    messages = sent()
    assert set(messages) == {approver.email}
    message = messages[approver.email]
    assert "Une usine" in message.subject
    for text in (message.body, str(message.alternatives[0].content)):
        assert "Rubrique fr" in text
        assert editor.username in text
        assert reverse("editorial:answer", args=[state.pk]) in text


def test_author_with_permission_to_approve_gets_no_mail(lorraine, approver):
    other = make_member("zweite", group_of(lorraine.site, Role.APPROVER))
    submit(draft(lorraine, approver), approver)

    assert other.email in (messages := sent())
    assert approver.email not in messages


def test_member_of_two_groups_gets_one_mail(lorraine, newsroom, editor):
    groups = [group_of(lorraine.site, role) for role in (Role.APPROVER, Role.SITE_ADMINISTRATOR)]
    both = make_member("beide", *groups)

    submit(draft(lorraine, editor), editor)

    assert both.email in sent()


def test_reviewer_without_permission_on_the_page_gets_no_mail(lorraine, editor, approver):
    approver.groups.get().permissions.clear()

    submit(draft(lorraine, editor), editor)

    assert sent() == {}


@pytest.mark.parametrize(("chosen", "language"), [("de", "de"), ("", "fr")])
def test_mail_is_in_its_readers_or_the_sites_language(lorraine, editor, approver, chosen, language):
    UserProfile.objects.create(user=approver, preferred_language=chosen)
    submit(draft(lorraine, editor), editor)

    assert f'<html lang="{language}">' in full_text(sent()[approver.email])


def test_mail_names_the_planned_date(lorraine, editor, approver):
    start = timezone.now() + timedelta(days=4)
    submit(draft(lorraine, editor, go_live_at=start), editor)

    assert str(start.year) in sent()[approver.email].body


def test_mail_and_review_page_name_the_expiry(lorraine, editor, approver):
    page = draft(lorraine, editor, expire_at=timezone.now() + timedelta(days=800))
    state = submit(page, editor)
    year = str(page.expire_at.year)
    answer_page = newsroom_client(lorraine, approver).get(reverse("editorial:answer", args=[state.pk]))

    message = sent()[approver.email]
    for text in (message.body, str(message.alternatives[0].content), answer_page.content.decode()):
        assert year in text


def test_mail_names_the_person_who_resubmits(lorraine, editor, approver):
    second = make_member("seconde", group_of(lorraine.site, Role.EDITOR), first_name="Ada", last_name="Klein")
    page = draft(lorraine, editor)
    answer(submit(page, editor), approver, "reject", "Le chiffre est faux.")
    page = rewrite(page, editor, standfirst="Le bon chiffre.")
    sent()

    submit(page, second)

    assert "Ada Klein" in sent()[approver.email].subject


def test_mails_are_switched_off_in_the_account(lorraine, editor, approver):
    UserProfile.objects.create(user=approver, submitted_notifications=False)
    submit(draft(lorraine, editor), editor)

    assert approver.email not in sent()


def test_title_is_escaped_in_a_mail(lorraine, editor, approver):
    submit(draft(lorraine, editor, "<b>Usine</b>\nBcc: x@example.org"), editor)

    message = sent()[approver.email]
    assert "<b>Usine" not in str(message.alternatives[0].content)
    assert "<b>Usine" in message.body
    assert "\n" not in message.subject


def test_author_gets_the_comment_of_a_rejection(lorraine, editor, approver):
    page = draft(lorraine, editor)
    state = submit(page, editor)
    sent()

    answer(state, approver, "reject", "Le chiffre est faux.\nVoir l’Insee.")

    messages = sent()
    assert set(messages) == {editor.email}
    assert "> Le chiffre est faux.\n> Voir l’Insee." in messages[editor.email].body
    assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in messages[editor.email].body


def test_mail_of_a_second_submission_links_to_the_comparison(lorraine, editor, approver):
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


def test_author_gets_a_mail_about_the_publication(lorraine, editor, approver):
    page = draft(lorraine, editor)
    state = submit(page, editor)
    sent()

    answer(state, approver, comment="Beau travail.")

    messages = sent()
    page.refresh_from_db()
    assert set(messages) == {editor.email}
    assert page.full_url in messages[editor.email].body
    assert "Beau travail." in messages[editor.email].body


def test_mail_about_a_scheduled_approval_names_the_date(lorraine, editor, approver):
    start = timezone.now() + timedelta(days=4)
    state = submit(draft(lorraine, editor, go_live_at=start), editor)
    sent()

    answer(state, approver)

    messages = sent()
    assert set(messages) == {editor.email}
    assert str(start.year) in messages[editor.email].body


def test_direct_publication_during_a_review_sends_one_mail(lorraine, editor, approver):
    page = draft(lorraine, editor)
    submit(page, editor)
    sent()

    page.publish(page.latest_revision, user=approver)

    assert set(sent()) == {editor.email}


def test_reviewers_are_notified_of_a_cancellation(lorraine, editor, approver):
    page = draft(lorraine, editor)
    state = submit(page, editor)
    sent()

    state.workflow_state.cancel(user=editor)

    messages = sent()
    assert approver.email in messages
    assert editor.email not in messages


def test_mail_of_the_second_step_has_the_first_reviewers_comment(lorraine, editor, approver):
    reviewer = make_member("relecteur", section_group(lorraine.site, Role.REVIEWER, lorraine.section))
    state = submit(draft(lorraine, editor), editor)
    assert set(sent()) == {reviewer.email}

    answer(state, reviewer, comment="Relu.")

    messages = sent()
    assert approver.email in messages
    assert {reviewer.email, editor.email} & set(messages) == set()
    assert "> Relu." in messages[approver.email].body


def test_rolled_back_transaction_sends_no_mail(lorraine, editor):
    with transaction.atomic():
        submit(draft(lorraine, editor), editor)
        transaction.set_rollback(True)

    assert sent() == {}


def test_review_is_submitted_while_the_mail_server_is_down(lorraine, editor, approver, settings, monkeypatch):
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
    # The next attempt comes after the half minute in which an unresponsive server is not tried.
    monkeypatch.setattr("portal.content.mail._silent_until", 0.0)
    work_off(pauses=True)

    assert [message.to for message in mail.outbox].count([approver.email]) == 1


def test_reviewers_are_reminded_once_in_three_days(lorraine, newsrooms, editor, approver):
    now = timezone.now()
    state = submit(draft(lorraine, editor), editor)
    sent()

    remind_reviewers(now)
    assert sent() == {}

    backdate(state, days=3, hours=1)
    remind_reviewers(now)
    messages = sent()
    assert approver.email in messages
    assert editor.email not in messages
    assert not set(messages) & {member.email for member in newsrooms.saar.values()}

    remind_reviewers(now + timedelta(days=1))
    assert sent() == {}
    remind_reviewers(now + timedelta(days=3))
    assert approver.email in sent()


def test_answered_review_sends_no_reminder(lorraine, editor, approver):
    state = submit(draft(lorraine, editor), editor)
    backdate(state, days=9)
    answer(state, approver, "reject", "Non.")
    sent()

    remind_reviewers(timezone.now())

    assert sent() == {}


def make_comment(page, user, text: str) -> Comment:
    return Comment.objects.create(page=page, user=user, text=text, contentpath="title")


def changes(**facts) -> dict:
    names = ("new_comments", "deleted_comments", "resolved_comments", "edited_comments", "new_replies")
    return {name: facts.get(name, []) for name in names}


def test_followers_and_mentioned_people_are_notified_of_a_comment(lorraine, newsrooms, editor, approver):
    page = make_article(lorraine.section, "Une usine")
    follower = make_member("abonnee", group_of(lorraine.site, Role.EDITOR))
    PageSubscription.objects.create(page=page, user=follower, comment_notifications=True)
    stranger = newsrooms.saar[Role.EDITOR]
    text = f"Qu’en dit @{approver.username} ? Et @{stranger.username}, @{editor.username} ?"

    notify_of_comments(page, editor, changes(new_comments=[make_comment(page, editor, text)]))

    messages = sent()
    assert set(messages) == {follower.email, approver.email}
    assert "Qu’en dit" in messages[approver.email].body


def test_author_of_a_comment_is_notified_of_a_reply(lorraine, editor, approver):
    page = make_article(lorraine.section, "Une usine")
    question = make_comment(page, editor, "Est-ce exact ?")
    reply = question.replies.create(user=approver, text="Oui.")

    notify_of_comments(page, approver, changes(new_replies=[(question, [reply])]))

    messages = sent()
    assert set(messages) == {editor.email}
    assert "> Oui." in messages[editor.email].body


def test_comment_in_the_form_is_sent_through_the_queue(lorraine, editor, approver):
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
