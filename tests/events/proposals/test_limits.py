"""Limits of proposals and of their pictures, and what is deleted."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from events import periodic
from events.models import Proposal, ProposalPicture
from events.proposals import acting, pictures, views
from portal.platform.rate_limits import RateLimit
from tests.builders import make_event
from tests.events.proposals.proposing import (
    form_path,
    html,
    link_in,
    propose,
    proposed,
    sent_mails,
    states,
    take_proposals,
)
from tests.events.proposals.test_proposing import add_picture, file, files_left

pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def scanned(settings):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"


@pytest.mark.usefixtures("scanned")
def test_simultaneous_uploads_do_not_exceed_the_limit_of_pictures(ground, monkeypatch):
    monkeypatch.setattr(views, "may_add_picture", lambda proposal: True)
    link = proposed(ground)
    before = files_left()

    add_picture(ground, link, *(file() for _ in range(4)))

    assert ProposalPicture.objects.count() == 3
    assert len(files_left()) == len(before) + 3


@pytest.mark.usefixtures("scanned")
def test_picture_of_a_proposal_deleted_meanwhile_leaves_no_file(ground, monkeypatch):
    monkeypatch.setattr(pictures, "check_content", lambda *arguments: Proposal.objects.all().delete())
    link = proposed(ground)
    before = files_left()

    [response] = add_picture(ground, link, file())

    assert response.status_code < 500
    assert files_left() == before
    assert not ProposalPicture.objects.exists()


@pytest.mark.usefixtures("scanned")
def test_pictures_may_not_fill_the_storage(ground, saar, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES_OF_SITE", file().size + 5)
    for site in (saar, ground):
        link = proposed(take_proposals(site))
        add_picture(site, link, file())

    [response] = add_picture(ground, link, file())

    assert response.status_code == 422
    assert ProposalPicture.objects.filter(proposal__site=ground.site).count() == 1


@pytest.mark.usefixtures("scanned")
def test_file_without_a_picture_is_deleted_later(ground):
    add_picture(ground, proposed(ground), file())
    left = default_storage.save("proposal-pictures/left.png", file())

    periodic.delete_pictures_without_a_proposal(timezone.now() + timedelta(days=2))

    assert not default_storage.exists(left)
    assert default_storage.exists(ProposalPicture.objects.get().file.name)


def test_unconfirmed_proposals_are_deleted_after_two_days(ground):
    propose(ground)
    Proposal.objects.update(delete_at=timezone.now() - timedelta(minutes=1))

    periodic.delete_old_proposals_of_readers(timezone.now())

    assert states() == []


def test_flood_does_not_fill_the_list(ground, monkeypatch):
    monkeypatch.setattr(acting, "BY_SITE", RateLimit("proposals-test", 1, timedelta(hours=1)))
    proposed(ground)
    propose(ground, address="berta@portal.example")

    response = ground.reader().post(link_in(sent_mails()[-1]), {"action": "confirm"})

    assert response.status_code == 422
    assert states() == ["open", "held"]


def test_one_address_has_few_open_proposals(ground, monkeypatch):
    monkeypatch.setattr(acting, "MOST_OPEN", 1)
    proposed(ground)
    propose(ground, title="Une autre")

    ground.reader().post(link_in(sent_mails()[-1]), {"action": "confirm"})

    assert states() == ["open", "held"]


def test_recap_is_proposed_for_a_past_event_of_this_calendar(ground, saar):
    start = timezone.now() - timedelta(days=3)
    make_event(ground.calendar, "Nuit du bois", start)
    make_event(saar.calendar, "Holznacht", start)
    page = html(ground.reader().get(form_path(ground, "recap/")))
    choices = {each.text.split(",")[0]: each["value"] for each in page.select("#id_date option")}

    response = propose(ground, "recap/", date=choices["Nuit du bois"], place=None)

    assert set(choices) == {"—", "Nuit du bois"}
    assert response.status_code == 303
    assert Proposal.objects.get().date.event.title == "Nuit du bois"
