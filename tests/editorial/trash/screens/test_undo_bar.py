"""For a minute after a deletion, each page of the newsroom says what was deleted and offers to undo it."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.urls import reverse

from portal.content.records.topics import Topic
from portal.content.records.trash import DeletedRecord
from portal.content.visibility import is_in_trash
from portal.editorial.roles import Role
from tests.builders import make_document, make_image, make_person, make_topic, media_collection, newsroom_client
from tests.editorial.trash.acts import address_of_deletion, delete, restore, restore_records, row_of

ANOTHER_PAGE = "wagtailadmin_home"


@pytest.fixture(params=["page", "topic", "person", "picture", "document"])
def deleted(request, lorraine, chief, section) -> str:
    """The title of something that was just deleted in the newsroom."""
    if request.param == "page":
        delete(chief, section)
        return section.title
    folder = media_collection(lorraine.site)
    records = {
        "topic": lambda: make_topic("Forges"),
        "person": lambda: make_person("Claire", site=lorraine.site),
        "picture": lambda: make_image("Feu", collection=folder),
        "document": lambda: make_document("Plan"),
    }
    record = records[request.param]()
    if request.param == "topic":
        Topic.objects.filter(pk=record.pk).update(site=lorraine.site)
    if request.param == "document":
        record.collection = folder
        record.save()
    chief.post(address_of_deletion(record))
    assert DeletedRecord.objects.exists()
    return str(record)


def bars(client, name: str = ANOTHER_PAGE) -> list[Tag]:
    html = client.get(reverse(name)).content
    return BeautifulSoup(html, "html.parser").select("[role=status] [data-undo-seconds]")


def test_first_page_has_one_bar(chief, section):
    html = chief.get(delete(chief, section)["Location"]).content

    assert len(BeautifulSoup(html, "html.parser").select("[data-undo-seconds]")) == 1


def test_next_pages_say_what_was_deleted(clock, chief, deleted):
    bars(chief)
    clock.shift(20)

    (bar,) = bars(chief)
    assert deleted in bar.get_text()
    assert bar["data-undo-seconds"] == "40"


def test_undo_on_a_next_page_restores(clock, chief, deleted):
    bars(chief)
    (bar,) = bars(chief)
    fields: dict[str, list[str]] = {}
    for each in bar.select("input[type=hidden]"):
        fields.setdefault(each["name"], []).append(each["value"])

    chief.post(bar["action"], fields)

    assert not DeletedRecord.objects.exists()
    assert deleted in chief.get(reverse("trash")).content.decode()
    assert bars(chief) == []


def test_bar_is_gone_after_a_minute(clock, chief, deleted):
    bars(chief)
    clock.shift(61)

    assert bars(chief) == []


def test_bar_is_only_announced_on_its_first_page(chief, section):
    delete(chief, section)

    assert bars(chief)[0].has_attr("data-undo-new")
    assert not bars(chief)[0].has_attr("data-undo-new")


def test_bar_is_gone_once_everything_is_restored_elsewhere(chief, section):
    delete(chief, section)
    bars(chief)
    restore(chief, section)

    assert bars(chief) == []


def test_bar_is_gone_once_it_is_deleted_for_ever(chief, section):
    delete(chief, section)
    bars(chief)
    chief.post(reverse("delete_for_ever", args=[section.pk]))

    assert bars(chief) == []


def test_last_deletion_is_offered(lorraine, chief, section):
    delete(chief, section)
    bars(chief)
    chief.post(address_of_deletion(make_person("Claire", site=lorraine.site)))
    bars(chief)

    (bar,) = bars(chief)
    assert "Claire" in bar.get_text()


def test_nobody_else_gets_the_bar(saar, newsrooms, lorraine, chief, section):
    delete(chief, section)

    for ground, people in ((saar, newsrooms.saar), (lorraine, newsrooms.lorraine)):
        assert bars(newsroom_client(ground, people[Role.SITE_ADMINISTRATOR])) == []


def test_next_person_in_the_same_browser_gets_no_bar(lorraine, newsroom, chief, section):
    delete(chief, section)
    chief.logout()
    chief.force_login(newsroom[Role.EDITOR])

    assert bars(chief) == []


def test_undo_restores_nothing_for_somebody_of_another_site(saar, newsrooms, lorraine, chief, section):
    person = make_person("Claire", site=lorraine.site)
    chief.post(address_of_deletion(person))
    delete(chief, section)
    other = newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR])

    restore(other, section)
    restore_records(other)

    assert is_in_trash(row_of(section))
    assert DeletedRecord.objects.exists()
