"""One person's data: complete, from the user's own sites only, and without credentials."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import CharField, EmailField, JSONField, TextField
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Comment, Page, PageLogEntry

from portal.content.mail import compose, enqueue
from portal.content.personal_data import erase, export, personal_data_sources
from portal.editorial.guests.answers import record_remark
from portal.editorial.records.invitations import GuestRemark, ReviewInvitation
from portal.editorial.roles import Role
from portal.newsletter.importing.running import store_list
from portal.newsletter.models import ListImport, Subscriber
from tests.builders import SampleSite, make_article, make_newsroom, newsroom_client
from tests.newsletter.makers import make_newsletter, make_subscriber

ADDRESS = "anna@reader.example"
SECRET = "https://lorraine.localhost/secret-link"


def queue_mail(ground: SampleSite, text: str) -> None:
    enqueue(
        [compose("form_confirmation", {"title": text, "text": SECRET}, to=ADDRESS, language="fr", site=ground.site)]
    )


@pytest.fixture
def administrator(lorraine):
    return newsroom_client(lorraine, make_newsroom(lorraine)[Role.SITE_ADMINISTRATOR])


def mails() -> set[str]:
    return {task.args_kwargs["args"][0]["subject"] for task in DBTaskResult.objects.all()}


def test_administrator_sees_mails_of_the_own_site_without_their_text(lorraine, saar, administrator):
    queue_mail(lorraine, "Un message lorrain")
    queue_mail(saar, "Eine Nachricht der Saar")

    shown = administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": "show"}).content.decode()
    file = administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": "export"})

    for shown_text in (shown, file.content.decode()):
        assert "Lorraine" in shown_text
        assert "Saar" not in shown_text
        assert "secret-link" not in shown_text
        assert "message lorrain" not in shown_text


def test_administrator_erases_mails_of_the_own_site_only(lorraine, saar, administrator):
    queue_mail(lorraine, "Un message lorrain")
    queue_mail(saar, "Eine Nachricht der Saar")
    stored = {subject for subject in mails() if "Saar" in subject}

    administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": "erase"})

    assert mails() == stored
    assert stored


def test_command_shows_no_login_link(lorraine, capsys):
    queue_mail(lorraine, "Un message")

    call_command("personal_data", "export", ADDRESS)

    shown = capsys.readouterr().out
    assert "Lorraine" in shown
    assert "secret-link" not in shown


def test_erasure_names_the_remaining_account(lorraine, capsys):
    editor = make_newsroom(lorraine)[Role.EDITOR]

    call_command("personal_data", "erase", editor.email.upper())

    message = capsys.readouterr()
    assert f"The account {editor.username} has this address and is unchanged" in message.err
    assert "Requests for a new password: 0" in message.out


def test_subscribers_of_newsletters_are_shown_and_erased_by_site(lorraine, saar, administrator):
    make_subscriber(lorraine, ADDRESS)
    other = make_subscriber(saar, ADDRESS)

    shown = administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": "show"}).content.decode()
    administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": "erase"})

    assert "Newsletters (1)" in shown
    assert list(Subscriber.objects.all()) == [other]


def test_address_is_removed_from_a_waiting_import(lorraine, saar):
    for ground in (lorraine, saar):
        content = f"email\n{ADDRESS.upper()}\nleon@reader.example\n".encode()
        store_list(make_newsletter(ground), "list.csv", content)

    erase(ADDRESS, [lorraine.site])

    lists = [[cells for _line, cells in each.table["lines"]] for each in ListImport.objects.order_by("pk")]
    assert lists == [[["leon@reader.example"]], [[ADDRESS.upper()], ["leon@reader.example"]]]


def invite(ground: SampleSite, **facts: Any) -> ReviewInvitation:
    page = make_article(ground.section, "Brouillon secret")
    approver = make_newsroom(ground)[Role.APPROVER]
    invitation = ReviewInvitation.objects.create(
        page=page,
        name="Anna Klein",
        email=ADDRESS,
        language="fr",
        created_by=approver,
        expires_at=timezone.now() + timedelta(days=7),
    )
    kind = GuestRemark.Kind.REMARK
    record_remark(invitation, kind, name="Anna K.", text="Il manque un zéro.", content_hash="", now=timezone.now())
    return invitation


def test_guest_is_found_without_the_link_or_title_of_the_draft(lorraine, saar):
    invitation, _other = invite(lorraine), invite(saar)

    (found,) = export(ADDRESS, [lorraine.site])["Relectures par lien"]

    assert found["name"] == "Anna Klein"
    assert "Il manque un zéro." in found["answers"].values()
    assert invitation.token not in str(found)
    assert "Brouillon" not in str(found)


def test_guest_is_erased_from_comments_and_history_of_one_site(lorraine, saar):
    for ground in (lorraine, saar):
        invite(ground)

    erase(ADDRESS, [lorraine.site])

    assert [each.page.get_site() for each in ReviewInvitation.objects.all()] == [saar.site]
    assert [each.page.get_site() for each in Comment.objects.filter(text__contains="zéro")] == [saar.site]
    named = [entry.page.get_site() for entry in PageLogEntry.objects.all() if "Anna" in str(entry.data)]
    assert named == [saar.site]


# Fields that may hold a person's name or address.
PERSONAL = re.compile(
    r"mail|address|name|author|person|phone|contact|answer|data|args|remark|comment|reply|text|subject"
)
# Why a model needs no rule: it holds no data of outsiders, or was published with the person's consent.
THE_HOUSE = "the newsroom's own words, names and settings"
PUBLISHED = "what was published, or is meant to be"
NO_OUTSIDER = {
    "accounts.User": "the accounts of the newsroom, which administrators make and delete",
    "editorial.AddressChange": "of the accounts of the newsroom, and gone once it is decided",
    "account.EmailAddress": "has no rows: the address of an account is its own",
    "mfa.Authenticator": "of the accounts of the newsroom",
    "socialaccount.SocialAccount": "of the accounts of the newsroom; claims are not kept",
    "socialaccount.SocialApp": THE_HOUSE,
    "usersessions.UserSession": "of the accounts of the newsroom",
    "auth.Group": THE_HOUSE,
    "auth.Permission": THE_HOUSE,
    "sessions.Session": "of the newsroom, and deleted when it ends",
    "home.FormField": THE_HOUSE,
    "events.EventConsent": "the words that people agreed to, the same for all",
    "sheets.ConsentText": "the words that people agreed to, the same for all",
    "events.CalendarEntry": PUBLISHED,
    "events.Subscription": "the name and report of a partner's calendar",
    "events.Venue": PUBLISHED,
    "newsletter.Sending": "a mail as it is sent to everybody",
    "search.EntryText": PUBLISHED,
    "search.DraftText": THE_HOUSE,
    "search.FileText": PUBLISHED,
    "moving.ImportedItem": "titles and addresses of what was public on another site",
    "moving.ImportSource": "the address of a site",
    "moving.ImportRun": "what is in an export of another site, in counts; its file is deleted after a month",
    "search.LoggedQuery": "kept without who asked, and only what several asked (tests/search/test_search_report)",
    "search.OpenedPlace": "how often a result at a place was opened, without who did (tests/search/test_search_report)",
    "core.Person": "authors, whom the newsroom publishes",
    "core.PeriodicRun": THE_HOUSE,
    "core.ContentChange": THE_HOUSE,
    "core.FormerHost": "a host that a site had",
    "core.MaintenanceRun": "when a backup or a check was made, and its counts",
    "core.SchedulerPause": "since when the scheduler waits",
    "core.SiteSettings": PUBLISHED,
    "core.Share": THE_HOUSE,
    "core.Topic": PUBLISHED,
    "wagtail_localize.String": PUBLISHED,
    "wagtail_localize.StringTranslation": PUBLISHED,
    "wagtail_localize.SegmentOverride": PUBLISHED,
    "wagtail_localize.OverridableSegment": PUBLISHED,
    "wagtailforms.FormSubmission": "no form here fills it: FormRecord stands in its place",
    "wagtailembeds.Embed": "what another site says of a published film",
    "wagtailadmin.FormState": "what somebody of the newsroom has typed and not saved",
    "wagtailcore.APIToken": "of the accounts of the newsroom",
    "wagtailcore.Collection": THE_HOUSE,
    "wagtailcore.Comment": "by the newsroom; copies of what guests said are erased with their review by link",
    "wagtailcore.CommentReply": THE_HOUSE,
    "wagtailcore.ModelLogEntry": "names records by their keys where they are of a reader",
    "wagtailcore.PageLogEntry": "the names of guests in it are erased with their review by link",
    "wagtailcore.Site": THE_HOUSE,
    "wagtailcore.Task": THE_HOUSE,
    "wagtailcore.TaskState": THE_HOUSE,
    "wagtailcore.Workflow": THE_HOUSE,
    "taggit.Tag": THE_HOUSE,
    "wagtailsearch.IndexEntry": "the newsroom's search: pages, files and published names",
}


def holds_personal_data(model: type) -> bool:
    fields = [
        field for field in model._meta.local_concrete_fields if isinstance(field, (CharField, TextField, JSONField))
    ]
    return any(isinstance(field, EmailField) or (not field.choices and PERSONAL.search(field.name)) for field in fields)


def test_every_model_with_a_name_or_an_address_has_a_rule():
    ruled = {model for source in personal_data_sources() for model in source.models}
    models = [model for model in apps.get_models() if holds_personal_data(model) and model not in ruled]
    without = sorted(
        model._meta.label for model in models if not issubclass(model, Page) and model._meta.label not in NO_OUTSIDER
    )

    assert without == []


def test_every_rule_has_an_existing_model():
    assert set(NO_OUTSIDER) <= {model._meta.label for model in apps.get_models()}
