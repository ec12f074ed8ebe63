"""A restore notices that LASTING_KEY differs from that of the backup."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.platform.records.maintenance import SchedulerPause
from tests.backups.place import command


def test_restore_reports_another_lasting_key(place, settings):
    def errors() -> str:
        written = StringIO()
        facts = {"from": place.repository.address}
        call_command("restore", place.backup.name, yes=True, stdout=StringIO(), stderr=written, **facts)
        return written.getvalue()

    assert errors() == ""
    settings.LASTING_KEY = "another" * 5
    assert "another LASTING_KEY" in errors()


def test_work_with_another_lasting_key_needs_consent(place, settings):
    command("restore", place.backup.name, yes=True, **{"from": place.repository.address})
    settings.LASTING_KEY = "another" * 5

    with pytest.raises(CommandError, match="LASTING_KEY differs"):
        command("resume", without_mail=True)
    assert SchedulerPause.beginning()
    command("resume", without_mail=True, with_another_key=True)
    assert not SchedulerPause.beginning()
