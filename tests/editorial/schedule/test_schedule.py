"""Scheduled changes are carried out once and page by page; a failure does not stop the other pages."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from time_machine import travel
from wagtail.models import PageLogEntry, Revision
from wagtail.signals import page_published

from articles.models import ArticlePage
from portal.editorial.models import ScheduleTrouble
from portal.editorial.roles import Role
from portal.editorial.schedule.scheduling import due_changes, run_schedule
from portal.platform.records.periodic_runs import PeriodicRun
from tests.builders import change, make_article, make_event, make_section, unsaved, work_off

HOUR = timedelta(hours=1)


@pytest.fixture
def soon():
    return timezone.now().replace(microsecond=0) + HOUR


@pytest.fixture
def bad(monkeypatch):
    """A set of titles whose publication fails while they are in it."""
    titles: set[str] = set()

    def refuse(sender, instance, **kwargs):
        if instance.live and instance.title in titles:
            raise ValidationError("Its photograph is missing")

    page_published.connect(refuse, weak=False)
    yield titles
    page_published.disconnect(refuse)


def planned(ground, at, title="Prévu", people=None, **facts) -> ArticlePage:
    """Create a page with an approved schedule, written by the editor of `people` and approved by the approver."""
    page = unsaved(ArticlePage, ground.section, title, slug=f"plan-{title.lower()}", live=False, **facts)
    page.go_live_at = at
    ground.section.add_child(instance=page)
    people = people or {Role.EDITOR: None, Role.APPROVER: None}
    page.save_revision(user=people[Role.EDITOR]).publish(user=people[Role.APPROVER], skip_permission_checks=True)
    return ArticlePage.objects.get(pk=page.pk)


def at(moment):
    return travel(moment, tick=False)


def run(moment) -> list:
    with at(moment):
        return run_schedule(timezone.now())


def actions(page) -> list[str]:
    return list(PageLogEntry.objects.filter(page=page.pk).order_by("pk").values_list("action", flat=True))


def test_page_goes_live_at_its_time_and_not_before(lorraine, soon):
    page = planned(lorraine, soon)

    run(soon - timedelta(seconds=1))
    page.refresh_from_db()
    assert not page.live
    run(soon)

    page.refresh_from_db()
    assert page.live
    assert page.scheduled_revision is None
    assert actions(page).count("wagtail.publish.scheduled") == 1


def test_page_is_unpublished_at_its_time(lorraine, soon):
    page = make_event(lorraine.calendar, "Salon", expire_at=soon)

    run(soon)

    page.refresh_from_db()
    assert (page.live, page.expired) == (False, True)
    assert actions(page)[-1] == "wagtail.unpublish.scheduled"


def test_second_run_finds_nothing_to_do(lorraine, soon):
    page = planned(lorraine, soon)
    run(soon)
    before = actions(page)

    with at(soon):
        assert due_changes(timezone.now()) == []
    run(soon + timedelta(minutes=1))

    assert actions(page) == before


def test_change_that_another_process_carried_out_is_skipped(lorraine, soon, monkeypatch):
    page, other = planned(lorraine, soon), make_article(lorraine.section, "Bref", expire_at=soon)
    with at(soon):
        plans = due_changes(timezone.now())
    run(soon)
    before = actions(page), actions(other)
    monkeypatch.setattr("portal.editorial.schedule.scheduling.due_changes", lambda now: plans)

    assert run(soon) == []

    assert (actions(page), actions(other)) == before


def test_scheduler_publishes_every_fifteen_seconds(lorraine, soon):
    planned(lorraine, soon)
    name = "portal.editorial.periodic.publish_and_take_down"
    with at(soon - timedelta(seconds=10)):
        call_command("scheduler", "--once", "--periodic-only")
    with at(soon + timedelta(seconds=5)):
        call_command("scheduler", "--once", "--periodic-only")

    assert PeriodicRun.objects.get(name=name).failure == ""
    assert ArticlePage.objects.get(title="Prévu").live


@pytest.mark.parametrize("command", [["scheduler", "--once", "--periodic-only"], ["publish_scheduled"]])
def test_failing_page_keeps_its_schedule_and_sets_the_exit_code(lorraine, soon, bad, command):
    first, broken, last = (planned(lorraine, soon, title) for title in ("Premier", "Cassé", "Dernier"))
    bad.add("Cassé")

    with at(soon), pytest.raises(CommandError):
        call_command(*command)

    for page in (first, broken, last):
        page.refresh_from_db()
    assert [page.live for page in (first, broken, last)] == [True, False, True]
    assert Revision.objects.filter(object_id=str(broken.pk), approved_go_live_at=soon).count() == 1
    assert "wagtail.publish.scheduled" not in actions(broken)


def test_people_of_the_page_are_notified_once(lorraine, saar, newsrooms, soon, bad):
    editor, approver = newsrooms.lorraine[Role.EDITOR], newsrooms.lorraine[Role.APPROVER]
    page = planned(lorraine, soon, "Cassé", people=newsrooms.lorraine)
    bad.add("Cassé")

    for seconds in range(0, 90, 15):
        assert len(run(soon + timedelta(seconds=seconds))) == 1
    work_off(pauses=True)

    assert {message.to[0] for message in mail.outbox} == {editor.email, approver.email}
    assert len(mail.outbox) == 2
    message = mail.outbox[0]
    assert "Cassé" in message.subject
    assert "Its photograph is missing" in message.body
    assert f"/admin/pages/{page.pk}/edit/" in message.body


def test_mail_is_in_the_language_of_its_reader(lorraine, newsroom, soon, bad):
    from wagtail.users.models import UserProfile

    UserProfile.objects.create(user=newsroom[Role.APPROVER], preferred_language="en")
    planned(lorraine, soon, "Cassé", people=newsroom)
    bad.add("Cassé")
    run(soon)
    work_off(pauses=True)

    english = next(message for message in mail.outbox if message.to == [newsroom[Role.APPROVER].email])
    assert english.subject == "Not published: Cassé"
    html = english.alternatives[0].content
    assert 'lang="en"' in html
    assert "Its photograph is missing" in html


def test_people_without_permission_on_the_page_are_not_notified(lorraine, newsroom, soon, bad):
    planned(lorraine, soon, "Cassé", people=newsroom)
    newsroom[Role.EDITOR].groups.clear()
    bad.add("Cassé")
    run(soon)
    work_off(pauses=True)

    assert {message.to[0] for message in mail.outbox} == {newsroom[Role.APPROVER].email}


def test_corrected_page_is_published_by_the_next_run(lorraine, newsroom, soon, bad):
    page = planned(lorraine, soon, "Cassé")
    bad.add("Cassé")
    run(soon)
    assert ScheduleTrouble.objects.get().page_id == page.pk
    bad.clear()

    assert run(soon + timedelta(seconds=15)) == []

    page.refresh_from_db()
    assert page.live
    assert not ScheduleTrouble.objects.exists()


def test_new_schedule_that_fails_is_notified_again(lorraine, newsroom, soon, bad):
    page = planned(lorraine, soon, "Cassé")
    bad.add("Cassé")
    run(soon)
    with at(soon + timedelta(minutes=5)):
        page = page.get_latest_revision().as_object()
        page.go_live_at = soon + HOUR
        page.save_revision().publish()
    run(soon + HOUR)
    work_off(pauses=True)

    assert len([message for message in mail.outbox if message.to == [newsroom[Role.APPROVER].email]]) == 2


def test_unreadable_revision_does_not_stop_other_pages(lorraine, soon):
    broken, good = planned(lorraine, soon, "Cassé"), planned(lorraine, soon + timedelta(seconds=1), "Bon")
    Revision.objects.filter(object_id=str(broken.pk)).update(
        content={"title": "x", "go_live_at": "never", "pk": broken.pk}
    )

    assert [plan.page for plan in run(soon + timedelta(seconds=2))] == [broken.pk]

    good.refresh_from_db()
    assert good.live


def test_failed_expiry_is_notified_too(lorraine, newsroom, soon, monkeypatch):
    page = make_article(lorraine.section, "Périmé", expire_at=soon)

    def fail(self, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(ArticlePage, "unpublish", fail)
    assert len(run(soon)) == 1
    work_off(pauses=True)

    assert "disk full" in mail.outbox[0].body
    with at(soon):
        assert lorraine.reader().get(lorraine.address(page)).status_code == 410


def test_overdue_changes_are_carried_out_in_order(lorraine, soon):
    """The scheduler was off at an expiry and at the next version's publication. In the end, that version is live."""
    page = make_article(lorraine.section, "Hiver", expire_at=soon, slug="saison")
    change(page, title="Été", go_live_at=soon + HOUR, expire_at=soon + 9 * HOUR)

    run(soon + 2 * HOUR)

    page.refresh_from_db()
    assert (page.title, page.live) == ("Été", True)


def test_expiry_does_not_cancel_the_next_version(lorraine, soon):
    page = make_article(lorraine.section, "Hiver", expire_at=soon)
    change(page, title="Été", go_live_at=soon + HOUR, expire_at=soon + 9 * HOUR)

    run(soon)
    page.refresh_from_db()
    assert not page.live
    run(soon + HOUR)

    page.refresh_from_db()
    assert (page.title, page.live) == ("Été", True)


def test_page_whose_expiry_has_passed_is_not_published_and_people_are_notified(lorraine, newsroom, soon, bad):
    page = planned(lorraine, soon, "Éclair", people=newsroom, expire_at=soon + HOUR)
    seen = []
    page_published.connect(lambda instance, **kwargs: seen.append(instance.live), weak=False, dispatch_uid="seen")
    try:
        assert run(soon + 2 * HOUR) == []
        assert run(soon + 3 * HOUR) == []
    finally:
        page_published.disconnect(dispatch_uid="seen")
    work_off(pauses=True)

    page.refresh_from_db()
    assert (page.live, page.expired, page.scheduled_revision) == (False, True, None)
    assert seen == []
    assert actions(page)[-1] == "portal.schedule.lapsed"
    assert len(mail.outbox) == 2


def test_stories_below_an_expired_section_stay_live(lorraine, soon):
    sub = make_section(lorraine.section, "Salon", expire_at=soon)
    article = make_article(sub, "Sous le salon")

    run(soon)

    article.refresh_from_db()
    assert article.live


@pytest.mark.parametrize(
    "moment",
    [datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)],
    ids=["summer time begins", "summer time ends"],
)
def test_clock_change_does_not_shift_a_publication(lorraine, moment):
    instant = moment + timedelta(seconds=1)
    with at(moment - HOUR):
        page = planned(lorraine, instant)
    run(moment)
    page.refresh_from_db()
    assert not page.live

    run(instant)

    page.refresh_from_db()
    assert page.live


def test_scheduler_works_after_the_clock_was_set_back(lorraine, soon):
    planned(lorraine, soon)
    with at(soon + timedelta(days=400)):
        PeriodicRun.objects.create(name="portal.editorial.periodic.publish_and_take_down", started_at=timezone.now())
    with at(soon):
        call_command("scheduler", "--once", "--periodic-only")

    assert ArticlePage.objects.get(title="Prévu").live


def test_dry_run_lists_changes_and_does_nothing(lorraine, soon):
    page, out = planned(lorraine, soon), StringIO()
    with at(soon):
        call_command("publish_scheduled", "--dryrun", stdout=out)

    page.refresh_from_db()
    assert f"publish page {page.pk}" in out.getvalue()
    assert not page.live


def test_run_without_due_changes_costs_two_queries(lorraine, soon, django_assert_num_queries):
    planned(lorraine, soon)

    with django_assert_num_queries(2):
        run_schedule(timezone.now())
