"""Imported events have authors and reviews: the subscriber cannot approve them, and one email requests all reviews."""

import re
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from time_machine import travel
from wagtail.models import TaskState

from events.importing import subscriptions
from events.importing.fetch import Fetched
from events.importing.subscriptions import refresh
from events.models import EventPage, ImportedEvent, Subscription
from portal.content.publication import PublicationRefusedError
from portal.editorial.roles import Role
from tests.builders import make_member, make_topic, newsroom_client, work_off
from tests.events.forms import subscription_form
from tests.events.partners import NOW, basic, complete, draft, file, import_events

FROZEN_AT = NOW


@pytest.fixture
def members(newsroom):
    members = newsroom
    make_topic("Bois")
    # An administrator who also approves, as in small newsrooms.
    members[Role.SITE_ADMINISTRATOR].groups.add(*members[Role.APPROVER].groups.all())
    return members


@pytest.fixture
def second_administrator(lorraine, members):
    return make_member("zwei", *members[Role.SITE_ADMINISTRATOR].groups.all())


@pytest.fixture
def partner(lorraine, members) -> Subscription:
    client = newsroom_client(lorraine, members[Role.SITE_ADMINISTRATOR])
    client.post(reverse("subscribed_calendars:add"), subscription_form(lorraine.calendar))
    return Subscription.objects.get()


def change_as(lorraine, user, partner, **facts) -> Subscription:
    address = reverse("subscribed_calendars:edit", args=[partner.pk])
    newsroom_client(lorraine, user).post(address, subscription_form(lorraine.calendar, **facts))
    return Subscription.objects.get(pk=partner.pk)


def approve(user, uid: str = "a@partner") -> EventPage:
    page = ImportedEvent.objects.get(uid=uid).event
    state = TaskState.objects.get(workflow_state__object_id=str(page.pk), status="in_progress")
    state.task.specific.on_action(state, user, "approve")
    return EventPage.objects.get(pk=page.pk)


# Authors


def test_subscriber_cannot_approve_imported_events(members, partner):
    import_events(partner, complete())

    with pytest.raises(PublicationRefusedError):
        approve(members[Role.SITE_ADMINISTRATOR])
    assert approve(members[Role.APPROVER]).live


def test_last_editor_and_owner_of_a_subscription_are_both_authors(lorraine, members, partner, second_administrator):
    changed = change_as(lorraine, second_administrator, partner, name="Autre nom")
    import_events(changed, complete())

    for user in (second_administrator, members[Role.SITE_ADMINISTRATOR]):
        with pytest.raises(PublicationRefusedError):
            approve(user)
    assert draft().get_latest_revision().user == members[Role.SITE_ADMINISTRATOR]


def test_last_editor_of_a_subscription_cannot_publish_after_the_review(
    lorraine, members, partner, second_administrator
):
    changed = change_as(lorraine, second_administrator, partner, name="Autre nom")
    for hours, title in enumerate(["Visite", "Autre titre"]):
        with travel(NOW + timedelta(hours=hours), tick=False):
            import_events(changed, complete(SUMMARY=title))
            draft().current_workflow_state.cancel(user=second_administrator)

            with pytest.raises(PublicationRefusedError):
                draft().get_latest_revision().publish(user=second_administrator)
            draft().get_latest_revision().publish(user=members[Role.APPROVER])
            assert draft().title == title


def test_editor_of_a_subscription_during_a_review_cannot_approve_later_imports(
    lorraine, members, partner, second_administrator
):
    import_events(partner, complete())
    changed = change_as(lorraine, second_administrator, partner, name="Autre nom")
    import_events(changed, complete(SUMMARY="Autre titre"))

    for user in (second_administrator, members[Role.SITE_ADMINISTRATOR]):
        with pytest.raises(PublicationRefusedError):
            approve(user)
    assert approve(members[Role.APPROVER]).title == "Autre titre"


def test_subscriber_cannot_bypass_a_review_requested_by_another(lorraine, members, partner, second_administrator):
    changed = change_as(lorraine, second_administrator, partner, name="Autre nom")
    import_events(changed, complete())
    page = ImportedEvent.objects.get().event
    page.current_workflow_state.cancel(user=members[Role.SITE_ADMINISTRATOR])

    with pytest.raises(PublicationRefusedError):
        page.get_latest_revision().publish(user=members[Role.SITE_ADMINISTRATOR])


def test_new_url_is_imported_completely_in_the_name_of_its_editor(lorraine, members, partner, second_administrator):
    Subscription.objects.update(etag='"1"')
    changed = change_as(lorraine, second_administrator, partner, url="https://other.example/a.ics")
    import_events(changed, complete())

    assert changed.etag == ""
    assert approve(members[Role.SITE_ADMINISTRATOR]).live


def test_saving_an_unchanged_subscription_makes_nobody_an_author(lorraine, members, partner, second_administrator):
    unchanged = change_as(lorraine, second_administrator, partner)

    assert unchanged.changed_by == members[Role.SITE_ADMINISTRATOR]


def test_removed_event_is_cancelled_in_the_name_of_the_subscriber(members, partner):
    partner.when_gone = "cancel"
    import_events(partner, complete(), complete("b@partner"))
    approve(members[Role.APPROVER])
    import_events(partner, complete("b@partner"))

    assert draft().status == "cancelled"
    with pytest.raises(PublicationRefusedError):
        approve(members[Role.SITE_ADMINISTRATOR])


def test_command_names_the_author_of_what_it_imports(lorraine, members, tmp_path):
    path = tmp_path / "agenda.ics"
    path.write_bytes(file(complete()))
    administrator = members[Role.SITE_ADMINISTRATOR]
    call_command("import_ical", str(path), calendar=lorraine.calendar.pk, by=administrator.username)

    with pytest.raises(PublicationRefusedError):
        approve(administrator)


# Emails


def test_imported_event_is_approved_without_a_topic(members, partner):
    import_events(partner, complete(CATEGORIES="Filière bois, forêt"))

    assert approve(members[Role.APPROVER]).live


def test_readers_see_no_path_of_the_server(lorraine, members, tmp_path):
    path = tmp_path / "partenaires.ics"
    path.write_bytes(file(complete()))
    call_command("import_ical", str(path), calendar=lorraine.calendar.pk, by=members[Role.ORGANISER].username)

    assert Subscription.objects.get().name == "partenaires.ics"


def test_import_of_many_events_sends_one_mail_with_the_list(lorraine, saar, members, partner):
    import_events(partner, *(basic(f"{number}@partner", SUMMARY=f"Visite {number}") for number in range(12)))
    work_off()

    assert [message.to for message in mail.outbox] == [[members[Role.APPROVER].email]]
    message = mail.outbox[0]
    assert "12" in message.subject
    assert "Office du bois" in message.subject
    assert members[Role.SITE_ADMINISTRATOR].username in message.subject
    assert all(f"Visite {number}\n" in message.body for number in range(12))
    assert message.body.count("/admin/") == 13


def test_mail_marks_series_and_cancelled_events(lorraine, members, partner):
    series = basic("series@partner", SUMMARY="Permanence", RRULE="FREQ=WEEKLY;COUNT=6", LOCATION="Halle")
    cancelled = basic("off@partner", SUMMARY="Foire", STATUS="CANCELLED")
    added = basic("added@partner", SUMMARY="Petit-déjeuner", RDATE="20260401T090000,20260408T090000")
    import_events(partner, series, cancelled, added)
    work_off()
    text = mail.outbox[0].body
    when = {title: before for before, title in re.findall(r"^(.+)\n    (.+)\n    http", text, re.M)}
    review = re.search(r"Permanence\n    (\S+)", text)[1]
    shown = newsroom_client(lorraine, members[Role.APPROVER]).get(review).content.decode()

    assert "6 fois" in when["Permanence"]
    assert "2 autres dates" in when["Petit-déjeuner"]
    assert "Annulé" in when["Foire"]
    # It has a place, but neither a topic nor a standfirst.
    missing = BeautifulSoup(shown, "html.parser").select_one(".help-warning").get_text()
    assert "standfirst" in missing
    assert "online" not in missing


def test_import_in_two_parts_sends_one_mail(members, partner, monkeypatch):
    content = file(*(basic(f"{number}@partner") for number in range(3)))
    # The form's task would be repeated by an import without remaining time.
    DBTaskResult.objects.all().delete()
    monkeypatch.setattr(subscriptions, "fetch_in_time", lambda *_args: Fetched(content))
    monkeypatch.setattr(subscriptions, "STORE_SECONDS", 0.0)
    refresh(partner, NOW)
    work_off()
    assert mail.outbox == []
    monkeypatch.setattr(subscriptions, "STORE_SECONDS", 60.0)
    refresh(partner, NOW)
    work_off()

    assert len(mail.outbox) == 1
    assert "3" in mail.outbox[0].subject


def test_import_without_news_sends_no_mail(members, partner):
    import_events(partner, basic())
    work_off()
    mail.outbox.clear()
    with travel(NOW + timedelta(hours=1), tick=False):
        import_events(partner, basic())
        work_off()

    assert mail.outbox == []


def test_source_without_an_author_is_named_itself(lorraine, members):
    partner = Subscription.objects.create(calendar=lorraine.calendar, name="Halle", url="https://partner.example/b.ics")
    import_events(partner, basic())
    work_off()

    assert all("Halle" in message.subject for message in mail.outbox)
    assert len(mail.outbox) == 2


# Which events


def starting(start: datetime) -> dict[str, str | None]:
    end = start + timedelta(hours=2)
    return {
        "DTSTART;TZID=Europe/Paris": f"{start:%Y%m%dT%H%M%S}",
        "DTEND;TZID=Europe/Paris": f"{end:%Y%m%dT%H%M%S}",
    }


def test_past_events_are_left_out_unless_included(partner):
    past = basic("past@partner", **starting(datetime(2026, 2, 10, 9)))
    series = basic("series@partner", RRULE="FREQ=WEEKLY", **starting(datetime(2026, 2, 10, 9)))
    report = import_events(partner, past, series, basic())

    assert set(ImportedEvent.objects.values_list("uid", flat=True)) == {"series@partner", "a@partner"}
    assert report.counts["past"] == 1
    partner.takes_past = True
    import_events(partner, past, series, basic())
    assert ImportedEvent.objects.filter(uid="past@partner").exists()


def test_event_that_is_over_is_still_updated(partner):
    import_events(partner, basic())
    with travel(NOW + timedelta(days=30), tick=False):
        subscriptions.import_file(partner, file(basic(SUMMARY="Autre titre")), NOW + timedelta(days=30))

    assert draft().title == "Autre titre"


def test_coming_events_come_first_within_the_limit(partner, monkeypatch):
    monkeypatch.setattr("events.importing.parse.MAX_EVENTS", 2)
    partner.takes_past = True
    days = {"past": datetime(2026, 2, 1, 9), "late": datetime(2027, 1, 1, 9), "soon": datetime(2026, 3, 2, 9)}
    report = import_events(partner, *(basic(uid, **starting(start)) for uid, start in days.items()))

    assert list(ImportedEvent.objects.order_by("pk").values_list("uid", flat=True)) == ["soon", "late"]
    assert "2" in report.problems[0]
