"""Whoever wrote or submitted several languages gets one mail about their publication."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.review import content_hash_of
from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions
from portal.editorial.translations.together import Act, run
from tests.builders import make_member, make_topic, work_off
from tests.editorial.actions import confirm_passages, reload
from tests.editorial.drafts import answer, draft, rewrite, step_of, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(lorraine, editor):
    return draft(lorraine, editor, "La filière bois", topics=[make_topic("Bois")])


@pytest.fixture
def translation(story, editor, german):
    translation = actions.start(story, german, editor)
    rewrite(translation, editor, title="Holz sucht Leute")
    confirm_passages(translation)
    return reload(translation)


def approve_both(story, translation, author, approver, translator=None):
    submit(story, author)
    submit(translation, translator or author)
    work_off()
    mail.outbox.clear()
    seen = {page.pk: content_hash_of(reload(page).latest_revision) for page in (story, translation)}
    run(Act.APPROVE, reload(story), [translation.pk], approver, seen=seen, comment="Bien relu.")
    work_off()
    return {message.to[0]: message for message in mail.outbox}


def test_author_gets_one_mail_with_both_pages(story, translation, editor, approver):
    message = approve_both(story, translation, editor, approver)[editor.email]

    assert len(mail.outbox) == 1
    assert "(Français, Allemand)" in message.subject
    for text in (message.body, str(message.alternatives[0].content)):
        assert "Holz sucht Leute" in text
        assert all(reload(page).full_url in text for page in (story, translation))
    assert message.body.count("Bien relu.") == 1


def test_each_author_gets_a_mail_about_the_own_language(lorraine, story, translation, editor, approver):
    translator = make_member("translator", group_of(lorraine.site, Role.EDITOR))
    rewrite(translation, translator, title="Holz sucht viele")
    confirm_passages(translation)

    messages = approve_both(story, translation, editor, approver, translator)

    assert len(mail.outbox) == 2
    assert "Holz sucht viele" in messages[translator.email].subject
    assert "La filière bois" not in messages[translator.email].body
    assert "La filière bois" in messages[editor.email].subject


def test_languages_of_different_times_have_different_mails(story, translation, editor, approver):
    rewrite(translation, editor, go_live_at=timezone.now() + timedelta(days=4))

    approve_both(story, translation, editor, approver)

    assert sorted("La filière bois" in message.subject for message in mail.outbox) == [False, True]
    assert not any("Allemand" in message.subject for message in mail.outbox)


def test_refused_approval_sends_no_mail(story, translation, editor, approver):
    submit(story, editor)
    submit(translation, editor)
    work_off()
    mail.outbox.clear()

    with pytest.raises(PublicationRefusedError):
        run(Act.APPROVE, reload(story), [translation.pk], approver, seen={})

    work_off()
    assert mail.outbox == []


def test_approval_of_one_language_names_no_other(story, translation, editor, approver):
    submit(story, editor)
    work_off()
    mail.outbox.clear()

    answer(step_of(story), approver)

    work_off()
    assert ["(" in message.subject for message in mail.outbox] == [False]
