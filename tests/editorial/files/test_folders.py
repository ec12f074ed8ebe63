"""A site administrator creates, renames and deletes file folders below their own site's collection."""

import pytest
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction

from events.models import Venue
from portal.editorial.roles import Role, media_collection
from portal.media.models import Image
from tests.builders import make_image, newsroom_client
from tests.checkers.refusals import is_refused

pytestmark = pytest.mark.usefixtures("media")

OTHERS = [Role.EDITOR, Role.ORGANISER, Role.APPROVER]


def folder(ground, name: str = "Presse") -> Collection:
    return media_collection(ground.site).add_child(instance=Collection(name=name))


def add(client, parent, name: str = "Presse"):
    return client.post(reverse("wagtailadmin_collections:add"), {"name": name, "parent": parent.pk})


def test_administrator_creates_a_folder_of_the_site(lorraine, administrator):
    add(administrator, media_collection(lorraine.site))

    assert Collection.objects.get(name="Presse").get_parent() == media_collection(lorraine.site)


def test_administrator_creates_folders_in_their_own_site_only(lorraine, saar, newsrooms, administrator):
    for parent in (media_collection(saar.site), Collection.get_first_root_node()):
        add(administrator, parent)

    assert not Collection.objects.filter(name="Presse").exists()


def test_administrator_renames_a_folder(lorraine, administrator):
    own = folder(lorraine)
    data = {"name": "Archives", "parent": media_collection(lorraine.site).pk}

    administrator.post(reverse("wagtailadmin_collections:edit", args=[own.pk]), data)

    own.refresh_from_db()
    assert own.name == "Archives"


def test_folder_is_not_moved_to_another_site(lorraine, saar, newsrooms, administrator):
    own = folder(lorraine)

    data = {"name": "Presse", "parent": media_collection(saar.site).pk}
    administrator.post(reverse("wagtailadmin_collections:edit", args=[own.pk]), data)

    assert Collection.objects.get(pk=own.pk).get_parent() == media_collection(lorraine.site)


def test_collection_of_the_site_cannot_be_changed(lorraine, administrator):
    own = media_collection(lorraine.site)
    other = folder(lorraine)

    administrator.post(reverse("wagtailadmin_collections:edit", args=[own.pk]), {"name": "X", "parent": other.pk})
    administrator.post(reverse("wagtailadmin_collections:delete", args=[own.pk]))

    assert Collection.objects.get(pk=own.pk).depth == 2


def test_empty_folder_is_deleted(lorraine, administrator):
    own = folder(lorraine)

    administrator.post(reverse("wagtailadmin_collections:delete", args=[own.pk]))

    assert not Collection.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize("kind", ["image", "venue"])
def test_folder_with_files_is_not_deleted(lorraine, administrator, kind):
    own = folder(lorraine)
    if kind == "image":
        make_image("Vue", own)
    else:
        Venue.objects.create(name="Halle", collection=own)
    path = reverse("wagtailadmin_collections:delete", args=[own.pk])

    assert f"1 {kind}" in administrator.get(path).content.decode()
    administrator.post(path)

    assert Collection.objects.filter(pk=own.pk).exists()


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_cannot_change_folders(lorraine, newsroom, role):
    client, own = newsroom_client(lorraine, newsroom[role]), folder(lorraine)

    add(client, media_collection(lorraine.site), "Mienne")
    client.post(reverse("wagtailadmin_collections:delete", args=[own.pk]))

    assert not Collection.objects.filter(name="Mienne").exists()
    assert Collection.objects.filter(pk=own.pk).exists()


def test_editor_puts_a_picture_into_a_folder(lorraine, saar, newsrooms):
    own, foreign = folder(lorraine), folder(saar, "Fremde Mappe")
    editor = newsrooms.lorraine[Role.EDITOR]
    client = newsroom_client(lorraine, editor)
    image = make_image("Vue", media_collection(lorraine.site), uploaded_by_user=editor)
    path = reverse("wagtailimages:edit", args=[image.pk])
    form = client.get(path).content.decode()
    assert "Presse" in form
    assert "Fremde Mappe" not in form

    client.post(path, {"title": "Vue", "collection": own.pk})
    client.post(path, {"title": "Vue", "collection": foreign.pk})

    assert Image.objects.get(pk=image.pk).collection == own


def test_only_network_administrators_set_the_privacy_of_files(lorraine, newsroom, administrator):
    for collection in (media_collection(lorraine.site), folder(lorraine)):
        path = reverse("wagtailadmin_collections:set_privacy", args=[collection.pk])
        assert is_refused(administrator.get(path))
        administrator.post(path, {"restriction_type": "login"})
    edit = administrator.get(reverse("wagtailadmin_collections:edit", args=[collection.pk])).content.decode()

    assert not CollectionViewRestriction.objects.exists()
    assert "set-privacy" not in edit


def test_menu_of_site_administrators_has_folders(lorraine, newsroom, administrator):
    path = reverse("wagtailadmin_collections:index")
    home = reverse("wagtailadmin_home")

    assert path in administrator.get(home).content.decode()
    assert path not in newsroom_client(lorraine, newsroom[Role.EDITOR]).get(home).content.decode()
