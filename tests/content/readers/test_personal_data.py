"""The data of one person is complete, comes from the user's own sites only, and contains no credentials."""

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


def test_administrator_sees_mails_of_their_own_site_without_text(lorraine, saar, administrator):
    queue_mail(lorraine, "Un message lorrain")
    queue_mail(saar, "Eine Nachricht der Saar")

    shown = administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": "show"}).content.decode()
    file = administrator.post(reverse("personal_data"), {"address": ADDRESS, "action": "export"})

    for shown_text in (shown, file.content.decode()):
        assert "Lorraine" in shown_text
        assert "Saar" not in shown_text
        assert "secret-link" not in shown_text
        assert "message lorrain" not in shown_text


def test_administrator_erases_mails_of_their_own_site_only(lorraine, saar, administrator):
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
# The reasons why a model needs no rule: it has no data of people outside the newsroom, or only published data.
NEWSROOM = "texts, names and settings of the newsroom itself"
PUBLISHED = "published content, or drafts of it"
NO_OUTSIDER = {
    "accounts.User": "accounts of the newsroom, which administrators create and delete",
    "editorial.AddressChange": "about accounts of the newsroom; deleted once it is decided",
    "account.EmailAddress": "has no rows: an account has its own address field",
    "mfa.Authenticator": "about accounts of the newsroom",
    "socialaccount.SocialAccount": "about accounts of the newsroom; claims are not stored",
    "socialaccount.SocialApp": NEWSROOM,
    "usersessions.UserSession": "about accounts of the newsroom",
    "auth.Group": NEWSROOM,
    "auth.Permission": NEWSROOM,
    "sessions.Session": "about accounts of the newsroom; deleted when it ends",
    "articles.LiveText": PUBLISHED,
    "home.FormField": NEWSROOM,
    "events.EventConsent": "the text that people agreed to, the same for all of them",
    "sheets.ConsentText": "the text that people agreed to, the same for all of them",
    "events.EventLetter": "the mail that every registered person gets",
    "events.CalendarEntry": PUBLISHED,
    "events.Subscription": "the name and report of a partner's calendar",
    "events.Venue": PUBLISHED,
    "newsletter.Sending": "the mail that every subscriber gets",
    "search.EntryText": PUBLISHED,
    "search.DraftText": NEWSROOM,
    "search.FileText": PUBLISHED,
    "moving.ImportedItem": "titles and URLs of public content of another site",
    "moving.ImportSource": "the address of a site",
    "moving.ImportRun": "the contents of an export, as counts; its file is deleted after a month",
    "webhooks.Webhook": "the name that administrators give it; its messages name no reader",
    "search.LoggedQuery": "queries without the readers who made them (tests/search/test_search_report)",
    "search.OpenedPlace": "how often results were opened, without the readers (tests/search/test_search_report)",
    "core.Person": "authors, whom the newsroom publishes",
    "core.DeletedRecord": "copies of published names and files (test_copies_have_no_rows_about_people_outside_the_newsroom)",
    "core.PeriodicRun": NEWSROOM,
    "core.ContentChange": NEWSROOM,
    "core.FurtherHost": "a further host of a site",
    "sites.HostState": "whether a host of a site answers",
    "core.MaintenanceRun": "times and counts of backups and checks",
    "core.SchedulerPause": "when the scheduler was paused",
    "core.SiteSettings": PUBLISHED,
    "core.NetworkNotice": PUBLISHED,
    "core.NetworkRetention": "periods in days",
    "core.Share": NEWSROOM,
    "core.Topic": PUBLISHED,
    "core.MapOutline": PUBLISHED,
    "wagtail_localize.String": PUBLISHED,
    "wagtail_localize.StringTranslation": PUBLISHED,
    "wagtail_localize.SegmentOverride": PUBLISHED,
    "wagtail_localize.OverridableSegment": PUBLISHED,
    "wagtailforms.FormSubmission": "unused: FormRecord replaces it",
    "wagtailembeds.Embed": "another site's data about a published video",
    "wagtailadmin.FormState": "unsaved input of the newsroom",
    "wagtailcore.APIToken": "about accounts of the newsroom",
    "wagtailcore.Collection": NEWSROOM,
    "wagtailcore.Comment": "by the newsroom; copies of guests' remarks are erased with their review by link",
    "wagtailcore.CommentReply": NEWSROOM,
    "wagtailcore.ModelLogEntry": "refers to readers' records by key only",
    "wagtailcore.PageLogEntry": "the names of guests in it are erased with their review by link",
    "wagtailcore.Site": NEWSROOM,
    "wagtailcore.Task": NEWSROOM,
    "wagtailcore.TaskState": NEWSROOM,
    "wagtailcore.Workflow": NEWSROOM,
    "taggit.Tag": NEWSROOM,
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
