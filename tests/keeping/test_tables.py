"""Each table is either one that readers may see, whose changes end kept answers, or one that no reader sees."""

from django.apps import apps
from django.db import connection
from wagtail.models import get_page_models

from portal.platform.operation.changes import UNSEEN, UNSEEN_COLUMNS, seen_tables

SEEN = {model._meta.label for model in get_page_models()} | {
    "contenttypes.ContentType",
    "core.Byline",
    "core.FormerHost",
    "core.PageTopic",
    "core.Person",
    "core.Placement",
    "core.RelatedStory",
    "core.RemovedAddress",
    "core.Share",
    "core.SiteSettings",
    "core.StoryCard",
    "core.Topic",
    "events.AddedDate",
    "events.Break",
    "events.CalendarEntry",
    "events.ChangedDate",
    "events.DateSeats",
    "events.EventConsent",
    "events.EventSettings",
    "events.Occurrence",
    "events.OccurrencePlacement",
    "events.Venue",
    "home.FormField",
    "home.MostReadStory",
    "media.Document",
    "media.Image",
    "readership.ReadershipChoices",
    "search.SearchSettings",
    "sheets.ConsentText",
    "wagtailcore.Collection",
    "wagtailcore.CollectionViewRestriction",
    "wagtailcore.CollectionViewRestriction_groups",
    "wagtailcore.Locale",
    "wagtailcore.Page",
    "wagtailcore.PageViewRestriction",
    "wagtailcore.PageViewRestriction_groups",
    "wagtailcore.ReferenceIndex",
    "wagtailcore.Site",
    "wagtaildocs.Document",
    "wagtailembeds.Embed",
    "wagtailimages.Image",
    "wagtailimages.Rendition",
    "wagtailredirects.Redirect",
}

ONLY_ON_SQLITE = {"wagtailsearch.SQLiteFTSIndexEntry"}


def labels() -> set[str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label for model in models if model._meta.managed and not model._meta.proxy}


def test_every_model_is_seen_by_readers_or_is_not():
    """Pages are seen; any other new model belongs in SEEN here, or in UNSEEN if nothing that readers get depends on its rows."""
    assert labels() - SEEN - UNSEEN == set()
    assert set() == SEEN & UNSEEN
    assert (SEEN | UNSEEN) - labels() <= ONLY_ON_SQLITE


def test_unseen_columns_are_columns():
    for label, columns in UNSEEN_COLUMNS.items():
        assert columns <= {field.column for field in apps.get_model(label)._meta.local_concrete_fields}


def test_every_seen_table_has_its_triggers(db):
    """Also in a database that was copied from one that was ready-made."""
    catalogue = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'portal_content_%'"
        if connection.vendor == "sqlite"
        else "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'portal_content_%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        assert {row[0] for row in cursor.fetchall()} == set(seen_tables())
