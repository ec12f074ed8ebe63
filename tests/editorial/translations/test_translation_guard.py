"""The views of wagtail-localize that we use check page permissions, and its own editor is not offered."""

from copy import deepcopy

import pytest
from django.urls import get_resolver, reverse
from wagtail.models import Page
from wagtail_localize.models import Translation

from home.models import SectionPage
from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import (
    change,
    locale,
    make_article,
    make_member,
    make_private,
    newsroom_client,
    publish,
)
from tests.editorial.actions import post, reload


@pytest.fixture(scope="module")
def module_admin(module_network):
    return make_member("admin", is_superuser=True)


@pytest.fixture
def admin(module_admin, network):
    return deepcopy(module_admin)


def start_translation(ground, admin):
    """Start a German translation of a story, as in wagtail-localize's own editor."""
    story = make_article(ground.sections["fr"], "Secret de fabrique", standfirst="Un secret.")
    actions.start(story, ground.homes["de"].locale, admin)
    translation = Translation.objects.get(source__object_id=story.translation_key)
    translation.enabled = True
    translation.save()
    return translation


@pytest.fixture(scope="module")
def module_own(module_network, module_admin):
    return start_translation(module_network.lorraine, module_admin)


@pytest.fixture
def own(module_own, network):
    return deepcopy(module_own)


def test_only_these_views_of_wagtail_localize_are_mounted():
    _prefix, inner = get_resolver().namespace_dict["wagtail_localize"]
    names = {name for name in inner.reverse_dict if isinstance(name, str)}
    assert names == {"submit_page_translation", "submit_snippet_translation", "convert_to_alias"}


def test_editor_cannot_create_a_live_alias(lorraine, newsroom, own):
    target = own.get_target_instance()
    newsroom_client(lorraine, newsroom[Role.EDITOR]).post(
        reverse("wagtail_localize:convert_to_alias", args=[target.pk])
    )
    assert (reload(target).live, reload(target).alias_of_id) == (False, None)


def test_translation_opens_in_the_form_of_the_page(lorraine, newsroom, own):
    target = own.get_target_instance()
    client = newsroom_client(lorraine, newsroom[Role.EDITOR])
    Translation.objects.filter(pk=own.pk).update(enabled=False)
    post(client, "edit", target.pk, **{"localize-restart-translation": "1"})
    own.refresh_from_db()
    assert not own.enabled
    Translation.objects.filter(pk=own.pk).update(enabled=True)

    response = client.get(reverse("wagtailadmin_pages:edit", args=[target.pk]))

    assert response.context["form"].instance.pk == target.pk


def test_translation_of_a_subtree_keeps_existing_translations(lorraine, newsroom, admin, own):
    target = own.get_target_instance()
    draft = target.get_latest_revision_as_object()
    draft.title = "Von Hand"
    draft.save_revision(user=admin)
    latest = reload(target).latest_revision_id
    # The section's translation is an alias, so the section can be translated again with its subtree.
    section, german = lorraine.section, lorraine.homes["de"].locale
    Page.objects.filter(pk=lorraine.sections["de"].pk).update(alias_of=section.pk)
    other = make_article(section, "Encore une")
    address = reverse("wagtail_localize:submit_page_translation", args=[section.pk])

    client = newsroom_client(lorraine, newsroom[Role.SITE_ADMINISTRATOR])
    client.post(address, {"locales": [german.pk], "include_subtree": "on"})

    assert reload(target).latest_revision_id == latest
    assert not other.get_translation(german).live
    assert other.get_translation(german).alias_of_id is None


def test_editor_cannot_start_a_translation_below_another_site(lorraine, saar, newsroom):
    """The page belongs to the user's own site, but its parent's translation to another site."""
    story = make_article(lorraine.section)
    english = SectionPage(title="English", locale=locale("en"), translation_key=lorraine.section.translation_key)
    publish(english, saar.homes["fr"])

    address = reverse("wagtail_localize:submit_page_translation", args=[story.pk])
    newsroom_client(lorraine, newsroom[Role.EDITOR]).post(address, {"locales": [english.locale_id]})

    assert not story.get_translations().exists()
    assert not english.get_children().exists()


@pytest.mark.parametrize("kind", ["own", "section"])
def test_update_keeps_the_privacy_of_a_translation(lorraine, newsroom, own, kind):
    target = own.get_target_instance()
    make_private(target if kind == "own" else target.get_parent(), password="sésame")
    change(own.source.get_source_instance(), standfirst="Un autre secret.")

    actions.update(target, newsroom[Role.EDITOR])

    assert reload(target).get_view_restrictions().exists()
