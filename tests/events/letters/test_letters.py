"""A letter to the people registered for an event is sent once, after a second person has approved it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from time_machine import travel

from events.models import EventLetter, Occurrence, Registration
from events.registration import booking, letters
from portal.accounts.names import name_of
from portal.content.records.clocks import SiteClocks
from portal.editorial.approval.independence import may_approve_texts
from portal.editorial.roles import Role
from tests.builders import change, make_draft, make_settings, newsroom_client, work_off
from tests.checkers.refusals import is_refused
from tests.events.letters.writing import TEXT, act, approve, shown, to_readers, write
from tests.events.registering import WEEKLY, book, date_of, html, make_bookable, sent_mails


def test_approved_letter_reaches_each_registered_person_once(event, decoy, organiser, approver, newsroom):
    letter = write(organiser, event)
    assert sent_mails() == []
    act(organiser, letter, "submit")
    assert name_of(newsroom[Role.APPROVER]) in shown(organiser, letter).select_one(".help-block").get_text()
    [request] = [each for each in sent_mails() if each.to == [newsroom[Role.APPROVER].email]]
    assert reverse("registrations:letter", args=[letter.pk]) in request.body

    assert "2" in shown(approver, letter).select_one("[value=approve]").get_text()
    approve(approver, letter)
    messages = {each.to[0]: each for each in sent_mails()}

    assert "decoy@portal.example" not in messages
    assert "carla@portal.example" not in messages
    copy = messages["anna@portal.example"]
    assert (copy.subject, copy.reply_to) == (TEXT["subject"], ["orga@portal.example"])
    assert "Entrez par la cour" in copy.body
    assert 'href="https://plan.example/cour"' in copy.alternatives[0].content
    assert "/_registration/own/" in copy.body
    assert "berta@portal.example" in messages
    letter.refresh_from_db()
    assert (letter.state, letter.copies, letter.approved_by) == ("sent", 2, newsroom[Role.APPROVER])
    assert newsroom[Role.ORGANISER].email in messages
    history = organiser.get(reverse("wagtailadmin_pages:history", args=[event.pk])).content.decode()
    assert "sent to 2 registered people" in history

    approve(approver, letter)
    assert sent_mails() == []


def test_letter_about_one_date_has_its_time(event, organiser, approver):
    letter = write(organiser, event, date=str(date_of(event, 0).seats_id))
    act(organiser, letter, "submit")
    sent_mails()
    approve(approver, letter)

    [copy] = [each for each in sent_mails() if "anna" in each.to[0] or "berta" in each.to[0]]
    assert copy.to == ["anna@portal.example"]
    with override("fr"):
        assert date_of(event, 0).when in copy.body


def test_letter_to_all_dates_leaves_out_past_ones(event, organiser, approver):
    with travel(date_of(event, 0).end + timedelta(hours=1), tick=False):
        Registration.objects.filter(name="Anna", date=date_of(event, 1).seats_id).delete()
        letter = EventLetter(event=event, site=event.get_site())

        assert [each.name for each in letter.recipients()] == ["Berta"]
    with travel(date_of(event, 3).end + timedelta(hours=1), tick=False):
        assert [each.name for each in letter.recipients()] == ["Anna", "Berta"]


def test_letter_to_all_dates_leaves_out_cancelled_ones(event, organiser):
    with travel(date_of(event, 0).end + timedelta(hours=1), tick=False):
        book(event, "dora", 2)
        Occurrence.objects.filter(pk=date_of(event, 1).pk).update(status="cancelled")

        assert [each.name for each in EventLetter(event=event).recipients()] == ["Dora"]
        # If no date takes place any more, it is about those that were cancelled.
        Occurrence.objects.update(status="cancelled")
        assert [each.name for each in EventLetter(event=event).recipients()] == ["Anna", "Berta", "Dora"]


def test_unpublished_translation_has_the_dates_of_the_published_original(lorraine, event, organiser, newsroom):
    german = make_draft(make_bookable(
        lorraine.calendars["de"], owner=newsroom[Role.ORGANISER], translation_key=event.translation_key
    ))  # fmt: skip
    german.occurrences.all().delete()
    letter = write(organiser, german, date=str(date_of(event, 1).seats_id))
    with override("en"):
        assert SiteClocks([event.path]).when(date_of(event, 1), event.path) in shown(organiser, letter).get_text()
    letter.date = None

    with travel(date_of(event, 0).end + timedelta(hours=1), tick=False):
        Registration.objects.filter(name="Anna", date=date_of(event, 1).seats_id).delete()
        assert [each.name for each in letter.recipients()] == ["Berta"]


def test_form_of_a_letter_shows_its_date_and_language(lorraine, newsroom, organiser):
    event = make_bookable(lorraine.calendar, owner=newsroom[Role.ORGANISER], recurrence=WEEKLY)
    book(event, "anna", language="de")
    date = str(date_of(event).seats_id)
    letter = write(organiser, event, date=date)
    EventLetter.objects.update(language="de")
    form = html(organiser.get(reverse("registrations:edit_letter", args=[letter.pk])))

    chosen = [each["value"] for each in form.select("form option[selected]")]
    assert chosen == [date, "de"]


def test_cancelling_one_of_two_registrations_does_not_prevent_the_letter(event, organiser, newsroom):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    letter.refresh_from_db()
    letters.approve(letter, newsroom[Role.APPROVER], letter.seen_hash(), timezone.now())
    booking.cancel(Registration.objects.filter(name="Anna").order_by("pk")[0], timezone.now())

    assert to_readers() == ["anna", "berta"]


def test_letter_in_one_language(event, organiser, approver):
    Registration.objects.filter(name="Berta").update(language="de")
    letter = write(organiser, event, language="de")
    act(organiser, letter, "submit")
    approve(approver, letter)

    assert to_readers() == ["berta"]


def test_author_does_not_approve_their_own_letter(lorraine, newsroom, event):
    """A site administrator may publish, but has written this letter."""
    administrator = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    change(event, owner=newsroom[Role.SITE_ADMINISTRATOR])
    letter = write(administrator, event)
    act(administrator, letter, "submit")
    sent_mails()
    letter.refresh_from_db()
    assert shown(administrator, letter).select_one("[value=approve]") is None
    act(administrator, letter, "approve", seen=letter.seen_hash())

    assert to_readers() == []
    assert EventLetter.objects.get().state == "waiting"


def test_organiser_approves_nothing_even_without_the_four_eyes_rule(lorraine, event, organiser):
    make_settings(lorraine, four_eyes=False)
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    act(organiser, letter, "approve", seen=letter.seen_hash())

    assert to_readers() == []


@pytest.mark.parametrize("what", ["text", "people"])
def test_approval_covers_only_what_the_approver_saw(event, organiser, approver, what):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    seen = shown(approver, letter).select_one("[name=seen]")["value"]
    if what == "text":
        organiser.post(reverse("registrations:edit_letter", args=[letter.pk]), {**TEXT, "text": "Autre chose"})
        act(organiser, letter, "submit")
    else:
        book(event, "dora", 2)
    act(approver, letter, "approve", seen=seen)

    assert EventLetter.objects.get().state == "waiting"
    assert [each for each in sent_mails() if each.subject == TEXT["subject"]] == []


def test_interrupted_letter_continues_where_it_stopped(event, organiser, approver, monkeypatch):
    monkeypatch.setattr(letters, "BATCH", 1)
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    sent_mails()
    compose_copy, copies = letters.copy_of, []

    def killed(*args):
        copies.append(args)
        if len(copies) == 2:
            raise RuntimeError("killed")
        return compose_copy(*args)

    with monkeypatch.context() as context:
        context.setattr(letters, "copy_of", killed)
        approve(approver, letter)
        assert to_readers() == ["anna"]
    # Somebody who registers now, or gives one of two places back, changes nothing.
    book(event, "dora", 2)
    booking.cancel(Registration.objects.filter(name="Anna").order_by("pk")[0], timezone.now())
    sent_mails()
    work_off(pauses=True)

    letter.refresh_from_db()
    assert (letter.state, letter.copies) == ("sent", 2)


def test_second_worker_queues_nothing_twice(event, organiser, approver, monkeypatch):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    compose_copy = letters.copy_of

    def come_between(*args):
        monkeypatch.setattr(letters, "copy_of", compose_copy)
        letters.send_letter.func(letter.pk)
        return compose_copy(*args)

    monkeypatch.setattr(letters, "copy_of", come_between)
    approve(approver, letter)

    assert to_readers() == ["anna", "berta"]


def test_sent_letter_can_be_neither_changed_nor_deleted(event, organiser, approver):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    approve(approver, letter)
    edit = reverse("registrations:edit_letter", args=[letter.pk])

    assert is_refused(organiser.post(edit, TEXT))
    act(organiser, letter, "delete")
    assert EventLetter.objects.filter(pk=letter.pk).exists()


def test_incomplete_letter_is_shown_with_its_errors_and_text(event, organiser):
    response = organiser.post(reverse("registrations:add_letter", args=[event.pk]), {**TEXT, "subject": ""})

    assert response.status_code == 422
    assert "Entrez par la cour" in response.content.decode()
    assert not EventLetter.objects.exists()


def test_letters_of_other_sites_and_other_peoples_events_are_refused(event, decoy, newsroom, lorraine, organiser):
    editor = newsroom_client(lorraine, newsroom[Role.EDITOR])
    letter = write(organiser, event)
    for client, subject, page in ((organiser, decoy, decoy.event), (editor, letter, event)):
        for name, key in (
            ("letters", page.pk), ("add_letter", page.pk), ("letter", subject.pk), ("edit_letter", subject.pk),
        ):  # fmt: skip
            assert is_refused(client.get(reverse(f"registrations:{name}", args=[key])))
    assert not may_approve_texts(decoy.event, newsroom[Role.APPROVER])


def test_list_has_the_letters_of_the_event(event, decoy, organiser):
    write(organiser, event)
    page = html(organiser.get(reverse("registrations:letters", args=[event.pk])))

    assert [cell.get_text(strip=True) for cell in page.select("tbody th")] == [TEXT["subject"]]
    assert (
        reverse("registrations:letters", args=[event.pk])
        in organiser.get(reverse("registrations:list", args=[event.pk])).content.decode()
    )
