"""Every write of what readers may see gives the content another mark with its commit; nothing else does."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from wagtail.models import Page

from portal.content.records.people import Person
from portal.content.records.topics import Topic
from portal.platform.operation.changes import content_version
from portal.platform.records.maintenance import MaintenanceRun
from tests.builders import locale, make_article

# Statements as other programs write them.
WRITES = {
    "update": "update core_person set name = 'Claire H.'",
    "update of one column": "UPDATE core_person SET slug = 'claire-h' WHERE slug = 'claire'",
    "delete": "DELETE FROM core_person WHERE slug = 'claire'",
    "delete by a subquery": "delete from core_person where id in (select id from core_person)",
    "table expression": "WITH chosen AS (SELECT id FROM core_person) UPDATE core_person SET name = 'x' WHERE id IN (SELECT id FROM chosen)",
}


def mark() -> int | None:
    return content_version()


def written(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def person(db):
    return Person.objects.create(name="Claire", slug="claire")


@pytest.mark.parametrize("kind", WRITES)
def test_statement_of_any_program_changes_the_mark(person, kind):
    before = mark()
    written(WRITES[kind])

    assert mark() != before


def test_copied_rows_change_the_mark(person):
    """PostgreSQL's own way to write many rows, and SQLite's to write over what is there."""
    columns = [field.column for field in Person._meta.local_concrete_fields if field.column != "id"]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join("'jean'" if column == "slug" else f'"{column}"' for column in columns)
    before = mark()
    written(f"INSERT INTO core_person ({names}) SELECT {values} FROM core_person")

    assert mark() != before


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
def test_change_that_readers_may_see_changes_the_mark(lorraine, change):
    page = make_article(lorraine.section)
    before = mark()
    change(page)

    assert mark() != before


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
def test_work_that_no_reader_sees_leaves_the_mark(lorraine, work):
    page = make_article(lorraine.section)
    before = mark()
    work(page)

    assert mark() == before


def test_what_is_taken_back_never_comes_again(db):
    before = mark()
    with transaction.atomic():
        Person.objects.create(name="Jamais", slug="jamais")
        within = mark()
        transaction.set_rollback(True)
    after = mark()
    Person.objects.create(name="Toujours", slug="toujours")

    assert len({before, within, mark()}) == 3
    assert after == before
