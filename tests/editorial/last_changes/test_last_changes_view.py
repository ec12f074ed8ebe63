"""The newsroom shows who changed each passage of a page last."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from portal.content.kinds import kinds
from portal.editorial.approval.conflicts import save_conflicting_version
from portal.editorial.last_changes import views
from portal.editorial.last_changes.views import runs_of
from portal.editorial.roles import Role
from portal.editorial.translations import actions
from tests.builders import make_article, make_member, make_standard_page, newsroom_client
from tests.checkers.refusals import is_refused
from tests.editorial.actions import reload
from tests.editorial.drafts import draft
from tests.editorial.side_by_side import Window
from tests.project.samples import make_page_of

KEY, OTHER = str(uuid4()), str(uuid4())


def paragraph(*texts: str, key: str = KEY) -> dict:
    return {"type": "paragraph", "id": key, "value": "".join(f"<p>{text}</p>" for text in texts)}


def rewrite(page, author, **facts):
    """Save a version as the editor does, with an entry in the history."""
    newest = reload(page).get_latest_revision_as_object()
    for name, value in facts.items():
        setattr(newest, name, value)
    newest.save_revision(user=author, log_action=True)
    return reload(page)


@pytest.fixture
def people(newsroom):
    groups = newsroom[Role.EDITOR].groups.all()
    return {name: make_member(name.lower(), *groups, first_name=name) for name in ("Ada", "Bea", "Cleo")}


@pytest.fixture
def story(lorraine, people):
    """Ada's draft, in which Bea has changed the second sentence."""
    story = draft(
        lorraine, people["Ada"], "Une usine", body=[paragraph("La forge ferme. Elle employait dix personnes.")]
    )
    log(instance=story, action="wagtail.create", user=people["Ada"], revision=story.latest_revision)
    return rewrite(story, people["Bea"], body=[paragraph("La forge ferme. Elle employait vingt personnes.")])


def see(client, page) -> BeautifulSoup:
    response = client.get(reverse("last_changes", args=[page.pk]))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def authors(client, page) -> dict[str, str]:
    """What is shown beside each text."""
    return {
        " ".join(each.get_text() for each in row.select(".last-change__text p:not(.last-change__label)")):
        row.select_one(".last-change__by").get_text(" ", strip=True)
        for row in see(client, page).select(".last-change")
    }  # fmt: skip


@pytest.fixture
def client(lorraine, newsroom):
    return newsroom_client(lorraine, newsroom[Role.EDITOR])


def author_of(client, page, text: str) -> str:
    [found] = [by for words, by in authors(client, page).items() if text in words]
    return found


def test_changed_sentence_has_its_author_and_the_rest_of_the_paragraph_another(client, story):
    assert author_of(client, story, "vingt").startswith("Bea")
    assert author_of(client, story, "La forge ferme.").startswith("Ada")
    assert author_of(client, story, "Une usine").startswith("Ada")


def test_link_leads_to_the_comparison_with_the_version_before(client, story):
    [row] = [row for row in see(client, story).select(".last-change") if "vingt" in row.get_text()]
    before, after = story.revisions.order_by("created_at")

    assert row.a["href"] == reverse("wagtailadmin_pages:revisions_compare", args=[story.pk, before.pk, after.pk])
    compared = BeautifulSoup(client.get(row.a["href"]).content, "html.parser")
    assert [mark.get_text() for mark in compared.select(".deletion, .addition")] == ["dix", "vingt"]


def test_block_that_moves_keeps_its_author(client, story, people):
    body = [paragraph("Un nouveau chapeau.", key=OTHER), *story.get_latest_revision_as_object().body.get_prep_value()]
    rewrite(story, people["Cleo"], body=body)

    assert author_of(client, story, "vingt").startswith("Bea")
    assert author_of(client, story, "Un nouveau chapeau.").startswith("Cleo")


def test_link_or_emphasis_does_not_change_the_author(client, story, people):
    rewrite(story, people["Cleo"], body=[paragraph("La <b>forge</b> ferme. Elle employait vingt personnes.")])

    assert author_of(client, story, "La forge ferme.").startswith("Ada")


def test_restored_text_names_whoever_put_it_back_and_its_first_author(client, story, people):
    full = story.get_latest_revision_as_object().body
    rewrite(story, people["Cleo"], body=[])
    rewrite(story, people["Cleo"], body=full)

    text = author_of(client, story, "vingt")
    assert text.startswith("Cleo")
    assert "first written by Bea" in text


def test_conflicting_version_does_not_change_the_author(client, story, people):
    conflicting = story.get_latest_revision_as_object()
    conflicting.body = [paragraph("Tout autre chose.")]
    save_conflicting_version(conflicting, people["Cleo"], story.latest_revision)

    assert author_of(client, story, "La forge ferme.").startswith("Ada")


def test_deleted_account_is_named_as_such(client, story, people):
    people["Bea"].delete()

    assert author_of(client, story, "vingt").startswith("Deleted account")
    assert author_of(client, story, "La forge ferme.").startswith("Ada")


def test_text_of_deleted_versions_is_dated_before_the_oldest_one(client, story, people):
    rewrite(story, people["Cleo"], title="Une forge")
    story.revisions.order_by("created_at").first().delete()

    for text in ("La forge ferme.", "vingt"):
        shown = author_of(client, story, text)
        assert shown.startswith("Before")
        assert not [name for name in people if name in shown]
    assert author_of(client, story, "Une forge").startswith("Cleo")


@pytest.mark.parametrize(
    "kind", [each for each in kinds() if each.name == each.model.kind.name], ids=lambda each: each.name
)
def test_every_kind_of_page_has_its_text(lorraine, client, people, kind):
    page = make_page_of(kind.model, lorraine)
    rewrite(page, people["Bea"], title="Grünspan. Und Rost")

    assert author_of(client, page, "Grünspan. Und Rost").startswith("Bea")


def test_plain_page_has_its_text(lorraine, administrator, people):
    page = rewrite(make_standard_page(lorraine.home), people["Bea"], body=[paragraph("Nos bureaux ont déménagé.")])

    assert author_of(administrator, page, "déménagé").startswith("Bea")


def test_translation_names_its_translator(lorraine, client, people):
    story = make_article(lorraine.section, "Tramways", standfirst="Une ligne de plus.")
    translation = actions.start(story, lorraine.homes["de"].locale, people["Ada"])
    window = Window(newsroom_client(lorraine, people["Bea"]), translation)
    window.write("Standfirst", "Noch eine Linie.")
    window.send()

    assert author_of(client, translation, "Noch eine Linie.").startswith("Bea")
    assert author_of(client, translation, "Tramways").startswith("Text of the original")


def test_text_from_the_translation_memory_belongs_to_the_version_that_brought_it(lorraine, client, people):
    german = lorraine.homes["de"].locale
    story = make_article(lorraine.section, standfirst="Une ligne.")
    source, _created = TranslationSource.get_or_create_from_instance(story)
    [part] = source.stringsegment_set.filter(string__data="Une ligne.")
    stored = {"translation_of": part.string, "context": part.context, "locale": german, "data": "Eine Linie."}
    StringTranslation.objects.create(**stored, last_translated_by=people["Bea"])

    translation = Translation.objects.create(source=source, target_locale=german)
    translation.save_target(user=people["Ada"], publish=False)

    assert author_of(client, story.get_translation(german), "Eine Linie.").startswith("Ada")


def test_foreign_and_unknown_pages_are_refused(lorraine, saar, newsroom, client, story):
    decoy = make_article(saar.section, "Der Lockvogel")

    for page in (decoy.pk, 10**9):
        response = client.get(reverse("last_changes", args=[page]))
        assert is_refused(response) or response.status_code == 404
        assert "Lockvogel" not in response.content.decode()
    reader = lorraine.reader().get(reverse("last_changes", args=[story.pk]))
    assert reader.status_code == 302


def test_button_is_shown_to_those_who_may_see_the_history(lorraine, client, story):
    address = reverse("last_changes", args=[story.pk])

    assert address in client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()


def with_versions(page, number: int):
    """Add many versions, each with one changed sentence."""
    sentences = [f"Phrase {place} de la première version." for place in range(60)]
    versions = []
    for count in range(number):
        sentences[count % 60] = f"Phrase {count} de la version {count}."
        blocks = [
            paragraph(" ".join(sentences[place : place + 4]), key=f"00000000-0000-4000-8000-{place:012}")
            for place in range(0, 60, 4)
        ]
        draft = page.get_latest_revision_as_object()
        draft.body = blocks
        versions.append(
            Revision(
                content_object=page,
                base_content_type=page.get_base_content_type(),
                created_at=timezone.now() + timedelta(minutes=count),
                content=draft.serializable_data(),
                object_str=str(page),
            )
        )
    Revision.objects.bulk_create(versions)
    return reload(page)


def test_number_of_queries_does_not_depend_on_the_number_of_versions(story):
    counts = []
    for _more in range(2):
        page = with_versions(story, 30)
        with CaptureQueriesContext(connection) as captured:
            assert "version 29" in str(runs_of(page))
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 7


def test_text_of_unread_versions_is_dated_before_the_oldest_one_read(client, story, monkeypatch):
    monkeypatch.setattr(views, "MOST_VERSIONS", 1)

    assert author_of(client, story, "vingt").startswith("Before")
