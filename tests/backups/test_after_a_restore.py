"""After a restore, emails and newsletters wait until somebody releases or discards them."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.audit.chain import chain_pending, problems
from portal.audit.log import record
from portal.audit.models import AuditEntry
from portal.backups.making import make_backup
from portal.backups.repositories import Repository
from portal.backups.restoring import restore
from portal.content.mail import Message, deliver, enqueue
from portal.content.personal_data import erase
from portal.editorial.accounts.invitations import invite
from portal.editorial.sign_in.password_reset import mail_reset_links
from portal.newsletter.models import Sending
from portal.platform.records.maintenance import SchedulerPause
from portal.platform.tasks.pause import PAUSED
from portal.platform.tasks.periodic import run_due
from tests.builders import work_off


def test_nothing_is_sent_after_a_restore_until_released(place):
    assert SchedulerPause.beginning()
    assert run_due(timezone.now()) == []
    work_off()
    assert mail.outbox == []
    written = StringIO()
    with pytest.raises(CommandError):
        call_command("status", stdout=written)
    assert "manage.py resume" in written.getvalue()

    call_command("resume", stdout=StringIO())
    work_off()

    assert {address for sent in mail.outbox for address in sent.to} >= {"anna@example.org", "lectrice@reader.example"}
    with pytest.raises(CommandError, match="Nothing is paused"):
        call_command("resume")


def test_possibly_sent_mails_can_be_discarded(place):
    call_command("resume", without_mail=True, stdout=StringIO())
    work_off()

    assert mail.outbox == []
    assert Sending.objects.get().state == Sending.State.PAUSED


def test_mails_of_queued_tasks_are_discarded_too(place):
    editor = get_user_model().objects.create_user("redactrice", "redactrice@example.org", "geheim")
    mail_reset_links.enqueue(editor.email, "fr")
    invite(editor, editor)
    DBTaskResult.objects.update(backend_name=PAUSED)
    written = StringIO()

    call_command("resume", without_mail=True, stdout=written)
    work_off(pauses=True)

    assert mail.outbox == []
    message = written.getvalue()
    assert "Discarded: 1 of mail_reset_links" in message
    assert "Discarded: 1 of send_account_invitation" in message
    assert "Resumed: 1 of read_file" in message


def test_waiting_mail_is_personal_data(place):
    found = DBTaskResult.objects.filter(task_path=deliver.module_path, args_kwargs__args__0__to="anna@example.org")

    assert found.count() == 1
    erase("anna@example.org", None)
    assert not found.exists()


def test_new_mail_is_sent_while_restored_mail_waits(place):
    enqueue([Message("today@example.org", "Mot de passe", "Voici.")])
    work_off()

    assert [sent.to for sent in mail.outbox] == [["today@example.org"]]


def test_restored_older_copy_is_found_by_the_head_of_a_later_backup(place, tmp_path):
    record("portal.test", title="After the backup")
    chain_pending()
    later = make_backup(Repository(tmp_path / "later"), timezone.now())

    restore(place.repository, place.backup.name)

    assert list(problems(noted=place.backup.manifest["audit_head"])) == []
    assert "an older copy was restored" in next(problems(noted=later.manifest["audit_head"]))


def test_restored_audit_log_is_still_append_only(place):
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.update(action="nothing")
    record("portal.test")
    chain_pending()

    assert list(problems()) == []
