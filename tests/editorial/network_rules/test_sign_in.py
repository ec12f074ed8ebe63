"""Rules for signing in that count for a role on every site."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.editorial.models import SignInRule
from portal.editorial.roles import Role
from portal.editorial.sign_in.factors.demand import may_trust_browser, required_from
from tests.builders import newsroom_client

FACTORS = "/admin/account/factors/"


@pytest.fixture
def for_all(db):
    return lambda role, **facts: SignInRule.objects.create(site=None, role=role.value, **facts)


def test_role_on_any_site_needs_the_second_factor(lorraine, saar, newsrooms, for_all):
    for_all(Role.APPROVER, demanded_from=timezone.localdate())

    for ground, people in ((lorraine, newsrooms.lorraine), (saar, newsrooms.saar)):
        client = newsroom_client(ground, people[Role.APPROVER])
        assert client.get("/admin/pages/")["Location"] == FACTORS


def test_other_roles_do_not_need_it(lorraine, newsroom, for_all):
    for_all(Role.APPROVER, demanded_from=timezone.localdate())

    assert newsroom_client(lorraine, newsroom[Role.EDITOR]).get("/admin/pages/").status_code == 200


def test_of_two_days_the_earlier_one_counts(lorraine, saar, newsrooms, for_all):
    early, late = date(2027, 1, 1), date(2027, 6, 1)
    for_all(Role.EDITOR, demanded_from=late)
    SignInRule.objects.create(site=lorraine.site, role=Role.EDITOR.value, demanded_from=early)

    assert required_from(newsrooms.lorraine[Role.EDITOR]) == early
    assert required_from(newsrooms.saar[Role.EDITOR]) == late


def test_rule_of_a_site_cannot_loosen_that_of_all(lorraine, newsroom, for_all):
    for_all(Role.EDITOR, demanded_from=date(2026, 1, 1), may_trust=False)
    later = timezone.localdate() + timedelta(days=900)
    SignInRule.objects.create(site=lorraine.site, role=Role.EDITOR.value, demanded_from=later, may_trust=True)

    assert required_from(newsroom[Role.EDITOR]) == date(2026, 1, 1)
    assert not may_trust_browser(newsroom[Role.EDITOR])
