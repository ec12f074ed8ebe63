"""The link of an invitation closes with it, also for a browser that has opened it before."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from portal.editorial.models import AccountInvitation
from portal.editorial.roles import Role
from tests.builders import make_newsroom, newsroom_client, work_off

LINK = re.compile(r"http://localhost:8000(/admin/invitation/\S+)")
WORDS = {"new_password1": "vingt-trois mirabelles", "new_password2": "vingt-trois mirabelles"}


@pytest.fixture
def administrator(lorraine):
    return newsroom_client(lorraine, make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR])


@pytest.fixture
def nina(lorraine, administrator):
    data = {"username": "nina", "first_name": "Nina", "last_name": "Weber", "email": "nina@example.org"}
    roles = [f"{lorraine.site.pk}.{Role.APPROVER.value}."]
    administrator.post(reverse("site_accounts_add"), {**data, "roles": roles})
    return get_user_model().objects.get(username="nina")


def link() -> str:
    work_off()
    return LINK.search(mail.outbox[-1].body)[1]


def test_link_that_was_opened_before_a_withdrawal_sets_no_password_after_another_invitation(
    lorraine, administrator, nina
):
    stranger = lorraine.reader()
    form = stranger.get(link(), follow=True).redirect_chain[-1][0]
    path = reverse("site_accounts_edit", args=[nina.pk])
    administrator.post(path, {"withdraw": "yes"})
    administrator.post(path, {"invite": "yes"})

    stranger.post(form, WORDS)

    assert not stranger.login(username="nina", password=WORDS["new_password1"])


def test_where_the_link_leads_expires_with_the_invitation(lorraine, nina):
    reader = lorraine.reader()
    leads_to = reader.get(link())["Location"]
    AccountInvitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    assert "new_password1" not in reader.get(leads_to, follow=True).content.decode()
