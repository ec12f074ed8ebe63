"""The content version that other connections see: commits in any order, migrations, deadlocks."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import OperationalError, connection, transaction
from wagtail.models import Page, ReferenceIndex

from articles.models import ArticlePage
from portal.content.records.people import Byline, Person
from portal.content.records.topics import Topic
from portal.media.models import Image
from portal.platform.operation import changes
from portal.platform.operation.changes import content_version
from portal.platform.records.content_version import ContentChange
from portal.platform.records.maintenance import MaintenanceRun
from tests.builders import locale, make_article, make_image, make_site


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_change_after_a_rolled_back_savepoint_changes_the_version(installation, db):
    with installation.here():
        before = content_version()
        with transaction.atomic():
            with transaction.atomic():
                Person.objects.create(name="Jamais", slug="jamais")
                transaction.set_rollback(True)
            Person.objects.create(name="Toujours", slug="toujours")

        assert content_version() != before


def test_uncommitted_change_has_a_version_of_its_own(installation, db):
    with installation.here():
        before = content_version()
        with transaction.atomic():
            Person.objects.create(name="Claire", slug="claire")
            within = content_version()

        assert len({before, within, content_version()}) == (2 if connection.vendor == "sqlite" else 3)
        assert within != before


def test_write_without_a_search_path_changes_the_version(installation, db):
    """A restored dump writes like this."""
    schema = "public." if connection.vendor == "postgresql" else ""
    with installation.here():
        Person.objects.create(name="Claire", slug="claire")
        before = content_version()
        with transaction.atomic():
            if schema:
                execute("SET LOCAL search_path = ''")
            execute(f"UPDATE {schema}core_person SET name = 'Anne'")

        assert content_version() != before


def test_truncating_a_table_changes_the_version(installation, db):
    with installation.here():
        Person.objects.create(name="Claire", slug="claire")
        before = content_version()
        sql = connection.ops.sql_flush(no_style(), ["core_person"], allow_cascade=True)
        for statement in sql:
            execute(statement)

        assert content_version() != before


def test_migrations_restore_the_triggers(installation, db):
    """SQLite drops them when a migration rebuilds a table."""
    with installation.here():
        execute('DROP TRIGGER "{}"'.format(*names_of_triggers("core_person")[:1]) + on_table("core_person"))
        before = content_version()
        call_command("migrate", verbosity=0)
        installed = content_version()
        Person.objects.create(name="Claire", slug="claire")

        assert len({before, installed, content_version()}) == 3
        assert len(names_of_triggers("core_person")) == (3 if connection.vendor == "sqlite" else 2)


def test_there_is_no_version_while_migrations_run(installation, db):
    with installation.here():
        changes.suspend(connection)
        Person.objects.create(name="Claire", slug="claire")
        assert content_version() is None
        changes.install(connection)

        assert content_version() is not None


def test_existing_triggers_are_not_recreated(installation, db):
    with installation.here():
        before = names_of_triggers("core_person")
        changes.install(connection)

        assert names_of_triggers("core_person") == before


def on_table(table: str) -> str:
    return f' ON "{table}"' if connection.vendor == "postgresql" else ""


def names_of_triggers(table: str) -> list[str]:
    return sorted(name for of, name in changes._existing_triggers(connection) if of == table)


class OtherTransaction:
    """A transaction in its own connection, which executes steps one by one and then commits."""

    def __init__(self) -> None:
        self._steps: queue.Queue[tuple[Callable[[], object], Future[object]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run)
        self._failure: BaseException | None = None

    def _run(self) -> None:
        try:
            with transaction.atomic():
                while (step := self._steps.get(timeout=30)) is not None:
                    act, done = step
                    try:
                        done.set_result(act())
                    except BaseException as error:
                        done.set_exception(error)
                        raise
        except BaseException as error:
            self._failure = error
        finally:
            connection.close()

    def begin(self, act: Callable[[], object]) -> "Future[object]":
        done: Future[object] = Future()
        self._steps.put((act, done))
        return done

    def do(self, act: Callable[[], object]) -> object:
        return self.begin(act).result(timeout=20)

    def commit(self) -> None:
        self._steps.put(None)
        self._thread.join(30)
        assert self._failure is None


def a_draft(live: bool = False) -> ArticlePage:
    page = make_article(make_site("x.localhost").section, "Une usine", lead_image=None)
    if not live:
        Page.objects.filter(pk=page.pk).update(live=False)
    return page


def refer(page: ArticlePage, image: Image) -> None:
    article, picture = (ContentType.objects.get_for_model(model) for model in (Page, Image))
    ReferenceIndex.objects.create(
        content_type=article,
        base_content_type=article,
        object_id=str(page.pk),
        to_content_type=picture,
        to_object_id=str(image.pk),
        model_path="lead_image",
        content_path="lead_image",
        content_path_hash=uuid4(),
    )


@contextmanager
def other_transactions(count: int) -> Iterator[list[OtherTransaction]]:
    found = [OtherTransaction() for _number in range(count)]
    for each in found:
        each._thread.start()
    yield found
    for each in found:
        each._steps.put(None)
        each._thread.join(30)


def add_person(slug: str) -> Callable[[], object]:
    """Saving a person without its other writes: all writers update the single row of the content version."""
    return lambda: Person.objects.bulk_create([Person(name=slug, slug=slug)])


def test_new_version_becomes_visible_with_the_commit(installation, db):
    with installation.here(), other_transactions(1) as (writer,):
        before = content_version()
        writer.do(add_person("claire"))
        meanwhile = content_version()
        writer.commit()

        assert meanwhile == before
        assert content_version() != before


# SQLite has one writer at a time.
if connection.vendor == "postgresql":

    def test_every_commit_changes_the_version_in_any_order(installation, db):
        with installation.here(), other_transactions(3) as (first, second, third):
            found = [content_version()]
            for number, writer in enumerate((first, second, third)):
                writer.do(add_person(f"person-{number}"))
            for writer in (third, first, second):
                writer.commit()
                found.append(content_version())

            assert len(set(found)) == 4

    def test_independent_writers_neither_wait_nor_deadlock(installation, db):
        """Each transaction has changed content, and then needs a row that the other one holds until its end."""
        with installation.here():
            for name in ("a", "b"):
                MaintenanceRun.note(name, True)
            with other_transactions(2) as (first, second):
                second.do(lambda: MaintenanceRun.objects.select_for_update().get(name="a"))
                first.do(add_person("claire"))
                waits = first.begin(lambda: MaintenanceRun.objects.select_for_update().get(name="a"))
                # With a single counter, this writer would wait here for the first one, while the first one waits for
                # it.
                second.do(add_person("jean"))
                second.commit()
                waits.result(timeout=20)
                first.commit()

            assert set(Person.objects.values_list("slug", flat=True)) == {"claire", "jean"}

    def test_row_of_a_page_in_publication_changes_the_version(installation, db):
        """A reader between the two commits gets the page without the row."""
        with installation.here(), other_transactions(2) as (publisher, writer):
            page, person = a_draft(), Person.objects.create(name="Claire", slug="claire")
            publisher.do(lambda: Page.objects.filter(pk=page.pk).update(live=True))
            writer.do(lambda: Byline.objects.bulk_create([Byline(page=page.page_ptr, person=person)]))
            publisher.commit()
            before = content_version()
            writer.commit()

            assert content_version() != before

    def test_draft_is_not_published_before_its_rows_are_committed(installation, db):
        with installation.here(), other_transactions(2) as (writer, publisher):
            page, person = a_draft(), Person.objects.create(name="Claire", slug="claire")
            before = content_version()
            writer.do(lambda: Byline.objects.bulk_create([Byline(page=page.page_ptr, person=person)]))
            publisher.do(lambda: execute("SET LOCAL lock_timeout = '300ms'"))

            with pytest.raises(OperationalError, match="lock timeout"):
                publisher.do(lambda: Page.objects.filter(pk=page.pk).update(live=True))
            writer.commit()
            assert content_version() == before

    def test_change_of_a_picture_waits_for_the_page_that_uses_it(installation, db, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        with installation.here(), other_transactions(2) as (publisher, writer):
            page, image = a_draft(live=True), make_image("Vue")
            publisher.do(lambda: refer(page, image))
            writer.do(lambda: execute("SET LOCAL lock_timeout = '300ms'"))

            with pytest.raises(OperationalError, match="lock timeout"):
                writer.do(lambda: Image.objects.filter(pk=image.pk).update(credit="Après"))
            publisher.commit()

    def test_compaction_keeps_the_version_while_others_commit(installation, db):
        with installation.here(), other_transactions(1) as (late,):
            late.do(add_person("late"))
            for number in range(changes.MAX_ROWS + 5):
                add_person(f"person-{number}")()
            before = content_version()
            changes.compact()
            compacted = content_version()
            late.commit()

            assert compacted == before
            assert ContentChange.objects.count() == 2
            assert content_version() != before

    def test_former_version_never_returns_by_compaction(installation, db):
        with installation.here(), other_transactions(1) as (late,):
            late.do(add_person("late"))
            before = content_version()
            late.commit()
            for number in range(changes.MAX_ROWS + 5):
                add_person(f"person-{number}")()
            changes.compact()

            assert content_version() != before

    def test_bulk_copy_of_the_database_changes_the_version(installation, db):
        columns = [field.column for field in Topic._meta.local_concrete_fields]
        with installation.here():
            Topic.objects.create(name="Bois", slug="bois", locale=locale("fr"))
            names = ", ".join(f'"{column}"' for column in columns)
            with connection.cursor() as cursor:
                with cursor.copy(f"COPY (SELECT {names} FROM core_topic) TO STDOUT") as copy:
                    rows = b"".join(bytes(part) for part in copy)
                cursor.execute("DELETE FROM core_topic")
                before = content_version()
                with cursor.copy(f"COPY core_topic ({names}) FROM STDIN") as copy:
                    copy.write(rows)

            assert content_version() != before
