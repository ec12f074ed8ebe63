"""The index follows every change of a page, and can be checked, repaired and rebuilt."""

from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import given, strategies as st
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing

from articles.models import ArticlePage
from portal.content.records.people import Person
from portal.platform.records.maintenance import MaintenanceRun
from search.engines import engine
from search.indexes import DRAFTS, PUBLIC
from search.indexing import checking, entries
from search.indexing.checking import upgrade_notice
from search.indexing.index import index_page, indexed_together
from search.indexing.streams import plain_text
from search.models import EntryText, IndexEntry
from search.periodic import compare_index, follow_analysis
from tests.builders import (
    change,
    make_article,
    make_document,
    make_draft,
    make_event,
    make_person,
    make_portrait,
    make_section,
    make_standard_page,
    make_topic,
    publish,
    work_off,
)
from tests.search.searching import paragraph, search, stories, titles

pytestmark = pytest.mark.django_db


def differences() -> int:
    return checking.check(repair=False).total


def test_live_page_is_found_at_once_by_its_current_text(lorraine):
    [page] = stories(lorraine, "Une fonderie neuve")
    assert titles(lorraine, "fonderie") == ["Une fonderie neuve"]
    change(page, title="Une scierie neuve")
    assert titles(lorraine, "fonderie") == []
    assert titles(lorraine, "scierie") == ["Une scierie neuve"]
    make_draft(page)
    assert titles(lorraine, "scierie") == []
    change(page, title="Une scierie neuve")
    assert titles(lorraine, "scierie") == ["Une scierie neuve"]
    assert differences() == 0


def test_pages_indexed_in_bulk_are_found_at_the_end(lorraine, saar):
    with indexed_together():
        stories(lorraine, "Une fonderie neuve")
        make_draft(*stories(lorraine, "Une fonderie close"))
        stories(saar, "Une fonderie sarroise")
        assert titles(lorraine, "fonderie") == []
    assert titles(lorraine, "fonderie") == ["Une fonderie neuve"]
    assert differences() == 0
    with pytest.raises(ZeroDivisionError), indexed_together():
        raise ZeroDivisionError
    stories(lorraine, "Une scierie neuve")
    assert titles(lorraine, "scierie") == ["Une scierie neuve"]


def test_pages_of_renamed_and_moved_sections_have_new_urls(lorraine):
    old, new = make_section(lorraine.home, "Ancienne"), make_section(lorraine.home, "Nouvelle")
    page = make_article(old, "Une fonderie neuve")
    change(old, slug="fabriques")
    assert search(lorraine, "fonderie").page_results[0].url == f"/fr/fabriques/{page.slug}/"
    page.move(new, pos="last-child")
    assert [result.section.label for result in search(lorraine, "fonderie").page_results] == ["Nouvelle"]
    assert titles(lorraine, "fonderie", section=new.slug) == ["Une fonderie neuve"]
    assert titles(lorraine, "fonderie", section="fabriques") == []
    assert differences() == 0


def test_copy_and_live_page_added_without_publishing_are_found(lorraine):
    [page] = stories(lorraine, "Une fonderie neuve")
    page.copy(to=lorraine.section, update_attrs={"slug": "copie", "title": "Une fonderie copiée"})
    added = type(page)(title="Une fonderie ajoutée", slug="ajoutee", locale=page.locale)
    lorraine.section.add_child(instance=added)
    assert len(titles(lorraine, "fonderie")) == 3
    assert differences() == 0


def test_renamed_topic_and_person_are_found_by_their_new_names(lorraine):
    topic, person = make_topic("Sylviculture"), make_person("Anne Tisserand")
    make_article(lorraine.section, "Un texte", topics=[topic], authors=[person])
    topic.name = "Charpente"
    topic.save()
    person.name = "Anne Forgeron"
    person.save()
    assert titles(lorraine, "sylviculture") == titles(lorraine, "tisserand") == []
    assert titles(lorraine, "charpente") == titles(lorraine, "forgeron") == ["Un texte"]
    topic.delete()
    Person.objects.all().delete()
    assert titles(lorraine, "charpente") == titles(lorraine, "forgeron") == []
    assert differences() == 0


def test_every_text_of_a_page_is_found(lorraine):
    body = [
        {"type": "heading", "value": {"text": "Unititre", "level": "h2"}},
        {"type": "paragraph", "value": "<p>Un <b>biparagraphe</b> &amp; plus</p>"},
        {"type": "fact_box", "value": {"title": "Triencadré", "text": "<p>quadricontenu</p>"}},
        {"type": "quote", "value": {"text": "Quinticitation", "source": "Sextisource", "role": ""}},
        {"type": "key_figures", "value": {"title": "", "figures": [{"value": "42", "label": "septichiffre"}]}},
        {
            "type": "table",
            "value": {
                "caption": "octilégende",
                "table": {
                    "columns": [{"type": "text", "heading": "nonicolonne"}],
                    "rows": [{"values": ["décicellule"]}],
                    "caption": "",
                },
            },
        },
    ]
    make_portrait(lorraine.section, "Portrait", body=body, lead_image_caption="undécilégende", sector="duodécisecteur")
    make_event(lorraine.calendar, "Soirée", place="Tredécilieu", body=body[1:2])
    for word in (
        "unititre", "triencadré", "quadricontenu", "quinticitation", "sextisource", "septichiffre", "octilégende",
        "nonicolonne", "décicellule", "undécilégende", "duodécisecteur",
    ):  # fmt: skip
        assert titles(lorraine, word) == ["Portrait"], word
    assert titles(lorraine, "tredécilieu") == ["Soirée"]
    assert set(titles(lorraine, "biparagraphe")) == {"Portrait", "Soirée"}


def test_choices_and_form_fields_are_not_indexed(lorraine):
    question = {"type": "item", "id": "1", "value": {"label": "Votre septiquestion", "kind": "line"}}
    value = {"title": "La fiche", "text": "Unicontenu", "document": None, "questions": [question]}
    body = [
        {"type": "call_out", "value": {"tone": "important", "title": "", "text": "<p>oui</p>"}},
        {"type": "sheet", "value": {**value, "marketing": "J’accepte le bidémarchage", "keeping": "180"}},
    ]
    make_article(lorraine.section, "Un texte", body=body)
    assert titles(lorraine, "unicontenu") == ["Un texte"]
    for word in ("important", "septiquestion", "bidémarchage"):
        assert titles(lorraine, word) == []


def test_sections_and_plain_pages_are_found(lorraine):
    make_section(lorraine.home, "Transfrontalier", introduction="Entre trois pays")
    make_standard_page(lorraine.home, "Mentions", introduction="Hébergeur et droits")
    assert titles(lorraine, "transfrontalier") == ["Transfrontalier"]
    assert titles(lorraine, "hébergeur") == ["Mentions"]


def test_text_inside_attached_and_linked_files_is_found(lorraine):
    note = BytesIO()
    with ZipFile(note, "w") as archive:
        words = "<w:r><w:t>La houil</w:t></w:r><w:r><w:t>lère cachée</w:t></w:r>"
        archive.writestr("word/document.xml", f'<w:document xmlns:w="urn:w"><w:p>{words}</w:p></w:document>')
    office = make_document("Note", "note.docx", note.getvalue())
    plain = make_document("Liste", "liste.txt", "Un chevalement rouillé".encode())
    broken = make_document("Cassé", "casse.pdf", b"%PDF-1.4 nothing")
    blocks = [{"type": "download", "value": {"document": each.pk, "title": ""}} for each in (office, broken)]
    link = f'Lire <a linktype="document" id="{plain.pk}">la liste</a>'
    make_article(lorraine.section, "Dossier", body=[*blocks, *paragraph(link)])
    work_off()
    assert titles(lorraine, "houillère") == titles(lorraine, "chevalement") == ["Dossier"]


def test_check_finds_and_repairs_damage_of_a_crash(lorraine):
    lost, stale, hidden, wordless = (make_article(lorraine.section, f"Une fonderie {n}") for n in range(4))
    IndexEntry.objects.filter(pk=lost.pk).delete()
    type(stale).objects.filter(pk=stale.pk).update(standfirst="changé sans signal")
    Page.objects.filter(pk=hidden.pk).update(live=False)
    with connection.cursor() as cursor:
        key = IndexEntry.objects.get(pk=wordless.pk).key
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM search_words WHERE rowid = %s", [key])
            cursor.execute("INSERT INTO search_words (rowid, title) VALUES (7, 'fonder')")
        else:
            cursor.execute("UPDATE search_indexentry SET words = NULL WHERE key = %s", [key])
    found = checking.check(repair=False)
    strays = int(connection.vendor == "sqlite")
    assert (found.missing, found.outdated, found.unwanted, found.wordless, found.stray) == (1, 1, 1, 1, strays)
    with pytest.raises(CommandError, match="differs"):
        call_command("check_search", "--dry-run", stdout=StringIO())
    call_command("check_search", stdout=StringIO())
    assert differences() == 0
    assert set(titles(lorraine, "fonderie")) == {lost.title, stale.title, wordless.title}


def test_scheduler_rebuilds_an_outdated_index_once_after_an_upgrade(lorraine, monkeypatch):
    work_off()
    for index in (PUBLIC, DRAFTS):
        checking.check(index, repair=True)
    make_article(lorraine.section, "Une fonderie neuve")
    assert upgrade_notice() == ""

    for module in (checking, entries):
        monkeypatch.setattr(module, "ANALYSIS_VERSION", 1000)
    assert "until then some words are not found" in upgrade_notice()
    outdated = differences()
    for _minute in range(2):
        follow_analysis(timezone.now())
    assert DBTaskResult.objects.filter(task_path=compare_index.module_path).count() == 1
    work_off()

    assert (outdated > 0, differences(), upgrade_notice()) == (True, 0, "")
    assert MaintenanceRun.objects.get(name="search").is_well
    follow_analysis(timezone.now())
    assert not DBTaskResult.objects.ready().exists()


@pytest.mark.parametrize(("many", "times"), [(1, 1), (2, 0)])
def test_index_is_optimized_only_after_many_repairs(lorraine, monkeypatch, many, times):
    for number in range(2):
        make_article(lorraine.section, f"Une fonderie {number}")
    IndexEntry.objects.filter(text__title__startswith="Une fonderie").delete()
    optimized = []
    monkeypatch.setattr(checking, "OPTIMIZE_AFTER", many)
    monkeypatch.setattr(type(engine()), "optimize", lambda self: optimized.append(self))
    assert checking.check(repair=True).missing == 2
    assert len(optimized) == times


def test_rebuild_writes_every_entry_and_never_shows_empty_results(lorraine):
    make_article(lorraine.section, "Une fonderie neuve")
    seen = []
    checking.rebuild(report=lambda count: seen.append(titles(lorraine, "fonderie")))
    assert seen
    assert all(found == ["Une fonderie neuve"] for found in seen)
    assert differences() == 0


def test_checking_an_up_to_date_index_writes_nothing(lorraine, django_assert_max_num_queries):
    make_article(lorraine.section, "Une fonderie neuve")
    checking.check(repair=True)
    before = list(EntryText.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(600) as captured:
        checking.check(repair=True)
    assert not [q for q in captured if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert list(EntryText.objects.values_list("pk", flat=True)) == before


def test_publishing_one_page_costs_few_queries(lorraine, django_assert_max_num_queries):
    page = ArticlePage(title="Texte", slug="t", locale=lorraine.section.locale)
    publish(page, lorraine.section)
    with django_assert_max_num_queries(26):
        index_page(page)


@given(
    html=st.lists(
        st.sampled_from(["<p>", "</p>", "<b>", "</B>", "<br/>", "<BR />", "<hr/>", "<li>", "</li>", "</h2>", '<a id="3">',
                         "</a>", "&lt;", "&amp;", "&nbsp;", "<", ">", "< b", "un", " ", "\n", "<!-- c -->", "é"]),
        max_size=14,
    ).map("".join)
)  # fmt: skip
def test_text_of_rich_text_equals_that_of_wagtail(html):
    assert plain_text(html).split() == get_text_for_indexing(html).split()
