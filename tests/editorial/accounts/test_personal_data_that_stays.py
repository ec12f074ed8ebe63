"""After a person's data is erased, no spelling of their address remains, regardless of who typed it."""

import json

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from portal.content import personal_data
from portal.editorial.models import ReviewInvitation
from portal.editorial.roles import Role
from tests.builders import make_newsroom, newsroom_client, work_off
from tests.editorial.drafts import draft


def tasks_with(text: str) -> list[DBTaskResult]:
    return [task for task in DBTaskResult.objects.all() if text in json.dumps(task.args_kwargs, ensure_ascii=False)]


def test_password_request_of_an_outsider_is_erased(lorraine):
    lorraine.reader().post(reverse("wagtailadmin_password_reset"), {"email": "claire@reader.example"})
    lorraine.reader().post(reverse("wagtailadmin_password_reset"), {"email": "leon@reader.example"})
    work_off()

    personal_data.erase("claire@reader.example")

    assert tasks_with("claire@reader.example") == []
    assert len(tasks_with("leon@reader.example")) == 1


@pytest.mark.parametrize("address", ["anna@portal.example", "Anna@Bücher.example"])
def test_guest_is_found_and_erased_by_the_address_that_was_typed(lorraine, address):
    newsroom = make_newsroom(lorraine)
    path = reverse("editorial:guests", args=[draft(lorraine, newsroom[Role.EDITOR]).pk])
    data = {"name": "Anna", "email": address, "language": "fr", "message": "", "days": "7"}
    newsroom_client(lorraine, newsroom[Role.APPROVER]).post(path, data)
    assert ReviewInvitation.objects.exists()
    work_off()

    personal_data.erase(address)

    assert not ReviewInvitation.objects.exists()
    assert tasks_with("nna@") == []
