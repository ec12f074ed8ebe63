"""A site administrator imports an export in the newsroom: proposal, dry run, import, report, undo."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook
from wagtail.models import Page, PageLogEntry

from events.models import CalendarPage
from home.models import SectionPage
from portal.editorial.roles import Role
from portal.moving.models import ImportedItem, ImportRun, ImportSource
from portal.moving.newsroom import tasks
from portal.moving.newsroom.runs import BEGUN, BEGUN_LIVE, begin, change_state
from portal.moving.periodic import RETENTION, delete_old_exports
from portal.moving.wording import counted
from tests.builders import SampleSite, newsroom_client, work_off
from tests.moving.conftest import POSTS, act, page_of, sent, shown, upload
from tests.moving.exports import OLD, item

pytestmark = pytest.mark.usefixtures("media")
State = ImportRun.State


def test_uploaded_export_is_read_in_the_background_and_proposed(administrator, lorraine):
    waiting = upload(administrator, lorraine, *POSTS)
    assert "data-import-progress" in waiting.content.decode()
    work_off()

    page = shown(administrator, "moving_run", ImportRun.objects.get().pk)

    assert page.count('method="post"') == page.count("csrfmiddlewaretoken")
    assert "posts (3)" in page
    assert "Économie" in page


def test_dry_run_stores_no_page_and_reports_what_would_be_imported(administrator, proposed):
    before = Page.objects.count()

    act(administrator, proposed, "try")

    assert "Dry run: nothing is stored" in shown(administrator, "moving_run", proposed.pk)
    assert proposed.report["counts"] == {"post": 3}
    assert (Page.objects.count(), ImportSource.objects.count()) == (before, 0)


def test_import_creates_drafts_by_the_corrected_proposal(administrator, proposed):
    act(administrator, proposed, "import", **{"becomes-0": "section", "name-0": "Entreprises"})

    assert proposed.state == State.DONE
    assert page_of(1).get_parent().title == "Entreprises"
    assert not page_of(1).live
    assert page_of(1).workflow_in_progress


def test_history_of_the_home_page_names_who_started_the_import(administrator, imported, lorraine, newsroom):
    entry = PageLogEntry.objects.get(action=BEGUN)

    assert (entry.page_id, entry.user) == (lorraine.home.pk, newsroom[Role.SITE_ADMINISTRATOR])
    assert "Ancien site" in entry.message


def test_going_live_without_a_review_must_be_confirmed(administrator, proposed):
    page = act(administrator, proposed, "import", is_live="yes")

    assert "Confirm it, or choose drafts." in page
    assert proposed.state == State.PROPOSED


def test_dry_run_needs_no_confirmation_and_the_choice_stays(administrator, proposed):
    act(administrator, proposed, "try", is_live="yes")

    page = shown(administrator, "moving_run", proposed.pk)
    assert "Dry run: nothing is stored" in page
    assert re.search(r'value="yes"[^>]* checked', page)


def test_continuing_does_not_replace_the_confirmation(administrator, proposed):
    act(administrator, proposed, "try", is_live="yes")

    act(administrator, proposed, "continue")

    assert proposed.state == State.PROPOSED
    assert not ImportedItem.objects.exists()


def test_confirmed_live_import_publishes_and_is_logged(administrator, proposed, lorraine):
    act(administrator, proposed, "import", is_live="yes", is_certain="on")

    assert page_of(1).live
    assert "WITHOUT A REVIEW" in PageLogEntry.objects.get(action=BEGUN_LIVE).message


def test_empty_section_of_a_new_site_is_named_until_somebody_edits_it(
    administrator, proposed, lorraine, saar, newsroom
):
    def add_section(ground: SampleSite, title: str) -> SectionPage:
        section = SectionPage(title=title, locale=ground.home.locale, show_in_menus=True)
        ground.home.add_child(instance=section)
        section.add_child(instance=CalendarPage(title="Agenda", locale=section.locale))
        section.save_revision().publish()
        return section

    section = add_section(lorraine, "À la une")
    add_section(saar, "Aktuelles")
    act(administrator, proposed, "import")

    page = shown(administrator, "moving_run", proposed.pk)
    assert "The section “À la une” is published, but still empty." in page
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[section.pk])}"' in page
    assert "Aktuelles" not in page
    section.title = "Dossiers"
    section.save_revision(user=newsroom[Role.SITE_ADMINISTRATOR])
    assert "still empty" not in shown(administrator, "moving_run", proposed.pk)


def test_report_shows_old_and_new_text_side_by_side(administrator, imported):
    listed = shown(administrator, "moving_report", imported.pk, show="all")
    row = ImportedItem.objects.get(kind="page", key="1")
    page = shown(administrator, "moving_item", imported.pk, row.pk)

    assert f"{OLD}/2024/05/nouvelle-1/" in listed
    assert page.count("Le texte 1") >= 2


def test_report_lists_links_that_lead_nowhere(administrator, lorraine):
    upload(administrator, lorraine, item("Un", f'<a href="{OLD}/parti/">parti</a>', wp_id=1), item("Deux", "x"))
    work_off()
    run = ImportRun.objects.get()
    act(administrator, run, "import")

    page = shown(administrator, "moving_report", run.pk, show="links")

    assert f"{OLD}/parti/" in page
    assert "Deux" not in page


def test_report_is_a_spreadsheet(administrator, imported):
    response = administrator.get(reverse("moving_report_file", args=[imported.pk, "xlsx"]))

    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert [row[1] for row in rows[1:]] == ["Nouvelle 1", "Nouvelle 2", "Nouvelle 3"]


def test_import_is_undone(administrator, imported):
    act(administrator, imported, "undo")

    assert imported.state == State.UNDONE
    assert not Page.objects.filter(title__startswith="Nouvelle")
    assert not ImportSource.objects.exists()


def test_undone_import_reports_what_it_deleted(administrator, imported):
    act(administrator, imported, "undo")

    page = shown(administrator, "moving_run", imported.pk)
    # Three stories and their section.
    assert "pages deleted (4)" in page
    assert "new: article" not in page


def test_second_import_begins_with_the_choices_of_the_first(administrator, proposed, lorraine, saar):
    act(administrator, proposed, "import", **{"becomes-0": "section", "name-0": "Entreprises"})
    more = [item(f"Autre {n}", "Le texte", wp_id=n, categories=("uni",)) for n in range(4, 8)]

    upload(administrator, lorraine, *POSTS, *more)
    work_off()
    run = ImportRun.objects.get(state=State.PROPOSED)

    page = shown(administrator, "moving_run", run.pk)
    assert "These are the choices of the last import of this site" in page
    assert 'value="Entreprises"' in page
    assert run.mapping["sections"] == {"eco": "Entreprises", "uni": "Uni"}


def test_import_into_another_site_does_not_begin_with_these_choices(administrator, proposed, lorraine, saar):
    choices = {"mapping": {"sections": {"eco": "Geheim"}}, "terms": ["category:eco"]}
    ImportSource.objects.create(site=saar.site, locale=lorraine.home.locale, address=OLD, choices=choices)

    upload(administrator, lorraine, *POSTS)
    work_off()

    assert "Geheim" not in shown(administrator, "moving_run", ImportRun.objects.latest("pk").pk)


def test_enter_key_in_a_name_starts_a_dry_run(administrator, proposed):
    page = shown(administrator, "moving_run", proposed.pk)

    # Browsers press a form's first button.
    assert 0 < page.index('value="try"') < page.index('value="import"')


def test_first_field_to_correct_has_the_focus(administrator, proposed):
    page = act(administrator, proposed, "import", default_section="")

    (field,) = re.findall(r"<[^<>]+ autofocus[^<>]*>", page)
    assert 'name="default_section"' in field


def test_numbers_are_formatted_for_the_language():
    with override("de"):
        assert counted("Beiträge", 1200) == "Beiträge (1.200)"


def test_import_in_parts_equals_a_single_run(administrator, lorraine, monkeypatch):
    upload(administrator, lorraine, *(item(f"N {n}", "Texte", wp_id=n) for n in range(1, 121)))
    work_off()
    run = ImportRun.objects.get()
    monkeypatch.setattr(tasks, "PART_SECONDS", 0.0)

    act(administrator, run, "import")

    assert run.state == State.DONE
    assert run.report["counts"]["new: article"] == 120
    assert Page.objects.filter(title__startswith="N ").count() == 120


def test_stopped_import_continues(administrator, lorraine, newsroom, monkeypatch):
    upload(administrator, lorraine, *(item(f"N {n}", "Texte", wp_id=n) for n in range(1, 121)))
    work_off()
    run = ImportRun.objects.get()
    monkeypatch.setattr(tasks, "PULSE_SECONDS", 0.0)
    store = tasks._Pulse.store

    def stopping(pulse: Any, **facts: Any) -> None:
        if facts.get("done") == 50:
            change_state(ImportRun.objects.get(), newsroom[Role.SITE_ADMINISTRATOR], State.STOPPED)
        store(pulse, **facts)

    monkeypatch.setattr(tasks._Pulse, "store", stopping)
    act(administrator, run, "import")
    assert (run.state, Page.objects.filter(title__startswith="N ").count()) == (State.STOPPED, 50)
    monkeypatch.setattr(tasks._Pulse, "store", store)

    act(administrator, run, "continue")

    assert run.state == State.DONE
    assert Page.objects.filter(title__startswith="N ").count() == 120


def test_import_with_other_choices_waits_until_the_stopped_one_has_ended(administrator, lorraine, monkeypatch):
    upload(administrator, lorraine, *(item(f"N {n}", "Texte", wp_id=n) for n in range(1, 121)))
    work_off()
    run = ImportRun.objects.get()
    monkeypatch.setattr(tasks, "PULSE_SECONDS", 0.0)
    store, shown_then = tasks._Pulse.store, []

    def changing(pulse: Any, **facts: Any) -> None:
        if facts.get("done") == 50 and not shown_then:
            for form in ({"action": "stop"}, {"action": "change"}, sent(run, "import")):
                response = administrator.post(reverse("moving_run", args=[run.pk]), form, follow=True)
            shown_then.append(response.content.decode())
        store(pulse, **facts)

    monkeypatch.setattr(tasks._Pulse, "store", changing)
    act(administrator, run, "import", is_live="yes", is_certain="on")
    assert "The import is still stopping." in shown_then[0]
    assert run.state == State.PROPOSED

    act(administrator, run, "import")

    assert run.state == State.DONE
    assert Page.objects.filter(title__startswith="N ", live=True).count() == 50


def test_killed_import_that_was_stopped_continues(administrator, proposed):
    ImportRun.objects.filter(pk=proposed.pk).update(state=State.IMPORTING, claimed_until=timezone.now() + tasks.CLAIM)
    act(administrator, proposed, "stop")

    act(administrator, proposed, "continue")
    ImportRun.objects.filter(pk=proposed.pk).update(claimed_until=timezone.now())
    work_off(pauses=True)

    proposed.refresh_from_db()
    assert proposed.state == State.DONE


def test_import_that_was_stopped_is_not_shown_as_a_dry_run(administrator, imported):
    ImportRun.objects.filter(pk=imported.pk).update(state=State.STOPPED)
    act(administrator, imported, "change")

    page = shown(administrator, "moving_run", imported.pk)
    assert "What becomes of what" in page
    assert "Dry run: nothing is stored" not in page
    assert reverse("moving_report", args=[imported.pk]) in page


def test_two_imports_of_a_site_do_not_run_at_once(administrator, proposed, lorraine):
    upload(administrator, lorraine, *POSTS)
    work_off()
    ImportRun.objects.filter(pk=proposed.pk).update(state=State.IMPORTING)
    other = ImportRun.objects.exclude(pk=proposed.pk).get()

    page = act(administrator, other, "import")

    assert "Another import of this site is under way" in page
    assert other.state == State.PROPOSED


@pytest.mark.parametrize("name", ["moving_run", "moving_report"])
def test_import_of_another_site_is_not_found(imported, saar, newsrooms, name):
    stranger = newsroom_client(saar, newsrooms.saar[Role.SITE_ADMINISTRATOR])

    assert stranger.get(reverse(name, args=[imported.pk])).status_code == 404


def test_administrator_of_another_site_starts_nothing(proposed, saar, newsrooms):
    stranger = newsrooms.saar[Role.SITE_ADMINISTRATOR]

    response = newsroom_client(saar, stranger).post(reverse("moving_run", args=[proposed.pk]), {"action": "undo"})

    assert response.status_code == 404
    with pytest.raises(PermissionDenied):
        change_state(proposed, stranger, State.IMPORTING)
    with pytest.raises(PermissionDenied):
        begin(ImportRun(site=proposed.site, locale=proposed.locale, origin="x"), stranger)


def test_edition_of_another_site_cannot_be_chosen(administrator, saar):
    page = upload(administrator, saar, *POSTS).content.decode()

    assert "Saar" not in page
    assert not ImportRun.objects.exists()


def test_list_has_only_the_imports_of_the_users_sites(administrator, imported, saar):
    ImportRun.objects.create(site=saar.site, locale=saar.home.locale, origin="saar.xml", state=State.FAILED)

    page = shown(administrator, "moving")

    assert "Ancien site" in page
    assert "saar.xml" not in page


def test_import_ends_when_its_starter_no_longer_administers_the_site(administrator, proposed, newsroom):
    administrator.post(reverse("moving_run", args=[proposed.pk]), sent(proposed, "import"))
    newsroom[Role.SITE_ADMINISTRATOR].groups.clear()
    work_off()

    proposed.refresh_from_db()
    assert "no longer administers" in proposed.error
    assert not ImportedItem.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_others_of_the_newsroom_have_no_access(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    assert client.get(reverse("moving")).status_code in (302, 403)


def test_page_that_moved_to_another_site_is_not_shown(administrator, imported, saar):
    page = Page.objects.get(pk=page_of(1).pk).specific
    page.move(saar.section, "last-child")
    row = ImportedItem.objects.get(kind="page", key="1")

    seen = shown(administrator, "moving_item", imported.pk, row.pk)
    listed = shown(administrator, "moving_report", imported.pk, show="all")

    assert "in another site" in seen
    assert "Le texte 1" not in seen.partition("import-after")[2]
    assert saar.host not in seen + listed


def test_export_is_deleted_after_its_retention(imported, lorraine):
    name = imported.file.name
    lost = default_storage.save("imports/lost.xml", ContentFile(b"of a deleted site"))

    delete_old_exports(timezone.now() + RETENTION * 2)

    assert not default_storage.exists(name)
    assert not default_storage.exists(lost)
