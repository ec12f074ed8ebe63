"""A confirmed proposal is announced once to those who can take it up, each in their language."""

import pytest
from wagtail.users.models import UserProfile

from events.models import Proposal
from events.proposals.acting import confirm
from portal.editorial.roles import Role, group_of
from tests.builders import make_member
from tests.events.proposals.proposing import ANSWERS, link_in, propose, sent_mails, take_proposals


@pytest.fixture
def people(ground, newsroom):
    for person in newsroom.values():
        UserProfile.objects.create(user=person, preferred_language="en")
    return newsroom


@pytest.fixture
def stranger(saar):
    """An editor of another site whose calendar takes proposals, too."""
    return make_member("stranger", group_of(take_proposals(saar).site, Role.EDITOR))


def mails_of_confirmation(ground):
    """The mails after the confirmation of a new proposal."""
    assert propose(ground).status_code == 303
    link = link_in(sent_mails()[-1])
    ground.reader().post(link, {"action": "confirm"})
    return sent_mails()


def test_people_who_may_take_it_up_get_one_mail_each(ground, people, stranger):
    mails = mails_of_confirmation(ground)

    [organiser] = [each for each in mails if each.to == [people[Role.ORGANISER].email]]
    assert ANSWERS["title"] in organiser.subject
    assert f"/admin/events/proposals/{Proposal.objects.get().pk}/" in organiser.body
    receivers = [address for each in mails for address in each.to]
    assert len(receivers) == len(set(receivers))
    assert stranger.email not in receivers


def test_mail_does_not_name_the_reader(ground, people):
    for each in mails_of_confirmation(ground):
        assert ANSWERS["name"] not in each.body
        assert ANSWERS["address"] not in each.body


def test_mail_is_in_the_language_of_its_receiver(ground, people):
    UserProfile.objects.filter(user=people[Role.EDITOR]).update(preferred_language="de")

    mails = {each.to[0]: str(each.alternatives[0].content) for each in mails_of_confirmation(ground)}

    assert '<html lang="en"' in mails[people[Role.ORGANISER].email]
    assert '<html lang="de"' in mails[people[Role.EDITOR].email]


def test_second_confirmation_sends_nothing(ground, people):
    mails_of_confirmation(ground)

    confirm(Proposal.objects.get(), Proposal.objects.get().confirmed_at)

    assert sent_mails() == []


def test_whoever_turned_such_mails_off_gets_none(ground, people):
    UserProfile.objects.filter(user=people[Role.ORGANISER]).update(submitted_notifications=False)

    assert people[Role.ORGANISER].email not in [each.to[0] for each in mails_of_confirmation(ground)]


def test_unconfirmed_proposal_is_not_announced(ground, people):
    propose(ground)

    assert [each.to for each in sent_mails()] == [[ANSWERS["address"]]]
