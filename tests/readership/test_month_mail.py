"""Administrators of a site that opted in get each month's report once."""

from datetime import UTC, date, datetime

import pytest

from portal.readership.models import PageDay, ReadershipChoices
from portal.readership.periodic import send_reports_of_the_month
from tests.builders import make_article, make_newsroom, work_off

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def wanted(lorraine, saar):
    for ground, title in ((lorraine, "Fonderie"), (saar, "Geheimnis")):
        make_newsroom(ground)
        story = make_article(ground.section, title)
        day = date(2026, 10, 15).toordinal()
        PageDay.objects.create(site=ground.site, page=story.page_ptr, day=day, views=1234)
    ReadershipChoices.objects.create(site=lorraine.site, sends_month=True)


def sent(mailoutbox) -> list[list[str]]:
    work_off()
    return [mail.to for mail in mailoutbox]


def test_administrators_get_the_report_if_the_site_opted_in(wanted, mailoutbox):
    send_reports_of_the_month(NOW)
    assert sent(mailoutbox) == [["siteadmin-lorraine.localhost@portal.example"]]
    assert "Fonderie" in mailoutbox[0].body
    assert "2026-10" in mailoutbox[0].body
    assert "Geheimnis" not in mailoutbox[0].body


def test_each_month_is_sent_once(wanted, mailoutbox):
    for now in (NOW, NOW.replace(day=20), NOW.replace(month=12)):
        send_reports_of_the_month(now)
    assert len(sent(mailoutbox)) == 2
