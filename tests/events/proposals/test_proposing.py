"""Readers without an account propose events and recaps: the form, the confirmation and the private link."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from events.models import Proposal, ProposalPicture
from events.newsroom.proposal_drafts import take_up
from events.proposals import acting
from events.proposals.links import LINK
from portal.editorial.roles import Role
from portal.media.stored import names_in
from portal.platform.rate_limits import RateLimit
from tests.builders import make_draft, make_event, make_private, newsroom_client
from tests.essentials import picture
from tests.events.proposals.proposing import (
    ANSWERS,
    DAYS,
    form_path,
    html,
    link_in,
    propose,
    proposed,
    sent_mails,
    states,
    take_proposals,
)

pytestmark = pytest.mark.usefixtures("media")


def open_link(ground, link):
    return ground.reader().get(link)


def corrected(**answers):
    kept = {name: value for name, value in ANSWERS.items() if name not in ("name", "address", "consent")}
    return {**kept, "action": "change", **answers}


def test_calendar_invites_only_where_the_switch_is_on(lorraine, saar):
    take_proposals(lorraine)

    pages = [html(site.reader().get(site.address(site.calendar))) for site in (lorraine, saar)]

    assert [len(page.select(".propose")) for page in pages] == [1, 0]


def test_unconfirmed_proposal_stays_out_of_the_newsroom(ground, newsroom):
    propose(ground)

    assert states() == ["held"]
    assert (
        ANSWERS["title"] not in newsroom_client(ground, newsroom[Role.ORGANISER]).get(reverse("ideas")).content.decode()
    )


def test_mail_to_confirm_repeats_nothing_that_the_sender_wrote(ground):
    propose(ground)

    [message] = sent_mails()
    assert message.to == ["anna@portal.example"]
    assert not any(ANSWERS[name] in message.body + message.subject for name in ("title", "standfirst", "name", "text"))


def test_opening_the_link_confirms_nothing(ground):
    propose(ground)

    open_link(ground, link_in(sent_mails()[0]))

    assert states() == ["held"]


def test_double_confirmation_makes_one_proposal(ground):
    link = proposed(ground)

    assert ground.reader().post(link, {"action": "confirm"}).status_code == 303
    assert states() == ["open"]


def test_missing_field_is_named_and_no_input_is_lost(ground):
    response = propose(ground, place="")

    page = html(response)
    assert response.status_code == 422
    assert len(page.select(".form-errors li")) == 1
    assert page.select_one("#id_dates-1-day")["value"] == DAYS[1].isoformat()
    assert page.select_one("#id_title")["value"] == ANSWERS["title"]


@pytest.mark.parametrize(
    "dates",
    [
        {"dates-0-day": "", "dates-1-day": ""},
        {"dates-0-day": "2020-01-01"},
        {"dates-0-day": "12345-99-99"},
        {"dates-0-start": "", "dates-0-end": "18:00"},
        {"dates-0-start": "", "dates-0-end": ""},
        {"dates-1-end": ""},
        {"dates-1-day": DAYS[0].isoformat(), "dates-1-start": "14:00"},
        {"dates-0-day": "9" * 5000},
        {"dates-0-start": "99:99\0"},
    ],
)
def test_impossible_dates_are_refused(ground, dates):
    assert propose(ground, **dates).status_code == 422
    assert states() == []


def test_rows_beyond_the_form_are_ignored(ground):
    propose(ground, **{f"dates-{number}-day": DAYS[0].isoformat() for number in range(8, 500)})

    assert len(Proposal.objects.get().dates) == 2


@pytest.mark.parametrize("name", ["consent", "title", "standfirst", "name", "address"])
def test_required_fields(ground, name):
    assert propose(ground, **{name: None}).status_code == 422


@pytest.mark.parametrize(
    "answers",
    [
        {"website": "javascript:alert(1)"},
        {"title": "Voir www.spam.example"},
        {"text": "x" * 5001},
        {"title": "x" * 161},
    ],
)
def test_dangerous_or_huge_texts_are_refused(ground, answers):
    assert propose(ground, **answers).status_code == 422


def test_robot_gets_the_same_response_and_leaves_nothing(ground):
    response = propose(ground, **{"web-site": "https://spam.example"})

    assert response.status_code == 303
    assert states() == []


def test_script_is_text(ground):
    link = proposed(ground, title="<script>alert(1)</script>", text="<script>alert(2)</script>")

    assert b"<script>alert" not in open_link(ground, link).content


def test_form_of_a_closed_calendar_does_not_exist(lorraine, saar):
    take_proposals(saar)
    closed = lorraine.reader().get(form_path(lorraine))
    foreign = lorraine.reader().get(f"/{lorraine.language}/_proposals/{saar.calendar.pk}/")

    assert (closed.status_code, foreign.status_code) == (404, 404)


def test_private_calendar_takes_no_proposals(ground):
    make_private(ground.calendar, "secret")

    assert ground.reader().get(form_path(ground)).status_code == 404


def test_calendar_that_was_closed_meanwhile_takes_no_confirmation(ground):
    propose(ground)
    link = link_in(sent_mails()[0])
    make_draft(ground.calendar)

    assert ground.reader().post(link, {"action": "confirm"}).status_code == 422
    assert states() == ["held"]


def test_forged_link_does_not_exist(ground):
    link = proposed(ground)

    for forged in (link[:-3] + "AA/", link.replace("own/", "own/x"), f"{form_path(ground)[:15]}own/1/"):
        assert ground.reader().post(forged, {"action": "withdraw"}).status_code == 404
    assert states() == ["open"]


def test_link_works_on_its_own_site_only(ground, saar):
    proposed(ground)
    with translation.override(saar.language):
        path = reverse("proposals:own", args=[LINK.token(Proposal.objects.get())])

    assert saar.reader().get(path).status_code == 404


def test_sender_corrects_the_proposal_by_its_link(ground):
    link = proposed(ground)

    response = ground.reader().post(
        link, corrected(title="Scierie ouverte", **{"dates-1-day": "", "dates-1-start": "", "dates-1-end": ""})
    )

    assert response.status_code == 303
    found = Proposal.objects.get()
    assert (found.title, len(found.dates), found.address) == ("Scierie ouverte", 1, "anna@portal.example")


def test_invalid_correction_changes_nothing_and_says_why(ground):
    link = proposed(ground)

    response = ground.reader().post(link, corrected(title=""))

    assert response.status_code == 422
    assert len(html(response).select(".form-errors li")) == 1
    assert Proposal.objects.get().title == ANSWERS["title"]


def test_unconfirmed_proposal_cannot_be_corrected(ground):
    propose(ground)

    ground.reader().post(link_in(sent_mails()[0]), corrected(title="Autre"))

    assert Proposal.objects.get().title == ANSWERS["title"]


def test_withdrawn_proposal_is_deleted(ground):
    link = proposed(ground)

    assert ground.reader().post(link, {"action": "withdraw"}).status_code == 200
    assert states() == []
    assert open_link(ground, link).status_code == 404


def test_link_of_a_proposal_taken_up_says_who_has_it_and_changes_nothing(ground, newsroom):
    link = proposed(ground)
    take_up(Proposal.objects.get(), newsroom[Role.ORGANISER], timezone.now())

    response = ground.reader().post(link, corrected(title="Autre"))

    assert response.status_code == 422
    assert ground.home.title in open_link(ground, link).content.decode()
    assert not html(open_link(ground, link)).select("main form[method=post]")
    assert Proposal.objects.get().title == ANSWERS["title"]


@pytest.mark.parametrize("action", ["change", "withdraw"])
def test_sender_learns_that_the_newsroom_was_faster(ground, monkeypatch, action):
    link = proposed(ground)

    def too_late(*arguments):
        return not Proposal.objects.update(state=Proposal.State.DECLINED)

    monkeypatch.setattr(acting, action, too_late)
    response = ground.reader().post(link, corrected(action=action, title="Autre"))

    page = html(response)
    assert response.status_code == 422
    assert len(page.select("[role=alert]")) == 1
    assert not page.select("main form")


def test_second_confirmation_does_not_count(ground, monkeypatch):
    monkeypatch.setattr(acting, "BY_SITE", RateLimit("proposals-test", 2, timedelta(hours=1)))
    propose(ground)
    link, stale = link_in(sent_mails()[-1]), Proposal.objects.get()
    ground.reader().post(link, {"action": "confirm"})
    acting.confirm(stale, timezone.now())

    proposed(ground, address="berta@portal.example")

    assert states() == ["open", "open"]


def test_day_that_passed_meanwhile_can_stay(ground):
    link = proposed(ground)

    with time_machine.travel(timezone.now() + timedelta(days=33)):
        responses = [
            ground.reader().post(link, corrected(title="Autre", **days))
            for days in ({}, {"dates-0-day": (DAYS[0] - timedelta(days=1)).isoformat()})
        ]

    assert [each.status_code for each in responses] == [303, 422]


@pytest.mark.parametrize("rest", ["", "recap/"])
def test_public_form_loads_no_text_of_an_event(ground, rest, django_assert_max_num_queries):
    make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))

    with django_assert_max_num_queries(100) as queries:
        assert ground.reader().get(form_path(ground, rest)).status_code == 200

    assert not [each for each in queries if 'eventpage"."body"' in each["sql"]]


def file(content: bytes = b"", name: str = "photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture())


def add_picture(ground, link, *files):
    texts = {"action": "picture", "picture-description": "La scierie", "picture-credit": "A. Klein"}
    return [ground.reader().post(link, {**texts, "picture-file": each}) for each in files]


def test_proposal_has_at_most_three_pictures(ground, settings):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"
    link = proposed(ground)

    statuses = [each.status_code for each in add_picture(ground, link, *(file() for _ in range(4)))]

    assert statuses == [303, 303, 303, 422]
    assert ProposalPicture.objects.count() == 3


@pytest.mark.parametrize("wrong", [file(b"%PDF-1.7", "photo.png"), file(b"<svg/>", "photo.svg")])
def test_other_files_are_refused(ground, settings, wrong):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"
    link = proposed(ground)

    [response] = add_picture(ground, link, wrong)

    assert response.status_code == 422
    assert len(html(response).select(".form-errors li")) == 1
    assert not ProposalPicture.objects.exists()


def test_no_picture_is_accepted_without_a_scanner(ground, settings):
    settings.UPLOAD_SCANNER = ""
    link = proposed(ground)

    add_picture(ground, link, file())

    assert not ProposalPicture.objects.exists()
    assert not html(open_link(ground, link)).select("input[type=file]")


def test_picture_is_removed_with_its_file(ground, settings, django_capture_on_commit_callbacks):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"
    link = proposed(ground)
    add_picture(ground, link, file())
    stored = ProposalPicture.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        ground.reader().post(link, {"action": "remove", "picture": stored.pk})

    assert not stored.file.storage.exists(stored.file.name)


@pytest.fixture
def scanned(settings):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"


def files_left():
    return names_in(default_storage, "proposal-pictures")
