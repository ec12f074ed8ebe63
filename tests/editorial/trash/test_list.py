"""The list of the trash: what each role may restore, page by page, with a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.editorial.roles import Role
from portal.editorial.trash import views
from portal.editorial.trash.access import may_restore, restorable_by, trash_of
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.records import put_record_into_trash
from tests.builders import (
    make_article,
    make_draft,
    make_event,
    make_image,
    make_member,
    make_person,
    make_section,
    media_collection,
    newsroom_client,
)
from tests.editorial.drafts import draft


def fill(lorraine, people, number: int) -> None:
    for each in range(number):
        put_into_trash(draft(lorraine, people[Role.EDITOR], f"Brouillon {each}"))
        put_into_trash(make_article(lorraine.section, f"Article {each}"))


@pytest.fixture
def trash(lorraine, saar, newsrooms):
    """Pages that differ in who wrote them, what is below them, whether readers saw them, and the site."""
    people = newsrooms.lorraine
    fill(lorraine, people, 1)
    put_into_trash(draft(lorraine, people[Role.APPROVER], "D’une autre"))
    section = make_section(lorraine.home, "Industrie", slug="industrie")
    put_into_trash(draft(lorraine, people[Role.EDITOR], "Dedans", parent=section))
    put_into_trash(section)
    parent = draft(lorraine, people[Role.EDITOR], "Section d’une autre", parent=lorraine.section)
    put_into_trash(parent)
    for title, owner in (("Rencontre à moi", people[Role.ORGANISER]), ("Rencontre d’une autre", people[Role.EDITOR])):
        put_into_trash(make_draft(make_event(lorraine.calendars["fr"], title, owner=owner)))
    put_into_trash(make_article(saar.sections["fr"], "Article sarrois"))
    put_into_trash(draft(saar, newsrooms.saar[Role.EDITOR], "Brouillon sarrois"))


ROLES = (Role.EDITOR, Role.APPROVER, Role.ORGANISER, Role.SITE_ADMINISTRATOR)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_list_has_exactly_what_a_role_may_restore(lorraine, newsrooms, trash, role):
    user = newsrooms.lorraine[role] if role else make_member("root", is_superuser=True)
    allowed = {each.pk for each in trash_of(user) if may_restore(user, each)}

    assert {each.pk for each in restorable_by(user)} == allowed


def test_roles_differ_in_what_they_may_restore(newsrooms, trash):
    titles = {role: {each.page.title for each in restorable_by(newsrooms.lorraine[role])} for role in ROLES}

    assert titles[Role.ORGANISER] == {"Rencontre à moi"}
    assert "Brouillon 0" in titles[Role.EDITOR]
    assert "Article 0" not in titles[Role.EDITOR]
    assert "Article 0" in titles[Role.SITE_ADMINISTRATOR]
    assert "Article sarrois" not in titles[Role.SITE_ADMINISTRATOR]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SITE_ADMINISTRATOR])
def test_queries_of_the_list_do_not_grow_with_the_trash(lorraine, saar, newsrooms, role):
    people = newsrooms.lorraine
    client = newsroom_client(lorraine, people[role])
    put_into_trash(make_article(saar.sections["fr"], "Article sarrois"))
    fill(lorraine, people, 1)
    client.get(reverse("trash"))
    counts = []
    for more in (1, 8):
        fill(lorraine, people, more)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("trash")).content.decode()
        counts.append(len(queries))
        assert "Article sarrois" not in page

    assert counts[0] == counts[1] <= 42


def test_list_shows_one_page_of_the_trash_at_a_time(lorraine, newsroom, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 3)
    fill(lorraine, newsroom, 2)
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    shown = [client.get(reverse("trash"), {"p": leaf}).context["page_obj"] for leaf in (1, 2)]

    assert [len(leaf) for leaf in shown] == [3, 1]


def test_queries_of_the_list_do_not_grow_with_the_records(lorraine, newsroom):
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    client.get(reverse("trash"))
    counts = []
    for number in (1, 8):
        for _each in range(number):
            put_record_into_trash(make_person(site=lorraine.site))
            put_record_into_trash(make_image("Feu", collection=media_collection(lorraine.site)))
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(reverse("trash")).context["page_obj"]
        counts.append(len(queries))

    assert len(shown) == 18
    assert counts[0] == counts[1] <= 42


def test_pages_and_records_share_the_list_latest_first(lorraine, newsroom, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    fill(lorraine, newsroom, 1)
    put_record_into_trash(make_person("Claire Humbert", site=lorraine.site))
    put_into_trash(make_article(lorraine.section, "Dernier"))
    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    leaves = [client.get(reverse("trash"), {"p": leaf}).context["page_obj"] for leaf in (1, 2)]

    titles = [[each.title for each in leaf] for leaf in leaves]
    assert titles == [["Dernier", "Claire Humbert"], ["Article 0", "Brouillon 0"]]
