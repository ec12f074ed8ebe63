"""Triggers change the content version on every write of public content, and on no other."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from wagtail.models import Page, PageViewRestriction, get_page_models

from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.editorial.roles import Role
from portal.editorial.translations import actions as translations
from portal.platform.operation.changes import UNSEEN, UNSEEN_COLUMNS, content_version, seen_tables
from portal.platform.records.maintenance import MaintenanceRun
from tests.builders import locale, make_article, make_section
from tests.editorial.drafts import draft

# Statements as other programs execute them.
WRITES = {
    "update": "update core_person set name = 'Claire H.'",
    "update of one column": "UPDATE core_person SET slug = 'claire-h' WHERE slug = 'claire'",
    "delete": "DELETE FROM core_person WHERE slug = 'claire'",
    "delete by a subquery": "delete from core_person where id in (select id from core_person)",
    "table expression": "WITH chosen AS (SELECT id FROM core_person) UPDATE core_person SET name = 'x' WHERE id IN (SELECT id FROM chosen)",
}


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def person(db):
    return Person.objects.create(name="Claire", slug="claire")


@pytest.mark.parametrize("kind", WRITES)
def test_statement_of_any_program_changes_the_version(person, kind):
    before = content_version()
    execute(WRITES[kind])

    assert content_version() != before


def test_copied_rows_change_the_version(person):
    """PostgreSQL's COPY, and SQLite's REPLACE."""
    columns = [field.column for field in Person._meta.local_concrete_fields if field.column != "id"]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join("'jean'" if column == "slug" else f'"{column}"' for column in columns)
    before = content_version()
    execute(f"INSERT INTO core_person ({names}) SELECT {values} FROM core_person")

    assert content_version() != before


@pytest.mark.parametrize(
    "change",
    [
        lambda page: Topic.objects.create(name="Bois", slug="bois", locale=locale("fr")),
        lambda page: Topic.objects.bulk_create([Topic(name="Bois", slug="bois", locale=locale("fr"))]),
        lambda page: Page.objects.filter(pk=page.pk).update(title="Autre"),
        lambda page: Page.objects.filter(pk=page.pk).update(draft_title="x", live=False),
        lambda page: page.move(page.get_parent().get_parent(), pos="last-child"),
        lambda page: page.delete(),
    ],
)
def test_change_that_readers_may_see_changes_the_version(lorraine, change):
    page = make_article(lorraine.section)
    before = content_version()
    change(page)

    assert content_version() != before


@pytest.mark.parametrize(
    "work",
    [
        lambda page: page.save_revision(),
        lambda page: Page.objects.filter(pk=page.pk).update(draft_title="Autre", has_unpublished_changes=True),
        lambda page: Page.objects.filter(pk=page.pk).update(locked=True),
        lambda page: Page.objects.filter(pk=page.pk).update(title=page.title),
        lambda page: Page.objects.filter(pk=0).delete(),
        lambda page: MaintenanceRun.note("backup", True),
        lambda page: call_command("check_lists"),
    ],
)
def test_work_that_no_reader_sees_keeps_the_version(lorraine, work):
    page = make_article(lorraine.section)
    before = content_version()
    work(page)

    assert content_version() == before


def make_private(page):
    rule = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.GROUPS)
    rule.groups.add(Group.objects.create(name="Presse"))


def test_privacy_that_no_reader_meets_keeps_the_version(lorraine, newsroom):
    page = draft(lorraine, newsroom[Role.EDITOR])
    before = content_version()
    make_private(page)
    german = translations.start(page, lorraine.homes["de"].locale, newsroom[Role.EDITOR])
    assert german.view_restrictions.exists()
    german.delete()
    page.delete()

    assert content_version() == before


@pytest.mark.parametrize("is_aliased", [False, True])
def test_privacy_above_a_page_that_readers_may_see_changes_the_version(lorraine, is_aliased):
    section = make_section(lorraine.home, "Dossier")
    page = make_article(section)
    if is_aliased:
        page.create_alias(parent=lorraine.section, update_slug="alias")
        Page.objects.filter(pk=page.pk).update(live=False)
    Page.objects.filter(pk=section.pk).update(live=False)
    before = content_version()
    make_private(section)

    assert content_version() != before


def test_version_of_a_rolled_back_change_never_returns(db):
    before = content_version()
    with transaction.atomic():
        Person.objects.create(name="Jamais", slug="jamais")
        within = content_version()
        transaction.set_rollback(True)
    after = content_version()
    Person.objects.create(name="Toujours", slug="toujours")

    assert len({before, within, content_version()}) == 3
    assert after == before


SEEN = {model._meta.label for model in get_page_models()} | frozenset(
    """
    articles.LiveEntry articles.LiveText
    contenttypes.ContentType core.Byline core.FurtherHost core.MapOutline core.NetworkNotice core.NetworkRetention core.PageTopic
    core.Person core.Placement core.RelatedStory core.RemovedAddress core.Share core.SiteSettings core.StoryCard core.Topic core.UnindexedPage
    events.AddedDate events.Break events.CalendarEntry events.ChangedDate events.DateSeats events.EventConsent
    events.EventSettings events.Occurrence events.OccurrencePlacement events.Venue home.FormField
    home.MostReadStory media.Document media.Image readership.ReadershipChoices search.SearchSettings
    sheets.ConsentText wagtailcore.Collection wagtailcore.CollectionViewRestriction
    wagtailcore.CollectionViewRestriction_groups wagtailcore.Locale wagtailcore.Page
    wagtailcore.PageViewRestriction wagtailcore.PageViewRestriction_groups wagtailcore.ReferenceIndex
    wagtailcore.Site wagtaildocs.Document wagtailembeds.Embed wagtailimages.Image wagtailimages.Rendition
    wagtailredirects.Redirect
    """.split()  # noqa: SIM905 - as names in a text they fill a quarter of the lines
)

ONLY_ON_SQLITE = {"wagtailsearch.SQLiteFTSIndexEntry"}


def labels() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label for model in models if model._meta.managed and not model._meta.proxy}


def test_every_model_is_listed_as_seen_or_unseen():
    """Readers see pages.

    Any other new model belongs in SEEN here, or in UNSEEN if no public response depends on its rows.
    """
    assert labels() - SEEN - UNSEEN == set()
    assert set() == SEEN & UNSEEN
    assert (SEEN | UNSEEN) - labels() <= ONLY_ON_SQLITE


def test_unseen_columns_are_columns():
    for label, columns in UNSEEN_COLUMNS.items():
        assert columns <= {field.column for field in apps.get_model(label)._meta.local_concrete_fields}


def test_every_seen_table_has_its_triggers(db):
    """A copy of a ready-made database has the triggers too."""
    catalogue = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'portal_content_%'"
        if connection.vendor == "sqlite"
        else "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'portal_content_%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        assert {row[0] for row in cursor.fetchall()} == set(seen_tables())
