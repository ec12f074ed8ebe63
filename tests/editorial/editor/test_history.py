"""A page's history names who changed what, not only who published."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from portal.editorial.roles import Role
from tests.builders import make_article, make_image, make_member, newsroom_client
from tests.editorial.actions import reload
from tests.editorial.approval.test_review_steps import answer, rewrite, submit_article

pytestmark = pytest.mark.django_db


def rows(ground, person, page) -> list[str]:
    address = reverse("wagtailadmin_pages:history", args=[page.pk])
    found = BeautifulSoup(newsroom_client(ground, person).get(address).content, "html.parser")
    return [row.get_text(" ", strip=True) for row in found.select("table.listing tbody tr")]


def test_renaming_is_attributed_to_the_author_of_the_title(lorraine, newsroom):
    editor, approver = newsroom[Role.EDITOR], newsroom[Role.APPROVER]
    editor.first_name, approver.first_name = "Élise", "Paul"
    for person in (editor, approver):
        person.save()
    page = submit_article(lorraine, editor)
    # Somebody else continues with the draft, and does not change the title.
    rewrite(page, make_member("seconde", *editor.groups.all(), first_name="Ada"), "Soumis")

    answer(lorraine, approver, reload(page))

    [renamed] = [row for row in rows(lorraine, approver, page) if "Renamed from 'En ligne' to 'Soumis'" in row]
    assert "Élise" in renamed
    assert not [name for name in ("Paul", "Ada") if name in renamed]


def test_renaming_by_a_deleted_account_is_attributed_to_nobody_else(lorraine, newsroom):
    editor, approver = newsroom[Role.EDITOR], newsroom[Role.APPROVER]
    approver.first_name = "Paul"
    approver.save()
    page = submit_article(lorraine, editor)
    editor.delete()

    answer(lorraine, approver, reload(page))

    [renamed] = [row for row in rows(lorraine, approver, page) if "Renamed from 'En ligne' to 'Soumis'" in row]
    assert "Paul" not in renamed


def test_draft_whose_lead_image_was_deleted_opens_without_it(lorraine, newsroom):
    page, image = make_article(lorraine.section, lead_image=None), make_image()
    draft = page.get_latest_revision_as_object()
    draft.lead_image = image
    draft.save_revision()
    image.delete()

    form = newsroom_client(lorraine, newsroom[Role.EDITOR]).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert form.status_code == 200
    assert reload(page).get_latest_revision_as_object().lead_image is None
