"""People who came are thanked once, when the recap is published. The recap offers the figures of the check-in list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from events.models import Registration
from events.newsroom import recap_mails
from events.newsroom.recaps import open_recap, recommended_findings
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from tests.builders import change, make_draft, make_private, make_recap, newsroom_client, work_off
from tests.events.registering import WEEKLY, book, date_of, make_bookable, sent_mails

DECLINED = {"recap_consent": "Écrivez-moi."}
AGREED = {**DECLINED, "wants_recap": True}


@pytest.fixture
def event(lorraine, saar, newsroom):
    """An event that has just ended, with four people and one on the waiting list; and one of another site."""
    facts = {"capacity": 5, "has_waiting_list": True, "offers_recap_news": True}
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], **facts)
    for who, facts in {"anna": {"seats": 2}, "berta": AGREED, "carla": DECLINED, "dora": {}, "emil": {}}.items():
        book(event, who, **facts)
    book(make_bookable(saar.calendars["de"], start=event.start), "decoy")
    sent_mails()
    with travel(event.end + timedelta(hours=1), tick=False):
        yield event


def thanked() -> dict[str, str]:
    return {message.to[0].partition("@")[0]: message.body for message in sent_mails()}


def check_in(*names: str) -> None:
    Registration.objects.filter(name__in=names).update(checked_in_at=timezone.now())


def test_people_are_thanked_once_with_the_link(lorraine, event):
    recap = make_recap(lorraine.calendar, "Retour sur le bois", event=event)
    found = thanked()
    change(recap, standfirst="Corrigé")

    # Carla did not want news of the recap, and Emil had no place.
    assert sorted(found) == ["anna", "berta", "dora"]
    assert recap.full_url in found["anna"]
    assert event.title in found["anna"]
    assert sent_mails() == []


def test_people_who_did_not_come_are_only_written_to_if_they_wanted_the_recap(lorraine, event):
    check_in("Anna")
    make_recap(lorraine.calendar, "Retour", event=event)
    found = thanked()

    assert sorted(found) == ["anna", "berta"]
    assert "souhaitiez en lire le compte rendu" in found["berta"]
    assert "souhaitiez en lire le compte rendu" not in found["anna"]


@pytest.mark.parametrize("case", ["switched off", "news not offered", "private", "corrected later", "not over"])
def test_nobody_is_thanked(lorraine, event, case):
    if case == "switched off":
        event = change(event, sends_thanks=False)
    elif case == "news not offered":
        event = change(event, offers_recap_news=False)
    with travel(event.end - timedelta(minutes=5) if case == "not over" else timezone.now(), tick=False):
        recap = make_recap(lorraine.calendar, "Retour", event=event)
        if case == "private":
            make_private(recap)
        elif case == "corrected later":
            type(recap).objects.update(first_published_at=timezone.now() - timedelta(days=30))

        assert thanked() == {}


def test_people_wait_for_the_recap_in_their_language(lorraine, event):
    Registration.objects.filter(name="Dora").update(language="de")
    recap = make_draft(make_recap(lorraine.calendar, "Retour", event=event))
    make_recap(lorraine.calendars["de"], "Rückblick", event=event, translation_key=recap.translation_key)
    assert sorted(thanked()) == ["dora"]

    recap.save_revision().publish()
    assert sorted(thanked()) == ["anna", "berta"]


def test_nobody_waits_for_a_recap_in_the_trash(lorraine, event):
    Registration.objects.filter(name="Dora").update(language="de")
    recap = make_draft(make_recap(lorraine.calendar, "Retour", event=event))
    sent_mails()
    Registration.objects.update(recap_notified_at=None)
    german = make_recap(lorraine.calendars["de"], "Rückblick", event=event, translation_key=recap.translation_key)
    put_into_trash(german)
    sent_mails()
    recap.save_revision().publish()

    assert "dora" in thanked()


def test_person_registered_in_two_languages_gets_one_mail(lorraine, newsroom):
    event = make_bookable(lorraine.calendar, recurrence=WEEKLY, offers_recap_news=True)
    book(event, "anna", 0)
    book(event, "anna", 1, language="de")
    sent_mails()
    with travel(date_of(event, 3).end + timedelta(hours=1), tick=False):
        make_recap(lorraine.calendar, "Retour", event=event)

        assert len(sent_mails("anna")) == 1


def test_interrupted_thanks_continue_where_they_stopped(lorraine, event, monkeypatch):
    monkeypatch.setattr(recap_mails, "BATCH", 1)
    message_of, composed = recap_mails._message, []

    def killed(each, *args, **facts):
        composed.append(each.name)
        if len(composed) == 2:
            raise RuntimeError("killed")
        return message_of(each, *args, **facts)

    monkeypatch.setattr(recap_mails, "_message", killed)
    make_recap(lorraine.calendar, "Retour", event=event)
    assert list(thanked()) == ["anna"]
    work_off(pauses=True)

    assert composed == ["Anna", "Berta", "Berta", "Dora"]


def test_draft_and_checklist_offer_the_number_of_people_checked_in(lorraine, newsroom, event):
    organiser = newsroom[Role.ORGANISER]
    check_in("Anna", "Dora")
    shown = newsroom_client(lorraine, organiser).get(reverse("event_recap", args=[event.pk])).content.decode()
    recap = open_recap(date_of(event), organiser)

    assert "3 of 5 registered people" in shown
    assert recap.people == 3
    recap.people = None
    assert "3 of 5" in next(each.message for each in recommended_findings(recap) if each.code == "figures")


def test_recap_of_an_event_without_check_in_has_no_figure(newsroom, event):
    assert open_recap(date_of(event), newsroom[Role.ORGANISER]).people is None
