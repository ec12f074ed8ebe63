"""Growing tables are pruned after their retention period, and nothing else is deleted."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from wagtail.models import PageLogEntry

from portal.content import housekeeping
from search.models import LoggedQuery
from search.periodic import delete_old_queries
from tests.builders import make_article

pytestmark = pytest.mark.django_db


def test_ended_sessions_are_deleted():
    now = timezone.now()
    for key, end in (("ended", now - timedelta(hours=1)), ("open", now + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=end)
    housekeeping.delete_ended_sessions(now)

    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]


@pytest.mark.parametrize(("days", "kept"), [(400, {"bois"}), (0, {"bois", "acier"})])
def test_queries_are_stored_for_their_retention_period(lorraine, settings, days, kept):
    settings.SEARCH_QUERIES_DAYS = days
    today = timezone.now().date()
    LoggedQuery.objects.log(lorraine.site, "fr", "bois", 1, today - timedelta(days=399))
    LoggedQuery.objects.log(lorraine.site, "fr", "acier", 1, today - timedelta(days=402))
    delete_old_queries(timezone.now())

    assert set(LoggedQuery.objects.values_list("text", flat=True)) == kept


@pytest.mark.parametrize(("days", "remains"), [(0, True), (365, False)])
def test_log_entries_are_stored_forever_by_default(lorraine, settings, days, remains):
    settings.LOG_ENTRIES_DAYS = days
    page = make_article(lorraine.section, "Fonderie")
    PageLogEntry.objects.log_action(page, "wagtail.edit")
    PageLogEntry.objects.filter(page=page.pk).update(timestamp=timezone.now() - timedelta(days=366))
    housekeeping.delete_old_log_entries(timezone.now())

    assert PageLogEntry.objects.filter(page=page.pk).exists() is remains
