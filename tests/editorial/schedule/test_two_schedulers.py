"""Two schedulers at the same time, as two processes on one database, publish each page once."""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, PageLogEntry, Revision

from home.models import StandardPage
from tests.builders import make_newsroom, make_site, make_standard_page

PAGES = 8

# Waits for a line of input after it is ready, so that both processes start at the same time.
RUN = """
from django.core.management import call_command
from django.db import connection
connection.ensure_connection()
print("ready", flush=True)
input()
call_command("publish_scheduled")
"""


def prepare() -> None:
    ground = make_site("lorraine.localhost")
    make_newsroom(ground)
    due = timezone.now() - timedelta(seconds=1)
    for number in range(PAGES):
        make_standard_page(ground.home, f"Expires {number}")
        page = make_standard_page(ground.home, f"Plan {number}", go_live_at=timezone.now() + timedelta(days=1))
        revision = page.get_latest_revision()
        revision.content["go_live_at"] = due.isoformat()
        revision.approved_go_live_at = due
        Revision.objects.bulk_update([revision], ["content", "approved_go_live_at"])
    Page.objects.filter(title__startswith="Expires").update(expire_at=due)
    # A page that cannot be published: its people are notified once.
    broken = Page.objects.get(title="Plan 0")
    content = {"pk": broken.pk, "go_live_at": "never"}
    Revision.objects.filter(object_id=str(broken.pk)).update(content=content)


def times(action: str) -> list[int]:
    """The number of times each page's history has an action."""
    entries = PageLogEntry.objects.filter(action=action).order_by().values("page").annotate(times=Count("pk"))
    return [entry["times"] for entry in entries]


def test_two_schedulers_publish_and_unpublish_once(installation, db):
    with installation.here():
        prepare()

    both = [installation.start("manage.py", "shell", "--no-imports", "-v0", "-c", RUN) for _ in range(2)]
    assert [process.stdout.readline().strip() for process in both] == ["ready", "ready"]
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=240)[1] for process in both]

    # Only the page that cannot be published fails.
    assert sorted(process.returncode for process in both) in ([0, 1], [1, 1]), errors
    assert not [error for error in errors if "locked" in error or "deadlock" in error]
    with installation.here():
        assert times("wagtail.publish.scheduled") == [1] * (PAGES - 1)
        assert times("wagtail.unpublish.scheduled") == [1] * PAGES
        assert StandardPage.objects.filter(title__startswith="Plan", live=True).count() == PAGES - 1
        messages = [call.args_kwargs["args"][0] for call in DBTaskResult.objects.all()]
        assert [message["to"] for message in messages] == ["approver-lorraine.localhost@portal.example"]
