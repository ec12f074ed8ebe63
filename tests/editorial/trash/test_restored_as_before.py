"""Restoring a page from the trash puts everything back as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Comment, Page, PageSubscription

from articles.models import ArticlePage
from articles.related import RelatedStory
from portal.content.records.listing import StoryCard
from portal.content.records.removed_addresses import RemovedAddress
from portal.editorial.roles import Role
from portal.editorial.sharing import shares
from portal.editorial.translations import actions as translations
from search.models import IndexEntry
from tests.builders import (
    make_article,
    make_calendar,
    make_private,
    make_recap,
    make_section,
    newsroom_client,
    work_off,
)
from tests.editorial.actions import publish_as_system
from tests.editorial.drafts import draft, rewrite, submit
from tests.editorial.trash.acts import delete, restore, row_of
from tests.editorial.trash.dump import differences, dump
from tests.events.registering import book, make_bookable


@pytest.fixture
def section(lorraine, saar, newsrooms):
    """A section with everything that a deletion could lose."""
    people = newsrooms.lorraine
    editor, chief = people[Role.EDITOR], people[Role.SITE_ADMINISTRATOR]
    section = make_section(lorraine.home, "Industrie", slug="industrie")
    story = make_article(section, "La forge", slug="forge")
    story.create_alias(parent=lorraine.section, update_slug="forge-aussi")
    (share,) = shares.offer(story, [saar.site], chief)
    now = timezone.now()
    shares.accept(share, saar.sections["fr"], newsrooms.saar[Role.SITE_ADMINISTRATOR], now, now)
    other = make_article(lorraine.section, "La mine", slug="mine")
    RelatedStory.objects.create(page=other, story=story)
    Redirect.objects.create(site=lorraine.site, old_path="/ancienne-forge", redirect_page=story)
    translations.start_with_parents(story, lorraine.homes["de"].locale, chief)
    rewrite(story, editor, title="La forge, plus tard")
    submit(draft(lorraine, editor, "En relecture", parent=section), editor)
    planned = draft(lorraine, editor, "Prévue", parent=section)
    planned.revisions.update(approved_go_live_at=now + timedelta(days=3))
    Page.objects.filter(pk=planned.pk).update(locked=True, locked_by=editor, locked_at=now)
    PageSubscription.objects.create(page=story, user=editor, comment_notifications=True)
    Comment.objects.create(page=story, user=editor, text="À vérifier", contentpath="title")
    make_private(make_article(section, "Interne", slug="interne"))
    calendar = make_calendar(section, "Rendez-vous")
    event = make_bookable(calendar, recurrence="FREQ=WEEKLY;COUNT=4")
    book(event, "anna")
    make_recap(calendar, "Retour sur la rencontre", event=event)
    RemovedAddress.objects.create(site=lorraine.site, key="x" * 32, path="/fr/ancien/")
    work_off()
    return section


def difference_after(section, act) -> dict:
    before = dump()
    act()
    work_off()
    return differences(before, dump())


@pytest.fixture
def chief(lorraine, newsrooms):
    client = newsroom_client(lorraine, newsrooms.lorraine[Role.SITE_ADMINISTRATOR])
    client.get("/admin/")
    return client


def test_all_tables_are_as_before_except_for_logs(section, chief):
    def delete_and_restore():
        delete(chief, section)
        work_off()
        assert not Page.objects.live().descendant_of(section, inclusive=True).exists()
        restore(chief, section)

    assert difference_after(section, delete_and_restore) == {}


def test_deletion_itself_changes_no_page_outside_and_no_relation(section, chief):
    changed = difference_after(section, lambda: delete(chief, section))

    allowed = {"wagtailcore.Page", "core.TrashedPage", "core.TrashedPage_live_pages", "core.RemovedAddress"}
    computed = {"core.StoryCard", "core.Placement", "events.OccurrencePlacement"}
    assert {label for label in changed if not label.startswith("search.")} == allowed | computed
    above = section.get_ancestors().values_list("pk", flat=True)
    gone, _new = changed["wagtailcore.Page"]
    assert not {row[0] for row in gone} & {str(key) for key in above}


def test_lists_and_index_leave_out_what_is_in_the_trash(section, chief):
    listed = StoryCard.objects.filter(page__path__startswith=section.path)
    indexed = IndexEntry.objects.filter(page__path__startswith=section.path)
    assert listed.exists()
    assert indexed.exists()
    delete(chief, section)

    assert not listed.exists()
    assert not indexed.exists()


def test_drafts_stay_drafts(section, chief):
    before = set(section.get_descendants().live().values_list("pk", flat=True))
    delete(chief, section)
    restore(chief, section)

    assert set(section.get_descendants().live().values_list("pk", flat=True)) == before
    assert section.get_descendants().not_live().exists()


def test_aliases_on_other_sites_come_back(section, chief, saar):
    shown = ArticlePage.objects.live().filter(path__startswith=saar.homes["fr"].path, title="La forge")
    delete(chief, section)
    assert not shown.exists()

    restore(chief, section)
    assert shown.exists()


def test_alias_whose_original_was_taken_down_meanwhile_stays_a_draft(lorraine, chief):
    original = make_article(lorraine.section, "La source", slug="source")
    folder = make_section(lorraine.home, "Dossier", slug="dossier")
    alias = original.create_alias(parent=folder, update_slug="source")
    delete(chief, folder)
    ArticlePage.objects.get(pk=original.pk).unpublish()
    restore(chief, folder)

    assert not row_of(alias).live
    assert row_of(folder).live


def test_alias_shows_what_its_original_shows_by_then(lorraine, newsroom, chief):
    original = make_article(lorraine.section, "La source", slug="source")
    folder = make_section(lorraine.home, "Dossier", slug="dossier")
    alias = original.create_alias(parent=folder, update_slug="source")
    delete(chief, folder)
    publish_as_system(rewrite(original, newsroom[Role.EDITOR], title="La source, corrigée"))
    restore(chief, folder)

    assert row_of(alias).title == "La source, corrigée"
