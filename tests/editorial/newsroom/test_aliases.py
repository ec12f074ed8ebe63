"""The newsroom shows where an alias differs from its original, or will differ."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from portal.content.records.settings import SiteSettings
from portal.editorial.roles import Role
from portal.editorial.sharing import shares
from portal.editorial.translations import actions as translations
from tests.builders import make_article, make_draft, make_member, newsroom_client
from tests.editorial.actions import publish_in_bulk, reload, unpublish
from tests.editorial.drafts import rewrite


def state_of(ground, user, alias) -> str:
    """The text about the alias in the status panel."""
    response = newsroom_client(ground, user).get(reverse("wagtailadmin_pages:edit", args=[alias.pk]))
    found = BeautifulSoup(response.content, "html.parser").select("#status-sidebar-alias + .w-help-text")
    return " ".join(each.text for each in found)


@pytest.fixture
def story(lorraine):
    return make_article(lorraine.section, "La forge", slug="forge")


@pytest.fixture
def alias(story, lorraine):
    """An alias on the same site."""
    return story.create_alias(parent=lorraine.home, update_slug="la-forge")


@pytest.fixture
def shared(story, lorraine, saar, newsrooms):
    """A story shared by the other site."""
    (share,) = shares.offer(story, [saar.site], newsrooms.lorraine[Role.SITE_ADMINISTRATOR])
    now = timezone.now()
    shares.accept(share, saar.sections["fr"], newsrooms.saar[Role.SITE_ADMINISTRATOR], now, now)
    return story.aliases.get(path__startswith=saar.homes["fr"].path)


def test_alias_says_what_its_original_will_show_to_its_own_site_only(lorraine, saar, story, alias, shared, newsrooms):
    ours, theirs = (each[Role.SITE_ADMINISTRATOR] for each in (newsrooms.lorraine, newsrooms.saar))
    assert (state_of(lorraine, ours, alias), state_of(saar, theirs, shared)) == ("", "")

    rewrite(story, ours, title="La forge rallumée")
    assert "changes that are not published yet" in state_of(lorraine, ours, alias)
    assert state_of(saar, theirs, shared) == ""

    make_draft(story)
    for ground, user, page in ((lorraine, ours, alias), (saar, theirs, shared)):
        assert "original is not published" in state_of(ground, user, page)


def test_alias_that_does_not_follow_what_one_person_published_says_so(lorraine, saar, story, shared, newsrooms):
    SiteSettings.objects.filter(site=lorraine.site).update(four_eyes=False)
    chief = make_member("chief", is_superuser=True)
    rewrite(story, chief, title="Écrit seul").latest_revision.publish(user=chief)

    found = state_of(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR], shared)

    assert "by one person alone" in found


def test_history_says_that_an_alias_became_a_page_when_its_original_was_deleted(lorraine, story, alias, newsrooms):
    story.delete()

    user = newsrooms.lorraine[Role.SITE_ADMINISTRATOR]
    history = newsroom_client(lorraine, user).get(reverse("wagtailadmin_pages:history", args=[alias.pk]))
    assert "into an ordinary page" in history.text


# An alias unpublished on its own


def correct(ground, newsroom, story, title):
    """An editor changes the story, and the approver publishes it."""
    rewrite(reload(story), newsroom[Role.EDITOR], title=title)
    publish_in_bulk(newsroom_client(ground, newsroom[Role.APPROVER]), reload(story), story.get_parent())
    return reload(story).title


def test_unpublished_alias_does_not_block_its_original_and_follows_it(lorraine, newsrooms, story, alias):
    correct(lorraine, newsrooms.lorraine, story, "La forge rouverte")
    assert unpublish(newsroom_client(lorraine, newsrooms.lorraine[Role.SITE_ADMINISTRATOR]), reload(alias), None)

    assert correct(lorraine, newsrooms.lorraine, story, "La forge agrandie") == "La forge agrandie"
    assert (reload(alias).live, reload(alias).title) == (True, "La forge agrandie")


def test_translation_that_became_an_alias_does_not_block_its_original_and_follows_it(lorraine, newsrooms, story):
    translator = newsrooms.lorraine[Role.APPROVER]
    german = translations.start(story, lorraine.homes["de"].locale, translator)
    client = newsroom_client(lorraine, newsrooms.lorraine[Role.SITE_ADMINISTRATOR])
    client.post(reverse("wagtail_localize:convert_to_alias", args=[german.pk]))
    assert reload(german).alias_of_id == story.pk

    assert correct(lorraine, newsrooms.lorraine, story, "La forge agrandie") == "La forge agrandie"
    assert (reload(german).live, reload(german).title) == (True, "La forge agrandie")


def test_alias_that_another_site_has_unpublished_stays_so(lorraine, saar, newsrooms, story, shared):
    correct(lorraine, newsrooms.lorraine, story, "La forge rouverte")
    shared = shared.specific
    assert unpublish(newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR]), shared, None)

    assert correct(lorraine, newsrooms.lorraine, story, "La forge agrandie") == "La forge agrandie"
    assert not reload(shared).live


def test_aliases_go_live_again_with_their_original(lorraine, newsrooms, story, alias, shared):
    second = alias.create_alias(parent=lorraine.home, update_slug="encore")
    unpublish(newsroom_client(lorraine, newsrooms.lorraine[Role.SITE_ADMINISTRATOR]), story, None)
    assert not any(reload(page).live for page in (alias, second, shared.specific))

    correct(lorraine, newsrooms.lorraine, story, "La forge rouverte")

    assert all(reload(page).live for page in (alias, second, shared.specific))
