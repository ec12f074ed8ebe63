"""Open messages and requests of readers that are assigned to a person who leaves go to whoever takes over."""

import html

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from home.forms.records import FormRecord
from portal.editorial.assignments.records import Progress
from portal.editorial.roles import Role, group_of
from tests.builders import make_form_page, make_member
from tests.home.test_form_messages import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaver(lorraine, saar):
    """An administrator of both sites."""
    groups = [group_of(site, Role.SITE_ADMINISTRATOR) for site in (lorraine.site, saar.site)]
    return make_member("leaver", *groups, first_name="Lucie", last_name="Départ")


@pytest.fixture
def heir(lorraine):
    group = group_of(lorraine.site, Role.SITE_ADMINISTRATOR)
    return make_member("heir", group, first_name="Hugo", last_name="Reprise")


@pytest.fixture
def message(lorraine, leaver):
    return assign(send(lorraine, make_form_page(lorraine.home, "Nous écrire"), nom="Anna Berg"), leaver)


@pytest.fixture
def decoy(saar, leaver):
    return assign(send(saar, make_form_page(saar.home, "Schreiben Sie uns"), nom="Otto"), leaver)


def assign(record, person, status=Progress.IN_PROGRESS):
    record.assigned_to, record.status = person, status
    record.save()
    return record


def leave(client, ground, leaver, holder):
    data = {f"holder_{ground.site.pk}": holder.pk} if holder else {}
    return client.post(reverse("site_accounts_leave", args=[leaver.pk]), data)


def test_open_messages_go_to_whoever_takes_over(lorraine, administrator, leaver, heir, message, decoy):
    done = assign(send(lorraine, message.page, nom="Berthe"), leaver, Progress.DONE)

    leave(administrator, lorraine, leaver, heir)

    assert FormRecord.objects.get(pk=message.pk).assigned_to == heir
    assert FormRecord.objects.get(pk=done.pk).assigned_to == leaver
    # The person still belongs to the other site, whose administrators decide on its messages.
    assert FormRecord.objects.get(pk=decoy.pk).assigned_to == leaver
    assert ModelLogEntry.objects.get(action="home.message.handle").data["after"] == {"person": heir.pk}


def test_page_says_how_many_messages_are_handed_over(lorraine, administrator, leaver, message, decoy):
    address = reverse("site_accounts_leave", args=[leaver.pk])

    assert "1 message of a form" in html.unescape(administrator.get(address).content.decode())


def test_only_those_who_read_the_messages_can_take_over(lorraine, newsroom, administrator, leaver, message):
    editor = newsroom[Role.EDITOR]

    leave(administrator, lorraine, leaver, editor)

    assert FormRecord.objects.get(pk=message.pk).assigned_to == leaver
    assert leaver.groups.count() == 2


def test_messages_must_be_handed_over(lorraine, administrator, leaver, heir, message):
    response = leave(administrator, lorraine, leaver, None)

    assert "Choose who takes over at" in html.unescape(response.content.decode())
    assert FormRecord.objects.get(pk=message.pk).assigned_to == leaver
