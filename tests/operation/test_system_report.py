"""Reports → System: the installation's state for network administrators, a site's failures for its administrators."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Revision

from portal.content.mail import Message, enqueue
from portal.editorial.roles import Role
from portal.newsletter.models import Sending
from portal.platform.records.maintenance import MaintenanceRun
from portal.platform.records.periodic_runs import PeriodicRun
from tests.builders import make_article, make_member, make_newsroom, newsroom_client
from tests.checkers.refusals import is_refused
from tests.newsletter.makers import make_issue, make_newsletter

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(network):
    """Returns the report as a user sees it; at Saar three emails fail, at Lorraine two publications are late."""
    for ground, mails, late in ((network.lorraine, 1, 2), (network.saar, 3, 0)):
        for number in range(mails):
            enqueue([Message(f"{number}@example.org", "Lettre", "Bonjour.", site=ground.site.pk)])
        for _number in range(late):
            revision = make_article(ground.section).save_revision()
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now() - timedelta(hours=1))
    DBTaskResult.objects.update(status="FAILED")
    make_issue(make_newsletter(network.saar), [])
    Sending.objects.update(last_error="the server hangs up")

    def see(user) -> str:
        return newsroom_client(network.lorraine, user).get(reverse("system")).content.decode()

    return see


def test_network_administrators_see_all_of_it(network, report):
    PeriodicRun.objects.update_or_create(name="any", defaults={"started_at": timezone.now()})
    MaintenanceRun.note("rehearsal", True, answers=278)
    page = report(make_member("cheffe", is_superuser=True))

    for part in ("278", "Wagtail 8", network.lorraine.site.site_name, network.saar.site.site_name, "manage.py backup"):
        assert part in page


def test_untested_parts_are_not_reported_as_healthy(report):
    chief = make_member("cheffe", is_superuser=True)

    def states() -> dict[str, str]:
        rows = [row.select("td") for row in BeautifulSoup(report(chief), "html.parser").select("table tbody tr")]
        return {cells[0].get_text(strip=True): cells[1].get_text(strip=True) for cells in rows}

    names = ("Rehearsal of a restore", "Search index")
    assert [states()[name] for name in names] == ["never yet", "never yet"]
    MaintenanceRun.note("rehearsal", True, answers=278)
    assert [states()[name] for name in names] == ["well", "never yet"]


def test_administrators_of_a_site_see_what_fails_there_only(network, report):
    page = report(make_newsroom(network.lorraine)[Role.SITE_ADMINISTRATOR])
    rows = BeautifulSoup(page, "html.parser").select("table.listing tbody tr")

    assert len(rows) == 1
    assert network.lorraine.site.site_name in rows[0].text
    assert re.findall(r"\d+", rows[0].select("td")[1].text) == ["2", "1"]
    assert network.saar.site.site_name not in page
    assert "Wagtail 8" not in page


def test_nobody_else_sees_it(lorraine):
    client = newsroom_client(lorraine, make_newsroom(lorraine)[Role.APPROVER])

    assert is_refused(client.get(reverse("system")))
    assert reverse("system") not in client.get("/admin/").content.decode()
