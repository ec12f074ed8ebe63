"""Which roles a site administrator can give."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import make_calendar, make_section, make_section_member, newsroom_client


@pytest.fixture
def administrator(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])


def offered(answer, role) -> list[str]:
    boxes = BeautifulSoup(answer.content, "html.parser").select("input[name=roles]")
    return [box["value"].split(".")[2] for box in boxes if f".{role.value}." in box["value"]]


def test_role_of_organisers_is_offered_where_there_is_a_calendar_below(lorraine, saar, administrator):
    without, outer, held = (make_section(lorraine.home, title) for title in ("Bois", "Fer", "Sel"))
    make_calendar(make_section(outer, "Fonte"))
    make_calendar(make_section(saar.home, "Stahl"))
    holder = make_section_member(lorraine, Role.ORGANISER, held)

    keys = offered(administrator.get(reverse("site_accounts_add")), Role.ORGANISER)

    assert {str(lorraine.section.pk), str(outer.pk)} <= set(keys)
    assert not {str(without.pk), str(held.pk)} & set(keys)
    assert str(without.pk) in offered(administrator.get(reverse("site_accounts_add")), Role.REVIEWER)
    kept = offered(administrator.get(reverse("site_accounts_edit", args=[holder.pk])), Role.ORGANISER)
    assert str(held.pk) in kept
