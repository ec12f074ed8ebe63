"""Recaps that readers propose: their drafts, their events, and the names in them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext

from events.models import EventPage, Proposal, RecapPage
from events.newsroom.proposal_drafts import take_up
from events.proposals.acting import ProposalRefusedError
from events.proposals.links import proposal_url
from portal.content.personal_data import export
from portal.content.readers.access_log import PROPOSALS
from portal.editorial.roles import Role
from tests.builders import make_event, make_recap
from tests.events.proposals.proposing import ANSWERS, propose, proposed
from tests.events.proposals.test_proposing import add_picture, file

pytestmark = pytest.mark.usefixtures("media")


def test_proposed_recap_belongs_to_its_event(ground, newsroom):
    event = make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))
    propose(ground, "recap/", date=str(event.occurrences.get().pk), place=None)
    Proposal.objects.update(state=Proposal.State.OPEN, confirmed_at=timezone.now())

    page = take_up(Proposal.objects.get(), newsroom[Role.EDITOR], timezone.now()).page

    assert isinstance(page, RecapPage)
    assert (page.event, page.title) == (event, ANSWERS["title"])


@pytest.mark.parametrize("organisation", ["", "Scierie Klein"])
def test_name_of_a_reader_stays_out_of_the_draft(ground, newsroom, organisation):
    past = make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))
    proposed(ground, organisation=organisation)
    recap = {"date": str(past.occurrences.get().pk), "place": None, "organisation": organisation}
    propose(ground, "recap/", **recap)
    Proposal.objects.update(state=Proposal.State.OPEN, confirmed_at=timezone.now())

    event, recap = (
        take_up(each, newsroom[Role.EDITOR], timezone.now()).page for each in Proposal.objects.order_by("pk")
    )

    assert event.organiser == organisation
    assert "Anna" not in recap.thanks
    assert organisation in recap.thanks


def test_export_of_a_person_has_the_event_of_a_recap(ground):
    event = make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))
    propose(ground, "recap/", date=str(event.occurrences.get().pk), place=None)

    [exported] = export("anna@portal.example")[gettext(PROPOSALS)]

    assert (exported["event"], exported["language"]) == ("Nuit du bois", ground.language)
    assert exported["date"] == event.start.isoformat()
    assert exported["published"] is None


def recap_proposed(ground, **facts):
    """A confirmed proposal for the recap of a past event; `facts` are the event's."""
    event = make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))
    propose(ground, "recap/", date=str(event.occurrences.get().pk), place=None)
    Proposal.objects.update(state=Proposal.State.OPEN, confirmed_at=timezone.now())
    EventPage.objects.filter(pk=event.pk).update(**facts)
    return event


def test_recap_is_taken_up_only_by_those_who_may_write_it(ground, newsroom):
    recap_proposed(ground)

    # The event belongs to somebody else.
    with pytest.raises(ProposalRefusedError):
        take_up(Proposal.objects.get(), newsroom[Role.ORGANISER], timezone.now())
    assert Proposal.objects.get().state == "open"


def test_cancelled_event_gets_no_recap_from_a_proposal(ground, newsroom):
    recap_proposed(ground, status="cancelled")

    with pytest.raises(ProposalRefusedError):
        take_up(Proposal.objects.get(), newsroom[Role.EDITOR], timezone.now())


def test_recap_of_an_event_that_was_moved_elsewhere_has_no_event(ground, saar, newsroom):
    event = recap_proposed(ground)
    EventPage.objects.get(pk=event.pk).move(saar.calendar, pos="last-child")

    page = take_up(Proposal.objects.get(), newsroom[Role.EDITOR], timezone.now()).page

    assert page.event is None
    assert page.get_parent().pk == ground.calendar.pk


def test_picture_of_a_proposed_recap_has_no_caption_of_another_picture(ground, newsroom, settings):
    settings.UPLOAD_SCANNER = "portal.media.scanning.unscanned"
    recap_proposed(ground, lead_image_caption="La scierie en 1950")
    add_picture(ground, proposal_url(Proposal.objects.get()), file())

    page = take_up(Proposal.objects.get(), newsroom[Role.EDITOR], timezone.now()).page

    assert (page.lead_image_alt, page.lead_image_caption) == ("La scierie", "")


def test_proposed_recap_does_not_replace_an_existing_draft(ground, newsroom):
    event = make_event(ground.calendar, "Nuit du bois", timezone.now() - timedelta(days=3))
    propose(ground, "recap/", date=str(event.occurrences.get().pk), place=None)
    Proposal.objects.update(state=Proposal.State.OPEN, confirmed_at=timezone.now())
    make_recap(ground.calendar, event=event)

    with pytest.raises(ProposalRefusedError):
        take_up(Proposal.objects.get(), newsroom[Role.EDITOR], timezone.now())
    assert Proposal.objects.get().state == "open"
