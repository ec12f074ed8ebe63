"""A site is the same after its import into another installation, or beside its original."""

import errno
import subprocess
import sys
from io import StringIO

import pyrage
import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db.models import CharField, FileField, Value
from django.db.models.functions import Concat
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Site

from articles.models import ArticlePage
from events.models import ProposalPicture
from portal.content.records.settings import SiteSettings
from portal.content.records.topics import Topic
from portal.editorial.records.taken_over import TEXT_TAKEN_OVER
from portal.editorial.roles import Role, group_of, homes_of
from portal.env import BASE_DIR
from portal.media.models import Image
from portal.newsletter.issuing import send_issue
from portal.newsletter.models import Sending, Subscriber
from portal.readership.models import SubjectDay
from portal.readership.newsroom.figures import Period, subjects
from portal.sites.data.errors import TransferError
from portal.sites.data.rules import RULES, UNKNOWN, exported_models, rule_of
from portal.sites.transfer.exporting import export_site
from portal.sites.transfer.staging import FILES_OF_READERS
from tests.builders import reader_of
from tests.sites.canonical import canonical, differences
from tests.sites.full_site import FOREIGN_LINK


def article() -> ArticlePage:
    """The newest article of this title."""
    return ArticlePage.objects.filter(title="Article complet").order_by("pk").last()


def test_every_model_has_a_rule():
    models = apps.get_models(include_auto_created=True)

    assert [model._meta.label for model in models if rule_of(model) is UNKNOWN] == []


def test_every_rule_is_of_an_existing_model():
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    # One of them is a table of Wagtail's search on SQLite only.
    assert set(RULES) - models <= {"wagtailsearch.SQLiteFTSIndexEntry"}


def test_site_of_these_tests_has_a_row_of_every_exported_model(exported, db):
    assert {model._meta.label for model in exported_models()} - set(exported.found.rows) == set()


def test_files_of_people_stay_out_of_staging_copies():
    with_files = {
        model._meta.label
        for model in exported_models()
        if rule_of(model).people and any(isinstance(each, FileField) for each in model._meta.fields)
    }

    assert with_files <= set(FILES_OF_READERS)


def test_imported_site_has_the_same_export(exported, moved, tmp_path):
    found = export_site(moved.site, tmp_path / "again.zip")

    assert differences(canonical(exported.file), canonical(tmp_path / "again.zip")) == []
    assert not moved.is_copy
    # References to the other site were not exported.
    assert exported.found.left_out > 0
    assert found.left_out == 0


def test_copy_beside_its_original_is_independent(exported, moved, tmp_path):
    copy = exported.bring("copy.localhost", and_mail=True)

    found = export_site(copy.site, tmp_path / "copy.zip")

    assert differences(canonical(exported.file), canonical(tmp_path / "copy.zip")) == []
    assert copy.is_copy
    assert found.left_out == 0


def test_readers_find_its_pages_pictures_and_dates_at_its_own_host(moved):
    reader = reader_of("moved.localhost")

    page = reader.get(f"/fr/rubrique/{article().slug}/")
    section = reader.get("/fr/rubrique/").content.decode()
    found = reader.get("/fr/recherche/?q=complet").content.decode()
    calendar = reader.get("/fr/rubrique/agenda.ics")

    assert page.status_code == 200
    assert 'href="http://moved.localhost/fr/rubrique/"' in page.content.decode()
    assert FOREIGN_LINK in page.content.decode()
    assert "vosges.localhost" not in page.content.decode()
    assert "Article complet" in section
    assert f"/fr/rubrique/{article().slug}/" in found
    assert calendar.status_code == 200
    assert "Série complète" in calendar.content.decode()
    for picture in Image.objects.all():
        assert picture.file.storage.exists(picture.file.name)


def test_import_replaces_the_default_site(moved):
    assert [site.hostname for site in Site.objects.all()] == ["moved.localhost"]
    assert moved.site.is_default_site
    assert {page.title for page in Page.objects.filter(depth=2)} == {home.title for home in homes_of(moved.site)}
    root = Page.get_first_root_node()
    assert root.numchild == root.get_children().count() == len(homes_of(moved.site))
    assert Page.find_problems() == ([], [], [], [], [])


def test_views_are_imported_for_existing_topics_and_authors(exported, moved):
    copy = exported.bring("copy.localhost", and_mail=True).site

    for site in (moved.site, copy):
        topic = Topic.objects.get(pk=SubjectDay.objects.get(site=site, kind="topic").key)
        assert topic.site == site
        shown = [(row.kind, row.name, row.views) for row in subjects(site, Period.of_days(30, timezone.localdate()))]
        # Views of a network author without a story here are not exported.
        assert shown == [("topic", topic.name, 3), ("author", "Autrice du réseau", 4), ("search", "", 4)]


def test_earlier_version_can_be_restored(exported, moved):
    original = article()
    exported.bring("copy.localhost", and_mail=True)
    copy = article()
    bylines = list(original.bylines.values_list("pk", "person"))

    copy.revisions.order_by("pk").first().as_object().save()

    assert copy.pk != original.pk
    assert list(ArticlePage.objects.get(pk=original.pk).bylines.values_list("pk", "person")) == bylines


def test_new_account_has_its_role_and_no_password(moved):
    editor = get_user_model().objects.get(groups=group_of(moved.site, Role.EDITOR))

    assert not editor.has_usable_password()
    assert article().permissions_for_user(editor).can_edit()


def test_authors_of_copied_texts_are_imported(moved):
    approver = get_user_model().objects.get(groups=group_of(moved.site, Role.APPROVER))

    entry = PageLogEntry.objects.get(page=article().pk, action=TEXT_TAKEN_OVER)

    assert entry.data == {"authors": [approver.pk], "author": approver.pk}


def test_sent_issue_is_not_sent_again(moved):
    sending = Sending.objects.get(subject="Numéro")
    issue = sending.issue
    for page in (issue, sending.newsletter):
        Page.objects.filter(pk=page.pk).update(live=True)
    issue.refresh_from_db()

    assert send_issue(issue) is None


def test_interrupted_issue_waits_for_an_editor(moved):
    assert Sending.objects.get(subject="Numéro").state == Sending.State.PAUSED


def test_copy_beside_its_original_mails_readers_only_on_request(exported, moved):
    with pytest.raises(TransferError, match="--staging"):
        exported.bring("copy.localhost")

    assert not Site.objects.filter(hostname="copy.localhost").exists()


def test_link_to_unsubscribe_in_an_earlier_mail_works_after_the_move(exported, moved):
    reader = reader_of("moved.localhost")

    shown = reader.get(exported.unsubscribing)

    assert shown.status_code == 200
    assert "z…@reader.example" in shown.content.decode()


def test_link_of_an_earlier_mail_is_not_found_in_a_copy(exported, moved):
    exported.bring("copy.localhost", and_mail=True)

    assert reader_of("copy.localhost").get(exported.unsubscribing).status_code == 404


def test_export_without_people_names_no_reader_and_no_account(exported, tmp_path):
    for label, rows in canonical(exported.without_people).items():
        assert "@reader.example" not in str(rows), label
        assert "@portal.example" not in str([row for row in rows if "sender_address" not in row]), label
    assert "wagtailcore.Page" in canonical(exported.without_people)


def test_encrypted_export_needs_its_key(moved, settings, tmp_path):
    manual = (BASE_DIR / "docs" / "operations.md").read_text()
    [line] = [line for line in manual.splitlines() if line.startswith("(umask 077;")]
    subprocess.run(line.replace(".venv/bin/python", sys.executable), shell=True, cwd=tmp_path, check=True)
    right = tmp_path / "export-key.txt"
    (tmp_path / "wrong").write_text(str(pyrage.x25519.Identity.generate()))
    settings.EXPORT_RECIPIENT = right.read_text().partition("public key: ")[2].split()[0]
    output = StringIO()
    call_command("export_site", "moved.localhost", to=tmp_path, stdout=output)
    (file,) = tmp_path.glob("moved.localhost-*.site.zip")

    def bring(identity: str) -> None:
        facts = {"host": "copy.localhost", "port": 80, "and_mail": True, "checksum": output.getvalue().split()[-1]}
        call_command("import_site", file, identity=identity, stdout=StringIO(), **facts)

    with pytest.raises(CommandError, match="--identity"):
        bring("")
    with pytest.raises(CommandError, match="a different key"):
        bring(str(tmp_path / "wrong"))
    bring(str(right))

    assert right.stat().st_mode & 0o077 == 0
    assert b"rows/" not in file.read_bytes()
    assert Site.objects.filter(hostname="copy.localhost").exists()


def test_export_overwrites_no_existing_file_or_link(moved, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (tmp_path / "site.zip.unfinished").symlink_to(precious)

    with pytest.raises(TransferError, match="cannot be written"):
        export_site(moved.site, tmp_path / "site.zip")

    assert precious.read_text() == "kept"
    assert (tmp_path / "site.zip.unfinished").is_symlink()


class TestStaging:
    @pytest.fixture
    def staging(self, exported, moved):
        return exported.bring("staging.localhost", staging=True).site

    def test_staging_copy_is_noindex_and_not_in_the_network(self, staging):
        home = reader_of("staging.localhost").get("/fr/")
        neighbour = reader_of("moved.localhost").get("/fr/").content.decode()

        assert home.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "staging.localhost" not in neighbour

    def test_staging_copy_has_no_address_of_a_reader(self, staging, tmp_path):
        export_site(staging, tmp_path / "staging.zip")

        rows = canonical(tmp_path / "staging.zip")

        assert "@reader.example" not in str(rows)
        assert "Nadia" not in str(rows)
        assert "Weber" not in str(rows)
        file = ProposalPicture.objects.filter(proposal__site=staging).first().file
        assert not file.storage.exists(file.name)
        assert {each.address.partition("@")[2] for each in Subscriber.objects.filter(site=staging)} == {
            "staging.invalid",
            "",
        }

    def test_copy_of_a_staging_copy_stays_one(self, staging, tmp_path):
        checksum = export_site(staging, tmp_path / "staging.zip").checksum
        out = StringIO()

        facts = {"host": "second.localhost", "port": 80, "and_mail": True, "checksum": checksum}
        call_command("import_site", tmp_path / "staging.zip", stdout=out, **facts)

        assert "remains one: it sends no mails" in out.getvalue()

    def test_staging_accounts_have_no_personal_names(self, exported, moved):
        get_user_model().objects.all().update(email="", username=Concat(Value("old-"), "pk", output_field=CharField()))

        site = exported.bring("staging.localhost", staging=True).site

        new = get_user_model().objects.get(groups=group_of(site, Role.EDITOR))
        assert (new.username.partition("-")[0], new.first_name) == ("person", "Person")

    def test_staging_copy_has_personal_data_on_request(self, exported, moved):
        site = exported.bring("staging.localhost", staging=True, keep_addresses=True).site

        assert Subscriber.objects.filter(site=site, address="rosa@reader.example").exists()

    def test_newsletters_and_imports_of_a_staging_copy_are_paused(self, staging):
        sending = Sending.objects.get(site=staging, subject="Numéro")
        subscriptions = apps.get_model("events.Subscription").objects.filter(calendar__path__startswith="0001")

        assert sending.state == Sending.State.PAUSED
        assert [each.is_active for each in subscriptions.order_by("pk")] == [True, False]
        assert not SiteSettings.for_site(staging).announces_pages


def test_export_to_a_full_disk_is_reported(moved, tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("portal.sites.transfer.exporting.copyfileobj", fail)
    with pytest.raises(TransferError, match=f"There is no space left in {tmp_path}"):
        export_site(moved.site, tmp_path / "full.site.zip")
    assert not list(tmp_path.glob("full.site.zip*"))
