"""Every write of what readers may see raises the content mark, in the same transaction; nothing else does."""

import pytest
from django.db import connection, transaction

from portal.core.models import ContentVersion, MaintenanceRun, Person, Topic
from portal.core.operation import changes
from portal.core.operation.changes import is_content
from tests.builders import locale


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE "wagtailcore_page" SET "title" = %s WHERE "wagtailcore_page"."id" = %s',
        'UPDATE "wagtailcore_page" SET "draft_title" = %s, "live" = %s WHERE "id" = %s',
        'INSERT INTO "events_venue" ("name") VALUES (%s) RETURNING "events_venue"."id"',
        'INSERT OR IGNORE INTO "core_topic" ("name") VALUES (%s)',
        'DELETE FROM "core_byline" WHERE "core_byline"."id" IN (%s)',
        "  update core_person set name = %s",
        "WITH gone AS (DELETE FROM core_topic RETURNING id) SELECT * FROM gone",
        'TRUNCATE "core_person"',
        'INSERT INTO "an_app_of_tomorrow" ("name") VALUES (%s)',
        None,
    ],
)
def test_these_statements_change_what_readers_see(statement):
    assert is_content(statement)


@pytest.mark.parametrize(
    "statement",
    [
        'SELECT "core_topic"."id" FROM "core_topic"',
        'UPDATE "wagtailcore_page" SET "draft_title" = %s, "has_unpublished_changes" = %s WHERE "title" = %s',
        'INSERT INTO "wagtailcore_revision" ("content") VALUES (%s)',
        'UPDATE "django_session" SET "session_data" = %s',
        'DELETE FROM "search_indexentry" WHERE 1=1',
        'SAVEPOINT "s1"',
        "PRAGMA foreign_keys = ON",
        "WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a",
        'CREATE TABLE "x" ("id" integer)',
    ],
)
def test_these_statements_do_not(statement):
    assert not is_content(statement)


def test_write_without_a_transaction_raises_the_mark_with_it(installation, db):
    with installation.here():
        before = ContentVersion.state()
        topic = Topic.objects.create(name="Bois", slug="bois", locale=locale("fr"))
        created = ContentVersion.state()
        Topic.objects.filter(pk=topic.pk).update(name="Pierre")
        updated = ContentVersion.state()
        MaintenanceRun.objects.all().delete()

        assert topic.pk
        assert len({before[1], created[1], updated[1]}) == 3
        assert ContentVersion.state() == updated


def test_what_cannot_raise_the_mark_is_not_written(installation, db, monkeypatch):
    def fail() -> int:
        raise RuntimeError("killed")

    with installation.here():
        ContentVersion.state()
        monkeypatch.setattr(changes, "new_mark", fail)
        with pytest.raises(RuntimeError):
            Person.objects.create(name="Claire", slug="claire")
        with pytest.raises(RuntimeError), transaction.atomic():
            Person.objects.create(name="Jean", slug="jean")
        connection.close()
        monkeypatch.undo()

        assert not Person.objects.filter(slug__in=["claire", "jean"]).exists()


def test_rows_of_a_statement_that_commits_by_itself_are_all_there(installation, db):
    statement = "UPDATE core_person SET role = %s RETURNING name"
    with installation.here():
        Person.objects.bulk_create([Person(name="Anna", slug="a"), Person(name="Berta", slug="b")])
        with connection.cursor() as cursor:
            cursor.execute(statement, ["x"])
            one, rest = cursor.fetchone(), cursor.fetchall()

        assert sorted([one, *rest]) == [("Anna",), ("Berta",)]
