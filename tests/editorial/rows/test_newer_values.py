"""If two people change a record without versions, neither overwrites values that the other has saved."""

import pytest
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Collection

from events.models import EventSettings, Venue
from portal.content.records.people import Person
from portal.content.records.settings import SiteSettings
from tests.builders import make_member, make_person, newsroom_client
from tests.editorial.rows.lists import lists_of
from tests.editorial.rows.window import OpenForm

RECORDS = {
    SiteSettings: ({"contact_email": "nous@lorraine.example"}, {"contact_phone": "+33 3 00 00 00 01"}),
    EventSettings: ({"night_ends": "4"}, {"registration_retention_days": "30"}),
    Person: ({"name": "Claire H."}, {"role": "Rédactrice"}),
    Venue: ({"name": "La rotonde"}, {"address": "2, quai du Canal"}),
}
CONFLICT = "Somebody else has changed this meanwhile. Save again to replace it with what you see here."


@pytest.fixture
def opened(lorraine, newsroom):
    """Returns a function that opens a record's form in another window."""
    admins = [make_member(name, is_superuser=True) for name in ("erste", "zweite")]

    def open_form(record, number: int) -> OpenForm:
        client = newsroom_client(lorraine, admins[number])
        return OpenForm(client, AdminURLFinder(admins[number]).get_edit_url(record), record)

    return open_form


def record_of(model, lorraine):
    if model is Person:
        return make_person()
    if model is Venue:
        return Venue.objects.create(name="Halle", address="1, quai", collection=Collection.get_first_root_node())
    return model.for_site(lorraine.site)


@pytest.fixture
def two(lorraine, opened):
    """Two windows with a site's settings."""
    return [opened(SiteSettings.for_site(lorraine.site), number) for number in (0, 1)]


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_changes_to_different_fields_are_both_saved(lorraine, opened, model):
    record = record_of(model, lorraine)
    windows = [opened(record, number) for number in (0, 1)]
    for window, values in zip(windows, RECORDS[model], strict=True):
        window.data |= values
        assert window.save() == []

    stored = model.objects.get(pk=record.pk)
    for values in RECORDS[model]:
        assert {name: str(getattr(stored, name)) for name in values} == values


def test_list_that_somebody_else_has_extended_stays_so(two):
    first, second = two
    menu = next(each for each in lists_of(first) if each.whole == "navigation")
    menu.add()
    for number in menu.shown():
        for step in range(menu.steps(number)):
            menu.fill(number, step)
    assert first.save() == []
    second.data["contact_phone"] = "+33 3 00 00 00 01"
    assert second.save() == []

    assert menu.stored() == menu.typed()
    assert len(menu.stored()) > 1


def test_change_to_the_same_field_is_refused_once(lorraine, two):
    first, second = two
    for window, number in ((first, 1), (second, 2)):
        window.data["contact_phone"] = f"+33 3 00 00 00 0{number}"
    assert first.save() == []

    assert CONFLICT in second.save()
    assert SiteSettings.objects.get(site=lorraine.site).contact_phone == "+33 3 00 00 00 01"


def test_same_field_is_replaced_by_saving_again(lorraine, two):
    first, second = two
    for window, number in ((first, 1), (second, 2)):
        window.data["contact_phone"] = f"+33 3 00 00 00 0{number}"
    first.save()
    second.save()

    assert second.save() == []
    assert SiteSettings.objects.get(site=lorraine.site).contact_phone == "+33 3 00 00 00 02"


def test_invalid_value_beside_it_does_not_overwrite_a_newer_one(lorraine, two):
    first, second = two
    first.data["contact_phone"] = "+33 3 00 00 00 01"
    first.save()
    second.data["contact_email"] = "personne"
    assert second.save() != []
    second.data["contact_email"] = "nous@lorraine.example"
    assert second.save() == []

    stored = SiteSettings.objects.get(site=lorraine.site)
    assert (stored.contact_phone, stored.contact_email) == ("+33 3 00 00 00 01", "nous@lorraine.example")
