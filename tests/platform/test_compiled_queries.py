"""A compiled query returns the same as its queryset, with different values each time."""

from threading import Thread

import pytest
from django.db import connections
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from articles.models import ArticlePage
from portal.content.records.listing import Placement
from portal.platform.operation.compiled import STATEMENTS, compiled_query
from tests.builders import make_article


@compiled_query
def placed(above, now, *, count):
    return Placement.objects.in_lists_of(above, now).newest_first().values_list("card__title", flat=True)[:count]


@compiled_query
def articles(keys):
    return ArticlePage.objects.select_related("locale").filter(pk__in=keys).order_by("title")


def test_each_value_has_its_own_rows(lorraine, saar):
    make_article(lorraine.section, "Fonderie")
    make_article(saar.section, "Gießerei")
    now = timezone.now()

    found = [placed(home.pk, now, count=1) for home in (lorraine.home, saar.home, lorraine.home)]

    assert found == [["Fonderie"], ["Gießerei"], ["Fonderie"]]


def test_list_of_any_length_is_a_parameter(lorraine):
    keys = [make_article(lorraine.section, title).pk for title in ("Aciérie", "Bobinage", "Câblerie")]

    titles = [[page.title for page in articles(some)] for some in (keys, keys[:1], [], keys[1:])]

    assert titles == [["Aciérie", "Bobinage", "Câblerie"], ["Aciérie"], [], ["Bobinage", "Câblerie"]]


def test_changed_page_is_read_again(lorraine):
    written = make_article(lorraine.section, "Fonderie")
    (before,) = articles([written.pk])
    ArticlePage.objects.filter(pk=written.pk).update(title="Forge")

    (after,) = articles([written.pk])

    assert (before.title, after.title) == ("Fonderie", "Forge")


def test_second_execution_compiles_nothing(lorraine, monkeypatch):
    key, now = lorraine.home.pk, timezone.now()
    placed(key, now, count=3)
    monkeypatch.setattr(SQLCompiler, "get_select", lambda *args, **kwargs: pytest.fail("It was compiled again."))

    placed(key, now, count=3)


def test_each_thread_compiles_for_its_own_connection(lorraine):
    """A compiler uses the connection of its thread, which no other thread may use."""
    placed(lorraine.home.pk, timezone.now(), count=1)
    used = []

    def read() -> None:
        statement = placed._statement((lorraine.home.pk, timezone.now()), {"count": 1})
        used.append(statement.compiler.connection)

    thread = Thread(target=read)
    thread.start()
    thread.join()

    assert [each is connections["default"] for each in used] == [False]


def test_number_of_compiled_queries_is_limited(lorraine, monkeypatch):
    monkeypatch.setattr("portal.platform.operation.compiled.MAX_SHAPES", 3)
    monkeypatch.setitem(vars(connections["default"]), STATEMENTS, {})

    found = [len(placed(lorraine.home.pk, timezone.now(), count=count)) for count in (1, 2, 1, 2, 1, 2, 3, 1)]

    assert (found, len(vars(connections["default"])[STATEMENTS])) == ([1, 2, 1, 2, 1, 2, 3, 1], 3)
