"""A chain of accounts is one hand: none of them signs for the one who began it."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from portal.core.publication import PublicationRefusedError
from portal.editorial.models import AddressChange
from portal.editorial.roles import Role
from tests.builders import make_newsroom, newsroom_client
from tests.editorial.drafts import answer, draft, submit

USERS = get_user_model().objects


@pytest.fixture
def newsroom(lorraine):
    return make_newsroom(lorraine)


@pytest.fixture
def boss(newsroom):
    """A site administrator, who also owns every mailbox of the domain evil.example."""
    return newsroom[Role.SITE_ADMINISTRATOR]


def invite(ground, actor, name, role):
    data = {"username": name, "first_name": name, "last_name": "X", "email": f"{name}@evil.example"}
    roles = [f"{ground.site.pk}.{role.value}."]
    newsroom_client(ground, actor).post(reverse("site_accounts_add"), {**data, "roles": roles})
    return USERS.get(username=name)


def test_account_made_by_an_account_of_one_s_own_making_does_not_sign(lorraine, boss):
    helper = invite(lorraine, boss, "helper", Role.SITE_ADMINISTRATOR)
    second = invite(lorraine, helper, "second", Role.APPROVER)
    step = submit(draft(lorraine, boss), boss)

    with pytest.raises(PublicationRefusedError):
        answer(step, second)


def test_whoever_made_the_account_that_asks_is_no_second_administrator(lorraine, newsroom, boss):
    """The other way round than `reason_against_confirming` looks: the asker was made by whoever confirms."""
    helper, approver = invite(lorraine, boss, "helper", Role.SITE_ADMINISTRATOR), newsroom[Role.APPROVER]
    path = reverse("site_accounts_edit", args=[approver.pk])
    roles = [f"{lorraine.site.pk}.{Role.APPROVER.value}."]
    data = {"first_name": "A", "last_name": "B", "is_active": "on", "email": "voleur@evil.example", "roles": roles}
    newsroom_client(lorraine, helper).post(path, data)
    assert AddressChange.objects.get().account == approver

    newsroom_client(lorraine, boss).post(path, {"confirm_address": "yes"})

    assert USERS.get(pk=approver.pk).email == approver.email
