"""The newsroom's index is updated after the commit of every saved draft, separately from the readers' index."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from wagtail.models import Page

from articles.models import ArticlePage
from portal.editorial.roles import Role
from portal.platform.operation.changes import content_version
from search.indexes import DRAFTS
from search.indexing import checking, index
from search.indexing.index import index_drafts_later, indexed_together
from search.models import DraftEntry, DraftText, IndexEntry
from search.periodic import compare_index, follow_analysis
from tests.builders import change, make_article, make_draft, make_person, make_topic, work_off
from tests.editorial.drafts import answer, draft as complete_draft, submit
from tests.search.newsroom.drafts import draft, found, index_pages, rewrite, with_topic
from tests.search.searching import paragraph

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def editor(newsroom):
    return newsroom[Role.EDITOR]


def differences() -> int:
    return checking.check(DRAFTS, repair=False).total


def test_every_change_of_a_page_is_followed(lorraine, editor, newsroom, committed):
    with committed():
        page = complete_draft(lorraine, editor, "Une fonderie", body=paragraph("Du bronze."))
    assert found(editor, "bronze") == ["Une fonderie"]
    for act in (
        lambda: page.save_revision(user=editor),
        lambda: answer(submit(page, editor), newsroom[Role.APPROVER]),
        lambda: change(page, title="Deux fonderies"),
        lambda: make_draft(ArticlePage.objects.get(pk=page.pk)),
        lambda: ArticlePage.objects.get(pk=page.pk).move(lorraine.home, pos="last-child"),
    ):
        with committed():
            act()
        assert differences() == 0
    assert found(editor, "fonderies") == ["Deux fonderies"]


def test_draft_is_not_indexed_within_its_transaction(lorraine, editor, committed):
    with committed():
        complete_draft(lorraine, editor, "Une fonderie")
        assert not DraftText.objects.filter(title="Une fonderie").exists()
    assert DraftText.objects.filter(title="Une fonderie").exists()


def test_failure_of_the_index_loses_no_draft(lorraine, editor, committed, monkeypatch):
    def fail(*args):
        raise DatabaseError("full")

    monkeypatch.setattr(index, "index_keys", fail)
    with committed():
        page = complete_draft(lorraine, editor, "Une fonderie")
    assert page.latest_revision.content["title"] == "Une fonderie"
    monkeypatch.undo()
    with committed():
        page.save_revision()
    assert found(editor, "fonderie") == ["Une fonderie"]


def test_deleted_page_leaves_nothing_behind(lorraine, editor):
    page = draft(lorraine.section, "Une fonderie", "Du bronze")
    key = DraftEntry.objects.get(pk=page.pk).key
    page.delete()
    assert found(editor, "bronze") == []
    assert not DraftText.objects.filter(pk=page.pk).exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM search_draft_words WHERE rowid = %s", [key])
            assert cursor.fetchone() == (0,)


def test_indexing_drafts_ends_no_cached_response(lorraine):
    page = draft(lorraine.section, "Une fonderie", "Du bronze")
    make_article(lorraine.section, "Un four")
    before = content_version()
    rewrite(page, title="Deux fonderies")
    index_pages(*Page.objects.all())
    assert content_version() == before


def test_renamed_and_deleted_records_are_followed_in_drafts(lorraine, editor, committed):
    topic, person = make_topic("Métallurgie"), make_person("Zénobie Quartz")
    page = draft(lorraine.section, "Une fonderie")
    version = page.get_latest_revision_as_object()
    version.bylines.add(version.bylines.model(person=person))
    with_topic(version, topic)
    topic.name, person.name = "Sidérurgie", "Zénobie Béryl"
    with committed():
        topic.save()
        person.save()
    assert found(editor, "sidérurgie") == found(editor, "Béryl") == ["Une fonderie"]
    with committed():
        person.delete()
    assert found(editor, "Béryl") == []
    assert differences() == 0


def test_many_drafts_are_indexed_in_the_background(lorraine, editor, monkeypatch):
    monkeypatch.setattr(index, "MAX_AT_ONCE", 2)
    pages = [complete_draft(lorraine, editor, f"Une fonderie {number}") for number in range(3)]
    index_drafts_later([page.pk for page in pages])
    assert found(editor, "fonderie") == []
    work_off()
    assert len(found(editor, "fonderie")) == 3


def test_drafts_saved_together_are_indexed_at_the_end(lorraine, editor):
    with indexed_together():
        complete_draft(lorraine, editor, "Une fonderie")
        assert found(editor, "fonderie") == []
    assert found(editor, "fonderie") == ["Une fonderie"]


def test_unreadable_version_does_not_keep_others_out(lorraine, editor, caplog):
    broken, other = (draft(lorraine.section, f"Une fonderie {number}") for number in range(2))
    type(broken.latest_revision).objects.filter(pk=broken.latest_revision_id).update(content={"body": "{"})
    index_pages(broken, other)
    assert "Une fonderie 1" in found(editor, "fonderie")


def test_saving_a_draft_again_costs_few_queries(lorraine, editor, django_assert_max_num_queries):
    page = draft(lorraine.section, "Une fonderie", "Du bronze et de l’étain.")
    rewrite(page, body=paragraph("Du bronze, de l’étain et du zinc."))
    page.save_revision()
    with django_assert_max_num_queries(24):
        index_pages(page)


def test_check_repairs_and_rebuild_fills_the_index(lorraine, editor):
    page = draft(lorraine.section, "Une fonderie", "Du bronze")
    DraftEntry.objects.filter(pk=page.pk).delete()
    with pytest.raises(CommandError, match="differs"):
        call_command("check_search", "--dry-run", stdout=StringIO())
    call_command("check_search", stdout=StringIO())
    assert found(editor, "bronze") == ["Une fonderie"]
    DraftEntry.objects.all().delete()
    call_command("check_search", "--rebuild", stdout=StringIO())
    assert found(editor, "bronze") == ["Une fonderie"]
    assert differences() == 0


def test_scheduler_fills_the_index_after_the_upgrade(lorraine, editor):
    work_off()
    page = draft(lorraine.section, "Une fonderie", "Du bronze")
    DraftEntry.objects.all().delete()
    entries = IndexEntry.objects.count()
    follow_analysis(timezone.now())
    work_off()
    assert found(editor, "bronze") == [page.draft_title]
    assert IndexEntry.objects.count() == entries
    assert not checking.has_outdated_analysis()
    assert compare_index.module_path
