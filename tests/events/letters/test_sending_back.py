"""Letters that are sent back, tested or wait on a dashboard."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from events.models import EventLetter
from portal.accounts.names import name_of
from portal.editorial.dashboard.lists import LIST_LENGTH
from portal.editorial.roles import Role
from tests.checkers.refusals import is_refused
from tests.events.letters.writing import TEXT, act, approve, dashboard, send_back, shown, to_readers, write
from tests.events.registering import html, sent_mails


def test_letter_sent_back_is_corrected_and_submitted_again(event, organiser, approver, newsroom):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    sent_mails()

    send_back(approver, letter)
    send_back(approver, letter)

    [mail] = sent_mails()
    assert mail.to == [newsroom[Role.ORGANISER].email]
    assert "Quelle cour ?" in mail.body
    assert name_of(newsroom[Role.APPROVER]) in mail.body.partition("Quelle cour ?")[0].splitlines()[-3]
    assert "Quelle cour ?" in shown(organiser, letter).get_text()
    organiser.post(reverse("registrations:edit_letter", args=[letter.pk]), {**TEXT, "text": "Par la cour nord."})
    act(organiser, letter, "submit")
    sent_mails()
    assert "Quelle cour ?" not in shown(approver, letter).get_text()
    approve(approver, letter)
    assert to_readers() == ["anna", "berta"]


def test_letter_is_not_sent_back_without_a_remark(event, organiser, approver):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    sent_mails()

    assert act(approver, letter, "return", remark=" ").status_code == 422
    assert EventLetter.objects.get().state == "waiting"
    assert sent_mails() == []


def test_only_approvers_of_the_site_send_a_letter_back(event, decoy, organiser, approver):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    sent_mails()

    assert is_refused(organiser.post(reverse("registrations:letter", args=[letter.pk]), {"action": "return"}))
    foreign = {"action": "return", "remark": "Nein"}
    assert is_refused(approver.post(reverse("registrations:letter", args=[decoy.pk]), foreign))
    assert set(EventLetter.objects.values_list("state", flat=True)) == {"waiting"}


def test_test_mail_reaches_only_its_sender_and_is_not_a_copy(event, organiser, newsroom):
    letter = write(organiser, event)

    act(organiser, letter, "test")

    [mail] = sent_mails()
    assert mail.to == [newsroom[Role.ORGANISER].email]
    assert mail.subject == f"[Test] {TEXT['subject']}"
    assert "Entrez par la cour" in mail.body
    assert "/_registration/own/" not in mail.body
    letter.refresh_from_db()
    assert (letter.state, letter.copies) == ("draft", 0)


def test_number_of_test_mails_is_limited(event, organiser):
    letter = write(organiser, event)
    for _test in range(12):
        act(organiser, letter, "test")

    assert len(sent_mails()) == 10


def test_dashboard_has_the_letters_that_the_user_may_approve(event, decoy, organiser, approver):
    letter = write(organiser, event)
    address = reverse("registrations:letter", args=[letter.pk])
    assert address not in html(approver.get("/admin/")).select_one("main").decode()
    act(organiser, letter, "submit")

    shown_to_approver = html(approver.get("/admin/")).select_one("main").decode()
    assert address in shown_to_approver
    assert decoy.subject not in shown_to_approver
    assert address not in html(organiser.get("/admin/")).select_one("main").decode()


def test_dashboard_has_the_letter_sent_back_to_the_user(event, decoy, organiser, approver, newsroom):
    letter = write(organiser, event)
    address = reverse("registrations:letter", args=[letter.pk])
    act(organiser, letter, "submit")
    EventLetter.objects.filter(pk=decoy.pk).update(state="draft", remark="Nein", written_by=newsroom[Role.ORGANISER])
    assert address not in dashboard(organiser)
    send_back(approver, letter)

    assert address in dashboard(organiser)
    assert "Quelle cour ?" in dashboard(organiser)
    assert decoy.subject not in dashboard(organiser)
    assert address not in dashboard(approver)


def test_letter_without_an_author_is_not_sent_back(event, organiser, approver):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    EventLetter.objects.update(written_by=None)

    assert shown(approver, letter).select_one("[value=return]") is None
    act(approver, letter, "return", seen=letter.seen_hash(), remark="Quelle cour ?")
    assert EventLetter.objects.get().state == "waiting"


def test_changed_letter_is_not_sent_back_unread(event, organiser, approver):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    seen = shown(approver, letter).select_one("[name=seen]")["value"]
    organiser.post(reverse("registrations:edit_letter", args=[letter.pk]), {**TEXT, "text": "Par la cour nord."})
    act(organiser, letter, "submit")
    answer = act(approver, letter, "return", seen=seen, remark="Quelle cour ?")

    assert EventLetter.objects.get().state == "waiting"
    assert html(answer).select_one("[name=remark]").get_text(strip=True) == "Quelle cour ?"
    assert "Par la cour nord." in html(answer).get_text()


def test_letter_waits_since_it_was_submitted(event, organiser):
    with travel(timezone.now() - timedelta(days=3), tick=False):
        letter = write(organiser, event)
    act(organiser, letter, "submit")

    assert timezone.now() - EventLetter.objects.get().changed_at < timedelta(hours=1)


def test_letters_that_the_user_may_not_approve_hide_no_other(event, organiser, approver):
    letter = write(organiser, event)
    act(organiser, letter, "submit")
    letter.refresh_from_db()
    EventLetter.objects.bulk_create(
        EventLetter(site=letter.site, event=event, subject="Sans auteur", text="…", state="waiting",
                    changed_at=letter.changed_at - timedelta(days=1))
        for _number in range(LIST_LENGTH + 1)
    )  # fmt: skip

    assert reverse("registrations:letter", args=[letter.pk]) in dashboard(approver)
