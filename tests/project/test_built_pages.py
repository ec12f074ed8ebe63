"""Pages built by the tests have the same rows as pages that an editor has published."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest
import time_machine
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from wagtail.models import Page

from tests.builders import (
    SampleSite,
    change,
    make_accessibility_statement,
    make_article,
    make_calendar,
    make_document,
    make_event,
    make_form_page,
    make_legal_notice,
    make_person,
    make_portrait,
    make_privacy_notice,
    make_recap,
    make_section,
    make_sheet_page,
    make_site,
    make_site_map,
    make_standard_page,
    make_topic,
    sheet_block,
)
from tests.newsletter.makers import make_newsletter
from tests.publishing import publish, publish_as_editor, republish, republish_as_editor

UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
# Excluded tables: counters of saves, random content versions, and audit log entries, whose order differs.
COUNTS = {"core_contentversion", "core_contentchange", "audit_unchainedact", "audit_auditwords"}


def story_with_everything(ground: SampleSite) -> Page:
    return make_article(
        ground.section,
        body=[{"type": "paragraph", "value": "<p>Le <b>convoi</b> avançait au pas.</p>"}],
        topics=[make_topic(), make_topic("Bois")],
        authors=[make_person()],
        related=[make_article(ground.section)],
    )


def series(ground: SampleSite) -> Page:
    return make_event(ground.calendar, start=datetime(2026, 9, 3, 18, tzinfo=UTC), recurrence="FREQ=WEEKLY;COUNT=4")


def sheet(ground: SampleSite) -> Page:
    return make_sheet_page(ground.home, sheet_block(make_document(), block="0f0e0d0c-0b0a-4908-8706-050403020100"))


BUILT: dict[str, Callable[[SampleSite], object]] = {
    "article": lambda ground: make_article(ground.section),
    "article with everything": story_with_everything,
    "portrait": lambda ground: make_portrait(ground.section),
    "event": lambda ground: make_event(ground.calendar),
    "series": series,
    "recap": lambda ground: make_recap(ground.calendar, event=make_event(ground.calendar)),
    "section": lambda ground: make_section(ground.home),
    "calendar": lambda ground: make_calendar(make_section(ground.home)),
    "standard page": lambda ground: make_standard_page(ground.home),
    "form": lambda ground: make_form_page(ground.home),
    "sheet": sheet,
    "newsletter": make_newsletter,
    "accessibility statement": lambda ground: make_accessibility_statement(ground.home),
    "legal notice": lambda ground: make_legal_notice(ground.home),
    "privacy notice": lambda ground: make_privacy_notice(ground.home),
    "site map": lambda ground: make_site_map(ground.home),
    "site": lambda ground: make_site("bitche.localhost", ("fr", "de")),
    "changed article": lambda ground: change(story_with_everything(ground), title="Autre titre", slug="autre-titre"),
    "page with an embargo": lambda ground: make_article(ground.section, embargo_until=datetime(2027, 1, 1, tzinfo=UTC)),
}


def rows() -> dict[str, list[str]]:
    """The rows of each table; random keys are replaced by consecutive numbers."""
    known: dict[str, str] = {}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - COUNTS):
            cursor.execute(f'SELECT * FROM "{table}"')
            lines = sorted(str(row) for row in cursor.fetchall())
            found[table] = [
                UUID.sub(lambda key: known.setdefault(key[0].replace("-", ""), f"key {len(known)}"), line)
                for line in lines
            ]
    return found


@pytest.fixture
def built_by(lorraine, monkeypatch, settings, tmp_path):
    """Returns a function that builds something in one of the two ways and returns the database rows."""

    def built(name: str, *ways: Callable) -> dict[str, list[str]]:
        # An existing file would change the name of the second one.
        settings.MEDIA_ROOT = tmp_path / ways[0].__name__
        return rows_of(BUILT[name], lorraine, *ways, monkeypatch)

    return built


def rows_of(
    build: Callable[[SampleSite], object], ground: SampleSite, way: Callable, second: Callable, monkeypatch
) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)
    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr("tests.builders.publish", way)
        patch.setattr("tests.builders.republish", second)
        patch.setattr("tests.newsletter.makers.publish", way)
        patch.setattr("tests.builders._number", count(1))
        with time_machine.travel(datetime(2026, 9, 1, 12, tzinfo=UTC), tick=False):
            build(ground)
        found = rows()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("name", BUILT)
def test_page_has_the_rows_of_a_publication(built_by, name):
    as_editor, built = built_by(name, publish_as_editor, republish_as_editor), built_by(name, publish, republish)

    assert {table: lines for table, lines in built.items() if lines != as_editor[table]} == {}
