"""After a restore, every newsroom page says that no email is sent, until somebody releases the queue."""

from playwright.sync_api import expect

from tests.journeys.newsroom import resume_session

PAUSE = "from portal.content.models import SchedulerPause as P; from django.utils.timezone import now; P.objects.create(since=now())"
GO = "from portal.platform.tasks.pause import resume; resume()"


def test_newsroom_shows_a_notice_until_mails_are_released(server, visit, run_on_server):
    page = visit()
    run_on_server(PAUSE)
    try:
        resume_session(page, server, "admin")
        page.goto(f"{server}/admin/")
        expect(page.get_by_role("alert")).to_contain_text("restored from a backup")
        page.goto(f"{server}/admin/reports/system/")
        expect(page.get_by_role("alert")).to_contain_text("restored from a backup")
        expect(page.get_by_role("row", name="Scheduler")).to_contain_text("manage.py resume")
    finally:
        run_on_server(GO)
    page.reload()

    expect(page.get_by_role("row", name="Scheduler")).to_contain_text("last ran")
    expect(page.get_by_role("alert")).to_have_count(0)
