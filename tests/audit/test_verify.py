"""Verification finds every change made to the log despite its triggers."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from portal.audit import triggers
from portal.audit.chain import hash_of, head, problems, prune
from portal.audit.log import new_act, record
from portal.audit.models import AuditEntry, AuditWords
from portal.audit.periodic import check_and_mail, check_days, remove_old_entries
from portal.content.personal_data import erase
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.status.conditions import details
from tests.audit.acts import drop_triggers, found_problems, rechain_all, remove_all, sql, write_entries
from tests.builders import work_off

pytestmark = pytest.mark.django_db
EVENT = "(SELECT event FROM audit_auditentry WHERE sequence = 2)"
CUT = "The log ends at entry 3, and the head that was noted is entry 5: its end was cut off, or an older copy was restored."


@pytest.fixture(autouse=True)
def log(db):
    write_entries(5)


def test_unchanged_log_has_no_problem():
    assert list(problems(noted=head())) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE audit_auditentry SET action = 'nothing' WHERE sequence = 3", ["Entry 3 was changed."]),
        ("UPDATE audit_auditentry SET actor_key = 7 WHERE sequence = 5", ["Entry 5 was changed."]),
        ("DELETE FROM audit_auditentry WHERE sequence = 3", ["Entry 3 is missing."]),
        ("DELETE FROM audit_auditentry WHERE sequence IN (2, 3)", ["The entries 2 to 3 are missing."]),
        (
            "DELETE FROM audit_auditentry WHERE sequence < 3",
            ["The entries before 3 are missing, and no entry says that they were removed."],
        ),
        (
            f"UPDATE audit_auditwords SET text = '{{}}' WHERE kind = 'who' AND event = {EVENT}",
            ["The words of entry 2 (who) were changed."],
        ),
        (
            f"DELETE FROM audit_auditwords WHERE kind = 'what' AND event = {EVENT}",
            ["The words of entry 2 (what) are missing, and no entry says that they were erased."],
        ),
    ],
)
def test_change_is_found_at_its_entry(statement, expected):
    drop_triggers()
    sql(statement)

    assert found_problems() == expected


def test_reordered_entries_are_found():
    drop_triggers()
    sql("UPDATE audit_auditentry SET sequence = CASE sequence WHEN 2 THEN -3 ELSE -2 END WHERE sequence IN (2, 3)")
    sql("UPDATE audit_auditentry SET sequence = -sequence WHERE sequence < 0")

    assert found_problems()[:2] == [
        "Entry 2 does not follow entry 1: one of them was replaced or moved.",
        "Entry 2 was changed.",
    ]


def test_rehashed_entry_does_not_match_the_next_one():
    drop_triggers()
    entry = AuditEntry.objects.get(sequence=3)
    entry.action = "portal.nothing"
    AuditEntry.objects.filter(sequence=3).update(action=entry.action, hash=hash_of(entry))

    assert found_problems() == ["Entry 4 does not follow entry 3: one of them was replaced or moved."]


def test_truncated_log_is_found_by_a_recorded_head():
    noted = head()
    drop_triggers()
    sql("DELETE FROM audit_auditentry WHERE sequence > 3")

    assert found_problems() == []
    assert found_problems(noted=noted) == [CUT]


def test_rewritten_log_is_found_by_a_recorded_head():
    noted = head()
    drop_triggers()
    sql("UPDATE audit_auditentry SET action = 'nothing' WHERE sequence = 3")
    rechain_all()

    assert found_problems() == []
    assert found_problems(noted=noted) == ["Entry 5 is not the one that was noted: the log was rewritten."]


def test_command_fails_for_an_older_copy(capsys):
    noted = f"9:{'a' * 64}"
    with pytest.raises(CommandError, match="not as it was written"):
        call_command("audit_log", verify=True, head=noted)

    assert "an older copy was restored" in capsys.readouterr().err


def test_command_prints_the_head():
    written = StringIO()
    call_command("audit_log", verify=True, stdout=written)

    assert written.getvalue() == f"5 entries, as they were written. Head: {head()}\n"


def test_command_names_the_entries_that_removed_or_erased(trimmed):
    record("portal.test", title="Mail to <anna@example.org>")
    erase("anna@example.org")
    written = StringIO()
    call_command("audit_log", verify=True, stdout=written)

    day = timezone.localdate()
    assert written.getvalue().splitlines()[:2] == [
        f"Entry 8 of {day} removed the entries up to 5.",
        f"Entry 10 of {day} erased words about a person (1).",
    ]


def test_missing_trigger_is_reported():
    drop_triggers()

    assert any("the log could be changed" in problem for problem in problems())
    assert not details["audit"](timezone.now()).is_well


def test_only_entries_since_a_day_are_verified():
    drop_triggers()
    sql("UPDATE audit_auditentry SET action = 'nothing' WHERE sequence = 3")

    assert found_problems(since=timezone.now() + timedelta(days=1)) == []
    assert found_problems(since=timezone.now() - timedelta(days=1)) == ["Entry 3 was changed."]


def test_nightly_check_is_in_the_status_and_its_mail_has_the_head(settings, mailoutbox):
    settings.AUDIT_MAIL = "auditor@example.org"
    noted = head()
    check_and_mail(timezone.now())
    work_off()

    assert mailoutbox[0].to == ["auditor@example.org"]
    assert noted in mailoutbox[0].body
    assert noted in details["audit"](timezone.now()).text
    assert MaintenanceRun.objects.get(name="audit").is_well


def test_change_is_in_the_status_after_the_nightly_check():
    drop_triggers()
    sql("UPDATE audit_auditentry SET action = 'nothing' WHERE sequence = 3")
    triggers.install(connection)
    check_and_mail(timezone.now())

    assert "Entry 3 was changed." in details["audit"](timezone.now()).text


@pytest.fixture
def trimmed(settings, log):
    """Entries from 100 days ago, which retention has removed, and two from today."""
    settings.AUDIT_DAYS = 90
    remove_all()
    with time_machine.travel(timezone.now() - timedelta(days=100)):
        write_entries(5)
    noted = head()
    write_entries(2)
    remove_old_entries(timezone.now())
    return noted


def test_old_entries_are_removed_and_the_rest_is_valid(trimmed):
    assert list(AuditEntry.objects.order_by("sequence").values_list("sequence", "removes_to")) == [
        (6, None),
        (7, None),
        (8, 5),
    ]
    assert AuditWords.objects.count() == 4
    assert list(problems(noted=head())) == []


def test_head_that_was_removed_is_reported(trimmed):
    day = timezone.localdate()
    # This is computed so because of clock changes: ninety times 24 hours ago may be another day than ninety days ago.
    noted_after = f"If you noted it after {timezone.localdate(timezone.now() - timedelta(days=90))}, the log was cut."
    assert list(problems(noted=trimmed)) == [f"Entry 5 was removed on {day} by the retention of 90 days. {noted_after}"]


def test_retention_that_the_database_refuses_is_an_error(settings):
    settings.AUDIT_DAYS = 89

    assert [error.id for error in check_days()] == ["portal.E010"]


def test_nothing_is_removed_by_a_shorter_retention_before_the_upgrade(settings):
    remove_all()
    with time_machine.travel(timezone.now() - timedelta(days=200)):
        write_entries(5)
    settings.AUDIT_DAYS = 100
    remove_old_entries(timezone.now())

    assert AuditEntry.objects.count() == 5
    assert not details["audit"](timezone.now()).is_well
    triggers.install(connection)
    remove_old_entries(timezone.now())
    assert list(AuditEntry.objects.values_list("removes_to", flat=True)) == [5]


def test_nothing_is_removed_without_a_retention_period(settings):
    settings.AUDIT_DAYS = 0
    remove_old_entries(timezone.now() + timedelta(days=9999))

    assert AuditEntry.objects.count() == 5


def test_emptied_log_continues_from_the_entry_of_its_removal(settings):
    settings.AUDIT_DAYS = 90
    remove_all()
    with time_machine.travel(timezone.now() - timedelta(days=100)):
        write_entries(5)
    assert prune(timezone.now(), new_act) == 5
    write_entries(1)

    assert list(AuditEntry.objects.order_by("sequence").values_list("sequence", flat=True)) == [6, 7]
    assert list(problems()) == []


def test_removing_more_than_announced_is_found():
    write_entries(3)
    drop_triggers()
    prune(AuditEntry.objects.get(sequence=3).at, new_act)
    sql("DELETE FROM audit_auditentry WHERE sequence < 5")

    assert found_problems() == ["The entries before 5 are missing, and no entry says that they were removed."]
