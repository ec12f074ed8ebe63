"""The trash in the newsroom: deleting, undoing, the list, and that no other screen shows its pages."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from portal.accounts.names import name_of
from portal.content.records.trash import TrashedPage
from portal.content.visibility import is_in_trash
from portal.editorial.roles import Role
from portal.editorial.trash.deleting import put_into_trash
from portal.editorial.trash.restoring import restore as restore_page
from tests.builders import make_article, make_section, newsroom_client, work_off
from tests.editorial.actions import messages_of
from tests.editorial.drafts import draft, submit
from tests.editorial.trash.acts import delete, restore, row_of
from tests.events.registering import book, make_bookable


def html(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def text_of(response) -> str:
    return " ".join(html(response).get_text(" ").split())


def test_confirmation_says_what_goes_with_the_page_and_for_how_long(lorraine, chief, section, settings):
    settings.TRASH_DAYS = 60
    book(make_bookable(section), "anna")
    response = chief.get(reverse("wagtailadmin_pages:delete", args=[section.pk]))
    text = text_of(response)

    assert "2 pages below “Industrie” go with it." in text
    assert "1 person has registered" in text
    assert str((timezone.now() + timedelta(days=60)).year) in text
    assert "restored from the trash" in text
    assert not is_in_trash(row_of(section))


def test_confirmation_counts_no_page_that_is_in_the_trash_already(chief, section):
    put_into_trash(make_article(section, "La mine"))

    assert "1 page below “Industrie” goes with it." in text_of(
        chief.get(reverse("wagtailadmin_pages:delete", args=[section.pk]))
    )


def test_deletion_offers_undo_in_one_click(chief, section):
    page = html(chief.get(delete(chief, section)["Location"]))
    form = page.select_one(f'form[action="{reverse("restore_from_trash")}"]')
    fields = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    assert is_in_trash(row_of(section))

    chief.post(form["action"], fields)
    assert row_of(section).live


def test_deletion_leads_to_the_pages_beside_it(lorraine, chief, section):
    assert delete(chief, section)["Location"] == reverse("wagtailadmin_explore", args=[lorraine.home.pk])


def test_several_pages_are_deleted_and_restored_together(lorraine, chief, section):
    story = make_article(lorraine.section, "La mine", slug="mine")
    inner = section.get_children().first()
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    query = f"?id={section.pk}&id={story.pk}&id={inner.pk}"
    assert "These pages go into the trash" in text_of(chief.get(path + query))
    response = chief.post(path + query)

    assert [is_in_trash(row_of(page)) for page in (section, story, inner)] == [True, True, True]
    assert TrashedPage.objects.count() == 2
    assert "3 pages are in the trash." in messages_of(response)
    restore(chief, section, story)
    assert [row_of(page).live for page in (section, story, inner)] == [True, True, True]


def test_list_names_the_page_its_place_and_the_days_left(chief, section, saar):
    put_into_trash(make_article(saar.sections["fr"], "Article de trop"))
    delete(chief, section)
    row = " ".join(html(chief.get(reverse("trash"))).select_one("table.listing tbody").get_text(" ").split())

    assert "Industrie Section Lorraine 1" in row
    assert "60" in row
    assert "Article de trop" not in row


def test_edit_address_leads_to_the_trash(chief, section):
    story = section.get_children().first()
    delete(chief, section)
    names = ("edit", "delete", "copy", "move", "unpublish", "history", "add_subpage", "view_draft", "usage")
    addresses = [reverse(f"wagtailadmin_pages:{name}", args=[story.pk]) for name in names]
    addresses.append(reverse("wagtailadmin_pages:move_confirm", args=[story.pk, section.get_parent().pk]))
    for address in addresses:
        assert chief.get(address).headers.get("Location") == reverse("trashed_page", args=[section.pk]), address
    assert chief.get(reverse("wagtailadmin_explore", args=[section.pk]))["Location"].endswith(f"/trash/{section.pk}/")


def screens(ground, section) -> dict[str, str]:
    """Screens of the newsroom that show the title of any page."""
    story = section.get_children().first()
    return {
        "explorer": reverse("wagtailadmin_explore", args=[ground.home.pk]),
        "whole tree": f"{reverse('wagtailadmin_explore_root')}?q=forge",
        "search": f"{reverse('wagtailadmin_pages:search')}?q=forge",
        "chooser": reverse("wagtailadmin_choose_page"),
        "chooser search": f"{reverse('wagtailadmin_choose_page_search')}?q=forge",
        "dashboard": reverse("wagtailadmin_home"),
        "aging pages": reverse("wagtailadmin_reports:aging_pages"),
        "locked pages": reverse("wagtailadmin_reports:locked_pages"),
        "workflows": reverse("wagtailadmin_reports:workflow"),
        "tasks": reverse("wagtailadmin_reports:workflow_tasks"),
        "kind": reverse("wagtailadmin_pages:type_use", args=["articles", "articlepage"]),
        "api": f"/admin/api/main/pages/?child_of={section.get_parent().pk}&for_explorer=1",
        "api of the page": f"/admin/api/main/pages/{story.pk}/",
    }


@pytest.mark.parametrize("role", [Role.SITE_ADMINISTRATOR, None])
def test_no_screen_shows_a_page_in_the_trash(lorraine, newsroom, section, role, django_user_model):
    user = newsroom[role] if role else django_user_model.objects.create_superuser("root", "root@portal.example")
    waiting = draft(lorraine, newsroom[Role.EDITOR], "La forge en relecture", parent=section)
    submit(waiting, newsroom[Role.EDITOR])
    Page.objects.filter(path__startswith=section.path).update(locked=True, locked_by=user, locked_at=timezone.now())
    client = newsroom_client(lorraine, user)
    work_off()
    urls = screens(lorraine, section)
    shown = [name for name, url in urls.items() if b"forge" in client.get(url).content.lower()]
    put_into_trash(section)
    work_off()
    still = [name for name, url in urls.items() if b"la forge" in client.get(url).content.lower()]

    assert len(shown) > 6
    assert still == []


def test_review_waits_and_goes_on_after_restoring(lorraine, newsroom, section):
    page = draft(lorraine, newsroom[Role.EDITOR], "En relecture", parent=section)
    step = submit(page, newsroom[Role.EDITOR])
    answer = reverse("editorial:answer", args=[step.pk])
    approver = newsroom_client(lorraine, newsroom[Role.APPROVER])
    trashed = put_into_trash(section)
    meanwhile = approver.get(answer).status_code, approver.post(answer, {"approve": ""}).status_code
    restore_page(trashed)

    assert meanwhile == (404, 404)
    assert approver.get(answer).status_code == 200


def test_page_of_the_same_address_can_be_written_meanwhile(lorraine, chief, section):
    trashed = put_into_trash(section)
    other = make_section(lorraine.home, "Industrie nouvelle", slug="industrie")
    response = restore(chief, section)
    page = chief.get(response["Location"])

    assert response["Location"] == reverse("trashed_page", args=[section.pk])
    assert "now uses the address of" in text_of(page)
    assert html(page).select_one("button[name=slug]")["value"] == "industrie-2"
    restore(chief, section, slug="industrie-2")
    assert (row_of(section).slug, row_of(other).slug) == ("industrie-2", "industrie")
    assert row_of(section.get_children().first()).url_path.endswith("/industrie-2/forge/")
    assert not TrashedPage.objects.filter(pk=trashed.pk).exists()


def test_page_below_one_in_the_trash_says_what_to_restore_first(chief, section):
    story = section.get_children().first()
    delete(chief, story)
    delete(chief, section)
    response = restore(chief, story)

    assert "Restore “Industrie” first" in text_of(chief.get(response["Location"]))
    restore(chief, section)
    assert (row_of(section).live, row_of(story).live) == (True, False)
    restore(chief, story)
    assert row_of(story).live


def test_schedule_that_passed_meanwhile_becomes_a_draft_and_is_named(lorraine, newsroom, chief, section):
    page = draft(lorraine, newsroom[Role.EDITOR], "La prévue", parent=section)
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    delete(chief, section)
    work_off()
    response = restore(chief, section)

    assert "“La prévue” was due to be published in the meantime" in messages_of(response)
    assert not page.revisions.filter(approved_go_live_at__isnull=False).exists()
    assert not row_of(page).live


def test_copy_of_a_section_leaves_out_what_is_in_the_trash(lorraine, section):
    make_article(section, "La mine", slug="mine")
    put_into_trash(section.get_children().get(slug="forge"))
    copied = section.specific.copy(recursive=True, update_attrs={"slug": "copie", "title": "Copie"})

    assert [page.slug for page in copied.get_children()] == ["mine"]


def test_new_page_gets_its_own_place_beside_one_in_the_trash(section):
    story = section.get_children().last()
    put_into_trash(story)
    new = make_article(section, "La suivante", slug="suivante")

    assert new.path != story.path


def test_page_of_the_trash_names_who_deleted_it(chief, section, newsroom):
    delete(chief, section)
    page = text_of(chief.get(reverse("trashed_page", args=[section.pk])))

    assert f"Deleted by {name_of(newsroom[Role.SITE_ADMINISTRATOR])}." in page
    assert "1 page below it is in the trash with it." in page


def test_history_says_who_deleted_and_restored(chief, section):
    delete(chief, section)
    restore(chief, section)
    history = text_of(chief.get(reverse("wagtailadmin_pages:history", args=[section.pk])))

    assert "Put into the trash, with the pages below it" in history
    assert "Restored from the trash, with the pages below it" in history
